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

CLIP_ALONE = frozenset(
    {
        *("clip_decoded", "clip_seconds", "clip_frame_rate", "clip_lines", "clip_aspect"),
        *("clip_flat_share", "clip_motion", "clip_frozen_share", "clip_sound_tracks", "clip_sound_level"),
    }
)
"""What can be measured in a clip alone."""

CLIP_COMPARED = frozenset({"clip_first_frame"})
"""What compares a clip with the still it begins with."""


ALL = ALONE | COMPARED | CLIP_ALONE | CLIP_COMPARED


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
      the lumas, -1 to 1: about 0 for different pictures, and 0 where one of them is flat.
    - `shape_ratio`: of the proportions, 1 or more: 1.5 for 3:2 against 1:1.

    Of a clip:

    - `clip_decoded`: share of its pictures that can be decoded, 0 to 1.
    - `clip_seconds`, `clip_frame_rate` (pictures a second), `clip_aspect` (width over height, as shown).
    - `clip_lines`: its resolution, 720 for 720p: the shorter side, or that of a 16:9 picture of as many pixels.
    - `clip_flat_share`: share of the samples (24 at even distances) that show nothing, such as black ones.
    - `clip_motion`: what changes over the whole clip: range of the luma over time, 0 to 1, percentile 99.8
      over the picture. Codecs make at most 0.018 of a still of 720p.
    - `clip_frozen_share`: share of the time, 0 to 1, of the longest stretch in which nothing changes.
    - `clip_sound_tracks`: 1 with a sound track, else 0. `clip_sound_level`: RMS of the sound, full scale 1.
    - `clip_first_frame`: SSIM of the first frame and the still at 256 pixels, the still stretched, cut, or between
      bars: whichever fits best.

    A source is brought to size by area averaging or, for enlarging, cubic interpolation. Transparency is seen
    over white. Raises InvalidOption for an unknown name or for pictures that cannot be compared, MissingInput for
    a comparison without source, and whatever `decode` raises for files that are no pictures.
    """
    unknown = sorted(set(names) - ALL)
    if unknown:
        raise InvalidOption(
            f"There is no measure called {', '.join(unknown)}.",
            hint="Use one of " + ", ".join(sorted(ALL)) + ".",
        )
    compared = sorted(set(names) & (COMPARED | CLIP_COMPARED))
    if compared and source is None:
        raise MissingInput(
            f"There is no source picture to compare the result with for {', '.join(compared)}.",
            hint="Leave the comparison out of the rubric, or give the job a picture.",
        )
    source = source if compared else None
    of_clips = tuple(name for name in names if name in CLIP_ALONE | CLIP_COMPARED)
    of_pictures = tuple(name for name in names if name not in of_clips)
    values: dict[str, float] = {}
    if of_pictures:
        from bottega.quality.calculations import calculate

        values |= calculate(result, source, of_pictures, limits)
    if of_clips:
        from bottega.quality.clip_measures import calculate_clip

        values |= calculate_clip(result, source, of_clips, limits)
    return values
