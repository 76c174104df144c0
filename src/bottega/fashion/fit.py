"""How a garment sits on a photographed person, from landmarks in the picture; a size only from measurements and a chart.

Wording speaks of the garment, never of the body. Whether a try-on is good as a picture is left to `fashion.tryon`.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.errors import InvalidOption
from bottega.fashion.fit_values import TEXTS, FitAnalysis, FitCode, FitIssue
from bottega.fashion.garment.values import Garment, GarmentKind
from bottega.fashion.person.values import BodyFrame, PersonParse
from bottega.fashion.size.advice import advise_size
from bottega.fashion.size.values import ChartKind, FitWish, Measurements, SizeAdvice, SizeChart
from bottega.fashion.style.body import CLOTHES_HEADS, LEAST_SURE, may_be_child
from bottega.imaging.colour import rgb_to_lab
from bottega.imaging.picture import U8

Bool = NDArray[np.bool_]
CHART_KINDS: dict[GarmentKind, ChartKind] = {
    "top": "tops", "bottom": "bottoms", "dress": "dresses", "outerwear": "outerwear", "shoes": "shoes",
}  # fmt: skip
FACE_PER_HEAD = 0.66
"""Width of a face over head height (adults, about 0.64 to 0.70)."""
OVERHANG = {"top": 0.32, "dress": 0.26, "outerwear": 0.42}
"""By how many face widths a shoulder seam may lie beyond the shoulder joint before it is said."""
EASE = {"top": (0.86, 1.3), "dress": (0.84, 1.25), "outerwear": (0.92, 1.5)}
"""Width of the worn garment around the trunk over the chest's own by the shoulders: narrower pulls, wider is loose."""
FLAT_PER_FRONT = 1.36
"""Half the girth of an ellipse 0.7 as deep as wide, over its width: how much wider cloth is laid flat than seen worn."""
CHEST_PER_SHOULDERS = 0.74
"""Chest over shoulder width, from the front, in the canon of seven and a half heads."""
HEM_HEADS: dict[str, tuple[float, float]] = {
    "cropped": (1.2, 1.95),
    "hip": (1.9, 2.95),
    "thigh": (2.6, 3.7),
    "knee": (3.5, 4.8),
}
"""Where the hem of each length usually lies, in head heights below the chin."""
SLEEVE_SHARE: dict[str, tuple[float, float]] = {
    "short": (0.15, 0.62),
    "elbow": (0.45, 0.8),
    "long": (0.82, 1.1),
}
"""Where the cuff of each sleeve usually lies between shoulder (0) and wrist (1)."""


@dataclass(frozen=True, slots=True)
class _Worn:
    """The garment as it is worn: its mask, and the frame of the body, whose `unit` is a head height in pixels."""

    mask: Bool
    frame: BodyFrame
    unit: float


def analyse_fit(
    person: PersonParse,
    garment: Garment,
    result_rgb: U8 | None = None,
    mask: Bool | None = None,
    *,
    measurements: Measurements | None = None,
    chart: SizeChart | None = None,
    fit: FitWish = "regular",
    usual_size: str | None = None,
) -> FitAnalysis:
    """How `garment` sits on `person`.

    `result_rgb` (H x W x 3 uint8) shows it worn, `mask` (H x W, bool) where; without them the person's own top or dress in
    the parse is taken for it. With `measurements` and `chart` a size is advised besides. Raises InvalidOption for arrays
    of another size, and what `advise_size` raises.
    """
    shape = person.silhouette.shape
    for name, value in (("result", result_rgb), ("mask", mask)):
        if value is not None and value.shape[:2] != shape:
            raise InvalidOption(
                f"The {name} is {value.shape[:2]} pixels, the photograph {shape}.",
                hint="Both have the same size.",
            )
    size = _size(garment, measurements, chart, fit, usual_size)
    worn, reason = _worn(person, garment, mask)
    if worn is None:
        return _with_size(FitAnalysis(verdict=None, score=None, reason=reason), size, usual_size)
    measured: dict[str, float] = {}
    issues = [
        *_shoulders(worn, garment, measured),
        *_sleeves(worn, garment, measured),
        *_hem(worn, garment, measured),
    ]
    issues += _ease(worn, garment, measured)
    if result_rgb is not None:
        issues += _pulling(worn, result_rgb, measured)
    score = float(np.clip(1 - sum(issue.severity * issue.confidence for issue in issues), 0, 1))
    if not measured:
        return _with_size(
            FitAnalysis(
                verdict=None,
                score=None,
                reason="cannot tell: no landmark of the garment is seen on the person",
            ),
            size,
            usual_size,
        )
    found = FitAnalysis(
        verdict="excellent"
        if score >= 0.88
        else "good"
        if score >= 0.68
        else "fair"
        if score >= 0.42
        else "poor",
        score=round(score, 3),
        issues=tuple(sorted(issues, key=lambda issue: -issue.severity)),
        recommendations=tuple(issue.advice for issue in issues) or ("Keep it as it is.",),
        style_compatibility=_compatibility(issues),
        measured={name: round(value, 3) for name, value in measured.items()},
        confidence=_confidence(person, garment, measured, mask is not None),
        reason="From the picture alone, without a scale: how it looks, not how it feels.",
    )
    return _with_size(found, size, usual_size)


