"""The gates about the garment in a try-on: its own colours, its print, its sleeves, and that it is whole, alone and on the
body. What is looked at is prepared by `evidence`."""

from bottega.fashion.garment.values import Garment
from bottega.fashion.tryon.bare import bare_beside_sleeves, newly_bare, torso_core
from bottega.fashion.tryon.evidence import Evidence, covered_share, skin_like
from bottega.fashion.tryon.fidelity import (
    Details,
    colour_distance,
    printed_share,
)
from bottega.fashion.tryon.joins import leg_steps
from bottega.fashion.tryon.remains import neck_share, residue_share, torn_share
from bottega.fashion.tryon.values import Gate, Measure

MOST_COLOUR_DISTANCE = 18.0
"""Sum of the Wasserstein distances of L*, a* and b*. Wrong garments and grey fills are mostly beyond it."""
MOST_LEG_STEPS = 0.1
"""Shoulder breadths along which made-up legs may not go on in those of the photograph: four centimetres of all joins."""
MOST_BARE_ARM = 0.001
"""Squares of the shoulders' breadth of an arm may stand bare above the end of a sleeve: a spot of a centimetre and a
quarter."""
MOST_BARED = 0.05
"""Of the torso may newly look like skin."""
MOST_TORN = 0.03
"""Of where cloth has to be may look like something else."""
LEAST_DISTINCTIVE = 25
"""Details of a product picture without which none are looked for."""
LEAST_PRINT = 0.025
"""Of the front has to be of another colour than the cloth to be a print: about a hand of it. Seams and folds are less."""
MOST_SEAM = 2.5
"""Times as strong as before may edges be along the rim of what was changed."""
MOST_RESIDUE = 0.004
"""Squares of the shoulders' breadth may look like what was worn before."""
MOST_ON_NECK = 0.0015
"""Squares of the shoulders' breadth of the bare throat may look like cloth."""
MOST_SLEEVE_ERROR = 0.27
"""Of an arm's length: half a step between the sleeve classes."""


def colours(seen: Evidence) -> Gate:
    values = seen.after[seen.region]
    return _at_most(
        "garment_colours",
        None if len(values) < 100 else colour_distance(seen.shown, values),
        MOST_COLOUR_DISTANCE,
        unknown="Too little of the garment is in the picture.",
        failed="The colours are not those of the product picture.",
    )


def details(seen: Evidence, found: Details) -> Gate:
    """The details of a print found again. Plain cloth has seams and folds only, repeating patterns are alike everywhere, and
    nothing is said of them."""
    least = max(6.0, 0.06 * found.distinctive)
    if (
        found.distinctive < LEAST_DISTINCTIVE
        or seen.garment.pattern in ("striped", "checked", "dotted")
        or printed_share(seen.garment_rgb, seen.garment.alpha, _chest(seen.garment)) < LEAST_PRINT
    ):
        return Gate("garment_details", None, float(found.inliers), least, "The garment bears no print.")
    passed = found.inliers >= least
    message = "" if passed else "The details of the product picture are not found again."
    return Gate("garment_details", passed, float(found.inliers), least, message)


def _chest(garment: Garment) -> tuple[float, float, float]:
    """Left, top and right of where a print is looked for, in pixels of the product picture: all of it where armpits or
    neckline are not known."""
    marks, width = garment.landmarks, float(garment.alpha.shape[1])
    left = marks["armpit_left"][0] if "armpit_left" in marks else 0.0
    right = marks["armpit_right"][0] if "armpit_right" in marks else width
    return left, marks["collar_front"][1] if "collar_front" in marks else 0.0, right


def sleeves(seen: Evidence) -> Gate:
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


def torn(seen: Evidence) -> Gate:
    return _at_most(
        "torn",
        torn_share(seen),
        MOST_TORN,
        unknown="The garment cannot be told from what is around it.",
        failed="Something else shows through where the garment should be whole.",
    )


def residue(seen: Evidence) -> Gate:
    return _at_most(
        "residue",
        residue_share(seen),
        MOST_RESIDUE,
        unknown="What was worn before is not known.",
        failed="Parts of the garment worn before are left beside the new one.",
    )


def neckline(seen: Evidence) -> Gate:
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


def seam(realism: list[Measure]) -> Gate:
    """No hard line around what was changed."""
    found = next(measure for measure in realism if measure.name == "seam_jump_ratio")
    return _at_most(
        "seam",
        None if found.score is None else found.value,
        MOST_SEAM,
        unknown="What was changed ends at edges of the garment only.",
        failed="The edge of what was changed shows.",
    )


def no_undressing(seen: Evidence) -> Gate:
    """The torso below the neckline may not look like skin where it did not before."""
    skin = seen.person.skin
    if skin is None:
        return Gate("no_undressing", None, 0.0, MOST_BARED, "The skin's colour is not known.")
    core = torso_core(seen)
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
    share = newly_bare(seen, skin, core)
    passed = share <= MOST_BARED
    return Gate(
        "no_undressing",
        passed,
        share,
        MOST_BARED,
        "" if passed else "The result shows more skin than the garment leaves bare.",
    )


def arms_covered(seen: Evidence) -> Gate:
    return _at_most(
        "arms_covered",
        bare_beside_sleeves(seen),
        MOST_BARE_ARM,
        unknown="No bare arm is seen, or the garment has no sleeves.",
        failed="The arm shows beside the sleeve that should cover it.",
    )


def legs_meet(seen: Evidence) -> Gate:
    return _at_most(
        "legs_meet",
        leg_steps(seen),
        MOST_LEG_STEPS,
        unknown="The garment lies on no legs.",
        failed="The legs below the garment do not go on as they are in the photograph.",
    )
