from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from bottega.domain.money import MicroUsd, micro_usd
from bottega.errors import BudgetExceeded, Conflict, NotFound
from bottega.settings import Settings
from bottega.spend import BudgetScope, EntryKind, Held, HoldState, Ledger, Period, Refused, place_hold
from bottega.store.database import Database
from bottega.store.schema import budget_windows, hold_windows, holds, ledger

CENT = micro_usd("0.01")
NOON = 1_750_000_000.0


@pytest.fixture
async def books(database: Database) -> AsyncIterator[Ledger]:
    """Ann may spend ten cents in all, everybody together twelve."""
    settings = Settings(budget_user_hour=None)
    books = Ledger(database, settings)
    await books.open()
    await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.TOTAL, cap=10 * CENT)
    await books.set_budget(scope=BudgetScope.TOTAL, period=Period.TOTAL, cap=12 * CENT)
    yield books
    assert await books.audit() == ()


def _call(hold_id: str, amount: MicroUsd, owner: str = "ann") -> dict[str, Any]:
    return {"hold_id": hold_id, "owner": owner, "job_id": "job", "model_id": "model", "amount": amount}


async def _kinds(books: Ledger) -> list[tuple[EntryKind, int]]:
    return [(entry.kind, entry.amount) for entry in reversed(await books.entries(None))]


async def test_a_hold_takes_from_every_budget_that_applies(books: Ledger) -> None:
    await books.hold(**_call("h1", 4 * CENT))
    assert {use.budget.id: use.left for use in await books.list_budgets("ann")} == {
        "total:total": 8 * CENT,
        "user:ann:total": 6 * CENT,
    }
    assert await books.budget_left("ann") == 6 * CENT
    assert await books.budget_left("bob") == 8 * CENT


async def test_a_refused_hold_takes_from_none_and_says_which_budget_was_short(books: Ledger) -> None:
    await books.hold(**_call("bob", 3 * CENT, owner="bob"))
    with pytest.raises(
        BudgetExceeded, match=r"may cost \$0\.10.*installation's budget of \$0\.12 \$0\.09 is left"
    ) as told:
        await books.hold(**_call("h1", 10 * CENT))
    assert told.value.details == {
        "budget": "total:total",
        "cap": 12 * CENT,
        "left": 9 * CENT,
        "needed": 10 * CENT,
        "resets_at": None,
    }
    assert await books.budget_left("ann") == 9 * CENT
    assert await _kinds(books) == [(EntryKind.HOLD, 3 * CENT)]


async def test_earlier_budgets_of_a_refused_hold_are_given_back(books: Ledger) -> None:
    await books.hold(**_call("h1", 8 * CENT))
    with pytest.raises(
        BudgetExceeded, match=r"ann's budget of \$0\.10 \$0\.02 is left"
    ):  # total:total had room
        await books.hold(**_call("h2", 3 * CENT))
    assert await books.budget_left("bob") == 4 * CENT


async def test_the_last_micro_dollar_can_be_held_and_one_more_cannot(books: Ledger) -> None:
    await books.hold(**_call("h1", 10 * CENT - 1))
    await books.hold(**_call("h2", 1))
    with pytest.raises(BudgetExceeded, match="nothing is left"):
        await books.hold(**_call("h3", 1))


async def test_the_same_hold_again_reserves_nothing_further(books: Ledger) -> None:
    first = await books.hold(**_call("h1", 6 * CENT))
    assert await books.hold(**_call("h1", 6 * CENT)) == first
    assert await books.budget_left("ann") == 4 * CENT
    assert await _kinds(books) == [(EntryKind.HOLD, 6 * CENT)]


async def test_a_refused_hold_may_be_asked_for_again_when_money_came_back(books: Ledger) -> None:
    await books.hold(**_call("h1", 6 * CENT))
    with pytest.raises(BudgetExceeded):
        await books.hold(**_call("h2", 6 * CENT))
    await books.release("h1", "the provider was not reached")
    assert await books.hold(**_call("h2", 6 * CENT)) == Held(hold_id="h2", amount=6 * CENT)


async def test_a_hold_that_has_ended_cannot_be_placed_again(books: Ledger) -> None:
    await books.hold(**_call("h1", CENT))
    await books.charge("h1", CENT, {})
    with pytest.raises(Conflict, match="has ended"):
        await books.hold(**_call("h1", CENT))


async def test_another_owner_cannot_use_a_hold(books: Ledger) -> None:
    await books.hold(**_call("h1", CENT))
    with pytest.raises(Conflict, match="another owner"):
        await books.hold(**_call("h1", CENT, owner="bob"))


async def test_free_work_needs_no_hold_and_leaves_no_rows(books: Ledger, database: Database) -> None:
    assert await books.hold(**_call("h1", 0)) == Held(hold_id="h1", amount=0)
    assert (await books.charge("h1", 0, {})).charged == 0
    assert (await books.release("h2", "free")).released == 0
    for table in (holds, hold_windows, ledger, budget_windows):
        count = sa.select(sa.func.count()).select_from(table)
        assert await database.read(lambda c, q=count: c.execute(q).scalar_one()) == 0