def _size(
    garment: Garment,
    measurements: Measurements | None,
    chart: SizeChart | None,
    fit: FitWish,
    usual: str | None,
) -> SizeAdvice | None:
    kind = CHART_KINDS.get(garment.kind)
    if measurements is None or chart is None or kind is None:
        return None
    return advise_size(measurements, chart, garment_kind=kind, fit=fit, usual_size=usual)


def _with_size(found: FitAnalysis, size: SizeAdvice | None, usual: str | None) -> FitAnalysis:
    if size is None:
        return found
    suggestion = {"up": "size_up", "down": "size_down", "same": "perfect_fit", "unknown": "unknown"}[
        size.change
    ]
    return found.model_copy(
        update={
            "size": size,
            "size_suggestion": suggestion,
            "judges": (*found.judges, "measurements"),
            "recommendations": (*found.recommendations, f"By your measurements: size {size.size}."),
        }
    )


def _worn(person: PersonParse, garment: Garment, mask: Bool | None) -> tuple[_Worn | None, str]:
    frame = person.frame
    if garment.kind not in OVERHANG:
        return (
            None,
            "cannot tell: the fit of tops, dresses and outerwear is judged from a picture, of other kinds not",
        )
    if may_be_child(person):
        return None, "The person may be a child; the fit is not analysed."
    if frame is None or frame.head_height <= 0:
        return None, "cannot tell: no body was found in the picture"
    if frame.facing not in ("front", "unknown") or frame.seated or frame.arms in ("crossing", "raised"):
        return None, "cannot tell: the fit needs a photo taken standing, from the front, arms beside the body"
    where = mask
    if where is None:
        region = person.regions.get("dress" if garment.kind == "dress" else "top")
        where = region > 0.5 if region is not None else None
    if where is None or float(where.sum()) < 0.3 * frame.head_height**2:
        return None, "cannot tell: the garment is not seen on the person"
    return _Worn(np.asarray(where, bool), frame, frame.head_height), ""


def _joint(worn: _Worn, name: str) -> tuple[float, float] | None:
    joint = worn.frame.joints.get(name)
    return (joint[0], joint[1]) if joint is not None and joint[2] >= LEAST_SURE else None


def _issue(code: FitCode, severity: float, confidence: float, **measured: float) -> FitIssue:
    message, advice = TEXTS[code]
    return FitIssue(
        code=code,
        message=message,
        advice=advice,
        severity=round(float(np.clip(severity, 0, 0.6)), 3),
        confidence=round(confidence, 3),
        measured={name: round(value, 3) for name, value in measured.items()},
    )


def _shoulders(worn: _Worn, garment: Garment, measured: dict[str, float]) -> list[FitIssue]:
    """The seams by the garment's own proportion of shoulders to chest, as wide as the garment is worn at the chest."""
    marks = garment.landmarks
    shoulders, width = _shoulder_width(worn), _trunk_width(worn)
    names = ("shoulder_left", "shoulder_right", "armpit_left", "armpit_right")
    if shoulders is None or width is None or any(name not in marks for name in names):
        return []
    chest = abs(marks["armpit_right"][0] - marks["armpit_left"][0])
    if chest < 1:
        return []
    seams = abs(marks["shoulder_right"][0] - marks["shoulder_left"][0]) / chest * width * FLAT_PER_FRONT
    beyond = (seams - shoulders) / 2 / (FACE_PER_HEAD * worn.unit)
    measured["shoulder_overhang_face_widths"] = beyond
    limit = OVERHANG[garment.kind]
    sure = 0.7 * min(marks[name][2] for name in names)
    if beyond > limit:
        return [_issue("shoulder_overhang", 0.15 + 0.8 * (beyond - limit), sure, overhang_face_widths=beyond)]
    if beyond < -0.3:
        return [_issue("shoulder_narrow", 0.15 - 0.8 * (beyond + 0.3), sure, overhang_face_widths=beyond)]
    return []


