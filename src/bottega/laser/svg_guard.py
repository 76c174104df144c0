"""The door for foreign SVG: what must not come in is refused or taken out, and one unit becomes one millimetre.

What passes is a document without entities, scripts, outside references, text and placed pictures (these are
handed over beside it), of bounded size also after `use` has been expanded. Shapes are left to `svg_in`.
"""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from bottega.errors import InvalidOption, TooLarge, UnsupportedMedia
from bottega.laser.geometry import MIN_SHEET_MM
from bottega.laser.size import MAX_SIDE_MM, MM_PER_INCH
from bottega.laser.svg_clips import UNITS, mark_clips
from bottega.laser.svg_grammar import NUMBER, XLINK, check_numbers, millimetres, view_box
from bottega.laser.svg_picture import PICTURE, as_rectangle, damaged, outside
from bottega.laser.svg_styles import declarations_of, inline_styles
from bottega.laser.svg_viewports import flatten_viewports

MAX_BYTES = 64 * 2**20
MAX_NODES = 500_000
"""Elements and coordinate pairs together, each `use` counted with all that it repeats."""
MAX_DEPTH = 100
CSS_DPI = 96.0
"""Pixels to the inch in CSS."""
ILLUSTRATOR_DPI, OLD_INKSCAPE_DPI = 72.0, 90.0
"""Illustrator's pixels are points; Inkscape's before 0.92 were 1/90 inch (its release notes of 2017)."""

LAYER = "bottega-layer"
"""An attribute set here, which shapes inherit: the name of their layer."""

_SVG = "{http://www.w3.org/2000/svg}"
_INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
_UNDRAWN = frozenset(
    [
        "mask",
        "pattern",
        "marker",
        "linearGradient",
        "radialGradient",
        "filter",
        "metadata",
        "foreignObject",
        "title",
        "desc",
        "font",
        "font-face",
        "animate",
        "animateTransform",
        "animateMotion",
        "set",
    ]
)
_ILLUSTRATOR = re.compile(rb"<!--\s*Generator: Adobe Illustrator")
_HEAD_BYTES = 4096
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")
_TEXT = frozenset({"text", "tspan", "textPath", "flowRoot", "flowRegion"})


@dataclass(frozen=True, slots=True)
class GuardedSvg:
    """`xml`: the document with its size in mm as plain numbers. `pictures`: bytes of those placed in it."""

    xml: bytes
    width_mm: float | None
    height_mm: float | None
    pictures: tuple[bytes, ...]
    notes: tuple[str, ...]
    dpi: float


def guard(data: bytes, *, dpi: float | None = None) -> GuardedSvg:
    """The document as it may be read. `dpi`: what a bare number or px means in it; None for what the program means that
    wrote it, as far as it says so, else `CSS_DPI`.

    Sizes are None where the file names none. Raises UnsupportedMedia for what is no SVG, or is damaged, or holds
    scripts, entities of its own beyond plain ones, or references to other files; InvalidOption for text, sizes
    out of range and numbers that are none; TooLarge above `MAX_BYTES`, `MAX_NODES` or `MAX_DEPTH`.
    """
    if dpi is not None and not (math.isfinite(dpi) and 1 <= dpi <= 10_000):
        raise InvalidOption(f"The resolution is {dpi:g} pixels to the inch; it can be 1 to 10000.")
    root = _parsed(data)
    writer = ""
    if dpi is None:
        dpi, writer = _meant_dpi(data, root)
    notes = inline_styles(root)
    _mark_layers(root)
    notes.extend(mark_clips(root))
    _hide_transparent(root)
    pictures: list[bytes] = []
    _clean(root, notes)
    for element in root.iter():
        check_numbers(element)
    flatten_viewports(root, dpi)
    for element in root.iter():
        _check_reference(element, pictures, dpi)
    _check_cost(root)
    if said := _unsure_size(root, dpi, writer):
        notes.append(said)
    width, height = _resize(root, dpi)
    return GuardedSvg(ET.tostring(root), width, height, tuple(pictures), tuple(dict.fromkeys(notes)), dpi)


# --- The document --------------------------------------------------------------------------------------------


def _parsed(data: bytes) -> ET.Element:
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The SVG has {len(data) / 2**20:.1f} MiB; the limit is {MAX_BYTES >> 20} MiB.")
    if data[:2] == b"\x1f\x8b":
        raise UnsupportedMedia("This is a compressed SVG (svgz).", hint="Save it as plain SVG.")
    if data.startswith(_PICTURES):
        raise UnsupportedMedia(
            "This is a picture, not an SVG drawing.", hint="Trace it to a drawing first, or engrave it."
        )
    if data[:64].split()[:2] == [b"0", b"SECTION"]:
        raise UnsupportedMedia("This is a DXF, which is written here but not read.", hint="Save it as SVG.")
    _check_structure(data)
    try:
        root = ET.fromstring(data)  # noqa: S314 - entities and depth were checked just above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise damaged(error) from error
    if root.tag not in ("svg", f"{_SVG}svg"):
        raise UnsupportedMedia(f"This is XML of another kind ({_tag(root)[:40]!r}), not an SVG.")
    return root


