"""Looks and try-on: which picture is which, what is told of each, and what is said when one is missing."""

from pathlib import Path
from typing import Any

import pytest

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.errors import InvalidOption, MissingInput
from bottega.quality.vision import rubric_for
from bottega.workflows.reference_styling import ReferenceOptions, ReferenceStyling
from bottega.workflows.virtual_tryon import TryOnOptions, VirtualTryOn

STYLING = ReferenceStyling()
TRYON = VirtualTryOn()


def picture(role: Role, name: str = "a") -> TaskInput:
    media = MediaInfo(media_type="image/png", width=900, height=1200)
    return TaskInput(role=role, asset_id=name, path=Path(f"{name}.png"), media=media)


def intent(subkind: str | None) -> Intent:
    return Intent(
        workflow=WorkClass.REFERENCE_STYLING, subkind=subkind, confidence=1.0, reasoning="", classifier="user"
    )


def styled(prompt: str, *inputs: TaskInput, subkind: str | None = None, **options: Any) -> Task:
    known = {**STYLING.read_options(prompt), **options}
    return STYLING.prepare(Request(prompt=prompt), intent(subkind), ReferenceOptions(**known), inputs)


def tried(prompt: str, *inputs: TaskInput, **options: Any) -> Task:
    known = {**TRYON.read_options(prompt), **options}
    return TRYON.prepare(Request(prompt=prompt), intent("virtual_tryon"), TryOnOptions(**known), inputs)


def order(task: Task) -> list[tuple[Role, str]]:
    return [(item.role, item.asset_id) for item in task.inputs]


# --- looks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subkind", "words"),
    [
        ("celebrity", "in the manner of dress of the public figure"),
        ("event", "for the event"),
        ("fashion_reference", "in the fashion or look"),
        (None, "in the fashion or look"),
    ],
)
def test_the_kind_of_look_is_told(subkind: str | None, words: str) -> None:
    prompt = "Dress me like Audrey Hepburn"
    task = styled(prompt, picture(Role.WORKING), subkind=subkind)
    assert (task.operation, task.features) == ("reference", {"edit:instruction"})
    assert words in task.prompt_for("gemini-image")
    assert prompt in task.prompt_for("gemini-image")


@pytest.mark.parametrize("family", ["", "gpt-image", "gemini-image", "flux-kontext", "flux-2", "seedream"])
def test_nobody_is_passed_off_as_somebody_else(family: str) -> None:
    words = styled("Dress me like David Bowie", picture(Role.WORKING), subkind="celebrity").prompt_for(family)
    assert "nobody else's face or body is taken over" in words
    assert "same person" not in words or "still themselves" in words


def test_pictures_keep_their_meaning_in_a_settled_order() -> None:
    task = styled(
        "put @sarah into this look at @paris",
        picture(Role.REFERENCE, "paris"),
        picture(Role.PERSON, "sarah"),
        picture(Role.GARMENT, "coat"),
    )
    assert order(task) == [(Role.WORKING, "sarah"), (Role.GARMENT, "coat"), (Role.REFERENCE, "paris")]
    words = task.prompt_for("gpt-image")
    assert "Picture 1: the person." in words
    assert "Picture 2: a piece of clothing to be worn." in words
    assert "Image 3: a picture to go by for the look or the place." in task.prompt_for("flux-2")


def test_a_mentioned_person_is_the_one_to_dress_unless_the_look_is_theirs() -> None:
    me, sarah = picture(Role.WORKING, "me"), picture(Role.PERSON, "sarah")
    assert order(styled("dress @sarah like this", me, sarah)) == [
        (Role.WORKING, "sarah"),
        (Role.REFERENCE, "me"),
    ]
    theirs = styled("dress me like @sarah", me, sarah)
    assert order(theirs) == [(Role.WORKING, "me"), (Role.PERSON, "sarah")]
    assert "nothing of their face or body" in theirs.prompt_for("gpt-image")


def test_the_place_changes_only_when_it_is_asked_for() -> None:
    kept = styled("a 1920s look", picture(Role.WORKING)).prompt_for("gpt-image")
    assert "the background" in kept
    moved = styled("a gown on the red carpet", picture(Role.WORKING))
    assert "the background" not in moved.prompt_for("gpt-image")
    assert STYLING.read_options("a 1920s look, keep the background") == {}


