"""What about a photograph or a product picture stops the geometric engine before it begins."""

import numpy as np

from bottega.fashion.findings import Finding, Grave
from bottega.fashion.garment.values import Garment, GarmentKind
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon.body import Body, frame_confidence
from bottega.fashion.tryon.fidelity import palette
from bottega.fashion.tryon.values import Category
from bottega.fashion.tryon.zones import drop_map
from bottega.imaging.arrays import distance
from bottega.imaging.picture import F32

LEAST_AGREEMENT = 0.8
LEAST_CUTOUT = 0.75
LEAST_BELOW_CROTCH = 0.05
"""Shoulder breadths that a skirt or shorts have to reach below the crotch."""
LEAST_ARM_KNOWN = 0.6
"""Of an upper arm has to be told from the backdrop."""
LEAST_KIND, LEAST_SKIRT = 0.6, 0.85
"""A tank top taken for a skirt looks absurd: less certain kinds have to be named by the category option."""
LEAST_JOINT = 0.3
MOST_BELOW_DRESS = 0.03
"""Squared shoulder breadths of trousers or a skirt that may be seen below the hem of a dress."""
AT_FEET, OTHER_COLOUR, MOST_OTHER = 0.35, 0.2, 0.2
"""The lowest part of worn trousers or a skirt, in shoulder breadths; a colour so far from their own, [0, 1], is another one; and
how much of that part may have one."""
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


def shoulders_unseen() -> Finding:
    """The reason where nothing is known to hang a garment on."""
    return stop(
        "torso_hidden",
        "The shoulders were not found.",
        "Use a photograph from the front with the shoulders and the torso in it.",
    )


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
            found.append(shoulders_unseen())
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


def dress_reasons(person: PersonParse, body: Body, hem_drop: float) -> tuple[Finding, ...]:
    """A dress takes the place of what is worn, and nothing makes up the legs below it. `hem_drop`: of the dress, pixels below
    the shoulder line."""
    worn = person.regions.get("bottom")
    if worn is None:
        return ()
    seen = (worn > 0.5) & (drop_map(body, worn.shape) > hem_drop)
    area = float(seen.sum()) / body.breadth**2
    if area <= MOST_BELOW_DRESS:
        return ()
    return (
        stop(
            "trousers_below_dress",
            "The trousers or the skirt in the photograph would show below the hem of the dress.",
            "Use a photograph with bare legs, or one that ends above the hem.",
            area_in_squared_shoulder_breadths=round(area, 3),
        ),
    )


def feet_reasons(photo: F32, person: PersonParse, body: Body) -> tuple[Finding, ...]:
    """What stops new trousers and skirts: shoes that were taken for a part of what is worn over them would be taken off with it.
    `photo`: H x W x 3 in [0, 1]."""
    worn = person.regions.get("bottom")
    if worn is None or "shoes" in person.regions or not (worn > 0.95).any():
        return ()
    sure, drops = worn > 0.95, drop_map(body, worn.shape)
    end = float(drops[sure].max())
    low = sure & (drops > end - AT_FEET * body.breadth)
    above = sure & ~low
    if not above.any():
        return ()
    samples = photo[above]
    own = palette(np.ascontiguousarray(samples[:: max(1, len(samples) // 3000)]), 4)
    other = np.minimum.reduce([distance(photo[low], colour) for colour in own]) > OTHER_COLOUR
    share = float(other.mean())
    if share <= MOST_OTHER:
        return ()
    return (
        stop(
            "feet_unclear",
            "Shoes and what is worn over them were not told apart.",
            "Use a photograph in which the shoes are seen in full, or one that ends above them.",
            other_colour_share=round(share, 3),
        ),
    )
