"""Clip paths of an SVG written into its tree as marks around what they clip, so that readers which know no clipping meet
them in the order of drawing.

What the marks enclose is cut to shape by `svg_items`. CSS Masking Module Level 1 (W3C, 2021), sections 5 and 6.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from bottega.errors import UnsupportedMedia
from bottega.laser.svg_styles import declarations_of

CLIP = "bottega-clip"
"""The attribute of a mark: one of the four below. A mark is the path `MARK`, which shows where its user units lie."""
BEGIN, USER, BOX, END = "begin", "user", "box", "end"
"""What follows is the clip's outline; what follows is clipped, with the outline in user units, or in units of the box
around what is clipped; here that ends."""
MARK = "M0 0H1V1"
UNITS = "bottega-clip-units"
"""The attribute of an outline's group that says which of `USER` and `BOX` it is in."""
MISSING = "The SVG clips with a path that is not in it: the whole shape is taken."
CSS_SHAPE = "The SVG clips with a shape of CSS, which is not followed: the whole shape is taken."

_SVG = "{http://www.w3.org/2000/svg}"
_URL = re.compile(r"""url\(\s*(["']?)\s*#([^"')]*?)\s*\1\s*\).*""")
_UNCLIPPED = frozenset(
    {"defs", "clipPath", "mask", "pattern", "marker", "style", "title", "desc", "metadata"}
)
_HOLDERS = frozenset({"svg", "symbol"})
"""Elements with a size of their own, by which others know them: what is in them is clipped in their stead."""


@dataclass(frozen=True, slots=True)
class _Outline:
    """A clip path: the group that holds its shapes, its unit's mark, and the clip path that clips it in turn."""

    identity: str
    units: str
    clipped_by: str


def mark_clips(root: ET.Element) -> list[str]:
    """Changes the document in place, style sheets already inlined; returns what is not followed, in words.

    Clip paths become groups that only marked places use; those that nothing refers to are taken out. Raises
    UnsupportedMedia for clip paths that clip themselves.
    """
    for element in root.iter():
        for name in (CLIP, UNITS):
            element.attrib.pop(name, None)
    notes: list[str] = []
    clipped = [
        (element, value)
        for element in root.iter()
        if _tag(element) not in _UNCLIPPED and (value := _taken(element, "clip-path"))
    ]
    known = _outlines(root, clipped)
    for element, value in clipped:
        match = _URL.fullmatch(value)
        if match is None:
            notes.append(CSS_SHAPE)
        elif match[2] not in known:
            notes.append(MISSING)
        else:
            for outline in _chain(match[2], known):
                use = ET.Element(f"{_SVG}use", {"href": f"#{outline.identity}"})
                enclose(element, use, outline.units)
    return notes


def enclose(element: ET.Element, outline: ET.Element, units: str = USER) -> None:
    """Makes the element a group of marks, the outline, and what it was; elements that hold a drawing stay what they
    are, around that group. The outline lies in the element's own user units, its transform applied."""
    if _tag(element) in _HOLDERS:
        inner = ET.Element(f"{_SVG}g")
        inner.extend(list(element))
        element[:] = [_mark(BEGIN), outline, _mark(units), inner, _mark(END)]
        return
    inner = ET.Element(element.tag, element.attrib)
    inner.extend(list(element))
    element.tag = f"{_SVG}g"
    element.attrib = {name: inner.attrib.pop(name) for name in ("id", "transform") if name in inner.attrib}
    element[:] = [_mark(BEGIN), outline, _mark(units), inner, _mark(END)]


def window(left: float, top: float, width: float, height: float) -> ET.Element:
    """A rectangle as an outline."""
    data = f"M{left!r} {top!r}h{width!r}v{height!r}h{-width!r}z"
    return ET.Element(f"{_SVG}path", {"d": data, "visibility": "visible"})


def _outlines(root: ET.Element, clipped: list[tuple[ET.Element, str]]) -> dict[str, _Outline]:
    """The clip paths in use by their names; they become `defs` with one group each."""
    parents = {child: parent for parent in root.iter() for child in parent}
    paths = [element for element in root.iter() if _tag(element) == "clipPath"]
    wanted = {match[2] for _, value in clipped if (match := _URL.fullmatch(value))}
    further = {path: _target(_taken(path, "clip-path")) for path in paths}
    wanted |= set(further.values())
    known: dict[str, _Outline] = {}
    for number, path in enumerate(paths):
        name = path.get("id", "")
        if not name or name not in wanted or name in known:
            parents[path].remove(path)
            continue
        units = BOX if path.get("clipPathUnits", "").strip() == "objectBoundingBox" else USER
        known[name] = _Outline(f"{CLIP}-{number}", units, further[path])
        _as_group(path, known[name].identity, units, parents)
    return known


def _as_group(path: ET.Element, identity: str, units: str, parents: dict[ET.Element, ET.Element]) -> None:
    group = ET.Element(f"{_SVG}g", {"id": identity, UNITS: units})
    for name, usual in (("clip-rule", "nonzero"), ("visibility", "visible")):
        # Said outright, since the group would otherwise take it from where it is used.
        group.set(name, _inherited(path, name, parents) or usual)
    if transform := path.get("transform"):
        group.set("transform", transform)
    group.extend(list(path))
    path.tag = f"{_SVG}defs"
    path.attrib = {}
    path[:] = [group]


def _inherited(element: ET.Element | None, name: str, parents: dict[ET.Element, ET.Element]) -> str:
    while element is not None:
        value = declarations_of(element.get("style", "")).get(name, (element.get(name, ""), False))[0].strip()
        if value not in ("", "inherit"):
            return value
        element = parents.get(element)
    return ""


def _chain(name: str, known: dict[str, _Outline]) -> list[_Outline]:
    """The clip path, the one that clips it, and so on; a name that leads nowhere ends it."""
    chain: dict[str, _Outline] = {}
    while name in known:
        if name in chain:
            raise UnsupportedMedia("The SVG has a clip path that clips itself.", hint="Save it as plain SVG.")
        chain[name] = known[name]
        name = known[name].clipped_by
    return list(chain.values())


def _taken(element: ET.Element, name: str) -> str:
    """A property, taken off the element; empty for none."""
    declared = declarations_of(element.get("style", ""))
    value = element.attrib.pop(name, "")
    if name in declared:
        value = declared.pop(name)[0]
        element.set("style", ";".join(f"{key}:{said}" for key, (said, _) in declared.items()))
    return "" if value.strip() in ("none", "inherit", "initial", "unset") else value.strip()


def _target(value: str) -> str:
    match = _URL.fullmatch(value)
    return match[2] if match else ""


def _mark(kind: str) -> ET.Element:
    return ET.Element(f"{_SVG}path", {"d": MARK, CLIP: kind})


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
