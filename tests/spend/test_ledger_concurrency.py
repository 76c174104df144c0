import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from bottega.errors import BudgetExceeded
from bottega.settings import Settings
from bottega.spend import BudgetScope, Ledger, Period, place_hold
from bottega.spend.budgets import set_budget
from bottega.spend.ledger import budget_left
from bottega.store.database import Database
from bottega.store.migrate import upgrade
from bottega.store.schema import budget_windows

AMOUNT = 42_000
PAYS_FOR = 10
ASKED = 64
CAP = PAYS_FOR * AMOUNT + AMOUNT - 1  # one micro-dollar short of an eleventh


async def _capped(database: Database) -> Ledger:
    books = Ledger(database, Settings(budget_user_hour=None))
    await books.set_budget(scope=BudgetScope.USER, subject="*", period=Period.TOTAL, cap=CAP)
    await books.set_budget(scope=BudgetScope.TOTAL, period=Period.TOTAL, cap=CAP)
    return books


async def _windows(database: Database) -> list[tuple[int, int]]:
    query = sa.select(budget_windows.c.held, budget_windows.c.spent)
    return [(row.held, row.spent) for row in await database.read(lambda c: c.execute(query).all())]


async def test_of_64_simultaneous_holds_exactly_as_many_succeed_as_the_cap_pays_for(
    database: Database,
) -> None:
    books = await _capped(database)
    outcomes = await asyncio.gather(
        *(
            books.hold(hold_id=f"h{n}", owner="ann", job_id="j", model_id="m", amount=AMOUNT)
            for n in range(ASKED)
        ),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, BudgetExceeded)]
    assert [o for o in outcomes if isinstance(o, BaseException) and o not in refused] == []
    assert len(outcomes) - len(refused) == PAYS_FOR
    assert all(error.details["left"] < AMOUNT for error in refused)
    assert await _windows(database) == [(PAYS_FOR * AMOUNT, 0)] * 2
    assert await books.audit() == ()


async def test_money_that_comes_back_is_not_refused_to_those_who_ask_later(database: Database) -> None:
    """Each takes all that the cap allows and gives it back, so all are served in the end."""
    books = await _capped(database)
    served: list[int] = []
    left_at_refusals: list[int] = []

    async def insist(number: int) -> None:
        tries = 0
        while number not in served:
            tries += 1
            hold_id = f"h{number}-{tries}"
            try:
                await books.hold(hold_id=hold_id, owner="ann", job_id="j", model_id="m", amount=CAP)
            except BudgetExceeded as refusal:
                left_at_refusals.append(refusal.details["left"])
            else:
                served.append(number)
                await books.release(hold_id, "done")

    await asyncio.gather(*(insist(number) for number in range(16)))
    assert sorted(served) == list(range(16))
    assert CAP not in left_at_refusals  # nobody was refused while all of it was there
    assert await _windows(database) == [(0, 0)] * 2
    assert await books.audit() == ()


@pytest.mark.parametrize("amount", [AMOUNT, CAP])
async def test_the_same_hold_asked_for_many_times_at_once_is_one_hold(
    database: Database, amount: int
) -> None:
    books = await _capped(database)
    asked = {"hold_id": "h", "owner": "ann", "job_id": "j", "model_id": "m", "amount": amount}
    outcomes = await asyncio.gather(*(books.hold(**asked) for _ in range(16)))
    assert {outcome.hold_id for outcome in outcomes} == {"h"}
    assert await _windows(database) == [(amount, 0)] * 2
    assert await books.audit() == ()


async def test_settling_from_many_sides_at_once_ends_each_hold_once(database: Database) -> None:
    books = await _capped(database)
    await books.hold(hold_id="h", owner="ann", job_id="j", model_id="m", amount=CAP)
    settled = await asyncio.gather(
        *(books.charge("h", amount, {}) for amount in range(1, 17)),
        *(books.release("h", "another says so") for _ in range(16)),
    )
    assert len({(s.state, s.charged) for s in settled}) == 1
    assert await _windows(database) == [(0, settled[0].charged)] * 2
    assert await books.audit() == ()


async def test_a_budget_that_comes_and_goes_under_load_leaves_the_books_right(database: Database) -> None:
    books = await _capped(database)

    async def work(number: int) -> None:
        hold_id = f"h{number}"
        try:
            await books.hold(hold_id=hold_id, owner="ann", job_id="j", model_id="m", amount=AMOUNT)
        except BudgetExceeded:
            return
        await books.charge(hold_id, AMOUNT // 2, {})

    async def change() -> None:
        for _ in range(8):
            budget = await books.set_budget(scope=BudgetScope.USER, subject="ann", period=Period.DAY, cap=CAP)
            await books.remove_budget(budget.id)

    await asyncio.gather(change(), *(work(number) for number in range(ASKED)))
    assert await books.audit() == ()
    assert all(held == 0 and spent <= CAP for held, spent in await _windows(database))


def test_a_change_of_budgets_waits_for_holds_under_way(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    upgrade(engine)
    placing = {"hold_id": "h", "owner": "ann", "job_id": "j", "model_id": "m", "amount": AMOUNT}
    new = {"scope": BudgetScope.USER, "subject": "ann", "period": Period.TOTAL, "cap": CAP}
    with engine.connect() as first, engine.connect() as second:
        place_hold(first, now=1.0, **placing)
        second.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            set_budget(second, **new)
        second.rollback()
        first.commit()
        set_budget(second, **new)
        second.commit()
        assert budget_left(first, "ann", 1.0) == CAP - AMOUNT
    engine.dispose()


async def test_over_four_processes_the_cap_is_still_the_cap(database: Database) -> None:
    books = await _capped(database)
    url = database.url.render_as_string(hide_password=False)
    script = str(Path(__file__).parent / "spender.py")

    def compete() -> list[tuple[int, int]]:
        spenders = [
            subprocess.Popen(
                [sys.executable, script, url, f"p{number}", str(ASKED // 4), str(AMOUNT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(4)
        ]
        for spender in spenders:
            assert spender.stdout is not None
            assert spender.stdout.readline() == "ready\n"
        for spender in spenders:
            assert spender.stdin is not None
            spender.stdin.write("go\n")
            spender.stdin.flush()
        answers = [spender.communicate(timeout=300)[0].split() for spender in spenders]
        return [(int(admitted), int(refused)) for admitted, refused in answers]

    told = await asyncio.to_thread(compete)
    assert sum(admitted for admitted, _ in told) == PAYS_FOR
    assert sum(refused for _, refused in told) == ASKED - PAYS_FOR
    assert await _windows(database) == [(PAYS_FOR * AMOUNT, 0)] * 2
    assert await books.audit() == ()
