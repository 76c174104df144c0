"""Where the points of a top, jacket or dress come to lie on a body: by the body's frame and the garment's own proportions,
never by what is worn. Warping the pixels is `warp`'s."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.garment.values import Garment, Sleeves
from bottega.fashion.tryon.body import Body
from bottega.fashion.tryon.cloth import Cloth, sleeve_mask, torso_mask, untouched_sides
from bottega.fashion.tryon.pieces import MOST_STRETCH, Patch, Placement
from bottega.fashion.tryon.sleeves import place_sleeve
from bottega.fashion.tryon.values import Fit
from bottega.fashion.tryon.zones import inset
from bottega.imaging.picture import F32

F64 = NDArray[np.float64]

EASE: dict[Fit, float] = {"fitted": 0.94, "regular": 1.0, "loose": 1.08}
"""Breadths of cloth against those of the regular fit."""
USUAL_CHEST = 1.2
"""Breadth of a top laid flat at the armpits, in breadths of its shoulders."""
FLAT_TO_WORN = 1.3
"""Half the girth of a torso in breadths of it seen from the front: an ellipse 0.65 to 0.7 as deep as broad (Ramanujan)."""
ROUND_SHOULDER = 0.95
"""Of the shoulders, as far out as the seam of such a sleeve comes at most."""
ROUND_CHEST, BARE_CHEST = 0.84, 0.93
ROUND_TO_WORN, BARE_TO_WORN = 0.9, 0.96
"""`USUAL_CHEST` and `FLAT_TO_WORN` on a mannequin, whose breadth is seen and not its half girth: a slim one wears it closer
than most people do. Under sleeves the breadth is seen nearer to the waist, without them (`BARE_`) at the chest itself."""
USUAL_SIDES, BROADER = 0.74, 0.3
"""Breadth of a torso near the armpits in breadths of its shoulders, and how much of what it is broader by counts for the size of
what has no sleeves: clothes for broad people are cut much wider and little longer, and loose clothes hide the sides."""
PINNED, PRINT = 0.4, 0.1
"""Stiffness of the points that torso and sleeves share, and of those under a print, as factors on that of the rest."""

HOLLOW = 0.08
"""Of the chest's breadth a garment's shoulder lies beside the straight line from collar to seam at most."""

FALL = 0.25
"""How fast cloth that falls over hips or a skirt becomes broader at most, pixels per pixel down."""
HEM_CORNER = 0.04
"""Shoulder breadths above the hem, where its corners begin."""
OVER = 0.005
"""Shoulder breadths by which cloth lies higher than the edge of the shoulder that is seen: it lies on it, and over what was
worn there."""
UPPER_EDGE = (0.35, 0.6, 0.8, 0.92)
"""Of the way from collar to seam, where cloth is laid on the shoulder's edge."""
EDGE_NEAR = 0.02
"""Of the chest's breadth, how far beside a place the cloth's upper edge is looked at."""
OWN_SIDE = 0.06
"""Shoulder breadths up to which the edge seen on one side differs from the line of both because the arm is moved; beyond
that it is something else."""


def place_upper(
    cloth: Cloth, body: Body, garment: Garment, fit: Fit, tucked: bool, rolled: bool
) -> Placement:
    """A top, jacket or dress on a body."""
    scale = upper_scale(cloth, body, garment.sleeves) * EASE[fit]
    torso, ends = _torso(cloth, body, garment, scale, tucked)
    height, width = garment.alpha.shape
    left_of = np.zeros((height, width), bool)
    patches: list[Patch] = []
    shares: list[float] = []
    for side, sleeve, arm in (
        ("left", cloth.left_sleeve, body.left_arm),
        ("right", cloth.right_sleeve, body.right_arm),
    ):
        if sleeve is None:
            shares.append(0.0)
            continue
        area = sleeve_mask((height, width), sleeve, 0.04 * cloth.chest_breadth)
        core = sleeve_mask((height, width), sleeve, -0.05 * cloth.chest_breadth)
        left_of |= core
        patch, share = place_sleeve(
            f"{side}_sleeve",
            sleeve,
            inset(arm, body),
            ends[side],
            scale,
            garment.sleeves,
            area,
            rolled,
            garment.alpha,
            body.contour,
        )
        patches.append(patch)
        shares.append(share)
    own = ~left_of
    untouched = None
    if cloth.round > 0.5:
        untouched = untouched_sides(cloth)
        own &= torso_mask((height, width), cloth)
    body_patch = replace(torso, area=own, untouched=untouched)
    front = _collar_front(cloth, body, scale)
    return Placement(
        (body_patch, *patches),
        scale,
        cloth.length * scale,
        body.waist_drop if tucked else None,
        (shares[0], shares[1]),
        front,
        torso.outline,
    )


