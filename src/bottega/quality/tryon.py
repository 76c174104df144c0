"""The gates of a try-on on any engine's result, measured in a compute process, and the check of the pictures before it.

What is measured is `fashion.tryon.gates`'; the judging of pictures in general is `quality.judge`'s.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from bottega.compute import ComputePool
from bottega.domain.request import Role
from bottega.domain.task import Task
from bottega.domain.verdict import Measure, Verdict, VerdictState
from bottega.errors import BottegaError, InputError
from bottega.fashion.findings import Check, Finding
from bottega.fashion.tryon.values import Bool, Gate
from bottega.imaging.limits import Limits
from bottega.imaging.picture import F32, U8
from bottega.quality.fashion_vision import Subject, subject_of

RUBRIC: Final = "tryon-gates"
PREFIX: Final = "tryon."
"""Measures that begin so are those of the gates and of the weighted score."""
SIDE: Final = 1536
"""Longer side, in pixels, at which a result is laid over its photograph."""
PROPORTIONS: Final = 0.02
"""Relative difference of the proportions up to which a result can be laid over the photograph."""

OUTSIDE: Final = "outside_unchanged"
_AT_LEAST: Final = frozenset({"identity", "garment_details"})


class UnsafeTryOn(InputError):
    """A safety finding about one of the pictures; nothing was sent to anybody."""

    code = "tryon_unsafe"
    title = "These pictures are not used for a try-on"
    exit_code = 3


# --- before ----------------------------------------------------------------------------------------------------------


Look = Callable[[Subject, Check, Path], Awaitable[Check]]
"""Lets a vision model look at a picture as well; `fashion_vision.look_at` does."""


async def check_inputs(
    compute: ComputePool, task: Task, limits: Limits, look: Look | None = None
) -> dict[str, Check]:
    """The checks of a try-on's pictures, by asset id; `look` only where the request may leave the machine.

    Raises UnsafeTryOn for a safety finding, and what decoding and `look` raise.
    """
    found: dict[str, Check] = {}
    for item in task.inputs:
        subject = subject_of(item.role)
        if subject is None:
            continue
        check = await compute.call(look_at_input, subject, item.path, limits)
        found[item.asset_id] = await look(subject, check, item.path) if look is not None else check
    refuse_unsafe(tuple(finding for check in found.values() for finding in check.refused))
    return found


def look_at_input(role: Subject, path: Path, limits: Limits) -> Check:
    """Runs in a compute process."""
    from bottega.fashion.garment.parse import check_garment
    from bottega.fashion.parsed import person_of
    from bottega.imaging.decode import decode

    picture = decode(path, limits)
    return (
        person_of(picture.as_u8()).check
        if role == "person"
        else check_garment(picture.as_u8(), picture.opacity())
    )


def refuse_unsafe(unsafe: tuple[Finding, ...]) -> None:
    """Raises UnsafeTryOn where there are any."""
    if unsafe:
        raise UnsafeTryOn(
            " ".join(f"{finding.message} ({finding.code})" for finding in unsafe),
            hint=unsafe[0].fix,
            reasons=[finding.model_dump(mode="json") for finding in unsafe],
        )


# --- after -----------------------------------------------------------------------------------------------------------


async def judge_gates(
    compute: ComputePool,
    task: Task,
    result: Path,
    limits: Limits,
    mask: Path | None = None,
    garment_mask: Path | None = None,
) -> Verdict:
    """The verdict of the gates on a try-on's result; `mask` is the engine's own edit mask and `garment_mask` where it says
    that the garment is seen, where it gave them.

    NOT_JUDGED with the reason where the pictures do not tell, or more than one garment was put on. Raises nothing of
    its own.
    """
    person = task.first(Role.PERSON)
    garments = [item for item in task.inputs if item.role is Role.GARMENT]
    if person is None or len(garments) != 1:
        return _not_judged("The gates of a try-on are for one person and one garment.")
    wishes = wishes_of(task)
    try:
        return await compute.call(
            measure_gates, person.path, garments[0].path, result, wishes, limits, mask, garment_mask
        )
    except BottegaError as error:
        return _not_judged(error.message)


def wishes_of(task: Task) -> dict[str, Any]:
    """`category`, `fit`, `tucked`, `sleeves` of a task of the try-on workflow."""
    named = next((f.partition(":")[2] for f in task.features if f.startswith("garment:")), None)
    return {name: task.parameters.get(name) for name in ("fit", "tucked", "sleeves")} | {"category": named}


def measure_gates(
    person: Path,
    garment: Path,
    result: Path,
    wishes: Mapping[str, Any],
    limits: Limits,
    mask: Path | None = None,
    garment_mask: Path | None = None,
) -> Verdict:
    """Runs in a compute process. Raises what decoding raises."""
    from bottega.fashion.parsed import garment_of, person_of
    from bottega.fashion.tryon.gates import judge_tryon
    from bottega.fashion.wishes import tryon_options
    from bottega.imaging.decode import decode
    from bottega.imaging.mask import read_white

    whole = decode(person, limits).as_u8()
    photo = _small(whole)
    product, made = decode(garment, limits), decode(result, limits).as_u8()
    height, width = photo.shape[:2]
    if abs(made.shape[1] * height / (made.shape[0] * width) - 1) > PROPORTIONS:
        return _not_judged("The result has other proportions than the photograph and cannot be laid over it.")
    area = None if mask is None else read_white(mask, limits)
    # A pixel that is made of several may differ as soon as one of them may.
    given = None if area is None else _touched(area, width, height)
    layer = None if garment_mask is None else _share(read_white(garment_mask, limits), width, height)
    shown = product.as_u8()
    parsed = garment_of(shown, product.opacity())
    options = tryon_options(wishes, parsed.kind)
    judged = judge_tryon(
        photo,
        shown,
        _sized(made, width, height),
        mask=given,
        layer=layer,
        person=person_of(photo),
        garment=parsed,
        options=options,
    )
    gates = [_outside(whole, made, area) or gate if gate.name == OUTSIDE else gate for gate in judged.gates]
    measures = [_measure(gate) for gate in gates if gate.passed is not None]
    if judged.score is not None:
        measures.append(_scored(judged.score, judged.threshold))
    failed = [measure for measure in measures if not measure.passed]
    silent = [gate for gate in gates if gate.passed is None]
    unsaid = f"Not judged: {', '.join(gate.name for gate in silent)}." if silent else ""
    accepted = False if failed else None if judged.score is None else True
    if accepted is None:
        state, said = VerdictState.NOT_JUDGED, [silent[0].message if silent else "It could not be measured."]
    else:
        state = VerdictState.ACCEPTED if accepted else VerdictState.REJECTED
        said = [measure.why for measure in failed]
    return Verdict(
        state=state,
        rubric=RUBRIC,
        measures=tuple(measures),
        score=None if state is VerdictState.NOT_JUDGED else judged.score,
        reason=" ".join(filter(None, [*said, unsaid if failed or accepted is None else ""])),
    )


def _outside(photo: U8, made: U8, area: Bool | None) -> Gate | None:
    """The promise of an edit mask, counted in full size: not one pixel differs outside. None where there is no promise or
    the sizes differ, so that nothing can be counted."""
    if area is None or made.shape != photo.shape or area.shape != photo.shape[:2]:
        return None
    count = int((made != photo).any(axis=2)[~area].sum())
    message = "" if count == 0 else f"{count} pixels outside the edited area are not those of the photograph."
    return Gate(OUTSIDE, count == 0, float(count), 0.0, message)


def _touched(area: Bool, width: int, height: int) -> Bool:
    if area.shape == (height, width):
        return area
    some = _share(area, width, height) > 0
    return cv2.dilate(some.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


def _share(area: Bool, width: int, height: int) -> F32:
    """How much of each pixel of a smaller picture it takes."""
    share = cv2.resize(area.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return share.astype(np.float32, copy=False)


def with_gates(measured: Verdict, gates: Verdict) -> Verdict:
    """One verdict of the rubric's own measures and the gates: rejected when one rejects, accepted when both accept.
    `score` is the share of all criteria met, as it is in `judge`."""
    states = {measured.state, gates.state}
    if VerdictState.REJECTED in states:
        state = VerdictState.REJECTED
    else:
        state = VerdictState.NOT_JUDGED if VerdictState.NOT_JUDGED in states else VerdictState.ACCEPTED
    measures = (*measured.measures, *gates.measures)
    known = state is not VerdictState.NOT_JUDGED and bool(measures)
    return Verdict(
        state=state,
        rubric=f"{measured.rubric}+{gates.rubric}",
        measures=measures,
        score=sum(each.passed for each in measures) / len(measures) if known else None,
        reason=" ".join(filter(None, (measured.reason, gates.reason))),
    )


def _measure(gate: Gate) -> Measure:
    return Measure(
        name=PREFIX + gate.name,
        value=gate.value,
        threshold=gate.limit,
        rule="at_least" if gate.name in _AT_LEAST else "at_most",
        passed=gate.passed is True,
        why=gate.message,
    )


def _scored(score: float, threshold: float) -> Measure:
    return Measure(
        name=f"{PREFIX}score",
        value=score,
        threshold=threshold,
        rule="at_least",
        passed=score >= threshold,
        why=f"Realism, fit, light and proportions come to {score:.2f} of {threshold:g}.",
    )


def _not_judged(reason: str) -> Verdict:
    return Verdict(state=VerdictState.NOT_JUDGED, rubric=RUBRIC, reason=reason)


def _small(rgb: U8) -> U8:
    scale = min(1.0, SIDE / max(rgb.shape[:2]))
    if scale == 1:
        return rgb
    return _sized(rgb, max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))


def _sized(rgb: U8, width: int, height: int) -> U8:
    if rgb.shape[:2] == (height, width):
        return rgb
    way = cv2.INTER_AREA if rgb.shape[0] > height else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=way), np.uint8)
