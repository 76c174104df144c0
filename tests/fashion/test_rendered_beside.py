"""What shows beside a garment that was put on: arms before it, hems over hips, nothing of what was worn."""

from dataclasses import replace

import numpy as np
import pytest
from test_rendered_studio import garment, person, picture, worn

from bottega.fashion.tryon.behind import behind_upper
from bottega.fashion.tryon.beside import shaded_skin
from bottega.fashion.tryon.body import Body, body_of
from bottega.fashion.tryon.cloth import cloth_of
from bottega.fashion.tryon.compose import front_layer
from bottega.fashion.tryon.limbs import STATIONS
from bottega.fashion.tryon.placement import place_upper, upper_scale
from bottega.fashion.tryon.surfaces import skin_surface
from bottega.fashion.tryon.zones import drop_map, grown, limbs_of, worn_top


def body(who: str) -> Body:
    found = body_of(person(who))
    assert found is not None
    return found


@pytest.mark.parametrize("who", ["p02", "p11"])
def test_cloth_without_sleeves_does_not_lie_over_the_arms(who: str) -> None:
    done, own = worn(who, "tank_red"), body(who)
    shape = done.garment_mask.shape
    drops = drop_map(own, shape) / own.breadth
    for limb in limbs_of(person(who), own):
        below_armhole = (limb.drawn(shape) > 0.5) & (drops > 0.325) & (drops < 0.4)
        inner = own.sides(np.array((0.4 * own.breadth,)))
        y, x = np.nonzero(below_armhole)
        across = (np.column_stack((x, y)) - own.origin) @ own.across
        outside = (across < 1.1 * inner[0][0]) | (across > 1.1 * inner[1][0])
        assert outside.any()
        assert float(done.garment_mask[y[outside], x[outside]].mean()) < 0.01


def test_light_on_made_up_arms_is_no_band_across_the_chest() -> None:
    own, photo = body("p02"), picture("person_p02").astype(np.float32) / 255
    old = worn_top(person("p02"), photo.shape)
    skin = skin_surface(photo, person("p02"), own, old > 0.04, limbs_of(person("p02"), own)).mean(axis=2)
    rows = [round(float(own.out(0.0, drop * own.breadth)[1])) for drop in np.linspace(0.1, 0.5, 30)]
    middle = skin[rows, round(float(own.origin[0]))]
    assert float(np.abs(np.diff(middle)).max()) < 0.02


@pytest.mark.parametrize("name", ["long_white", "tee_sun"])
def test_a_wavy_hem_is_as_broad_as_the_cloth_above_it(name: str) -> None:
    found = cloth_of(garment(name))
    assert found is not None
    breadths = found.rights - found.lefts
    assert breadths[-1] > 0.97 * breadths[-2]


@pytest.mark.parametrize("who", ["p11", "p05"])
def test_a_long_top_goes_around_what_is_worn_below(who: str) -> None:
    done, own = worn(who, "long_white"), body(who)
    hem = done.report["hem_in_shoulder_breadths"]
    drops = drop_map(own, done.garment_mask.shape) / own.breadth
    above = (drops < hem - 0.06) & (drops > own.waist_drop / own.breadth)
    colours = done.rgb.astype(int)
    # The skirt is red or blue, the top white, the wall grey.
    coloured = np.ptp(colours, axis=2) > 60
    bare = np.maximum.reduce(
        [region for name, region in person(who).regions.items() if name in ("left_arm", "right_arm", "hands")]
    )
    beside = coloured & above & (bare < 0.02) & (person(who).regions["bottom"] > 0.5)
    assert beside.sum() < 0.0005 * own.breadth**2


def test_the_shoulder_is_where_it_is_seen() -> None:
    own = body("p02")
    away = np.linspace(0.25, 0.45, 5) * own.breadth
    drops, sure = own.shoulder_edge(away)
    assert sure > 0.9
    top = person("p02").regions["top"] > 0.5
    for u, drop in zip(away, drops, strict=True):
        firsts: list[float] = []
        for sign in (-1, 1):
            column = round(float(own.out(sign * u, 0.0)[0]))
            row = float(np.argmax(top[:, column]))
            firsts.append(float(own.into(np.array((float(column), row)))[1]))
        assert abs(drop - min(firsts)) < 0.02 * own.breadth


@pytest.mark.parametrize("who", ["p03", "p08"])
def test_a_shoulder_under_hair_is_not_taken_for_seen(who: str) -> None:
    own = body(who)
    assert own.shoulder_edge(np.array((0.3 * own.breadth,)))[1] == 0


