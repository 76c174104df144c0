"""The judge of any engine's try-on: what must hold before a score counts, and pasting back what must not change.

The measures behind the score are `score`'s; what both look at is prepared by `evidence`.
"""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from bottega.errors import InvalidOption
from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon import score
from bottega.fashion.tryon.evidence import Evidence, covered_share, evidence_of, skin_like
from bottega.fashion.tryon.expected import Expected, expected_of
from bottega.fashion.tryon.fidelity import Details, colour_distance, details
from bottega.fashion.tryon.remains import neck_share, residue_share, torn_share
from bottega.fashion.tryon.values import Bool, Gate, Measure, TryOnOptions, TryOnVerdict
from bottega.fashion.tryon.zones import drawn_ring, grown
from bottega.imaging.colour import luma
from bottega.imaging.picture import F32, U8

MOST_COLOUR_DISTANCE = 18.0
"""Sum of the Wasserstein distances of L*, a* and b*. Wrong garments and grey fills are mostly beyond it."""
LEAST_FACE = 0.92
"""Normalised cross-correlation of the face before and after."""
MOST_FACE_CHANGE = 6.0
"""Mean CIE76 distance in the face."""
MOST_OUTSIDE = 0.02
"""Of the pixels where nothing belongs to the garment may change visibly when no mask is given."""
VISIBLE = 14
"""Levels of 255: what repeated JPEG compression does stays below."""
MOST_BARED = 0.05
"""Of the torso may newly look like skin."""
MOST_TORN = 0.03
"""Of where cloth has to be may look like something else."""
MOST_SEAM = 4.0
"""Times as strong as before may edges be along the rim of what was changed."""
MOST_RESIDUE = 0.004
"""Squares of the shoulders' breadth may look like what was worn before."""
MOST_ON_NECK = 0.0015
"""Squares of the shoulders' breadth of the bare throat may look like cloth."""
MOST_SLEEVE_ERROR = 0.27
"""Of an arm's length: half a step between the sleeve classes."""


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
    expected = expected_of(person, garment, options)
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
        _outside(seen),
        _colours(seen),
        _details(seen, found),
        _sleeves(seen),
        _no_undressing(seen),
        _torn(seen),
        _residue(seen),
        _neckline(seen),
        _seam(parts["realism"]),
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


# --- The gates -----------------------------------------------------------------------------------------------


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


def _outside(seen: Evidence) -> Gate:
    if seen.mask is not None:
        count = int((seen.result != seen.person_rgb).any(axis=2)[~seen.mask].sum())
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
    away = np.abs(seen.result.astype(np.int16) - seen.person_rgb).max(axis=2)
    share = float((away[outside] > VISIBLE).mean()) if outside.any() else 0.0
    passed = share <= MOST_OUTSIDE
    message = "" if passed else "The picture is changed where no garment is; paste_back mends it."
    return Gate("outside_unchanged", passed, share, MOST_OUTSIDE, message)


def _colours(seen: Evidence) -> Gate:
    values = seen.after[seen.region]
    if len(values) < 100:
        return Gate(
            "garment_colours", None, 0.0, MOST_COLOUR_DISTANCE, "Too little of the garment is in the picture."
        )
    away = colour_distance(seen.shown, values)
    passed = away <= MOST_COLOUR_DISTANCE
    message = "" if passed else "The colours are not those of the product picture."
    return Gate("garment_colours", passed, away, MOST_COLOUR_DISTANCE, message)


def _details(seen: Evidence, found: Details) -> Gate:
    """Distinctive details found again. Plain cloth and repeating patterns have none, and nothing is said of them."""
    least = max(6.0, 0.06 * found.distinctive)
    if found.distinctive < 25 or seen.garment.pattern in (
        "plain",
        "textured",
        "striped",
        "checked",
        "dotted",
    ):
        return Gate(
            "garment_details", None, float(found.inliers), least, "The garment has no distinctive details."
        )
    passed = found.inliers >= least
    message = "" if passed else "The details of the product picture are not found again."
    return Gate("garment_details", passed, float(found.inliers), least, message)


def _sleeves(seen: Evidence) -> Gate:
    """Sleeves that come as far as those of the product picture, not those of what was worn."""
    body, shares = seen.expected.body, seen.expected.placement.sleeve_shares
    nothing = Gate(
        "sleeves", None, 0.0, MOST_SLEEVE_ERROR, "The sleeves cannot be told from skin or backdrop."
    )
    if seen.expected.lower:
        return nothing
    errors = [
        abs(found - wanted)
        for arm, wanted in ((body.left_arm, shares[0]), (body.right_arm, shares[1]))
        if (found := covered_share(seen, arm)) is not None
    ]
    if not errors:
        return nothing
    worst = max(errors)
    passed = min(errors) <= MOST_SLEEVE_ERROR and worst <= 1.6 * MOST_SLEEVE_ERROR
    message = "" if passed else "The sleeves are longer or shorter than those of the product picture."
    return Gate("sleeves", passed, worst, MOST_SLEEVE_ERROR, message)


