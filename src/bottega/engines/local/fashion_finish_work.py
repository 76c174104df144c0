"""Puts back, in a compute process, what an engine's try-on changed beyond the garment, or says why that cannot be done."""

from pathlib import Path
from typing import Any, Final

from bottega.domain.asset import Provenance
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task
from bottega.engines.local.fashion_paste import Area, NotKnown, Restored, area_of, restored
from bottega.errors import BottegaError
from bottega.fashion.parsed import garment_of
from bottega.fashion.wishes import tryon_options
from bottega.imaging.decode import decode
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.mask import white_where
from bottega.imaging.picture import U8, Picture

# Inputs were checked against the settings' limits when they were stored; results are, when they are kept.
_INPUTS: Final = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)
_RESULTS: Final = Limits(max_bytes=2**28, max_pixels=2**27, max_side=2**15, max_frames=1)


def perform(task: Task, result: EngineResult, scratch: Path, provenance: Provenance) -> EngineResult:
    """The pictures of `result`, each the photograph outside the area of the garments, bit for bit, as PNG; then the
    engine's own pictures, as they came, and the mask of the area.

    Report: `pasted_back`; with it `edit_mask` (which output is the mask), `edit_share`, and of the first picture
    `moved_px` and `outside_share` (what the engine had changed beyond the area); without it `not_pasted_back`, why.
    A result whose engine says itself what it changed is left alone. Raises what encoding raises.
    """
    if "pasted_back" in result.report or "edit_mask" in result.report:
        return result
    person = task.first(Role.PERSON)
    if person is None:
        return _left(result, "There is no photograph of a person to put back.")
    try:
        photo = decode(person.path, _INPUTS).as_u8()
        found = _area(task, photo)
        made = [(output, _back(photo, output, found)) for output in result.outputs if _is_picture(output)]
    except BottegaError as error:
        return _left(result, error.message)
    if not made or not isinstance(found, Area):
        return _left(result, found.reason if isinstance(found, NotKnown) else "The result is no picture.")
    first = made[0][1]
    if isinstance(first, NotKnown):
        return _left(result, first.reason)
    whole = [(output, one) for output, one in made if isinstance(one, Restored)]
    files = [
        _written(one.rgb, scratch / f"tryon-{n}.png", output.label, provenance)
        for n, (output, one) in enumerate(whole, 1)
    ]
    mask = white_where(found.free)
    sent = [
        output.model_copy(update={"label": f"{output.label}, as the engine made it"})
        for output in result.outputs
    ]
    report: dict[str, Any] = {
        "pasted_back": True,
        "edit_mask": len(files) + len(sent),
        "edit_share": round(float(found.free.mean()), 4),
        "moved_px": round(first.moved_px, 1),
        "outside_share": round(first.outside_share, 4),
    }
    if len(whole) < len(made):
        report["not_pasted_back"] = (
            f"{len(made) - len(whole)} of {len(made)} pictures are left as the engine made them."
        )
    outputs = (*files, *sent, _written(mask, scratch / "edit-mask.png", "Edit mask", provenance))
    return result.model_copy(update={"outputs": outputs, "report": {**result.report, **report}})


def _area(task: Task, photo: U8) -> Area | NotKnown:
    named = next((f.partition(":")[2] for f in task.features if f.startswith("garment:")), None)
    pieces = [decode(item.path, _INPUTS) for item in task.inputs if item.role is Role.GARMENT]
    garments = [garment_of(piece.as_u8(), piece.opacity(), seed=task.seed or 0) for piece in pieces]
    # What was named is the one garment; of several, each picture says what it is.
    category = named if len(garments) == 1 else None
    wishes = {**task.parameters, "category": category}
    return area_of(
        photo, [(garment, tryon_options(wishes, garment.kind)) for garment in garments], task.seed or 0
    )


def _back(photo: U8, output: OutputFile, area: Area | NotKnown) -> Restored | NotKnown:
    return (
        area if isinstance(area, NotKnown) else restored(photo, decode(output.path, _RESULTS).as_u8(), area)
    )


def _is_picture(output: OutputFile) -> bool:
    return output.media_type.startswith("image/") and output.media_type != "image/svg+xml"


def _left(result: EngineResult, reason: str) -> EngineResult:
    return result.model_copy(
        update={"report": {**result.report, "pasted_back": False, "not_pasted_back": reason}}
    )


def _written(rgb: U8, path: Path, label: str, provenance: Provenance) -> OutputFile:
    encode(Picture(rgb=rgb), path, "image/png", provenance)
    return OutputFile(path=path, media_type="image/png", label=label, name=path.name)
