"""Trousers and skirts below a worn top: as narrow as the waist or the hem they come out from, and nothing of the old ones left."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bottega.fashion.parsed import garment_of, person_of
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body, body_of
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.hemline import with_fine_hem
from bottega.fashion.tryon.values import TryOn
from bottega.fashion.tryon.waistline import waistline_of, with_waistline
from bottega.imaging.picture import F32, U8

RENDERED = Path(__file__).with_name("rendered")


def _picture(name: str) -> U8:
    return np.asarray(Image.open(RENDERED / f"{name}.jpg").convert("RGB"))


@cache
def _seen(name: str) -> tuple[PersonParse, Body]:
    person = person_of(_picture(f"person_{name}"))
    body = body_of(person)
    assert body is not None
    return person, body


@cache
def _worn(person: str, product: str) -> TryOn:
    shown, garment = _picture(f"person_{person}"), _picture(f"product_{product}")
    return try_on(shown, garment, person=_seen(person)[0], garment=garment_of(garment))


def _breadths(mask: F32 | NDArray[np.bool_]) -> F32:
    return np.count_nonzero(np.asarray(mask, np.float32) > 0.5, axis=1).astype(np.float32)


@pytest.mark.parametrize("name", ["p02", "p05", "p10", "p11"])
def test_a_waist_is_seen_where_a_top_is_tucked_in(name: str) -> None:
    person, body = _seen(name)
    seen = waistline_of(person, body)
    assert seen is not None
    assert seen.tucked
    first = int(np.flatnonzero(_breadths(person.regions["bottom"]) > 0.3 * body.breadth)[0])
    assert abs(float(body.out(0.0, seen.start)[1]) - first) < 0.05 * body.breadth
    fitted = with_waistline(body, seen)
    assert fitted.rights[3] - fitted.lefts[3] > 1.15 * (fitted.rights[2] - fitted.lefts[2])


@pytest.mark.parametrize("name", ["p01", "p06", "p08", "p14"])
def test_no_waist_is_seen_where_a_top_hangs_over_the_hips(name: str) -> None:
    seen = waistline_of(*_seen(name))
    assert seen is not None
    assert not seen.tucked


def test_hips_lie_where_trousers_are_seen_though_an_arm_hides_the_side() -> None:
    person, body = _seen("p14")
    seen = waistline_of(person, body)
    fitted = with_waistline(body, seen)
    row = person.regions["bottom"][-30] > 0.5
    worn = float(np.flatnonzero(row).mean())
    before, after = (float(body.out((b.lefts[-1] + b.rights[-1]) / 2, 0.0)[0]) for b in (body, fitted))
    assert abs(after - worn) < 0.02 * body.breadth < abs(before - worn)


def test_where_no_trousers_are_worn_nothing_is_changed() -> None:
    person, body = _seen("p10")
    regions = {name: region for name, region in person.regions.items() if name != "bottom"}
    without = replace(person, regions=regions)
    assert waistline_of(without, body) is None
    assert with_waistline(body, None) is body
    assert with_fine_hem(np.zeros((4, 4, 3), np.float32), without, body) is without


@pytest.mark.parametrize("product", ["trousers_beige", "skirt_red"])
@pytest.mark.parametrize("name", ["p02", "p05", "p10"])
def test_a_new_waist_is_as_broad_as_the_one_that_is_seen(name: str, product: str) -> None:
    person, body = _seen(name)
    old, new = _breadths(person.regions["bottom"]), _breadths(_worn(name, product).garment_mask)
    first = int(np.flatnonzero(old > 0.3 * body.breadth)[0])
    row = first + round(0.04 * body.breadth)
    assert abs(new[row] - old[row]) < 0.06 * old[row]
    # And it runs out into the hips without a step.
    rows = new[row : first + round(0.4 * body.breadth)]
    assert rows[-1] > 1.15 * rows[0]
    assert float(np.abs(np.diff(rows)).max()) < 8


@pytest.mark.parametrize("name", ["p01", "p06", "p07", "p08", "p14"])
def test_trousers_come_out_from_under_a_hem_within_it(name: str) -> None:
    person, body = _seen(name)
    top, new = person.regions["top"] > 0.5, _worn(name, "trousers_beige").garment_mask
    seen = waistline_of(person, body)
    assert seen is not None
    left, right = (float(body.out(edge, 0.0)[0]) for edge in seen.edges)
    row = round(float(body.out(0.0, seen.start)[1])) + round(0.02 * body.breadth)
    columns = np.flatnonzero(new[row])
    assert columns[0] > left - 0.03 * body.breadth
    assert columns[-1] < right + 0.03 * body.breadth
    assert not (new & top)[: row - round(0.1 * body.breadth)].any()


@pytest.mark.parametrize("name", ["p01", "p07", "p08", "p10", "p14"])
def test_nothing_of_blue_or_black_trousers_is_left_below_the_hem(name: str) -> None:
    """Within a few pixels of the seam between top and trousers no pixel looks like the old ones."""
    person, body = _seen(name)
    before, result = _picture(f"person_{name}"), _worn(name, "trousers_beige")
    old = person.regions["bottom"] > 0.95
    colour = np.median(before[old], axis=0)
    seen = waistline_of(person, body)
    assert seen is not None
    row = round(float(body.out(0.0, seen.start)[1]))
    band = slice(row - round(0.04 * body.breadth), row + round(0.03 * body.breadth))
    columns = np.flatnonzero(old.any(axis=0))
    inner = slice(int(columns[0]) + 4, int(columns[-1]) - 4)
    away = np.abs(result.rgb[band, inner].astype(float) - colour).max(axis=2)
    assert int((away < 40).sum()) < 12


def test_a_striped_top_keeps_its_last_stripe() -> None:
    """A hem is looked for by its colours only where those of the top are not those of the trousers."""
    person, body = _seen("p04")
    photo = _picture("person_p04").astype(np.float32) / np.float32(255)
    fine = with_fine_hem(photo, person, body)
    before, after = (int((p.regions["top"] > 0.5).sum()) for p in (person, fine))
    assert after > before - 0.02 * body.breadth**2


@pytest.mark.parametrize("product", ["skirt_red", "jeans_blue", "trousers_beige"])
def test_legs_are_as_long_as_the_waist_and_the_hips_say(product: str) -> None:
    """Someone with a small head, of whom no feet are seen: counted in heads the legs would end at the knees."""
    person, body = _seen("p11")
    fitted = with_waistline(body, waistline_of(person, body))
    legs = np.flatnonzero((person.regions["legs"] > 0.5).any(axis=1))
    assert body.joints["knee_left"][1] < legs[0] - 0.3 * body.breadth
    assert fitted.joints["knee_left"][1] > legs[0]
    assert _worn("p11", product).verdict.score is not None
