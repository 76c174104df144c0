"""Trousers, shorts and skirts: where their points come to lie on hips and legs."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.values import Garment
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.fork import parting
from bottega.fashion.tryon.paths import distances_along, points_at
from bottega.fashion.tryon.pieces import MOST_STRETCH, Patch, Placement
from bottega.fashion.tryon.placement import EASE, FLAT_TO_WORN, PINNED
from bottega.fashion.tryon.values import Fit
from bottega.fashion.tryon.waistline import Waistline, with_waistline
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]
Point = tuple[float, float]
HEM_BELOW_ANKLE = 0.05
"""Shoulder breadths: long trousers end above the shoes or rest on them."""
HEM_SLACK = 0.1
"""Stiffness of the points of a hem as a factor on that of the rest."""
LEG_SHARES = (0.12, 0.3, 0.5, 0.75, 0.92)
"""Of the length of a leg: where its breadth is taken, besides its end."""
UNDER_HEM, MOST_LIFT = 0.06, 0.3
"""Shoulder breadths by which a waistband begins above the hem of a top, and by which it is raised for that at most."""
OVER_RIM, OVER_SKIN = 0.01, 0.03
"""Shoulder breadths by which a waistband begins above the worn one, under a top that is tucked in and on bare skin."""
LEG_BREADTHS = (0.36, 0.25, 0.16)
"""Of a bare leg at crotch, knee and ankle in shoulder breadths."""


def place_lower(garment: Garment, body: Body, fit: Fit, seen: Waistline | None = None) -> Placement | None:
    """Trousers or a skirt on a body; None where waist or hem were not found. `seen`: where what is worn comes into sight
    below the top: new ones begin there, or under that top."""
    marks = {name: np.array((x, y)) for name, (x, y, _) in garment.landmarks.items()}
    if any(name not in marks for name in ("waist_left", "waist_right", "hem_left", "hem_right")):
        return None
    waist = marks["waist_left"], marks["waist_right"]
    if waist[1][0] - waist[0][0] < 8:
        return None
    crotch = marks.get("crotch")
    hem = marks["hem_left"], marks["hem_right"]
    body = with_waistline(body, seen)
    start = _waist_height(body, seen)
    if crotch is None:
        return _skirt(garment, body, fit, seen, start, waist, hem)
    return _trousers(garment, body, fit, seen, start, waist, crotch, hem)


def _edges(alpha: F32, height: float, left_of: float, right_of: float) -> tuple[float, float] | None:
    """First and last covered column of a row between two columns."""
    row = alpha[int(np.clip(height, 0, alpha.shape[0] - 1))] > 0.5
    at = np.flatnonzero(row[max(int(left_of), 0) : int(right_of) + 1])
    if len(at) < 3:
        return None
    return float(at[0] + max(int(left_of), 0)), float(at[-1] + 1 + max(int(left_of), 0))


def _waist_height(body: Body, seen: Waistline | None) -> float:
    """Where a waistband sits: where the worn one is seen; else a little below the narrowest place, and under a top that ends
    about there."""
    if seen is not None and seen.tucked:
        # The rim of what is worn must not show above it.
        return seen.start - OVER_RIM * body.breadth
    usual = body.waist_drop + 0.2 * (body.hip_drop - body.waist_drop)
    if seen is None:
        return usual
    if seen.bare:
        return min(usual, seen.start - OVER_SKIN * body.breadth)
    under = seen.start - UNDER_HEM * body.breadth
    return under if usual - MOST_LIFT * body.breadth < under < usual else usual


def _scale(alpha: F32, body: Body, top: float, bottom: float, fit: Fit) -> float:
    """By the hips: the broadest row between waistband and crotch."""
    widths = [
        _edges(alpha, top + share * (bottom - top), 0, alpha.shape[1] - 1)
        for share in np.linspace(0.3, 0.95, 6)
    ]
    broadest = max((edge[1] - edge[0] for edge in widths if edge is not None), default=1.0)
    left, right = body.sides(np.array((body.hip_drop,)))
    return EASE[fit] * FLAT_TO_WORN * 1.02 * float(right[0] - left[0]) / max(broadest, 1.0)


def _with_hem(heights: F64, seen: Waistline | None, body: Body, scale: float, start: float) -> F64:
    """`heights`, rows of the product picture, with some more around where it comes out from under a worn top or leaves the
    waist: there its sides bend."""
    if seen is None:
        return heights
    drops = seen.start + np.array((-0.03, 0.03, 0.1, 0.2, 0.35)) * body.breadth
    more = heights[0] + (drops - start) / scale
    step = 0.02 * body.breadth / scale
    apart = np.abs(more[:, None] - heights).min(axis=1) > step
    return np.sort(np.concatenate((heights, more[apart & (more > heights[0]) & (more < heights[-1])])))


def _upper_rows(
    alpha: F32,
    body: Body,
    seen: Waistline | None,
    heights: F64,
    scale: float,
    start: float,
    tilt: float,
    skirt: bool,
) -> tuple[list[Point], list[Point], list[Point], list[Point]]:
    """Sources and targets of the left and right sides from the waistband downward. `tilt`: by how much the waistband's
    right end lies lower than its left one; worn it is level."""
    sources: tuple[list[Point], list[Point]] = ([], [])
    rows: list[tuple[float, float, float]] = []
    hips = 1.0
    for height, turned in zip(heights, np.linspace(tilt / 2, 0, len(heights)), strict=True):
        ends = [_edges(alpha, height + sign * turned, 0, alpha.shape[1] - 1) for sign in (-1, 1)]
        if ends[0] is None or ends[1] is None:
            continue
        edge = ends[0][0], ends[1][1]
        drop = start + scale * (height - heights[0])
        left, right = body.sides(np.array((drop,)))
        middle, cover = float(left[0] + right[0]) / 2, 1.03 * float(right[0] - left[0]) / 2
        if drop > 1.1 * body.hip_drop or (seen is not None and seen.tucked):
            cover = 0.0
        flat = scale * (edge[1] - edge[0]) / 2
        below = float(np.clip((drop - body.hip_drop) / (0.6 * body.breadth), 0, 1)) if skirt else 0.0
        hips = edge[1] - edge[0] if not below else hips
        # The more a skirt flares, the flatter it hangs.
        hanging = float(np.clip(0.8 + 0.25 * ((edge[1] - edge[0]) / hips - 1), 0.8, 0.95))
        around = 1 / FLAT_TO_WORN + (hanging - 1 / FLAT_TO_WORN) * below
        rows.append((drop, middle, max(around * flat, min(cover, MOST_STRETCH * flat))))
        for side, sign, x in ((sources[0], -1, edge[0]), (sources[1], 1, edge[1])):
            side.append((x, float(height + sign * turned)))
    targets = _worn_sides(body, seen, np.array(rows).reshape(-1, 3))
    return sources[0], targets[0], sources[1], targets[1]


def _worn_sides(body: Body, seen: Waistline | None, rows: F64) -> tuple[list[Point], list[Point]]:
    """Left and right side by `rows` (n x 3: drop, middle and half the breadth a garment has by itself): as narrow as the
    seen waist or as the hem that it hangs out from under, from which it runs out as a hip does."""
    drops, middles, halves = rows.T
    left, right, sags = middles - halves, middles + halves, np.zeros((2, len(rows)))
    if seen is not None and len(rows) and seen.tucked:
        out = np.clip((drops - drops[0]) / max(body.hip_drop - drops[0], 1.0), 0, 1)
        # Without a bend at either end (Hermite's cubic).
        near = 1 - out**2 * (3 - 2 * out)
        left -= near * (left[0] - seen.lefts[0])
        right -= near * (right[0] - seen.rights[0])
        # A waist seen from above or below is an arc.
        for index, side in enumerate((seen.lefts, seen.rights)):
            sags[index] = near * (seen.drop(float(side[0])) - seen.start)
    elif seen is not None:
        least, most = seen.limits(drops, body.breadth)
        left, right = np.maximum(left, least), np.minimum(right, most)
    return list(zip(left, drops + sags[0], strict=True)), list(zip(right, drops + sags[1], strict=True))


def _skirt(
    garment: Garment,
    body: Body,
    fit: Fit,
    seen: Waistline | None,
    start: float,
    waist: tuple[F64, F64],
    hem: tuple[F64, F64],
) -> Placement:
    top, bottom = float(waist[0][1] + waist[1][1]) / 2 + 2, float(hem[0][1] + hem[1][1]) / 2 - 2
    scale = _scale(garment.alpha, body, top, min(bottom, top + 0.9 * (waist[1][0] - waist[0][0])), fit)
    tilt = float(waist[1][1] - waist[0][1])
    heights = _with_hem(np.linspace(top, bottom, 12), seen, body, scale, start)
    sl, tl, sr, tr = _upper_rows(garment.alpha, body, seen, heights, scale, start, tilt, True)
    middle_s = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(sl, sr, strict=True)]
    middle_t = [
        ((a[0] + b[0]) / 2, start + scale * (y - top)) for a, b, (_, y) in zip(tl, tr, middle_s, strict=True)
    ]
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
    garment: Garment,
    body: Body,
    fit: Fit,
    seen: Waistline | None,
    start: float,
    waist: tuple[F64, F64],
    crotch: F64,
    hem: tuple[F64, F64],
) -> Placement:
    alpha = garment.alpha
    top, bottom = float(waist[0][1] + waist[1][1]) / 2 + 2, float(hem[0][1] + hem[1][1]) / 2 - 2
    scale = _scale(alpha, body, top, float(crotch[1]), fit)
    fork = (
        body.into(body.joints["crotch"])
        if "crotch" in body.joints
        else np.array((0.0, body.hip_drop + 0.3 * body.breadth))
    )
    rise = scale * (float(crotch[1]) - top)
    fork_drop = float(np.clip(start + rise, fork[1] - 0.05 * body.breadth, fork[1] + 0.12 * body.breadth))
    heights = _with_hem(np.linspace(top, float(crotch[1]) - 2, 5), seen, body, scale, start)
    tilt = float(waist[1][1] - waist[0][1])
    sl, tl, sr, tr = _upper_rows(alpha, body, seen, heights, scale, start, tilt, False)
    stretch = (fork_drop - start) / max(rise, 1.0)
    sides = [[(x, start + (y - start) * stretch) for x, y in points] for points in (tl, tr)]
    middle = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(sl, sr, strict=True)]
    level = [start + scale * (y - top) * stretch for _, y in middle]
    middle[-1] = (float(crotch[0]), float(crotch[1]))
    columns: F64 = np.arange(float(alpha.shape[1]))[None, :]
    split = parting(alpha, crotch)
    lengths: list[float] = []
    patches: list[Patch] = []
    rings: list[F64] = []
    for index, name in ((0, "left"), (1, "right")):
        edge_source, edge_target = ((sl, sides[0]), (sr, sides[1]))[index]
        centre = [(float(fork[0]), y) for y in level]
        leg_source, leg_target, reach = _leg(
            alpha,
            body,
            name,
            split,
            float(crotch[1]),
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
        near = columns <= split[:, None] + 1.5 if index == 0 else columns >= split[:, None] - 1.5
        slack = np.ones(len(source))
        # The middle is a seam that both legs share.
        slack[len(edge_source) : len(edge_source) + len(middle)] = PINNED
        # The hem has to meet the shoe.
        slack[-3:] = HEM_SLACK
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


def _leg_end(alpha: F32, split: F64, side: str, crotch: float, bottom: float) -> float:
    """The row where a leg of the product picture ends over most of its breadth, about at `bottom`."""
    middle = int(split[int(np.clip(0.9 * bottom, 0, len(split) - 1))])
    half = alpha[:, :middle] if side == "left" else alpha[:, middle:]
    widths = np.count_nonzero(half > 0.5, axis=1)
    near = widths[int(crotch + 0.8 * (bottom - crotch)) : int(crotch + 0.95 * (bottom - crotch))]
    if not len(near):
        return bottom
    rows = np.flatnonzero(widths > 0.6 * float(np.median(near)))
    return float(max(rows[-1] - 1, 0.9 * bottom)) if len(rows) else bottom


def _end_of_column(alpha: F32, x: float, height: float) -> float:
    """The last covered row of a column below `height`."""
    column = alpha[int(height) :, int(np.clip(x, 0, alpha.shape[1] - 1))] > 0.5
    return float(int(height) + max(int(np.argmin(np.append(column, False))) - 2, 0))


def _leg(
    alpha: F32,
    body: Body,
    side: str,
    split: F64,
    crotch: float,
    bottom: float,
    scale: float,
    fork: float,
    fork_drop: float,
    hip_edge: float,
    long: bool,
) -> tuple[list[Point], F64, float]:
    """Sources (x, y) and targets (N x 2, picture coordinates) of a leg below the crotch, and its length there."""
    first = body.out((fork + hip_edge) / 2, fork_drop)
    path = _leg_path(body, side, first)
    reach = float(distances_along(path)[-1])
    # Trousers may come down past the ankle, straight on.
    path = np.vstack((path, path[-1] + 0.3 * (path[-1] - path[-2])))
    at = distances_along(path)
    bottom = _leg_end(alpha, split, side, crotch, bottom)
    own = scale * (bottom - crotch)
    end = reach + HEM_BELOW_ANKLE * body.breadth
    if long or own > 0.88 * reach:
        own = float(np.clip(own, end if long else 0.92 * reach, end + 0.03 * body.breadth))
    sources: list[Point] = []
    targets: list[F64] = []
    for share in LEG_SHARES:
        height = crotch + share * (bottom - crotch)
        middle = float(split[int(np.clip(height, 0, len(split) - 1))])
        span = (0.0, middle) if side == "left" else (middle, float(alpha.shape[1] - 1))
        edge = _edges(alpha, height, *span)
        if edge is None:
            continue
        distance = share * own
        point, after = points_at(np.array((distance, distance + 1)), at, path)
        step = after - point
        along = step / max(float(np.hypot(*step)), 1e-6) if np.hypot(*step) > 1e-6 else body.down
        normal = np.array((along[1], -along[0]))
        limb = float(np.interp(distance, at[:3], [b * body.breadth for b in LEG_BREADTHS]))
        half = max(scale * (edge[1] - edge[0]) / (2 * (1.25 - 0.1 * share)), 0.52 * limb)
        for sign in (-1.0, 0.0, 1.0):
            sources.append(((edge[0] + edge[1] + sign * (edge[1] - edge[0])) / 2, height))
            targets.append(point + sign * half * normal)
        if share == LEG_SHARES[-1]:
            point, after = points_at(np.array((own, own + 1)), at, path)
            for sign in (-0.8, 0.0, 0.8):
                x = (edge[0] + edge[1] + sign * (edge[1] - edge[0])) / 2
                # Laid flat a hem may slant; worn it is level.
                sources.append((x, _end_of_column(alpha, x, height)))
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


def below_crotch(placement: Placement, body: Body) -> float:
    """How far a garment reaches below the crotch, in shoulder breadths."""
    crotch = body.joints.get("crotch")
    drop = body.hip_drop + 0.3 * body.breadth if crotch is None else float(body.into(crotch)[1])
    return (placement.hem_drop - drop) / body.breadth
