from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bottega.domain.money import micro_usd
from bottega.errors import BudgetExceeded, Conflict, InvalidOption, NotFound
from bottega.settings import Settings
from bottega.spend import BudgetScope, Held, HoldOutcome, Ledger, Period, Refused, charge, place_hold
from bottega.spend.budgets import window_bounds
from bottega.spend.ledger import budget_left
from bottega.store.database import Database
from bottega.store.schema import budgets

DOLLAR = micro_usd(1)
VENDORS = ("openai", "gemini", "replicate", "stability", "anthropic")
NO_PROVIDER_CAPS = {f"budget_{vendor}_day": None for vendor in VENDORS}
UNCAPPED = Settings(budget_user_hour=None, **NO_PROVIDER_CAPS)


def _at(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()


async def _hold(
    database: Database, hold_id: str, when: float, amount: int = DOLLAR, owner: str = "ann"
) -> HoldOutcome:
    return await database.write(
        lambda c: place_hold(
            c, hold_id=hold_id, owner=owner, job_id="j", model_id="m", amount=amount, now=when
        )
    )


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period.HOUR, _at(2027, 12, 31, 23), _at(2028, 1, 1)),
        (Period.DAY, _at(2027, 12, 31), _at(2028, 1, 1)),
        (Period.MONTH, _at(2027, 12, 1), _at(2028, 1, 1)),
        (Period.TOTAL, 0, None),
    ],
)
def test_windows_are_those_of_the_calendar_in_utc(period: Period, start: float, end: float | None) -> None:
    assert window_bounds(period, _at(2027, 12, 31, 23, 59, 59)) == (start, end)
    assert window_bounds(period, start)[0] == start


def test_february_of_a_leap_year_ends_on_its_29th_day() -> None:
    assert window_bounds(Period.MONTH, _at(2028, 2, 29, 12)) == (_at(2028, 2, 1), _at(2028, 3, 1))


async def test_the_settings_caps_are_there_after_opening_and_gone_when_taken_out(database: Database) -> None:
    caps = Settings(budget_user_hour=1, budget_user_month=5, budget_total_month=9)
    books = Ledger(database, caps)
    await books.open()
    await books.open()
    assert [
        (use.budget.id, use.budget.cap, use.budget.setting) for use in await books.list_budgets("ann")
    ] == [
        ("default:total:month", 9 * DOLLAR, "BOTTEGA_BUDGET_TOTAL_MONTH"),
        ("default:user:hour", DOLLAR, "BOTTEGA_BUDGET_USER_HOUR"),
        ("default:user:month", 5 * DOLLAR, "BOTTEGA_BUDGET_USER_MONTH"),
    ]
    await Ledger(database, UNCAPPED).open()
    assert await books.list_budgets() == ()
    assert await books.budget_left("ann") is None


async def test_a_default_cap_counts_for_every_owner_by_itself(database: Database) -> None:
    books = Ledger(database, Settings(budget_user_hour=1, **NO_PROVIDER_CAPS))
    await books.open()
    for owner in ("ann", "bob"):
        await books.hold(hold_id=owner, owner=owner, job_id="j", model_id="m", amount=DOLLAR)
    assert await books.budget_left("ann") == await books.budget_left("bob") == 0
    assert await books.budget_left("eve") == DOLLAR
    assert [use.subject for use in await books.list_budgets()] == ["ann", "bob"]


async def test_the_refusal_by_a_settings_cap_names_the_setting_and_the_hour_of_the_reset(
    database: Database,
) -> None:
    books = Ledger(database, Settings(budget_user_hour=1))
    await books.open()
    refused = await _hold(database, "h1", _at(2027, 3, 4, 15, 30), amount=DOLLAR + 1)
    assert isinstance(refused, Refused)
    error = refused.as_error()
    assert error.message == "This may cost $1.000001, and of ann's hourly budget of $1.00 $1.00 is left."
    assert error.hint == (
        "It starts afresh at 2027-03-04 16:00 UTC. To go on before that, raise BOTTEGA_BUDGET_USER_HOUR "
        "and start again."
    )
    with pytest.raises(BudgetExceeded):
        raise error


async def test_the_next_window_starts_afresh(database: Database) -> None:
    await Ledger(database, Settings(budget_user_hour=1)).open()
    assert isinstance(await _hold(database, "h1", _at(2027, 3, 4, 15, 59, 59)), Held)
    assert isinstance(await _hold(database, "h2", _at(2027, 3, 4, 15, 59, 59)), Refused)
    assert isinstance(await _hold(database, "h2", _at(2027, 3, 4, 16)), Held)


async def test_a_charge_is_spent_in_the_window_where_it_was_held(database: Database) -> None:
    await Ledger(database, Settings(budget_user_hour=1)).open()
    held_at, charged_at = _at(2027, 3, 4, 15, 59), _at(2027, 3, 4, 16, 1)
    await _hold(database, "h1", held_at)
    await database.write(lambda c: charge(c, "h1", DOLLAR, {}, charged_at))
    assert await database.read(lambda c: budget_left(c, "ann", held_at)) == 0
    assert await database.read(lambda c: budget_left(c, "ann", charged_at)) == DOLLAR


