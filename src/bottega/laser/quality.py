"""Whether a laser job can be run: what was measured, what is wrong with it, where, and what to do about it.

`ready` says that nothing was found; `needs attention` that the job runs but something may come out otherwise than
drawn; `not cuttable` that running it would ruin the work piece or the machine cannot do it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from bottega.laser.bridges import Frame, loose_islands
from bottega.laser.features import thin_features
from bottega.laser.geometry import Drawing, Operation, bounds, is_simple, length
from bottega.laser.order import nesting_errors

LEAST_WIDTH_MM = 0.5
"""Webs narrower than this char through or break when touched, in sheets of 3 mm; a starting point."""
FEATURE_POINTS = 60_000
"""Above so many points of closed cuts, thin places are not searched for (it would take minutes)."""
MOST_FINDINGS = 20
TONE_LEVELS = 7.0
NEAR_EMPTY = 0.003


class Readiness(StrEnum):
    READY = "ready"
    ATTENTION = "needs attention"
    NOT_CUTTABLE = "not cuttable"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is wrong, what to `do`, and where in mm when it has a place. `stops`: the job must not be run so.

    `note`: nothing is wrong, but it is to be known; a job with notes alone is ready.
    """

    code: str
    what: str
    do: str
    stops: bool = False
    x: float | None = None
    y: float | None = None
    note: bool = False

    def as_dict(self) -> dict[str, Any]:
        place = (
            {} if self.x is None or self.y is None else {"x_mm": round(self.x, 3), "y_mm": round(self.y, 3)}
        )
        said = {"code": self.code, "what": self.what, "do": self.do, "stops": self.stops, "note": self.note}
        return said | place


@dataclass(frozen=True, slots=True)
class Assessment:
    """`measures` are figures by name; `findings` the gravest first, at most 20 of them."""

    findings: tuple[Finding, ...] = ()
    measures: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def state(self) -> Readiness:
        if any(finding.stops for finding in self.findings):
            return Readiness.NOT_CUTTABLE
        wrong = any(not finding.note for finding in self.findings)
        return Readiness.ATTENTION if wrong else Readiness.READY

    def as_dict(self) -> dict[str, Any]:
        return {
            "state": self.state.value,
            "findings": [finding.as_dict() for finding in self.findings],
            "measures": self.measures,
        }


def assess_drawing(
    drawing: Drawing,
    *,
    kerf_mm: float = 0.0,
    least_width_mm: float = LEAST_WIDTH_MM,
    stencil: Frame | None = None,
    in_order: bool = False,
    more: Iterable[Finding] = (),
) -> Assessment:
    """What a drawing's lines come to. `kerf_mm` is the beam's width; `stencil` says that islands must not fall out
    (and what the plate is, as in `add_bridges`); `in_order` that the paths stand in burning order.

    Raises what `thin_features` raises.
    """
    closed = [p for p in drawing.paths if p.closed and p.operation is Operation.CUT]
    opened = [p for p in drawing.paths if not p.closed and p.operation is Operation.CUT]
    findings = list(more)
    measures: dict[str, float] = {
        "paths": len(drawing.paths),
        "nodes": drawing.node_count,
        "closed_cuts": len(closed),
        "open_cuts": len(opened),
        "cut_mm": round(sum(length(p) for p in (*closed, *opened)), 2),
        "score_mm": round(sum(length(p) for p in drawing.paths if p.operation is Operation.SCORE), 2),
    }
    findings += _off_the_sheet(drawing)
    crossing = [p for p in closed if len(p.points) <= FEATURE_POINTS and not is_simple(p)]
    measures["self_crossing"] = len(crossing)
    findings += [
        Finding(
            "self-crossing",
            "A closed cut crosses itself, so that inside and outside are not clear.",
            "Unite the shape in the drawing program, or trace it again.",
            x=float(p.points[0, 0]),
            y=float(p.points[0, 1]),
        )
        for p in crossing
    ]
    if sum(len(p.points) for p in closed) <= FEATURE_POINTS:
        thin, narrowest = _thin(drawing, kerf_mm, least_width_mm)
        findings += thin
        if narrowest is not None:
            measures["thinnest_mm"] = round(narrowest, 3)
    else:
        findings.append(
            Finding(
                "not-measured",
                "The drawing has too many points to look for thin places.",
                "Simplify it when it is to be judged.",
            )
        )
    if stencil is not None and closed:
        islands = loose_islands(drawing, frame=stencil)
        measures["loose_islands"] = len(islands)
        findings += [
            Finding(
                "loose-island",
                f"A piece of {island.width_mm:.3g} x {island.height_mm:.3g} mm falls out of the stencil.",
                "Add bridges.",
                stops=True,
                x=island.x,
                y=island.y,
            )
            for island in islands
        ]
    if in_order:
        wrong = nesting_errors(drawing.paths)
        measures["nesting_errors"] = wrong
        if wrong:
            findings.append(
                Finding(
                    "outer-first",
                    f"{wrong} inner lines are burnt after the cut that frees their part.",
                    "Optimise the order.",
                    stops=True,
                )
            )
    return Assessment(_gravest(findings), measures)