def _torn(seen: Evidence) -> Gate:
    return _at_most(
        "torn",
        torn_share(seen),
        MOST_TORN,
        unknown="The garment cannot be told from what is around it.",
        failed="Something else shows through where the garment should be whole.",
    )


def _residue(seen: Evidence) -> Gate:
    return _at_most(
        "residue",
        residue_share(seen),
        MOST_RESIDUE,
        unknown="What was worn before is not known.",
        failed="Parts of the garment worn before are left beside the new one.",
    )


def _neckline(seen: Evidence) -> Gate:
    return _at_most(
        "neckline",
        neck_share(seen),
        MOST_ON_NECK,
        unknown="No bare throat is to be seen.",
        failed="Cloth is left on the throat, or something else that is not skin.",
    )


def _at_most(name: str, share: float | None, most: float, *, unknown: str, failed: str) -> Gate:
    if share is None:
        return Gate(name, None, 0.0, most, unknown)
    passed = share <= most
    return Gate(name, passed, share, most, "" if passed else failed)


def _seam(realism: list[Measure]) -> Gate:
    """No hard line around what was changed."""
    found = next(measure for measure in realism if measure.name == "seam_jump_ratio")
    if found.score is None:
        return Gate("seam", None, 0.0, MOST_SEAM, "What was changed ends at edges of the garment only.")
    passed = found.value <= MOST_SEAM
    message = "" if passed else "The edge of what was changed shows."
    return Gate("seam", passed, found.value, MOST_SEAM, message)


def _no_undressing(seen: Evidence) -> Gate:
    """The torso below the neckline may not look like skin where it did not before."""
    skin = seen.person.skin
    if skin is None:
        return Gate("no_undressing", None, 0.0, MOST_BARED, "The skin's colour is not known.")
    core = _torso_core(seen)
    if int(core.sum()) < 50:
        return Gate("no_undressing", None, 0.0, MOST_BARED, "The torso is not in the picture.")
    if float(skin_like(seen.shown, skin).mean()) > 0.3:
        return Gate(
            "no_undressing",
            None,
            0.0,
            MOST_BARED,
            "The garment has the colour of the skin; a person must look.",
        )
    newly = skin_like(seen.after, skin) & ~skin_like(seen.before, skin)
    share = float(newly[core].mean())
    passed = share <= MOST_BARED
    return Gate(
        "no_undressing",
        passed,
        share,
        MOST_BARED,
        "" if passed else "The result shows more skin than the garment leaves bare.",
    )


def _torso_core(seen: Evidence) -> Bool:
    """h x w of the small pictures: the torso from below the neckline to the hips (trousers: to the knees), without what
    lies before it."""
    body = seen.expected.body
    top = float(body.into(seen.expected.placement.collar_front)[1])
    start = body.hip_drop if seen.expected.lower else max(top + 0.06 * body.breadth, 0.2 * body.breadth)
    end = max(
        body.hip_drop + (0.8 if seen.expected.lower else 0.1) * body.breadth, start + 0.2 * body.breadth
    )
    if seen.expected.lower:
        # Below the hem of a skirt or of shorts legs are bare.
        end = max(
            min(end, seen.expected.placement.hem_drop - 0.06 * body.breadth), start + 0.1 * body.breadth
        )
    drops = np.linspace(start, end, 16)
    left, right = body.sides(drops)
    ring = np.vstack((body.out(0.85 * right, drops), body.out(0.85 * left, drops)[::-1])) * seen.scale
    arms = [
        seen.person.regions[name]
        for name in ("left_arm", "right_arm", "hands")
        if name in seen.person.regions
    ]
    before = np.maximum.reduce([seen.front, *(seen.small(arm) for arm in arms)])
    legs = seen.person.regions.get("legs")
    if seen.expected.lower and legs is not None:
        before = np.maximum(before, seen.small(legs))
    # Bare arms of a shorter sleeve may hang before the torso.
    worn = (seen.old > 0.5) | (seen.cover > 0.5)
    return (drawn_ring(ring, seen.like.shape) > 0.5) & (before < 0.1) & worn


def _unjudged(before: U8, after: U8, mask: Bool | None, person: PersonParse) -> TryOnVerdict:
    """What can be said where neither the garment's place nor its shape are known: nothing is made up."""
    why = "Where the garment belongs could not be found in these pictures."
    names = (
        "garment_colours",
        "garment_details",
        "sleeves",
        "no_undressing",
        "torn",
        "residue",
        "neckline",
        "seam",
    )
    gates = [_identity(before, after, person)]
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
