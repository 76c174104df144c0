"""Output timelines: exact grids over any source timestamps, repeats closed, cuts held, nothing lost at the end."""

from fractions import Fraction
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottega.enhance.interpolate import Mark, Rate, timeline
from bottega.errors import InvalidOption

NTSC = Fraction(1001, 24000)

intervals = st.lists(
    st.fractions(Fraction(1, 240), Fraction(2), max_denominator=90_000), min_size=1, max_size=25
)
flags = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=26, max_size=26)
speeds = st.fractions(Fraction(1, 4), Fraction(8), max_denominator=1001)


def even(number: int, interval: Fraction = Fraction(1), **flagged: set[int]) -> list[Mark]:
    return [
        Mark(interval * index, index in flagged.get("repeats", set()), index in flagged.get("cuts", set()))
        for index in range(number)
    ]


def variable(steps: list[Fraction], how: list[tuple[bool, int]]) -> list[Mark]:
    marks = [Mark(Fraction(7, 3))]
    for step, (repeat, cut) in zip(steps, how, strict=False):
        marks.append(Mark(marks[-1].time + step, repeat, cut == 0))
    return marks


@given(intervals, flags, speeds, speeds)
def test_a_grid_of_frames_a_second_is_exact_and_fills_the_duration(
    steps: list[Fraction], how: list[tuple[bool, int]], fps: Fraction, slow: Fraction
) -> None:
    marks = variable(steps, how)
    plan = list(timeline(marks, Rate(fps=fps, slow=slow)))
    assert [step.time - marks[0].time for step in plan] == [number / fps for number in range(len(plan))]
    duration = (marks[-1].time + steps[-1] - marks[0].time) * slow
    assert (len(plan) - 1) / fps < duration <= len(plan) / fps


@given(intervals, flags, st.integers(1, 7), speeds)
def test_a_whole_factor_gives_so_many_frames_for_each_and_shows_all(
    steps: list[Fraction], how: list[tuple[bool, int]], factor: int, slow: Fraction
) -> None:
    marks = variable(steps, [(False, cut) for _, cut in how])
    plan = list(timeline(marks, Rate(factor=Fraction(factor), slow=slow)))
    assert len(plan) == factor * len(marks)
    shown = [(step.time, step.left) for step in plan[::factor] if step.t == 0]
    assert shown == [
        (marks[0].time + (mark.time - marks[0].time) * slow, index) for index, mark in enumerate(marks)
    ]


@given(intervals, flags, speeds, st.integers(1, 6))
def test_plans_only_go_forward_and_stay_inside(
    steps: list[Fraction], how: list[tuple[bool, int]], factor: Fraction, hold: int
) -> None:
    marks = variable(steps, how)
    plan = list(timeline(marks, Rate(factor=factor, longest_hold=hold)))
    assert all(one.time < two.time for one, two in pairwise(plan))
    assert all(one.left <= two.left for one, two in pairwise(plan))
    for step in plan:
        assert 0 <= step.t < 1
        assert 0 <= step.left <= step.right < len(marks)
        assert (step.t == 0) == (step.left == step.right)


@given(intervals, flags, speeds, st.integers(1, 6))
def test_no_frame_is_made_across_a_cut(
    steps: list[Fraction], how: list[tuple[bool, int]], fps: Fraction, hold: int
) -> None:
    marks = variable(steps, how)
    for step in timeline(marks, Rate(fps=fps, longest_hold=hold)):
        assert not any(marks[index].cut for index in range(step.left + 1, step.right + 1))


@given(intervals, speeds)
def test_made_frames_lie_where_their_time_does(steps: list[Fraction], fps: Fraction) -> None:
    marks = variable(steps, [(False, 9)] * 26)
    for step in timeline(marks, Rate(fps=fps)):
        left, right = marks[step.left].time, marks[step.right].time
        if step.left == step.right:
            assert step.time == left or step.left == len(marks) - 1
        else:
            assert step.time == left + step.t * (right - left)


