"""Paper in the narrow gaps under the arms and between the legs is no cloth; white stripes on white paper are."""

import cv2
import numpy as np
import pytest
from drawn_shop import Shot, garment, top

from bottega.fashion.garment.parse import parse_garment


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_paper_between_the_legs_is_cut_out(seed: int) -> None:
    shown = garment("trousers", seed, Shot(tone="black", shadow=0.25, ground=0.97)).drawn
    found = parse_garment(shown.rgb).alpha > 0.5
    kept = (found & ~shown.mask).astype(np.uint8)
    # The soft rim all around is thinner than this.
    gap = cv2.morphologyEx(kept, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    assert gap.sum() < 0.0005 * shown.mask.sum()


def test_white_stripes_that_reach_the_edge_stay() -> None:
    """Stripes as white as the paper, narrower than a gap may be, across a dark top."""
    shown = top(5, "short", Shot(tone="black", shadow=0.1, ground=0.97)).drawn
    rgb = shown.rgb.copy()
    rows = (np.arange(rgb.shape[0]) // 8 % 2 == 0)[:, None] & shown.mask
    rgb[rows] = np.clip(rgb[rows].astype(int) + 205, 0, 240)
    assert (parse_garment(rgb).alpha > 0.5)[rows].mean() > 0.98
