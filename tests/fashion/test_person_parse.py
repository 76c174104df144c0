"""The parse of a photographed person against drawn figures with known truth."""

from functools import lru_cache

import numpy as np
import pytest
import skimage.data
from drawn_people import TONES, Drawn, Figure, draw, varied

from bottega.errors import InvalidOption
from bottega.fashion.person.parse import check_person, parse_person
from bottega.fashion.person.values import PersonParse


@lru_cache(maxsize=32)
def _parsed(figure: Figure) -> tuple[Drawn, PersonParse]:
    drawn = draw(figure)
    return drawn, parse_person(drawn.rgb)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / max(1, (a | b).sum()))


def _worn(parse: PersonParse) -> np.ndarray:
    return parse.regions["dress"] if "dress" in parse.regions else parse.regions["top"]


@pytest.mark.parametrize("figure", varied(6, seed=11), ids=range(6))
def test_what_is_accepted_is_right(figure: Figure) -> None:
    drawn, parse = _parsed(figure)
    truth = drawn.regions["dress" if figure.dress else "top"]
    assert not parse.check.usable or overlap(_worn(parse), truth) > 0.9


def test_most_studio_figures_are_accepted() -> None:
    usable = [_parsed(figure)[1].check.usable for figure in varied(6, seed=11)]
    assert sum(usable) >= 5


def test_a_dress_and_a_top_are_told_apart() -> None:
    assert "dress" in _parsed(Figure(dress=True))[1].regions
    assert "top" in _parsed(Figure(dress=False))[1].regions


@pytest.mark.parametrize("tone", TONES)
def test_bare_arms_are_found_at_every_skin_tone(tone: tuple[float, float, float]) -> None:
    drawn, parse = _parsed(Figure(tone=tone, sleeves="short"))
    for name in ("left_arm", "right_arm"):
        assert overlap(parse.regions[name], drawn.regions[name]) > 0.8  # type: ignore[index]


def test_joints_lie_within_a_fifth_of_a_head() -> None:
    drawn, parse = _parsed(Figure())
    assert parse.frame is not None
    for name in (
        "shoulder_left",
        "shoulder_right",
        "elbow_left",
        "elbow_right",
        "wrist_left",
        "wrist_right",
        "neck",
    ):
        x, y, _ = parse.frame.joints[name]
        assert np.hypot(x - drawn.joints[name][0], y - drawn.joints[name][1]) < 0.2 * drawn.head_height


def test_sleeves_and_arms_show_how_the_arms_are_held() -> None:
    assert _parsed(Figure(pose="beside"))[1].frame.arms == "beside"  # type: ignore[union-attr]
    assert _parsed(Figure(pose="raised"))[1].frame.arms == "raised"  # type: ignore[union-attr]


def test_crossed_arms_stop_the_work() -> None:
    check = _parsed(Figure(pose="crossed", sleeves="short"))[1].check
    assert check.with_codes("arms_crossed")
    assert not check.usable


def test_hair_over_the_garment_is_found_and_kept_out_of_it() -> None:
    drawn, parse = _parsed(Figure(hair="long", hair_front=True, hair_rgb=(28, 24, 24), top_rgb=(190, 60, 60)))
    assert parse.check.with_codes("hair_over_garment")
    strands = (drawn.regions["hair"] > 0.9) & (
        np.arange(drawn.rgb.shape[0])[:, None] > drawn.chin[1] + 0.5 * drawn.head_height
    )
    assert float((_worn(parse)[strands] > 0.5).mean()) < 0.15


def test_a_headless_picture_is_accepted_with_a_note() -> None:
    drawn, parse = _parsed(Figure(crop_top=0.21))
    assert parse.headless
    assert parse.check.with_codes("headless")
    assert overlap(_worn(parse), drawn.regions["top"]) > 0.9


def test_a_busy_background_is_never_accepted_with_a_wrong_garment() -> None:
    for seed in range(3):
        drawn, parse = _parsed(Figure(backdrop="busy", seed=seed))
        assert not parse.check.usable or overlap(_worn(parse), drawn.regions["top"]) > 0.9


def test_a_pattern_is_told_from_plain_cloth() -> None:
    assert _parsed(Figure(pattern="plain"))[1].worn_pattern == "plain"
    assert _parsed(Figure(pattern="checked"))[1].worn_pattern == "patterned"


def test_the_same_seed_gives_the_same_parse() -> None:
    rgb = draw(Figure()).rgb
    one, other = parse_person(rgb, seed=4), parse_person(rgb, seed=4)
    assert all(np.array_equal(one.regions[name], other.regions[name]) for name in one.regions)
    assert one.agreement == other.agreement


def test_masks_have_the_size_of_the_picture_and_lie_between_0_and_1() -> None:
    drawn, parse = _parsed(Figure())
    for mask in (parse.silhouette, *parse.regions.values()):
        assert mask.shape == drawn.rgb.shape[:2]
        assert mask.dtype == np.float32
        assert 0 <= mask.min() <= mask.max() <= 1


def test_the_parse_scales_with_the_picture() -> None:
    drawn, parse = _parsed(Figure())
    half = parse_person(np.ascontiguousarray(drawn.rgb[::2, ::2]))
    assert half.frame is not None
    assert parse.frame is not None
    assert half.frame.head_height == pytest.approx(parse.frame.head_height / 2, rel=0.1)


def test_two_people_are_noticed() -> None:
    one = draw(Figure(width=512, head_px=140)).rgb
    assert check_person(np.hstack([one, one])).with_codes("several_people")


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket", "brick", "page", "hubble_deep_field"])
def test_pictures_without_people_are_refused(name: str) -> None:
    picture = getattr(skimage.data, name)()
    rgb = np.ascontiguousarray(np.repeat(picture[..., None], 3, 2) if picture.ndim == 2 else picture[..., :3])
    check = check_person(rgb)
    assert check.with_codes("no_person")
    assert not check.usable


def test_a_garment_alone_is_no_person() -> None:
    drawn = draw(Figure(sleeves="long", backdrop_rgb=(240, 240, 240)))
    alone = np.where(drawn.regions["top"][..., None] > 0.5, drawn.rgb, 240).astype(np.uint8)
    assert check_person(alone).with_codes("no_person")


def test_a_dark_picture_is_said_to_be_dark() -> None:
    rgb = (draw(Figure()).rgb * 0.18).astype(np.uint8)
    assert check_person(rgb).with_codes("too_dark")


def test_a_person_against_the_light_is_noticed() -> None:
    drawn = draw(Figure(backdrop_rgb=(245, 245, 245)))
    shade = 1 - 0.8 * drawn.silhouette[..., None]
    assert check_person((drawn.rgb * shade).astype(np.uint8)).with_codes("backlit")


def test_good_light_on_dark_skin_is_not_taken_for_backlight() -> None:
    assert not _parsed(Figure(tone=TONES[-1]))[1].check.with_codes("backlit", "too_dark")


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (16, 16), (40, 3000), (700, 23)])
def test_odd_sizes_give_a_check_and_no_crash(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    parse = parse_person(noise)
    assert not parse.check.usable
    assert parse.silhouette.shape == shape


def test_an_array_that_is_no_picture_is_named() -> None:
    with pytest.raises(InvalidOption):
        parse_person(np.zeros((40, 40), np.uint8))
