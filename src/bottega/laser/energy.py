"""Where a job leaves how much energy, in J/mm^2, and where that is so much more than elsewhere that it may catch fire."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.picture import F32
from bottega.laser.gcode import RasterSettings, placement
from bottega.laser.size import Grid

MAX_CELLS = 1_000_000
HOT = 3.0
"""Times the 95th percentile of the burnt cells: a place that gets so much more than solid black was burnt twice or dwelt on."""


@dataclass(frozen=True, slots=True)
class EnergyMap:
    """`joules_per_mm2`: rows x columns of square cells of `cell_mm`, row 0 at the top. `hot`: cells to look at."""

    joules_per_mm2: F32
    hot: NDArray[np.bool_]
    cell_mm: float
    left_mm: float
    top_mm: float

    def figures(self) -> dict[str, Any]:
        """Plain values for the report: joules in all, the most and the typical energy of burnt cells, hot cells."""
        burnt = self.joules_per_mm2[self.joules_per_mm2 > 0]
        return {
            "joules": round(float(self.joules_per_mm2.sum(dtype=np.float64)) * self.cell_mm**2, 3),
            "most_j_mm2": round(float(burnt.max()), 5) if burnt.size else 0.0,
            "median_j_mm2": round(float(np.median(burnt)), 5) if burnt.size else 0.0,
            "hot_cells": int(self.hot.sum()),
            "cell_mm": round(self.cell_mm, 4),
        }

    def hot_spots(self, most: int = 10) -> list[tuple[float, float, float]]:
        """The hottest places: x, y on the bed in mm (y up) and J/mm^2, the worst first."""
        rows, columns = np.nonzero(self.hot)
        energy = self.joules_per_mm2[rows, columns]
        worst = np.argsort(-energy, kind="stable")[:most]
        return [
            (
                self.left_mm + (float(columns[i]) + 0.5) * self.cell_mm,
                self.top_mm - (float(rows[i]) + 0.5) * self.cell_mm,
                float(energy[i]),
            )
            for i in worst
        ]

    def warnings(self) -> list[str]:
        spots = self.hot_spots(1)
        if not spots:
            return []
        x, y, energy = spots[0]
        return [
            f"At X{x:.1f} Y{y:.1f} the beam leaves {energy:.3g} J/mm^2, far more than elsewhere: it may char or catch fire."
        ]


def energy_map(
    burns: NDArray[np.float64], settings: RasterSettings, watts: float, grid: Grid, beam_mm: float
) -> EnergyMap:
    """Of a raster job. `burns` as in `GcodeReport`; `watts` optical, at full power; passes are in `burns` already.

    Under M4 the power follows the speed, so that a millimetre gets power / programmed speed whatever the head does.
    """
    left, bottom = placement(grid, settings)
    return burn_energy(
        burns,
        np.full(len(burns), watts / settings.max_power_s / (settings.speed_mm_min / 60)),
        (left, bottom, grid.width_mm, grid.height_mm),
        max(grid.pitch_y_mm, (grid.width_mm * grid.height_mm / MAX_CELLS) ** 0.5),
        beam_mm,
    )


def burn_energy(
    burns: NDArray[np.float64],
    joules_per_s_mm: NDArray[np.float64],
    area: tuple[float, float, float, float],
    cell_mm: float,
    beam_mm: float,
) -> EnergyMap:
    """Of any job: N x 5 burns (x0, y0, x1, y1, S), J per mm and unit of S for each, area (left, bottom, width, height) in mm.

    For M3, where power stays while the head slows down, give power x real seconds / length / S for each burn. The
    energy is laid along the centre lines and spread over the beam's width; it is nowhere lost but off the area.
    """
    left, bottom, width, height = area
    # Whole cells, so that lines one cell apart each lie in the middle of one.
    margin = float(np.ceil(beam_mm / cell_mm)) * cell_mm
    columns = max(1, int(np.ceil((width + 2 * margin) / cell_mm)))
    rows = max(1, int(np.ceil((height + 2 * margin) / cell_mm)))
    x0, y0, x1, y1, power = burns.T
    way = np.hypot(x1 - x0, y1 - y0)
    pieces = np.maximum(1, np.ceil(way / (cell_mm / 2))).astype(np.int64)
    which = np.repeat(np.arange(len(burns)), pieces)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    at = (nth + 0.5) / pieces[which]
    column = np.floor((x0[which] + at * (x1 - x0)[which] - left + margin) / cell_mm).astype(np.int64)
    row = np.floor((bottom + height + margin - y0[which] - at * (y1 - y0)[which]) / cell_mm).astype(np.int64)
    joules = (way * power * joules_per_s_mm / pieces)[which]
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    total = np.bincount((row * columns + column)[inside], joules[inside], rows * columns)
    laid = (total.reshape(rows, columns) / cell_mm**2).astype(np.float32)
    spread = beam_mm / 4 / cell_mm
    if spread > 0.2:
        laid = np.asarray(cv2.GaussianBlur(laid, (0, 0), spread, borderType=cv2.BORDER_CONSTANT), np.float32)
    laid[laid < 1e-9] = 0
    hot = np.zeros(laid.shape, np.bool_)
    burnt = laid[laid > 0]
    if burnt.size:
        hot = laid > HOT * np.percentile(burnt, 95)
    return EnergyMap(laid, hot, cell_mm, left - margin, bottom + height + margin)
