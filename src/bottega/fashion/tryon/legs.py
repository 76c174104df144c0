"""Legs under worn trousers and skirts: where they are, how broad, and their skin, for what a new garment leaves open."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.values import Bool
from bottega.imaging.colour import lab_to_rgb, rgb_to_lab
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

_PLACES = (0.0, 0.22, 0.42, 0.48, 0.55, 0.67, 0.8, 0.93, 1.0, 1.2)
_BREADTHS = (0.41, 0.36, 0.285, 0.265, 0.245, 0.262, 0.205, 0.16, 0.155, 0.16)
"""Of a bare leg in shoulder breadths from crotch to ankle: thigh, knee at 0.47, calf, ankle. From the mean circumferences of
ANSUR II (2012), both sexes, as ellipses seen from the front, over the bideltoid breadth."""
_SLACK = 0.94
"""Of the breadth of a trouser leg a leg takes up at most."""
_GUESSED = 0.7
"""Shoulder breadths from where a leg is seen apart from the other beyond which nobody knows where it goes."""
_AMBIENT = 0.7
"""Of the light on a limb comes from everywhere."""
_WARM = np.array((-4.0, 2.0, 1.0), np.float32)
"""Of a knee in CIE L*a*b* over the leg around it."""


@dataclass(frozen=True, slots=True)
class Leg:
    """Row by row, `first` the row of the picture it begins at: the `middles` (n) and `breadths` (n) in pixels, and
    whether its place there is `known` (n)."""

    first: int
    middles: F64
    breadths: F64
    known: Bool


def legs_of(person: PersonParse, body: Body) -> tuple[Leg, Leg]:
    """The left and the right leg from a little above the crotch to the end of the picture or past the ankle."""
    seen = np.zeros(person.silhouette.shape, np.float32)
    for name in ("bottom", "legs"):
        if name in person.regions:
            seen = np.maximum(seen, person.regions[name])
    bare = person.regions.get("legs")
    return _leg(seen > 0.5, bare, body, "left"), _leg(seen > 0.5, bare, body, "right")


def _crotch(body: Body) -> F64:
    return body.joints.get("crotch", body.out(0.0, body.hip_drop + 0.3 * body.breadth))


def _leg(seen: Bool, bare: F32 | None, body: Body, side: str) -> Leg:
    height, width = seen.shape
    sign = -1.0 if side == "left" else 1.0
    crotch = _crotch(body)
    knee = body.joints.get(f"knee_{side}")
    if knee is None:
        knee = crotch + body.breadth * (0.85 * body.down + sign * 0.23 * body.across)
    ankle = body.joints.get(f"ankle_{side}")
    if ankle is None:
        ankle = knee + 0.95 * body.breadth * body.down
    rows = np.asarray(range(max(int(crotch[1] - 0.15 * body.breadth), 0), height), np.int64)
    if not len(rows):
        return Leg(height, np.zeros(0), np.zeros(0), np.zeros(0, bool))
    shares = (rows - crotch[1]) / max(float(ankle[1] - crotch[1]), 1.0)
    usual: F64 = body.breadth * np.interp(np.asarray(shares, np.float64), _PLACES, _BREADTHS)
    runs = _runs(seen, rows, crotch[0], sign, width)
    apart = np.isfinite(runs[:, 0]) & (runs[:, 1] < 0.75 * body.breadth) & (shares < 1.02)
    start = crotch[0] + sign * 0.21 * body.breadth
    anchors = [(crotch[1] - 0.1 * body.breadth, start)]
    if apart.any():
        anchors += list(zip(rows[apart], runs[apart, 0], strict=True))
    else:
        anchors += [(float(knee[1]), float(knee[0])), (float(ankle[1]), float(ankle[0]))]
    middles = np.interp(rows, [y for y, _ in anchors], [x for _, x in anchors])
    middles = _smooth(middles, 0.12 * body.breadth)
    breadths = usual * _build(bare, rows, runs, usual, apart)
    inside = np.where(apart, _SLACK * runs[:, 1], np.inf)
    breadths = _smooth(np.minimum(breadths, inside), 0.05 * body.breadth)
    return Leg(int(rows[0]), middles, breadths, _near(rows, apart, _GUESSED * body.breadth))


def _runs(seen: Bool, rows: NDArray[np.int64], axis: float, sign: float, width: int) -> F64:
    """Middle and breadth (n x 2) of the run on one side of the body's axis; not a number where both legs are one."""
    found = np.full((len(rows), 2), np.nan)
    columns = np.arange(width)
    own = (columns - axis) * sign > 0
    reach = max(1, int(0.004 * width))
    for index, row in enumerate(rows):
        there = np.flatnonzero(seen[row] & own)
        if len(there) < 6:
            continue
        breaks = np.flatnonzero(np.diff(there) > 2 * reach)
        parts = np.split(there, breaks + 1)
        part = max(parts, key=len)
        inner = part[0] if sign > 0 else part[-1]
        if abs(inner - axis) <= reach:
            continue
        found[index] = float(part[0] + part[-1]) / 2, float(part[-1] - part[0] + 1)
    return found