def _check_structure(data: bytes) -> None:
    """Refuse what would make the parser itself work without bound, before a tree is built."""
    parser = expat.ParserCreate()
    depth = elements = 0
    longest = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > MAX_DEPTH:
            raise TooLarge(f"The SVG is nested more than {MAX_DEPTH} deep.")
        if elements > MAX_NODES:
            raise _too_many(elements)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(name: str, parameter: bool, value: str | None, *rest: Any) -> None:
        nonlocal longest
        # Illustrator names its namespaces so; anything that grows or reaches outside is an attack.
        if parameter or value is None or "&" in value or len(value) > 500:
            raise UnsupportedMedia(
                "The SVG defines entities that expand or point outside of it.",
                hint="Save it again as plain SVG.",
            )
        longest = max(longest, len(value))
        if longest * data.count(b"&") > MAX_BYTES:
            raise TooLarge("The SVG's entities expand beyond all bounds.")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise damaged(error) from error


def _clean(root: ET.Element, notes: list[str]) -> None:
    """Take out what is never drawn; refuse scripts and text; put symbols where only `use` shows them."""
    stack = [(root, False)]
    while stack:
        parent, hidden = stack.pop()
        for child in list(parent):
            tag, unseen = _tag(child), hidden or _hidden(child)
            if tag == "script" or any(name.lower().startswith("on") for name in child.attrib):
                raise UnsupportedMedia(
                    "The SVG contains a script.", hint="Save it as plain SVG, without scripts."
                )
            if tag in _TEXT and not unseen and "".join(child.itertext()).strip():
                raise InvalidOption(
                    "The SVG contains text, which looks different wherever its font is missing.",
                    hint="Convert the text to paths (Inkscape: Path > Object to Path) and save again.",
                )
            notes.extend(_not_followed(child))
            if tag in _UNDRAWN or tag in _TEXT or _foreign(child):
                parent.remove(child)
                continue
            if tag == "symbol" and _tag(parent) != "defs":
                position = list(parent).index(child)
                shelf = ET.Element(f"{_SVG}defs")
                parent.remove(child)
                shelf.append(child)
                parent.insert(position, shelf)
            stack.append((child, unseen))


def _not_followed(element: ET.Element) -> Iterator[str]:
    """In words, what an element asks for that comes out otherwise."""
    for name, what in (("mask", "a mask"), ("filter", "a filter")):
        if _style(element, name) not in ("", "none"):
            yield f"The SVG uses {what}, which lasers cannot follow: the whole shape is taken."
    if _style(element, "stroke-dasharray") not in ("", "none", "0"):
        yield "The SVG has dashed lines, which are followed without gaps."
    if _style(element, "fill").startswith("url("):
        yield "The SVG has gradients or patterns, which are engraved as areas of one tone."


def _hidden(element: ET.Element) -> bool:
    return _style(element, "display") == "none"


def _hide_transparent(element: ET.Element) -> None:
    """Hide what is wholly transparent with all that is in it, which readers that hand opacity down get wrong. What clips
    are made of does so however transparent it is."""
    if element.get(UNITS):
        return
    if _is_none(_style(element, "opacity")):
        declared = declarations_of(element.get("style", "")) | {"display": ("none", False)}
        element.set("style", ";".join(f"{name}:{value}" for name, (value, _) in declared.items()))
    for child in element:
        _hide_transparent(child)


def _is_none(share: str) -> bool:
    number = share.removesuffix("%").strip()
    return bool(NUMBER.fullmatch(number)) and float(number) <= 0


def _foreign(element: ET.Element) -> bool:
    return "}" in str(element.tag) and not str(element.tag).startswith(_SVG)


def _style(element: ET.Element, name: str) -> str:
    """A property from the style attribute or the attribute of its name, trimmed; empty where there is none."""
    for part in element.get("style", "").split(";"):
        key, _, value = part.partition(":")
        if key.strip() == name:
            return value.strip()
    return element.get(name, "").strip()


def _check_reference(element: ET.Element, pictures: list[bytes], dpi: float) -> None:
    href = (element.get("href") or element.get(XLINK) or "").strip()
    tag = _tag(element)
    if tag == "image":
        hidden = {name: said for name in ("display", "visibility") if (said := _style(element, name))}
        pictures.append(as_rectangle(element, href, len(pictures), hidden, dpi))
    elif tag == "use" and not href.startswith("#"):
        raise outside(href)


