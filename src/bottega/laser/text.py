"""Text for the laser: single-line strokes (one pass of the beam a line) and outlines of a font file.

Sizes are cap heights in mm. The single-line alphabet is `strokes.toml`'s, drawn for this package; outlines need
fonttools and a TrueType or OpenType file, the caller's or one that the system has.
"""

import math
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from pathlib import Path as File
from typing import Any, Literal, cast

import numpy as np

from bottega.errors import InvalidOption, MissingInput, TooLarge
from bottega.laser.geometry import F64, Curve, Operation, Path, affine, laser_extra, path_from_curves
from bottega.laser.size import in_range

Align = Literal["left", "centre", "right"]
CAP_UNITS = 6
MAX_CHARACTERS = 5000
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
PREFERRED_FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "FreeSans.ttf")
_ROWS = {**{str(i): i for i in range(10)}, "y": -1, "z": -2}


@lru_cache(maxsize=1)
def _alphabet() -> tuple[dict[str, str], dict[str, str]]:
    text = resources.files("bottega.laser").joinpath("strokes.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    glyphs: dict[str, str] = data["glyph"]
    for new, old in data["same"].items():
        glyphs.update({n: glyphs[o] for n, o in zip(new, old, strict=True)})
    return glyphs, data["mark"]


def stroke_text(
    text: str, cap_height_mm: float, *, align: Align = "left", spacing: float = 1.0, line_height: float = 1.7
) -> list[F64]:
    """Polylines (N x 2 mm, y down) of a text in single lines; the first line's baseline is y = 0.

    `align` about x = 0; `spacing` scales the gaps between letters, `line_height` is in cap heights. Raises
    InvalidOption for sizes out of range and for characters that the alphabet lacks (named), TooLarge above 5000.
    """
    in_range("The text height", cap_height_mm, 0.5, 1000, "mm")
    in_range("The letter spacing", spacing, 0, 10, "")
    in_range("The line height", line_height, 0.5, 10, "")
    _check_align(align)
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(f"The text has {len(text)} characters; at most {MAX_CHARACTERS} are taken.")
    unit = cap_height_mm / CAP_UNITS
    strokes: list[F64] = []
    for row, line in enumerate(text.splitlines()):
        placed, width = _line(line, spacing)
        shift = np.array([-width * _SHARE[align], row * line_height * CAP_UNITS])
        strokes += [(stroke * (1, -1) + shift) * unit for stroke in placed]
    return strokes


def stroke_paths(
    text: str, cap_height_mm: float, x: float, y: float, *, align: Align = "left", layer: str = "Text"
) -> tuple[Path, ...]:
    """`stroke_text` as scored paths, its first baseline beginning (or centred, or ending) at `x`, `y`."""
    return tuple(
        Path(stroke + np.array((x, y)), False, Operation.SCORE, layer)
        for stroke in stroke_text(text, cap_height_mm, align=align)
    )


def outline_text(
    text: str,
    cap_height_mm: float,
    font: bytes | str | File | None = None,
    *,
    align: Align = "left",
    line_height: float = 1.7,
    operation: Operation = Operation.ENGRAVE,
    layer: str = "Text",
) -> tuple[Path, ...]:
    """The closed outlines of a text (with their curves), first baseline at y = 0, y down, kerning not applied.

    `font`: bytes or path of a TrueType/OpenType font; None takes a free one of the system. Raises InvalidOption for an
    unreadable font, characters it lacks and sizes out of range; MissingInput when the system has no font.
    """
    in_range("The text height", cap_height_mm, 0.5, 1000, "mm")
    in_range("The line height", line_height, 0.5, 10, "")
    _check_align(align)
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(f"The text has {len(text)} characters; at most {MAX_CHARACTERS} are taken.")
    opened = _open_font(font)
    glyphs, metrics = opened.getGlyphSet(), opened["hmtx"].metrics
    names: dict[int, str] = opened.getBestCmap() or dict[int, str]()
    missing = sorted({c for c in text if c not in "\r\n" and ord(c) not in names})
    if missing:
        raise InvalidOption(f"The font has no {_listed(missing)}.", hint="Use another font file.")
    unit = cap_height_mm / _cap_height(opened, glyphs, names)
    paths: list[Path] = []
    for row, line in enumerate(text.splitlines()):
        pen = _pen(glyphs)
        advance = 0.0
        for character in line:
            name = names[ord(character)]
            pen.shift = advance
            glyphs[name].draw(pen)
            advance += metrics[name][0]
        matrix = ((unit, 0, -advance * unit * _SHARE[align]), (0, -unit, row * line_height * cap_height_mm))
        # Flattened in font units, so the tolerance is scaled too.
        paths += [
            affine(
                path_from_curves(c, closed=True, operation=operation, layer=layer, tolerance_mm=0.008 / unit),
                matrix,
            )
            for c in pen.contours
        ]
    return tuple(paths)


def along_arc(strokes: list[F64], radius_mm: float, *, inside: bool = False) -> list[F64]:
    """Strokes of one line bent around a circle at the origin: baseline on the circle, x = 0 at the top.

    `inside` runs along the bottom, readable from the centre's side. Straight pieces are divided so that they follow
    the circle to 0.02 mm. Raises InvalidOption for a radius out of range.
    """
    in_range("The radius", radius_mm, 1, 10_000, "mm")
    step = math.sqrt(8 * radius_mm * 0.02)
    bent: list[F64] = []
    for stroke in strokes:
        pieces = [stroke[:1]]
        for a, b in pairwise(stroke):
            count = max(1, math.ceil(abs(b[0] - a[0]) / step))
            pieces.append(a + (b - a) * (np.arange(1, count + 1) / count)[:, None])
        points = np.vstack(pieces)
        angle = points[:, 0] / radius_mm
        if inside:
            r = radius_mm + points[:, 1]
            bent.append(np.column_stack((np.sin(angle) * r, np.cos(angle) * r)))
        else:
            r = radius_mm - points[:, 1]
            bent.append(np.column_stack((np.sin(angle) * r, -np.cos(angle) * r)))
    return bent


def find_font() -> File:
    """A free font of the system. Raises MissingInput when there is none."""
    for folder in map(File, FONT_FOLDERS):
        if folder.is_dir():
            found = {path.name: path for path in sorted(folder.rglob("*.ttf"))}
            for name in PREFERRED_FONTS:
                if name in found:
                    return found[name]
            if found:
                return next(iter(found.values()))
    raise MissingInput(
        "The system has no font to draw outlines with.",
        hint="Give a .ttf or .otf file, or install one (Debian: fonts-dejavu-core).",
    )


_SHARE: dict[str, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}


def _check_align(align: str) -> None:
    if align not in _SHARE:
        raise InvalidOption(f"There is no alignment called {align!r}.", hint=f"Known: {', '.join(_SHARE)}.")


def _line(line: str, spacing: float) -> tuple[list[F64], float]:
    """One line in units, y up, and its width."""
    at, strokes = 0.0, list[F64]()
    lacking: list[str] = []
    for character in unicodedata.normalize("NFC", line):
        if character in " \t\u00a0":
            at += 3
            continue
        try:
            drawn = _drawn(character)
        except KeyError:
            lacking.append(character)
            continue
        points = np.vstack(drawn)
        low = float(points[:, 0].min())
        strokes += [stroke + np.array((at - low, 0.0)) for stroke in drawn]
        at += float(points[:, 0].max()) - low + 1.5 * spacing
    if lacking:
        raise InvalidOption(
            f"The single-line alphabet has no {_listed(sorted(set(lacking)))}.",
            hint="It has Latin with accents, Cyrillic, digits and punctuation; others need a font's outlines.",
        )
    return strokes, max(0.0, at - 1.5 * spacing)


@lru_cache(maxsize=2048)
def _drawn(character: str) -> tuple[F64, ...]:
    glyphs, marks = _alphabet()
    if character in glyphs:
        return _decoded(glyphs[character])
    parts = unicodedata.normalize("NFD", character)
    base = list(_decoded(glyphs["ı" if parts[0] == "i" and len(parts) > 1 else parts[0]]))
    if len(parts) < 2:
        raise KeyError(character)
    middle = float(np.vstack(base)[:, 0].min() + np.vstack(base)[:, 0].max()) / 2
    top = 6.0 if float(np.vstack(base)[:, 1].max()) > 4.5 else 4.0
    for mark in parts[1:]:
        strokes = _decoded(marks[f"{ord(mark):04x}"])
        below = mark in "\u0327\u0328\u0323"
        base += [stroke + np.array((middle - 2, 0.0 if below else top)) for stroke in strokes]
    return tuple(base)


def _decoded(code: str) -> tuple[F64, ...]:
    """Strokes of two characters a point; one that begins with ~ is rounded, and closed when it ends where it began."""
    strokes: list[F64] = []
    for word in code.split():
        body = word.removeprefix("~")
        points = np.array([(int(body[i]), _ROWS[body[i + 1]]) for i in range(0, len(body), 2)], np.float64)
        strokes.append(_rounded(points) if word != body else points)
    return tuple(strokes)


def _rounded(points: F64) -> F64:
    """Corners cut three times (Chaikin, 1974): towards a quadratic spline."""
    closed = bool((points[0] == points[-1]).all()) and len(points) > 3
    for _ in range(3):
        a, b = points[:-1], points[1:]
        cut = np.stack((0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b), axis=1).reshape(-1, 2)
        points = np.vstack((cut, cut[:1])) if closed else np.vstack((points[:1], cut[1:-1], points[-1:]))
    return points


def _listed(characters: list[str]) -> str:
    return ", ".join(f"{c!r}" for c in characters[:10])


# --- Fonts ---------------------------------------------------------------------------------------------------


def _open_font(font: bytes | str | File | None) -> Any:
    import io

    with laser_extra():
        from fontTools.ttLib import TTFont, TTLibError
    source = find_font() if font is None else font
    try:
        opened = TTFont(
            io.BytesIO(source) if isinstance(source, bytes) else str(source), lazy=True, fontNumber=0
        )
        opened.getGlyphSet()
        return opened
    except (TTLibError, OSError, KeyError, AssertionError) as error:
        raise InvalidOption(
            f"The font cannot be read: {error}.", hint="Give a TrueType or OpenType file (.ttf, .otf)."
        ) from error


def _cap_height(font: Any, glyphs: Any, names: dict[int, str]) -> float:
    """The height of H in font units, or seven tenths of the em where there is no H."""
    with laser_extra():
        from fontTools.pens.boundsPen import BoundsPen
    if ord("H") in names:
        pen = BoundsPen(glyphs)
        glyphs[names[ord("H")]].draw(pen)
        bounds = cast("tuple[float, float, float, float] | None", pen.bounds)
        if bounds and bounds[3] > 0:
            return float(bounds[3])
    return 0.7 * float(font["head"].unitsPerEm)


def _pen(glyphs: Any) -> Any:
    """A fonttools pen that collects closed contours as cubic curves, `shift` font units to the right."""
    with laser_extra():
        from fontTools.pens.basePen import BasePen

    class Collector(BasePen):
        def __init__(self) -> None:
            super().__init__(glyphs)
            self.shift = 0.0
            self.contours: list[list[Curve]] = []

        def _at(self, point: Any) -> tuple[float, float]:
            return float(point[0]) + self.shift, float(point[1])

        def _moveTo(self, pt: Any) -> None:
            self.contours.append([])
            self.last = self._at(pt)

        def _lineTo(self, pt: Any) -> None:
            end = self._at(pt)
            if end != self.last:
                self.contours[-1].append(Curve.line(self.last, end))
                self.last = end

        def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:
            self.contours[-1].append(Curve(self.last, self._at(pt1), self._at(pt2), self._at(pt3)))
            self.last = self._at(pt3)

        def _closePath(self) -> None:
            if not self.contours[-1]:
                self.contours.pop()

        _endPath = _closePath

    return Collector()
