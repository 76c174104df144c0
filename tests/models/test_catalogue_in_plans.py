"""What routing makes of licences and of prices that cannot be foreseen."""

from typing import Any

import pytest

from bottega.domain.plan import Constraints
from bottega.domain.request import Preference
from bottega.domain.task import Task
from bottega.errors import NoCandidate
from bottega.models import Catalogue, Model, PriceModel, load_catalogue
from bottega.routing import make_plan


def model(name: str, **more: Any) -> Model:
    fields: dict[str, Any] = {"engine": "cloud", "title": "x", "operations": ["generate"], "quality": 0.5}
    return Model.model_validate(fields | {"id": f"cloud/{name}", "price": {"per_image": "0.04"}} | more)


def plan(*models: Model, constraints: Constraints | None = None) -> Any:
    return make_plan(
        Task(workflow="w", operation="generate"),
        Catalogue(list(models)),
        constraints or Constraints(),
        Preference.BALANCED,
        local_engines=frozenset(),
        options={},
        options_read=(),
    )


RESTRICTED = model("restricted", licence="CC BY-NC 4.0", licence_class="non-commercial")


def test_a_licence_against_commercial_use_rules_a_model_out_until_it_is_allowed() -> None:
    made = plan(RESTRICTED, model("free"))
    assert [candidate.model_id for candidate in made.candidates] == ["cloud/free"]
    assert made.ruled_out[0].reason == "its licence (CC BY-NC 4.0) forbids commercial use"
    assert "BOTTEGA_RESTRICTED_LICENCES" in made.ruled_out[0].hint
    allowed = plan(RESTRICTED, constraints=Constraints(restricted_licences=True))
    assert allowed.first.model_id == "cloud/restricted"


def test_terms_of_a_service_are_no_licence_against_commercial_use() -> None:
    assert plan(model("service", licence_class="commercial-terms")).first.model_id == "cloud/service"


def test_a_price_of_unknown_use_cannot_be_budgeted_and_says_so() -> None:
    unforeseeable = model("seconds", price=PriceModel(per_gpu_second="0.001"))
    with pytest.raises(NoCandidate) as told:
        plan(unforeseeable)
    (ruled_out,) = told.value.details["ruled_out"]
    assert "not what a call uses of it at most" in ruled_out["reason"]


def test_what_has_ended_is_out_of_every_plan_with_its_replacement() -> None:
    built_in = load_catalogue()
    with pytest.raises(NoCandidate) as told:
        make_plan(
            Task(workflow="w", operation="generate", features=frozenset({"size:1024x1024"})),
            Catalogue([built_in["openai/dall-e-3"]]),
            Constraints(),
            Preference.BALANCED,
            local_engines=frozenset(),
            engines=frozenset({"openai"}),
            options={},
            options_read=(),
        )
    (ruled_out,) = told.value.details["ruled_out"]
    assert ruled_out["reason"] == "ended on 2026-05-12"
    assert ruled_out["hint"] == "Use openai/gpt-image-2.5-flare instead."
