"""Between decoded pictures and arrays: the right matrix and range both ways, and HDR brought down to SDR.

Matrices and ranges by ITU-T H.273; where a file says nothing, by the height of its pictures, as players do.
"""

from typing import Any, cast

import numpy as np

from bottega.enhance.video.model import UNSPECIFIED, ColourTags, Pixels, PixelType
from bottega.errors import ComputeError

_HD_LINES = 720
_FULL, _LIMITED = 2, 1
REFERENCE_WHITE = 203.0
"""cd/m2 of diffuse white in HDR (ITU-R BT.2408)."""


def matrix_of(tags: ColourTags, height: int) -> int:
    """The H.273 matrix to convert with: the stated one, else BT.709 from 720 lines on and BT.601 below."""
    if tags.matrix in _WEIGHTS:
        return tags.matrix
    return 1 if height >= _HD_LINES else 6


def tags_to_write(tags: ColourTags, height_in: int, height_out: int) -> ColourTags:
    """The source's tags; the matrix is spelt out for what was R'G'B', and where the new height would make players
    assume another one."""
    untold = tags.matrix == UNSPECIFIED and matrix_of(tags, height_in) == matrix_of(tags, height_out)
    if tags.matrix in _WEIGHTS or untold:
        return tags
    return ColourTags(tags.primaries, tags.transfer, matrix_of(tags, height_in), tags.full_range)


def to_pixels(frame: Any, tags: ColourTags, kind: PixelType) -> Pixels:
    """H x W x 3 R'G'B' of a decoded picture, in its own primaries and transfer; range expanded to full.

    Only the chroma planes are enlarged by libswscale: its own conversions between ranges are half a step off
    (measured: 0.5 of 255 in the chroma of full range, 0.45 in 16-bit R'G'B').
    """
    if frame.format.is_rgb or len(frame.format.components) < 3:
        return _from_integers(_rgb_by_swscale(frame, deep=kind != "uint8"), kind)
    bits = frame.format.components[0].bits
    name = "yuv444p" if bits == 8 else f"yuv444p{bits}le"
    full = bool(tags.full_range)
    planes = np.stack([_plane(plane, bits) for plane in _resampled(frame, name, full).planes], axis=2)
    inverse = cast(Any, np.linalg.inv(_forward(matrix_of(tags, frame.height), full, bits)))
    rgb = _affine(planes.astype(np.float32), inverse[:3])
    np.clip(rgb, 0, 1, out=rgb)
    return rgb if kind == "float32" else _quantised(rgb, 8 if kind == "uint8" else 16)


def to_frame(pixels: Pixels, tags: ColourTags, pixel_format: str, matrix: int) -> Any:
    """The picture to encode, in `pixel_format`. Raises ComputeError for pixels that are no picture."""
    import av

    array = check_pixels(pixels)
    bits = _depth(pixel_format)
    out: Any
    if pixel_format.startswith(("bgr", "rgb", "gbr")):
        name = "rgb48le" if bits > 8 else "rgb24"
        out = av.VideoFrame.from_ndarray(_quantised(_as_float(array), 16 if bits > 8 else 8), format=name)
        out = out.reformat(format=pixel_format)
    else:
        full = bool(tags.full_range)
        yuv = _affine(_as_float(array), _forward(matrix, full, bits)[:3])
        whole = np.rint(np.clip(yuv, 0, 2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)
        out = av.VideoFrame(array.shape[1], array.shape[0], "yuv444p" if bits == 8 else f"yuv444p{bits}le")
        for number, plane in enumerate(out.planes):
            _fill(plane, whole[..., number])
        out.colorspace, out.color_range = matrix, _FULL if full else _LIMITED
        out = _resampled(out, pixel_format, full)
    out.color_primaries, out.color_trc = tags.primaries, tags.transfer
    return out


_WEIGHTS = {
    1: (0.2126, 0.0722), 4: (0.30, 0.11), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087),
    9: (0.2627, 0.0593), 10: (0.2627, 0.0593),
}  # fmt: skip
"""Kr and Kb of ITU-T H.273, table 4."""


def _forward(matrix: int, full: bool, bits: int) -> Any:
    """4 x 4: R'G'B' in [0, 1] (and 1) to code values Y'CbCr of `bits` (H.273, equations 32 to 43)."""
    kr, kb = _WEIGHTS[matrix]
    luma = np.array([kr, 1 - kr - kb, kb])
    blue = (np.array([0, 0, 1]) - luma) / (2 * (1 - kb))
    red = (np.array([1, 0, 0]) - luma) / (2 * (1 - kr))
    step = 2.0 ** (bits - 8)
    y, c, low = (2.0**bits - 1, 2.0**bits - 1, 0.0) if full else (219 * step, 224 * step, 16 * step)
    result = np.eye(4)
    for row, (vector, scale, offset) in enumerate(
        ((luma, y, low), (blue, c, 128 * step), (red, c, 128 * step))
    ):
        result[row, :3], result[row, 3] = vector * scale, offset
    return result


def _affine(pixels: Pixels, matrix: Any) -> Pixels:
    """H x W x 3 float32 through a 3 x 4 matrix."""
    import cv2

    return np.asarray(cv2.transform(pixels, matrix.astype(np.float64)), dtype=np.float32)


