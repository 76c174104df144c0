"""Where faces are: Viola-Jones cascades over several rotations, with checks that turn false alarms away.

Only places and angles; nobody is recognised.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bottega.errors import ResourceError
from bottega.fashion.person.values import Box, Face
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import U8

FRONTAL = ("haarcascade_frontalface_default.xml", "haarcascade_frontalface_alt2.xml")
PROFILE = "haarcascade_profileface.xml"
EYES = "haarcascade_eye_tree_eyeglasses.xml"
CAT = "haarcascade_frontalcatface.xml"

ANGLES = (0.0, -15.0, 15.0, -30.0, 30.0)
SIDE = 560
"""Long side in pixels at which faces are looked for."""
LEAST, LEAST_TURNED = 0.043, 0.08
"""Smallest upright and tilted face looked for, as shares of the long side."""
SURE = 0.5
"""From this confidence a detection counts as a face."""
DOUBTFUL = 0.7
"""Below, one that lies on somebody's chest and has no eyes is cloth."""


def self_test() -> None:
    """Raises ResourceError when OpenCV comes without its classic detectors (versions from 5.0 on do)."""
    for name in (*FRONTAL, PROFILE, EYES, CAT):
        _cascade(name, threading.get_ident())


def find_faces(rgb: U8) -> tuple[Face, ...]:
    """Faces in `rgb` (H x W x 3 uint8), the most prominent first; boxes in its pixels. Raises ResourceError."""
    height, width = rgb.shape[:2]
    if min(height, width) < 24:
        return ()
    scale = min(SIDE / max(height, width), 4.0)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    work: U8 = np.asarray(cv2.resize(rgb, size, interpolation=method), np.uint8)
    grey: U8 = np.asarray(cv2.cvtColor(work, cv2.COLOR_RGB2GRAY), np.uint8)
    found = _accepted(work, grey, _frontal(grey))
    if not found:
        # Against the light or in the dark, faces show only after local equalisation.
        tones: U8 = np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(grey), np.uint8)
        found = _accepted(work, tones, _merged(_seen(tones, 0.0)))
    if not found:
        found = _accepted(work, grey, _profiles(grey), least=0.6)
    found = _without_clothes(found)
    found.sort(key=lambda face: -face.box[2] * face.confidence**2)
    return tuple(_scaled(face, 1 / scale) for face in found)


@lru_cache(maxsize=128)
def _cascade(name: str, thread: int) -> cv2.CascadeClassifier:
    """One classifier for each thread: OpenCV's keep their working memory inside."""
    file = Path(str(cv2.__file__)).parent / "data" / name
    if not hasattr(cv2, "CascadeClassifier") or not file.is_file():
        raise ResourceError(
            "This OpenCV comes without its face detectors.",
            hint="Install opencv-python-headless of version 4: pip install 'opencv-python-headless<5'.",
            file=name,
        )
    cascade = cv2.CascadeClassifier(str(file))
    if cascade.empty():
        raise ResourceError(
            "A face detector of OpenCV cannot be read.",
            hint="Reinstall opencv-python-headless of version 4.",
            file=name,
        )
    return cascade


_Candidate = tuple[float, float, float, float, float]
"""Centre x, centre y, side, angle, votes."""


def _frontal(grey: U8) -> list[_Candidate]:
    upright = _merged(_seen(grey, 0.0))
    if any(votes >= 14 for *_, votes in upright):
        return upright
    # Tilted heads are looked for in portraits, where they are large: half the size is enough.
    half: U8 = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    turned = [
        (2 * x, 2 * y, 2 * side, at, votes)
        for angle in ANGLES[1:]
        for x, y, side, at, votes in _seen(half, angle)
    ]
    return _merged([*upright, *turned])


def _seen(grey: U8, angle: float) -> list[_Candidate]:
    """Detections of both cascades in the picture turned by `angle` degrees, in unturned coordinates."""
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = (
        grey if angle == 0 else cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    )
    back: Any = cv2.invertAffineTransform(turn)
    least = max(22, round((LEAST if angle == 0 else LEAST_TURNED) * max(height, width)))
    found: list[_Candidate] = []
    for name in FRONTAL:
        cascade = _cascade(name, threading.get_ident())
        boxes, counts = cascade.detectMultiScale2(np.asarray(turned), 1.12, 3, minSize=(least, least))
        for (x, y, w, h), count in zip(boxes, counts, strict=True):
            centre = back @ np.array([x + w / 2, y + h / 2, 1.0])
            found.append((float(centre[0]), float(centre[1]), float(w), angle, float(min(count, 20))))
    return found


def _merged(found: Sequence[_Candidate]) -> list[_Candidate]:
    """Detections of the same place joined; votes add up, the angle is that of the strongest votes."""
    groups: list[list[_Candidate]] = []
    for one in sorted(found, key=lambda item: -item[4]):
        for group in groups:
            x, y, side = group[0][:3]
            near = np.hypot(one[0] - x, one[1] - y) < 0.35 * max(side, one[2])
            if near and 0.5 < one[2] / side < 2.0:
                group.append(one)
                break
        else:
            groups.append([one])
    joined: list[_Candidate] = []
    for group in groups:
        values = np.asarray(group)
        weight = values[:, 4] / values[:, 4].sum()
        x, y, side, angle = (float(value) for value in weight @ values[:, :4])
        joined.append((x, y, side, angle, float(values[:, 4].sum())))
    return joined