async def test_a_charge_spends_what_was_used_and_frees_the_rest(books: Ledger) -> None:
    await books.hold(**_call("h1", 6 * CENT))
    settled = await books.charge("h1", 4 * CENT, {"images": 1})
    assert (settled.state, settled.charged, settled.released) == (HoldState.CHARGED, 4 * CENT, 2 * CENT)
    assert [(use.held, use.spent) for use in await books.list_budgets("ann")] == [(0, 4 * CENT)] * 2
    assert await _kinds(books) == [
        (EntryKind.HOLD, 6 * CENT),
        (EntryKind.CHARGE, 4 * CENT),
        (EntryKind.RELEASE, 2 * CENT),
    ]
    assert (await books.entries("ann"))[1].evidence == {"images": 1}


async def test_a_second_charge_changes_nothing_and_returns_the_first(books: Ledger) -> None:
    await books.hold(**_call("h1", 6 * CENT))
    first = await books.charge("h1", 4 * CENT, {})
    assert await books.charge("h1", 5 * CENT, {}) == first
    assert await books.release("h1", "too late") == first
    assert await books.mark_unknown("h1", "too late") == first
    assert await books.budget_left("ann") == 6 * CENT


async def test_what_a_provider_charges_above_the_hold_is_recorded_as_it_is(books: Ledger) -> None:
    await books.hold(**_call("h1", 9 * CENT))
    settled = await books.charge("h1", 11 * CENT, {"seconds": 8})
    assert (settled.charged, settled.overrun) == (11 * CENT, 2 * CENT)
    assert await _kinds(books) == [
        (EntryKind.HOLD, 9 * CENT),
        (EntryKind.CHARGE, 9 * CENT),
        (EntryKind.OVERRUN, 2 * CENT),
    ]
    assert await books.budget_left("ann") == 0
    assert await books.budget_left("bob") == CENT


async def test_money_of_an_unknown_outcome_stays_on_hold_until_somebody_knows(books: Ledger) -> None:
    await books.hold(**_call("h1", 6 * CENT))
    await books.mark_unknown("h1", "connection lost")
    assert await books.budget_left("ann") == 4 * CENT
    assert (await books.hold(**_call("h1", 6 * CENT))).state is HoldState.UNKNOWN
    await books.charge("h1", 5 * CENT, {"found": True})
    assert await books.budget_left("ann") == 5 * CENT
    assert await _kinds(books) == [
        (EntryKind.HOLD, 6 * CENT),
        (EntryKind.UNKNOWN, 6 * CENT),
        (EntryKind.CHARGE, 5 * CENT),
        (EntryKind.RELEASE, CENT),
    ]


async def test_a_charge_without_a_hold_is_an_error(books: Ledger) -> None:
    with pytest.raises(NotFound, match=r"\$0\.01"):
        await books.charge("never", CENT, {})


async def test_amounts_are_never_negative(books: Ledger) -> None:
    with pytest.raises(ValueError, match="negative"):
        await books.hold(**_call("h1", -1))
    await books.hold(**_call("h1", CENT))
    with pytest.raises(ValueError, match="negative"):
        await books.charge("h1", -1, {})
    await books.release("h1", "tidy")


async def test_a_hold_stands_or_falls_with_its_callers_transaction(books: Ledger, database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        assert isinstance(place_hold(connection, now=NOON, **_call("h1", CENT)), Held)
        raise RuntimeError("the caller fails")

    with pytest.raises(RuntimeError):
        await database.write(work)
    assert await books.budget_left("ann") == 10 * CENT
    assert await books.entries(None) == ()


async def test_a_refusal_leaves_the_callers_transaction_usable(books: Ledger, database: Database) -> None:
    def work(connection: sa.Connection) -> bool:
        refused = place_hold(connection, now=NOON, **_call("h1", 11 * CENT))
        held = place_hold(connection, now=NOON, **_call("h2", 10 * CENT))
        return isinstance(refused, Refused) and isinstance(held, Held)

    assert await database.write(work)
    assert await books.budget_left("ann") == 0


async def test_the_ledger_is_read_newest_first_page_by_page_and_by_owner(books: Ledger) -> None:
    for number in range(5):
        await books.hold(**_call(f"h{number}", CENT, owner="ann" if number % 2 else "bob"))
    page = await books.entries(None, limit=2)
    assert [entry.hold_id for entry in page] == ["h4", "h3"]
    assert [entry.hold_id for entry in await books.entries(None, before=page[-1].id)] == ["h2", "h1", "h0"]
    assert {entry.owner for entry in await books.entries("bob")} == {"bob"}
    assert await books.entries("bob", job_id="another") == ()


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (sa.update(budget_windows).values(held=budget_windows.c.held + 1), ("window", "held")),
        (sa.update(budget_windows).values(spent=7), ("window", "spent")),
        (sa.delete(hold_windows), ("window", "held")),
        (sa.delete(ledger), ("hold", "amount")),
        (sa.update(holds).values(charged=5), ("hold", "charged")),
        (sa.update(holds).values(state="released"), ("hold", "ended")),
    ],
)
async def test_the_audit_finds_every_kind_of_disagreement(
    database: Database, damage: sa.Update | sa.Delete, expected: tuple[str, str]
) -> None:
    books = Ledger(database, Settings())
    await books.open()
    await books.hold(**_call("h1", CENT))
    assert await books.audit() == ()
    await database.write(lambda c: c.execute(damage) and None)
    assert expected in [(found.record, found.field) for found in await books.audit()]
