"""Money, whatever happens in whatever order: every answer is compared with a plain model of the rules."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from bottega.spend import (
    BudgetScope,
    EntryKind,
    Held,
    HoldState,
    Period,
    Refused,
    audit,
    charge,
    mark_unknown,
    place_hold,
    release,
)
from bottega.spend.budgets import remove_budget, set_budget, window_bounds
from bottega.spend.ledger import budget_left
from bottega.store.database import Database
from bottega.store.schema import budget_alerts, budget_windows, budgets, hold_windows, holds, ledger

OWNERS = ("ann", "bob")
PROVIDERS = ("openai", "gemini")
PROJECTS = ("", "spring")
AMOUNTS = st.integers(1, 60)
SUBJECTS = st.sampled_from(
    [
        ("user", "ann"),
        ("user", "*"),
        ("provider", "openai"),
        ("provider", "*"),
        ("project", "spring"),
        ("project", "*"),
        ("total", ""),
    ]
)


@dataclass
class ModelHold:
    owner: str
    amount: int
    at: float
    provider: str = ""
    project: str = ""
    state: HoldState = HoldState.HELD
    charged: int = 0

    def counts_for(self, scope: str) -> str:
        return {"user": self.owner, "provider": self.provider, "project": self.project}[scope]

    @property
    def used(self) -> int:
        return self.amount if self.stands else self.charged

    @property
    def stands(self) -> bool:
        return self.state in (HoldState.HELD, HoldState.UNKNOWN)


class Money(RuleBasedStateMachine):
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_753_999_000.0  # 16 minutes before the end of a month
        self.holds: dict[str, ModelHold] = {}
        self.caps: dict[tuple[str, str, Period], int] = {}
        for table in (ledger, hold_windows, holds, budget_windows, budget_alerts, budgets):
            self.write(lambda c, t=table: c.execute(sa.delete(t)))

    def write(self, work: Any) -> Any:
        return self.database.write_now(work)

    # --- the model -----------------------------------------------------------------------------------------

    def left(self, owner: str, provider: str = "", project: str = "") -> int | None:
        """The smallest remainder of the caps that apply."""
        asked = {"user": owner, "provider": provider, "project": project}
        rest: list[int] = []
        for (scope, subject, period), cap in self.caps.items():
            if scope != "total" and (not asked[scope] or subject not in (asked[scope], "*")):
                continue
            start, end = window_bounds(period, self.now)
            rest.append(
                cap
                - sum(
                    hold.used
                    for hold in self.holds.values()
                    if hold.at >= start
                    and (end is None or hold.at < end)
                    and (scope == "total" or hold.counts_for(scope) == asked[scope])
                )
            )
        return min(rest, default=None)

    def some_hold(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.holds)), label="hold")

    # --- what may happen -----------------------------------------------------------------------------------

    @initialize(cap=st.integers(40, 200))
    def a_first_budget(self, cap: int) -> None:
        self.change_a_budget(("user", "*"), Period.HOUR, cap)

    @rule(
        owner=st.sampled_from(OWNERS),
        provider=st.sampled_from(PROVIDERS),
        project=st.sampled_from(PROJECTS),
        amount=AMOUNTS,
    )
    def hold(self, owner: str, provider: str, project: str, amount: int) -> None:
        hold_id = f"h{len(self.holds)}"
        left = self.left(owner, provider, project)
        outcome = self.place(hold_id, owner, amount, provider, project)
        if left is None or amount <= left:
            assert outcome == Held(hold_id=hold_id, amount=amount)
            self.holds[hold_id] = ModelHold(owner, amount, self.now, provider, project)
        else:
            assert isinstance(outcome, Refused)
            assert outcome.use.left < amount
            self.holds.pop(hold_id, None)

    def place(self, hold_id: str, owner: str, amount: int, provider: str = "", project: str = "") -> Any:
        return self.write(
            lambda c: place_hold(
                c,
                hold_id=hold_id,
                owner=owner,
                job_id="j",
                model_id="m",
                amount=amount,
                now=self.now,
                provider=provider,
                project=project,
            )
        )

    @precondition(lambda self: any(hold.stands for hold in self.holds.values()))
    @rule(data=st.data())
    def hold_again(self, data: st.DataObject) -> None:
        hold_id = data.draw(st.sampled_from([name for name, hold in self.holds.items() if hold.stands]))
        hold = self.holds[hold_id]
        again = self.place(hold_id, hold.owner, hold.amount)
        assert again == Held(hold_id=hold_id, amount=hold.amount, state=hold.state)

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), share=st.sampled_from([0.0, 0.5, 1.0, 1.5]))
    def charge(self, data: st.DataObject, share: float) -> None:
        hold_id = self.some_hold(data)
        hold = self.holds[hold_id]
        amount = int(hold.amount * share)
        if hold.stands:
            hold.state, hold.charged = HoldState.CHARGED, amount
        told = self.write(lambda c: charge(c, hold_id, amount, {"share": share}, self.now))
        assert (told.state, told.held, told.charged) == (hold.state, hold.amount, hold.charged)

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        hold_id = self.some_hold(data)
        hold = self.holds[hold_id]
        if hold.stands:
            hold.state = HoldState.RELEASED
        told = self.write(lambda c: release(c, hold_id, "not needed", self.now))
        assert (told.state, told.charged) == (hold.state, hold.charged)

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def lose_the_answer(self, data: st.DataObject) -> None:
        hold_id = self.some_hold(data)
        hold = self.holds[hold_id]
        if hold.stands:
            hold.state = HoldState.UNKNOWN
        told = self.write(lambda c: mark_unknown(c, hold_id, "connection lost", self.now))
        assert (told.state, told.charged) == (hold.state, hold.charged)

    @rule(minutes=st.sampled_from([1, 20, 45, 60 * 24]))
    def wait(self, minutes: int) -> None:
        self.now += 60.0 * minutes

    @rule(whose=SUBJECTS, period=st.sampled_from(Period), cap=st.integers(0, 300))
    def change_a_budget(self, whose: tuple[str, str], period: Period, cap: int) -> None:
        scope, subject = whose
        self.write(lambda c: set_budget(c, scope=BudgetScope(scope), subject=subject, period=period, cap=cap))
        self.caps[scope, subject, period] = cap

    @precondition(lambda self: self.caps)
    @rule(data=st.data())
    def take_a_budget_away(self, data: st.DataObject) -> None:
        scope, subject, period = place = data.draw(st.sampled_from(sorted(self.caps)))
        self.write(
            lambda c: remove_budget(c, f"{scope}:{subject}:{period}" if subject else f"{scope}:{period}")
        )
        del self.caps[place]

    # --- what always holds ---------------------------------------------------------------------------------

    @invariant()
    def the_books_agree_with_themselves(self) -> None:
        assert self.write(audit) == ()

    @invariant()
    def what_is_left_is_what_the_rules_say(self) -> None:
        calls = list(itertools.product(OWNERS, ("", *PROVIDERS), PROJECTS))
        found = self.write(
            lambda c: [
                budget_left(c, owner, self.now, provider=provider, project=project)
                for owner, provider, project in calls
            ]
        )
        rules = [self.left(*call) for call in calls]
        assert found == [None if left is None else max(0, left) for left in rules]

    @invariant()
    def an_alert_is_given_once_and_not_before_its_level(self) -> None:
        for row in self.write(lambda c: c.execute(sa.select(budget_alerts)).all()):
            assert row.used * 100 >= row.level * row.cap

    @invariant()
    def a_hold_begins_once_and_ends_at_most_once(self) -> None:
        ends = sa.func.sum(sa.case((ledger.c.kind == EntryKind.CHARGE.value, 1), else_=0))
        begins = sa.func.sum(sa.case((ledger.c.kind == EntryKind.HOLD.value, 1), else_=0))
        freed = sa.func.sum(sa.case((ledger.c.kind == EntryKind.RELEASE.value, 1), else_=0))
        query = sa.select(begins, ends, freed).group_by(ledger.c.hold_id)
        for begun, ended, released in self.write(lambda c: c.execute(query).all()):
            assert begun == 1
            assert ended <= 1
            assert released <= 1


@pytest.fixture
def opened(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    asyncio.run(database.open())
    yield database
    asyncio.run(database.close())


def test_money_follows_the_rules_whatever_happens(opened: Database) -> None:
    class OnThisDatabase(Money):
        database = opened

    run_machine(
        OnThisDatabase,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
