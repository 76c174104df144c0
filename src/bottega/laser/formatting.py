"""Numbers and words as the text formats want them."""

from collections.abc import Iterable

from bottega.laser.geometry import F64, Curve, Path


def mm(value: float, places: int = 3) -> str:
    """A length without needless zeros, never "-0": 12.5, not 12.500."""
    text = f"{value:.{places}f}"
    if places:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def pairs(points: F64, separator: str = ",", places: int = 3) -> list[str]:
    """Each of N x 2 points as "x,y"."""
    return [f"{mm(x, places)}{separator}{mm(y, places)}" for x, y in points.tolist()]


def printable(text: str) -> str:
    """Without the characters that XML 1.0 does not allow."""
    return "".join(
        c
        for c in text
        if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
    )


def svg_path(path: Path, places: int = 3) -> str:
    """The path as SVG path data: its curves where it has them, else lines; a closed one ends in Z."""
    if not path.curves:
        return "M" + " ".join(pairs(path.points, places=places)) + ("Z" if path.closed else "")
    curves = _without_closing_line(path)
    start = path.curves[0].start
    data = [f"M{mm(start[0], places)},{mm(start[1], places)}"]
    letter = "L"  # what points after an M mean
    for curve in curves:
        wanted, points = (
            ("L", (curve.end,)) if curve.is_line else ("C", (curve.control_1, curve.control_2, curve.end))
        )
        data.append(wanted if wanted != letter else " ")
        data.append(" ".join(f"{mm(x, places)},{mm(y, places)}" for x, y in points))
        letter = wanted
    return "".join(data) + ("Z" if path.closed else "")


def _without_closing_line(path: Path) -> Iterable[Curve]:
    """A closed path's last straight piece is what Z draws."""
    if path.closed and len(path.curves) > 1 and path.curves[-1].is_line:
        return path.curves[:-1]
    return path.curves