def test_an_arm_ends_in_the_hand_that_is_seen() -> None:
    limbs = limbs_of(person("p04"), body("p04"))
    bare = front_layer(person("p04"), body("p04")) > 0.5
    on_hip = limbs[1]
    assert on_hip.end < STATIONS
    past = (on_hip.drawn(bare.shape) > 0.5) & (
        np.arange(bare.shape[0])[:, None] > np.nonzero(bare[:, bare.shape[1] // 2 :])[0].max()
    )
    assert not past[:, bare.shape[1] // 2 :].any()


def test_there_is_no_hole_where_torso_and_sleeve_meet() -> None:
    done = worn("p09", "dress_green")
    pale = (done.rgb.min(axis=2) > 130) & done.garment_mask
    depth = done.garment_mask.copy()
    for _ in range(6):
        depth[1:-1, 1:-1] &= depth[:-2, 1:-1] & depth[2:, 1:-1] & depth[1:-1, :-2] & depth[1:-1, 2:]
    assert (pale & depth).sum() <= 2


def test_no_wall_shows_between_a_hem_and_the_legs() -> None:
    done, legs = worn("p09", "dress_green"), person("p09").regions["legs"] > 0.5
    firsts = np.where(legs.any(axis=0), legs.argmax(axis=0), legs.shape[0])
    lost = 0
    # Where a leg begins at the hem, not beside the knee.
    for column in np.flatnonzero(firsts < firsts.min() + 6):
        if not done.garment_mask[:, column].any():
            continue
        hem = int(np.flatnonzero(done.garment_mask[:, column])[-1])
        first = int(np.argmax(legs[:, column]))
        between = done.rgb[hem + 3 : first, column].astype(int)
        lost += int((np.ptp(between, axis=1) < 15).sum()) if len(between) else 0
    assert lost < 20


def test_the_shaded_side_of_an_arm_is_skin() -> None:
    who = person("p03")
    photo = picture("person_p03").astype(np.float32) / 255
    own = body("p03")
    arms = np.maximum(who.regions["left_arm"], who.regions["right_arm"])
    old = worn_top(who, photo.shape)
    # A strip along the inner side of what was told to be arm.
    strip = grown(arms > 0.5, 14) & (arms < 0.5) & (who.silhouette > 0.5) & (old < 0.5)
    strip &= drop_map(own, strip.shape) > 0.4 * own.breadth
    assert strip.sum() > 500
    painted = photo.copy()
    painted[strip] = 0.55 * np.median(photo[arms > 0.95], axis=0)
    assert float(shaded_skin(painted, who, own, old, strip)[strip].mean()) > 0.5
    painted[strip] = 0.8 * np.median(photo[old > 0.95], axis=0)
    assert float(shaded_skin(painted, who, own, old, strip)[strip].mean()) < 0.1


def test_what_was_worn_leaves_no_line_along_made_up_arms() -> None:
    done, own = worn("p02", "tank_red"), body("p02")
    photo = picture("person_p02").astype(np.float32) / 255
    behind = behind_upper(photo, person("p02"), own)
    for limb in behind.limbs:
        edge = np.rint(limb.outer[20:50]).astype(int)
        wall = behind.backdrop[edge[:, 1], edge[:, 0]].mean(axis=1)
        skin = behind.skin[edge[:, 1], edge[:, 0]].mean(axis=1) if behind.skin is not None else wall
        found = done.rgb[edge[:, 1], edge[:, 0]].astype(float).mean(axis=1) / 255
        # Between wall and skin, and not as dark as the black top that was there.
        assert float(np.quantile(found - np.minimum(wall, skin), 0.1)) > -0.08


@pytest.mark.parametrize("name", ["tee_grey_vee", "blouse_blue"])
def test_a_neckline_below_the_armpits_leaves_the_sides_where_they_are(name: str) -> None:
    cloth = cloth_of(garment(name))
    assert cloth is not None
    breadth = cloth.rights - cloth.lefts
    assert breadth[:2].min() > 0.88 * cloth.chest_breadth


def test_what_has_no_sleeves_grows_in_breadth_for_a_broad_person_and_little_in_length() -> None:
    slim, tank = body("p03"), cloth_of(garment("tank_red"))
    assert tank is not None
    broad = replace(slim, lefts=1.25 * slim.lefts, rights=1.25 * slim.rights)
    narrow = replace(slim, lefts=0.9 * slim.lefts, rights=0.9 * slim.rights)
    size, longer, shorter = (upper_scale(tank, who, "none") for who in (slim, broad, narrow))
    assert 1.01 < longer / size < 1.06
    assert 0.94 < shorter / size < 0.96
    placed = place_upper(tank, broad, garment("tank_red"), "regular", tucked=False, rolled=False)
    across = (placed.patches[0].target - broad.origin) @ broad.across
    left, right = broad.sides(np.array((0.6 * broad.breadth,)))
    assert np.ptp(across) > float(right[0] - left[0])


def test_cloth_falls_over_broad_hips_and_does_not_bulge_there() -> None:
    done, own = worn("p14", "tee_black_print"), body("p14")
    rows = np.arange(round(float(own.out(0.0, 0.75 * own.breadth)[1])), len(done.garment_mask) - 8)
    left = done.garment_mask[rows].argmax(axis=1).astype(float)
    step = round(0.1 * own.breadth)
    # Outward is to the left: so many columns over so many rows.
    assert float((left[:-step] - left[step:]).max()) < 0.55 * step


def test_an_arm_on_the_hip_is_no_hip() -> None:
    own = body("p04")
    assert float(own.rights[-1] - own.lefts[-1]) <= 1.11 * own.breadth
    done = worn("p04", "tank_red")
    chest, low = (
        int(np.count_nonzero(done.garment_mask[round(float(own.out(0.0, drop * own.breadth)[1]))]))
        for drop in (0.45, 0.95)
    )
    assert low < 1.25 * chest
