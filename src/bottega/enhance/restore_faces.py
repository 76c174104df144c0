"""Faces restored by a network that the user has: found, cut out at the network's size, put back softly, colours kept.

Nothing is shipped for this: such networks paint faces from memory, and whose face comes out is for the user to judge.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.enhance.samples import Scalar, stored_like, to_float
from bottega.enhance.style_faces import Box, face_mask, find_faces
from bottega.enhance.style_flow import plain
from bottega.enhance.superres.user_network import open_network
from bottega.errors import Cancelled, ComputeError, InvalidOption
from bottega.imaging.picture import F32

SIDE = 512
"""Pixels of the crops that face networks are trained on, for those that take any size."""
AROUND = 1.9
"""Side of the crop, in widths of the face that was found: with hair and chin, as in their training pictures."""
FARTHEST = 0.12
"""Of [0, 1]: mean difference of the blurred result from the blurred crop beyond which it shows something else."""
HINT = "Name a network of your own for faces: an .onnx, .pth or .safetensors file (`--weights`)."


@dataclass(frozen=True, slots=True)
class FacesDone:
    """`pixels`: of the shape and type given. `restored`: boxes; `left`: boxes of faces left as they were, and why."""

    pixels: NDArray[Any]
    restored: tuple[Box, ...]
    left: tuple[tuple[Box, str], ...]


def restore_faces(
    rgb: NDArray[Scalar],
    weights: Path | None,
    strength: float = 1.0,
    *,
    cancelled: threading.Event | None = None,
) -> FacesDone:
    """The faces of `rgb` (H x W x 3) by the network in `weights`; `strength` 0 to 1 between the original and its result.

    A face whose result does not show what the crop shows is left as it was. Raises InvalidOption without weights, for what is
    no network of three colours and a strength outside 0 to 1, NotFound, ResourceError when a library is missing.
    """
    if weights is None:
        raise InvalidOption("Faces are restored with a network of your own, and none was named.", hint=HINT)
    if not 0 <= strength <= 1:
        raise InvalidOption(f"The strength of a restoration goes from 0 to 1, {strength:g} was given.")
    network = open_network(weights)
    if network.channels != 3:
        raise InvalidOption(f"{weights.name} does not take three colours.", hint=HINT)
    pixels = to_float(rgb)
    restored: list[Box] = []
    left: list[tuple[Box, str]] = []
    for face in find_faces(pixels):
        if cancelled is not None and cancelled.is_set():
            raise Cancelled("The faces were not finished.")
        place = _crop(face, *pixels.shape[:2])
        crop = _cut(pixels, place, _side(network))
        made, why = _through(network, crop)
        if made is None:
            left.append((face, why))
            continue
        _paste(pixels, made - crop, place, face, strength)
        restored.append(face)
    result = stored_like(pixels, rgb) if restored else rgb.copy()
    return FacesDone(result, tuple(restored), tuple(left))


def _side(network: Any) -> int:
    if network.fixed is not None:
        return int(min(network.fixed))
    return -(-max(SIDE, network.least) // network.multiple) * network.multiple


def _crop(face: Box, height: int, width: int) -> tuple[float, float, float]:
    """Left, top and side in pixels of the square around a face; it may reach out of the picture."""
    left, top, wide, high = face
    side = AROUND * max(wide * width, high * height)
    return (left + wide / 2) * width - side / 2, (top + 0.52 * high) * height - side / 2, side


def _cut(pixels: F32, place: tuple[float, float, float], side: int) -> F32:
    left, top, wide = place
    step = wide / side
    matrix = np.array([[step, 0, left + 0.5 * step - 0.5], [0, step, top + 0.5 * step - 0.5]])
    source = pixels
    if step > 1:  # so that nothing between the pixels taken is skipped
        source = plain(cv2.GaussianBlur(pixels, (0, 0), 0.5 * step))
    method = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(source, matrix, (side, side), flags=method, borderMode=cv2.BORDER_REFLECT_101)
    return np.clip(plain(cut), 0, 1).astype(np.float32)


def _through(network: Any, crop: F32) -> tuple[F32 | None, str]:
    """The network's crop at the same size with the colours of the one given; or None, and why it is not taken.

    Some networks take and give [0, 1], others [-1, 1], and files do not say which: the range is taken in which the result
    looks like the crop."""
    planes = np.ascontiguousarray(crop.transpose(2, 0, 1))
    found: list[tuple[float, F32]] = []
    for low in (0.0, -1.0):
        span = np.float32(1 - low)
        try:
            made = (network.run(planes * span + np.float32(low), half=False) - np.float32(low)) / span
        except ComputeError as error:
            return None, error.message
        if not np.isfinite(made).all():
            continue
        picture = np.clip(made.transpose(1, 2, 0), 0, 1)
        if picture.shape != crop.shape:
            size = crop.shape[1], crop.shape[0]
            picture = plain(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        shift = _coarse(crop) - _coarse(picture)
        found.append((float(np.abs(shift).mean()), np.clip(picture + shift, 0, 1).astype(np.float32)))
    if not found:
        return None, "the network gave no numbers"
    apart, picture = min(found, key=lambda each: each[0])
    if apart > FARTHEST:
        return None, f"what the network made differs by {apart:.0%} of the range from the face"
    return picture, ""


def _coarse(picture: F32) -> F32:
    return plain(cv2.GaussianBlur(picture, (0, 0), picture.shape[0] / 16))


def _paste(pixels: F32, change: F32, place: tuple[float, float, float], face: Box, strength: float) -> None:
    """Adds what the network changed, softly towards the border of the face's oval."""
    height, width = pixels.shape[:2]
    left, top, wide = place
    x0, y0 = max(0, int(left)), max(0, int(top))
    x1, y1 = min(width, int(left + wide) + 1), min(height, int(top + wide) + 1)
    step = change.shape[0] / wide
    matrix = np.array([[step, 0, (x0 - left + 0.5) * step - 0.5], [0, step, (y0 - top + 0.5) * step - 0.5]])
    source = change if step <= 1 else plain(cv2.GaussianBlur(change, (0, 0), 0.5 * step))
    method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    back = plain(
        cv2.warpAffine(source, matrix, (x1 - x0, y1 - y0), flags=method, borderMode=cv2.BORDER_REPLICATE)
    )
    inside: Box = (
        (face[0] * width - x0) / (x1 - x0),
        (face[1] * height - y0) / (y1 - y0),
        face[2] * width / (x1 - x0),
        face[3] * height / (y1 - y0),
    )
    share = np.float32(strength) * face_mask([inside], y1 - y0, x1 - x0)
    pixels[y0:y1, x0:x1] = np.clip(pixels[y0:y1, x0:x1] + back * share[..., None], 0, 1)