async def test_a_new_budget_counts_what_its_window_has_seen_already(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await _hold(database, "before", _at(2027, 2, 28))
    await _hold(database, "spent", _at(2027, 3, 1))
    await _hold(database, "held", _at(2027, 3, 2))
    await _hold(database, "bobs", _at(2027, 3, 3), owner="bob")
    await database.write(lambda c: charge(c, "spent", DOLLAR // 2, {}, _at(2027, 3, 1)))
    await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.MONTH, cap=3 * DOLLAR)
    now = _at(2027, 3, 20)
    assert await database.read(lambda c: budget_left(c, "ann", now)) == 3 * DOLLAR // 2
    assert isinstance(await _hold(database, "too much", now, amount=3 * DOLLAR // 2 + 1), Refused)
    assert isinstance(await _hold(database, "fits", now, amount=3 * DOLLAR // 2), Held)
    await database.write(lambda c: charge(c, "held", 0, {}, now))
    assert await database.read(lambda c: budget_left(c, "ann", now)) == DOLLAR
    assert await books.audit() == ()


async def test_taking_a_cap_away_and_putting_it_back_forgets_nothing(database: Database) -> None:
    capped = Ledger(database, Settings(budget_user_hour=2))
    await capped.open()
    await capped.hold(hold_id="h1", owner="ann", job_id="j", model_id="m", amount=DOLLAR)
    await Ledger(database, UNCAPPED).open()
    assert await capped.budget_left("ann") is None
    await capped.open()
    assert await capped.budget_left("ann") == DOLLAR
    await capped.release("h1", "not needed")
    assert await capped.budget_left("ann") == 2 * DOLLAR
    assert await capped.audit() == ()


async def test_a_budget_is_changed_in_place(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    for cap in (DOLLAR, 3 * DOLLAR):
        budget = await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.DAY, cap=cap)
        assert budget.id == "user:ann:day"
    await books.hold(hold_id="h1", owner="ann", job_id="j", model_id="m", amount=2 * DOLLAR)
    await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.DAY, cap=DOLLAR)
    assert await books.budget_left("ann") == 0
    await books.remove_budget("user:ann:day")
    assert await books.list_budgets() == ()
    assert (await books.release("h1", "its budget is gone")).released == 2 * DOLLAR
    assert await books.audit() == ()


async def test_a_settings_cap_is_changed_in_the_settings_only(database: Database) -> None:
    books = Ledger(database, Settings(budget_user_hour=1))
    await books.open()
    with pytest.raises(Conflict) as told:
        await books.set_budget(scope=BudgetScope.USER, subject="*", period=Period.HOUR, cap=9 * DOLLAR)
    assert "BOTTEGA_BUDGET_USER_HOUR" in told.value.hint
    with pytest.raises(Conflict):
        await books.remove_budget("default:user:hour")


async def test_a_settings_cap_takes_the_place_of_one_set_by_hand(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.TOTAL, period=Period.MONTH, cap=5 * DOLLAR)
    await books.hold(hold_id="h1", owner="ann", job_id="j", model_id="m", amount=DOLLAR)
    await Ledger(database, Settings(budget_user_hour=None, budget_total_month=3, **NO_PROVIDER_CAPS)).open()
    rows = await database.read(lambda c: c.execute(sa.select(budgets.c.id, budgets.c.cap)).all())
    assert [tuple(row) for row in rows] == [("default:total:month", 3 * DOLLAR)]
    assert await books.budget_left("ann") == 2 * DOLLAR


@pytest.mark.parametrize(
    ("scope", "subject", "cap"),
    [
        (BudgetScope.USER, "", DOLLAR),
        (BudgetScope.USER, "two words", DOLLAR),
        (BudgetScope.TOTAL, "ann", DOLLAR),
        (BudgetScope.USER, "ann", -1),
        (BudgetScope.USER, "ann", 2**63),
    ],
)
async def test_an_impossible_budget_is_refused(
    database: Database, scope: BudgetScope, subject: str, cap: int
) -> None:
    with pytest.raises(InvalidOption):
        await Ledger(database, UNCAPPED).set_budget(scope=scope, subject=subject, period=Period.DAY, cap=cap)


@pytest.mark.parametrize("cap", [-1, 10**19])
async def test_an_impossible_cap_in_the_settings_is_refused_by_its_name(database: Database, cap: int) -> None:
    with pytest.raises(InvalidOption, match="BOTTEGA_BUDGET_TOTAL_MONTH"):
        await Ledger(database, Settings().model_copy(update={"budget_total_month": cap})).open()


async def test_an_unknown_budget_cannot_be_removed(database: Database) -> None:
    with pytest.raises(NotFound):
        await Ledger(database, UNCAPPED).remove_budget("user:nobody:day")
