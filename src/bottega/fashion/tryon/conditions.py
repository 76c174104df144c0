"""When the geometric engine must not go on: what is wrong with how the garment comes to lie, with what would have to be made
up, and with what came out. What is wrong with the pictures is `suitable`'s."""

from bottega.fashion.findings import Finding
from bottega.fashion.garment.values import Garment
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.refill import Refilled
from bottega.fashion.tryon.suitable import stop
from bottega.fashion.tryon.values import TryOnVerdict
from bottega.fashion.tryon.warp import Fitted

MOST_LEGS = 0.65
"""Of worn trousers' area may be made up as bare legs: all but the hips under a short skirt."""
MOST_HAIR = 0.18
"""Of the fitted garment may lie under hair; less on a pattern, whose continuation shows."""
MOST_HAIR_ON_PATTERN = 0.1
MOST_STRAYED = 0.25
"""Of a hidden arm may lie, by the frame, where no sleeve is: then nobody knows where the arm is."""
MOST_CUT = 0.05
"""Of an arm may be covered by made-up backdrop."""
MOST_SKIN, MOST_UNKNOWN, MOST_BOTTOM, MOST_BACKDROP = 0.62, 0.05, 0.3, 0.5
"""Of the old garment's area may be made up as skin, as nobody knows what, as trousers, as backdrop."""
MOST_BARE_SHOULDERS = 0.004
"""Squares of the shoulders' breadth."""
MOST_BESIDE_COLLAR = 0.8
"""Of the shoulders between the collar and the arms may be bare."""
MOST_OPEN = 0.015
"""Of the place where cloth must be may stay without."""
MOST_RAGGED = 0.035
"""Squares of the shoulders' breadth of spikes and dents along the garment's outline."""
MOST_UNEVEN_COLLAR = 0.03
"""Squares of the shoulders' breadth in which the halves of the neckline differ."""
MOST_SMEARED = 0.004
"""Squares of the shoulders' breadth of half-transparent cloth around the collar."""
MOST_UNEVEN_WAIST = 0.12
"""Shoulder breadths by which the halves of a waistband may differ in height."""
MOST_LOOSE_WAIST = 0.0015
"""Squares of the shoulders' breadth of a waistband in the air."""
MOST_ASTRAY = 0.006
"""Share of a garment in the air beside the person."""
MOST_TEXTURE = 0.035
"""Robust deviation of a backdrop from a smooth surface, [0, 1]."""
MOST_ON_TEXTURE = 0.06


def fitted_reasons(
    fitted: Fitted,
    garment: Garment,
    hair_share: float,
    open_share: float,
    bare_shoulders: float,
    beside_collar: float,
) -> tuple[Finding, ...]:
    """What the warp and the hair over it stop. `hair_share`: of the garment's cover lies under hair; `open_share`: of
    where cloth must be there is none; `bare_shoulders`: skin beside them, in squares of their breadth; `beside_collar`:
    of the shoulders beside the collar would be bare."""
    found: list[Finding] = []
    if fitted.folds:
        found.append(
            stop(
                "garment_folds",
                "The garment cannot be brought into this pose without folding over itself.",
                "Use a photograph with the arms hanging beside the body.",
                least_jacobian=round(fitted.distortion.least_jacobian, 4),
            )
        )
    torn = open_share > MOST_OPEN or bare_shoulders > MOST_BARE_SHOULDERS
    if torn or beside_collar > MOST_BESIDE_COLLAR:
        found.append(
            stop(
                "result_torn",
                "The garment would show gaps between its parts.",
                "Use a product picture of the whole garment laid flat, and a photograph with the arms beside the body.",
                open_share=round(open_share, 4),
                bare_shoulders=round(bare_shoulders, 4),
                bare_beside_collar=round(beside_collar, 3),
            )
        )
    limit = MOST_HAIR if garment.pattern == "plain" else MOST_HAIR_ON_PATTERN
    if hair_share > limit:
        found.append(
            stop(
                "hair_over_garment",
                "Long hair covers too much of where the garment would be.",
                "Use a photograph with the hair behind the shoulders.",
                hair_share=round(hair_share, 3),
            )
        )
    return tuple(found)


