"""`bottega run`, `plan` and `intent`: what they print, what they write, what their exit codes say."""

import signal
from pathlib import Path

import numpy as np
import pytest
from cli_program import Program, crop
from PIL import Image

from bottega.cli.run import EMPTY_RUN

DRAWING = "turn this into a pencil drawing"
PRICED = """
[[model]]
id = "classical/styles"
engine = "classical"
title = "The same, for money"
operations = ["style"]
features = ["style:*"]
quality = 0.5
price = { per_run = "0.25", source = "test" }
"""


@pytest.fixture
def bottega(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def photo(tmp_path: Path, photographs: Path) -> Path:
    return crop(photographs / "chelsea.png", tmp_path / "cat.jpg")


def _spread(path: Path) -> float:
    """How far the channels of the usual pixel are apart."""
    with Image.open(path) as picture:
        return float(np.median(np.ptp(np.asarray(picture.convert("RGB"), np.int16), axis=2)))


# --- the four sentences --------------------------------------------------------------------------------------


def test_enhancing_doubles_the_size(bottega: Program, photo: Path) -> None:
    ran = bottega.process("run", "sharpen this and double its size", photo.name)
    assert ran.code == 0, ran.err
    assert "from your sentence" in ran.out
    assert "Nothing leaves this machine." in ran.out
    assert "ssim to source" in ran.out
    with Image.open(bottega.folder / "cat-image_enhancement.jpg") as made:
        assert made.size == (320, 320)


def test_a_drawing_has_no_colours(bottega: Program, photo: Path) -> None:
    assert bottega("run", DRAWING, photo.name).code == 0
    coloured, drawn = (_spread(bottega.folder / name) for name in ("cat.jpg", "cat-style_transfer.jpg"))
    assert drawn < 8 < 30 < coloured


def test_an_engraving_gives_all_its_files(bottega: Program, photo: Path) -> None:
    ran = bottega("run", "make this ready for laser engraving on plywood, 30 mm wide", photo.name)
    assert ran.code == 0, ran.err
    made = {path.name for path in bottega.folder.glob("cat-laser-*")}
    pictures = {"preview.png", "dots.png", "toolpath.png", "energy.png"}
    files = {"engraving.gcode", "engraving.svg", "toolpath.json"}
    assert made == {f"cat-laser-{part}" for part in pictures | files}
    assert "width mm 30" in ran.out


def test_an_edit_crops_to_a_square(bottega: Program, photographs: Path) -> None:
    with Image.open(photographs / "coffee.png") as picture:
        picture.crop((100, 100, 340, 260)).save(bottega.folder / "cup.png")
    assert bottega("run", "make it warmer and crop to a square", "cup.png").code == 0
    with Image.open(bottega.folder / "cup-image_editing.png") as made:
        assert made.width == made.height == 160


# --- files ---------------------------------------------------------------------------------------------------


def test_the_same_again_comes_from_the_cache_and_overwrites_nothing(bottega: Program, photo: Path) -> None:
    first = bottega("run", DRAWING, photo.name, "--json").document
    second = bottega("run", DRAWING, photo.name, "--json").document
    fresh = bottega("run", DRAWING, photo.name, "--json", "--fresh").document
    paths = [document["outputs"][0]["path"] for document in (first, second, fresh)]
    assert paths == [f"cat-style_transfer{number}.jpg" for number in ("", "-2", "-3")]
    assert [document["cached"] for document in (first, second, fresh)] == [False, True, False]
    assert all((bottega.folder / path).stat().st_size > 0 for path in paths)


def test_a_file_name_says_the_format(bottega: Program, photo: Path) -> None:
    assert bottega("run", DRAWING, photo.name, "--out", "results/drawn.webp").code == 0
    with Image.open(bottega.folder / "results" / "drawn.webp") as made:
        assert made.format == "WEBP"


def test_a_folder_that_cannot_be_written_to_is_said_before_the_work(bottega: Program, photo: Path) -> None:
    ran = bottega("run", DRAWING, photo.name, "--out", "cat.jpg/below")
    assert ran.code == 6
    assert "cannot be made" in ran.err
    assert bottega.jobs() == []


# --- JSON ----------------------------------------------------------------------------------------------------


def test_json_is_one_document_and_progress_goes_elsewhere(bottega: Program, photo: Path) -> None:
    ran = bottega.process("run", DRAWING, photo.name, "--json")
    document = ran.document
    assert set(document) == set(EMPTY_RUN)
    assert document["intent"]["workflow"] == "style_transfer"
    assert document["plan"]["options_read"] == ["style"]
    assert document["job"]["state"] == "succeeded"
    assert document["verdict"]["state"] == "accepted"
    assert document["verdict"]["measures"]
    assert document["cost_micro_usd"] == 0
    assert [attempt["outcome"] for attempt in document["attempts"]] == ["accepted"]
    assert document["error"] is None
    assert "Trying classical/styles" in ran.err


def test_json_has_the_same_keys_when_it_is_refused(bottega: Program) -> None:
    refused = bottega("run", "a red bicycle in the rain", "--json").document
    assert set(refused) == set(EMPTY_RUN)
    assert refused["error"]["code"] == "no-candidate"
    assert refused["intent"]["workflow"] == "image_generation"


# --- plan and intent -----------------------------------------------------------------------------------------


def test_a_plan_runs_nothing_and_makes_no_job(bottega: Program, photo: Path) -> None:
    ran = bottega("plan", "sharpen this", photo.name, "--option", "scale=3", "--json")
    assert ran.code == 0
    plan = ran.document["plan"]
    assert plan["options"]["scale"] == 3.0
    assert plan["options_read"] == ["sharpen"]
    assert {candidate["price"]["high"] for candidate in plan["candidates"]} == {0}
    assert bottega.jobs() == []
    assert {path.name for path in bottega.folder.iterdir()} == {"cat.jpg", "home"}


def test_a_plan_marks_where_each_option_comes_from(bottega: Program, photo: Path) -> None:
    out = bottega("plan", "sharpen this", photo.name, "--option", "scale=3").out
    lines = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert "given" in lines["scale"]
    assert "from your sentence" in lines["sharpen"]
    assert "denoise 0" in lines["default:"]


def test_a_named_workflow_is_not_guessed(bottega: Program, photo: Path) -> None:
    document = bottega("plan", "", photo.name, "--workflow", "laser", "--json").document
    assert document["intent"]["classifier"] == "user"
    assert document["plan"]["workflow"] == "laser"


def test_intent_needs_no_picture(bottega: Program) -> None:
    ran = bottega("intent", DRAWING, "--working-images", "1", "--json")
    assert ran.code == 0
    assert ran.document["intent"]["workflow"] == "style_transfer"
    assert not (bottega.folder / "home").exists()


# --- ends ----------------------------------------------------------------------------------------------------


def test_what_nobody_can_do_is_refused_with_the_reason(bottega: Program) -> None:
    ran = bottega("run", "a red bicycle in the rain")
    assert ran.code == 3
    assert "cannot be done by any engine" in ran.err
    assert "nothing was spent" in ran.err
    assert "image_generation" in ran.out
    assert bottega.jobs() == []


def test_below_the_threshold_the_best_is_kept_and_labelled(bottega: Program) -> None:
    Image.new("RGB", (160, 120), (128, 128, 128)).save(bottega.folder / "flat.png")
    ran = bottega("run", "make it warmer and crop to a square", "flat.png")
    assert ran.code == 4, ran.err
    assert "missed" in ran.out
    assert (bottega.folder / "flat-image_editing-rejected.png").exists()


def test_over_budget_nothing_is_run(bottega: Program, photo: Path) -> None:
    (bottega.folder / "models.toml").write_text(PRICED)
    prices = {"BOTTEGA_CATALOGUE": "models.toml"}
    ran = bottega("run", DRAWING, photo.name, "--max-cost", "0.10", **prices)
    assert ran.code == 5
    assert "$0.25" in ran.err
    assert bottega.jobs() == []
    assert bottega("ledger", "--json").document["entries"] == []


def test_within_budget_the_same_work_is_done(bottega: Program, photo: Path) -> None:
    (bottega.folder / "models.toml").write_text(PRICED)
    ran = bottega("run", DRAWING, photo.name, "--max-cost", "0.25", BOTTEGA_CATALOGUE="models.toml")
    assert ran.code == 0, ran.err
    assert "Held $0.25" in ran.out
    assert bottega("audit").code == 0


@pytest.mark.parametrize("content", [b"this is no picture", None], ids=["not a picture", "no file"])
def test_a_file_that_cannot_be_used_is_an_input_error(bottega: Program, content: bytes | None) -> None:
    if content is not None:
        (bottega.folder / "bad.jpg").write_bytes(content)
    ran = bottega("run", DRAWING, "bad.jpg")
    assert ran.code == 6
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--option", "scale"],
        ["--max-cost", "cheap"],
        ["--preference", "fast"],
    ],
    ids=" ".join,
)
def test_wrong_usage(bottega: Program, wrong: list[str]) -> None:
    assert bottega("run", DRAWING, *wrong).code == 2


