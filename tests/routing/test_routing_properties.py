"""What holds for every plan, whatever the catalogue and the limits."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.domain.money import micro_usd
from bottega.domain.plan import Constraints, Observation, Plan
from bottega.domain.request import Preference
from bottega.domain.task import Task
from bottega.errors import BudgetExceeded, NoCandidate
from bottega.models import Catalogue, Model, PriceModel
from bottega.routing import estimate_time, make_plan

TASK = Task(workflow="image_editing", operation="edit", output_megapixels=2.0)
LOCAL = frozenset({"here"})

cents = st.integers(0, 2_000).map(lambda tenths: f"{tenths / 1000:.3f}")
prices = st.one_of(
    st.none(), st.just(PriceModel(free=True)), cents.map(lambda dollars: PriceModel(per_run=dollars))
)
seconds = st.one_of(st.none(), st.floats(0, 900))


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    return Catalogue(
        [
            Model(
                id=f"model/{index}",
                engine=draw(st.sampled_from(["here", "there", "down"])),
                title="a model",
                operations=frozenset({draw(st.sampled_from(["edit", "edit", "laser"]))}),
                quality=draw(st.floats(0, 1)),
                price=draw(prices),
                seconds_fixed=draw(seconds),
                status=draw(st.sampled_from(["active", "active", "retired"])),
            )
            for index in range(draw(st.integers(0, 6)))
        ]
    )


@st.composite
def limits(draw: st.DrawFn) -> Constraints:
    judged = draw(st.integers(0, 20))
    return Constraints(
        budget_left=draw(st.none() | st.integers(0, 3_000_000)),
        max_cost=draw(st.none() | st.integers(0, 3_000_000)),
        stay_local=draw(st.booleans()),
        deadline_s=draw(st.none() | st.floats(1, 900)),
        megapixels=draw(st.floats(0, 50)),
        unavailable={"down": ("is down", "wait")},
        observations={
            "model/0": Observation(
                samples=draw(st.integers(0, 3)),
                seconds_fixed=draw(st.floats(0, 900)),
                judged=judged,
                accepted=draw(st.integers(0, judged)),
            )
        },
    )


def plan(catalogue: Catalogue, constraints: Constraints, preference: Preference) -> Plan:
    return make_plan(
        TASK,
        catalogue,
        constraints,
        preference,
        local_engines=LOCAL,
        options={},
        options_read=(),
        today=date(2026, 3, 1),
    )


@settings(deadline=None)
@given(catalogues(), limits(), st.sampled_from(Preference))
def test_every_model_of_the_operation_is_either_a_candidate_or_ruled_out(
    catalogue: Catalogue, constraints: Constraints, preference: Preference
) -> None:
    knowing = [model for model in catalogue if "edit" in model.operations]
    able = sorted(model.id for model in [m for m in knowing if m.status != "retired"] or knowing)
    try:
        made = plan(catalogue, constraints, preference)
        mentioned = [c.model_id for c in made.candidates] + [r.model_id for r in made.ruled_out]
        reasons = [r.reason for r in made.ruled_out]
    except (NoCandidate, BudgetExceeded) as refused:
        mentioned = [item["model_id"] for item in refused.details["ruled_out"]]
        reasons = [item["reason"] for item in refused.details["ruled_out"]]
    assert sorted(mentioned) == able
    assert all(reasons)


@settings(deadline=None)
@given(catalogues(), limits(), st.sampled_from(Preference))
def test_candidates_keep_every_limit_and_come_in_order(
    catalogue: Catalogue, constraints: Constraints, preference: Preference
) -> None:
    try:
        made = plan(catalogue, constraints, preference)
    except (NoCandidate, BudgetExceeded):
        return
    for candidate in made.candidates:
        assert candidate.price.high <= min(
            cap for cap in (constraints.budget_left, constraints.max_cost, 10**12) if cap is not None
        )
        assert candidate.engine != "down"
        assert not (constraints.stay_local and candidate.leaves_machine)
        known = estimate_time(catalogue[candidate.model_id], TASK, constraints).seconds
        assert known is None or constraints.deadline_s is None or known <= constraints.deadline_s
        assert catalogue[candidate.model_id].status != "retired"
    assert list(made.candidates) == sorted(made.candidates, key=lambda c: (-c.score, c.model_id))


@settings(deadline=None)
@given(
    st.integers(0, 50_000_000),
    st.integers(1, 50_000_000),
    st.floats(0, 1),
    seconds,
    st.sampled_from(Preference),
    st.booleans(),
)
def test_the_cheaper_of_two_otherwise_equal_models_never_ranks_lower(
    low: int, more: int, quality: float, time: float | None, preference: Preference, cheap_id_last: bool
) -> None:
    def model(model_id: str, micro: int) -> Model:
        price = PriceModel(per_run=f"{micro / 1e6:.6f}") if micro else PriceModel(free=True)
        return Model(
            id=model_id,
            engine="there",
            title="a model",
            operations=frozenset({"edit"}),
            quality=quality,
            price=price,
            seconds_fixed=time,
        )

    cheap, dear = ("z", "a") if cheap_id_last else ("a", "z")
    made = plan(Catalogue([model(dear, low + more), model(cheap, low)]), Constraints(), preference)
    assert made.first.model_id == cheap
    assert made.first.price.high == micro_usd(f"{low / 1e6:.6f}")
