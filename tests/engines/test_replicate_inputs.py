"""A task in a hosted model's words: never a field or a value that the model does not take, never dearer than ordered."""

import math
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replicate_bench import catalogue, model

from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.domain.task import Task, TaskInput
from bottega.engines.cloud.replicate_inputs import Draft, fit
from bottega.engines.cloud.replicate_schema import InputSchema, read_schema
from bottega.errors import InvalidOption, MissingInput, ProviderError
from bottega.models import Model
from bottega.simulator.replicate_inputs import complaints
from bottega.simulator.replicate_models import hosted_models


@cache
def schema(name: str) -> InputSchema:
    return read_schema(hosted_models()[name].openapi_schema())


def known() -> list[Model]:
    """Entries of the catalogue of which the simulated vendor has the published schema."""
    models = [entry for entry in catalogue() if entry.engine == "replicate"]
    return [
        entry.model_copy(update={"remote": entry.remote.partition(":")[0]})
        for entry in models
        if entry.remote.partition(":")[0] in hosted_models() and entry.price is not None
    ]


def still(role: Role = Role.WORKING, size: tuple[int, int] = (1200, 800)) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=size[0], height=size[1])
    return TaskInput(role=role, asset_id="a", path="a.png", media=media)  # type: ignore[arg-type]


def task(operation: str, *inputs: TaskInput, **parameters: Any) -> Task:
    return Task(
        workflow="w",
        operation=operation,
        prompt="a boat",
        inputs=inputs,
        parameters=parameters,
        output_megapixels=1.0,
    )


def drafted(name: str, work: Task, **changes: Any) -> Draft:
    return fit(work, model(name, **changes), schema(name), prompt=work.prompt, seed=77)


SIZES = st.tuples(st.integers(64, 5000), st.integers(64, 5000)).map(lambda size: f"{size[0]}x{size[1]}")
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(1, 4),
        "size": SIZES,
        "aspect": st.tuples(st.integers(1, 21), st.integers(1, 21)).map(lambda a: f"{a[0]}:{a[1]}"),
        "resolution": st.sampled_from(["480p", "512p", "720p", "768p", "1080p", "2160p", "1K", "2K", "4K"]),
        "seconds": st.one_of(st.integers(1, 12), st.floats(1, 12)),
        "sound": st.booleans(),
        "strength": st.floats(0, 1),
        "scale": st.sampled_from([1, 1.5, 2, 4, 8]),
        "negative_prompt": st.sampled_from(["", "blur"]),
        "quality": st.sampled_from(["auto", "high"]),
        "unheard_of": st.integers(),
    },
)


@settings(max_examples=300, deadline=None)
@given(entry=st.sampled_from(known()), data=st.data())
def test_whatever_is_ordered_the_vendor_takes_or_it_is_refused_here(entry: Model, data: st.DataObject):
    """Judged by the vendor's own validator, which was written from the same schemas by another hand."""
    operation = data.draw(st.sampled_from(sorted(entry.operations)))
    roles = data.draw(st.lists(st.sampled_from([Role.WORKING, Role.REFERENCE, Role.MASK]), max_size=3))
    work = task(operation, *(still(role) for role in roles), **data.draw(PARAMETERS))
    try:
        draft = fit(
            work, entry, schema(entry.remote), prompt=work.prompt, seed=data.draw(st.integers(0, 2**31 - 1))
        )
    except (InvalidOption, MissingInput):
        return
    values = dict(draft.values)
    for placed in draft.pictures:
        if placed.in_list:
            values.setdefault(placed.field, []).append("https://x.example/a.png")
        else:
            assert placed.field not in values
            values[placed.field] = "https://x.example/a.png"
    assert len(draft.pictures) == len(work.inputs)
    try:
        schema(entry.remote).check(values)
    except InvalidOption:
        assert complaints(hosted_models()[entry.remote], values)
    else:
        assert not complaints(hosted_models()[entry.remote], values)


@settings(max_examples=200, deadline=None)
@given(
    entry=st.sampled_from([entry for entry in known() if entry.output == "clip"]),
    seconds=st.floats(1, 20),
    resolution=st.sampled_from(["480p", "720p", "768p", "1080p"]),
)
def test_a_step_that_is_taken_costs_no_more_than_what_was_ordered(
    entry: Model, seconds: float, resolution: str
):
    work = task("animate", still(), seconds=seconds, resolution=resolution)
    try:
        draft = fit(work, entry, schema(entry.remote), prompt="a", seed=1)
    except (InvalidOption, MissingInput):
        return
    assert entry.price is not None
    taken = dict(work.parameters)
    if isinstance(value := draft.values.get("duration"), int | str):
        taken["seconds"] = float(value)
    if isinstance(value := draft.values.get("resolution"), str):
        taken["resolution"] = value
    dearest = entry.price.price(work.model_copy(update={"parameters": taken})).high
    assert dearest <= entry.price.price(work).high


