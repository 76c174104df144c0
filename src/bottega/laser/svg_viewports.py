"""Parts of an SVG with a size of their own (`svg` in `svg`, `symbol`) as plain groups with a transform; percentages as numbers.

Readers of SVG disagree on both; after this nothing is left to disagree on. What such a part draws beyond its edges is
clipped, unless its `overflow` is visible. SVG 2 (W3C, 2018), sections 3.8, 5.5, 5.6, 8.2.
"""

import math
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from bottega.errors import InvalidOption
from bottega.laser.svg_clips import BOX, UNITS, enclose, window
from bottega.laser.svg_grammar import XLINK, pixels, view_box
from bottega.laser.svg_styles import declarations_of

_ALONG_X = frozenset(["x", "width", "cx", "rx", "x1", "x2"])
_ALONG_Y = frozenset(["y", "height", "cy", "ry", "y1", "y2"])
_WITHOUT = ("x", "y", "width", "height", "viewBox", "preserveAspectRatio", "overflow")
_ALIGNED = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}


@dataclass(frozen=True, slots=True)
class _Viewport:
    """Its size in user units, which percentages are of; None where the file does not say."""

    width: float | None
    height: float | None

    def length(self, text: str | None, name: str, dpi: float) -> float | None:
        """A length in user units; None for none."""
        if text is None or not text.strip().endswith("%"):
            return pixels(text, dpi)
        if self.width is None or self.height is None:
            raise InvalidOption(
                f"The SVG has a {name} of {text[:20].strip()}, but says not of what.",
                hint="Give it a width and a height in mm.",
            )
        try:
            part = float(text.strip()[:-1]) / 100
        except ValueError:
            part = math.nan
        if not math.isfinite(part):
            raise InvalidOption(f"The SVG has a {name} of {text[:20]!r}, which is no number.")
        if name in _ALONG_X:
            return part * self.width
        return part * (
            self.height if name in _ALONG_Y else math.hypot(self.width, self.height) / math.sqrt(2)
        )


def flatten_viewports(root: ET.Element, dpi: float) -> None:
    """Changes the document in place. Raises InvalidOption for sizes and percentages that cannot be told."""
    symbols = {f"#{e.get('id')}": e for e in root.iter() if _tag(e) in ("symbol", "svg") and e.get("id")}
    box = view_box(root)
    size = (box[2], box[3]) if box else (pixels(root.get("width"), dpi), pixels(root.get("height"), dpi))
    stack = [(child, _Viewport(*size)) for child in root]
    while stack:
        element, outer = stack.pop()
        tag = _tag(element)
        inner = outer
        if tag == "svg":
            inner = _as_group(element, outer, dpi)
        elif tag == "symbol":
            box = view_box(element)
            inner = _Viewport(box[2], box[3]) if box else _Viewport(None, None)
        elif tag == "use":
            _placed(element, symbols, outer, dpi)
            continue  # it has nothing in it, or by now only itself and its window
        elif element.get(UNITS) == BOX:
            inner = _Viewport(1.0, 1.0)
        else:
            _plain_numbers(element, outer, dpi)
        stack.extend((child, inner) for child in element)
    for symbol in [e for e in root.iter() if _tag(e) == "symbol"]:
        symbol.tag = _named_like(symbol, "g")
        for name in _WITHOUT:
            symbol.attrib.pop(name, None)


def _plain_numbers(element: ET.Element, viewport: _Viewport, dpi: float) -> None:
    for name in (_ALONG_X | _ALONG_Y | {"r"}) & element.attrib.keys():
        if element.attrib[name].strip().endswith("%"):
            element.set(name, repr(viewport.length(element.attrib[name], name, dpi)))


