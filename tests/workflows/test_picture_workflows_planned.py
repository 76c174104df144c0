"""Every example sentence of the picture workflows: classified, its options read, its task prepared and planned."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, IntentContext, WorkClass
from bottega.domain.plan import Constraints, Plan
from bottega.domain.request import Preference, Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.protocol import Engine
from bottega.engines.registry import built_in_engines
from bottega.errors import NoCandidate
from bottega.intent import classify
from bottega.models import load_catalogue
from bottega.routing import make_plan
from bottega.settings import Settings
from bottega.workflows.protocol import Workflow
from bottega.workflows.registry import all_workflows, workflow_for
from bottega.workflows.wording import FAMILIES

CATALOGUE = load_catalogue(today=date(2026, 11, 20))
SETTINGS: dict[str, Any] = {
    f"{vendor}_api_key": "not-a-real-key" for vendor in ("openai", "gemini", "replicate", "stability")
}
ENGINES = built_in_engines(Settings(**SETTINGS))
LOCAL = frozenset(name for name, engine in ENGINES.items() if engine.local)
WORKFLOWS = all_workflows()
PICTURES = (
    "image_generation",
    "image_editing",
    "image_enhancement",
    "style_transfer",
    "hair_styling",
    "reference_styling",
    "reference_styling/virtual_tryon",
)
EXAMPLES = [(name, example) for name in PICTURES for example in WORKFLOWS[name].examples]


def given(role: Role, width: int = 1200, height: int = 800) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=width, height=height)
    return TaskInput(role=role, asset_id=f"{role}{width}", path=Path("sample.png"), media=media)


def inputs_of(workflow: Workflow) -> tuple[TaskInput, ...]:
    """What it cannot do without, and the second picture where a sentence speaks of one."""
    needed = tuple(given(spec.role) for spec in workflow.inputs for _ in range(spec.minimum))
    return (*needed, given(Role.REFERENCE)) if workflow.name == "style_transfer" else needed


def prepared(workflow: Workflow, prompt: str, inputs: tuple[TaskInput, ...]) -> Task:
    options = workflow.options.model_validate(workflow.read_options(prompt))
    intent = Intent(workflow=workflow.work_class, confidence=1.0, reasoning="", classifier="user")
    return workflow.prepare(Request(prompt=prompt), intent, options, inputs)


def planned(task: Task, engines: dict[str, Engine] = ENGINES) -> Plan:
    states = {name: engine.availability() for name, engine in engines.items()}
    unusable = {name: (state.reason, state.hint) for name, state in states.items() if not state.usable}
    return make_plan(
        task,
        CATALOGUE,
        Constraints(unavailable=unusable),
        Preference.BALANCED,
        engines=frozenset(engines),
        local_engines=LOCAL,
        options={},
        options_read=(),
        today=date(2026, 11, 20),
    )


def able(name: str, prompt: str, *inputs: TaskInput) -> set[str]:
    task = prepared(WORKFLOWS[name], prompt, inputs)
    return {candidate.model_id for candidate in planned(task).candidates}


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_is_taken_for_its_workflow_and_can_be_planned(name: str, example: str) -> None:
    workflow = WORKFLOWS[name]
    inputs = inputs_of(workflow)
    context = IntentContext(
        working_images=sum(item.role is Role.WORKING for item in inputs),
        references=sum(item.role is not Role.WORKING for item in inputs),
    )
    intent = classify(example, context)
    assert intent.workflow is workflow.work_class
    assert workflow_for(WORKFLOWS, intent).name == name
    task = prepared(workflow, example, inputs)
    plan = planned(task)
    assert plan.candidates
    for candidate in plan.candidates:
        family = CATALOGUE[candidate.model_id].family
        if candidate.leaves_machine and family != "stable-image-search":  # told an object, not the wish
            assert example in task.prompt_for(family)


@pytest.mark.parametrize("name", ["hair_styling", "reference_styling", "reference_styling/virtual_tryon"])
def test_models_of_several_vendors_stand_behind_one_another(name: str) -> None:
    workflow = WORKFLOWS[name]
    for example in workflow.examples:
        plan = planned(prepared(workflow, example, inputs_of(workflow)))
        assert {candidate.engine for candidate in plan.candidates} >= {"openai", "gemini", "replicate"}


def test_a_plain_haircut_can_be_done_by_the_ready_made_model_and_a_free_wish_cannot() -> None:
    app = "replicate/flux-kontext-apps/change-haircut"
    person = given(Role.WORKING)
    assert app in able("hair_styling", "change my hair to blonde with bangs", person)
    assert app in able("hair_styling", "Give her a copper bob", person)
    for free in (
        "Give her a bob with silver glitter",
        "give him a full beard",
        "make her hair blonde, keep the fringe",
    ):
        found = able("hair_styling", free, person)
        assert found
        assert app not in found


def test_hair_after_a_picture_goes_to_models_that_look_at_two() -> None:
    found = able("hair_styling", "Give me this haircut", given(Role.WORKING), given(Role.REFERENCE))
    assert "openai/gpt-image-2" in found
    assert "replicate/black-forest-labs/flux-kontext-pro" not in found


def test_what_classical_edits_cannot_do_goes_to_models_that_can() -> None:
    found = able("image_editing", "Remove the lamp", given(Role.WORKING))
    assert found >= {
        "openai/gpt-image-2",
        "gemini/gemini-3.1-flash-image",
        "replicate/black-forest-labs/flux-kontext-pro",
    }
    assert "classical/edits" not in found
    assert "stability/erase" not in found  # it needs a mask
    with_mask = able("image_editing", "Remove the lamp", given(Role.WORKING), given(Role.MASK))
    assert with_mask >= {"stability/erase", "openai/gpt-image-2", "replicate/black-forest-labs/flux-fill-pro"}
    assert "gemini/gemini-3.1-flash-image" not in with_mask


def test_without_a_key_it_is_said_what_to_configure() -> None:
    no_keys = built_in_engines(Settings(**dict.fromkeys(SETTINGS, "")))
    task = prepared(WORKFLOWS["image_editing"], "Remove the lamp", (given(Role.WORKING),))
    with pytest.raises(NoCandidate) as caught:
        planned(task, no_keys)
    for variable in ("OPENAI_API_KEY", "GEMINI_API_KEY", "REPLICATE_API"):
        assert variable in caught.value.hint
    reasons = {item["model_id"]: item["reason"] for item in caught.value.details["ruled_out"]}
    assert reasons["classical/edits"] == "does not offer edit erase"


@pytest.mark.parametrize(
    ("prompt", "model_id"),
    [
        ("Replace the dog with a cat", "stability/search-and-replace"),
        ("Make the car dark green", "stability/search-and-recolor"),
        ("Replace the background with a beach", "stability/replace-background-and-relight"),
        ("Extend the picture to 16:9", "stability/outpaint"),
        ("Remove the text from the sign", "replicate/flux-kontext-apps/text-removal"),
    ],
)
def test_a_plain_aim_also_goes_to_the_model_made_for_it(prompt: str, model_id: str) -> None:
    found = able("image_editing", prompt, given(Role.WORKING))
    assert model_id in found
    assert "openai/gpt-image-2" in found
    assert model_id not in able("image_editing", f"{prompt} and add a bird", given(Role.WORKING))


def test_a_crop_beside_an_instruction_is_the_shape_that_is_asked_for() -> None:
    task = prepared(
        WORKFLOWS["image_editing"], "Remove the lamp and crop to a square", (given(Role.WORKING),)
    )
    assert task.features == {"edit:instruction", "aspect:1:1"}
    assert task.parameters["aspect"] == "1:1"


@pytest.mark.parametrize(
    ("prompt", "there", "absent"),
    [
        ("Upscale it 4x without sharpening", "stability/upscale-fast", "openai/gpt-image-2"),
        ("Upscale it 3x", "classical/backprojection", "stability/upscale-fast"),
        (
            "Restore this old scratched photo",
            "replicate/flux-kontext-apps/restore-image",
            "classical/lanczos",
        ),
        ("Colourise it", "openai/gpt-image-2", "replicate/bytedance/seedream-4.5"),
        ("A creative upscale, please", "stability/upscale-creative", "classical/backprojection"),
    ],
)
def test_an_enhancement_goes_only_to_models_that_can(prompt: str, there: str, absent: str) -> None:
    found = able("image_enhancement", prompt, given(Role.WORKING))
    assert there in found
    assert absent not in found


@pytest.mark.parametrize(
    ("prompt", "model_id"),
    [
        ("Turn it into a watercolour painting", "openai/gpt-image-2"),
        ("Make a cartoon of it", "replicate/flux-kontext-apps/cartoonify"),
        ("Make it a Renaissance portrait", "replicate/flux-kontext-apps/renaissance"),
        ("Give it a vintage look", "replicate/flux-kontext-apps/filters"),
    ],
)
def test_a_style_goes_to_models_that_know_it(prompt: str, model_id: str) -> None:
    found = able("style_transfer", prompt, given(Role.WORKING))
    assert model_id in found
    assert ("classical/styles" in found) == prompt.endswith(("watercolour painting", "cartoon of it"))


def test_the_style_of_another_picture_is_transferred() -> None:
    found = able(
        "style_transfer",
        "Paint it in the style of the second picture",
        given(Role.WORKING),
        given(Role.REFERENCE),
    )
    assert found >= {"stability/style-transfer", "openai/gpt-image-2"}


def test_only_models_that_follow_words_make_a_look() -> None:
    alone = able("reference_styling", "Dress me like Audrey Hepburn", given(Role.WORKING))
    assert not {"replicate/flux-kontext-apps/professional-headshot", "stability/structure"} & alone
    pair = able("reference_styling", "Dress me like this", given(Role.WORKING), given(Role.REFERENCE))
    assert "replicate/flux-kontext-apps/multi-image-kontext-max" in pair


def test_a_garment_is_tried_on_by_models_that_look_at_two_pictures() -> None:
    person, garment = given(Role.PERSON), given(Role.GARMENT)
    found = able("reference_styling/virtual_tryon", "Try this jacket on me", person, garment)
    assert found >= {"replicate/flux-kontext-apps/multi-image-kontext-max", "openai/gpt-image-2"}
    assert "replicate/black-forest-labs/flux-kontext-pro" not in found
    three = able(
        "reference_styling/virtual_tryon", "Try these on me", person, garment, given(Role.GARMENT, 900)
    )
    assert "replicate/flux-kontext-apps/multi-image-kontext-max" not in three


def test_what_is_in_the_catalogue_is_named_as_the_wording_names_it() -> None:
    families = {model.family for model in CATALOGUE if model.output == "image" and model.engine not in LOCAL}
    assert families <= set(FAMILIES)


def test_every_picture_class_has_a_workflow() -> None:
    stills = {
        WorkClass.IMAGE_GENERATION,
        WorkClass.IMAGE_EDITING,
        WorkClass.IMAGE_ENHANCEMENT,
        WorkClass.STYLE_TRANSFER,
        WorkClass.HAIR_STYLING,
        WorkClass.REFERENCE_STYLING,
    }
    assert stills <= {workflow.work_class for workflow in WORKFLOWS.values()}
