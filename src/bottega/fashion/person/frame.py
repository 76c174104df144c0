"""The frame of the body in head heights: anthropometry as the start, silhouette and skin as the evidence.

Proportions of adults from the classical canon of seven and a half heads; whatever the picture shows moves them.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.legs import Legs
from bottega.fashion.person.scene import Scene, grid
from bottega.fashion.person.values import BodyFrame
from bottega.imaging.parts import parts_of

Bool = NDArray[np.bool_]
Joint = tuple[float, float, float]
Arms = Literal["beside", "raised", "crossing", "hidden", "unknown"]

SHOULDER = (0.92, 0.45)
CHEST, WAIST, HIP = (0.68, 1.0), (0.6, 1.7), (0.72, 2.4)
ELBOW = (1.06, 1.8)
"""Half widths and heights below the chin, in head heights, of a standing adult with arms beside the body."""
KNEE, ANKLE = 0.42, 0.4
"""Half the distance between them."""


@dataclass(frozen=True, slots=True)
class _Side:
    sign: int
    shoulder: Joint
    elbow: Joint
    wrist: Joint | None
    raised: bool


def find_frame(scene: Scene, skin: Bool, legs: Legs) -> BodyFrame:
    """The frame in pixels of the analysis. `skin` is the mask of bare skin below the chin; `legs` is what is known of them."""
    sides = {name: _side(scene, skin, sign) for name, sign in (("left", -1), ("right", 1))}
    shoulder = (
        float(np.mean([abs(side.shoulder[0] - scene.head.chin[0]) for side in sides.values()]))
        / scene.head.unit
    )
    joints: dict[str, Joint] = {"neck": _at(scene, 0, 0.25, 0.8)}
    for name, side in sides.items():
        joints[f"shoulder_{name}"], joints[f"elbow_{name}"] = side.shoulder, side.elbow
        if side.wrist is not None:
            joints[f"wrist_{name}"] = side.wrist
        for part, (half, down) in (("chest", CHEST), ("waist", WAIST), ("hip", HIP)):
            joints[f"{part}_{name}"] = _trunk(
                scene, side.sign, half * shoulder / SHOULDER[0], down * legs.length, part == "hip"
            )
        joints[f"knee_{name}"] = _leg(scene, side.sign * KNEE, legs.knee(name))
        joints[f"ankle_{name}"] = _leg(scene, side.sign * ANKLE, legs.ankle(name))
    joints["crotch"] = _at(scene, 0, legs.crotch, 0.5)
    arms = _arms(scene, skin, sides)
    seated = _seated(scene, legs)
    height, width = scene.silhouette.shape
    inside = {n: j for n, j in joints.items() if -1 <= j[0] <= width and -1 <= j[1] <= height}
    if seated:
        inside = {n: j for n, j in inside.items() if not n.startswith(("knee", "ankle"))}
    confidence = float(
        np.mean(
            [j[2] for n, j in inside.items() if n.startswith(("shoulder", "waist", "hip", "chest"))] or [0.2]
        )
    )
    return BodyFrame(
        inside, scene.head.unit, _facing(scene, sides), arms, seated, confidence * min(1.0, scene.sure + 0.1)
    )


def _at(scene: Scene, x: float, y: float, confidence: float) -> Joint:
    return scene.head.chin[0] + x * scene.head.unit, scene.head.chin[1] + y * scene.head.unit, confidence


def _side(scene: Scene, skin: Bool, sign: int) -> _Side:
    across, down = grid(scene.silhouette.shape, scene.head)
    out = across * sign
    body = scene.silhouette & (out > 0)
    raised = (
        float((body & (out > 0.95) & (out < 2.4) & (down < 0.1) & (down > -1.6)).sum())
        > 0.12 * scene.head.unit**2
    )
    shoulder = _shoulder(scene, sign, body, out, down, raised)
    reach = (shoulder[0] - scene.head.chin[0]) * sign / scene.head.unit
    if raised:
        elbow = _farthest(scene, body & (down > -0.9) & (down < 0.9) & (out < reach + 1.3), out, sign)
    else:
        elbow = _elbow(scene, body, out, down, sign, reach)
    return _Side(sign, shoulder, elbow, _wrist(scene, skin & (out > -0.5), elbow, raised, sign), raised)


def _shoulder(scene: Scene, sign: int, body: Bool, out: Any, down: Any, raised: bool) -> Joint:
    """The corner of the outline where the neck's slope turns into the arm: the farthest point along a direction between
    outwards and upwards."""
    zone = body & (down > 0.12) & (down < 1.1) & (out > 0.45) & (out < 1.45)
    if raised or not zone.any():
        return _at(scene, sign * SHOULDER[0], SHOULDER[1], 0.4)
    score = np.where(zone, out - 0.8 * down, -9.0)
    best = np.percentile(score[zone], 99.0)
    x, y = float(np.median(out[score >= best])), float(np.median(down[score >= best]))
    x, y = float(np.clip(x - 0.06, 0.6, 1.25)), float(np.clip(y + 0.04, 0.25, 0.75))
    return _at(scene, sign * x, y, 0.85 if scene.sure > 0.85 else 0.6)


def _elbow(scene: Scene, body: Bool, out: Any, down: Any, sign: int, reach: float) -> Joint:
    band = body & (down > 1.2) & (down < 2.3) & (out < reach + 1.3)
    if not band.any():
        return _at(scene, sign * (reach + 0.15), ELBOW[1], 0.3)
    farthest = float(np.percentile(out[band], 99.5))
    if farthest > reach + 0.42:
        # The elbow stands out, as with a hand on the hip.
        return _farthest(scene, band, out, sign)
    row = band & (np.abs(down - ELBOW[1]) < 0.08)
    edge = float(np.percentile(out[row], 99)) if row.any() else reach + 0.3
    return _at(scene, sign * max(edge - 0.16, reach - 0.05), ELBOW[1], 0.65 if row.any() else 0.3)


def _farthest(scene: Scene, zone: Bool, out: Any, sign: int) -> Joint:
    if not zone.any():
        return _at(scene, sign * ELBOW[0], ELBOW[1], 0.2)
    rows, columns = np.nonzero(zone & (out >= np.percentile(out[zone], 99.5)))
    return float(np.median(columns)) - sign * 0.14 * scene.head.unit, float(np.median(rows)), 0.65


def _wrist(scene: Scene, skin: Bool, elbow: Joint, raised: bool, sign: int) -> Joint | None:
    """A hand's width before the end of the bare skin that hangs on this arm."""
    unit = scene.head.unit
    parts = parts_of(skin, 8)
    best: Joint | None = None
    farthest = 0.0
    for label in np.flatnonzero(parts.areas() >= 0.02 * unit**2):
        if label == 0:
            continue
        rows, columns = np.nonzero(parts.labels == label)
        if not raised:
            # Of an arm that is bare up to the shoulder only the forearm has a hand at its end.
            below = rows > elbow[1] - 0.25 * unit
            rows, columns = rows[below], columns[below]
            if len(rows) < 0.02 * unit**2:
                continue
        away = np.hypot(rows - elbow[1], columns - elbow[0]) / unit
        on_side = (np.median(columns) - scene.head.chin[0]) * sign > -0.3 * unit
        if away.min() > 1.2 or not on_side:
            continue
        if 0.4 < away.max() < 1.9 and away.max() > farthest:
            farthest = float(away.max())
            tip = away >= away.max() - 0.12
            x, y = float(columns[tip].mean()), float(rows[tip].mean())
            back = 0.33 * unit / max(float(np.hypot(x - elbow[0], y - elbow[1])), 1.0)
            best = (x + back * (elbow[0] - x), y + back * (elbow[1] - y), 0.65)
    return best