def _resampled(frame: Any, pixel_format: str, full: bool) -> Any:
    """Other chroma planes, nothing else."""
    if frame.format.name == pixel_format:
        return frame
    number = _FULL if full else _LIMITED
    return frame.reformat(
        format=pixel_format,
        src_colorspace=1,
        dst_colorspace=1,
        src_color_range=number,
        dst_color_range=number,
        interpolation=_careful(),
        threads=1,
    )


def _rgb_by_swscale(frame: Any, *, deep: bool) -> Pixels:
    converted = frame.reformat(format="rgb48le" if deep else "rgb24", interpolation=_careful(), threads=1)
    return cast(Pixels, np.ascontiguousarray(converted.to_ndarray()))


def _from_integers(array: Pixels, kind: PixelType) -> Pixels:
    return _as_float(array) if kind == "float32" else array


def _plane(plane: Any, bits: int) -> Pixels:
    rows = np.frombuffer(plane, np.uint8 if bits == 8 else "<u2").reshape(plane.height, -1)
    return rows[:, : plane.width]


def _fill(plane: Any, values: Pixels) -> None:
    rows = np.zeros((plane.height, plane.line_size // values.itemsize), values.dtype)
    rows[:, : values.shape[1]] = values
    plane.update(rows.tobytes())


def _quantised(pixels: Pixels, bits: int) -> Pixels:
    return np.rint(np.clip(pixels, 0, 1) * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)


def check_pixels(pixels: Any) -> Pixels:
    """Raises ComputeError unless it is H x W x 3, uint8, uint16 or finite float."""
    if not isinstance(pixels, np.ndarray):
        raise ComputeError("The work on a frame gave no picture.", got=type(pixels).__name__)
    array = cast(Pixels, pixels)
    if array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ComputeError("The work on a frame gave no picture.", shape=str(array.shape))
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise ComputeError("The work on a frame gave values that are no numbers.")
    elif array.dtype.name not in ("uint8", "uint16"):
        raise ComputeError("The work on a frame gave pixels of another kind.", dtype=str(array.dtype))
    return array


def _depth(pixel_format: str) -> int:
    import av

    return max(component.bits for component in av.VideoFormat(pixel_format).components)


def _careful() -> Any:
    from av.video.reformatter import Interpolation as I

    return I.BICUBIC | I.ACCURATE_RND | I.FULL_CHR_H_INT | I.FULL_CHR_H_INP | I.BITEXACT


# --- HDR to SDR ------------------------------------------------------------------------------------------------------

_BT2020_TO_709 = np.array(
    # ITU-R BT.2087-0, linear light.
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    dtype=np.float32,
)


def tone_map(pixels: Pixels, tags: ColourTags, peak: float) -> Pixels:
    """Float32 BT.709 R'G'B' of a PQ or HLG picture. `peak`: brightest value to keep apart, cd/m2.

    Brightness by the extended Reinhard curve on the largest channel (Reinhard et al., SIGGRAPH 2002, eq. 4), which
    keeps hues; diffuse white of 203 cd/m2 lands at 0.8 of the range's light. Display gamma 2.4 (ITU-R BT.1886).
    """
    coded = _as_float(pixels)
    light = _pq_light(coded) if tags.hdr == "PQ" else _hlg_light(coded)
    light /= REFERENCE_WHITE
    if tags.primaries == 9:
        light = np.maximum(light @ _BT2020_TO_709.T, 0)
    white = max(peak / REFERENCE_WHITE, 1.0)
    strongest = light.max(axis=2, keepdims=True)
    # At strength 1 (diffuse white) the curve gives (1 + 1/white^2) / 2; the factor 4 puts it at 0.8.
    curve = 4 * strongest * (1 + 4 * strongest / (4 * white) ** 2) / (1 + 4 * strongest)
    mapped = light * np.where(strongest > 0, curve / np.maximum(strongest, 1e-6), 0)
    return np.power(np.clip(mapped, 0, 1), np.float32(1 / 2.4)).astype(np.float32)


SDR = ColourTags(1, 1, 1, False)


def _as_float(pixels: Pixels) -> Pixels:
    if pixels.dtype.kind == "f":
        return np.clip(pixels.astype(np.float32), 0, 1)
    return pixels.astype(np.float32) / np.float32(255 if pixels.dtype == np.uint8 else 65535)


def _pq_light(coded: Pixels) -> Pixels:
    """SMPTE ST 2084: code value to cd/m2."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = np.power(coded, np.float32(1 / m2))
    return 10000 * np.power(np.maximum(power - c1, 0) / (c2 - c3 * power), np.float32(1 / m1))


def _hlg_light(coded: Pixels) -> Pixels:
    """ITU-R BT.2100: inverse OETF and OOTF of a 1000 cd/m2 display (system gamma 1.2)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(coded <= 0.5, coded**2 / 3, (np.exp((coded - c) / a) + b) / 12)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593], dtype=np.float32)
    return 1000 * np.power(np.maximum(luminance, 1e-6), 0.2)[..., None] * scene