def _sleeves(worn: _Worn, garment: Garment, measured: dict[str, float]) -> list[FitIssue]:
    usual = SLEEVE_SHARE.get(garment.sleeves)
    ends = {side: share for side in ("left", "right") if (share := _cuff(worn, side)) is not None}
    if usual is None or not ends:
        return []
    for side, share in ends.items():
        measured[f"cuff_{side}_share_of_arm"] = share
    mean = float(np.mean(list(ends.values())))
    issues: list[FitIssue] = []
    if mean > usual[1]:
        issues.append(_issue("sleeve_long", 0.12 + 1.2 * (mean - usual[1]), 0.6, cuff_share_of_arm=mean))
    if mean < usual[0]:
        issues.append(_issue("sleeve_short", 0.12 + 1.2 * (usual[0] - mean), 0.6, cuff_share_of_arm=mean))
    if len(ends) == 2 and abs(ends["left"] - ends["right"]) > 0.22:
        issues.append(_issue("uneven", 0.2, 0.6, difference_share_of_arm=abs(ends["left"] - ends["right"])))
    return issues


def _cuff(worn: _Worn, side: str) -> float | None:
    """How far down the arm the garment reaches: 0 at the shoulder, 1 at the wrist; None where the arm is not seen."""
    names = [f"{part}_{side}" for part in ("shoulder", "elbow", "wrist")]
    joints = [_joint(worn, name) for name in names]
    if joints[0] is None or joints[1] is None or joints[2] is None:
        return None
    path = np.array([joints[0], joints[1], joints[2]], np.float64)
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    along = np.linspace(0, 1.12, 113) * float(lengths.sum())
    points = np.stack(
        [np.interp(along, [0, lengths[0], lengths.sum()], path[:, axis]) for axis in (0, 1)], axis=1
    )
    beyond = along > lengths.sum()
    ahead = (path[2] - path[1]) / max(float(lengths[1]), 1e-6)
    points[beyond] = path[2] + (along[beyond] - lengths.sum())[:, None] * ahead
    rows = np.clip(np.round(points[:, 1]).astype(int), 0, worn.mask.shape[0] - 1)
    columns = np.clip(np.round(points[:, 0]).astype(int), 0, worn.mask.shape[1] - 1)
    covered = np.nonzero(worn.mask[rows, columns])[0]
    return float(covered[-1]) / 100 if len(covered) else 0.0


def _hem(worn: _Worn, garment: Garment, measured: dict[str, float]) -> list[FitIssue]:
    neck, usual = worn.frame.joints.get("neck"), HEM_HEADS.get(garment.length)
    rows = np.nonzero(worn.mask[:, _trunk_columns(worn)].sum(axis=1) > 0.15 * worn.unit)[0]
    if neck is None or usual is None or not len(rows) or rows[-1] >= worn.mask.shape[0] - 3:
        return []
    # The neck joint lies a quarter of a head below the chin.
    below = (float(rows[-1]) - neck[1]) / worn.unit + 0.25
    measured["hem_heads_below_chin"] = below
    if below > usual[1]:
        return [_issue("hem_long", 0.1 + 0.35 * (below - usual[1]), 0.6, heads_below_chin=below)]
    if below < usual[0]:
        return [_issue("hem_short", 0.1 + 0.35 * (usual[0] - below), 0.6, heads_below_chin=below)]
    return []


def _trunk_columns(worn: _Worn) -> slice:
    x = worn.frame.joints["neck"][0] if "neck" in worn.frame.joints else worn.mask.shape[1] / 2
    return slice(max(0, int(x - 0.6 * worn.unit)), max(1, int(x + 0.6 * worn.unit)))


