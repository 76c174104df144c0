"""What numbers in SVG may look like: path data, point lists, transforms, lengths.

Readers end a path silently at its first fault; a part that lacks an edge must not reach a laser, so whatever is not
understood to its end is refused here.
"""

import math
import re
import xml.etree.ElementTree as ET

from bottega.errors import InvalidOption
from bottega.laser.size import MM_PER_INCH

_COMMAND = re.compile(r"([MmZzLlHhVvCcSsQqTtAa])([^MmZzLlHhVvCcSsQqTtAa]*)")
_ARITY = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2}
# Possessive throughout: what is no number must not be tried in every possible way.
NUMBER = re.compile(r"[+-]?+(?>\d++\.?+\d*+|\.\d++)(?:[eE][+-]?+\d++)?+")
_NUMBERS = re.compile(rf"[\s,]*+(?:{NUMBER.pattern}[\s,]*+)*+")
_ARCS = re.compile(
    rf"[\s,]*+(?:(?:{NUMBER.pattern}[\s,]*+){{3}}(?:[01][\s,]*+){{2}}(?:{NUMBER.pattern}[\s,]*+){{2}})++"
)
"""An arc's flags may stand without anything between them."""
_TRANSFORM = re.compile(
    r"[\s,]*+(?:(?:matrix|translate|scale|rotate|skewX|skewY)\s*+"
    rf"\(\s*+(?:{NUMBER.pattern}[\s,]*+)++\)[\s,]*+)*+"
)
_STYLED = re.compile(r"(?:^|;)\s*transform\s*:\s*(?!none)")
_LENGTH = re.compile(rf"\s*({NUMBER.pattern})\s*(mm|cm|in|pt|pc|px|q|Q|)\s*")
_NO_NUMBER = re.compile(r"(?<![a-z])(?:nan|inf(?:inity)?)(?![a-z])", re.IGNORECASE)
_NUMERIC = frozenset(
    [
        "x",
        "y",
        "width",
        "height",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "x1",
        "y1",
        "x2",
        "y2",
        "viewBox",
    ]
)
XLINK = "{http://www.w3.org/1999/xlink}href"
_PER_INCH = {
    "mm": MM_PER_INCH,
    "cm": MM_PER_INCH / 10,
    "in": 1.0,
    "pt": 72.0,
    "pc": 6.0,
    "q": MM_PER_INCH * 4,
}


def check_numbers(element: ET.Element) -> None:
    """Raises InvalidOption unless the element's path, points, transform and numbers can be read to their ends."""
    check_path(element.get("d", ""))
    points = element.get("points", "")
    if not _NUMBERS.fullmatch(points) or len(NUMBER.findall(points)) % 2:
        raise InvalidOption("The SVG has a polygon whose points are no pairs of numbers.")
    if not _TRANSFORM.fullmatch(element.get("transform", "")) or _STYLED.search(element.get("style", "")):
        raise InvalidOption(
            "The SVG has a transform that is not understood.",
            hint="Apply transforms, then save as plain SVG.",
        )
    for name in _NUMERIC & element.attrib.keys():
        if _NO_NUMBER.search(element.attrib[name]):
            raise InvalidOption(f"The SVG has a {name} that is not a number.")


def check_path(data: str) -> None:
    """Raises InvalidOption unless every command of the path data has all of its numbers."""
    if not data.strip() or data.strip() == "none":
        return
    pieces = _COMMAND.findall(data)
    whole = data.lstrip()[:1] in ("M", "m") and sum(1 + len(rest) for _, rest in pieces) == len(data.lstrip())
    for command, rest in pieces:
        kind = command.lower()
        if kind == "a":
            whole = whole and bool(_ARCS.fullmatch(rest))
            continue
        numbers = len(NUMBER.findall(rest))
        arity = _ARITY.get(kind)
        counted = numbers == 0 if arity is None else numbers > 0 and numbers % arity == 0
        whole = whole and counted and bool(_NUMBERS.fullmatch(rest))
    if not whole:
        raise InvalidOption(
            f"The SVG has a path that is not complete ({data.strip()[:40]!r} ...).", hint="Save it again."
        )


def millimetres(text: str | None, dpi: float) -> float | None:
    """A length in mm; None for none, or a percentage. Raises InvalidOption for others."""
    if text is None or text.strip().lower() in ("", "auto") or text.strip().endswith("%"):
        return None
    match = _LENGTH.fullmatch(text)
    value = float(match[1]) if match else math.nan
    if match is None or not math.isfinite(value):
        raise InvalidOption(
            f"The SVG has a length of {text[:40]!r}.", hint="Lengths are in mm, cm, in, pt, pc or px."
        )
    return value * (MM_PER_INCH / _PER_INCH.get(match[2].lower(), dpi))


def pixels(text: str | None, dpi: float) -> float | None:
    """A length in the file's pixels; None as in `millimetres`."""
    length = millimetres(text, dpi)
    return None if length is None else length * dpi / MM_PER_INCH


def view_box(element: ET.Element) -> tuple[float, float, float, float] | None:
    """Left, top, width and height; None for none. Raises InvalidOption for one without a size."""
    text = element.get("viewBox")
    if text is None:
        return None
    numbers = [float(n) for n in NUMBER.findall(text)]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or numbers[2] <= 0 or numbers[3] <= 0:
        raise InvalidOption(
            f"The SVG's viewBox is {text[:60]!r}; it needs four numbers, the last two above 0."
        )
    return numbers[0], numbers[1], numbers[2], numbers[3]
