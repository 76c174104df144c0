"""How a wish is put for each family of models: what was said is in it, and each part where the family wants it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.workflows.wording import FAMILIES, Wish, prompts_for

EDIT = Wish(
    said="make the hair copper",
    order="Change only the hair of the person in the picture",
    result="A photograph of the same person with other hair",
    details=("hair colour: copper",),
    keep=("the face", "the background"),
    pictures=("the person", "a hairdo to go by"),
    target="copper hair",
)
TOLD_THE_OBJECT = "stable-image-search"


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=200))
def test_what_was_said_is_in_every_prompt_as_it_was_said(said: str) -> None:
    for wish in (Wish(said=said), Wish(said=said, order="Edit it", result="A picture", keep=("all",))):
        for family, prompt in prompts_for(wish).items():
            assert said.rstrip(".") in prompt, family


def test_a_plain_description_goes_as_it_is() -> None:
    prompts = prompts_for(Wish(said="a red bicycle"))
    assert prompts.pop("gemini-image") == "Make a picture: a red bicycle"
    assert set(prompts.values()) == {"a red bicycle"}


@pytest.mark.parametrize(
    "family", ["", "gpt-image", "gemini-image", "flux-kontext", "flux-2", "qwen-image", "seedream"]
)
def test_editors_are_told_what_to_do_and_what_to_keep(family: str) -> None:
    prompt = prompts_for(EDIT)[family]
    assert EDIT.order in prompt
    assert "the face and the background" in prompt
    assert "hair colour: copper" in prompt
    assert EDIT.result not in prompt


@pytest.mark.parametrize("family", ["flux", "stable-image", "imagen", "stable-diffusion"])
def test_models_of_captions_are_told_what_is_to_be_seen(family: str) -> None:
    prompt = prompts_for(EDIT)[family]
    assert EDIT.result in prompt
    assert EDIT.order not in prompt


def test_pictures_are_named_as_a_family_knows_them() -> None:
    prompts = prompts_for(EDIT)
    assert prompts["gpt-image"].startswith("Picture 1: the person. Picture 2: a hairdo to go by.")
    assert prompts["flux-2"].startswith("Image 1: the person.")
    assert "The second picture shows a hairdo to go by." in prompts["flux-kontext"]
    assert prompts["flux-kontext"].startswith(EDIT.order)
    assert "picture 1" not in prompts["flux"].lower()


def test_a_single_picture_needs_no_name() -> None:
    prompt = prompts_for(Wish(said="x", order="Edit it", pictures=("the person",)))["gpt-image"]
    assert "Picture 1" not in prompt


def test_a_model_that_searches_is_told_the_object_alone() -> None:
    assert prompts_for(EDIT)[TOLD_THE_OBJECT] == "copper hair"


def test_a_model_that_fills_is_told_what_is_to_be_there() -> None:
    prompt = prompts_for(Wish(said="replace it with a fern", target="a fern", masked=True))["flux-fill"]
    assert prompt == "a fern. replace it with a fern"


def test_tags_stand_between_commas_and_begin_with_what_was_said() -> None:
    assert prompts_for(EDIT)["stable-diffusion"].split(", ")[0] == "make the hair copper"


def test_what_to_avoid_is_said_only_where_no_field_takes_it() -> None:
    prompts = prompts_for(Wish(said="a street", avoid="cars, people"))
    assert prompts["gpt-image"] == "a street. Without: cars, people."
    for family in ("stable-image", "stable-diffusion", "gemini-image"):
        assert "cars" not in prompts[family]


def test_a_mask_is_spoken_of_to_editors() -> None:
    prompts = prompts_for(Wish(said="a bench", order="Edit it", masked=True))
    assert "Change only the masked area" in prompts["gpt-image"]
    assert "mask" not in prompts["flux-fill"]


def test_every_family_says_something_of_every_wish() -> None:
    for wish in (EDIT, Wish(said="a dog"), Wish(order="Edit it", result="A picture")):
        assert all(
            prompts_for(wish)[family].strip()
            for family in FAMILIES
            if family != "stable-image-fill" and wish.said
        )