def upper_scale(cloth: Cloth, body: Body, sleeves: Sleeves) -> float:
    """What the shoulders ask for, tempered by the chest; without sleeves more by the chest, because straps end anywhere
    on the shoulder."""
    seen = BARE_CHEST if sleeves == "none" else ROUND_CHEST
    by_chest = (USUAL_CHEST + cloth.round * (seen - USUAL_CHEST)) * body.breadth / cloth.chest_breadth
    if sleeves == "none":
        left, right = body.sides(body.drops[1:2])
        usual = USUAL_SIDES * body.breadth
        beyond = max(float(right[0] - left[0]) - usual, 0.0)
        worn = FLAT_TO_WORN + cloth.round * (1 - FLAT_TO_WORN)
        by_sides = worn * 0.97 * (float(right[0] - left[0]) - (1 - BROADER) * beyond) / cloth.chest_breadth
        return float(np.sqrt(by_chest * by_sides))
    return float(np.sqrt(by_chest * body.breadth / cloth.shoulder_breadth))


def _flat_to_worn(cloth: Cloth) -> float:
    seen = BARE_TO_WORN if cloth.left_sleeve is None and cloth.right_sleeve is None else ROUND_TO_WORN
    return FLAT_TO_WORN + cloth.round * (seen - FLAT_TO_WORN)


def _shoulder_line(body: Body, u: F64, slope: float, over: float = OVER) -> F64:
    """How far below the shoulder line (negative: above) the body's upper edge runs at `u`: as seen where that is seen,
    else between its own slope toward the neck and `slope`, that of the garment. `over`: shoulder breadths above what is
    seen."""
    half = body.breadth / 2
    neck = float(body.into(body.neck)[1])
    own = min(neck, 0.0) / max(half - body.neck_half, 1.0)
    mixed = 0.6 * own + 0.4 * min(slope, 0.0)
    line = np.minimum(0.0, mixed * np.clip(half - np.abs(u), 0, half - 0.6 * body.neck_half))
    if not len(body.ridge):
        return line
    seen, sure = body.shoulder_edge(np.abs(u))
    seen = seen - sure * over * body.breadth
    near = np.clip(1.5 - np.abs(seen - line) / (0.08 * body.breadth), sure, 1)
    return near * seen + (1 - near) * line


def _on_shoulder(body: Body, u: float, slope: float) -> F64:
    """The place `u` along the shoulders on their upper edge, in body coordinates. Toward their ends each side's own edge
    counts: an arm that is held away raises or lowers it."""
    line = float(_shoulder_line(body, np.array(u), slope))
    seen = float(body.seen_top(np.array((u,)))[0]) - OVER * body.breadth
    if np.isnan(seen):
        return np.array((u, line))
    near = np.clip(1.5 - abs(seen - line) / (OWN_SIDE * body.breadth), 0, 1)
    near *= np.clip((abs(u) / body.breadth - 0.3) / 0.1, 0, 1)
    return np.array((u, near * seen + (1 - near) * line))


