"""Light of the worn garment on the new one: it changes slowly, also where the worn one ended."""

import numpy as np
import pytest
from test_rendered_studio import person, picture, worn

from bottega.fashion.tryon.body import Body, body_of
from bottega.fashion.tryon.light import cylinder, face_slant, shading
from bottega.fashion.tryon.zones import grown, worn_top


def body(who: str) -> Body:
    found = body_of(person(who))
    assert found is not None
    return found


@pytest.mark.parametrize("who", ["p05", "p11"])
def test_the_end_of_the_worn_top_is_no_band_of_light_across_the_new_one(who: str) -> None:
    own, photo = body(who), picture(f"person_{who}").astype(np.float32) / 255
    old = worn_top(person(who), photo.shape)
    middle = round(float(own.origin[0]))
    end = int(np.flatnonzero(old[:, middle] > 0.5)[-1])
    cover = np.zeros_like(old)
    half = round(0.3 * own.breadth)
    cover[round(float(own.origin[1])) : end + half, middle - half : middle + half] = 1
    factors, source = shading(photo, person(who), own, old, cover, np.zeros_like(old))
    assert source == "worn"
    near = round(0.1 * own.breadth)
    beside = factors[end - near : end + near, middle - half // 2 : middle + half // 2].mean(axis=1)
    assert float(beside.max() - beside.min()) < 0.035
    assert float(np.abs(np.diff(beside)).max()) < 0.004


def test_hair_leaves_no_stain_of_shadow_on_the_new_garment() -> None:
    own, photo, hair = (
        body("p08"),
        picture("person_p08").astype(np.float32) / 255,
        person("p08").regions["hair"],
    )
    old = worn_top(person("p08"), photo.shape)
    cover = np.zeros_like(old)
    rows, columns = (
        own.out(np.array((-0.4, 0.4)) * own.breadth, np.array((0.05, 0.8)) * own.breadth)[:, axis]
        for axis in (1, 0)
    )
    cover[round(rows[0]) : round(rows[1]), round(columns[0]) : round(columns[1])] = 1
    factors, source = shading(photo, person("p08"), own, old, cover, np.zeros_like(old))
    assert source == "worn"
    shape_alone = cylinder(own, old.shape, face_slant(photo, person("p08")))
    beside = grown(hair > 0.5, round(0.1 * own.breadth)) & (hair < 0.1) & (cover > 0.5)
    inner = beside & (np.abs(np.arange(old.shape[1]) - own.origin[0]) < 0.2 * own.breadth)
    # The darkest place between the strands, against what the shape of a chest says.
    assert float(np.quantile(factors[inner] / shape_alone[inner], 0.01)) > 0.93


def test_light_runs_from_the_shoulders_into_the_sleeves() -> None:
    own, photo = body("p10"), picture("person_p10").astype(np.float32) / 255
    shape = photo.shape[:2]
    x = np.arange(shape[1]) - own.origin[0]
    sleeves, cover = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    seam, outer = round(0.4 * own.breadth), round(0.6 * own.breadth)
    top, bottom = (round(float(own.out(0.0, share * own.breadth)[1])) for share in (0.0, 0.6))
    cover[top:bottom, np.abs(x) < outer] = 1
    sleeves[top:bottom, (np.abs(x) < outer) & (np.abs(x) > seam)] = 1
    factors, source = shading(photo, person("p10"), own, np.zeros(shape, np.float32), cover, sleeves)
    assert source == "cylinder"
    row = round(float(own.out(0.0, 0.06 * own.breadth)[1]))
    across = factors[row, np.abs(x) < outer]
    assert float(np.abs(across[8:] - across[:-8]).max()) < 0.03
    # Further down the arm is a limb of its own, lightest along its middle.
    arm = factors[round(float(own.out(0.0, 0.5 * own.breadth)[1])), (x > seam) & (x < outer)]
    assert float(arm[len(arm) // 2]) > max(float(arm[0]), float(arm[-1])) + 0.05


def test_the_end_of_a_worn_skirt_is_no_band_of_light_across_new_trousers() -> None:
    own, photo = body("p11"), picture("person_p11").astype(np.float32) / 255
    old = person("p11").regions["bottom"]
    end = int(np.flatnonzero((old > 0.5).any(axis=1))[-1])
    # Broader than the hips, and longer than the skirt.
    cover = worn("p11", "trousers_beige").garment_mask.astype(np.float32)
    factors, source = shading(photo, person("p11"), own, old, cover, np.zeros_like(old))
    assert source == "worn"
    near = round(0.1 * own.breadth)
    left, right = np.flatnonzero(cover[end] > 0.5)[[0, -1]]
    for columns in (slice(left, left + near), slice(right - near, right)):
        beside = factors[end - near : end + near, columns].mean(axis=1)
        assert float(beside.max() - beside.min()) < 0.05
