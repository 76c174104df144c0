"""Damaged files of every kind: what comes out is a good picture or an error for people, never anything else."""

import foreign_files as files
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bottega.errors import BottegaError
from bottega.imaging.decode import Limits, decode, sniff
from bottega.imaging.picture import Picture

FILES = files.every_format()
LIMITS = Limits(max_bytes=2**20, max_pixels=200_000, max_side=5_000, max_frames=20)

positions = st.floats(0, 1, exclude_max=True)
damage = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), positions, st.integers(0, 7)),
        st.tuples(st.just("set"), positions, st.sampled_from([0, 1, 0x7F, 0x80, 0xFE, 0xFF])),
        st.tuples(st.just("insert"), positions, st.binary(min_size=1, max_size=9)),
        st.tuples(st.just("remove"), positions, st.integers(1, 40)),
        st.tuples(st.just("repeat"), positions, st.integers(1, 40)),
        st.tuples(st.just("cut"), positions, st.none()),
        st.tuples(
            st.just("number"), positions, st.sampled_from([b"\xff" * 4, b"\x7f" + b"\xff" * 3, bytes(4)])
        ),
    ),
    min_size=1,
    max_size=4,
)


def damaged(data: bytes, kind: str, where: float, how: object) -> bytes:
    at = int(where * len(data))
    match kind, how:
        case "flip", int(bit):
            return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        case "set", int(value):
            return data[:at] + bytes([value]) + data[at + 1 :]
        case "insert", bytes(extra):
            return data[:at] + extra + data[at:]
        case "number", bytes(value):
            return data[:at] + value + data[at + 4 :]
        case "remove", int(count):
            return data[:at] + data[at + count :]
        case "repeat", int(count):
            return data[: at + count] + data[at:]
        case _:
            return data[:at]


def check(data: bytes) -> None:
    refused: BottegaError | None = None
    picture: Picture | None = None
    try:
        picture = decode(data, LIMITS)
    except BottegaError as error:
        refused = error
    if picture is None:
        assert refused is not None
        assert refused.message.strip()
        assert refused.hint.strip()
        return
    assert picture.rgb.ndim == 3
    assert picture.rgb.shape[2] == 3
    assert picture.rgb.dtype in (np.uint8, np.uint16)
    assert 0 < picture.rgb.size <= 3 * LIMITS.max_pixels
    if picture.alpha is not None:
        assert picture.alpha.shape == picture.rgb.shape[:2]
        assert picture.alpha.dtype == picture.rgb.dtype


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(FILES)), damage)
def test_damage_anywhere(kind: str, blows: list[tuple[str, float, object]]) -> None:
    data = FILES[kind]
    for how, where, value in blows:
        if data:
            data = damaged(data, how, where, value)
    check(data)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(FILES)), st.integers(0, 160), st.binary(min_size=1, max_size=4))
def test_damage_in_the_header(kind: str, at: int, value: bytes) -> None:
    data = FILES[kind]
    check(data[:at] + value + data[at + len(value) :])


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([FILES[kind][:12] for kind in sorted(FILES)] + [b"BM", b"RIFF"]), st.binary(max_size=200)
)
def test_noise_behind_a_good_beginning(head: bytes, tail: bytes) -> None:
    check(head + tail)


@given(st.binary(max_size=1200))
def test_sniff_never_raises(head: bytes) -> None:
    assert sniff(head) is None or "/" in sniff(head)
