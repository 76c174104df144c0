"""Clips as streams: marked, planned and made in one pass, in order, from a few frames, whatever the number of threads."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from interpolate_scenes import ball, error, moved, pan, texture, u8

from bottega.enhance.interpolate import How, Mark, Rate, Step, between, interpolate, marks, retime, timeline
from bottega.errors import InvalidOption

FAST = How(preset="fast")
SIZE = (256, 192)


def timed(
    frames: list[np.ndarray], interval: Fraction = Fraction(1, 25)
) -> list[tuple[Fraction, np.ndarray]]:
    return [(interval * index, frame) for index, frame in enumerate(frames)]


def scene(number: int, count: int) -> list[np.ndarray]:
    ground = texture(number, 256, 320) * np.roll((1.0, 0.7, 0.4), number).astype(np.float32)
    return [u8(moved(ground, 2.0 * index - 20, -20, SIZE)) for index in range(count)]


def test_cuts_and_repeats_of_a_clip_are_marked() -> None:
    first, second = scene(1, 4), scene(2, 4)
    clip = [first[0], first[1], first[1], first[2], first[3], *second, second[3]]
    found = list(marks(timed(clip)))
    assert [index for index, mark in enumerate(found) if mark.cut] == [5]
    assert [index for index, mark in enumerate(found) if mark.duplicate] == [2, 9]
    assert [mark.time for mark in found] == [time for time, _ in timed(clip)]


def test_a_clip_that_only_moves_has_neither() -> None:
    assert all(mark == Mark(mark.time) for mark in marks(timed([ball(index) for index in range(6)])))


def test_twice_the_rate_keeps_the_frames_and_makes_those_between() -> None:
    clip = [ball(time) for time in (0, 1, 2)]
    made = list(retime(timed(clip), Rate(factor=Fraction(2)), FAST))
    assert [each.time for each in made] == [Fraction(k, 50) for k in range(6)]
    for index, frame in enumerate(clip):
        assert np.array_equal(made[2 * index].frame, frame)
    for index in (1, 3):
        assert error(made[index].frame, ball(index / 2)) < 0.3 * error(clip[0], clip[1])


def test_frames_at_a_cut_are_held_and_never_mixed() -> None:
    clip = [*scene(1, 3), *scene(2, 3)]
    made = list(retime(timed(clip), Rate(factor=Fraction(4)), FAST))
    for each in made[8:12]:
        assert np.array_equal(each.frame, clip[2])
    assert np.array_equal(made[12].frame, clip[3])


def test_motion_goes_on_through_repeats() -> None:
    clip = [pan(0), pan(0), pan(1), pan(1), pan(2)]
    made = list(retime(timed(clip), Rate(factor=Fraction(1)), FAST))
    assert error(made[1].frame, pan(0.5)) < 0.2 * error(pan(0), pan(0.5))
    assert error(made[3].frame, pan(1.5)) < 0.2 * error(pan(1), pan(1.5))


def test_a_variable_rate_becomes_an_even_one_with_motion_where_it_belongs() -> None:
    moments = [Fraction(0), Fraction(1), Fraction(5, 2), Fraction(3)]
    made = list(retime([(time, pan(float(time), dx=5.0)) for time in moments], Rate(fps=Fraction(2)), FAST))
    for each in made[:7]:
        assert error(each.frame, pan(float(each.time), dx=5.0)) < 1.5


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_changes_nothing(threads: int) -> None:
    clip = timed([ball(index) for index in range(4)])
    rate = Rate(fps=Fraction(60))
    made = list(retime(clip, rate, How(preset="fast", threads=threads)))
    wanted = list(retime(clip, rate, FAST))
    assert [each.step for each in made] == [each.step for each in wanted]
    assert all(np.array_equal(one.frame, two.frame) for one, two in zip(made, wanted, strict=True))


def test_a_stream_is_what_its_pairs_are() -> None:
    clip = [ball(0), ball(1)]
    [_, made, *_] = interpolate(
        clip, timeline([Mark(Fraction(0)), Mark(Fraction(1))], Rate(factor=Fraction(2)))
    )
    assert np.array_equal(made.frame, between(*clip, 0.5).frame)


def test_only_a_few_frames_are_read_ahead() -> None:
    read = 0

    def frames() -> Iterator[tuple[Fraction, np.ndarray]]:
        nonlocal read
        for index in range(40):
            read += 1
            yield Fraction(index), pan(index / 10)

    ahead = [read - each.step.left for each in retime(frames(), Rate(factor=Fraction(2)), FAST)]
    assert max(ahead) <= 8


def test_a_stream_may_be_left_early() -> None:
    stream = retime(timed([pan(index) for index in range(6)]), Rate(factor=Fraction(2)), FAST)
    assert np.array_equal(next(stream).frame, pan(0))
    stream.close()


def test_an_error_of_the_source_reaches_the_caller() -> None:
    def broken() -> Iterator[tuple[Fraction, np.ndarray]]:
        yield Fraction(0), pan(0)
        yield Fraction(1), pan(1)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        list(retime(broken(), Rate(factor=Fraction(2)), FAST))


def test_a_plan_beyond_the_clip_is_refused() -> None:
    plan = [Step(Fraction(0), 0, 3, Fraction(1, 2))]
    with pytest.raises(InvalidOption, match="the clip has 2"):
        list(interpolate([pan(0), pan(1)], plan))


def test_a_plan_that_goes_back_is_refused() -> None:
    plan = [Step(Fraction(0), 1, 1, Fraction(0)), Step(Fraction(1), 0, 0, Fraction(0))]
    with pytest.raises(InvalidOption, match="goes back"):
        list(interpolate([pan(0), pan(1)], plan))


def test_an_empty_clip_makes_nothing() -> None:
    assert list(retime([], Rate(factor=Fraction(2)))) == []
