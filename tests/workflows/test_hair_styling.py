"""Hair and beards: what sentences say in five languages, the task that comes of it, what its result must meet."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.errors import InvalidOption, MissingInput
from bottega.quality.vision import rubric_for
from bottega.workflows.hair_styling import HairOptions, HairStyling
from bottega.workflows.hair_styling_wording import COLOURS, CUTS, known_colour, known_cut

WORKFLOW = HairStyling()
INTENT = Intent(workflow=WorkClass.HAIR_STYLING, confidence=1.0, reasoning="", classifier="user")


def picture(role: Role = Role.WORKING, name: str = "a") -> TaskInput:
    media = MediaInfo(media_type="image/jpeg", width=3000, height=4000)
    return TaskInput(role=role, asset_id=name, path=Path(f"{name}.jpg"), media=media)


def prepare(prompt: str, *inputs: TaskInput, **options: Any) -> Task:
    known = {**WORKFLOW.read_options(prompt), **options}
    return WORKFLOW.prepare(Request(prompt=prompt), INTENT, HairOptions(**known), inputs or (picture(),))


@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        ("Change my hair to blonde with bangs", {"haircut": "bangs", "colour": "blonde"}),
        ("Give her a short copper bob", {"haircut": "bob", "colour": "copper", "length": "short"}),
        ("make my hair curly", {"haircut": "curly"}),
        ("give me curtain bangs", {"haircut": "side-swept bangs"}),
        ("change my brown hair to black", {"colour": "black"}),
        ("from brown to platinum blonde", {"colour": "platinum blonde"}),
        ("not blonde, black please", {"colour": "black"}),
        ("give her pink hair", {"colour": "pink"}),
        ("shoulder-length and wavy", {"haircut": "wavy", "length": "shoulder"}),
        ("a curly bob with bangs", {"haircut": "curly with bob with bangs"}),
        ("shave my beard", {"beard": "none"}),
        ("give him a full beard", {"beard": "full"}),
        ("make her hair red but keep the fringe", {"colour": "red", "keep": "the fringe"}),
        ("Färbe meine Haare kupferrot", {"colour": "copper"}),
        ("gib ihr einen kurzen Bob mit Pony", {"haircut": "bob with bangs", "length": "short"}),
        ("mach meine Haare schulterlang und dunkelbraun", {"colour": "dark brown", "length": "shoulder"}),
        ("ohne Bart", {"beard": "none"}),
        ("Fais-lui une frange et les cheveux bouclés", {"haircut": "bangs with curly"}),
        ("teins mes cheveux en roux", {"colour": "red"}),
        ("des cheveux plus courts", {"length": "shorter"}),
        ("Ponle el pelo corto y rubio platino", {"colour": "platinum blonde", "length": "short"}),
        ("tiñe mi pelo de rojo cobrizo", {"colour": "copper"}),
        ("quita la barba", {"beard": "none"}),
        ("Сделай мне каре с чёлкой и рыжие волосы", {"haircut": "bob with bangs", "colour": "copper"}),
        ("покрась ей волосы в медный цвет", {"colour": "copper"}),
        ("сделай волосы короче", {"length": "shorter"}),
        ("сбрей бороду", {"beard": "none"}),
        ("hair like a film star of the fifties", {}),
    ],
)
def test_hair_is_read_from_the_sentence(prompt: str, read: dict[str, Any]) -> None:
    assert WORKFLOW.read_options(prompt) == read
    HairOptions(**read)


@pytest.mark.parametrize("name", CUTS)
def test_every_usual_cut_is_found_by_its_own_name(name: str) -> None:
    read = WORKFLOW.read_options(f"give her a {name}")
    assert known_cut(read["haircut"]) == name


@pytest.mark.parametrize("name", COLOURS)
def test_every_usual_colour_is_found_by_its_own_name(name: str) -> None:
    found = known_colour(WORKFLOW.read_options(f"dye my hair {name}")["colour"])
    assert found == name


@forall(st.text(max_size=300))
def test_any_text_is_read_and_gives_options_that_are_taken(text: str) -> None:
    HairOptions(**WORKFLOW.read_options(text))


def test_the_task_names_what_a_ready_made_model_takes_and_says_the_rest_in_words() -> None:
    task = prepare("Change my hair to blonde with bangs")
    assert (task.operation, task.features) == ("hair", {"hair:style", "hair:colour"})
    assert task.parameters == {"hair_style": "Blunt Bangs", "hair_color": "Blonde"}
    words = task.prompt_for("gpt-image")
    assert "Change my hair to blonde with bangs" in words
    for kept in ("the face", "the expression", "the clothes", "the background"):
        assert kept in words


@pytest.mark.parametrize(
    ("prompt", "options", "features"),
    [
        ("", {"haircut": "bob"}, {"hair:style"}),
        ("", {"haircut": "something wild of feathers"}, {"hair:instruction"}),
        ("", {"beard": "goatee"}, {"hair:beard"}),
        ("", {"colour": "red", "keep": "the fringe"}, {"hair:colour", "hair:instruction"}),
        (
            "",
            {"colour": "red", "n": 3, "seed": 4, "quality": "high"},
            {"hair:colour", "variants", "seed", "quality:high"},
        ),
        ("Give me the hair of a film star", {}, {"hair:instruction"}),
        ("Dye her hair blue with glitter", {}, {"hair:colour", "hair:instruction"}),
        ("longer hair", {}, {"hair:length"}),
    ],
)
def test_features_are_what_is_asked_for(prompt: str, options: dict[str, Any], features: set[str]) -> None:
    task = prepare(prompt, **options)
    assert task.features == features
    assert task.seed == options.get("seed")


def test_the_person_comes_first_and_the_hairdos_follow() -> None:
    task = prepare("this haircut", picture(Role.REFERENCE, "b"), picture(Role.PERSON, "a"))
    assert [(item.role, item.asset_id) for item in task.inputs] == [
        (Role.WORKING, "a"),
        (Role.REFERENCE, "b"),
    ]
    assert "hair:reference" in task.features
    assert "Picture 2: a hairdo to go by" in task.prompt_for("gpt-image")


def test_what_is_missing_or_too_much_is_said() -> None:
    with pytest.raises(MissingInput, match="person whose hair"):
        prepare("a bob", picture(Role.REFERENCE))
    with pytest.raises(InvalidOption, match="not clear what hair"):
        prepare("")
    with pytest.raises(InvalidOption, match="at most 2"):
        prepare("like these", picture(), *(picture(Role.REFERENCE, str(i)) for i in range(3)))


def test_a_large_photograph_is_not_taken_to_come_back_as_large() -> None:
    assert prepare("a bob").output_megapixels == 4.0
    assert prepare("a bob", n=2).output_megapixels == 8.0


def test_the_result_is_measured_and_looked_at() -> None:
    measured = {criterion.measure for criterion in WORKFLOW.rubric(HairOptions()).criteria}
    assert measured == {"detail", "change", "shape_ratio", "likeness"}
    looked_at = rubric_for(WORKFLOW.name)
    assert looked_at is not None
    assert {criterion.name for criterion in looked_at.criteria} >= {"identity", "instruction"}
