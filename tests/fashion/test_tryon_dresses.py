"""Dresses over what is worn below."""

import pytest
from test_rendered_studio import garment, person, picture, worn

from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.values import TryOnRefused


def test_trousers_do_not_show_below_a_dress() -> None:
    with pytest.raises(TryOnRefused) as refused:
        try_on(
            picture("person_p15"),
            picture("product_dress_green"),
            person=person("p15"),
            garment=garment("dress_green"),
        )
    assert refused.value.codes == ("trousers_below_dress",)


def test_a_dress_hides_a_shorter_skirt() -> None:
    assert worn("p11", "dress_green").verdict.accepted


def test_shoes_that_were_taken_for_trousers_stop_new_ones() -> None:
    with pytest.raises(TryOnRefused) as refused:
        worn("p15", "jeans_blue")
    assert refused.value.codes == ("feet_unclear",)


def test_a_skirt_that_the_picture_cuts_off_stops_nothing() -> None:
    assert worn("p05", "skirt_red").verdict.accepted
