"""When the geometric engine must not try: what is wrong with the pictures or with what it would have to make up."""

from bottega.fashion.findings import Finding, Grave
from bottega.fashion.garment.values import Garment, GarmentKind
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import frame_confidence
from bottega.fashion.tryon.refill import Refilled
from bottega.fashion.tryon.values import Category, TryOnVerdict
from bottega.fashion.tryon.warp import Fitted

LEAST_AGREEMENT = 0.8
LEAST_CUTOUT = 0.75
MOST_LEGS = 0.65
"""Of worn trousers' area may be made up as bare legs: all but the hips under a short skirt."""
LEAST_BELOW_CROTCH = 0.05
"""Shoulder breadths that a skirt or shorts have to reach below the crotch."""
MOST_HAIR = 0.18
"""Of the fitted garment may lie under hair; less on a pattern, whose continuation shows."""
MOST_HAIR_ON_PATTERN = 0.1
MOST_STRAYED = 0.25
"""Of a hidden arm may lie, by the frame, where no sleeve is: then nobody knows where the arm is."""
MOST_CUT = 0.05
"""Of an arm may be covered by made-up backdrop."""
MOST_SKIN, MOST_UNKNOWN, MOST_BOTTOM, MOST_BACKDROP = 0.62, 0.05, 0.3, 0.5
"""Of the old garment's area may be made up as skin, as nobody knows what, as trousers, as backdrop."""
LEAST_ARM_KNOWN = 0.6
"""Of an upper arm has to be told from the backdrop."""
MOST_BARE_SHOULDERS = 0.004
"""Squares of the shoulders' breadth."""
MOST_BESIDE_COLLAR = 0.8
"""Of the shoulders between the collar and the arms may be bare."""
LEAST_KIND, LEAST_SKIRT = 0.6, 0.85
"""A tank top taken for a skirt looks absurd: less certain kinds have to be named by the category option."""
LEAST_JOINT = 0.3
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
WEARABLE: tuple[GarmentKind, ...] = ("top", "bottom", "dress", "outerwear")


def stop(code: str, message: str, fix: str, **measured: float | str) -> Finding:
    return Finding(code=code, grave=Grave.STOPS, message=message, fix=fix, measured=measured)


def kind_wanted(garment: Garment, category: Category) -> GarmentKind:
    return garment.kind if category == "auto" else category


def garment_reasons(garment: Garment, category: Category) -> tuple[Finding, ...]:
    """What about the product picture stops the work."""
    found = [finding for finding in garment.check.findings if finding.grave is Grave.STOPS]
    codes = {finding.code for finding in found}
    kind = kind_wanted(garment, category)
    if kind not in WEARABLE and not codes & {"not_a_garment", "garment_not_isolated"}:
        found.append(
            stop(
                "garment_kind_unsupported",
                f"The product picture shows {_named(kind)}; tops, dresses, jackets, trousers and skirts can be tried on.",
                "Use one of those, or say what it is with the category option.",
                kind=kind,
            )
        )
    elif category == "auto" and garment.kind_confidence < _least_kind(garment):
        found.append(
            stop(
                "garment_kind_unsure",
                f"The product picture seems to show {_named(kind)}, but not clearly.",
                "Say what it is with the category option, or use a clearer product picture.",
                kind=kind,
                kind_confidence=round(garment.kind_confidence, 3),
            )
        )
    if garment.worn and "garment_worn" not in codes:
        found.append(
            stop(
                "garment_worn",
                "The product picture shows the garment on a person.",
                "Use the product photo without a model.",
            )
        )
    if garment.sheer and "sheer" not in codes:
        found.append(
            stop(
                "sheer",
                "The garment is see-through; what shines through cannot be computed from these pictures.",
                "Use a generative engine for it, or another garment.",
            )
        )
    if garment.confidence < LEAST_CUTOUT and "garment_not_isolated" not in codes:
        found.append(
            stop(
                "garment_not_isolated",
                "The garment cannot be told reliably from its background.",
                "Use a picture of the one garment on a plain background that differs from it.",
                confidence=round(garment.confidence, 3),
            )
        )
    return tuple(found)