def test_an_option_that_the_workflow_does_not_have(bottega: Program, photo: Path) -> None:
    ran = bottega("run", DRAWING, photo.name, "--option", "colour=blue")
    assert ran.code == 6
    assert "no option 'colour'" in ran.err


def test_a_job_that_fails_says_why(bottega: Program, photo: Path) -> None:
    ran = bottega(
        "run", "engrave this on plywood, 200 mm wide", photo.name, BOTTEGA_COMPUTE_TIMEOUT_SECONDS="0.05"
    )
    assert ran.code == 1
    assert "did not finish" in ran.err


def test_ctrl_c_cancels_the_job(bottega: Program, photo: Path) -> None:
    child = bottega.start("run", "engrave this on plywood, 300 mm wide", photo.name)
    assert child.stdout is not None
    for line in child.stdout:
        if "dithering" in line:
            child.send_signal(signal.SIGINT)
            break
    rest = child.stdout.read()
    assert child.wait(300) == 130, rest
    assert [job["state"] for job in bottega.jobs()] == ["cancelled"]
    assert list(bottega.folder.glob("cat-laser*")) == []


def test_a_setting_that_cannot_be_used_is_named(bottega: Program) -> None:
    ran = bottega.process("jobs", "list", BOTTEGA_PORT="many")
    assert ran.code == 6
    assert "BOTTEGA_PORT" in ran.err
    assert "Traceback" not in ran.err


def test_tracebacks_are_for_those_who_ask(bottega: Program) -> None:
    assert "Traceback" in bottega.process("jobs", "list", BOTTEGA_PORT="many", BOTTEGA_DEBUG="1").err
