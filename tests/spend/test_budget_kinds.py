"""Budgets of providers and projects beside those of users and of all: a hold takes from every one, or from none."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bottega.domain.money import micro_usd
from bottega.errors import BudgetExceeded, InvalidOption
from bottega.settings import Settings
from bottega.spend import BudgetScope, Held, HoldOutcome, Ledger, Period, Refused, charge, place_hold
from bottega.store.database import Database
from bottega.store.schema import budget_alerts, budget_windows, holds

DOLLAR = micro_usd(1)
NOW = datetime(2027, 3, 4, 15, 30, tzinfo=UTC).timestamp()
VENDORS = ("openai", "gemini", "replicate", "stability", "anthropic")
UNCAPPED = Settings(budget_user_hour=None).model_copy(
    update={f"budget_{vendor}_day": None for vendor in VENDORS}
)


async def hold(
    database: Database,
    hold_id: str,
    amount: int = DOLLAR,
    *,
    owner: str = "ann",
    provider: str = "",
    project: str = "",
    now: float = NOW,
) -> HoldOutcome:
    return await database.write(
        lambda c: place_hold(
            c,
            hold_id=hold_id,
            owner=owner,
            job_id="j",
            model_id="m",
            amount=amount,
            now=now,
            provider=provider,
            project=project,
        )
    )


async def windows(database: Database) -> dict[str, tuple[int, int]]:
    query = sa.select(
        budget_windows.c.budget_id, budget_windows.c.subject, budget_windows.c.held, budget_windows.c.spent
    )
    rows = await database.read(lambda c: c.execute(query).all())
    return {f"{row.budget_id} {row.subject}".strip(): (row.held, row.spent) for row in rows}


async def test_a_providers_budget_counts_what_all_owners_pay_it_and_nothing_else(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.PROVIDER, subject="openai", period=Period.DAY, cap=2 * DOLLAR)
    assert isinstance(await hold(database, "h1", owner="ann", provider="openai"), Held)
    assert isinstance(await hold(database, "h2", owner="bob", provider="openai"), Held)
    assert isinstance(await hold(database, "h3", owner="eve", provider="openai"), Refused)
    assert isinstance(await hold(database, "h4", owner="eve", provider="gemini"), Held)
    assert isinstance(await hold(database, "h5", owner="eve"), Held)


async def test_every_project_may_have_the_same_cap_by_itself(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.PROJECT, subject="*", period=Period.MONTH, cap=DOLLAR)
    assert isinstance(await hold(database, "h1", project="spring"), Held)
    assert isinstance(await hold(database, "h2", project="autumn"), Held)
    assert isinstance(await hold(database, "h3", project="spring"), Refused)
    assert isinstance(await hold(database, "h4"), Held)  # of no project
    assert [use.subject for use in await books.list_budgets()] == ["*"]  # nobody has used it this month


@pytest.mark.parametrize("short", ["user", "provider", "project", "total"])
async def test_a_hold_that_one_budget_is_short_of_is_taken_from_none(database: Database, short: str) -> None:
    books = Ledger(database, UNCAPPED)
    subjects = {"user": "ann", "provider": "openai", "project": "spring", "total": ""}
    for scope, subject in subjects.items():
        await books.set_budget(
            scope=BudgetScope(scope),
            subject=subject,
            period=Period.TOTAL,
            cap=DOLLAR - 1 if scope == short else 9 * DOLLAR,
        )
    refused = await hold(database, "h1", provider="openai", project="spring")
    assert isinstance(refused, Refused)
    assert refused.use.budget.scope == short
    assert all(amounts == (0, 0) for amounts in (await windows(database)).values())
    assert (
        await database.read(lambda c: c.execute(sa.select(sa.func.count()).select_from(holds)).scalar()) == 0
    )
    assert isinstance(await hold(database, "h2", DOLLAR - 1, provider="openai", project="spring"), Held)
    taken = await windows(database)
    assert len(taken) == 4
    assert set(taken.values()) == {(DOLLAR - 1, 0)}
    await database.write(lambda c: charge(c, "h2", DOLLAR // 2, {}, NOW))
    assert set((await windows(database)).values()) == {(0, DOLLAR // 2)}
    assert await books.audit() == ()


@pytest.mark.parametrize(
    ("scope", "subject", "said", "hint"),
    [
        (BudgetScope.PROVIDER, "openai", "the daily budget for openai of $0.50", "daily budget of openai"),
        (BudgetScope.PROJECT, "*", "the daily budget of the project spring of $0.50", "of every project"),
    ],
)
async def test_a_refusal_says_whose_budget_is_short(
    database: Database, scope: BudgetScope, subject: str, said: str, hint: str
) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=scope, subject=subject, period=Period.DAY, cap=DOLLAR // 2)
    refused = await hold(database, "h1", provider="openai", project="spring")
    assert isinstance(refused, Refused)
    error = refused.as_error()
    assert isinstance(error, BudgetExceeded)
    assert said in error.message
    assert hint.removeprefix("daily budget ") in error.hint
    assert error.hint.startswith("It starts afresh at 2027-03-05 00:00 UTC.")


async def test_the_settings_cap_what_is_paid_to_each_vendor_in_a_day(database: Database) -> None:
    books = Ledger(database, Settings())
    await books.open()
    caps = {use.budget.id: (use.budget.cap, use.budget.setting) for use in await books.list_budgets()}
    assert caps["default:provider:openai:day"] == (1000 * DOLLAR, "BOTTEGA_BUDGET_OPENAI_DAY")
    assert caps["default:provider:stability:day"] == (200 * DOLLAR, "BOTTEGA_BUDGET_STABILITY_DAY")
    # They are no budgets of the user's own.
    assert [use.budget.id for use in await books.list_budgets("ann")] == ["default:user:hour"]
    assert await books.budget_left("ann") == 50 * DOLLAR
    for provider in ("openai", "stability", "classical"):
        assert await books.budget_left("ann", provider=provider) == 50 * DOLLAR


async def test_a_new_provider_budget_counts_what_was_held_for_it_before(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await hold(database, "h1", provider="openai")
    await hold(database, "h2", provider="gemini")
    await books.set_budget(scope=BudgetScope.PROVIDER, subject="*", period=Period.TOTAL, cap=3 * DOLLAR // 2)
    assert isinstance(await hold(database, "h3", provider="openai"), Refused)
    assert isinstance(await hold(database, "h4", DOLLAR // 2, provider="gemini"), Held)
    left = {"openai": DOLLAR // 2, "gemini": 0, "replicate": 3 * DOLLAR // 2}
    assert {provider: await books.budget_left("ann", provider=provider) for provider in left} == left
    assert await books.audit() == ()


@pytest.mark.parametrize("subject", ["", "two words", "a/b"])
async def test_an_impossible_provider_is_refused_in_its_own_words(database: Database, subject: str) -> None:
    with pytest.raises(InvalidOption, match="provider"):
        await Ledger(database, UNCAPPED).set_budget(
            scope=BudgetScope.PROVIDER, subject=subject, period=Period.DAY, cap=DOLLAR
        )


# --- alerts --------------------------------------------------------------------------------------------------


async def told(books: Ledger, **which: Any) -> list[tuple[str, int]]:
    return [(alert.budget_id, alert.level) for alert in await books.alerts(**which)]


async def test_an_alert_is_given_once_for_each_level_of_a_window(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.HOUR, cap=10 * DOLLAR)
    for number, levels in enumerate([[], [], [], [], [50], [50], [50], [80, 50], [80, 50], [100, 80, 50]]):
        await hold(database, f"h{number}", now=NOW + number)
        assert [level for _, level in await told(books)] == levels
    alert = (await books.alerts())[0]
    assert alert.message == "100 % of the budget user:ann:hour are held or spent: $10.00 of $10.00."
    assert alert.at == NOW + 9
    # What is given back and taken again tells nothing new; the next window begins afresh.
    await books.release("h9", "not needed")
    await hold(database, "again", now=NOW + 20)
    assert len(await told(books)) == 3
    await hold(database, "next", 5 * DOLLAR, now=NOW + 3600)
    assert (await told(books))[0] == ("user:ann:hour", 50)
    assert len(await told(books)) == 4


async def test_a_hold_that_passes_several_levels_gives_them_all(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.TOTAL, period=Period.TOTAL, cap=10 * DOLLAR)
    await hold(database, "h1", 9 * DOLLAR)
    assert await told(books) == [("total:total", 80), ("total:total", 50)]


async def test_a_cap_below_what_is_used_already_tells_at_once(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await hold(database, "h1", 9 * DOLLAR)
    await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.TOTAL, cap=100 * DOLLAR)
    assert await told(books) == []
    for cap, levels in ((10, [80, 50]), (11, [80, 50]), (5, [100, 80, 50])):
        await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.TOTAL, cap=cap * DOLLAR)
        assert [level for _, level in await told(books)] == levels
    await books.set_budget(scope=BudgetScope.PROJECT, subject="*", period=Period.TOTAL, cap=10 * DOLLAR)
    await hold(database, "h2", DOLLAR, project="spring", owner="bob")
    assert len(await told(books)) == 3
    await books.set_budget(scope=BudgetScope.PROJECT, subject="*", period=Period.TOTAL, cap=DOLLAR)
    assert [alert.subject for alert in await books.alerts()][:3] == ["spring"] * 3


async def test_a_refused_hold_gives_no_alert(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.TOTAL, cap=DOLLAR)
    await books.set_budget(scope=BudgetScope.TOTAL, period=Period.TOTAL, cap=DOLLAR // 2)
    assert isinstance(await hold(database, "h1"), Refused)
    assert await told(books) == []


async def test_what_is_charged_above_a_hold_may_reach_a_level(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.PROVIDER, subject="openai", period=Period.TOTAL, cap=2 * DOLLAR)
    await hold(database, "h1", DOLLAR // 2, provider="openai")
    await database.write(lambda c: charge(c, "h1", 3 * DOLLAR, {}, NOW + 5))
    assert await told(books) == [("provider:openai:total", level) for level in (100, 80, 50)]
    assert await told(books, since=NOW + 5) == []
    assert await told(books, owner="openai") == []  # a provider's budget is not a user's of that name


async def test_alerts_of_one_owner_are_those_of_the_owners_own_budgets(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.USER, subject="*", period=Period.TOTAL, cap=DOLLAR)
    await books.set_budget(scope=BudgetScope.TOTAL, period=Period.TOTAL, cap=DOLLAR)
    await hold(database, "h1", DOLLAR // 2)
    assert await told(books, owner="ann") == [("user:*:total", 50)]
    assert await told(books, owner="bob") == []
    assert len(await told(books)) == 2


async def test_an_alert_stands_or_falls_with_the_hold_that_gave_it(database: Database) -> None:
    books = Ledger(database, UNCAPPED)
    await books.set_budget(scope=BudgetScope.TOTAL, period=Period.TOTAL, cap=DOLLAR)

    def fails(connection: sa.Connection) -> None:
        about = {"owner": "ann", "job_id": "j", "model_id": "m"}
        place_hold(connection, hold_id="h1", amount=DOLLAR, now=NOW, **about)
        count = sa.select(sa.func.count()).select_from(budget_alerts)
        assert connection.execute(count).scalar() == 3
        raise RuntimeError("the rest of the transaction failed")

    with pytest.raises(RuntimeError):
        await database.write(fails)
    assert await told(books) == []
    await hold(database, "h1")
    assert len(await told(books)) == 3