def _as_group(element: ET.Element, outer: _Viewport, dpi: float) -> _Viewport:
    """Turns an inner `svg` into a group; returns the viewport that it is to its children."""
    x, y = (outer.length(element.get(name), name, dpi) or 0.0 for name in ("x", "y"))
    matrix, inner, edges = _fitted(element, element, outer, dpi)
    if edges is not None and not _overflows(element):
        enclose(element, edges)  # still an `svg`, so its drawing is clipped in its own units
    element.tag = _named_like(element, "g")
    for name in _WITHOUT:
        element.attrib.pop(name, None)
    own = element.get("transform", "")
    element.set("transform", f"{own} translate({x!r},{y!r}) {matrix}".strip())
    return inner


def _placed(use: ET.Element, symbols: dict[str, ET.Element], outer: _Viewport, dpi: float) -> None:
    """Writes into a `use` where and how large the symbol is that it shows."""
    target = symbols.get((use.get("href") or use.get(XLINK) or "").strip())
    if target is None:
        _plain_numbers(use, outer, dpi)
        return
    x, y = (outer.length(use.get(name), name, dpi) or 0.0 for name in ("x", "y"))
    if _tag(target) != "symbol":
        if "width" in use.attrib or "height" in use.attrib:
            raise InvalidOption(
                "The SVG shows a drawing inside it a second time in another size.",
                hint="Save it as plain SVG, without clones.",
            )
        matrix, edges = "", None
    else:
        matrix, _, edges = _fitted(target, use, outer, dpi)
    for name in ("x", "y", "width", "height"):
        use.attrib.pop(name, None)
    use.set("transform", f"{use.get('transform', '')} translate({x!r},{y!r}) {matrix}".strip())
    if edges is not None and not _overflows(target):
        enclose(use, edges)


def _fitted(
    element: ET.Element, sized: ET.Element, outer: _Viewport, dpi: float
) -> tuple[str, _Viewport, ET.Element | None]:
    """The transform from an element's viewBox into the size that `sized` gives it, the viewport inside, and its edges
    in units of the viewBox, where it has any."""
    box = view_box(element)
    given = [sized.get(name) or element.get(name) for name in ("width", "height")]
    if box is None and outer.width is None and not all(given):
        return "", _Viewport(None, None), None
    width, height = (
        outer.length(text or "100%", name, dpi) for text, name in zip(given, ("width", "height"), strict=True)
    )
    if width is None or height is None or width <= 0 or height <= 0:
        raise InvalidOption("The SVG has a drawing inside it whose size is none.")
    if box is None:
        return "", _Viewport(width, height), window(0.0, 0.0, width, height)
    left, top, across, down = box
    sx, sy, dx, dy = fitted_box(element, (across, down), (width, height))
    matrix = f"matrix({sx!r},0,0,{sy!r},{dx - sx * left!r},{dy - sy * top!r})"
    edges = window(left - dx / sx, top - dy / sy, width / sx, height / sy)
    return matrix, _Viewport(across, down), edges


def fitted_box(
    element: ET.Element, inner: tuple[float, float], outer: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Scales of both axes and the shift of the upper left corner that `preserveAspectRatio` asks for, to put what has
    the size `inner` (width, height) into `outer`."""
    sx, sy = outer[0] / inner[0], outer[1] / inner[1]
    align, _, how = element.get("preserveAspectRatio", "xMidYMid meet").strip().partition(" ")
    if align != "none":
        sx = sy = max(sx, sy) if how.strip() == "slice" else min(sx, sy)
    free_x, free_y = outer[0] - sx * inner[0], outer[1] - sy * inner[1]
    return sx, sy, free_x * _ALIGNED.get(align[1:4], 0.5), free_y * _ALIGNED.get(align[5:8], 0.5)


def _overflows(element: ET.Element) -> bool:
    declared = declarations_of(element.get("style", ""))
    value = declared["overflow"][0] if "overflow" in declared else element.get("overflow", "")
    return value.strip() in ("visible", "auto")


def _named_like(element: ET.Element, tag: str) -> str:
    namespace, brace, _ = str(element.tag).rpartition("}")
    return f"{namespace}{brace}{tag}"


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