def _trunk_width(worn: _Worn) -> float | None:
    """Width of the worn garment around the trunk, pixels: the median over the rows between chest and waist where the sleeves
    hang apart from it; None where there are none."""
    neck, left, right = (
        worn.frame.joints.get("neck"),
        _joint(worn, "shoulder_left"),
        _joint(worn, "shoulder_right"),
    )
    if neck is None or left is None or right is None:
        return None
    x = int(np.clip(round(neck[0]), 0, worn.mask.shape[1] - 1))
    first, last = (round(neck[1] + (down - 0.25) * worn.unit) for down in (1.0, 1.8))
    widths: list[float] = []
    for row in range(max(0, first), min(last, worn.mask.shape[0])):
        outside = np.nonzero(~worn.mask[row])[0]
        before, after = outside[outside < x], outside[outside > x]
        if worn.mask[row, x] and len(before) and len(after):
            widths.append(float(after[0] - before[-1] - 1))
    apart = [width for width in widths if width < 1.45 * (right[0] - left[0])]
    return float(np.median(apart)) if len(apart) > 0.2 * max(1, last - first) else None


def _shoulder_width(worn: _Worn) -> float | None:
    """Pixels; the outline's corners lie within the shoulders, as `fashion.style.body` measured."""
    left, right = _joint(worn, "shoulder_left"), _joint(worn, "shoulder_right")
    return right[0] - left[0] - CLOTHES_HEADS["shoulder"] * worn.unit if left and right else None


def _ease(worn: _Worn, garment: Garment, measured: dict[str, float]) -> list[FitIssue]:
    shoulders, width = _shoulder_width(worn), _trunk_width(worn)
    if shoulders is None or width is None:
        return []
    ratio = width / max(1.0, CHEST_PER_SHOULDERS * shoulders)
    measured["chest_ease_ratio"] = ratio
    low, high = EASE[garment.kind]
    if ratio < low:
        return [_issue("tight", 0.15 + 1.5 * (low - ratio), 0.5, ease_ratio=ratio)]
    if ratio > high:
        return [_issue("loose", 0.1 + 0.8 * (ratio - high), 0.5, ease_ratio=ratio)]
    return []


def _pulling(worn: _Worn, rgb: U8, measured: dict[str, float]) -> list[FitIssue]:
    """Sideways folds: of the strong edges inside the chest and waist, the share that runs within 30 degrees of level, on
    both sides alike. Prints and stripes make such edges too, so it counts for patterned cloth only by half."""
    inner = np.asarray(cv2.erode(worn.mask.astype(np.uint8), np.ones((9, 9), np.uint8))) > 0
    light = rgb_to_lab(rgb.astype(np.float32) / np.float32(255))[..., 0]
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), max(1.0, 0.02 * worn.unit)))
    dx, dy = np.asarray(cv2.Sobel(light, cv2.CV_32F, 1, 0)), np.asarray(cv2.Sobel(light, cv2.CV_32F, 0, 1))
    strong = inner & (np.hypot(dx, dy) > 6)
    level = strong & (np.abs(dy) > 1.73 * np.abs(dx))
    middle = int(worn.frame.joints["neck"][0]) if "neck" in worn.frame.joints else rgb.shape[1] // 2
    shares = [
        float(level[:, part].sum()) / max(1.0, float(inner[:, part].sum()))
        for part in (slice(0, middle), slice(middle, None))
    ]
    measured["level_folds_share"] = min(shares)
    if min(shares) < 0.12:
        return []
    return [_issue("pulling", 0.1 + min(shares), 0.35, level_folds_share=min(shares))]


def _compatibility(issues: list[FitIssue]) -> str:
    codes = {issue.code for issue in issues}
    if codes & {"loose", "shoulder_overhang"}:
        return "Reads as a relaxed, oversized look; a closer cut reads more formal."
    if codes & {"tight", "pulling", "shoulder_narrow"}:
        return "Reads as a close-cut look; more room reads more relaxed."
    return "Reads as a regular cut, for casual and formal looks alike."


def _confidence(person: PersonParse, garment: Garment, measured: dict[str, float], masked: bool) -> float:
    """By how much of the five cues was measured, and how sure the parses are."""
    cues = {name.split("_")[0] for name in measured}
    sure = person.frame.confidence if person.frame is not None else 0.0
    seen = 0.9 if masked else min(0.9, person.agreement)
    return round(min(len(cues), 4) / 4 * sure * seen * (0.5 + 0.5 * garment.kind_confidence), 3)
