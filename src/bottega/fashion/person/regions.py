"""Which pixels are hair, face, neck, clothes, arms, hands, legs and shoes: masks at the analysis size."""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.person.legs import Legs, below_shoes
from bottega.fashion.person.scene import Scene, grid
from bottega.fashion.person.silhouette import drop_small
from bottega.fashion.person.values import BodyFrame, Region
from bottega.fashion.person.worn import Worn
from bottega.imaging.arrays import distance, lengths, medians, picked
from bottega.imaging.parts import Parts, parts_of
from bottega.imaging.picture import F32

Bool = NDArray[np.bool_]

_LOWEST_NECKLINE = 1.5
"""Head heights below the chin."""
SKIN = 0.5
"""From this likeness a pixel counts as bare skin."""


def bare_skin(scene: Scene, hair: Bool, midriff: Bool, level: float = SKIN) -> tuple[Bool, bool]:
    """Bare skin below the chin, from `level` of likeness on, and whether the garment itself has the skin's colour (skin
    is then taken only where anatomy says so). A bare `midriff` is no garment."""
    across, down = grid(scene.silhouette.shape, scene.head)
    skin = of_skin_colour(scene, hair, level)
    core = scene.silhouette & ~midriff & (np.abs(across) < 0.5) & (down > 0.9) & (down < 2.0)
    # Before the trunk, and where sleeves are.
    before = (np.abs(across) < 0.75) & (down > 0.5)
    before |= (np.abs(across) > 0.55) & (down > 0.25) & (down < 1.5)
    broad = _broad(skin, 0.055 * scene.head.unit)
    skin &= ~before | broad | _tip(scene, skin & ~broad, broad)
    alike = bool(core.any()) and float(skin[core].mean()) > 0.45
    if alike:
        neckline = (down < 0.38) & (np.abs(across) < 0.45)
        skin &= neckline | (np.abs(across) > 1.3) | (down > 3.4)
    return skin, alike


def of_skin_colour(scene: Scene, hair: Bool, level: float = SKIN) -> Bool:
    """What has the skin's colour below the chin, cloth or not."""
    across, down = grid(scene.silhouette.shape, scene.head)
    skin = scene.silhouette & (scene.skin > level) & ((down > -0.05) | (np.abs(across) > 0.8)) & ~hair
    smooth = cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    skin = np.asarray(cv2.morphologyEx(np.asarray(smooth), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))) > 0
    return _without_specks(skin & scene.silhouette & ~hair, 0.01 * scene.head.unit**2)


def _tip(scene: Scene, narrow: Bool, broad: Bool) -> Bool:
    """Of what is `narrow` the lower tip of a V neckline: in the middle, below bare throat, no broader than high."""
    across, down = grid(narrow.shape, scene.head)
    zone = (np.abs(across) < 0.4) & (down > 0.3) & (down < _LOWEST_NECKLINE)
    tips = narrow & zone
    above = np.asarray(cv2.dilate((broad & zone).astype(np.uint8), np.ones((7, 3), np.uint8))) > 0
    if not (tips & above).any():
        return np.zeros_like(narrow)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(tips.astype(np.uint8), connectivity=8)
    at, sizes = np.asarray(labels, np.int32), np.asarray(stats)
    kept = np.zeros(count, bool)
    kept[at[above]] = True
    kept &= sizes[:, cv2.CC_STAT_WIDTH] <= 1.2 * sizes[:, cv2.CC_STAT_HEIGHT]
    return Parts(at, count).of(kept)


def _broad(mask: Bool, radius: float) -> Bool:
    """`mask` without what is narrower than twice `radius`, pixels: stripes of a skin's colour before the trunk are cloth."""
    reach = max(1, round(radius))
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    opened = np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc))
    return mask & (np.asarray(cv2.dilate(opened, np.ones((5, 5), np.uint8))) > 0)


def _without_specks(mask: Bool, least: float) -> Bool:
    parts = parts_of(mask, 8)
    return parts.of(parts.areas() >= least) if parts.count > 1 else mask


