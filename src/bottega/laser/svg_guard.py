"""The door for foreign SVG: what must not come in is refused or taken out, and one unit becomes one millimetre.

What passes is a document without entities, scripts, outside references, text and placed pictures (these are
handed over beside it), of bounded size also after `use` has been expanded. Shapes are left to `svg_in`.
"""

import base64
import binascii
import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.parsers import expat

from bottega.errors import InvalidOption, TooLarge, UnsupportedMedia
from bottega.laser.geometry import MIN_SHEET_MM
from bottega.laser.size import MAX_SIDE_MM, MM_PER_INCH
from bottega.laser.svg_grammar import NUMBER, XLINK, check_numbers, millimetres, pixels, view_box
from bottega.laser.svg_styles import inline_styles
from bottega.laser.svg_viewports import flatten_viewports

MAX_BYTES = 64 * 2**20
MAX_NODES = 500_000
"""Elements and coordinate pairs together, each `use` counted with all that it repeats."""
MAX_DEPTH = 100
CSS_DPI = 96.0
"""Pixels to the inch in CSS; old Inkscape (before 0.92) wrote 90, Illustrator 72."""

LAYER = "bottega-layer"
PICTURE = "bottega-picture"
"""Attributes set here, which shapes inherit: the name of their layer, the number of a placed picture."""

_SVG = "{http://www.w3.org/2000/svg}"
_INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
_UNDRAWN = frozenset(
    [
        "clipPath",
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
_TEXT = frozenset({"text", "tspan", "textPath", "flowRoot", "flowRegion"})


@dataclass(frozen=True, slots=True)
class GuardedSvg:
    """`xml`: the document with its size in mm as plain numbers. `pictures`: bytes of those placed in it."""

    xml: bytes
    width_mm: float | None
    height_mm: float | None
    pictures: tuple[bytes, ...]
    notes: tuple[str, ...]


def guard(data: bytes, *, dpi: float = CSS_DPI) -> GuardedSvg:
    """The document as it may be read. `dpi`: what a bare number or px means in it.

    Sizes are None where the file names none. Raises UnsupportedMedia for what is no SVG, or is damaged, or holds
    scripts, entities of its own beyond plain ones, or references to other files; InvalidOption for text, sizes
    out of range and numbers that are none; TooLarge above `MAX_BYTES`, `MAX_NODES` or `MAX_DEPTH`.
    """
    if not (math.isfinite(dpi) and 1 <= dpi <= 10_000):
        raise InvalidOption(f"The resolution is {dpi:g} pixels to the inch; it can be 1 to 10000.")
    root = _parsed(data)
    notes = inline_styles(root)
    pictures: list[bytes] = []
    _clean(root, notes)
    for element in root.iter():
        check_numbers(element)
    flatten_viewports(root, dpi)
    for element in root.iter():
        _check_reference(element, pictures, dpi)
    _check_cost(root)
    _mark_layers(root)
    if said := _unsure_size(root, dpi):
        notes.append(said)
    width, height = _resize(root, dpi)
    return GuardedSvg(ET.tostring(root), width, height, tuple(pictures), tuple(dict.fromkeys(notes)))


# --- The document --------------------------------------------------------------------------------------------


def _parsed(data: bytes) -> ET.Element:
    if len(data) > MAX_BYTES:
        raise TooLarge(f"The SVG has {len(data) / 2**20:.1f} MiB; the limit is {MAX_BYTES >> 20} MiB.")
    if data[:2] == b"\x1f\x8b":
        raise UnsupportedMedia("This is a compressed SVG (svgz).", hint="Save it as plain SVG.")
    _check_structure(data)
    try:
        root = ET.fromstring(data)  # noqa: S314 - entities and depth were checked just above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _damaged(error) from error
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
        raise _damaged(error) from error


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
    for name, what in (("clip-path", "clipping"), ("mask", "a mask"), ("filter", "a filter")):
        if _style(element, name) not in ("", "none"):
            yield f"The SVG uses {what}, which lasers cannot follow: the whole shape is taken."
    if _style(element, "stroke-dasharray") not in ("", "none", "0"):
        yield "The SVG has dashed lines, which are followed without gaps."
    if _style(element, "fill").startswith("url("):
        yield "The SVG has gradients or patterns, which are engraved as areas of one tone."


def _hidden(element: ET.Element) -> bool:
    return _style(element, "display") == "none"


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
        _as_rectangle(element, href, pictures, dpi)
    elif tag == "use" and not href.startswith("#"):
        raise _outside(href)


def _as_rectangle(element: ET.Element, href: str, pictures: list[bytes], dpi: float) -> None:
    """Turn a placed picture into the rectangle that it covers, with the picture's number."""
    from bottega.imaging.decode import decode

    head, comma, body = href.partition(",")
    if not (head.lower().startswith("data:") and comma):
        raise _outside(href)
    try:
        raw = unquote_to_bytes(body)
        content = base64.b64decode(raw, validate=False) if head.lower().endswith("base64") else raw
    except (binascii.Error, ValueError) as error:
        raise _damaged(error) from error
    picture = decode(content)
    box = [pixels(element.get(name), dpi) for name in ("x", "y", "width", "height")]
    x, y = box[0] or 0.0, box[1] or 0.0
    aspect = picture.width / picture.height
    width, height = box[2], box[3]
    if width is None and height is None:
        width, height = float(picture.width), float(picture.height)
    width = height * aspect if width is None and height is not None else width or 0.0
    height = width / aspect if height is None else height
    if width <= 0 or height <= 0:
        raise InvalidOption("The SVG has a placed picture without a size.")
    if element.get("preserveAspectRatio", "").split(" ")[0] != "none":
        fitted = min(width, height * aspect)
        x, y = x + (width - fitted) / 2, y + (height - fitted / aspect) / 2
        width, height = fitted, fitted / aspect
    kept = {
        name: element.attrib[name]
        for name in ("transform", "id", "display", "visibility")
        if name in element.attrib
    }
    element.attrib.clear()
    element.tag = f"{_SVG}rect"
    element.attrib.update(kept)
    element.attrib.update(
        x=repr(x), y=repr(y), width=repr(width), height=repr(height), fill="#000000", stroke="none"
    )
    element.set(PICTURE, str(len(pictures)))
    pictures.append(content)


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
        element.attrib.pop(LAYER, None)
    for group in groups or [e for e in root if _tag(e) == "g" and e.get("id")]:
        group.set(LAYER, group.get(f"{_INKSCAPE}label") or group.get("id") or "")


def _unsure_size(root: ET.Element, dpi: float) -> str:
    """What to say of a document whose size rests on what a pixel is; nothing where it names a real unit."""
    lengths = [(root.get(name) or "").strip().lower() for name in ("width", "height")]
    if any(text.endswith(("mm", "cm", "in", "pt", "pc", "q")) for text in lengths):
        return ""
    return (
        f"The SVG names its size in no unit of length: {dpi:g} of its pixels were taken as an inch. "
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


def _damaged(error: Exception) -> UnsupportedMedia:
    return UnsupportedMedia("The SVG is damaged or no SVG at all.", hint="Save it again.", cause=str(error))


def _outside(href: str) -> UnsupportedMedia:
    return UnsupportedMedia(
        f"The SVG refers to another file ({href[:60]!r}), which is not fetched.",
        hint="Embed it and save again.",
    )


def _too_many(count: int) -> TooLarge:
    return TooLarge(
        f"The SVG has more than {min(count, MAX_NODES)} elements and nodes.", hint="Simplify the drawing."
    )
