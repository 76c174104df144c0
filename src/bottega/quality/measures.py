"""Measures a result file, alone or against its source. Runs in a compute process; thresholds are left to `judge`.

Light to import: the arithmetic is in `calculations`, loaded when something is measured.
"""

from pathlib import Path

from bottega.errors import InvalidOption, MissingInput
from bottega.imaging.limits import Limits

ALONE = frozenset({"sharpness", "clipping", "noise", "contrast", "detail"})
"""What can be measured in the result alone."""

COMPARED = frozenset(
    {
        *("sharpness_ratio", "clipping_added", "noise_ratio", "ssim_to_source", "size_ratio"),
        *("change", "likeness", "shape_ratio"),
    }
)
"""What compares the result with its source."""


def measure(result: Path, source: Path | None, names: tuple[str, ...], limits: Limits) -> dict[str, float]:
    """The value of each named measure; see `bottega.imaging.metrics` for the definitions.

    - `sharpness`, `clipping`, `noise` (8-bit levels), `contrast`, `detail`: of the result.
    - `sharpness_ratio`: of the result over that of the source brought to the result's size.
    - `noise_ratio`: of the result over that of the source in its own size; both have the noise of 8-bit
      rounding (0.29 levels) added in square, so that a noiseless source does not make it infinite.
    - `clipping_added`: clipping of the result less that of the source; negative where tones were recovered.
    - `ssim_to_source`: of the lumas, the source brought to the result's size. Needs the same proportions.
    - `size_ratio`: linear, the square root of the ratio of the pixel counts: 2 for a doubled side.
    - `change`, `likeness`: of the two shrunk to 64 x 64, so in any sizes and proportions. `change` is the largest
      difference of a cell in a channel, 0 to 1: near 0 when nothing was changed. `likeness` is the correlation of
      the lumas, -1 to 1: about 0 for different pictures.
    - `shape_ratio`: of the proportions, 1 or more: 1.5 for 3:2 against 1:1.

    A source is brought to size by area averaging or, for enlarging, cubic interpolation. Transparency is seen
    over white. Raises InvalidOption for an unknown name or for pictures that cannot be compared, MissingInput for
    a comparison without source, and whatever `decode` raises for files that are no pictures.
    """
    unknown = sorted(set(names) - ALONE - COMPARED)
    if unknown:
        raise InvalidOption(
            f"There is no measure called {', '.join(unknown)}.",
            hint="Use one of " + ", ".join(sorted(ALONE | COMPARED)) + ".",
        )
    compared = sorted(set(names) & COMPARED)
    if compared and source is None:
        raise MissingInput(
            f"There is no source picture to compare the result with for {', '.join(compared)}.",
            hint="Leave the comparison out of the rubric, or give the job a picture.",
        )
    from bottega.quality.calculations import calculate

    return calculate(result, source if compared else None, names, limits)