@pytest.mark.parametrize("number", [2_877, pytest.param(172_627, marks=pytest.mark.slow, id="two hours")])
def test_23_976_to_60_ends_without_drift(number: int) -> None:
    marks = (Mark(NTSC * index) for index in range(number))
    last = None
    count = 0
    for count, last in enumerate(timeline(marks, Rate(fps=Fraction(60))), start=1):
        if count % 1009 == 0:
            assert last.time == (last.left + last.t) * NTSC
    assert last is not None
    assert count == -(-number * NTSC * 60 // 1)
    assert last.time == Fraction(count - 1, 60)
    assert last.left == number - 1


def test_the_last_frame_is_shown_for_as_long_as_it_lasts() -> None:
    plan = list(timeline(even(3), Rate(fps=Fraction(2)), end=Fraction(5)))
    assert [(step.time, step.left) for step in plan[4:]] == [(Fraction(k, 2), 2) for k in range(4, 10)]


def test_slow_motion_at_the_same_rate_stretches_time() -> None:
    plan = list(timeline(even(3, Fraction(1, 25)), Rate(fps=Fraction(25), slow=Fraction(4))))
    assert len(plan) == 12
    assert [(step.left, step.t) for step in plan[:5]] == [
        (0, 0), (0, Fraction(1, 4)), (0, Fraction(1, 2)), (0, Fraction(3, 4)), (1, 0)
    ]  # fmt: skip


def test_drawings_on_twos_are_joined_by_motion_through_their_repeats() -> None:
    plan = list(timeline(even(5, repeats={1, 3}), Rate(factor=Fraction(1))))
    assert [(step.left, step.right, step.t) for step in plan] == [
        (0, 0, 0), (0, 2, Fraction(1, 2)), (2, 2, 0), (2, 4, Fraction(1, 2)), (4, 4, 0)
    ]  # fmt: skip


def test_a_still_that_is_meant_stands_until_its_last_frame() -> None:
    plan = list(timeline(even(9, repeats={1, 2, 3, 4, 5, 6, 7}), Rate(factor=Fraction(2))))
    assert all(step.t == 0 for step in plan[:15])
    assert (plan[15].left, plan[15].right, plan[15].t) == (7, 8, Fraction(1, 2))


def test_repeats_can_all_be_kept() -> None:
    plan = list(timeline(even(5, repeats={1, 3}), Rate(factor=Fraction(2), longest_hold=1)))
    assert [step.t for step in plan[:4]] == [0, 0, 0, Fraction(1, 2)]


def test_the_frame_before_a_cut_is_held_until_it() -> None:
    plan = list(timeline(even(4, cuts={2}), Rate(factor=Fraction(4))))
    assert [(step.left, step.t) for step in plan[4:9]] == [(1, 0)] * 4 + [(2, 0)]


def test_a_plan_is_made_while_frames_still_come() -> None:
    def endless():
        index = 0
        while True:
            yield Mark(Fraction(index), duplicate=index > 3)
            index += 1

    plan = list(islice(timeline(endless(), Rate(factor=Fraction(2))), 1000))
    assert plan[-1].time == Fraction(999, 2)


def test_a_single_frame_stays_one() -> None:
    assert len(list(timeline(even(1), Rate(fps=Fraction(30))))) == 1
    assert len(list(timeline(even(1), Rate(fps=Fraction(30)), end=Fraction(1)))) == 30
    assert len(list(timeline(even(1), Rate(factor=Fraction(3))))) == 1
    assert list(timeline([], Rate(fps=Fraction(30)))) == []


def test_times_that_do_not_rise_are_refused() -> None:
    marks = [Mark(Fraction(0)), Mark(Fraction(1)), Mark(Fraction(1))]
    with pytest.raises(InvalidOption, match="do not rise"):
        list(timeline(marks, Rate(fps=Fraction(30))))


def test_an_end_before_the_last_frame_is_refused() -> None:
    with pytest.raises(InvalidOption, match="not behind"):
        list(timeline(even(3), Rate(fps=Fraction(30)), end=Fraction(2)))


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"fps": Fraction(30), "factor": Fraction(2)},
        {"fps": Fraction(0)},
        {"factor": Fraction(2), "slow": Fraction(-1)},
        {"factor": Fraction(2), "longest_hold": 0},
    ],
)
def test_wishes_that_make_no_sense_are_refused(wish: dict) -> None:
    with pytest.raises(InvalidOption):
        Rate(**wish)
