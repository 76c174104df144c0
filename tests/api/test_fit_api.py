"""The fit report over HTTP: how a garment sits, and a size only from measurements."""

import sys
from pathlib import Path

import httpx
import pytest
from api_server import assert_problem

from bottega.app import Bottega
from bottega.imaging.encode import encode
from bottega.imaging.picture import Picture


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A person, and a T-shirt alone."""
    drawers = str(Path(__file__).parents[1] / "fashion")
    sys.path.insert(0, drawers)
    try:
        import drawn_garments
        import drawn_people
    finally:
        sys.path.remove(drawers)
    folder = tmp_path_factory.mktemp("fit")
    figure = drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4)
    for name, rgb in (
        ("person", drawn_people.draw(figure).rgb),
        ("shirt", drawn_garments.draw("tshirt", 3, pattern="plain").rgb),
    ):
        encode(Picture(rgb=rgb), folder / f"{name}.png", "image/png")
    return folder / "person.png", folder / "shirt.png"


async def test_a_fit_is_judged_and_a_size_comes_from_measurements_alone(
    shop: Bottega, local: httpx.AsyncClient, pictures: tuple[Path, Path]
) -> None:
    worn, garment = [(await shop.add_asset(path)).id for path in pictures]
    body = {"worn": worn, "garment": garment}
    plain = (await local.post("/api/v1/fashion/fit", json=body)).json()
    assert plain["verdict"] in ("excellent", "good", "fair", "poor")
    assert plain["size"] is None
    measured = body | {"measurements": {"bust": "92", "waist": "74cm"}, "made_for": "women"}
    answer = await local.post("/api/v1/fashion/fit", json=measured)
    assert answer.status_code == 200, answer.text
    assert answer.json()["size"]["labels"]["EU"] == "40"


async def test_a_picture_that_is_not_there_is_not_found(local: httpx.AsyncClient) -> None:
    body = {"worn": "0" * 64, "garment": "1" * 64}
    assert_problem(await local.post("/api/v1/fashion/fit", json=body), 404)
