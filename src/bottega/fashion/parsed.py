"""Parses of pictures that one process has just made, kept for the next step that looks at the same ones.

A try-on is checked, put on, judged and measured by calls that know nothing of each other; each wants the same parse.
Pictures are told apart by their content, so that nothing of one is ever used for another.
"""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from threading import Lock
from typing import Final, Generic, TypeVar

import numpy as np

from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.imaging.picture import F32, U8

T = TypeVar("T")

KEPT: Final = 2
"""Parses of each kind: those of the pictures at hand."""
MOST_PIXELS: Final = 4_000_000
"""Of a picture; a parse of a larger one takes too much memory to be kept (some 50 bytes a pixel)."""


class _Latest(Generic[T]):
    """The last `KEPT` values, by content."""

    def __init__(self) -> None:
        self._values: OrderedDict[bytes, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes, make: Callable[[], T]) -> T:
        with self._lock:
            known = self._values.get(key)
            if known is not None:
                self._values.move_to_end(key)
                return known
        # Two that ask at once both make it: they would wait as long for each other.
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > KEPT:
                self._values.popitem(last=False)
        return made


_people: Final = _Latest[PersonParse]()
_garments: Final = _Latest[Garment]()


def person_of(rgb: U8, *, seed: int = 0) -> PersonParse:
    """`parse_person`; its arrays cannot be written to."""
    from bottega.fashion.person.parse import parse_person

    def parse() -> PersonParse:
        parsed = parse_person(rgb, seed=seed)
        _freeze(parsed.silhouette, *parsed.regions.values())
        return parsed

    return parse() if rgb.size > 3 * MOST_PIXELS else _people.get(_key(rgb, None, seed), parse)


def garment_of(rgb: U8, alpha: F32 | None = None, *, seed: int = 0) -> Garment:
    """`parse_garment`; its arrays cannot be written to."""
    from bottega.fashion.garment.parse import parse_garment

    def parse() -> Garment:
        parsed = parse_garment(rgb, alpha, seed=seed)
        _freeze(*(part for part in (parsed.alpha, parsed.hood, parsed.stand) if part is not None))
        return parsed

    return parse() if rgb.size > 3 * MOST_PIXELS else _garments.get(_key(rgb, alpha, seed), parse)


def _freeze(*arrays: F32) -> None:
    for array in arrays:
        array.setflags(write=False)


def _key(rgb: U8, alpha: F32 | None, seed: int) -> bytes:
    digest = blake2b(f"{rgb.shape} {rgb.dtype} {seed} {alpha is None}".encode(), digest_size=16)
    for array in (rgb, alpha):
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.digest()
