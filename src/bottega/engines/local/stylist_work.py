"""What the stylist does with a task, in a compute process: analyse or compose, draw, write the report as a document.

The computing is `bottega.fashion`'s.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from bottega.compute import report_progress
from bottega.domain.asset import Provenance
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, OutputFile, Task, TaskInput
from bottega.engines.local.origin import provenance_of
from bottega.errors import InputError, InvalidOption, MissingInput, OutputError
from bottega.fashion.colours import Lab, lab_of
from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.outfits.board import board
from bottega.fashion.outfits.compose import compose
from bottega.fashion.outfits.cutouts import cut_out, with_cover
from bottega.fashion.outfits.data import occasion_of
from bottega.fashion.outfits.documents import document_of, items_of, profile_with
from bottega.fashion.outfits.pieces import piece_of
from bottega.fashion.outfits.values import Context, Item, Looks, Price
from bottega.fashion.style.analyse import analyse_style
from bottega.fashion.style.picture import palette_picture
from bottega.fashion.style.values import StyleAnalysis
from bottega.fashion.style.vision import merge_vision, without_vision
from bottega.imaging.decode import decode
from bottega.imaging.encode import encode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import U8, Picture

SOURCE_TYPE: Final = "digitalCreation"
"""IPTC digital source type: a picture drawn by software, of no photograph and without a trained model."""
GIVEN: Final = "given"
"""How the ids of garments begin that came as pictures."""

# Inputs were checked against the settings' limits when they were stored.
_CHECKED_FILES: Final = Limits(max_bytes=2**32, max_pixels=2**40, max_side=2**31, max_frames=2**20)


class NothingToWear(InputError):
    """There is no look that keeps every rule; the message says what is missing."""

    code = "nothing-to-wear"
    title = "No look can be made of what there is"
    exit_code = 3


def perform(task: Task, model_id: str, scratch: Path) -> EngineResult:
    """Do `task` with the parameters of its workflow (`workflows.style_advice`, `workflows.outfit`) by name.

    Raises MissingInput, InvalidOption, NothingToWear, OutputError, and what decoding and encoding raise.
    """
    works: dict[str, Callable[[Task, Provenance, Path], EngineResult]] = {
        "style_advice": _advise,
        "outfit": _dress,
    }
    if task.operation not in works:
        raise InvalidOption(f"The stylist cannot do {task.operation!r}.")
    # What was said of oneself (sizes, taste) does not go into files.
    provenance = provenance_of(task, model_id, SOURCE_TYPE).model_copy(update={"parameters": {}})
    return works[task.operation](task, provenance, scratch)


# --- advice --------------------------------------------------------------------------------------------------


def _advise(task: Task, provenance: Provenance, scratch: Path) -> EngineResult:
    """Report: the analysis, and `told`, the number of its parts (colours, proportions, style) that could be told. The
    parameter `seen` is a vision model's reading: its `answer` after `fashion.style.vision.SCHEMA`, or the `reason` why
    there is none."""
    person = task.first(Role.PERSON)
    if person is None:
        raise MissingInput("A picture of the person is needed.")
    analysis = _with_reading(_analysed(person, task.prompt), task.parameters.get("seen"))
    report_progress(0.8, "Drawing the palette")
    confidences = (
        analysis.color_analysis.confidence,
        analysis.body_analysis.confidence,
        analysis.style_profile.style_confidence,
    )
    report = analysis.model_dump(mode="json") | {"told": sum(one > 0 for one in confidences)}
    drawn = _drawn(palette_picture(analysis), scratch / "palette.png", "Palette", provenance)
    return EngineResult(
        outputs=(drawn, _document(report, scratch / "style.json", "Style analysis")), report=report
    )


def _with_reading(analysis: StyleAnalysis, seen: dict[str, Any] | None) -> StyleAnalysis:
    """With what a vision model saw (`answer`), or with the `reason` why none did; as it is where none was asked."""
    if seen is None:
        return analysis
    if seen.get("answer") is None:
        return without_vision(analysis, str(seen.get("reason", "")))
    return merge_vision(analysis, seen["answer"])


def _analysed(person: TaskInput, words: str) -> StyleAnalysis:
    report_progress(0.1, "Looking at the person")
    return analyse_style(decode(person.path, _CHECKED_FILES).as_u8(), words=words)


# --- looks ---------------------------------------------------------------------------------------------------


def _dress(task: Task, provenance: Provenance, scratch: Path) -> EngineResult:
    """Report: `looks` with their items, `count`, `missing`, and what was understood. The first board is the best look's."""
    said = task.parameters
    given = [_as_item(n, each) for n, each in enumerate(_garments(task), start=1)]
    items = [item for item, _ in given] + items_of(said.get("items") or ())
    if not items:
        raise NothingToWear(
            "There is nothing to choose from.",
            hint="Add clothes to the wardrobe, import a shop's feed, or send pictures of garments.",
        )
    person = task.first(Role.PERSON)
    seen = _analysed(person, task.prompt) if person is not None else None
    report_progress(0.4, "Composing looks")
    context = _context(said)
    locked = [*(item.id for item, _ in given), *(said.get("locked") or ())]
    profile = profile_with(
        said.get("taste") or {},
        gender=said.get("gender") or "",
        styles=said.get("styles") or (),
        **_seen(seen),
    )
    found = compose(items, context, int(said.get("count", 3)), locked, seed=task.seed or 0, profile=profile)
    if not len(found):
        raise NothingToWear(
            " ".join(each.message for each in found.missing) or "No look keeps every rule.",
            hint="Widen the budget, name another occasion, or add what is missing.",
            missing=[each.code for each in found.missing],
        )
    pictures = {item.id: picture for item, picture in given} | _own_pictures(found, task.files)
    return _written(found, context, pictures, seen, provenance, scratch)


