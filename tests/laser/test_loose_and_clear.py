"""What falls out is told, and a few clear pixels are no silhouette."""

import numpy as np
import pytest

from bottega.laser.geometry import Drawing, Path
from bottega.laser.quality import Readiness
from bottega.laser.studio import TraceSettings
from bottega.laser.studio_cut import CutSettings, cut
from bottega.laser.studio_picture import PictureSettings, picture_job
from bottega.laser.trace import trace


def square(x: float, y: float, side: float) -> Path:
    return Path(np.array([(x, y), (x + side, y), (x + side, y + side), (x, y + side)]), True)


RING = Drawing((square(10, 10, 40), square(20, 20, 20)), 60, 60)


def ring_picture() -> np.ndarray:
    y, x = np.mgrid[:200, :200]
    far = np.hypot(x - 100, y - 100)
    return np.repeat(np.where((far < 80) & (far > 40), 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def codes(made) -> list[str]:
    return [finding.code for finding in made.assessment.findings]


def test_the_waste_of_a_part_is_a_note_that_leaves_the_job_ready() -> None:
    made = cut(RING, CutSettings(kerf_mm=0.1))
    assert codes(made) == ["loose-island"]
    assert made.assessment.measures["loose_islands"] == 1
    assert made.assessment.state is Readiness.READY
    assert made.assessment.findings[0].x == pytest.approx(30, abs=1)


def test_a_picture_that_loses_its_islands_needs_attention_until_it_has_bridges() -> None:
    settings = PictureSettings(trace=TraceSettings(width_mm=40), cut=CutSettings(kerf_mm=0.1))
    loose = picture_job(ring_picture(), None, "cut", settings)
    assert "loose-island" in codes(loose)
    assert loose.assessment.state is Readiness.ATTENTION
    bridged = PictureSettings(trace=settings.trace, cut=CutSettings(kerf_mm=0.1, bridges_mm=1))
    assert "loose-island" not in codes(picture_job(ring_picture(), None, "cut", bridged))


def test_a_picture_with_a_few_clear_pixels_is_traced_by_its_colours() -> None:
    picture = np.dstack((ring_picture(), np.full((200, 200), 255, np.uint8)))
    picture[:3, :3, 3] = 0
    picture[:3, :3, :3] = 0  # clear pixels are black more often than not
    assert trace(picture, width_mm=20).report.paths == 2


def test_a_shape_of_one_colour_is_traced_by_its_edge_however_little_is_clear() -> None:
    picture = np.full((200, 200, 4), 255, np.uint8)
    picture[80:100, 80:100, 3] = 0
    assert trace(picture, width_mm=20).report.paths == 2


@pytest.mark.parametrize("process", ["cut", "score", "engrave_and_cut"])
def test_every_job_of_lines_has_a_preview_and_a_way(process: str) -> None:
    settings = PictureSettings(trace=TraceSettings(width_mm=30), cut=CutSettings(kerf_mm=0.1))
    made = picture_job(ring_picture(), None, process, settings)  # pyright: ignore[reportArgumentType]
    assert {"preview", "toolpath"} <= set(made.pictures) == set(made.dpi)
    assert made.pictures["preview"].std() > 1
    assert made.toolpath["travels"]
