"""Trousers, shorts and skirts: where their points come to lie on hips and legs, and what shows beside them."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Arm, Body
from bottega.fashion.tryon.paths import distances_along, points_at
from bottega.fashion.tryon.pieces import MOST_STRETCH, Patch, Placement
from bottega.fashion.tryon.placement import EASE, FLAT_TO_WORN, PINNED
from bottega.fashion.tryon.refill import Refilled
from bottega.fashion.tryon.surfaces import backdrop_surface, skin_surface
from bottega.fashion.tryon.values import Fit
from bottega.fashion.tryon.zones import RIM, drawn_ring, grown, limb_ring
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
Point = tuple[float, float]
LEG_BREADTHS = (0.36, 0.25, 0.16)
"""Of a bare leg at crotch, knee and ankle in shoulder breadths."""


def worn_bottom(person: PersonParse, shape: tuple[int, ...]) -> F32:
    region = person.regions.get("bottom")
    return np.zeros(shape[:2], np.float32) if region is None else region


def place_lower(garment: Garment, body: Body, fit: Fit) -> Placement | None:
    """Trousers or a skirt on a body; None where waist or hem were not found."""
    marks = {name: np.array((x, y)) for name, (x, y, _) in garment.landmarks.items()}
    if any(name not in marks for name in ("waist_left", "waist_right", "hem_left", "hem_right")):
        return None
    waist = marks["waist_left"], marks["waist_right"]
    if waist[1][0] - waist[0][0] < 8:
        return None
    crotch = marks.get("crotch")
    if crotch is None:
        return _skirt(garment, body, fit, waist, (marks["hem_left"], marks["hem_right"]))
    return _trousers(garment, body, fit, waist, crotch, (marks["hem_left"], marks["hem_right"]))


def _edges(alpha: F32, height: float, left_of: float, right_of: float) -> tuple[float, float] | None:
    """First and last covered column of a row between two columns."""
    row = alpha[int(np.clip(height, 0, alpha.shape[0] - 1))] > 0.5
    at = np.flatnonzero(row[max(int(left_of), 0) : int(right_of) + 1])
    if len(at) < 3:
        return None
    return float(at[0] + max(int(left_of), 0)), float(at[-1] + 1 + max(int(left_of), 0))


def _waist_height(body: Body) -> float:
    """Where a waistband sits: a little below the narrowest place."""
    return body.waist_drop + 0.2 * (body.hip_drop - body.waist_drop)


def _scale(alpha: F32, body: Body, top: float, bottom: float, fit: Fit) -> float:
    """By the hips: the broadest row between waistband and crotch."""
    widths = [
        _edges(alpha, top + share * (bottom - top), 0, alpha.shape[1] - 1)
        for share in np.linspace(0.3, 0.95, 6)
    ]
    broadest = max((edge[1] - edge[0] for edge in widths if edge is not None), default=1.0)
    left, right = body.sides(np.array((body.hip_drop,)))
    return EASE[fit] * FLAT_TO_WORN * 1.02 * float(right[0] - left[0]) / max(broadest, 1.0)


def _upper_rows(
    alpha: F32, body: Body, heights: F64, scale: float, start: float
) -> tuple[list[Point], list[Point], list[Point], list[Point]]:
    """Sources and targets of the left and right sides from the waistband downward."""
    found: tuple[list[Point], list[Point], list[Point], list[Point]] = ([], [], [], [])
    for height in heights:
        edge = _edges(alpha, height, 0, alpha.shape[1] - 1)
        if edge is None:
            continue
        drop = start + scale * (height - heights[0])
        left, right = body.sides(np.array((drop,)))
        middle, cover = float(left[0] + right[0]) / 2, 1.03 * float(right[0] - left[0]) / 2
        if drop > 1.1 * body.hip_drop:
            cover = 0.0
        flat = scale * (edge[1] - edge[0]) / 2
        below = float(np.clip((drop - body.hip_drop) / (0.6 * body.breadth), 0, 1))
        around = 1 / FLAT_TO_WORN + (0.95 - 1 / FLAT_TO_WORN) * below
        half = max(around * flat, min(cover, MOST_STRETCH * flat))
        for index, sign, x in ((0, -1.0, edge[0]), (1, 1.0, edge[1])):
            found[2 * index].append((x, float(height)))
            found[2 * index + 1].append((middle + sign * half, drop))
    return found


def _skirt(garment: Garment, body: Body, fit: Fit, waist: tuple[F64, F64], hem: tuple[F64, F64]) -> Placement:
    top, bottom = float(waist[0][1] + waist[1][1]) / 2 + 2, float(hem[0][1] + hem[1][1]) / 2 - 2
    scale = _scale(garment.alpha, body, top, min(bottom, top + 0.9 * (waist[1][0] - waist[0][0])), fit)
    start = _waist_height(body)
    sl, tl, sr, tr = _upper_rows(garment.alpha, body, np.linspace(top, bottom, 8), scale, start)
    middle_s = [((a[0] + b[0]) / 2, a[1]) for a, b in zip(sl, sr, strict=True)]
    middle_t = [((a[0] + b[0]) / 2, a[1]) for a, b in zip(tl, tr, strict=True)]
    source, target = np.array(sl + sr + middle_s), np.array(tl + tr + middle_t)
    outline = np.array(tl + tr[::-1])
    ring = body.out(outline[:, 0], outline[:, 1])
    patch = Patch(
        "torso",
        source,
        body.out(target[:, 0], target[:, 1]),
        np.ones(garment.alpha.shape, bool),
        ring,
        None,
    )
    drop = start + scale * (bottom - top)
    return Placement((patch,), scale, drop, None, (0.0, 0.0), body.out(0.0, start), ring)


def _trousers(
    garment: Garment, body: Body, fit: Fit, waist: tuple[F64, F64], crotch: F64, hem: tuple[F64, F64]
) -> Placement:
    alpha = garment.alpha
    top, bottom = float(waist[0][1] + waist[1][1]) / 2 + 2, float(hem[0][1] + hem[1][1]) / 2 - 2
    scale = _scale(alpha, body, top, float(crotch[1]), fit)
    start = _waist_height(body)
    fork = (
        body.into(body.joints["crotch"])
        if "crotch" in body.joints
        else np.array((0.0, body.hip_drop + 0.3 * body.breadth))
    )
    rise = scale * (float(crotch[1]) - top)
    fork_drop = float(np.clip(start + rise, fork[1] - 0.05 * body.breadth, fork[1] + 0.12 * body.breadth))
    heights = np.linspace(top, float(crotch[1]) - 2, 5)
    sl, tl, sr, tr = _upper_rows(alpha, body, heights, scale, start)
    stretch = (fork_drop - start) / max(rise, 1.0)
    sides = [[(x, start + (y - start) * stretch) for x, y in points] for points in (tl, tr)]
    middle = [((a[0] + b[0]) / 2, a[1]) for a, b in zip(sl, sr, strict=True)]
    middle[-1] = (float(crotch[0]), float(crotch[1]))
    columns: F64 = np.arange(float(alpha.shape[1]))[None, :]
    lengths: list[float] = []
    patches: list[Patch] = []
    rings: list[F64] = []
    for index, name in ((0, "left"), (1, "right")):
        edge_source, edge_target = ((sl, sides[0]), (sr, sides[1]))[index]
        centre = [(float(fork[0]), y) for _, y in edge_target]
        leg_source, leg_target, reach = _leg(
            alpha,
            body,
            name,
            crotch,
            bottom,
            scale,
            fork[0],
            fork_drop,
            edge_target[-1][0],
            garment.length == "long",
        )
        source = np.array([*edge_source, *middle, *leg_source])
        upper = np.array([*edge_target, *centre])
        target = np.vstack((body.out(upper[:, 0], upper[:, 1]), leg_target))
        near = columns <= crotch[0] + 1.5 if index == 0 else columns >= crotch[0] - 1.5
        slack = np.ones(len(source))
        # The middle is a seam that both legs share.
        slack[len(edge_source) : len(edge_source) + len(middle)] = PINNED
        ring = np.vstack(
            (
                body.out(np.array([x for x, _ in edge_target]), np.array([y for _, y in edge_target])),
                leg_target,
            )
        )
        patches.append(
            Patch(f"{name}_leg", source, target, np.broadcast_to(near, alpha.shape), ring, slack=slack)
        )
        rings.append(ring)
        lengths.append(reach)
    return Placement(
        tuple(patches),
        scale,
        fork_drop + float(np.mean(lengths)),
        None,
        (0.0, 0.0),
        body.out(0.0, start),
        np.vstack(rings),
    )


def _leg(
    alpha: F32,
    body: Body,
    side: str,
    crotch: F64,
    bottom: float,
    scale: float,
    fork: float,
    fork_drop: float,
    hip_edge: float,
    long: bool,
) -> tuple[list[Point], F64, float]:
    """Sources (x, y) and targets (N x 2, picture coordinates) of a leg below the crotch, and its length there."""
    span = (0.0, float(crotch[0])) if side == "left" else (float(crotch[0]), float(alpha.shape[1] - 1))
    first = body.out((fork + hip_edge) / 2, fork_drop)
    path = _leg_path(body, side, first)
    reach = float(distances_along(path)[-1])
    # Trousers may come down past the ankle, straight on.
    path = np.vstack((path, path[-1] + 0.3 * (path[-1] - path[-2])))
    at = distances_along(path)
    own = scale * (bottom - float(crotch[1]))
    if long or own > 0.88 * reach:
        own = float(np.clip(own, 1.06 * reach, 1.12 * reach))
    sources: list[Point] = []
    targets: list[F64] = []
    for share in (0.12, 0.3, 0.5, 0.75, 1.0):
        height = float(crotch[1]) + share * (bottom - float(crotch[1]))
        edge = _edges(alpha, height, *span)
        if edge is None:
            continue
        distance = share * own
        point, after = points_at(np.array((distance, distance + 1)), at, path)
        step = after - point
        along = step / max(float(np.hypot(*step)), 1e-6) if np.hypot(*step) > 1e-6 else body.down
        normal = np.array((along[1], -along[0]))
        limb = float(np.interp(distance, at[:3], [b * body.breadth for b in LEG_BREADTHS]))
        half = max(scale * (edge[1] - edge[0]) / (2 * 1.15), 0.52 * limb)
        for sign, x in ((-1.0, edge[0]), (0.0, (edge[0] + edge[1]) / 2), (1.0, edge[1])):
            sources.append((x, height))
            targets.append(point + sign * half * normal)
    return sources, np.array(targets).reshape(-1, 2), own


def _leg_path(body: Body, side: str, first: F64) -> F64:
    """Crotch level, knee, ankle; where they are outside the picture, straight down by the usual lengths."""
    knee, ankle = body.joints.get(f"knee_{side}"), body.joints.get(f"ankle_{side}")
    if knee is None:
        knee = first + 0.85 * body.breadth * body.down
    if ankle is None:
        ankle = knee + 0.95 * body.breadth * body.down
    return np.vstack((first, knee, ankle))


def before_lower(person: PersonParse) -> F32:
    """H x W in [0, 1]: what lies before trousers and skirts: the worn top and the arms."""
    names = ("top", "left_arm", "right_arm", "hands")
    seen = [person.regions[name] for name in names if name in person.regions]
    return np.maximum.reduce([np.zeros(person.silhouette.shape, np.float32), *seen])


def lower_cover(person: PersonParse, layer: F32) -> F32:
    """H x W: `layer`, the fitted trousers or skirt, without what lies under the worn top or would stick out beside it."""
    cover = layer * (1 - before_lower(person))
    top = person.regions.get("top")
    if top is None or not (top > 0.5).any():
        return cover.astype(np.float32)
    breadths: F64 = np.count_nonzero(top > 0.5, axis=1).astype(np.float64)
    hem = int(np.flatnonzero(breadths > 0.5 * float(breadths.max()))[-1])
    free: NDArray[np.bool_] = worn_bottom(person, top.shape) < 0.5
    free[max(hem - 2, 0) :] = False
    return np.where(free, 0, cover).astype(np.float32)


def refill_lower(photo: F32, person: PersonParse, body: Body, cover: F32, front: F32) -> Refilled:
    """Takes the worn trousers or skirt out where `cover` leaves them open: legs where legs are bare, else backdrop.

    `front`: H x W, what lies before them. Raises ValueError where skin is needed and none is known.
    """
    shape = photo.shape[:2]
    old = worn_bottom(person, shape)
    area = float((old > 0.5).sum()) or 1.0
    rim = grown(old > 0.04, RIM)
    open_ = rim & (cover < 0.995) & (front < 0.5)
    legs = np.zeros(shape, bool)
    for side in ("left", "right"):
        first = body.out(
            (-0.22 if side == "left" else 0.22) * body.breadth, body.hip_drop + 0.2 * body.breadth
        )
        breadths = tuple(share * body.breadth for share in LEG_BREADTHS)
        limb = Arm(_leg_path(body, side, first), (breadths[0], breadths[1], breadths[2]), True)
        legs |= drawn_ring(limb_ring(limb), shape) > 0.5
    skin_seen = "legs" in person.regions
    leg_at = open_ & legs
    backdrop_at = open_ & ~legs
    surface, texture = backdrop_surface(photo, person)
    rgb = np.where(backdrop_at[..., None], surface, photo)
    if skin_seen and leg_at.any():
        rgb = np.where(leg_at[..., None], skin_surface(photo, person, body, rim), rgb)
    unknown = leg_at if not skin_seen else np.zeros(shape, bool)

    def share(where: NDArray[np.bool_]) -> float:
        return float((1 - cover)[where].sum()) / area

    return Refilled(
        rgb.astype(np.float32),
        open_ & ~unknown,
        share(backdrop_at),
        share(leg_at & ~unknown),
        0.0,
        share(unknown),
        texture,
    )
