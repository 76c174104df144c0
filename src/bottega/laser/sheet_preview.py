"""What a sheet of lines looks like when it is burnt: cut lines open, scored ones drawn, areas and pictures engraved.

The colours and the texture are those of the material, as in `preview`, which burns pictures dot by dot.
"""

from typing import Any

import cv2
import numpy as np

from bottega.imaging.picture import F32, U8
from bottega.laser.geometry import Drawing, Operation, Path
from bottega.laser.materials import Material
from bottega.laser.preview import burnt_picture
from bottega.laser.size import MM_PER_INCH

SIDE = 1600
_SHIFT = 4
BED: tuple[int, int, int] = (24, 22, 22)
"""RGB: what is seen through a cut."""


def sheet_preview(
    drawing: Drawing, material: Material, *, cut_mm: float = 0.2, score_mm: float = 0.15
) -> tuple[U8, float]:
    """The burnt sheet, RGB uint8, the longer side `SIDE` pixels, and its dpi.

    `cut_mm`: the width of a cut (the kerf), `score_mm` of a scored line. Nothing narrower than a pixel is drawn.
    """
    scale = SIDE / max(drawing.width_mm, drawing.height_mm)
    height, width = (max(1, round(side * scale)) for side in (drawing.height_mm, drawing.width_mm))
    burnt = np.zeros((height, width), np.uint8)
    for raster in drawing.rasters:
        _place(burnt, 255 - raster.grey, (raster.x, raster.y, raster.width_mm, raster.height_mm), scale)
    filled: dict[tuple[Operation, str], list[Any]] = {}
    for path in drawing.paths:
        if path.operation.filled:
            filled.setdefault(path.fill_group, []).append(_pixels(path, scale))
    for together in filled.values():  # what two of them fill burns twice, and stays burnt
        cv2.fillPoly(burnt, together, (255.0,), cv2.LINE_AA, _SHIFT)
    _lines(burnt, drawing, Operation.SCORE, max(1, round(score_mm * scale)), scale)
    shown = burnt_picture(
        np.asarray(burnt, np.float32) / np.float32(255), max(1.0, score_mm * scale), material
    )
    open_ = np.zeros((height, width), np.uint8)
    _lines(open_, drawing, Operation.CUT, max(1, round(cut_mm * scale)), scale)
    return _through(shown, np.asarray(open_, np.float32) / np.float32(255)), scale * MM_PER_INCH


def _through(shown: U8, share: F32) -> U8:
    seen = shown.astype(np.float32)
    seen += share[..., None] * (np.array(BED, np.float32) - seen)
    return np.rint(seen).astype(np.uint8)


def _lines(canvas: U8, drawing: Drawing, operation: Operation, thick: int, scale: float) -> None:
    for closed in (False, True):
        lines = [
            _pixels(path, scale)
            for path in drawing.paths
            if path.operation is operation and path.closed is closed
        ]
        if lines:
            cv2.polylines(canvas, lines, closed, (255.0,), thick, cv2.LINE_AA, _SHIFT)


def _pixels(path: Path, scale: float) -> Any:
    return np.rint(path.points * scale * 2**_SHIFT).astype(np.int32)[:, None, :]


def _place(canvas: U8, burnt: U8, place: tuple[float, float, float, float], scale: float) -> None:
    x, y, width, height = (round(value * scale) for value in place)
    small = cv2.resize(burnt, (max(1, width), max(1, height)), interpolation=cv2.INTER_AREA)
    target = canvas[max(y, 0) :, max(x, 0) :][: small.shape[0], : small.shape[1]]
    np.maximum(target, small[: target.shape[0], : target.shape[1]], out=target)