def _profiles(grey: U8) -> list[_Candidate]:
    cascade = _cascade(PROFILE, threading.get_ident())
    least = max(24, round(LEAST_TURNED * max(grey.shape)))
    found: list[_Candidate] = []
    for mirrored in (False, True):
        seen = np.ascontiguousarray(grey[:, ::-1]) if mirrored else grey
        boxes, counts = cascade.detectMultiScale2(seen, 1.12, 4, minSize=(least, least))
        for (x, y, w, h), count in zip(boxes, counts, strict=True):
            centre = float(x + w / 2)
            centre = grey.shape[1] - centre if mirrored else centre
            # A profile has no angle of its own; 90 tells it from the frontal ones.
            found.append((centre, float(y + h / 2), float(w), 90.0, float(count)))
    return _merged(found)


def _accepted(work: U8, tones: U8, candidates: Sequence[_Candidate], least: float = SURE) -> list[Face]:
    faces: list[Face] = []
    for x, y, side, angle, votes in candidates:
        box = (x - side / 2, y - side / 2, side, side)
        patch = _upright(tones, box, 0.0 if angle == 90 else angle)
        eyes = () if angle == 90 else _eyes(patch)
        confidence = _confidence(work, patch, box, votes, len(eyes))
        if not eyes and angle != 90:
            # Folds of cloth and leaves pass for faces, mostly for tilted ones; they have no eyes.
            confidence *= 0.75 if angle == 0 else 0.6
        if confidence >= least and not _is_cat(patch, votes):
            faces.append(Face(box, angle, confidence, _placed(eyes, box, angle)))
    return faces


def _without_clothes(faces: Sequence[Face]) -> list[Face]:
    """Checks and folds on the chest under a face make doubtful faces of their own, which have no eyes."""
    sure = max(faces, key=lambda face: face.confidence, default=None)
    if sure is None or not sure.eyes:
        return list(faces)
    return [face for face in faces if face.eyes or face.confidence >= DOUBTFUL or not _on_chest(face, sure)]


def _on_chest(face: Face, of: Face) -> bool:
    """Whether `face` lies where the chest and the belly of the person with the face `of` are."""
    x, y, side, _ = of.box
    across = face.box[0] + face.box[2] / 2 - (x + side / 2)
    down = face.box[1] + face.box[3] / 2 - (y + side / 2)
    return abs(across) < 1.2 * side and 1.0 * side < down < 5.0 * side


def _confidence(work: U8, patch: U8, box: Box, votes: float, eyes: int) -> float:
    """From the cascades' votes, eyes where eyes are, contrast, and a colour that skin can have in some light."""
    sure = 1 - float(np.exp(-votes / 14)) + (0.12, 0.25, 0.35)[min(eyes, 2)] - 0.15
    if float(patch.std()) < 8:
        return 0.0
    x, y, w, h = (round(value) for value in box)
    inner = work[max(0, y + h // 4) : y + 3 * h // 4, max(0, x + w // 4) : x + 3 * w // 4]
    if inner.size == 0:
        return 0.0
    lab = np.median(rgb_to_lab(inner.astype(np.float32) / np.float32(255)).reshape(-1, 3), axis=0)
    chroma, hue = float(np.hypot(lab[1], lab[2])), float(np.degrees(np.arctan2(lab[2], lab[1])))
    # Greyscale pictures have no hue; skin in warm or cool light stays between pink and yellow.
    if chroma > 6 and not -25 < hue < 100:
        sure -= 0.45
    return float(np.clip(sure, 0, 1))


def _upright(grey: U8, box: Box, angle: float) -> U8:
    """The face 120 x 120, turned upright."""
    x, y, side = box[0] + box[2] / 2, box[1] + box[3] / 2, box[2]
    turn = cv2.getRotationMatrix2D((x, y), angle, 120 / max(side, 1.0))
    turn[:, 2] += 60 - np.array([x, y])
    patch = cv2.warpAffine(grey, turn, (120, 120), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.uint8)


def _eyes(patch: U8) -> tuple[tuple[float, float], ...]:
    """Centres of at most two eyes in the upper half of an upright face, as shares of its side."""
    upper = np.ascontiguousarray(patch[18:72])
    found: Any = _cascade(EYES, threading.get_ident()).detectMultiScale(
        upper, 1.08, 2, minSize=(18, 18), maxSize=(50, 50)
    )
    centres = sorted(((x + w / 2) / 120, (y + 18 + h / 2) / 120) for x, y, w, h in found)
    left = [eye for eye in centres if eye[0] < 0.5]
    right = [eye for eye in centres if eye[0] >= 0.5]
    return tuple((float(eye[0]), float(eye[1])) for eye in (*left[:1], *right[-1:]))


def _placed(eyes: Sequence[tuple[float, float]], box: Box, angle: float) -> tuple[tuple[float, float], ...]:
    turn = np.radians(angle)
    x, y, side = box[0] + box[2] / 2, box[1] + box[3] / 2, box[2]
    placed: list[tuple[float, float]] = []
    for u, v in eyes:
        dx, dy = (u - 0.5) * side, (v - 0.5) * side
        # `_upright` turned counter-clockwise by the angle: turned back here.
        placed.append(
            (
                float(x + dx * np.cos(turn) - dy * np.sin(turn)),
                float(y + dx * np.sin(turn) + dy * np.cos(turn)),
            )
        )
    return tuple(placed)


def _is_cat(patch: U8, votes: float) -> bool:
    _, counts = _cascade(CAT, threading.get_ident()).detectMultiScale2(patch, 1.05, 3, minSize=(60, 60))
    return float(max(counts, default=0)) > votes


def _scaled(face: Face, scale: float) -> Face:
    x, y, w, h = (value * scale for value in face.box)
    return Face(
        (x, y, w, h), face.angle, face.confidence, tuple((u * scale, v * scale) for u, v in face.eyes)
    )