def _torso(
    cloth: Cloth, body: Body, garment: Garment, scale: float, tucked: bool
) -> tuple[Patch, dict[str, tuple[F64, F64, F64]]]:
    """The torso's piece, and for each side where its seam begins and ends (shoulder, armpit) and how the shoulder runs out."""
    half = body.breadth / 2
    sleeved = garment.sleeves != "none"
    slope = _garment_slope(cloth)
    collar = _collar(cloth, body, scale, slope)
    shoulders: list[F64] = []
    for index, sign in ((0, -1.0), (1, 1.0)):
        u = scale * abs(float(cloth.shoulders[index][0] - cloth.origin[0]))
        # What was laid flat widens at the seam; on a mannequin it is seen where it is worn.
        most = 1.1 + cloth.round * (ROUND_SHOULDER - 1.1)
        u = float(np.clip(u, min(0.92, most) * half, most * half)) if sleeved else min(u, 0.97 * half)
        u = max(u, abs(float(collar[index][0])) + 0.06 * body.breadth)
        shoulders.append(_on_shoulder(body, sign * u, slope))
    drops, lefts, rights = _side_targets(cloth, body, scale, tucked)
    armpits = [np.array((edge[0], drops[0])) for edge in (lefts, rights)]
    if not sleeved:
        _close_to_body(body, drops, lefts, rights)
        armpits = [np.array((edge[0], drops[0])) for edge in (lefts, rights)]
    else:
        for index, sign in ((0, -1.0), (1, 1.0)):
            armpits[index][0] = sign * min(abs(armpits[index][0]), 1.0 * abs(shoulders[index][0]))
    front = body.into(_collar_front(cloth, body, scale))
    hem = len(drops) - 1
    source = [*cloth.collar, cloth.collar_front, *cloth.shoulders, *cloth.armpits]
    target = [*collar, front, *shoulders, *armpits]
    for index in (0, 1):
        source += _seam_points(cloth.shoulders[index], cloth.armpits[index])
        target += _seam_points(shoulders[index], armpits[index])
    edge_source, edge_target = _shoulder_edges(cloth, body, garment, collar, shoulders, slope)
    source += edge_source
    target += edge_target
    seam_ends = len(source)
    for index in range(1, len(drops)):
        for edge, goal in ((cloth.lefts, lefts), (cloth.rights, rights)):
            source.append(cloth.origin + np.array((edge[index], cloth.drops[index])))
            target.append(np.array((goal[index], drops[index])))
    inner_source, inner_target = _print_zone(cloth, body, scale)
    middle_hem = (cloth.lefts[hem] + cloth.rights[hem]) / 2, (lefts[hem] + rights[hem]) / 2
    source += [*inner_source, cloth.origin + np.array((middle_hem[0], cloth.drops[hem]))]
    target += [*inner_target, np.array((middle_hem[1], drops[hem]))]
    points = np.array(target)
    slack = np.ones(len(points))
    # From the shoulders' tips to the last point of the seams: a gap there would show what is behind.
    slack[3:seam_ends] = PINNED
    # The middle, which bears the print, moves by the scale alone.
    slack[-1 - len(inner_source) : -1] = PRINT
    outline = np.vstack(
        (
            [shoulders[0], collar[0], front, collar[1], shoulders[1], armpits[1]],
            np.column_stack((rights, drops)),
            np.column_stack((lefts, drops))[::-1],
            [armpits[0]],
        )
    )
    zone = (
        cloth.origin[0] - 0.25 * cloth.chest_breadth,
        float(cloth.collar_front[1]) + 0.03 * cloth.length,
        cloth.origin[0] + 0.25 * cloth.chest_breadth,
        cloth.origin[1] + 0.7 * cloth.length,
    )
    patch = Patch(
        "torso",
        np.array(source),
        body.out(points[:, 0], points[:, 1]),
        np.ones(garment.alpha.shape, bool),
        body.out(outline[:, 0], outline[:, 1]),
        zone,
        slack=slack,
        hanging=_hanging(body, drops, lefts, rights),
    )
    ends = {
        side: (
            body.out(*shoulders[index]),
            body.out(*armpits[index]),
            _lead(body, collar[index], shoulders[index]),
        )
        for index, side in ((0, "left"), (1, "right"))
    }
    return patch, ends


