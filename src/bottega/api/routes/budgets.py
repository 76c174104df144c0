"""Money: budgets and what is left of them, and the ledger."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from bottega.api.documents import takes
from bottega.api.schemas import BudgetBody, BudgetList, LedgerList
from bottega.api.security import Admin, Shop, Who
from bottega.api.uploads import read_json
from bottega.domain.money import format_usd, micro_usd
from bottega.domain.principal import Principal
from bottega.errors import NotAllowed
from bottega.spend import Budget

router = APIRouter(tags=["money"])
Whose = Annotated[Literal["own", "all"], Query(description="`all` needs the scope admin.")]


def _owner(whose: str, who: Principal) -> str | None:
    """None: everybody's."""
    if whose == "all" and not who.is_admin:
        raise NotAllowed("Everybody's accounts need a key with the scope admin.", hint="Ask for your own.")
    return None if whose == "all" else who.owner


@router.get("/budgets")
async def get_budgets(shop: Shop, who: Who, whose: Whose = "own") -> BudgetList:
    """The budgets that apply to oneself and what is left of them; or all there are."""
    budgets = await shop.ledger.list_budgets(_owner(whose, who))
    left = await shop.ledger.budget_left(who.owner)
    text = "no budget applies" if left is None else format_usd(left) if left else "nothing"
    return BudgetList(left=left, left_text=text, budgets=budgets)


@router.put("/budgets", openapi_extra=takes(json=BudgetBody))
async def set_budget(request: Request, shop: Shop, _: Admin) -> Budget:
    """Set or change a cap; what was spent in the running period counts already."""
    body = await read_json(request, BudgetBody)
    return await shop.ledger.set_budget(
        scope=body.scope, subject=body.subject, period=body.period, cap=micro_usd(body.cap_usd)
    )


@router.delete("/budgets/{budget_id:path}", status_code=204)
async def remove_budget(budget_id: str, shop: Shop, _: Admin) -> None:
    await shop.ledger.remove_budget(budget_id)


@router.get("/ledger")
async def list_ledger(
    shop: Shop,
    who: Who,
    whose: Whose = "own",
    job_id: Annotated[str | None, Query(pattern="^[A-Za-z0-9_-]{1,80}$")] = None,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> LedgerList:
    """The ledger's lines, newest first. Amounts are micro-dollars."""
    entries = await shop.ledger.entries(_owner(whose, who), job_id=job_id, before=before, limit=limit)
    return LedgerList(entries=entries, next_before=entries[-1].id if len(entries) == limit else None)