def _build(bare: F32 | None, rows: NDArray[np.int64], runs: F64, usual: F64, apart: Bool) -> float:
    """How broad the legs are over the usual, where they are seen bare; else 1."""
    if bare is None:
        return 1.0
    there = np.array([apart[i] and bare[row, round(runs[i, 0])] > 0.5 for i, row in enumerate(rows)])
    if there.sum() < 12:
        return 1.0
    return float(np.clip(np.median(runs[there, 1] / usual[there]), 0.75, 1.35))


def _near(rows: NDArray[np.int64], known: Bool, reach: float) -> Bool:
    if not known.any():
        return np.zeros(len(rows), bool)
    at = np.flatnonzero(known)
    index = np.clip(np.searchsorted(at, np.arange(len(rows))), 1, max(len(at) - 1, 1))
    after = at[np.minimum(index, len(at) - 1)]
    before = at[index - 1]
    away = np.minimum(np.abs(np.arange(len(rows)) - before), np.abs(np.arange(len(rows)) - after))
    return away <= reach


def _smooth(values: F64, sigma: float) -> F64:
    if len(values) < 3:
        return values
    line = values.astype(np.float32)[None]
    return np.asarray(
        cv2.GaussianBlur(line, (0, 0), max(sigma, 0.5), borderType=cv2.BORDER_REPLICATE), np.float64
    )[0]


def leg_layer(leg: Leg, shape: tuple[int, int]) -> tuple[F32, F32]:
    """Cover of a leg (H x W in [0, 1], soft edge) and where across it a pixel lies (H x W, -1 left edge, 1 right edge)."""
    cover, across = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    if not len(leg.middles):
        return cover, across
    half = np.maximum(leg.breadths / 2, 0.5)[:, None]
    u = (np.arange(shape[1])[None, :] - leg.middles[:, None]) / half
    cover[leg.first :] = np.clip((1 - np.abs(u)) * half + 0.5, 0, 1)
    across[leg.first :] = np.clip(u, -1, 1)
    return cover, across


def leg_skin(photo: F32, person: PersonParse, body: Body, around: F32, old: Bool) -> F32 | None:
    """Skin of legs, H x W x 3 in [0, 1]: one tone, rounded. `around`: H x W, where across its leg a pixel lies, as
    `leg_layer` has it. None where neither legs nor arms, hands or a neck are seen bare and no skin was measured."""
    tone = _tone(photo, person, body, old)
    if tone is None:
        return None
    lean = _light_from(photo, person, old)
    # Lambert's cosine on a cylinder, lit from the front and somewhat from the side.
    facing = np.sqrt(np.maximum(1 - around**2, 0)) * np.cos(lean) + around * np.sin(lean)
    shade = _AMBIENT + (1 - _AMBIENT) * np.clip(facing, 0, 1)
    lab = np.broadcast_to(tone, photo.shape) + _knees(body, photo.shape)[..., None] * _WARM
    return np.clip(lab_to_rgb(lab.astype(np.float32)) * shade[..., None], 0, 1).astype(np.float32)