def _trunk(scene: Scene, sign: int, half: float, down: float, hip: bool) -> Joint:
    """The trunk's edge at a height: the outline where the arm leaves a gap, otherwise the canon's width."""
    row = round(scene.head.chin[1] + down * scene.head.unit)
    if not 0 <= row < scene.silhouette.shape[0]:
        return _at(scene, sign * half, down, 0.3)
    line = scene.silhouette[row]
    x, unit = scene.head.chin[0], scene.head.unit
    steps = np.arange(1, int(1.6 * unit))
    columns = np.clip(np.round(x + sign * steps).astype(int), 0, len(line) - 1)
    outside = np.nonzero(~line[columns])[0]
    edge = float(steps[outside[0]]) / unit if len(outside) else 9.0
    # Hips vary more against the shoulders than the rest of the trunk.
    if 0.6 * half < edge < (1.65 if hip else 1.35) * half:
        return _at(scene, sign * edge, down, 0.85)
    return _at(scene, sign * half, down, 0.5)


def _leg(scene: Scene, across: float, down: float) -> Joint:
    """The middle of the leg's run at a height."""
    x, y, _ = _at(scene, across, down, 0.5)
    row = round(y)
    if not 0 <= row < scene.silhouette.shape[0]:
        return x, y, 0.2
    line = scene.silhouette[row]
    side = np.zeros_like(line)
    cut = round(scene.head.chin[0])
    if across < 0:
        side[max(0, cut - round(1.3 * scene.head.unit)) : max(cut, 0)] = True
    else:
        side[max(cut, 0) : cut + round(1.3 * scene.head.unit)] = True
    there = np.nonzero(line & side)[0]
    return (float(there.mean()), y, 0.7) if len(there) > 0.1 * scene.head.unit else (x, y, 0.2)


