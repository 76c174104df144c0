"""Proportions of the clothed outline in head heights, described and never judged; no centimetres, no weight."""

import numpy as np

from bottega.fashion.person.values import BodyFrame, PersonParse
from bottega.fashion.style.values import BodyAnalysis

LEAST_SURE = 0.6
"""Confidence of a joint from which its place counts as seen; below, it is the canon's."""
CLOTHES_HEADS = {"shoulder": -0.11, "waist": 0.16, "hip": 0.06}
"""What clothes add to a width, in head heights, and by how much the outline's corners lie within the shoulders: measured on
drawn figures of known proportions."""
SHOULDER_HIP = (1.14, 1.44)
"""Shoulder over hip width within which the two count as balanced; the canon's is 1.28."""
WAIST_HIP = 0.80
"""Waist over hip width below which the waist counts as marked; the canon's is 0.83."""
ADULT_HEADS = 6.2
"""Standing figures of fewer head heights may be children: at twelve years a body is about 6.5 to 7 heads (Richer's canon)."""


def analyse_body(person: PersonParse) -> BodyAnalysis:
    """Proportions of the person, or what stands in the way. Refused where the person may be a child."""
    if may_be_child(person):
        return BodyAnalysis(reason="The person may be a child; the body is not analysed.")
    frame = person.frame
    if frame is None:
        return BodyAnalysis(reason="cannot tell: no body was found in the picture")
    if frame.facing not in ("front", "unknown") or frame.seated or frame.arms == "crossing":
        return BodyAnalysis(
            reason="cannot tell: proportions need a photo taken standing, from the front, arms beside the body"
        )
    widths = {part: _width(frame, part) for part in ("shoulder", "waist", "hip")}
    shoulder, waist, hip = widths["shoulder"], widths["waist"], widths["hip"]
    if shoulder is None or hip is None:
        return BodyAnalysis(
            reason="cannot tell: shoulders or hips are not in the picture, or arms and clothes cover their outline"
        )
    ratios = {"shoulder_to_hip": round(shoulder / hip, 3)}
    if waist is not None:
        ratios["waist_to_hip"] = round(waist / hip, 3)
    if not person.headless:
        ratios["shoulder_in_heads"] = round(shoulder / frame.head_height, 3)
    if (legs := _legs(frame)) is not None:
        ratios["legs_to_height"] = round(legs, 3)
    kind = _kind(shoulder / hip, waist / hip if waist is not None else None)
    return BodyAnalysis(
        body_type=kind,
        best_silhouettes=SILHOUETTES[kind],
        proportions=_sentence(ratios),
        ratios=ratios,
        confidence=round(min(0.9, frame.confidence) * (0.9 if waist is not None else 0.7), 3),
        reason="Measured on the clothed outline; loose clothes and the lens change it.",
    )


def may_be_child(person: PersonParse) -> bool:
    """Whether a check said so, or a standing figure that is wholly in the picture has a child's count of head heights."""
    if person.check.with_codes("possible_child"):
        return True
    frame = person.frame
    if frame is None or person.headless or person.face is None or "shoes" not in person.regions:
        return False
    rows = np.nonzero((person.silhouette > 0.5).any(axis=1))[0]
    if not len(rows) or rows[-1] >= person.silhouette.shape[0] - 3 or rows[0] <= 2:
        return False
    return float(rows[-1] - rows[0]) / frame.head_height < ADULT_HEADS


SILHOUETTES: dict[str, tuple[str, ...]] = {
    "shoulders and hips balanced, waist marked": (
        "follow the waist: wrap, belted and fitted cuts", "straight or flared skirts and trousers", "tops that end at the hip",
    ),
    "shoulders and hips balanced, line straight": (
        "straight and column cuts that carry the line", "a belt or a seam where a waist is wanted", "layers of unequal length",
    ),
    "shoulders wider than hips": (
        "open necklines and raglan sleeves keep the shoulder line long", "wide legs, pleats and A-lines add volume below",
        "straight jackets without shoulder pads",
    ),
    "hips wider than shoulders": (
        "structured shoulders, boat necks and puffed sleeves add width above", "A-line and straight skirts, straight legs",
        "jackets that end at the waist or below the hip",
    ),
    "shoulders and hips balanced": ("straight and fitted cuts alike", "choose where the waist line lies with a belt or a seam"),
}  # fmt: skip


def _width(frame: BodyFrame, part: str) -> float | None:
    """Pixels between the joints of both sides, without the clothes' share; None where one of them was not seen."""
    left, right = frame.joints.get(f"{part}_left"), frame.joints.get(f"{part}_right")
    if left is None or right is None or min(left[2], right[2]) < LEAST_SURE:
        return None
    seen = float(np.hypot(right[0] - left[0], right[1] - left[1]))
    return max(1.0, seen - CLOTHES_HEADS[part] * frame.head_height)


def _legs(frame: BodyFrame) -> float | None:
    """Crotch to ankle over chin to ankle."""
    ankles = [frame.joints[name] for name in ("ankle_left", "ankle_right") if name in frame.joints]
    crotch, neck = frame.joints.get("crotch"), frame.joints.get("neck")
    if (
        not ankles
        or crotch is None
        or neck is None
        or min(crotch[2], *(one[2] for one in ankles)) < LEAST_SURE
    ):
        return None
    foot = float(np.mean([one[1] for one in ankles]))
    return (foot - crotch[1]) / max(1.0, foot - neck[1])


def _kind(shoulder_hip: float, waist_hip: float | None) -> str:
    if shoulder_hip > SHOULDER_HIP[1]:
        return "shoulders wider than hips"
    if shoulder_hip < SHOULDER_HIP[0]:
        return "hips wider than shoulders"
    if waist_hip is None:
        return "shoulders and hips balanced"
    line = "waist marked" if waist_hip < WAIST_HIP else "line straight"
    return f"shoulders and hips balanced, {line}"


def _sentence(ratios: dict[str, float]) -> str:
    said = [f"Shoulders are {ratios['shoulder_to_hip']:.2f} times as wide as the hips"]
    if "waist_to_hip" in ratios:
        said.append(f"the waist {ratios['waist_to_hip']:.2f} times")
    if "shoulder_in_heads" in ratios:
        said.append(f"and the shoulder line measures {ratios['shoulder_in_heads']:.1f} head heights")
    return ", ".join(said) + "."