def assess_engraving(report: Mapping[str, Any]) -> Assessment:
    """What the figures of an engraving (`job.engrave`) come to."""
    measures = {
        name: float(report[name])
        for name in ("tone_error", "detail", "burnt_share", "gcode_errors")
        if name in report
    }
    findings: list[Finding] = []
    if measures.get("gcode_errors", 0) > 0:
        faults = "; ".join(str(fault) for fault in list(report.get("gcode_faults", ()))[:2])
        findings.append(
            Finding(
                "gcode",
                f"The G-code breaks a rule of the controller: {faults}.",
                "Report this as a defect.",
                True,
            )
        )
    if report.get("dither") != "threshold" and measures.get("tone_error", 0) > TONE_LEVELS:
        findings.append(
            Finding(
                "tone",
                f"The burn is {measures['tone_error']:.0f} of 255 levels off the picture's tones.",
                _interval_advice(report),
            )
        )
    if measures.get("detail", 1) < NEAR_EMPTY:
        findings.append(
            Finding(
                "empty",
                "The engraving is almost empty.",
                "Use a picture with more contrast, or invert it.",
                True,
            )
        )
    if report.get("constant_speed") is False:
        findings.append(
            Finding(
                "speed",
                "The head changes its speed while it burns.",
                "Lower the speed, or coarsen the interval.",
            )
        )
    return Assessment(_gravest(findings), measures)


def _interval_advice(report: Mapping[str, Any]) -> str:
    """Which way the line interval is wrong, as a burn cannot show tones that its lines leave bare or cover twice."""
    if report["beam_mm"] < report["interval_mm"]:
        return "Use a finer interval: the beam is too narrow for lines this far apart."
    return "Use a coarser interval: the beam is too wide for lines this close."


def together(*assessments: Assessment) -> Assessment:
    """Several parts of one job as one."""
    measures: dict[str, float] = {}
    for each in assessments:
        measures |= each.measures
    return Assessment(_gravest([f for each in assessments for f in each.findings]), measures)


def assess_loose(drawing: Drawing, *, stencil_meant: bool) -> Assessment:
    """The pieces within the cuts that come out by themselves: what a stencil loses, and a part's waste.

    Nobody said which of the two is kept. `stencil_meant`: it may well be the sheet, as with a picture that is cut;
    otherwise it is a note. Drawings with too many points are not looked at.
    """
    cuts = [p for p in drawing.paths if p.closed and p.operation is Operation.CUT]
    if len(cuts) < 2 or sum(len(p.points) for p in cuts) > FEATURE_POINTS:
        return Assessment()
    islands = loose_islands(drawing)
    measures = {"loose_islands": float(len(islands))}
    if not islands:
        return Assessment((), measures)
    largest = islands[0]
    finding = Finding(
        "loose-island",
        f"{len(islands)} pieces inside the cuts come loose, the largest of "
        f"{largest.width_mm:.3g} x {largest.height_mm:.3g} mm."
        if len(islands) > 1
        else f"A piece of {largest.width_mm:.3g} x {largest.height_mm:.3g} mm inside the cuts comes loose.",
        "Ask for bridges where the sheet is what you keep, as with a stencil; where the parts are, it is their waste.",
        x=largest.x,
        y=largest.y,
        note=not stencil_meant,
    )
    return Assessment((finding,), measures)


def _off_the_sheet(drawing: Drawing) -> list[Finding]:
    left, top, right, bottom = bounds(drawing)
    off = max(-left, -top, right - drawing.width_mm, bottom - drawing.height_mm)
    if off <= 0.05:
        return []
    return [
        Finding(
            "off-sheet",
            f"The drawing reaches {off:.3g} mm beyond its sheet of {drawing.width_mm:.4g} x {drawing.height_mm:.4g} mm.",
            "Make the sheet larger, or check that nothing lies outside by mistake.",
        )
    ]


def _thin(drawing: Drawing, kerf: float, least: float) -> tuple[list[Finding], float | None]:
    """Webs below the beam's width burn away; webs below `least` are weak; a gap below the beam's is one burn."""
    found = thin_features(drawing, max(least, kerf, 0.01))
    findings: list[Finding] = []
    for each in found:
        if each.kind == "gap":
            if each.width_mm < kerf:
                findings.append(
                    Finding(
                        "gap",
                        f"Two cuts are {each.width_mm:.2g} mm apart, nearer than the beam is wide ({kerf:.2g} mm).",
                        "Move them apart, or cut the line they share once.",
                        x=each.x,
                        y=each.y,
                    )
                )
        elif each.width_mm < kerf:
            findings.append(
                Finding(
                    "web-burns",
                    f"A web of {each.width_mm:.2g} mm is narrower than the beam ({kerf:.2g} mm) and burns away.",
                    f"Make it at least {least:.2g} mm wide, or the whole drawing larger.",
                    stops=True,
                    x=each.x,
                    y=each.y,
                )
            )
        else:
            findings.append(
                Finding(
                    "web-weak",
                    f"A web is only {each.width_mm:.2g} mm wide and may break.",
                    f"Make it at least {least:.2g} mm wide.",
                    x=each.x,
                    y=each.y,
                )
            )
    widths = [each.width_mm for each in found]
    return findings, float(np.min(widths)) if widths else None


def _gravest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (not finding.stops, finding.note))[:MOST_FINDINGS])
