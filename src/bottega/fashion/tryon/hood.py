"""The hood of a garment, worn down: it lies on the shoulders behind neck, head and hair, and only its flanks are seen."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.pieces import AtNeck, Placement
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

RISE, LEAST_RISE, MOST_RISE = 0.75, 0.16, 0.32
"""A hood that lies down rises to three quarters of the way from the collar to the chin; in shoulder breadths, no less and
no more than."""
BEHIND = 0.45
"""Of its height that a hood reaches down behind the collar."""
NECK = 1.25
"""Half the breadth of the neck that stays before it, in those at its base."""
SHADE = 0.82
"""What of the light gets behind the neck."""


def worn_hood(
    hood: F32,
    colours: F32,
    placement: Placement,
    body: Body,
    person: PersonParse,
    front: F32,
) -> AtNeck | None:
    """The hood behind a person; None where it does not show. `hood`, `colours`: its cover in the product picture (H x W in
    [0, 1]) and its colours continued past its edge (H x W x 3 in [0, 1]).
    `front`: hair, face and hands, which stay before it, H x W of the photograph.
    """
    torso = placement.patches[0]
    source_ends, ends = torso.source[:2], torso.target[:2]
    rows = np.flatnonzero((hood > 0.5).any(axis=1))
    if not len(rows):
        return None
    middle_source = source_ends.mean(axis=0)
    top = np.array((middle_source[0], float(rows[0])))
    if middle_source[1] - top[1] < 8:
        return None
    middle = ends.mean(axis=0)
    rise = _rise(person, body, middle)
    # From the photograph to the product picture.
    back = cv2.getAffineTransform(
        np.array([ends[0], ends[1], middle - rise * body.down], np.float32),
        np.array([source_ends[0], source_ends[1], top], np.float32),
    )
    shape = person.silhouette.shape
    size = int(shape[1]), int(shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    # As small as it becomes, so that no thread flickers.
    blur = max(0.1, 0.4 * float(np.sqrt(abs(np.linalg.det(back[:, :2])))))
    # On down to the new collar, behind which it begins.
    lower = np.zeros((2 * max(1, round(BEHIND * (middle_source[1] - top[1]))) + 1, 1), np.uint8)
    lower[: len(lower) // 2 + 1] = 1
    whole = np.asarray(cv2.dilate(hood, lower))
    cover = np.asarray(cv2.warpAffine(cv2.GaussianBlur(whole, (0, 0), blur), back, size, flags=flags))
    soft = np.asarray(cv2.GaussianBlur(colours, (0, 0), blur))
    rgb = np.asarray(cv2.warpAffine(soft, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
    seen = cover * (1 - front) * _beside_neck(body, shape)
    if not (seen > 0.5).any():
        return None
    return AtNeck((SHADE * rgb).astype(np.float32), seen.astype(np.float32))


def _rise(person: PersonParse, body: Body, collar: F64) -> float:
    """How high the hood stands above the collar, pixels."""
    chin = chin_of(person, body)
    least, most = LEAST_RISE * body.breadth, MOST_RISE * body.breadth
    if chin is None:
        return (least + most) / 2
    return float(np.clip(RISE * (body.into(collar)[1] - chin), least, most))


def chin_of(person: PersonParse, body: Body) -> float | None:
    """Drop of the chin's lower edge, None where no face was found."""
    face = person.regions.get("face")
    if face is None or not (face > 0.5).any():
        return None
    y, x = np.nonzero(face > 0.5)
    return float(np.percentile(body.into(np.column_stack((x, y)).astype(float))[:, 1], 98))


def _beside_neck(body: Body, shape: tuple[int, ...]) -> F32:
    """H x W in [0, 1]: 0 before the neck, 1 beside it."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    away = np.abs((x - body.neck[0]) * body.across[0] + (y - body.neck[1]) * body.across[1])
    return np.clip(away - np.float32(NECK * body.neck_half) + 0.5, 0, 1).astype(np.float32)
