"""Work done side by side gives what the same work gives one after the other."""

from dataclasses import fields
from typing import Any

import drawn_pairs
import numpy as np

from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.person.parse import parse_person
from bottega.fashion.tryon.engine import try_on


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def test_pictures_parsed_side_by_side_give_the_result_of_one_after_the_other() -> None:
    pair = drawn_pairs.pairs(2, 88812345 + 7)[0]
    person, garment = parse_person(pair.person.rgb), parse_garment(pair.product.rgb)
    after = try_on(pair.person.rgb, pair.product.rgb, person=person, garment=garment)
    beside = try_on(pair.person.rgb, pair.product.rgb)
    assert np.array_equal(after.rgb, beside.rgb)
    assert np.array_equal(after.edit_mask, beside.edit_mask)
    assert after.report == beside.report
    assert after.verdict == beside.verdict
    for field in fields(person):
        assert same(getattr(person, field.name), getattr(beside.person, field.name)), field.name
