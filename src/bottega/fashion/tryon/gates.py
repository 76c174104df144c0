"""The judge of any engine's try-on: what must hold before a score counts, and pasting back what must not change.

The measures behind the score are `score`'s; what both look at is prepared by `evidence`.
"""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from bottega.errors import InvalidOption
from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon import garment_gates, score
from bottega.fashion.tryon.evidence import Evidence, evidence_of
from bottega.fashion.tryon.expected import Expected, expected_of
from bottega.fashion.tryon.fidelity import details
from bottega.fashion.tryon.values import Bool, Gate, Measure, TryOnOptions, TryOnVerdict
from bottega.fashion.tryon.zones import drop_map, grown
from bottega.imaging.arrays import most_apart
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32, U8

LEAST_FACE = 0.92
"""Normalised cross-correlation of the face before and after."""
MOST_FACE_CHANGE = 6.0
"""Mean CIE76 distance in the face."""
MOST_HANDS = 0.15
"""Of the hands may change visibly: a long cuff covers a little of them."""
CROTCH = 0.4
"""Shoulder breadths below the hips, about where legs part."""
LEAST_HANDS = 64
"""Pixels of hands without which nothing is said of them."""
MOST_OUTSIDE = 0.02
"""Of the pixels where nothing belongs to the garment may change visibly when no mask is given."""
VISIBLE = 14
"""Levels of 255: what repeated JPEG compression does stays below."""


def judge_tryon(
    person_rgb: U8,
    garment_rgb: U8,
    result_rgb: U8,
    *,
    mask: Bool | None = None,
    layer: F32 | None = None,
    person: PersonParse | None = None,
    garment: Garment | None = None,
    options: TryOnOptions | None = None,
    seed: int = 0,
) -> TryOnVerdict:
    """What is to be said of `result_rgb`, by whichever engine; all H x W x 3 uint8 RGB, the result as large as the
    photograph. `mask` (H x W) is True where the engine promises to have changed pixels only; None: it promises nothing.
    `layer` (H x W in [0, 1]): where the engine says that it shows the garment; it is asked where colours do not tell.
    `options` are those that were asked for. Raises InvalidOption where sizes differ.
    """
    masks = [one.shape for one in (mask, layer) if one is not None]
    if result_rgb.shape != person_rgb.shape or any(one != person_rgb.shape[:2] for one in masks):
        raise InvalidOption(
            "The result, the mask and the photograph differ in size.",
            hint="Call paste_back on the result first.",
        )
    if garment is None:
        from bottega.fashion.garment.parse import parse_garment

        garment = parse_garment(garment_rgb, seed=seed)
    if person is None:
        from bottega.fashion.person.parse import parse_person

        person = parse_person(person_rgb, seed=seed)
    options = options or TryOnOptions()
    expected = expected_of(person, garment, options, garment_rgb=garment_rgb)
    if expected is None:
        return _unjudged(person_rgb, result_rgb, mask, person)
    return judge_expected(
        person_rgb, garment_rgb, result_rgb, mask, person, garment, expected, options, layer
    )


def judge_expected(
    person_rgb: U8,
    garment_rgb: U8,
    result_rgb: U8,
    mask: Bool | None,
    person: PersonParse,
    garment: Garment,
    expected: Expected,
    options: TryOnOptions,
    layer: F32 | None = None,
) -> TryOnVerdict:
    """`judge_tryon` with everything known already."""
    seen = evidence_of(person_rgb, garment_rgb, result_rgb, mask, person, garment, expected, options, layer)
    area = grown(expected.cover > 0.5, 2) & (expected.front < 0.5)
    with ThreadPoolExecutor(1) as beside:
        looked_up = beside.submit(details, garment_rgb, garment.alpha, result_rgb, area)
        parts = {"realism": score.realism(seen), "fit": score.fit(seen), "light": score.light(seen)}
        found = looked_up.result()
    parts["proportions"] = score.proportions(seen, found)
    gates = (
        _identity(person_rgb, result_rgb, person),
        _hands(person_rgb, result_rgb, person, expected),
        _outside(seen),
        garment_gates.colours(seen),
        garment_gates.details(seen, found),
        garment_gates.sleeves(seen),
        garment_gates.arms_covered(seen),
        garment_gates.legs_meet(seen),
        garment_gates.no_undressing(seen),
        garment_gates.torn(seen),
        garment_gates.residue(seen),
        garment_gates.neckline(seen),
        garment_gates.seam(parts["realism"]),
    )
    measures: list[Measure] = [Measure("feature_inliers", float(found.inliers))]
    for some in parts.values():
        measures += some
    return TryOnVerdict(
        gates,
        score.part(parts["realism"]),
        score.part(parts["fit"]),
        score.part(parts["light"]),
        score.part(parts["proportions"]),
        tuple(measures),
    )