def outline_reasons(ragged: float, uneven: float, smeared: float) -> tuple[Finding, ...]:
    """What a fitted garment's outline stops: `ragged` spikes and dents, `uneven` halves of the neckline, `smeared` cloth
    at the collar, all in squares of the shoulders' breadth. A cut-out that went wrong shows there first."""
    found: list[Finding] = []
    if smeared > MOST_SMEARED:
        found.append(
            stop(
                "collar_smeared",
                "The collar or hood would be smeared beside the neck.",
                "Use a product picture with the collar laid flat, and hoods behind the neck.",
                smeared_area=round(smeared, 4),
            )
        )
    if ragged > MOST_RAGGED:
        found.append(
            stop(
                "outline_ragged",
                "The garment's outline would be ragged.",
                "Use a product picture whose background differs clearly from the garment.",
                ragged_area=round(ragged, 4),
            )
        )
    if uneven > MOST_UNEVEN_COLLAR:
        found.append(
            stop(
                "collar_uneven",
                "The halves of the neckline differ, as if a part of the collar were cut off or left.",
                "Use a product picture from the front, with the collar laid evenly.",
                uneven_area=round(uneven, 4),
            )
        )
    return tuple(found)


def astray_reasons(astray: float) -> tuple[Finding, ...]:
    """`astray`: the share of the garment that would hang in the air beside the person."""
    if astray <= MOST_ASTRAY:
        return ()
    return (
        stop(
            "sleeves_astray",
            "A sleeve would stand off into the air beside its arm.",
            "Use a photograph with the arms hanging straight, or a product picture whose sleeves lie apart from the body.",
            share=round(astray, 4),
        ),
    )


def waist_reasons(uneven: float, loose: float) -> tuple[Finding, ...]:
    """`uneven`: by how much the halves of a waistband in sight differ in height, in shoulder breadths. `loose`: the area that
    stands off the waist, in squares of that breadth."""
    if uneven <= MOST_UNEVEN_WAIST and loose <= MOST_LOOSE_WAIST:
        return ()
    return (
        stop(
            "waist_uneven",
            "The waistband would be torn: its halves come to lie at different heights, or off the waist.",
            "Use a product picture from the front, or a photograph with a top that hangs over the waist.",
            uneven_height=round(uneven, 4),
            loose_area=round(loose, 4),
        ),
    )


def refill_reasons(refilled: Refilled, lower: bool = False) -> tuple[Finding, ...]:
    """What would have to be made up beyond what can be; `lower`: instead of trousers or a skirt."""
    textured = refilled.texture > MOST_TEXTURE
    too_much = (
        refilled.skin_share > (MOST_LEGS if lower else MOST_SKIN)
        or refilled.strayed_share > MOST_STRAYED
        or refilled.cut_share > MOST_CUT
        or refilled.unknown_share > MOST_UNKNOWN
        or refilled.bottom_share > MOST_BOTTOM
        or refilled.backdrop_share > (MOST_ON_TEXTURE if textured else MOST_BACKDROP)
    )
    found: list[Finding] = []
    if too_much:
        found.append(
            stop(
                "refill_too_large",
                "The garment worn shows far beyond the new one, and what is under it is not in the photograph.",
                "Use a photograph in something closer to the new garment's cut, before a plain background.",
                skin_share=round(refilled.skin_share, 3),
                unknown_share=round(refilled.unknown_share, 3),
                bottom_share=round(refilled.bottom_share, 3),
                backdrop_share=round(refilled.backdrop_share, 3),
                backdrop_texture=round(refilled.texture, 4),
                strayed_share=round(refilled.strayed_share, 3),
                cut_share=round(refilled.cut_share, 3),
            )
        )
    return tuple(found)


def skin_known(person: PersonParse) -> bool:
    """Whether skin could be made up at all."""
    bare = ("neck", "left_arm", "right_arm", "hands")
    return person.skin is not None or any(name in person.regions for name in bare)


def skin_unknown() -> Finding:
    return stop(
        "skin_unknown",
        "No skin is seen in the photograph, and the new garment may show some.",
        "Use a photograph with face, neck or arms in it.",
    )


def verdict_reasons(verdict: TryOnVerdict) -> tuple[Finding, ...]:
    """A finished result that the judge does not accept."""
    fix = "Use another photograph or product picture, or a generative engine."
    found = [
        stop(
            "result_" + gate.name,
            f"The preview did not come out right. {gate.message}",
            fix,
            value=round(gate.value, 3),
        )
        for gate in verdict.gates
        if gate.passed is False
    ]
    score = verdict.score
    if not found and (score is None or score < verdict.threshold):
        message = "The preview did not come out well enough to show."
        found.append(
            stop(
                "result_below_threshold", message, fix, score="unknown" if score is None else round(score, 3)
            )
        )
    return tuple(found)