def _least_kind(garment: Garment) -> float:
    return LEAST_SKIRT if garment.kind == "bottom" and "crotch" not in garment.landmarks else LEAST_KIND


def person_reasons(person: PersonParse) -> tuple[Finding, ...]:
    """What about the photograph stops the work."""
    found = [finding for finding in person.check.findings if finding.grave is Grave.STOPS]
    codes = {finding.code for finding in found}
    frame = person.frame
    if person.faces > 1 and "several_people" not in codes:
        found.append(
            stop(
                "several_people",
                f"There are {person.faces} people in the photograph.",
                "Use a photograph of one person, or crop it to one.",
            )
        )
    if frame is None or frame_confidence(frame) < 0.2:
        if not found:
            found.append(
                stop(
                    "torso_hidden",
                    "The shoulders were not found.",
                    "Use a photograph from the front with the shoulders and the torso in it.",
                )
            )
        return tuple(found)
    for holds, code, message, fix in (
        (
            frame.arms == "crossing",
            "arms_crossed",
            "The arms lie across the torso.",
            "Use a photograph with the arms beside the body.",
        ),
        (frame.seated, "seated", "The person is seated.", "Use a photograph of the person standing."),
        (
            frame.facing in ("side", "back"),
            "turned_away",
            "The person is turned away from the camera.",
            "Use a photograph from the front.",
        ),
        (
            person.agreement < LEAST_AGREEMENT,
            "low_confidence",
            "What is worn cannot be told reliably from the rest of the photograph.",
            "Use a photograph before a plain background, in clothes that differ from it and from each other.",
        ),
    ):
        if holds and code not in codes:
            found.append(stop(code, message, fix, agreement=round(person.agreement, 3)))
    return tuple(found)


def arm_reasons(known: float) -> tuple[Finding, ...]:
    """`known`: of the upper arm of which the least was told apart, the share that was."""
    if known >= LEAST_ARM_KNOWN:
        return ()
    return (
        stop(
            "low_confidence",
            "A sleeve or an arm cannot be told reliably from the background.",
            "Use a photograph before a plain background that differs from the clothes.",
            arm_known_share=round(known, 3),
        ),
    )


def lower_reasons(person: PersonParse, garment: Garment) -> tuple[Finding, ...]:
    """What stops trousers and skirts: where legs part and hips are is guessed from nothing else."""
    if "dress" in person.regions:
        return (
            stop(
                "dress_worn",
                "The person wears a dress, which lies over trousers and skirts.",
                "Use a photograph in a top with trousers, shorts or a skirt.",
            ),
        )
    joints = {} if person.frame is None else person.frame.joints
    needed = ["hip_left", "hip_right"]
    if "crotch" in garment.landmarks:
        needed += ["crotch", "knee_left", "knee_right"]
    missing = [name for name in needed if joints.get(name, (0.0, 0.0, 0.0))[2] < LEAST_JOINT]
    if not missing:
        return ()
    return (
        stop(
            "legs_hidden",
            "Hips and legs are not in the photograph, or were not found.",
            "Use a photograph that shows the person from head to knees at least.",
            missing=", ".join(missing),
        ),
    )


def short_reasons(below_crotch: float) -> tuple[Finding, ...]:
    """`below_crotch`: how far a skirt or shorts would reach below the crotch, in shoulder breadths."""
    if below_crotch >= LEAST_BELOW_CROTCH:
        return ()
    return (
        stop(
            "garment_too_short",
            "The garment would end too high on the legs to be worn like that.",
            "Use a product picture that shows the whole garment, or a larger fit.",
            below_crotch=round(below_crotch, 3),
        ),
    )


def shape_unclear() -> Finding:
    return stop(
        "garment_shape_unclear",
        "Shoulders, armpits or hem of the garment were not found.",
        "Use a picture of the whole garment from the front, laid flat or on an invisible mannequin.",
    )


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


def _named(kind: GarmentKind) -> str:
    return {
        "top": "a top",
        "bottom": "trousers or a skirt",
        "dress": "a dress",
        "outerwear": "a jacket",
        "shoes": "shoes",
        "accessory": "an accessory",
        "unknown": "nothing that was recognised as clothing",
    }[kind]
