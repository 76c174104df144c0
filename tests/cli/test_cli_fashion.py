"""`bottega fashion`: the fitting room from a terminal. Files in, files out, refusals with reasons."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from cli_program import Program
from fashion_pictures import write_garment, write_person
from PIL import Image

from bottega.fashion.tryon.values import THRESHOLD
from bottega.imaging.encode import read_provenance


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    write_person(folder / "person.png")
    write_garment(folder / "tshirt.png")
    write_garment(folder / "trousers.png", "trousers")
    Image.fromarray(skimage.data.coffee()).save(folder / "coffee.png")
    Image.fromarray(skimage.data.astronaut()).save(folder / "astronaut.png")
    return folder


@pytest.fixture
def bottega(tmp_path: Path) -> Program:
    return Program(tmp_path)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


# --- try-on ------------------------------------------------------------------------------------------------------


def test_a_tryon_changes_no_pixel_outside_the_mask_that_it_writes(bottega: Program, pictures: Path) -> None:
    ran = bottega(
        *("fashion", "tryon", pictures / "person.png", pictures / "tshirt.png", "out.png"),
        *("--mask", "mask.png", "--fit", "loose", "--json"),
    )
    assert ran.code == 0, ran.err
    before, after = pixels(pictures / "person.png"), pixels(bottega.folder / "out.png")
    mask = pixels(bottega.folder / "mask.png")[..., 0] > 127
    assert (before[~mask] == after[~mask]).all()
    assert (before[mask] != after[mask]).any(axis=1).mean() > 0.5
    assert ran.document["verdict"]["score"] >= THRESHOLD
    assert ran.document["report"]["fit"] == "loose"
    assert not (bottega.folder / "home").exists()


def test_the_result_says_in_itself_what_made_it(bottega: Program, pictures: Path) -> None:
    ran = bottega("fashion", "tryon", pictures / "person.png", pictures / "tshirt.png", "out.png")
    assert ran.code == 0, ran.err
    provenance = read_provenance(bottega.folder / "out.png")
    assert provenance is not None
    assert (provenance.engine, provenance.model_id) == ("geometric", "geometric/preview")


def test_a_refused_tryon_writes_nothing_and_gives_coded_reasons(bottega: Program, pictures: Path) -> None:
    ran = bottega("fashion", "tryon", pictures / "person.png", pictures / "coffee.png", "out.png", "--json")
    assert ran.code == 3
    error = ran.document["error"]
    assert error["code"] == "tryon_refused"
    assert "not_a_garment" in {reason["code"] for reason in error["details"]["reasons"]}
    assert all(reason["fix"] for reason in error["details"]["reasons"])
    assert not (bottega.folder / "out.png").exists()


def test_an_ending_that_says_no_format_is_refused_before_any_work(bottega: Program, pictures: Path) -> None:
    ran = bottega("fashion", "tryon", pictures / "person.png", pictures / "tshirt.png", "out.gif")
    assert ran.code == 6
    assert ".png" in ran.err


def test_another_engine_is_a_planned_job(bottega: Program, pictures: Path) -> None:
    ran = bottega(
        *("fashion", "tryon", pictures / "person.png", pictures / "tshirt.png", "out.png"),
        *("--engine", "auto", "--untucked", "--json"),
    )
    assert ran.code == 0, ran.err
    assert ran.document["plan"]["options"]["tucked"] is False
    assert ran.document["plan"]["candidates"][0]["model_id"] == "geometric/preview"
    assert ran.document["verdict"]["state"] == "accepted"
    assert {Path(each["path"]).name for each in ran.document["outputs"]} == {
        "out.png",
        "out-edit-mask.png",
        "out-garment-mask.png",
    }
    assert len(bottega.jobs()) == 1


def test_a_job_whose_engines_all_refuse_ends_like_a_refusal(bottega: Program, pictures: Path) -> None:
    ran = bottega(
        *("fashion", "tryon", pictures / "person.png", pictures / "coffee.png", "out.png"),
        *("--engine", "geometric/preview", "--json"),
    )
    assert ran.code == 3
    assert "not_a_garment" in ran.document["error"]["message"]


# --- checks, colours, sizes --------------------------------------------------------------------------------------


def test_a_check_names_what_is_wrong_and_how_to_mend_it(bottega: Program, pictures: Path) -> None:
    ran = bottega(
        *("fashion", "check", "--person", pictures / "person.png", "--garment", pictures / "coffee.png"),
        "--json",
    )
    assert ran.code == 3
    assert ran.document["person"]["usable"] is True
    found = {each["code"]: each for each in ran.document["garment"]["findings"]}
    assert found["not_a_garment"]["grave"] == "stops"
    assert found["not_a_garment"]["fix"]


def test_a_check_of_nothing_says_what_is_missing(bottega: Program) -> None:
    ran = bottega("fashion", "check")
    assert ran.code == 6
    assert "--garment" in ran.err


def test_no_vision_model_is_said_and_the_measures_stand(bottega: Program, pictures: Path) -> None:
    ran = bottega("fashion", "check", "--garment", pictures / "tshirt.png", "--look", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["garment"]["judges"] == ["classical"]
    assert "vision model" in ran.document["vision"]["garment"]["reason"]


def test_a_portrait_has_a_palette_and_its_picture(bottega: Program, pictures: Path) -> None:
    ran = bottega("fashion", "style", pictures / "astronaut.png", "--palette", "palette.png", "--json")
    assert ran.code == 0, ran.err
    colours = ran.document["analysis"]["color_analysis"]
    shown = pixels(bottega.folder / "palette.png")
    first = tuple(int(colours["best_colors"][0]["hex"][at : at + 2], 16) for at in (1, 3, 5))
    assert (shown == first).all(axis=2).sum() > 1000


def test_a_style_analysis_without_a_vision_model_says_so_and_who_spoke(
    bottega: Program, pictures: Path
) -> None:
    ran = bottega("fashion", "style", pictures / "astronaut.png", "--look", "--json")
    assert ran.code == 0, ran.err
    analysis = ran.document["analysis"]
    assert "vision model" in ran.document["vision"]["reason"]
    assert analysis["notes"][-1].startswith("No vision model looked")
    assert analysis["sources"]["color_analysis.skin_hex"] == ["classical"]


def test_a_size_comes_from_measurements_and_a_chart_of_ones_own(bottega: Program) -> None:
    (bottega.folder / "me.toml").write_text('bust = "37 in"\nwaist = "74cm"\n')
    (bottega.folder / "shop.csv").write_text(
        "EU,bust,waist\n40,86-90,70-74\n42,91-95,73-77\n44,96-100,78-82\n"
    )
    ran = bottega(
        *(
            "fashion",
            "size",
            "--measurements",
            "me.toml",
            "--chart",
            "shop.csv",
            "--garment",
            "tops",
            "--json",
        )
    )
    assert ran.code == 0, ran.err
    advice = ran.document["advice"]
    assert advice["size"] == "42"
    assert sum(each["probability"] for each in advice["alternatives"]) == pytest.approx(1, abs=0.05)


# --- looks and the wardrobe --------------------------------------------------------------------------------------


def test_looks_keep_the_budget_and_the_locked_piece(bottega: Program) -> None:
    assert bottega("fashion", "import", "--demo").code == 0
    asked = ("fashion", "outfits", "--occasion", "wedding", "--budget", "400EUR", "-n", "3", "--json")
    first = bottega(*asked)
    assert first.code == 0, first.err
    kept = first.document["looks"][1]["items"][0]["id"]
    ran = bottega(*asked, "--lock", kept, "--board", "board.png")
    assert ran.code == 0, ran.err
    for look in ran.document["looks"]:
        assert kept in {item["id"] for item in look["items"]}
        assert look["total"]["amount"] <= 40_000
    assert all(pixels(Path(bottega.folder / each["path"])).std() > 5 for each in ran.document["files"])
    assert len(ran.document["files"]) == len(ran.document["looks"])


@pytest.mark.parametrize(
    ("gender", "wanted"),
    [("male", {"shirt", "blazer", "shoes", "tie", "bag"}), ("female", {"bag", "jewellery"})],
)
def test_the_demo_catalogue_dresses_a_whole_wedding_guest(
    bottega: Program, gender: str, wanted: set[str]
) -> None:
    assert bottega("fashion", "import", "--demo").code == 0
    ran = bottega("fashion", "outfits", "--occasion", "wedding", "--gender", gender, "--json")
    assert ran.code == 0, ran.err
    assert len(ran.document["looks"]) == 5
    for look in ran.document["looks"]:
        kinds = {item["kind"] for item in look["items"]}
        assert wanted <= kinds
        assert kinds & {"shoes", "heels"}
        assert {"dress"} <= kinds or {"trousers", "skirt"} & kinds


def test_what_was_said_of_a_look_counts_in_the_next_ones(bottega: Program) -> None:
    assert bottega("fashion", "import", "--demo").code == 0
    asked = ("fashion", "outfits", "--occasion", "office", "--gender", "female", "-n", "3", "--json")
    before = bottega(*asked).document["looks"]
    done = bottega("run", "what to wear to the office?", "--workflow", "outfit", "--json")
    assert done.code == 0, done.err
    said = bottega("feedback", "give", done.document["job"]["id"], "--stars", "1", "--json")
    assert said.code == 0, said.err
    after = bottega(*asked).document["looks"]
    assert [look["score"] for look in after] != [look["score"] for look in before]


def test_recommendations_are_within_the_budget_and_say_why(bottega: Program) -> None:
    assert bottega("fashion", "import", "--demo").code == 0
    ran = bottega(
        "fashion", "recommend", "--occasion", "office", "--budget", "60EUR", "--limit", "5", "--json"
    )
    assert ran.code == 0, ran.err
    assert len(ran.document["items"]) == 5
    assert all(each["price"]["amount"] <= 6000 and each["reasons"] for each in ran.document["items"])


def test_what_is_put_into_the_wardrobe_is_listed_until_it_is_removed(
    bottega: Program, pictures: Path
) -> None:
    added = bottega("fashion", "wardrobe", "add", "t-shirt", "--picture", pictures / "tshirt.png", "--json")
    assert added.code == 0, added.err
    item = added.document["item"]
    assert item["category"] == "top"
    assert item["asset_id"]
    assert item["colours"][0].startswith("#")
    assert f"{item['id']}: t-shirt" in bottega("fashion", "wardrobe", "list").out
    assert bottega("fashion", "wardrobe", "remove", item["id"]).code == 0
    assert bottega("fashion", "wardrobe", "list", "--json").document["items"] == []


def test_an_empty_wardrobe_gives_no_look_and_says_why(bottega: Program) -> None:
    ran = bottega("fashion", "outfits", "--own", "--json")
    assert ran.code == 3
    assert ran.document["looks"] == []
    assert ran.document["missing"]


def test_a_budget_without_a_currency_is_refused_in_words(bottega: Program) -> None:
    ran = bottega("fashion", "outfits", "--budget", "cheap")
    assert ran.code == 6
    assert "200EUR" in ran.err


def test_the_commands_load_no_heavy_library_at_start() -> None:
    heavy = "torch", "onnxruntime", "cv2", "numpy", "scipy", "skimage", "PIL"
    code = f"import sys, bottega.cli.fashion; print([name for name in {heavy!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
