"""The breaker's state machine against a plain reading of its rules, under random histories and any clock."""

from dataclasses import dataclass, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bottega.resilience.circuit import BreakerPolicy, Circuit, Outcome, Waiting, admit, settle

POLICY = BreakerPolicy(failures=3, open_s=60.0, successes=2, failure_rate=2.0, probe_s=10.0)


@dataclass
class _Call:
    token: str
    life: int
    is_probe: bool
    at: float
    told: bool = False


class Histories(RuleBasedStateMachine):
    """The model keeps the story of the present life in plain words; the circuit must agree with it."""

    @initialize(failures=st.integers(1, 4), successes=st.integers(1, 3))
    def begin(self, failures: int, successes: int) -> None:
        self.policy = replace(POLICY, failures=failures, successes=successes)
        self.circuit = Circuit()
        self.now = 1000.0
        self.calls: list[_Call] = []
        self.closed_until: float | None = None  # None: the breaker is closed
        self.life = 0
        self.row = 0
        self.good_probes = 0

    @rule(seconds=st.sampled_from([0.0, 0.5, 9.9, 10.0, 59.9, 60.0, 200.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def somebody_asks(self) -> None:
        token = f"call-{len(self.calls)}"
        self.circuit, waiting = admit(self.circuit, self.now, self.policy, token)
        probes = [
            call
            for call in self.calls
            if call.is_probe and call.life == self.life and not call.told and self.now - call.at < 10.0
        ]
        if self.closed_until is None:
            expected = None
        elif self.now < self.closed_until:
            expected = Waiting(self.closed_until - self.now)
        elif probes:
            expected = Waiting(probes[-1].at + 10.0 - self.now, probing=True)
        else:
            expected = None
        assert waiting == expected
        if waiting is None:
            self.calls.append(_Call(token, self.life, self.closed_until is not None, self.now))

    @rule(
        which=st.integers(0, 10_000),
        outcome=st.sampled_from(["succeeded", "failed", "failed", "ignored"]),
        retry_after=st.sampled_from([0.0, 0.0, 30.0, 90.0, 1e9]),
    )
    def somebody_tells(self, which: int, outcome: Outcome, retry_after: float) -> None:
        untold = [call for call in self.calls if not call.told]
        if not untold:
            return
        call = untold[which % len(untold)]
        call.told = True
        before = self.circuit
        self.circuit = settle(
            self.circuit,
            self.now,
            self.policy,
            life=call.life,
            token=call.token,
            outcome=outcome,
            retry_after=retry_after,
        )
        if call.life != self.life:
            assert self.circuit == before
            return
        if outcome == "ignored":
            return
        if self.closed_until is not None:
            if outcome == "failed":
                self._opens(retry_after)
            else:
                self.good_probes += 1
                if self.good_probes == self.policy.successes:
                    self.closed_until, self.life, self.row = None, self.life + 1, 0
        elif outcome == "failed":
            self.row += 1
            if self.row == self.policy.failures:
                self._opens(retry_after)
        else:
            self.row = 0

    def _opens(self, retry_after: float) -> None:
        self.closed_until = self.now + max(60.0, min(retry_after, 3600.0))
        self.life, self.good_probes = self.life + 1, 0

    @invariant()
    def agrees(self) -> None:
        if self.closed_until is None:
            assert self.circuit.phase(self.now) == "closed"
            assert self.circuit.failures == self.row
        else:
            assert self.circuit.phase(self.now) == ("open" if self.now < self.closed_until else "half-open")
        assert self.circuit.life == self.life
        assert Circuit.decode(self.circuit.encode()) == self.circuit


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def _after(outcomes: str, policy: BreakerPolicy, step_s: float = 0.1) -> Circuit:
    """A circuit after calls that failed (`x`) or succeeded (`.`), `step_s` apart."""
    circuit = Circuit()
    for number, mark in enumerate(outcomes):
        outcome = "failed" if mark == "x" else "succeeded"
        circuit = settle(
            circuit, 1000.0 + number * step_s, policy, life=circuit.life, token="t", outcome=outcome
        )
    return circuit


def test_a_high_share_of_failures_opens_it_even_when_they_are_never_many_in_a_row() -> None:
    policy = BreakerPolicy(failures=5, failure_rate=0.5, rate_calls=20)
    assert not _after("x." * 9 + ".", policy).is_open
    assert _after("x." * 10 + "x", policy).is_open


def test_failures_of_long_ago_are_not_in_the_share() -> None:
    policy = BreakerPolicy(failures=5, failure_rate=0.5, rate_calls=20, window_s=60.0)
    assert not _after("x." * 40, policy, step_s=5.0).is_open


def test_a_moderate_share_of_failures_does_not_open_it() -> None:
    policy = BreakerPolicy(failures=5, failure_rate=0.5, rate_calls=20)
    assert not _after("x.." * 100, policy).is_open


def test_a_clock_set_back_keeps_nothing_closed_off_for_longer_than_was_meant() -> None:
    opened = settle(Circuit(), 10_000.0, replace(POLICY, failures=1), life=0, token="t", outcome="failed")
    circuit, waiting = admit(opened, 500.0, POLICY, "a")
    assert waiting == Waiting(60.0)
    circuit, waiting = admit(circuit, 560.0, POLICY, "b")
    assert waiting is None
    _, waiting = admit(circuit, 100.0, POLICY, "c")  # and back again, while a probe is out
    assert waiting is not None
    assert waiting.seconds <= 60.0


def test_what_cannot_be_read_counts_as_never_seen() -> None:
    for data in (b"", b"[]", b"{}", b"nonsense", b'{"window":[[1]]}', b'{"window":[],"other":1}'):
        assert Circuit.decode(data) == Circuit()