def paste_back(person_rgb: U8, result_rgb: U8, mask: Bool) -> U8:
    """The result inside `mask` (H x W), the photograph everywhere else, bit for bit; with a soft edge inside the mask.

    For engines that repaint the whole picture: the result may be of another size with the same proportions (within
    2 %), and is brought to the photograph's. Raises InvalidOption for other proportions or another mask size.
    """
    height, width = person_rgb.shape[:2]
    if mask.shape != (height, width):
        raise InvalidOption(
            "The mask and the photograph differ in size.", hint="Use the mask of this photograph."
        )
    if abs(result_rgb.shape[1] * height / (result_rgb.shape[0] * width) - 1) > 0.02:
        raise InvalidOption(
            f"The result is {result_rgb.shape[1]} x {result_rgb.shape[0]} pixels, the photograph {width} x {height}.",
            hint="Ask the engine for a picture of the photograph's proportions.",
        )
    if result_rgb.shape[:2] != (height, width):
        way = cv2.INTER_AREA if result_rgb.shape[0] > height else cv2.INTER_CUBIC
        result_rgb = np.asarray(cv2.resize(result_rgb, (width, height), interpolation=way), np.uint8)
    # The picture's own border is no edge of the mask.
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    depth = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5), np.float32)[1:-1, 1:-1]
    soft = np.clip(depth / 3, 0, 1)[..., None]
    mixed = person_rgb * (1 - soft) + result_rgb * soft
    return np.where(mask[..., None], np.rint(mixed), person_rgb).astype(np.uint8)


def _identity(before: U8, after: U8, person: PersonParse) -> Gate:
    """The face as it was: unchanged, or so alike that only compression lies between."""
    if person.face is None:
        return Gate("identity", None, 0.0, LEAST_FACE, "There is no face in the photograph to compare.")
    x, y, width, height = (round(v) for v in person.face.box)
    at = slice(max(y, 0), max(y + height, 1)), slice(max(x, 0), max(x + width, 1))
    one, other = (luma(p[at].astype(np.float32)) for p in (before, after))
    if one.size < 64:
        return Gate("identity", None, 0.0, LEAST_FACE, "The face lies outside the picture.")
    a, b = one - one.mean(), other - other.mean()
    alike = float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1e-6))
    away = float(np.abs(before[at].astype(np.float32) - after[at]).mean()) / 255 * 100
    if away == 0:
        alike = 1.0
    passed = alike >= LEAST_FACE and away <= MOST_FACE_CHANGE
    return Gate(
        "identity", passed, alike, LEAST_FACE, "" if passed else "The face is not the one in the photograph."
    )


def _hands(before: U8, after: U8, person: PersonParse, expected: Expected | None = None) -> Gate:
    """Hands as they were: fingers made up anew are wrong, whichever engine made them. What was taken for bare legs above the
    crotch and beside the garment is a hand too."""
    region = person.regions.get("hands")
    where = None if region is None else region > 0.9
    legs = person.regions.get("legs")
    if expected is not None and legs is not None:
        body = expected.body
        high = drop_map(body, legs.shape) < body.hip_drop + CROTCH * body.breadth
        beside = (legs > 0.9) & high & ~grown(expected.cover > 0.05, 2)
        where = beside if where is None else where | beside
    if where is None or int(where.sum()) < LEAST_HANDS:
        return Gate("hands", None, 0.0, MOST_HANDS, "No hands are seen in the photograph.")
    away = most_apart(after, before)
    share = float((away[where] > VISIBLE).mean())
    passed = share <= MOST_HANDS
    return Gate(
        "hands", passed, share, MOST_HANDS, "" if passed else "The hands are not those of the photograph."
    )


def _outside(seen: Evidence) -> Gate:
    if seen.mask is not None:
        count = int(((most_apart(seen.result, seen.person_rgb) > 0) & ~seen.mask).sum())
        message = (
            "" if count == 0 else f"{count} pixels outside the edited area are not those of the photograph."
        )
        return Gate("outside_unchanged", count == 0, float(count), 0.0, message)
    body = seen.expected.body
    arms = [
        seen.person.regions[name] for name in ("left_arm", "right_arm", "neck") if name in seen.person.regions
    ]
    free = np.maximum.reduce([seen.expected.cover, seen.expected.old, *arms])
    outside = ~grown(free > 0.1, max(3, round(0.12 * body.breadth)))
    away = most_apart(seen.result, seen.person_rgb)
    share = float((away[outside] > VISIBLE).mean()) if outside.any() else 0.0
    passed = share <= MOST_OUTSIDE
    message = "" if passed else "The picture is changed where no garment is; paste_back mends it."
    return Gate("outside_unchanged", passed, share, MOST_OUTSIDE, message)


def _unjudged(before: U8, after: U8, mask: Bool | None, person: PersonParse) -> TryOnVerdict:
    """What can be said where neither the garment's place nor its shape are known: nothing is made up."""
    why = "Where the garment belongs could not be found in these pictures."
    names = (
        "garment_colours",
        "garment_details",
        "sleeves",
        "arms_covered",
        "legs_meet",
        "no_undressing",
        "torn",
        "residue",
        "neckline",
        "seam",
    )
    gates = [_identity(before, after, person), _hands(before, after, person)]
    if mask is None:
        gates.append(Gate("outside_unchanged", None, 0.0, MOST_OUTSIDE, why))
    else:
        count = int((after != before).any(axis=2)[~mask].sum())
        message = (
            "" if count == 0 else f"{count} pixels outside the edited area are not those of the photograph."
        )
        gates.append(Gate("outside_unchanged", count == 0, float(count), 0.0, message))
    gates += [Gate(name, None, 0.0, 0.0, why) for name in names]
    return TryOnVerdict(tuple(gates), None, None, None, None)
