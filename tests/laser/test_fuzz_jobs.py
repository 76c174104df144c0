"""Random jobs: each one is valid for our strict reader and for independent ones, or refused in words."""

from collections import Counter

import numpy as np
import pytest

from bottega.errors import InvalidOption
from bottega.laser.dither import GREY, METHODS
from bottega.laser.gcode_check import burnt_dots
from bottega.laser.job import EngraveJob, EngraveSettings, engrave
from bottega.laser.materials import library


def random_job(seed: int) -> tuple[np.ndarray, EngraveSettings]:
    """A picture (noise, ramps, shapes, few pixels) and settings that often fit a bed and sometimes do not."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 90, 2)
    kind = rng.integers(4)
    if kind == 0:
        picture = rng.integers(0, 256, (rows, columns, 3))
    elif kind == 1:
        picture = np.linspace(0, 255, rows * columns).reshape(rows, columns)
    elif kind == 2:
        picture = np.where(rng.random((rows, columns)) < 0.02, 0, 255)
    else:
        picture = np.where(np.add.outer(np.arange(rows), np.arange(columns)) % 7 < 3, 0, 230)
    known = library()
    return picture.astype(np.uint8), EngraveSettings(
        material=str(rng.choice([item.id for item in known.material])),
        machine=str(rng.choice([item.id for item in known.machine])),
        width_mm=float(rng.uniform(1, 40)),
        interval_mm=float(rng.uniform(0.08, 0.5)),
        beam_mm=float(rng.choice([0.08, 0.1, 0.167, 0.25])),
        power_percent=float(rng.uniform(0.1, 100)),
        speed_mm_min=float(10 ** rng.uniform(0, 4.2)),
        passes=int(rng.integers(1, 3)),
        dither=str(rng.choice([*METHODS, GREY])),
        contrast=float(rng.uniform(0, 1)),
        invert=bool(rng.integers(2)),
        bed_width_mm=float(rng.uniform(30, 400)),
        bed_height_mm=float(rng.uniform(30, 400)),
        bidirectional=bool(rng.integers(2)),
        grey_levels=int(rng.integers(2, 257)),
    )


def made(seed: int) -> EngraveJob | None:
    picture, settings = random_job(seed)
    try:
        return engrave(picture, settings)
    except InvalidOption:
        return None


def test_random_jobs_are_valid_or_refused() -> None:
    valid = 0
    for seed in range(60):
        job = made(seed)
        if job is None:
            continue
        valid += 1
        report = job.report
        assert report["gcode_errors"] == 0, (seed, report["gcode_faults"])
        assert report["longest_line"] <= 79
        assert report["power_mode_words"] == 1
        assert report["constant_speed"], seed
        assert job.checked is not None
        assert np.array_equal(burnt_dots(job.checked, job.grid, *report["origin_mm"]), job.dots), seed
    assert valid > 15


def assert_valid_in_every_reader(first: int, jobs: int, least: int) -> None:
    """Of `jobs` random jobs none is wrong, and of every process at least `least` are made."""
    for library_of_readers in ("shapely", "ezdxf", "gcodeparser", "pypdf", "svgelements"):
        pytest.importorskip(library_of_readers)
    from laser_fuzz import PROCESSES, outcome

    made: Counter[str] = Counter()
    for seed in range(first, first + jobs):
        found = outcome(seed)
        assert found.faults == (), (seed, found.process, found.faults[:3])
        made[found.process] += not found.refused
    assert all(made[process.__name__] >= least for process in PROCESSES), made


def test_random_jobs_of_every_process_are_valid_in_every_reader_or_refused() -> None:
    assert_valid_in_every_reader(0, 48, 1)


@pytest.mark.slow
def test_many_random_jobs_of_every_process_are_valid_in_every_reader_or_refused() -> None:
    assert_valid_in_every_reader(100, 2000, 100)


@pytest.mark.parametrize(
    "change",
    [
        {"power_percent": float("nan"), "dither": GREY},
        {"power_percent": float("inf")},
        {"speed_mm_min": 0.0},
        {"speed_mm_min": float("nan")},
        {"width_mm": 0.0},
        {"width_mm": 10_000.0},
        {"height_mm": float("nan")},
        {"interval_mm": float("nan")},
        {"bed_width_mm": 5.0},
        {"bed_height_mm": float("nan")},
        {"passes": 0},
        {"scan_offset_mm": float("nan")},
        {"dither": GREY, "grey_levels": 1},
        {"dither": "halftone", "halftone_mm": 0.0},
        {"dither": "lines", "halftone_angle": float("nan")},
        {"response": ((0.5, 0.5),)},
        {"response": ((0.0, 0.2), (1.0, float("nan")))},
    ],
)
def test_hostile_settings_end_in_words(change: dict[str, object]) -> None:
    picture = np.linspace(0, 255, 2500).reshape(50, 50).astype(np.uint8)
    with pytest.raises(InvalidOption) as refused:
        engrave(picture, EngraveSettings(**{"width_mm": 20.0, **change}))  # pyright: ignore[reportArgumentType]
    assert str(refused.value).endswith((".", "!", "?"))


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (1, 1), (20, 20)])
def test_pictures_without_a_picture_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(InvalidOption):
        engrave(np.zeros(shape, np.uint8), EngraveSettings(width_mm=20))


def test_values_that_are_no_numbers_are_refused() -> None:
    picture = np.full((20, 20), np.nan, np.float32)
    with pytest.raises(InvalidOption):
        engrave(picture, EngraveSettings(width_mm=20))