def _arms(scene: Scene, skin: Bool, sides: dict[str, _Side]) -> Arms:
    if any(side.raised for side in sides.values()):
        return "raised"
    across, down = grid(scene.silhouette.shape, scene.head)
    front = skin & (np.abs(across) < 0.55) & (down > 0.95) & (down < 2.1)
    if float(front.sum()) / scene.head.unit**2 > 0.1 and _widest_in_the_middle(scene):
        return "crossing"
    if float(front.sum()) / scene.head.unit**2 > 0.3:
        return "crossing"
    wide = scene.silhouette & (down > 1.3) & (down < 2.0) & (np.abs(across) > 0.85)
    if any(side.wrist is not None for side in sides.values()) or wide.any():
        return "beside"
    return "hidden" if scene.silhouette.shape[0] > scene.head.chin[1] + 2.2 * scene.head.unit else "unknown"


def _widest_in_the_middle(scene: Scene) -> bool:
    """Whether the figure is wider at the elbows than where hands would hang."""
    widths = [_width(scene, down) for down in (1.7, 2.65)]
    return widths[1] == 0 or widths[0] > 1.12 * widths[1]


def _width(scene: Scene, down: float) -> float:
    row = round(scene.head.chin[1] + down * scene.head.unit)
    if not 0 <= row < scene.silhouette.shape[0]:
        return 0.0
    there = np.nonzero(scene.silhouette[row])[0]
    return float(there[-1] - there[0]) / scene.head.unit if len(there) else 0.0


def _seated(scene: Scene, legs: Legs) -> bool:
    """The figure ends within the picture well before a standing one would; nearly as low only where the legs do not part
    at a crotch, because a head is measured no better than by a tenth."""
    rows = np.nonzero(scene.silhouette.any(axis=1))[0]
    if not len(rows):
        return False
    end = (rows[-1] - scene.head.chin[1]) / scene.head.unit
    cut_off = rows[-1] >= scene.silhouette.shape[0] - 3
    return bool(not cut_off and 3.0 < end < (5.5 if legs.fork is None else 5.0))


def _facing(
    scene: Scene, sides: dict[str, _Side]
) -> Literal["front", "three_quarter", "side", "back", "unknown"]:
    if scene.face is not None and scene.face.angle == 90:
        return "side"
    left, right = (abs(side.shoulder[0] - scene.head.chin[0]) for side in sides.values())
    uneven = abs(left - right) / max(left + right, 1.0)
    if scene.face is None:
        return "front" if uneven < 0.2 else "unknown"
    return "front" if uneven < 0.2 else "three_quarter"
