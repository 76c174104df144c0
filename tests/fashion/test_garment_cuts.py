"""Cuts and cloths that shops have beyond plain tops: named where a person would name them, and nothing else is; white cloth
on white paper, prints on white, what is no wearer and what is not sheer."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from drawn_garments import GARMENTS, _cover, _placed
from drawn_shop import Shot, style, top
from drawn_studio import STYLES, studio_top

from bottega.fashion.garment.cutout import cut_out
from bottega.fashion.garment.evidence import has_waistband
from bottega.fashion.garment.kinds import Kinds, classify
from bottega.fashion.garment.landmarks import find_landmarks
from bottega.fashion.garment.parse import check_garment, parse_garment
from bottega.fashion.garment.shape import describe

SIZE = (360, 480)
CERTAIN = 0.6
"""What the geometric engine asks for."""
ALIKE = {"open_front": {"top", "outerwear"}}
NARROW_HEM = {"bodysuit"}


def silhouette(drawn, rng):
    """The outline of a drawn shape, h x w bool."""
    return _cover(drawn, _placed(drawn, rng, *SIZE), *SIZE) > 0.5


@lru_cache(maxsize=1)
def styles() -> list[tuple[str, str, Kinds]]:
    found = []
    for seed in range(300, 308):
        for name, make in STYLES.items():
            rng = np.random.default_rng([seed, *name.encode()])
            drawn = make(rng)
            found.append((name, drawn.kind, classify(describe(silhouette(drawn, rng)), 0.0)))
    return found


def named(name: str, truth: str, kinds: Kinds) -> bool:
    return kinds.kind in ALIKE.get(name, {truth})


def test_most_cuts_are_named_with_certainty():
    sure = [named(*one) and one[2].confidence >= CERTAIN for one in styles() if one[0] not in NARROW_HEM]
    assert np.mean(sure) >= 0.8


def test_what_is_said_with_certainty_is_right():
    right = [named(*one) for one in styles() if one[2].confidence >= CERTAIN]
    assert np.mean(right) >= 0.96


def test_skirts_are_certain():
    sure = [
        kinds.confidence >= 0.85 and kinds.kind == "bottom" for name, _, kinds in styles() if "skirt" in name
    ]
    assert np.mean(sure) >= 0.85


@pytest.mark.parametrize("seed", range(4))
def test_a_tank_top_without_a_neckline_is_no_certain_skirt(seed):
    rng = np.random.default_rng([seed, 4])
    drawn = GARMENTS["tank"](rng)
    # The neck as cloth: the inside of the collar in the front's own colour.
    drawn.parts.append(np.array([(-11.0, -1.0), (11.0, -1.0), (11.0, 22.0), (-11.0, 22.0)]))
    kinds = classify(describe(silhouette(drawn, rng)), 0.0)
    assert kinds.kind != "bottom" or kinds.confidence < CERTAIN


def test_even_blots_are_no_certain_clothes():
    """Closed curves of random harmonics, mirrored: even halves, hollows and bulges, and nothing to wear."""
    sure = 0
    turn = np.linspace(0, 2 * np.pi, 400)
    for seed in range(60):
        rng = np.random.default_rng([seed, 9])
        radius = 130 + sum(rng.normal(0, 45 / n) * np.cos(n * turn) for n in range(1, 7))
        points = np.stack([180 + radius * np.sin(turn), 240 - radius * np.cos(turn)], axis=1)
        sheet = np.zeros((480, 360), np.uint8)
        cv2.fillPoly(sheet, [np.round(points).astype(np.int32)], 1)
        kinds = classify(describe(sheet > 0), 0.0)
        sure += kinds.confidence >= CERTAIN and kinds.kind not in ("shoes", "accessory", "unknown")
    assert sure <= 9


def test_an_oval_with_dents_is_no_top():
    sheet = np.zeros((480, 360), np.uint8)
    cv2.ellipse(sheet, (180, 240), (120, 150), 0, 0, 360, 1, -1)
    cv2.circle(sheet, (180, 88), 16, 0, -1)
    for x in (68, 292):
        cv2.circle(sheet, (x, 300), 12, 0, -1)
    assert classify(describe(sheet > 0), 0.0).confidence < 0.45


def test_long_sleeves_along_the_whole_body_are_long():
    said = []
    for seed in range(12):
        rng = np.random.default_rng([seed, 6])
        drawn = studio_top(rng, "long", touching=True, length="hip")
        said.append(classify(describe(silhouette(drawn, rng)), 0.0).sleeves)
    assert said.count("long") >= 10


def test_an_armpit_that_is_not_seen_is_only_guessed():
    """Sleeves sewn to the body down to its hem: the corner above the cuff is not where the arm begins."""
    mask = np.zeros((480, 360), np.uint8)
    half = [(30, 60), (62, 70), (96, 120), (110, 430), (78, 432), (70, 396), (0, 400)]
    outline = (
        [(180 + x, y) for x, y in half] + [(180 - x, y) for x, y in reversed(half)] + [(160, 82), (200, 82)]
    )
    cv2.fillPoly(mask, [np.array(outline, np.int32)], 1)
    shape = describe(mask > 0)
    kinds = classify(shape, 0.0)
    marks = find_landmarks(mask > 0, shape, kinds)
    assert kinds.sleeves == "long"
    for side in ("left", "right"):
        assert marks[f"armpit_{side}"][2] <= 0.3
        assert marks[f"armpit_{side}"][1] < 300


def test_a_waistband_has_no_collar_to_take_out():
    for seed in range(4):
        rng = np.random.default_rng([seed, 8])
        assert has_waistband(describe(silhouette(STYLES["pencil_skirt"](rng), rng)))
        assert not has_waistband(describe(silhouette(studio_top(rng, "short"), rng)))


# --- whole pictures ------------------------------------------------------------------------------------------


def overlap(mask, truth) -> float:
    truth = cv2.resize(truth.astype(np.uint8), mask.shape[::-1], interpolation=cv2.INTER_AREA) > 0
    return float((mask & truth).sum() / (mask | truth).sum())


@pytest.mark.parametrize("grounds", [(0.97, 0.9)])
def test_white_cloth_on_pale_paper_is_cut_out_or_said_to_be_uncertain(grounds):
    found = []
    for seed in range(6):
        shot = Shot(tone="white", ground=grounds[seed % 2], shadow=0.12, noise=2.0)
        shown = top(seed, ("short", "long", "none")[seed % 3], shot, size=SIZE)
        cut = cut_out(shown.drawn.rgb, None, 0)
        good = overlap(cut.mask, shown.drawn.mask | shown.inner) > 0.93
        assert good or check_garment(shown.drawn.rgb).with_codes("garment_not_isolated")
        found.append(good)
    assert np.mean(found) >= 0.6


def test_flowers_on_white_are_one_garment():
    for seed in (1, 2, 3):
        shot = Shot(tone="white", pattern="floral", ground=0.95)
        shown = top(seed, "none", shot, size=SIZE)
        cut = cut_out(shown.drawn.rgb, None, 0)
        assert cut.parts == 1
        assert overlap(cut.mask, shown.drawn.mask | shown.inner) > 0.9


def test_prints_are_no_faces():
    for seed, pattern in enumerate(("floral", "print", "striped", "floral", "floral")):
        picture = style("closed_legs", seed, Shot(pattern=pattern), size=(480, 640)).drawn.rgb
        assert not check_garment(picture).with_codes("garment_worn")


def veiled(share: float, shade: float) -> np.ndarray:
    """A red top of which paper shows through by `share` but for the seams along its rim, or whose rim is darker."""
    sheet, cloth = np.full((480, 360, 3), 245.0), np.array([190.0, 30.0, 40.0])
    rng = np.random.default_rng(3)
    mask = silhouette(studio_top(rng, "short", angle=40.0), rng)
    rim = mask & (cv2.erode(mask.astype(np.uint8), np.ones((27, 27), np.uint8)) == 0)
    linear = (share * (sheet / 255) ** 2.2 + (1 - share) * (cloth / 255) ** 2.2) ** (1 / 2.2) * 255
    picture = np.where(mask[..., None], linear, sheet)
    picture[rim] = cloth * shade
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8), 0, 255).astype(np.uint8)


def test_paper_that_shows_through_is_sheer_and_a_rim_in_the_shade_is_not():
    assert parse_garment(veiled(0.25, 1.0)).sheer
    assert not parse_garment(veiled(0.0, 0.55)).sheer


def test_a_bag_keeps_its_handle():
    rng = np.random.default_rng(5)
    mask = silhouette(GARMENTS["bag"](rng), rng)
    picture = np.where(mask[..., None], (60, 40, 90), (245, 245, 245)).astype(np.uint8)
    assert parse_garment(picture).kind == "accessory"
