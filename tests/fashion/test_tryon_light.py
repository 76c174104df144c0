"""Light of the worn garment on the new one: it changes slowly, also where the worn one ended."""

import numpy as np
import pytest
from test_rendered_studio import person, picture

from bottega.fashion.tryon.body import Body, body_of
from bottega.fashion.tryon.light import shading
from bottega.fashion.tryon.zones import worn_top


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
