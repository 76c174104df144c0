"""A stand-up collar on the neck of the person who wears it: as broad as the new collar at its base and as the neck above,
as high as it is cut, and never over the chin."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.hood import chin_of
from bottega.fashion.tryon.pieces import AtNeck, Placement
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

AROUND = 1.1
"""Half the breadth of the collar at its rim, in those of the neck."""
BELOW = 0.03
"""Shoulder breadths that it reaches down behind the front of the new garment."""
FREE = 0.9
"""Of the way from its base to the chin that it may take."""
UNSEEN_CHIN = 0.2
"""Shoulder breadths to the chin where no face was found."""
DIP = 0.1
"""Of its breadth that the rim, a circle seen from above, is lower in front."""
ROUND = 0.25
"""What is lost of the light where the tube turns away at its sides."""


def worn_stand(
    cover: F32,
    colours: F32,
    placement: Placement,
    body: Body,
    person: PersonParse,
    front: F32,
    worn: float = 0.0,
) -> AtNeck | None:
    """The stand-up collar on a person, None where it would not be seen. `cover`, `colours`: garment and collar together in
    the product picture (H x W in [0, 1]) and their colours continued past its edge (H x W x 3 in [0, 1]), of which what lies
    above the torso's collar points is shown. `front`: H x W of the photograph, hair, face and hands, which stay before it.
    `worn`: 1 where the product picture shows the collar on a mannequin, whose neck it surrounds as loosely as any other
    one; 0 where it was laid flat, and its breadth says nothing.
    """
    torso = placement.patches[0]
    base_source, base = torso.source[:2], body.into(torso.target[:2])
    rim = _rim(cover, base_source)
    if rim is None:
        return None
    left_rim, right_rim, height = rim
    low = float(base[:, 1].mean())
    chin = chin_of(person, body)
    if chin is None:
        chin = float(body.into(body.neck)[1]) - UNSEEN_CHIN * body.breadth
    rise = min(placement.scale * height, FREE * (low - chin))
    if rise < 2:
        return None
    hidden = float(body.into(placement.collar_front)[1]) - low + BELOW * body.breadth
    below = max(hidden, 0.0) / rise
    box = _box(body, base, low + below * rise, low - 1.2 * rise, front.shape)
    y, x = np.mgrid[box].astype(np.float64)
    at = body.into(np.stack((x, y), axis=-1))
    middle, half = base[:, 0].mean(), (base[1, 0] - base[0, 0]) / 2
    loose = worn * placement.scale * float(right_rim[0] - left_rim[0]) / 2
    neck = min(max(AROUND * body.neck_half, loose), half)
    # The height on the tube, 0 at the base and 1 at the rim, is known up to the rim's dip, which needs the place across.
    rough = np.clip((low - at[..., 1]) / rise, -below, 1.2)
    width = half + (neck - half) * np.clip(rough, 0, 1)
    across = (at[..., 0] - middle) / width
    dip = DIP * neck * np.clip(1 - across**2, 0, 1) * np.clip(rough, 0, 1)
    up = (low - at[..., 1]) / (rise - dip)
    share = np.clip(up, 0, 1)
    ends = [
        base_source[index] + share[..., None] * (end - base_source[index])
        for index, end in ((0, left_rim), (1, right_rim))
    ]
    source = (ends[0] + ends[1]) / 2 + across[..., None] * (ends[1] - ends[0]) / 2
    source[..., 1] += np.clip(-up, 0, None) * height
    seen = np.clip((1 - up) * rise + 0.5, 0, 1) * np.clip((1 - np.abs(across)) * width + 0.5, 0, 1)
    seen = seen * (up > -below)
    # As small as it becomes, so that no thread flickers.
    blur = max(0.1, 0.4 / max(placement.scale, 1e-3))
    columns, rows = source[..., 0].astype(np.float32), source[..., 1].astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(colours, (0, 0), blur))
    rgb = np.asarray(
        cv2.remap(soft, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )
    # At its base it turns away no more than the shoulders beside it.
    rgb = rgb * (1 - ROUND * share * np.clip(np.abs(across), 0, 1) ** 3)[..., None]
    whole = np.zeros(front.shape, np.float32)
    whole[box] = seen * (1 - front[box])
    if not (whole > 0.5).any():
        return None
    picture = np.zeros((*front.shape, 3), np.float32)
    picture[box] = rgb
    return AtNeck(picture, whole)


def _rim(cover: F32, base: F64) -> tuple[F64, F64, float] | None:
    """The ends of the rim in the product picture, and the height of the collar above its `base` points; None where there
    is next to none."""
    first, last = round(float(base[0, 0])), round(float(base[1, 0]))
    part = cover[: round(float(base[:, 1].max())), max(0, first - 2) : last + 3] > 0.5
    rows = np.flatnonzero(part.sum(axis=1) > 0.5 * (last - first))
    if not len(rows):
        return None
    height = float(base[:, 1].mean()) - float(rows[0])
    columns = np.flatnonzero(part[rows[0] + int(0.15 * height)]) + max(0, first - 2)
    if height < 4 or len(columns) < 4:
        return None
    return (
        np.array((float(columns[0]) + 1, float(rows[0]) + 1)),
        np.array((float(columns[-1]) - 1, float(rows[0]) + 1)),
        height,
    )


def _box(body: Body, base: F64, low: float, high: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of the photograph that the collar can touch, between two drops."""
    corners = body.out(np.array((base[0, 0], base[1, 0]) * 2), np.array((low, low, high, high)))
    left, top = np.clip(np.floor(corners.min(axis=0)) - 2, 0, None).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 3
    return slice(int(top), min(int(bottom), shape[0])), slice(int(left), min(int(right), shape[1]))
