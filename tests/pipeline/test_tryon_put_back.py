"""A vendor's try-on is kept with the photograph put back around the garment, and the report says so, or why not."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from shop_engine import Open, Shop

from bottega.app import Bottega, InputFile
from bottega.domain.job import FinishedJob
from bottega.domain.request import Role
from bottega.fashion.tryon.engine import try_on
from bottega.models import Catalogue, Model, PriceModel, load_catalogue
from bottega.settings import Settings
from bottega.simulator.serve import KEY, Simulator

sys.path.append(str(Path(__file__).parents[1] / "fashion"))

import drawn_garments
import drawn_people

FIGURE = drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4)
WORKFLOW = "reference_styling/virtual_tryon"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is put back does not depend on the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def person() -> drawn_people.Drawn:
    return drawn_people.draw(FIGURE)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory, person: drawn_people.Drawn) -> dict[str, Path]:
    """The person, a garment, and what a vendor makes of them: the garment on, and all the rest repainted."""
    folder = tmp_path_factory.mktemp("tryon")
    garment = drawn_garments.draw("tshirt", 3, pattern="plain").rgb
    made = np.clip(try_on(person.rgb, garment).rgb.astype(np.int16) + 25, 0, 255).astype(np.uint8)
    made[:200, :150] = (30, 120, 60)
    shown = {
        "person": person.rgb,
        "garment": garment,
        "repainted": made,
        "moved": np.roll(made, 300, axis=1),
        "square": made[: made.shape[1]],
    }
    for name, pixels in shown.items():
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return {name: folder / f"{name}.png" for name in shown}


def vendor() -> Catalogue:
    model = Model(
        id="shop/tryon",
        engine="shop",
        title="A vendor of try-ons",
        operations=frozenset({"tryon"}),
        features=frozenset({"garment:*", "edit:instruction"}),
        min_inputs=2,
        max_inputs=2,
        quality=0.9,
        price=PriceModel(per_run="0.04", source="test"),
    )
    return Catalogue([model])


def pixels(bottega: Bottega, done: FinishedJob, number: int) -> np.ndarray:
    return np.asarray(Image.open(bottega.asset_path(done.assets[number])).convert("RGB"))


async def worn(bottega: Bottega, pictures: dict[str, Path]) -> tuple[FinishedJob, dict[str, Any]]:
    files = [InputFile(pictures["person"], Role.PERSON), InputFile(pictures["garment"], Role.GARMENT)]
    done = await bottega.run("put this t-shirt on me", images=files, workflow=WORKFLOW)
    assert done.job.result is not None
    return done, done.job.result.report


async def test_what_a_vendor_repaints_is_put_back_bit_for_bit(
    open_shop: Open, pictures: dict[str, Path], person: drawn_people.Drawn
) -> None:
    bottega = await open_shop(Shop({"shop/tryon": pictures["repainted"]}), vendor())
    done, report = await worn(bottega, pictures)
    assert report["pasted_back"] is True
    assert report["outside_share"] > 0.5
    kept, sent, mask = (pixels(bottega, done, number) for number in (0, 1, report["edit_mask"]))
    outside = mask[..., 0] == 0
    assert (kept[outside] == person.rgb[outside]).all()
    assert not mask[person.regions["face"] > 0.9].any()
    assert (kept[mask[..., 0] > 0] != person.rgb[mask[..., 0] > 0]).any()
    assert sent.tobytes() == np.asarray(Image.open(pictures["repainted"])).tobytes()
    assert [asset.kind for asset in done.assets] == ["result", "original", "result"]
    verdict = done.job.result.verdict if done.job.result else None
    assert verdict is not None
    measured = {measure.name: measure for measure in verdict.measures}
    assert measured["tryon.outside_unchanged"].value == 0
    assert measured["tryon.identity"].passed


@pytest.mark.parametrize(("made", "why"), [("moved", "not where"), ("square", "proportions")])
async def test_what_cannot_be_put_back_is_kept_as_it_came_and_said(
    open_shop: Open, pictures: dict[str, Path], made: str, why: str
) -> None:
    bottega = await open_shop(Shop({"shop/tryon": pictures[made]}), vendor())
    done, report = await worn(bottega, pictures)
    assert report["pasted_back"] is False
    assert why in report["not_pasted_back"]
    assert [asset.kind for asset in done.assets] == ["original"]
    assert pixels(bottega, done, 0).tobytes() == np.asarray(Image.open(pictures[made])).tobytes()


async def test_a_simulated_editor_gets_its_backdrop_back(
    tmp_path: Path, pictures: dict[str, Path], person: drawn_people.Drawn
) -> None:
    """The simulated vendor paints over the whole picture, and a stamp across it."""
    chosen = next(m for m in load_catalogue() if m.engine == "gemini" and "tryon" in m.operations)
    with Simulator() as simulator:
        settings = Settings(
            home=tmp_path / "home", gemini_api_key=KEY, gemini_base_url=simulator.base("gemini")
        )
        async with Bottega(settings, catalogue=Catalogue([chosen])) as bottega:
            done, report = await worn(bottega, pictures)
            kept, sent, mask = (pixels(bottega, done, n) for n in (0, 1, report.get("edit_mask", 0)))
    assert report["pasted_back"] is True, report
    outside = mask[..., 0] == 0
    assert (kept[outside] == person.rgb[outside]).all()
    assert sent.shape != person.rgb.shape or (sent != person.rgb).any(axis=2)[outside].mean() > 0.5
