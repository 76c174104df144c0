"""The laser workflow: what it reads, what it refuses before anything is computed, what its rubric lets through."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request, Role
from bottega.domain.task import Task, TaskInput
from bottega.domain.verdict import Verdict, VerdictState
from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.limits import Limits
from bottega.models import load_catalogue
from bottega.quality import judge
from bottega.workflows.laser import Laser, LaserOptions
from bottega.workflows.protocol import Workflow

WORKFLOW: Workflow = Laser()
INTENT = Intent(workflow=WorkClass.LASER, confidence=1.0, reasoning="named", classifier="user")


def photo(width: int = 600, height: int = 400, role: Role = Role.WORKING) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=width, height=height)
    return TaskInput(role=role, asset_id="a" * 64, path=Path("photo.png"), media=media)


def prepared(*inputs: TaskInput, prompt: str = "engrave this", **options: Any) -> Task:
    return WORKFLOW.prepare(Request(prompt=prompt), INTENT, LaserOptions(**options), inputs or (photo(),))


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Engrave this photo on plywood, 100 mm wide", {"width_mm": 100, "material": "plywood-3mm"}),
        (
            "Laser it into slate with a 20 W diode, 8 x 6 cm",
            {"width_mm": 80, "height_mm": 60, "material": "slate", "machine": "diode-20w"},
        ),
        (
            "engrave on cork, 4 inches wide, Stucki dithering",
            {"width_mm": 101.6, "material": "cork", "dither": "stucki"},
        ),
        ("on 3mm plywood, 10 cm", {"width_mm": 100, "material": "plywood-3mm"}),
        ('engrave it 4" tall', {"height_mm": 101.6}),
        (
            "фанера 3 мм, ширина 120 мм, инвертировать",
            {"width_mm": 120, "invert": True, "material": "plywood-3mm"},
        ),
        ("Выгравируй на коже 8 на 6 см", {"width_mm": 80, "height_mm": 60, "material": "leather"}),
        (
            "Grave cette photo sur du bois, 12,5 cm de large",
            {"width_mm": 125, "material": "plywood-3mm"},
        ),
        ("grabar en cuero, 50 mm de alto", {"height_mm": 50, "material": "leather"}),
        (
            "Graviere das auf Schiefer, 80 mm breit, K40",
            {"width_mm": 80, "material": "slate", "machine": "co2-40w"},
        ),
        (
            "3000 mm/min and 40% power, 2 passes",
            {"speed_mm_min": 3000, "power_percent": 40, "passes": 2},
        ),
        ("at 50 mm/s, 254 dpi", {"speed_mm_min": 3000, "interval_mm": 0.1}),
        ("0.08 mm interval, beam 0.12 mm", {"interval_mm": 0.08, "beam_mm": 0.12}),
        (
            "300x200 mm bed, 90 mm tall",
            {"bed_width_mm": 300, "bed_height_mm": 200, "height_mm": 90},
        ),
        ("cut this out of plywood", {"process": "cut", "material": "plywood-3mm"}),
        ("engrave and cut it out of acrylic", {"process": "engrave_and_cut", "material": "acrylic-cast"}),
        ("score the outline", {"process": "score"}),
        ("don't cut, just engrave on cork", {"material": "cork"}),
        ("engrave with my laser cutter", {}),
        ("not inverted please", {}),
        ("engrave my 3 cats and 2 dogs", {}),
        (
            "cut it from card, kerf 0.12 mm, 4 tabs",
            {"process": "cut", "material": "card", "kerf_mm": 0.12, "tabs": 4},
        ),
        ("score a single line along the middle", {"process": "score", "centerline": True}),
        ("сделай трафарет из картона", {"process": "cut", "bridges_mm": 1.0, "material": "card"}),
    ],
)
def test_reads_size_material_machine_and_figures_from_the_sentence(
    prompt: str, expected: dict[str, Any]
) -> None:
    assert WORKFLOW.read_options(prompt) == expected


def test_the_task_says_what_is_engraved_and_how_large() -> None:
    task = prepared(width_mm=60)
    assert (task.operation, task.features) == ("laser", frozenset({"laser:engrave"}))
    assert task.output_megapixels == pytest.approx(0.24)
    assert "power_percent" not in task.parameters


@pytest.mark.parametrize("process", ["engrave", "cut", "score", "engrave_and_cut"])
def test_every_process_is_offered_by_one_model_of_this_machine(process: str) -> None:
    task = prepared(process=process)
    able = [each for each in load_catalogue() if "laser" in each.operations and each.lacks(task) is None]
    assert [each.id for each in able] == ["laser/raster" if process == "engrave" else "laser/vector"]


def test_without_a_picture_it_says_so() -> None:
    with pytest.raises(MissingInput, match="picture to engrave"):
        prepared(photo(role=Role.REFERENCE))


def test_without_a_picture_it_says_what_to_ask_an_image_model_for() -> None:
    with pytest.raises(MissingInput) as refused:
        prepared(photo(role=Role.REFERENCE), prompt="a stencil of a fox")
    wording = refused.value.details["laser_prompt"]
    assert wording["style"] == "cutting"
    assert wording["prompt"] in refused.value.hint


def test_a_large_cut_is_no_matter_of_dots() -> None:
    task = prepared(process="cut", width_mm=1500, bed_width_mm=2000, bed_height_mm=2000)
    assert task.parameters["width_mm"] == 1500


@pytest.mark.parametrize(
    ("report", "state"),
    [
        ({"gcode_errors": 0, "nesting_errors": 0, "stops": 0, "paths": 3}, VerdictState.ACCEPTED),
        ({"gcode_errors": 0, "nesting_errors": 1, "stops": 0, "paths": 3}, VerdictState.REJECTED),
        ({"gcode_errors": 0, "nesting_errors": 0, "stops": 1, "paths": 3}, VerdictState.REJECTED),
        ({"gcode_errors": 2, "nesting_errors": 0, "stops": 0, "paths": 3}, VerdictState.REJECTED),
        ({"nesting_errors": 0, "stops": 0, "paths": 3}, VerdictState.NOT_JUDGED),
    ],
)
async def test_lines_must_be_safe_to_run(report: dict[str, float], state: VerdictState) -> None:
    assert (await verdict(LaserOptions(process="cut"), **report)).state is state


def test_two_pictures_are_refused() -> None:
    with pytest.raises(InvalidOption, match="2 were given"):
        prepared(photo(), photo())


@pytest.mark.parametrize("material", ["pvc", "vinyl", "кожзам", "Kunstleder"])
def test_forbidden_materials_are_refused_with_the_reason(material: str) -> None:
    with pytest.raises(InvalidOption, match="chlorine"):
        prepared(material=material)


def test_a_forbidden_material_in_the_sentence_is_refused_whatever_the_form_says() -> None:
    assert WORKFLOW.read_options("engrave it on a PVC sheet")["material"] == "PVC and vinyl"
    with pytest.raises(InvalidOption, match="chlorine"):
        prepared(prompt="engrave it on a PVC sheet", material="plywood-3mm")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"width_mm": 399}, "The job needs"),
        ({"width_mm": 450, "bed_width_mm": 440}, "The job needs"),
        ({"height_mm": 300, "bed_height_mm": 200, "bed_width_mm": 600}, "up the bed"),
        ({"width_mm": 1500, "bed_width_mm": 2000, "bed_height_mm": 2000}, "million dots"),
        ({"material": "acrylic-cast"}, "CO2"),
        ({"machine": "ruby"}, "no laser called"),
        ({"speed_mm_min": 20_000}, "speed of"),
    ],
)
def test_jobs_that_cannot_be_done_are_refused_before_computing(
    options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InvalidOption, match=complaint):
        prepared(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"width_mm": 0},
        {"width_mm": 10_000},
        {"width_mm": float("nan")},
        {"power_percent": float("nan")},
        {"power_percent": 120},
        {"speed_mm_min": 0},
        {"interval_mm": 0.01},
        {"passes": 0},
        {"dither": "none"},
    ],
)
def test_values_out_of_range_are_no_options(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LaserOptions(**options)


def test_every_option_has_a_description() -> None:
    properties = LaserOptions.model_json_schema()["properties"]
    assert all(field["description"] for field in properties.values())


async def verdict(options: LaserOptions, **report: float) -> Verdict:
    compute = ComputePool(1)
    try:
        return await judge(
            compute, WORKFLOW.rubric(options), Path("preview.png"), None, dict(report), Limits()
        )
    finally:
        await compute.close()


@pytest.mark.parametrize(
    ("report", "state"),
    [
        ({"gcode_errors": 0, "tone_error": 4.0, "detail": 0.9}, VerdictState.ACCEPTED),
        ({"gcode_errors": 1, "tone_error": 4.0, "detail": 0.9}, VerdictState.REJECTED),
        ({"gcode_errors": 0, "tone_error": 25.0, "detail": 0.9}, VerdictState.REJECTED),
        ({"gcode_errors": 0, "tone_error": 4.0, "detail": 0.0}, VerdictState.REJECTED),
        ({"gcode_errors": 0, "detail": 0.9}, VerdictState.NOT_JUDGED),
    ],
)
async def test_rubric_lets_through_what_is_safe_true_and_visible(
    report: dict[str, float], state: VerdictState
) -> None:
    assert (await verdict(LaserOptions(), **report)).state is state


async def test_line_art_is_not_judged_by_its_tones() -> None:
    found = await verdict(LaserOptions(dither="threshold"), gcode_errors=0, tone_error=60.0, detail=0.5)
    assert found.state is VerdictState.ACCEPTED