def test_a_look_needs_a_person_and_a_wish() -> None:
    with pytest.raises(MissingInput, match="person to style"):
        styled("a 1920s look", picture(Role.REFERENCE))
    with pytest.raises(InvalidOption, match="not clear which look"):
        styled("", picture(Role.WORKING))
    with pytest.raises(InvalidOption, match="at most 8"):
        styled("all of it", picture(Role.WORKING), *(picture(Role.REFERENCE, str(i)) for i in range(9)))


# --- try-on ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        ("Try this jacket on me", {"category": "upper"}),
        ("put the red dress on her, fitted at the waist", {"category": "dress", "fit": "fitted"}),
        (
            "a loose shirt, tucked in, sleeves rolled up",
            {"category": "upper", "fit": "loose", "tucked": True, "sleeves": "rolled"},
        ),
        ("wear the shirt untucked", {"category": "upper", "tucked": False}),
        ("these jeans", {"category": "lower"}),
        ("put this hat on him", {"category": "other"}),
        ("put this baggy shirt on him", {"category": "upper", "fit": "loose"}),
        ("zeig mich mit diesen Mützen und Taschen", {"category": "other"}),
        ("a captain in this coat", {"category": "upper"}),
        ("Probier mir diese Jacke an", {"category": "upper"}),
        ("zieh ihr den Rock an, weit geschnitten", {"category": "lower", "fit": "loose"}),
        ("Essaie cette robe moulante sur moi", {"category": "dress", "fit": "fitted"}),
        ("Pruébame esta camisa por dentro del pantalón", {"category": "upper", "tucked": True}),
        ("Примерь на меня это платье", {"category": "dress"}),
        ("надень рубашку, заправь её", {"category": "upper", "tucked": True}),
        ("try this on", {}),
    ],
)
def test_how_a_garment_sits_is_read_from_the_sentence(prompt: str, read: dict[str, Any]) -> None:
    assert TRYON.read_options(prompt) == read


def test_the_garment_and_how_it_sits_decide_who_can() -> None:
    person, garment = picture(Role.PERSON), picture(Role.GARMENT, "g")
    assert tried("Try this jacket on me", person, garment).features == {"garment:upper"}
    assert tried("Try this on", person, garment).features == {"garment:other"}
    task = tried("Try this jacket on me, loose", person, garment, n=2)
    assert task.features == {"garment:upper", "edit:instruction", "variants"}
    assert "it sits loosely" in task.prompt_for("gpt-image")
    assert task.parameters == {"n": 2, "fit": "loose"}


@pytest.mark.parametrize(
    "inputs",
    [
        [(Role.GARMENT, "g"), (Role.PERSON, "p")],
        [(Role.WORKING, "p"), (Role.GARMENT, "g")],
        [(Role.WORKING, "p"), (Role.REFERENCE, "g")],
        [(Role.WORKING, "p"), (Role.WORKING, "g")],
        [(Role.WORKING, "g"), (Role.PERSON, "p")],
    ],
)
def test_the_person_is_first_and_the_garment_second_however_they_were_given(
    inputs: list[tuple[Role, str]],
) -> None:
    task = tried("Try this on", *(picture(role, name) for role, name in inputs))
    assert (task.operation, order(task)) == ("tryon", [(Role.PERSON, "p"), (Role.GARMENT, "g")])


@pytest.mark.parametrize(
    ("inputs", "missing"),
    [
        ([Role.GARMENT], "The picture of the person is missing"),
        ([Role.PERSON], "The picture of the garment is missing"),
        ([Role.WORKING], "The picture of the garment is missing"),
        ([], "one of the garment are needed"),
    ],
)
def test_it_is_said_which_picture_is_missing(inputs: list[Role], missing: str) -> None:
    with pytest.raises(MissingInput, match=missing):
        tried("Try this on", *(picture(role, role.value) for role in inputs))


def test_several_garments_are_worn_together() -> None:
    garments = [picture(Role.GARMENT, str(i)) for i in range(3)]
    task = tried("Try these on", picture(Role.PERSON), *garments)
    assert len(task.inputs) == 4
    assert "all of them together" in task.prompt_for("gpt-image")
    with pytest.raises(InvalidOption, match="at most 6"):
        tried("all", picture(Role.PERSON), *(picture(Role.GARMENT, str(i)) for i in range(7)))


def test_results_are_looked_at_by_the_weights_of_the_service() -> None:
    rubric = rubric_for(WorkClass.REFERENCE_STYLING, "virtual_tryon")
    assert rubric is not None
    assert {c.name: c.weight for c in rubric.criteria} == {
        "realism": 0.3,
        "fit": 0.3,
        "lighting": 0.2,
        "proportions": 0.2,
    }
    assert rubric.threshold == 0.7
