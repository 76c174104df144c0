"""Trousers, shorts and skirts: where their points come to lie on hips and legs."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.fork import parting
from bottega.fashion.tryon.paths import distances_along, points_at
from bottega.fashion.tryon.pieces import MOST_STRETCH, Patch, Placement
from bottega.fashion.tryon.placement import EASE, FLAT_TO_WORN, PINNED
from bottega.fashion.tryon.values import Fit
from bottega.imaging.arrays import sample
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
LEG_BREADTHS = (0.36, 0.25, 0.16)
"""Of a bare leg at crotch, knee and ankle in shoulder breadths."""


def worn_bottom(person: PersonParse, shape: tuple[int, ...]) -> F32:
    region = person.regions.get("bottom")
    return np.zeros(shape[:2], np.float32) if region is None else region


def place_lower(garment: Garment, body: Body, fit: Fit, worn_hem: float | None = None) -> Placement | None:
    """Trousers or a skirt on a body; None where waist or hem were not found. `worn_hem`: how far below the shoulders the
    worn top ends, pixels; trousers begin under it."""
    marks = {name: np.array((x, y)) for name, (x, y, _) in garment.landmarks.items()}
    if any(name not in marks for name in ("waist_left", "waist_right", "hem_left", "hem_right")):
        return None
    waist = marks["waist_left"], marks["waist_right"]
    if waist[1][0] - waist[0][0] < 8:
        return None
    crotch = marks.get("crotch")
    hem = marks["hem_left"], marks["hem_right"]
    start = _waist_height(body, worn_hem)
    if crotch is None:
        return _skirt(garment, body, fit, start, waist, hem)
    return _trousers(garment, body, fit, start, waist, crotch, hem)


def worn_hem(person: PersonParse, body: Body) -> float | None:
    """How far below the shoulders a worn top ends that lies over trousers or a skirt, in the middle of the body, pixels;
    None where none does."""
    top, bottom = person.regions.get("top"), person.regions.get("bottom")
    if top is None or bottom is None:
        return None
    drops = np.arange(0.4 * body.breadth, 2.0 * body.breadth)
    left, right = body.sides(drops)
    ends: list[float] = []
    for share in (0.35, 0.5, 0.65):
        line = body.out(left + share * (right - left), drops)
        cloth, below = (np.flatnonzero(sample(region, line) > 0.5) for region in (top, bottom))
        if not len(cloth) or not len(below) or drops[below[0]] - drops[cloth[-1]] > 0.025 * body.breadth:
            return None
        ends.append(float(drops[cloth[-1]]))
    return float(np.median(ends))


def _edges(alpha: F32, height: float, left_of: float, right_of: float) -> tuple[float, float] | None:
    """First and last covered column of a row between two columns."""
    row = alpha[int(np.clip(height, 0, alpha.shape[0] - 1))] > 0.5
    at = np.flatnonzero(row[max(int(left_of), 0) : int(right_of) + 1])
    if len(at) < 3:
        return None
    return float(at[0] + max(int(left_of), 0)), float(at[-1] + 1 + max(int(left_of), 0))


def _waist_height(body: Body, worn_hem: float | None) -> float:
    """Where a waistband sits: a little below the narrowest place, and under a top that ends about there."""
    usual = body.waist_drop + 0.2 * (body.hip_drop - body.waist_drop)
    if worn_hem is None:
        return usual
    under = worn_hem - UNDER_HEM * body.breadth
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


def _upper_rows(
    alpha: F32, body: Body, heights: F64, scale: float, start: float, tilt: float, skirt: bool
) -> tuple[list[Point], list[Point], list[Point], list[Point]]:
    """Sources and targets of the left and right sides from the waistband downward. `tilt`: by how much the waistband's
    right end lies lower than its left one; worn it is level."""
    found: tuple[list[Point], list[Point], list[Point], list[Point]] = ([], [], [], [])
    hips = 1.0
    for height, turned in zip(heights, np.linspace(tilt / 2, 0, len(heights)), strict=True):
        ends = [_edges(alpha, height + sign * turned, 0, alpha.shape[1] - 1) for sign in (-1, 1)]
        if ends[0] is None or ends[1] is None:
            continue
        edge = ends[0][0], ends[1][1]
        drop = start + scale * (height - heights[0])
        left, right = body.sides(np.array((drop,)))
        middle, cover = float(left[0] + right[0]) / 2, 1.03 * float(right[0] - left[0]) / 2
        if drop > 1.1 * body.hip_drop:
            cover = 0.0
        flat = scale * (edge[1] - edge[0]) / 2
        below = float(np.clip((drop - body.hip_drop) / (0.6 * body.breadth), 0, 1)) if skirt else 0.0
        hips = edge[1] - edge[0] if not below else hips
        # The more a skirt flares, the flatter it hangs.
        hanging = float(np.clip(0.8 + 0.25 * ((edge[1] - edge[0]) / hips - 1), 0.8, 0.95))
        around = 1 / FLAT_TO_WORN + (hanging - 1 / FLAT_TO_WORN) * below
        half = max(around * flat, min(cover, MOST_STRETCH * flat))
        for index, sign, x in ((0, -1.0, edge[0]), (1, 1.0, edge[1])):
            found[2 * index].append((x, float(height + sign * turned)))
            found[2 * index + 1].append((middle + sign * half, drop))
    return found


def _skirt(
    garment: Garment, body: Body, fit: Fit, start: float, waist: tuple[F64, F64], hem: tuple[F64, F64]
) -> Placement:
    top, bottom = float(waist[0][1] + waist[1][1]) / 2 + 2, float(hem[0][1] + hem[1][1]) / 2 - 2
    scale = _scale(garment.alpha, body, top, min(bottom, top + 0.9 * (waist[1][0] - waist[0][0])), fit)
    tilt = float(waist[1][1] - waist[0][1])
    sl, tl, sr, tr = _upper_rows(garment.alpha, body, np.linspace(top, bottom, 12), scale, start, tilt, True)
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
    garment: Garment,
    body: Body,
    fit: Fit,
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
    heights = np.linspace(top, float(crotch[1]) - 2, 5)
    sl, tl, sr, tr = _upper_rows(alpha, body, heights, scale, start, float(waist[1][1] - waist[0][1]), False)
    stretch = (fork_drop - start) / max(rise, 1.0)
    sides = [[(x, start + (y - start) * stretch) for x, y in points] for points in (tl, tr)]
    middle = [((a[0] + b[0]) / 2, a[1]) for a, b in zip(sl, sr, strict=True)]
    middle[-1] = (float(crotch[0]), float(crotch[1]))
    columns: F64 = np.arange(float(alpha.shape[1]))[None, :]
    split = parting(alpha, crotch)
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