def _written(
    found: Looks,
    context: Context,
    pictures: dict[str, U8],
    seen: StyleAnalysis | None,
    provenance: Provenance,
    scratch: Path,
) -> EngineResult:
    report_progress(0.7, "Drawing the boards")
    occasion = occasion_of(context.occasion).name
    boards = [
        _drawn(
            board(look, pictures, title=f"Look {number}", subtitle=occasion),
            scratch / f"look-{number}.png",
            f"Look {number}",
            provenance,
        )
        for number, look in enumerate(found, start=1)
    ]
    report: dict[str, Any] = {
        "looks": [look.as_dict() | {"pieces": [piece_of(item) for item in look.items]} for look in found],
        "items": {item.id: document_of(item) for look in found for item in look.items},
        "count": len(found),
        "missing": [{"code": one.code, "slot": one.slot, "message": one.message} for one in found.missing],
        "occasion": found.occasion,
        "context": {
            "season": context.season,
            "temperature_c": context.temperature_c,
            "rain": context.rain,
            "budget": str(context.budget) if context.budget else "",
        },
        "person_season": seen.color_analysis.season if seen is not None else None,
    }
    document = _document(report, scratch / "looks.json", "Looks")
    return EngineResult(outputs=(*boards, document), report=report)


def _own_pictures(looks: Looks, files: Mapping[str, Path]) -> dict[str, U8]:
    """Cut-outs of the own clothes in the looks that have pictures, by item id. Offers are drawn as outlines: nothing is
    fetched for them."""
    shown = {item.id: files[item.picture] for look in looks for item in look.items if item.picture in files}
    found: dict[str, U8] = {}
    for number, (id_, path) in enumerate(shown.items()):
        report_progress(0.5 + 0.2 * number / len(shown), "Cutting out the clothes")
        picture = decode(path, _CHECKED_FILES)
        found[id_] = cut_out(picture.as_u8(), picture.opacity())
    return found


def _garments(task: Task) -> list[TaskInput]:
    return [each for each in task.inputs if each.role is Role.GARMENT and each.media.is_picture]


def _as_item(number: int, given: TaskInput) -> tuple[Item, U8]:
    """A garment that came as a picture, as an item of the wearer's own, and its cut-out. Raises InvalidOption for what
    is no garment."""
    picture = decode(given.path, _CHECKED_FILES)
    rgb = picture.as_u8()
    garment = parse_garment(rgb, picture.opacity())
    if garment.kind == "unknown" or not garment.check.usable:
        stops = [one for one in garment.check.findings if one.grave == "stops"]
        raise InvalidOption(
            stops[0].message if stops else "It cannot be told what this garment is.",
            hint=(stops[0].fix if stops else "") or "Send a picture of one garment on a plain background.",
        )
    pattern = garment.pattern if garment.pattern != "unknown" else ""
    named = f"{garment.colours[0].name} {garment.kind}" if garment.colours else garment.kind
    item = Item(
        id=f"{GIVEN}-{number}",
        title=named.capitalize(),
        category=garment.kind,
        colours=tuple(colour.lab for colour in garment.colours),
        pattern=pattern,
        owned=True,
    )
    return item, with_cover(rgb, garment)


def _context(said: dict[str, Any]) -> Context:
    amount, currency = said.get("budget_amount"), said.get("budget_currency")
    return Context(
        occasion=said.get("occasion") or "",
        season=said.get("season") or "",
        temperature_c=said.get("temperature_c"),
        rain=bool(said.get("rain")),
        budget=Price(int(amount), str(currency)) if amount is not None and currency else None,
    )


def _seen(analysis: StyleAnalysis | None) -> dict[str, Any]:
    """What a photograph adds to a profile: colours that suit, those that are harder, the contrast."""
    if analysis is None or analysis.color_analysis.season is None:
        return {}
    colour = analysis.color_analysis
    palette: tuple[Lab, ...] = tuple(lab_of(one.hex) for one in colour.best_colors)
    return {
        "palette": palette,
        "avoid": tuple(lab_of(one.hex) for one in colour.colors_to_avoid),
        "contrast": colour.contrast or "",
    }


# --- files ---------------------------------------------------------------------------------------------------


def _drawn(picture: U8, path: Path, label: str, provenance: Provenance) -> OutputFile:
    encode(Picture(rgb=picture), path, "image/png", provenance)
    return OutputFile(path=path, media_type="image/png", label=label, name=path.name)


def _document(report: dict[str, Any], path: Path, label: str) -> OutputFile:
    try:
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"The report cannot be written: {error.strerror}.") from error
    return OutputFile(path=path, media_type="application/json", label=label, name=path.name)