def _hanging(body: Body, drops: F64, lefts: F64, rights: F64) -> tuple[float, float, float]:
    """The rows between which both sides hang, from the armpits to a little above the hem, and a column between them."""
    ends = [body.out(side[[0, -1]], drops[[0, -1]]) for side in (lefts, rights)]
    top, bottom = max(end[0, 1] for end in ends), min(end[1, 1] for end in ends)
    return float(top), float(bottom - HEM_CORNER * body.breadth), float(np.mean([end[:, 0] for end in ends]))


def _lead(body: Body, collar: F64, shoulder: F64) -> F64:
    """The unit vector in which a shoulder runs out at its end: as from the collar, and already a little downward."""
    way = shoulder - collar
    way = way / max(float(np.hypot(*way)), 1e-6) + np.array((0.0, 0.3))
    way = way / max(float(np.hypot(*way)), 1e-6)
    return way[0] * body.across + way[1] * body.down


def _shoulder_edges(
    cloth: Cloth, body: Body, garment: Garment, collar: list[F64], shoulders: list[F64], slope: float
) -> tuple[list[F64], list[F64]]:
    """Places of the cloth's upper edge between collar and shoulder, and where they lie on the shoulder: its own edge is
    hollow or round, and would leave a gap there or stand off."""
    source: list[F64] = []
    target: list[F64] = []
    alpha = garment.alpha
    for index in (0, 1):
        first, last = cloth.collar[index], cloth.shoulders[index]
        for share in UPPER_EDGE:
            guess = first + share * (last - first)
            edge = _edge_above(alpha, float(guess[0]), EDGE_NEAR * cloth.chest_breadth)
            # What begins elsewhere is a hood, or a strap beside the line.
            if edge is None or abs(edge - float(guess[1])) > HOLLOW * cloth.chest_breadth:
                continue
            u = float(collar[index][0] + share * (shoulders[index][0] - collar[index][0]))
            source.append(np.array((guess[0], edge)))
            target.append(_on_shoulder(body, u, slope))
    return source, target


def _edge_above(alpha: F32, column: float, near: float) -> float | None:
    """The row in which the cloth (`alpha`: H x W) begins at a column, without dents and hairs: the median of those up to `near`
    pixels beside it; None where there is none."""
    first, last = max(int(column - near), 0), min(int(column + near) + 1, alpha.shape[1])
    part = alpha[:, first:last] > 0.5
    rows = part.argmax(axis=0)[part.any(axis=0)]
    return float(np.median(rows)) if len(rows) else None


def _seam_points(shoulder: F64, armpit: F64) -> list[F64]:
    """Between the ends of the seam at the armhole: torso and sleeve share them, so that no gap opens."""
    return [shoulder + share * (armpit - shoulder) for share in (0.25, 0.5, 0.75)]


def _garment_slope(cloth: Cloth) -> float:
    """Rise of the shoulders toward the collar per pixel, negative: upward."""
    rises = [
        float(cloth.collar[index][1] - cloth.shoulders[index][1])
        / max(abs(float(cloth.collar[index][0] - cloth.shoulders[index][0])), 1.0)
        for index in (0, 1)
    ]
    return float(np.clip(np.mean(rises), -0.6, 0.0))


def _collar(cloth: Cloth, body: Body, scale: float, slope: float, over: float = OVER) -> list[F64]:
    found: list[F64] = []
    for index, sign in ((0, -1.0), (1, 1.0)):
        u = scale * abs(float(cloth.collar[index][0] - cloth.origin[0]))
        u = float(np.clip(u, 1.0 * body.neck_half, 0.36 * body.breadth))
        found.append(np.array((sign * u, float(_shoulder_line(body, np.array(u), slope, over)))))
    return found


