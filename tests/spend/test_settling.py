"""Charges computed again from their evidence, and holds of unknown outcome settled by a person."""

from typing import Any

import pytest
import sqlalchemy as sa

from bottega.domain.task import Metered
from bottega.errors import Conflict, InvalidOption, NotFound
from bottega.models import PriceModel
from bottega.settings import Settings
from bottega.spend import BudgetScope, Ledger, Period
from bottega.store.database import Database
from bottega.store.schema import holds, ledger

PRICE = PriceModel(tokens={"text_in": "5", "image_out": "30"})
USED = Metered(images=1, tokens={"text_in": 11, "image_out": 1756})
COST = 52_735


@pytest.fixture
async def books(database: Database) -> Ledger:
    books = Ledger(database, Settings(budget_user_hour=None))
    await books.set_budget(scope=BudgetScope.TOTAL, period=Period.TOTAL, cap=10_000_000)
    return books


async def hold(books: Ledger, hold_id: str, amount: int = 100_000) -> None:
    await books.hold(
        hold_id=hold_id,
        owner="ann",
        job_id="job-1",
        model_id="openai/gpt-image-2",
        amount=amount,
        provider="openai",
    )


def evidence(price: PriceModel = PRICE, used: Metered = USED) -> dict[str, Any]:
    return {"price": price.model_dump(mode="json"), "metered": used.model_dump(mode="json")}


async def test_charges_are_computed_again_from_what_was_kept_with_them(
    books: Ledger, database: Database
) -> None:
    assert PRICE.charge(USED) == COST
    await hold(books, "right")
    await books.charge("right", COST, evidence())
    await hold(books, "overrun", 1_000)
    await books.charge("overrun", COST, evidence())
    await hold(books, "an error that was billed")
    await books.charge("an error that was billed", 7, {"usage": {"error": {}}})
    found = await books.recompute()
    assert (found.checked, found.unchecked, found.unreadable, found.differences) == (2, 1, (), ())
    await hold(books, "wrong")
    await books.charge("wrong", COST - 1, evidence())
    (difference,) = (await books.recompute()).differences
    assert (difference.record, difference.where) == ("charge", "wrong")
    assert (difference.recorded, difference.recomputed) == (COST - 1, COST)
    assert await books.audit() == ()  # the sums agree: only the evidence tells


async def test_evidence_that_was_tampered_with_is_found(books: Ledger, database: Database) -> None:
    await hold(books, "h1")
    await books.charge("h1", COST, evidence())
    await hold(books, "h2")
    await books.charge("h2", COST, evidence())
    forged = evidence(used=Metered(images=1, tokens={"image_out": 1}))
    broken = evidence() | {"price": {"per_image": "much"}}
    for hold_id, kept in (("h1", forged), ("h2", broken)):
        statement = (
            sa.update(ledger)
            .where(ledger.c.hold_id == hold_id, ledger.c.kind == "charge")
            .values(evidence=kept)
        )
        await database.write(lambda c, s=statement: c.execute(s))
    found = await books.recompute()
    assert found.unreadable == ("h2",)
    assert [(d.where, d.recorded, d.recomputed) for d in found.differences] == [("h1", COST, 30)]


async def test_records_of_earlier_versions_are_still_read(books: Ledger) -> None:
    old = {
        "free": False,
        "per_run": "0.04",
        "per_image": "0",
        "per_megapixel": "0",
        "source": "",
        "as_of": None,
    }
    await hold(books, "h1")
    await books.charge("h1", 40_000, {"usage": {}, "price": old, "model_version": "1"})
    assert (await books.recompute()).unchecked == 1
    await hold(books, "h2")
    await books.charge("h2", 40_000, {"price": old, "metered": {"runs": 1}})
    assert (await books.recompute()).differences == ()


async def test_a_hold_of_unknown_outcome_is_shown_with_what_to_do(books: Ledger) -> None:
    await hold(books, "h1")
    assert await books.unknown() == ()
    await books.mark_unknown("h1", "the connection was lost")
    (unknown,) = await books.unknown()
    assert (unknown.hold_id, unknown.amount, unknown.reason) == ("h1", 100_000, "the connection was lost")
    assert unknown.provider == "openai"
    assert "bottega spend settle h1 --charge" in unknown.what_to_do


async def test_settling_it_by_hand_says_in_the_ledger_who_did_and_why(books: Ledger) -> None:
    for hold_id in ("billed", "not billed", "dearer"):
        await hold(books, hold_id)
        await books.mark_unknown(hold_id, "lost")
    charged = await books.settle("billed", charged=60_000, by="root", why="invoice 7")
    assert (charged.state, charged.charged, charged.released) == ("charged", 60_000, 40_000)
    freed = await books.settle("not billed", charged=None, by="root", why="no such call")
    assert (freed.state, freed.released) == ("released", 100_000)
    dearer = await books.settle("dearer", charged=150_000, by="root", why="invoice 8")
    assert dearer.overrun == 50_000
    lines = {(line.hold_id, line.kind): line for line in await books.entries("ann")}
    assert lines["billed", "charge"].evidence["settled"] == {"by": "root", "why": "invoice 7"}
    assert lines["not billed", "release"].evidence["settled"] == {"by": "root", "why": "no such call"}
    assert lines["dearer", "overrun"].amount == 50_000
    assert await books.unknown() == ()
    assert await books.audit() == ()
    found = await books.recompute()
    assert (found.unchecked, found.differences) == (2, ())
    assert await books.budget_left("ann") == 10_000_000 - 60_000 - 150_000


async def test_only_a_hold_of_unknown_outcome_is_settled_by_hand(books: Ledger) -> None:
    await hold(books, "at work")
    with pytest.raises(Conflict, match="held"):
        await books.settle("at work", charged=1, by="root", why="impatience")
    await books.release("at work", "done")
    with pytest.raises(Conflict, match="released"):
        await books.settle("at work", charged=1, by="root", why="again")
    with pytest.raises(NotFound):
        await books.settle("nobody", charged=1, by="root", why="?")
    await hold(books, "lost")
    await books.mark_unknown("lost", "lost")
    with pytest.raises(InvalidOption):
        await books.settle("lost", charged=1, by="root", why="  ")
    with pytest.raises(ValueError, match="negative"):
        await books.settle("lost", charged=-1, by="root", why="a gift")


async def test_two_who_settle_the_same_hold_settle_it_once(books: Ledger, database: Database) -> None:
    await hold(books, "h1")
    await books.mark_unknown("h1", "lost")
    await books.settle("h1", charged=5, by="ann", why="invoice")
    with pytest.raises(Conflict):
        await books.settle("h1", charged=None, by="bob", why="no such call")
    assert await database.read(lambda c: c.execute(sa.select(holds.c.charged)).scalar()) == 5


async def test_what_a_dead_process_held_for_a_language_model_is_unknown_to_the_next(
    database: Database,
) -> None:
    ledger = Ledger(database, Settings())
    await ledger.open()
    await ledger.hold(hold_id="llm:1", owner="ann", job_id="", model_id="openai/x", amount=100)
    await ledger.hold(hold_id="job_1:attempt", owner="ann", job_id="job_1", model_id="openai/x", amount=100)
    await Ledger(database, Settings()).open()
    assert await ledger.unknown() == ()  # it may still be asked
    await database.write(lambda c: c.execute(sa.text("UPDATE holds SET created_at = created_at - 1000")))
    await Ledger(database, Settings()).open()
    assert [hold.hold_id for hold in await ledger.unknown()] == ["llm:1"]
    assert await ledger.audit() == ()
