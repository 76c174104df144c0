"""What the geometric engine does with a task, in a compute process: decode, put on, write the picture and its masks.

The computing is `bottega.fashion.tryon`'s.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from bottega.compute import report_progress
from bottega.domain.asset import Provenance
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.engines.local.geometric import SOURCE_TYPE
from bottega.engines.local.origin import provenance_of
from bottega.errors import InputError, InvalidOption, MissingInput
from bottega.fashion.findings import Finding
from bottega.fashion.fit import analyse_fit
from bottega.fashion.parsed import garment_of, person_of
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.values import TryOn, TryOnRefused
from bottega.fashion.wishes import tryon_options
from bottega.imaging.decode import decode
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.mask import white_where
from bottega.imaging.picture import Picture

ENGINE: Final = "geometric"

# Inputs were checked against the settings' limits when they were stored.
_CHECKED_FILES: Final = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)
_GARMENT: Final = "garment:"


class TryOnNotPossible(InputError):
    """The refusal of the studio with all its reasons, as it crosses the border of the process."""

    code = TryOnRefused.code
    title = TryOnRefused.title
    exit_code = 3


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """The person of the task wearing its garment; outputs are the picture, the mask of the pixels that may differ from the
    photograph (white), and the mask of where the garment is seen (white).

    Report: that of the studio, `verdict` (score and gates), `edit_share`, `edit_mask` and `garment_mask` (which outputs
    those masks are), and `fit_analysis`, how the garment sits where it was laid. Raises TryOnNotPossible with coded
    reasons, MissingInput without a person or a garment, InvalidOption, and what decoding and encoding raise.
    """
    if task.operation != "tryon":
        raise InvalidOption(f"The geometric engine cannot do {task.operation!r}.")
    person, garment = task.first(Role.PERSON), task.first(Role.GARMENT)
    if person is None or garment is None:
        raise MissingInput("A picture of the person and one of the garment are needed.")
    report_progress(0.0, "Reading the pictures")
    photo, product = decode(person.path, _CHECKED_FILES), decode(garment.path, _CHECKED_FILES)
    seed = task.seed or 0
    report_progress(0.1, "Looking at both pictures")
    with ThreadPoolExecutor(1) as beside:
        seen = beside.submit(garment_of, product.as_u8(), product.opacity(), seed=seed)
        worn_by = person_of(photo.as_u8(), seed=seed)
        parsed = seen.result()
    options = tryon_options(_wishes(task), parsed.kind)
    report_progress(0.4, "Putting it on")
    try:
        done = try_on(photo.as_u8(), product.as_u8(), options, seed=seed, garment=parsed, person=worn_by)
    except TryOnRefused as refused:
        raise not_possible(refused.reasons) from None
    report_progress(0.9, "Writing the result")
    sits = analyse_fit(done.person, parsed, done.rgb, done.garment_mask).model_dump(mode="json")
    written = _written(done, provenance_of(task, model_id, SOURCE_TYPE), scratch)
    return written.model_copy(update={"report": {**written.report, "fit_analysis": sits}})


def not_possible(reasons: tuple[Finding, ...]) -> TryOnNotPossible:
    """All reasons in words, each with its code and what to do about it."""
    return TryOnNotPossible(
        " ".join(f"{reason.message} ({reason.code}) {reason.fix}".rstrip() for reason in reasons),
        reasons=[reason.model_dump(mode="json") for reason in reasons],
    )


def _wishes(task: Task) -> dict[str, Any]:
    """The category is a feature of the task; `other` also stands for what nobody named, and the picture says what it is."""
    named = next((f.removeprefix(_GARMENT) for f in task.features if f.startswith(_GARMENT)), None)
    return {**task.parameters, "category": named}


def _written(done: TryOn, provenance: Provenance, scratch: Path) -> EngineResult:
    pictures = (
        ("tryon.png", "Try-on (geometric preview)", done.rgb),
        ("edit-mask.png", "Edit mask", white_where(done.edit_mask)),
        ("garment-mask.png", "Garment mask", white_where(done.garment_mask)),
    )
    for name, _, rgb in pictures:
        encode(Picture(rgb=rgb), scratch / name, "image/png", provenance)
    outputs = tuple(
        OutputFile(path=scratch / name, media_type="image/png", label=label, name=name)
        for name, label, _ in pictures
    )
    verdict = done.verdict
    judged = {
        "score": verdict.score,
        "threshold": verdict.threshold,
        "failed": list(verdict.failed),
        "not_judged": list(verdict.not_judged),
    }
    masks = {"edit_share": round(float(done.edit_mask.mean()), 4), "edit_mask": 1, "garment_mask": 2}
    return EngineResult(outputs=outputs, report={**done.report, "verdict": judged, **masks})