def test_lengths_and_resolutions_come_to_the_nearest_step_with_a_note():
    draft = drafted("wan-video/wan-2.5-i2v", task("animate", still(), seconds=7, resolution="720p"))
    assert (draft.values["duration"], draft.values["resolution"]) == (5, "720p")
    assert any("5 s" in note and "7 s" in note for note in draft.notes)
    frames = drafted("wan-video/wan-2.2-i2v-fast", task("animate", still(), seconds=5, resolution="480p"))
    assert frames.values["num_frames"] == 81
    assert not frames.notes
    modes = drafted("kwaivgi/kling-v2.1", task("animate", still(), seconds=5, resolution="1080p"))
    assert modes.values["mode"] == "pro"


def test_a_length_that_only_dearer_steps_could_give_is_refused():
    with pytest.raises(InvalidOption, match="costs more"):
        drafted("wan-video/wan-2.5-i2v", task("animate", still(), seconds=2, resolution="720p"))


def test_shapes_come_to_the_nearest():
    exact = drafted("black-forest-labs/flux-schnell", task("generate", size="1024x1024"))
    assert exact.values["aspect_ratio"] == "1:1"
    wide = drafted("black-forest-labs/flux-schnell", task("generate", aspect="2:1"))
    assert wide.values["aspect_ratio"] == "16:9"
    assert any("2:1" in note and "16:9" in note for note in wide.notes)


@given(st.floats(0.2, 5))
def test_the_shape_is_the_nearest_of_all(ratio: float):
    draft = drafted("black-forest-labs/flux-1.1-pro-ultra", task("generate", aspect=f"{ratio:.4f}:1"))
    offered = schema("black-forest-labs/flux-1.1-pro-ultra").fields["aspect_ratio"].choices

    def away(name: str) -> float:
        across, _, down = name.partition(":")
        return abs(math.log(int(across) / int(down) / round(ratio, 4)))

    assert away(draft.values["aspect_ratio"]) == pytest.approx(min(map(away, offered)))


def test_a_strength_that_is_the_picture_s_own_is_turned_round():
    ultra = drafted("black-forest-labs/flux-1.1-pro-ultra", task("generate", still(), strength=0.9))
    assert ultra.values["image_prompt_strength"] == pytest.approx(0.1)
    dev = drafted("black-forest-labs/flux-dev", task("style", still(), strength=0.9))
    assert dev.values["prompt_strength"] == pytest.approx(0.9)


def test_a_seed_of_the_user_goes_before_ours():
    work = task("generate").model_copy(update={"seed": 12})
    assert drafted("black-forest-labs/flux-schnell", work).seed == 12
    assert drafted("black-forest-labs/flux-schnell", task("generate")).seed == 77
    draft = drafted("kwaivgi/kling-v2.1", task("animate", still()).model_copy(update={"seed": 12}))
    assert draft.seed is None
    assert draft.notes == ("The model takes no seed.",)


def test_references_in_enums_and_nullable_types_are_resolved():
    document = {
        "components": {
            "schemas": {
                "tone": {"type": "string", "enum": ["warm", "cold"]},
                "Input": {
                    "required": ["picture"],
                    "properties": {
                        "picture": {"anyOf": [{"type": "string", "format": "uri"}, {"type": "null"}]},
                        "tone": {"allOf": [{"$ref": "#/components/schemas/tone"}], "default": "warm"},
                        "many": {
                            "type": "array",
                            "items": {"type": "string", "format": "uri"},
                            "maxItems": 2,
                        },
                        "share": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                },
            }
        }
    }
    read = read_schema(document)
    assert read.fields["picture"].is_file
    assert read.fields["tone"].choices == ("warm", "cold")
    assert (read.fields["many"].is_file, read.fields["many"].most) == (True, 2)
    for wrong in (
        {"picture": "x", "tone": "hot"},
        {"picture": "x", "share": -0.1},
        {"picture": "x", "many": ["a", "b", "c"]},
        {"picture": "x", "unknown": 1},
        {"tone": "warm"},
    ):
        with pytest.raises(InvalidOption):
            read.check(wrong)
    read.check({"picture": "x", "tone": "cold", "share": 0, "many": ["a"]})


@pytest.mark.parametrize("document", [None, [], {}, {"components": {"schemas": {"Input": {}}}}])
def test_a_document_without_inputs_is_no_schema(document: object):
    with pytest.raises(ProviderError):
        read_schema(document)