def _collar_front(cloth: Cloth, body: Body, scale: float) -> F64:
    """The lowest point of the neckline in the photograph."""
    collar = _collar(cloth, body, scale, _garment_slope(cloth), over=0.0)
    depth = scale * float(cloth.collar_front[1] - (cloth.collar[0][1] + cloth.collar[1][1]) / 2)
    middle = (collar[0] + collar[1]) / 2
    return body.out(float(middle[0]), float(middle[1]) + max(depth, 0.0))


def _side_targets(cloth: Cloth, body: Body, scale: float, tucked: bool) -> tuple[F64, F64, F64]:
    """Drops and sides in body coordinates: the garment's own shape, wide enough for the body, narrowed where tucked."""
    drops = scale * cloth.drops
    left_body, right_body = body.sides(drops)
    middle = (left_body + right_body) / 2
    left, right = scale * cloth.lefts + middle, scale * cloth.rights + middle
    cover = 1.04 * (right_body - left_body) / 2
    # Below the hips the frame says nothing: cloth hangs as it is cut, and around what is worn under it.
    below = np.clip((drops - body.hip_drop) / (0.3 * body.breadth), 0, 1)
    under_left, under_right = body.worn_below(drops)
    cover_left = np.maximum(cover * (1 - below), 1.03 * (middle - under_left) * (under_left < 0))
    cover_right = np.maximum(cover * (1 - below), 1.03 * (under_right - middle) * (under_right > 0))
    if not tucked:
        cover_left, cover_right = _fallen(cover_left, drops), _fallen(cover_right, drops)
    # Cloth that lies flat goes around the body when worn: less of it is seen from the front.
    worn = 1 / _flat_to_worn(cloth)
    around = worn + (max(0.92, worn) - worn) * below
    half_left, half_right = (
        np.maximum(around * flat, np.minimum(cover, MOST_STRETCH * flat))
        for flat, cover in ((middle - left, cover_left), (right - middle, cover_right))
    )
    if tucked:
        near = np.clip(1 - np.abs(drops - body.waist_drop) / (0.35 * body.breadth), 0, 1)
        near = np.where(drops > body.waist_drop, 1.0, near)
        half_left = half_left + near * (np.minimum(half_left, 1.05 * cover_left) - half_left)
        half_right = half_right + near * (np.minimum(half_right, 1.05 * cover_right) - half_right)
    return drops, middle - half_left, middle + half_right


def _fallen(half: F64, drops: F64) -> F64:
    """How far out cloth hangs at `drops` (n, downward) that comes `half` (n) out around what is below it: it follows no
    hollow above that."""
    found = half.copy()
    for above in range(len(drops) - 2, -1, -1):
        found[above] = max(found[above], found[above + 1] - FALL * (drops[above + 1] - drops[above]))
    return found


def _close_to_body(body: Body, drops: F64, lefts: F64, rights: F64) -> None:
    """Draws the sides in to the body under the arms, in place: without a sleeve the armhole ends there, and what stands off
    would lie over the arm."""
    left_body, right_body = body.sides(drops)
    slack = 0.04 * body.breadth + 0.5 * np.maximum(drops - drops[0], 0)
    np.maximum(lefts, 1.04 * left_body - slack, out=lefts)
    np.minimum(rights, 1.04 * right_body + slack, out=rights)


def _print_zone(cloth: Cloth, body: Body, scale: float) -> tuple[list[F64], list[F64]]:
    """A grid of points in the middle of the torso that moves by the scale alone, so that a print keeps its shape."""
    source: list[F64] = []
    target: list[F64] = []
    start = max(float(cloth.collar_front[1] - cloth.origin[1]), float(cloth.drops[0])) + 0.02 * cloth.length
    for drop in np.linspace(start, 0.72 * cloth.length, 3):
        left, right = body.sides(np.array((scale * drop,)))
        middle = float(left[0] + right[0]) / 2
        for share in (-0.25, 0.0, 0.25):
            u = share * cloth.chest_breadth
            source.append(cloth.origin + np.array((u, drop)))
            target.append(np.array((scale * u + middle, scale * drop)))
    return source, target