def _tone(photo: F32, person: PersonParse, body: Body, old: Bool) -> F32 | None:
    """L*a*b* in full light: of the bare legs, else of the arms, else as measured in the face."""
    y = np.asarray(range(photo.shape[0]), np.int64)[:, None]
    low = y > _crotch(body)[1]
    for names, where in ((("legs",), low), (("left_arm", "right_arm", "hands"), y >= 0), (("neck",), y >= 0)):
        seen = [person.regions[name] for name in names if name in person.regions]
        if not seen:
            continue
        sure = (np.maximum.reduce(seen) > 0.95) & where & ~old
        if int(sure.sum()) > 0.01 * body.breadth**2:
            values = rgb_to_lab(photo[sure][:: max(1, int(sure.sum()) // 4000)][None])[0]
            # The median pixel of a limb already lies a little in its own shade.
            lightness = np.percentile(values[:, 0], 70)
            return np.array((lightness, *np.median(values[:, 1:], axis=0)), np.float32)
    return None if person.skin is None else np.array(person.skin, np.float32)


def _light_from(photo: F32, person: PersonParse, old: Bool) -> float:
    """The angle, radians, by which the light comes from the right: by the sides of neck and face."""
    seen = [person.regions[name] for name in ("neck", "face") if name in person.regions]
    if not seen:
        return 0.0
    sure = (np.maximum.reduce(seen) > 0.95) & ~old
    columns = np.flatnonzero(sure.any(axis=0))
    if len(columns) < 12:
        return 0.0
    light = photo.mean(axis=2)
    middle = int(columns.mean())
    left, right = sure.copy(), sure.copy()
    left[:, middle:] = False
    right[:, :middle] = False
    if not left.any() or not right.any():
        return 0.0
    a, b = float(np.median(light[left])), float(np.median(light[right]))
    return float(np.clip(1.2 * (b - a) / max(a + b, 1e-3), -0.35, 0.35))


def _knees(body: Body, shape: tuple[int, ...]) -> F32:
    """H x W in [0, 1]: soft discs at the knees."""
    found = np.zeros(shape[:2], np.float32)
    for side in ("left", "right"):
        knee = body.joints.get(f"knee_{side}")
        if knee is not None:
            at = (round(float(knee[0])), round(float(knee[1])))
            cv2.ellipse(
                found, at, (round(0.07 * body.breadth), round(0.09 * body.breadth)), 0, 0, 360, 1.0, -1
            )
    return np.asarray(cv2.GaussianBlur(found, (0, 0), max(0.05 * body.breadth, 1.0)), np.float32)


def shoe_tops(person: PersonParse, body: Body, shape: tuple[int, int], rise: float) -> F32:
    """H x W in [0, 1]: what a hem hid of the shoes; they go on upward for `rise` pixels."""
    found = np.zeros(shape, np.uint8)
    shoes = person.regions.get("shoes")
    if shoes is None:
        return found.astype(np.float32)
    axis = int(_crotch(body)[0])
    for at in (slice(0, max(axis, 0)), slice(max(axis, 0), shape[1])):
        part = np.zeros(shape, np.uint8)
        part[:, at] = shoes[:, at] > 0.5
        size = max(3, round(0.03 * body.breadth))
        part = np.asarray(cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones((size, size), np.uint8)))
        if int(part.sum()) < 0.01 * body.breadth**2:
            continue
        points = np.asarray(cv2.findNonZero(part))
        # What the hem cut out between the flanks.
        cv2.fillConvexPoly(found, cv2.convexHull(points), 255, cv2.LINE_AA)
    if rise >= 1:
        up = np.zeros((2 * round(rise) + 1, 1), np.uint8)
        # Dilation takes the greatest under the kernel: what lies below.
        up[round(rise) :] = 1
        found = np.asarray(cv2.dilate(found, up), np.uint8)
    return found.astype(np.float32) / np.float32(255)


def like_seen(skin: F32, photo: F32, bare: F32, made_up: Bool, body: Body) -> F32:
    """`skin` in the light of what is seen of legs right beside it. `bare`: H x W, legs seen; `made_up`: H x W, the rest."""
    near = cv2.dilate(made_up.astype(np.uint8), np.ones((max(3, round(0.16 * body.breadth)), 1), np.uint8))
    both = (np.asarray(near) > 0) & (bare > 0.95) & ~made_up
    if int(both.sum()) < 30:
        return skin
    return np.clip(skin + np.median(photo[both] - skin[both], axis=0), 0, 1).astype(np.float32)