def find_hair(scene: Scene) -> Bool:
    """Hair around and below the face: what is not skin on the head, and what of its colour hangs from there."""
    nothing = np.zeros(scene.silhouette.shape, bool)
    if scene.face is None or scene.skin_model is None:
        return nothing
    across, down = grid(scene.silhouette.shape, scene.head)
    inner = (across / 0.3) ** 2 + ((down + 0.36) / 0.38) ** 2 < 1
    cap = scene.silhouette & ~inner & (down < -0.62) & (np.abs(across) < 0.6)
    if cap.sum() < 0.04 * scene.head.unit**2:
        return nothing
    of_cap = picked(scene.lab, cap)
    middle = medians(of_cap)
    like_skin = float(np.linalg.norm(middle - np.asarray(scene.skin_model.lab))) < 9
    spread = 1.4826 * medians(np.abs(of_cap - middle)) + np.array([4.0, 2.0, 2.0])
    spread = np.minimum(spread, [14.0, 7.0, 9.0])
    from_hair = scene.lab - middle
    away = lengths(from_hair / (2.6 * spread).astype(np.float32))
    nearer = lengths(from_hair) < distance(scene.lab, np.asarray(scene.skin_model.lab, np.float32))
    core = scene.silhouette & (np.abs(across) < 0.4) & (down > 0.9) & (down < 1.8)
    worn = medians(picked(scene.lab, core)) if core.any() else middle + 99
    # A top of the hair's colour cannot be told from it: then only what lies above the shoulders is hair.
    reach = 1.7 if float(np.linalg.norm(worn - middle)) > 14 else 0.3
    zone = scene.silhouette & ~inner & (np.abs(across) < 1.15) & (down < reach)
    if reach > 1:
        # The top shines through thin hair, and has some of its light and shade.
        zone &= (down < -0.05) | (lengths(from_hair) < distance(scene.lab, worn.astype(np.float32)))
    else:
        # Below the chin no farther out than beside the face: there the shoulders of that top begin.
        beside: Bool = scene.silhouette & ~inner & (away < 1) & (down > -0.5) & (down < -0.05)
        widest = float(np.percentile(np.abs(across)[beside], 98)) if beside.any() else 0.4
        out = scene.silhouette & (np.abs(across) > widest + 0.08) & (np.abs(across) < 1.2)
        narrow: Bool = np.asarray(~out.any(axis=1), np.bool_)[:, None]
        zone &= (down < -0.05) | ((np.abs(across) < widest + 0.03) & narrow)
    bright = (down < -0.25) & (np.abs(across) < 0.7) & (scene.skin < 0.35)
    likely = zone & (((away < 1) & nearer) | bright)
    if like_skin:
        likely = _beside_the_neck(scene, zone & (away < 1))
    solid = np.asarray(cv2.morphologyEx(likely.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    return parts_of(solid, 8).holding(cap)


def _beside_the_neck(scene: Scene, alike: Bool) -> Bool:
    """Of what has the colour of hair and skin alike, the hair by its place: above and beside the face and beside the
    neck; and before the trunk only strands that hang well below the shoulders, for a wide neckline shows skin there."""
    across, down = grid(scene.silhouette.shape, scene.head)
    side = np.abs(across)
    head = alike & ((down < -0.6) | (side > 0.34)) & (down < 0.3)
    strands = alike & (side > 0.2) & (side < 0.62) & (down >= 0.3)
    return head | parts_of(strands, 8).holding(strands & (down > 0.75))


def find_regions(
    scene: Scene, frame: BodyFrame, worn: Worn, feet: Legs, skin: Bool, midriff: Bool, hair: Bool
) -> dict[Region, Bool]:
    """Masks of what is in the picture; what takes up next to nothing is left out. A bare `midriff` counts as legs."""
    across, down = grid(scene.silhouette.shape, scene.head)
    left, top = scene.silhouette & (across < 0), worn.mask
    rest = scene.silhouette & ~hair & ~top
    inner = (across / 0.3) ** 2 + ((down + 0.38) / 0.4) ** 2 < 1
    oval = (across / 0.42) ** 2 + ((down + 0.44) / 0.52) ** 2 < 1
    face = rest & (inner | (oval & (scene.skin > 0.4))) & (down < 0.03)
    if scene.face is None:
        face = np.zeros_like(rest)
    neck = rest & skin & ~face & (down < 0.8) & (np.abs(across) < 0.55)
    neck |= _below_throat(neck, rest & skin & ~face & (down < _LOWEST_NECKLINE) & (np.abs(across) < 0.4))
    neck |= rest & ~face & (down > -0.3) & (down < 0.25) & (np.abs(across) < 0.34)
    hem = worn.hem if worn.hem is not None else 9.0
    below = down > max(min(hem, 2.9), 2.35) + 0.05
    legs = rest & skin & below & (np.abs(across) < 0.95)
    hands = rest & skin & ~face & ~neck & ~midriff & _hands(scene, frame)
    legs = (legs & ~hands) | (rest & midriff)
    arms = rest & skin & ~face & ~neck & ~hands & ~legs
    waist = arms & _at_the_waist(scene, frame, midriff)
    arms, legs = arms & ~waist, legs | waist
    apart = _off_the_arms(scene, frame, arms & (down > 0.9))
    arms, legs = arms & ~apart, legs | apart
    shoes = rest & ~skin & below_shoes(scene, feet, across, down)
    bottom = rest & ~skin & ~shoes & (down > min(1.5, hem - 0.05)) & (np.abs(across) < 1.6) & ~hands
    sleeves = _sleeves_in(scene, frame, top, bottom)
    top, bottom = top | sleeves, bottom & ~sleeves
    found: dict[Region, Bool] = {
        "hair": hair,
        "face": face,
        "neck": neck,
        "dress" if worn.dress else "top": top,
        # What is left of a hem that was cut a little too high is no trousers.
        "bottom": drop_small(_broad(bottom, 0.03 * scene.head.unit), 0.05),
        "left_arm": arms & left,
        "right_arm": arms & ~left,
        "hands": hands,
        "legs": legs,
        "shoes": shoes,
    }
    least = 0.01 * scene.head.unit**2
    return {name: mask for name, mask in found.items() if mask.sum() >= max(8.0, least)}


def _below_throat(neck: Bool, skin: Bool) -> Bool:
    """Of `skin` in the middle of the chest what hangs together with the neck: a low neckline."""
    return skin & parts_of(skin | neck, 8).holding(neck)


def _sleeves_in(scene: Scene, frame: BodyFrame, top: Bool, bottom: Bool) -> Bool:
    """Of `bottom` beside the hips, what has the colours of `top` and hangs together with it: sleeves close to the body."""
    across, down = grid(top.shape, scene.head)
    hips = [
        abs(frame.joints[name][0] - scene.head.chin[0])
        for name in ("hip_left", "hip_right")
        if name in frame.joints
    ]
    half = min(hips) / scene.head.unit if hips else 0.7
    beside = bottom & (np.abs(across) > 0.85 * half) & (down < 3.0)
    core = bottom & (np.abs(across) < 0.7 * half) & (down < 4.0)
    if not beside.any() or core.sum() < 50 or top.sum() < 50:
        return np.zeros_like(top)
    weights = np.array((0.5, 1, 1), np.float32)
    own, other = (_colours((scene.lab[part] * weights).astype(np.float32)) for part in (top, core))
    if float(np.linalg.norm(own[:, None] - other[None], axis=2).min()) < 9:
        return np.zeros_like(top)
    values = picked(scene.lab, beside) * weights
    away = [np.minimum.reduce([distance(values, kind) for kind in kinds]) for kinds in (own, other)]
    like = np.zeros_like(top)
    like[beside] = away[0] < 0.6 * away[1]
    # The rim of trousers mixes with the wall to many colours.
    like &= _broad(like | top, 0.05 * scene.head.unit)
    return like & parts_of(like | top, 8).holding(top)


def _colours(values: F32) -> F32:
    """At most three common ones (n x 3)."""
    cv2.setRNGSeed(5)
    some = np.ascontiguousarray(values[:: max(1, len(values) // 1500)], np.float32)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 0.5)
    kinds: Any = cv2.kmeans(some, 3, None, stop, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    labels: NDArray[np.int64] = np.asarray(kinds[1], np.int64).ravel()
    share = np.bincount(labels, minlength=3) / len(some)
    return np.asarray(kinds[2], np.float32)[share > 0.08]


def _hands(scene: Scene, frame: BodyFrame) -> Bool:
    """Discs beyond the wrists, away from the elbows."""
    discs = np.zeros(scene.silhouette.shape, np.uint8)
    unit = scene.head.unit
    for side in ("left", "right"):
        wrist, elbow = frame.joints.get(f"wrist_{side}"), frame.joints.get(f"elbow_{side}")
        if wrist is None:
            continue
        direction = np.subtract(wrist[:2], elbow[:2]) if elbow is not None else np.array([0.0, 1.0])
        direction = direction / max(float(np.linalg.norm(direction)), 1.0)
        centre = np.asarray(wrist[:2]) + direction * 0.24 * unit
        cv2.circle(
            discs, (round(float(centre[0])), round(float(centre[1]))), max(2, round(0.3 * unit)), 1, -1
        )
    return discs > 0


def _at_the_waist(scene: Scene, frame: BodyFrame, midriff: Bool) -> Bool:
    """Beside a bare midriff as far out as the hips: the waist's own skin, however close the arms hang."""
    rows: Bool = np.asarray(midriff.any(axis=1), np.bool_)
    hips = [
        abs(frame.joints[name][0] - scene.head.chin[0])
        for name in ("hip_left", "hip_right")
        if name in frame.joints
    ]
    if not rows.any() or not hips:
        return np.zeros_like(midriff)
    across, _ = grid(midriff.shape, scene.head)
    return rows[:, None] & (np.abs(across) * scene.head.unit < 0.95 * min(hips))


def _off_the_arms(scene: Scene, frame: BodyFrame, bare: Bool) -> Bool:
    """Patches of skin before the trunk that no arm reaches: a bare midriff, or trousers of the skin's colour."""
    limbs = np.zeros(bare.shape, np.uint8)
    width = max(2, round(0.3 * scene.head.unit))
    for side in ("left", "right"):
        chain = [frame.joints.get(f"{name}_{side}") for name in ("shoulder", "elbow", "wrist")]
        known = [(round(joint[0]), round(joint[1])) for joint in chain if joint is not None]
        if len(known) < len(chain):
            return np.zeros_like(bare)
        for begin, end in pairwise(known):
            cv2.line(limbs, begin, end, 1, width)
    return bare & ~parts_of(bare, 8).holding(bare & (limbs > 0))


def hair_over(scene: Scene, hair: Bool) -> float:
    """How much hair lies before the trunk, as a share of a squared head height."""
    across, down = grid(scene.silhouette.shape, scene.head)
    return float((hair & (down > 0.45) & (np.abs(across) < 0.8)).sum()) / scene.head.unit**2


def at_full_size(mask: Bool, shape: tuple[int, int]) -> F32:
    """H x W float32 in [0, 1]: the mask with a soft edge at another size."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.6)
    if mask.shape == shape:
        return np.asarray(soft, np.float32)
    large = np.asarray(cv2.resize(soft, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    width = shape[1] / mask.shape[1]
    # Enlarging widens the edge; it is made as steep again as it was.
    large -= np.float32(0.5)
    large *= np.float32(min(width, 4.0))
    large += np.float32(0.5)
    return np.clip(large, 0, 1, out=large)