def _check_cost(root: ET.Element) -> None:
    """Count what `use` expands to, so that a small file cannot become an endless drawing."""
    by_id = {identity: e for e in root.iter() if (identity := e.get("id"))}
    known: dict[ET.Element, int] = {}
    open_: set[ET.Element] = set()

    def cost(element: ET.Element, depth: int) -> int:
        if element in known:
            return known[element]
        if element in open_ or depth > 1.5 * MAX_DEPTH:
            raise UnsupportedMedia("The SVG repeats a part inside itself.", hint="Save it as plain SVG.")
        open_.add(element)
        numbers = sum(len(NUMBER.findall(element.get(name, ""))) for name in ("d", "points"))
        total = 1 + numbers // 2 + sum(cost(child, depth + 1) for child in element)
        if _tag(element) == "use":
            href = (element.get("href") or element.get(XLINK) or "").strip()
            target = by_id.get(href[1:])
            total += cost(target, depth + 1) if target is not None else 0
        if total > MAX_NODES:
            raise _too_many(total)
        open_.discard(element)
        known[element] = total
        return total

    cost(root, 0)


# --- Layers and size -----------------------------------------------------------------------------------------


def _mark_layers(root: ET.Element) -> None:
    """Inkscape's layers by their label, else the named groups directly below the root (Illustrator's layers)."""
    groups = [e for e in root.iter(f"{_SVG}g") if e.get(f"{_INKSCAPE}groupmode") == "layer"]
    for element in root.iter():
        for name in (LAYER, PICTURE):
            element.attrib.pop(name, None)
    for group in groups or [e for e in root if _tag(e) in ("g", "svg") and e.get("id")]:
        group.set(LAYER, group.get(f"{_INKSCAPE}label") or group.get("id") or "")


def _meant_dpi(data: bytes, root: ET.Element) -> tuple[float, str]:
    """The pixels to the inch of the program that wrote the file, and its name where they are not those of CSS."""
    if _ILLUSTRATOR.search(data[:_HEAD_BYTES]):
        return ILLUSTRATOR_DPI, "Adobe Illustrator"
    version = re.match(r"0\.(\d+)", root.get(f"{_INKSCAPE}version", ""))
    if version and int(version[1]) < 92:
        return OLD_INKSCAPE_DPI, f"Inkscape {version[0]}"
    return CSS_DPI, ""


def _unsure_size(root: ET.Element, dpi: float, writer: str) -> str:
    """What to say of a document whose size rests on what a pixel is; nothing where it names a real unit."""
    lengths = [(root.get(name) or "").strip().lower() for name in ("width", "height")]
    if any(text.endswith(("mm", "cm", "in", "pt", "pc", "q")) for text in lengths):
        return ""
    meant = f", as {writer} means them" if writer else ""
    return (
        f"The SVG names its size in no unit of length: {dpi:g} of its pixels were taken as an inch{meant}. "
        "Check the size, or write width and height in mm."
    )


def _resize(root: ET.Element, dpi: float) -> tuple[float | None, float | None]:
    """Write the size as plain millimetres over a viewBox, so that whoever reads it needs no resolution."""
    box = view_box(root)
    width, height = (millimetres(root.get(name), dpi) for name in ("width", "height"))
    for name, side in (("width", width), ("height", height)):
        if side is not None and not MIN_SHEET_MM <= side <= MAX_SIDE_MM:
            raise InvalidOption(
                f"The SVG says that its {name} is {side:.4g} mm; it can be {MIN_SHEET_MM:g} to {MAX_SIDE_MM:g} mm.",
                hint="Check the unit of its width and height.",
            )
    factor = MM_PER_INCH / dpi
    if box is not None:
        width = width or (height * box[2] / box[3] if height else box[2] * factor)
        height = height or width * box[3] / box[2]
    known = width is not None and height is not None
    # Without a size of its own the drawing is on a sheet of any size: one that only carries the unit.
    shown = (width, height) if width is not None and height is not None else (1000.0, 1000.0)
    root.set("width", repr(shown[0]))
    root.set("height", repr(shown[1]))
    if box is None:
        root.set("viewBox", f"0 0 {shown[0] / factor!r} {shown[1] / factor!r}")
    for name in ("x", "y"):
        root.attrib.pop(name, None)
    return shown if known else (None, None)


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _too_many(count: int) -> TooLarge:
    return TooLarge(
        f"The SVG has more than {min(count, MAX_NODES)} elements and nodes.", hint="Simplify the drawing."
    )
