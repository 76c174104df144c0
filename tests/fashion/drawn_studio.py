"""Tops as studio shops photograph them: front view, 3:4, sleeves hanging beside the body or touching it.

Proportions are in centimetres as in `drawn_garments`; those of women's sizes XS to L in shops' size tables, fitted to
oversized. What a picture of `drawn_garments` has at random is here steep sleeves, narrow gaps and closed ones.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from drawn_garments import Point, Shape, _curve, _mirrored, _neckline

FITS: dict[str, tuple[float, float]] = {"fitted": (39, 45), "regular": (45, 51), "oversized": (52, 62)}
"""Half round at the chest, cm."""


def studio_top(
    rng: np.random.Generator,
    sleeves: str,
    *,
    fit: str | None = None,
    length: str = "hip",
    angle: float | None = None,
    touching: bool = False,
) -> Shape:
    """A top with sleeves hanging at `angle` degrees from straight down (8 to 60 where not given).

    `touching`: the sleeve lies along the body; only its end stands apart from it or reaches below the hem.
    """
    fit = fit or str(rng.choice(list(FITS), p=[0.4, 0.4, 0.2]))
    chest = rng.uniform(*FITS[fit]) / 2
    dropped = 4.0 if fit == "oversized" else 0.0
    shoulder = rng.uniform(17.5, 20) + dropped
    pit = rng.uniform(19, 23) + dropped / 2
    high = {"cropped": rng.uniform(35, 43), "hip": rng.uniform(55, 67), "thigh": rng.uniform(80, 90)}[length]
    slope, neck, deep = rng.uniform(3, 5), rng.uniform(7.5, 12), rng.uniform(6, 16)
    if sleeves == "none":
        shoulder, chest = rng.uniform(13, 17), min(chest, 25.0)
    waist_y = min(high - 3, rng.uniform(36, 41))
    waist = chest * rng.uniform(0.84, 1.0)
    hem = chest * rng.uniform(0.9, 1.08)
    line = _neckline(rng, neck, deep)
    hole = _curve((shoulder, slope), (shoulder * 0.94, pit), (chest, pit))
    half: list[Point] = [*line, (shoulder, slope), *hole[1:]]
    half += _curve((chest, pit), (waist, (pit + waist_y) / 2), (waist, waist_y), steps=8)[1:]
    half += _curve((waist, waist_y), (hem, (waist_y + high) / 2), (hem, high), steps=8)[1:]
    half += _curve((hem, high), (hem / 2, high + 1.5), (0, high + rng.uniform(0, 2)), steps=8)[1:]
    shape = Shape("top", sleeves, length, [_mirrored(half)])
    marks: dict[str, Point] = {
        "collar_right": (neck, 0), "collar_front": (0, deep), "shoulder_right": (shoulder, slope),
        "armpit_right": (chest, pit), "hem_right": (hem, high),
    }  # fmt: skip
    if sleeves != "none":
        turn = 4.0 if touching else angle if angle is not None else float(rng.uniform(8, 60))
        span = {"short": (14, 23), "elbow": (31, 37), "long": (56, 64)}[sleeves]
        sizes = rng.uniform(*span), rng.uniform(8, 12) if sleeves == "long" else rng.uniform(13, 18)
        outline, outer, inner = _hanging(sizes, (shoulder, slope), (chest, pit), turn)
        while not touching and inner[0] < chest + 1.0:
            # A gap of at least a centimetre at the cuff: the least that still is one.
            turn += 2
            outline, outer, inner = _hanging(sizes, (shoulder, slope), (chest, pit), turn)
        shape.parts += [outline, outline * (-1, 1)]
        shape.seams += [np.array(hole), np.array(hole) * (-1, 1)]
        if touching:
            # Cloth on cloth: only the shaded edge of the sleeve parts the two.
            shape.seams += [np.array([hole[-1], inner]) * (side, 1) for side in (1, -1)]
        marks |= {"cuff_right_outer": outer, "cuff_right_inner": inner}
    marks |= {name.replace("right", "left"): (-x, y) for name, (x, y) in marks.items() if "right" in name}
    shape.landmarks = marks
    if rng.random() < 0.7:
        top = _curve((-neck, 0), (0, -2.0), (neck, 0), steps=12)
        shape.inner = np.array([*top, *reversed(line), *[(-x, y) for x, y in line]])
    return shape


def _hanging(sizes: Point, shoulder: Point, pit: Point, angle: float) -> tuple[np.ndarray, Point, Point]:
    """A right sleeve of `sizes` (length, width of the cuff): outline, outer and inner end of the cuff."""
    reach, cuff = sizes
    along = np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle))])
    inward = np.array([-along[1], along[0]])
    outer = np.array(shoulder) + along * reach
    # Over the shoulder the sleeve first runs outwards: its upper side is round.
    bend = np.array(shoulder) - inward * min(8.0, 0.25 * reach) + along * 0.3 * reach
    outer = outer - inward * 3.0
    inner = outer + inward * cuff
    top = _curve(shoulder, (float(bend[0]), float(bend[1])), (float(outer[0]), float(outer[1])))
    points = [(shoulder[0] - 6, shoulder[1] + 1), *top, tuple(inner), pit, (shoulder[0] * 0.8, pit[1] + 1)]
    return (
        np.array(points, np.float64),
        (float(outer[0]), float(outer[1])),
        (float(inner[0]), float(inner[1])),
    )


# --- cuts that shops have and the plain top has not -------------------------------------------------------------


def _body(
    rng: np.random.Generator,
    line: list[Point],
    shoulder: Point,
    pit: Point,
    waist: Point,
    hem: Point,
    *,
    flare: bool = False,
) -> Any:
    """An outline from the neckline `line` (front to collar) over shoulder, armpit and waist to the hem, all (x, y)."""
    half = [*line, shoulder, *_curve(shoulder, (shoulder[0] * 0.94, pit[1]), pit)[1:]]
    half += _curve(pit, (waist[0], (pit[1] + waist[1]) / 2), waist, steps=8)[1:]
    if flare:
        half += _curve(waist, (hem[0], waist[1] + 0.35 * (hem[1] - waist[1])), hem, steps=8)[1:]
    else:
        half += _curve(waist, (hem[0], (waist[1] + hem[1]) / 2), hem, steps=8)[1:]
    half += _curve(hem, (hem[0] / 2, hem[1] + 1.5), (0, hem[1] + rng.uniform(0, 2)), steps=8)[1:]
    return _mirrored(half)


def _measures(rng: np.random.Generator, fit: str = "regular") -> tuple[float, float, float, float]:
    """Half chest, half shoulders, depth of the armhole, slope of the shoulder, cm."""
    wide = fit == "oversized"
    chest = rng.uniform(*FITS[fit]) / 2
    return chest, rng.uniform(17.5, 20) + 4 * wide, rng.uniform(19, 23) + 2 * wide, rng.uniform(3, 5)


def _sewn(
    rng: np.random.Generator,
    sleeves: str,
    fit: str,
    waist: float,
    hem: float,
    high: float,
    *,
    flare: bool = False,
) -> Shape:
    """A top of a waist and hem so many times its chest and `high` cm long; sleeves hang clear of it."""
    chest, shoulder, pit, slope = _measures(rng, fit)
    if sleeves == "none":
        shoulder = rng.uniform(13, 17)
    line = _neckline(rng, rng.uniform(7.5, 11), rng.uniform(6, 14))
    top, arm = (shoulder, slope), (chest, pit)
    at = min(high - 3, rng.uniform(36, 40))
    body = _body(rng, line, top, arm, (chest * waist, at), (chest * hem, high), flare=flare)
    shape = Shape("top", sleeves, "hip" if high > 51 else "cropped", [body])
    if sleeves != "none":
        turn = float(rng.uniform(12, 50))
        span = {"short": (14, 23), "elbow": (31, 37), "long": (56, 64)}[sleeves]
        sizes = rng.uniform(*span), rng.uniform(8, 12) if sleeves == "long" else rng.uniform(13, 18)
        outline, _, inner = _hanging(sizes, top, arm, turn)
        while inner[0] < max(chest, chest * hem * 0.8 if sleeves == "long" else 0) + 1.0:
            turn += 2
            outline, _, inner = _hanging(sizes, top, arm, turn)
        shape.parts += [outline, outline * (-1, 1)]
        hole = np.array(_curve(top, (shoulder * 0.94, pit), arm))
        shape.seams += [hole, hole * (-1, 1)]
    if rng.random() < 0.7:
        neck = line[-1][0]
        back = _curve((-neck, 0), (0, -2.0), (neck, 0), steps=12)
        shape.inner = np.array([*back, *reversed(line), *[(-x, y) for x, y in line]])
    return shape


def _puff(rng: np.random.Generator) -> Shape:
    shape = _sewn(rng, "none", "fitted", rng.uniform(0.85, 1.0), rng.uniform(0.9, 1.1), rng.uniform(42, 60))
    chest, shoulder = float(np.max(shape.parts[0][:, 0])), rng.uniform(14, 16)
    out, low = chest + rng.uniform(5, 10), rng.uniform(20, 27)
    sleeve = [
        (shoulder - 5, 4.0), (shoulder, 2.5), *_curve((shoulder, 2.5), (out * 1.02, 0.0), (out, 13.0)),
        *_curve((out, 13.0), (out + 0.5, low - 1), (out - 3, low)), (chest - 1.0, low - 1), (chest - 4, 21.0),
    ]  # fmt: skip
    shape.parts += [np.array(sleeve), np.array(sleeve) * (-1, 1)]
    shape.sleeves = "short"
    return shape


def _boxy(rng: np.random.Generator) -> Shape:
    return _sewn(rng, "short", "oversized", 1.0, rng.uniform(0.94, 1.04), rng.uniform(42, 49))


def _tunic(rng: np.random.Generator) -> Shape:
    sleeves = str(rng.choice(["none", "elbow", "long"]))
    return _sewn(
        rng, sleeves, "regular", rng.uniform(0.98, 1.08), rng.uniform(1.1, 1.25), rng.uniform(68, 74)
    )


def _a_line(rng: np.random.Generator) -> Shape:
    sleeves = str(rng.choice(["none", "short"]))
    return _sewn(rng, sleeves, "fitted", rng.uniform(1.1, 1.25), rng.uniform(1.3, 1.6), rng.uniform(56, 66))


def _peplum(rng: np.random.Generator) -> Shape:
    sleeves = str(rng.choice(["none", "short", "long"]))
    return _sewn(
        rng,
        sleeves,
        "fitted",
        rng.uniform(0.74, 0.84),
        rng.uniform(1.1, 1.35),
        rng.uniform(55, 62),
        flare=True,
    )


def _open_front(rng: np.random.Generator) -> Shape:
    """A cardigan whose fronts hang open: the inside of the back is seen between them down to the hem."""
    shape = _sewn(rng, "long", "regular", 1.0, rng.uniform(1.0, 1.1), rng.uniform(58, 68))
    body = shape.parts[0]
    gap, low = rng.uniform(2.5, 6), float(body[:, 1].max())
    cut = np.array([(0, 12.0), *_curve((2.0, 14), (gap, 0.4 * low), (gap, low + 3)), (0.0, low + 3)])
    right = np.array([p for p in body[: len(body) // 2] if p[0] > gap])
    front = np.array([(7.5, 0.0), *[p for p in right if p[1] > 2.5], (gap, low), *cut[1:-2][::-1]])
    shape.parts[0] = front
    shape.parts.insert(1, front * (-1, 1))
    shape.inner = np.array([(-7.5, 0), (0, -2), (7.5, 0), *[p for p in cut[1:-1] if p[1] < low - 1], *[
        (-x, y) for x, y in cut[1:-1][::-1] if y < low - 1
    ]])  # fmt: skip
    shape.kind = "outerwear"
    return shape


def _polo(rng: np.random.Generator) -> Shape:
    shape = _sewn(
        rng, "short", "regular", rng.uniform(0.92, 1.0), rng.uniform(0.95, 1.05), rng.uniform(60, 68)
    )
    neck = rng.uniform(7.5, 9)
    collar = [
        (0.0, -2.0),
        (neck - 1.5, -3.5),
        (neck, -1.0),
        (neck + 3.5, 3.0),
        (neck + 1.5, 9),
        (6.0, 14.5),
        (0.0, 15.0),
    ]
    shape.parts.append(_mirrored(collar))
    shape.seams.append(_mirrored([(0.0, 6.0), (2.5, 9.0), (neck + 1.5, 5.5), (neck, -1.0)]))
    shape.seams += [np.array([(1.4, 8), (1.4, 18)]), np.array([(-1.4, 8), (-1.4, 18)])]
    shape.inner = None
    return shape


def _turtleneck(rng: np.random.Generator) -> Shape:
    sleeves = str(rng.choice(["none", "short", "long"], p=[0.2, 0.2, 0.6]))
    shape = _sewn(
        rng, sleeves, "fitted", rng.uniform(0.88, 1.0), rng.uniform(0.92, 1.02), rng.uniform(55, 66)
    )
    neck, tall = rng.uniform(7, 8.5), rng.uniform(4, 9)
    shape.parts.append(
        _mirrored(
            [(0.0, -tall - 0.5), (neck - 0.3, -tall), (neck, 1.0), (neck + 5, 3.0), (6, 15), (0.0, 16.0)]
        )
    )
    shape.seams.append(np.array([(-neck, 1.0), (0, 4.0), (neck, 1.0)]))
    shape.inner = None
    return shape


def _off_shoulder(rng: np.random.Generator) -> Shape:
    sleeves = str(rng.choice(["short", "long"]))
    chest, _, pit, _ = _measures(rng, "fitted")
    high = rng.uniform(48, 60)
    edge, wide = pit - rng.uniform(9, 12), chest + rng.uniform(-1, 2)
    body = _body(
        rng,
        [(0.0, edge + 2.0)],
        (wide, edge),
        (chest, pit),
        (chest * 0.92, 38.0),
        (chest * rng.uniform(0.92, 1.05), high),
    )
    shape = Shape("top", sleeves, "cropped" if high < 52 else "hip", [body])
    sizes = (rng.uniform(13, 18), 14.0) if sleeves == "short" else (rng.uniform(48, 54), 10.0)
    turn = float(rng.uniform(20, 45))
    outline, _, inner = _hanging(sizes, (wide, edge), (chest, pit + 3), turn)
    while inner[0] < chest + 1.0:
        turn += 2
        outline, _, inner = _hanging(sizes, (wide, edge), (chest, pit + 3), turn)
    shape.parts += [outline, outline * (-1, 1)]
    return shape


def _straps(rng: np.random.Generator, high: float, hem: float, kind: str, length: str) -> Shape:
    """Thin straps, a top edge that dips a little; a camisole or a slip dress."""
    chest = rng.uniform(19, 23)
    edge, at = rng.uniform(13, 16), rng.uniform(8, 10.5)
    front = rng.uniform(3, 8)
    half = [
        (0.0, edge + front),
        (at, edge),
        *_curve((at, edge), (at + 3, edge + 7), (chest, edge + 8), steps=8)[1:],
    ]
    half += _curve((chest, edge + 8), (chest * 0.86, 36), (chest * 0.9, 40), steps=8)[1:]
    half += [(chest * hem, high), (0.0, high + rng.uniform(0, 1.5))]
    width = rng.uniform(0.7, 1.6)
    shape = Shape(kind, "none", length, [_mirrored(half)])
    shape.strokes = [
        (np.array([(side * at, edge + 0.5), (side * (at - 0.5), -1.0)]), width) for side in (1, -1)
    ]
    return shape


def _camisole(rng: np.random.Generator) -> Shape:
    return _straps(rng, rng.uniform(55, 64), rng.uniform(0.95, 1.2), "top", "hip")


def _slip_dress(rng: np.random.Generator) -> Shape:
    return _straps(rng, rng.uniform(98, 106), rng.uniform(1.1, 1.5), "dress", "knee")


def _bishop(rng: np.random.Generator) -> Shape:
    """Long sleeves that widen towards a narrow cuff."""
    shape = _sewn(rng, "none", "regular", rng.uniform(0.9, 1.0), rng.uniform(0.95, 1.1), rng.uniform(56, 64))
    chest = float(np.max(shape.parts[0][:, 0]))
    out, low = chest + rng.uniform(12, 20), rng.uniform(54, 62)
    sleeve = [
        (12.0, 4.0), (18.0, 3.5), *_curve((18.0, 3.5), (chest + 6, 8), (out, low - 12)),
        *_curve((out, low - 12), (out + 1, low - 2), (out - 3, low - 1)), (out - 3, low + 3), (out - 10, low + 3),
        (out - 10, low - 1), *_curve((out - 10, low - 1), (chest + 2, low - 8), (chest - 0.5, 22)),
    ]  # fmt: skip
    shape.parts += [np.array(sleeve), np.array(sleeve) * (-1, 1)]
    shape.sleeves = "long"
    return shape


def _batwing(rng: np.random.Generator) -> Shape:
    """Body and sleeves in one piece, without an armpit."""
    cuff, low = rng.uniform(34, 42), rng.uniform(24, 34)
    hem, high = rng.uniform(18, 22), rng.uniform(54, 62)
    line = _neckline(rng, rng.uniform(8, 11), rng.uniform(6, 11))
    half = [*line, (18.0, 3.5), (cuff, low - 9), (cuff - 3, low + 3)]
    half += [
        *_curve((cuff - 3, low + 3), (hem + 2, low + 6), (hem + 0.5, high - 14))[1:],
        (hem, high),
        (0, high + 1),
    ]
    return Shape("top", "elbow", "hip", [_mirrored(half)])


def _bodysuit(rng: np.random.Generator) -> Shape:
    sleeves = str(rng.choice(["none", "short", "long"]))
    shape = _sewn(rng, sleeves, "fitted", rng.uniform(0.8, 0.88), 0.9, rng.uniform(55, 58))
    wide = 0.9 * float(np.max(shape.parts[0][:, 0]))
    shape.parts.append(
        _mirrored(
            [
                (0.0, 50.0),
                (wide * 0.97, 54.0),
                *_curve((wide * 0.99, 56.5), (6.0, 60), (4.0, 74)),
                (0.0, 74.5),
            ]
        )
    )
    return shape


def _skirt(
    high: tuple[float, float], flare: tuple[float, float], length: str
) -> Callable[[np.random.Generator], Shape]:
    def make(rng: np.random.Generator) -> Shape:
        waist, tall = rng.uniform(16, 19), rng.uniform(*high)
        hip = waist * rng.uniform(1.2, 1.35)
        hem = hip * rng.uniform(*flare)
        half = [(0.0, rng.uniform(0, 1.0)), (waist, 0.0), (waist * 1.02, 3.5)]
        half += _curve((waist * 1.02, 3.5), (hip, 9), (hip + (hem - hip) * 0.15, 20), steps=8)[1:]
        half += [(hem, tall), *_curve((hem, tall), (hem / 2, tall + 2), (0, tall + 1.5), steps=8)[1:]]
        seams = [np.array([(-waist * 1.03, 3.5), (0, 4.2), (waist * 1.03, 3.5)])]
        return Shape("bottom", "unknown", length, [_mirrored(half)], seams=seams)

    return make


def _closed_legs(rng: np.random.Generator) -> Shape:
    """Trousers whose legs lie side by side: apart only near the hems."""
    waist, rise, leg = rng.uniform(17, 20), rng.uniform(25, 31), rng.uniform(70, 80)
    hip = waist * rng.uniform(1.15, 1.3)
    out, bottom = hip * rng.uniform(0.9, 1.25), rise + leg
    fork = rise + leg * rng.uniform(0.45, 0.8)
    half = [(0.0, 0.8), (waist, 0.0), *_curve((waist, 0), (hip, 9), (hip, 20), steps=8)[1:], (out, bottom)]
    half += [(rng.uniform(0.8, 2.0), bottom), (0.0, fork)]
    shape = Shape("bottom", "unknown", "long", [_mirrored(half)])
    shape.seams = [np.array([(0.0, rise * 0.4), (0.0, fork)]), np.array([(-waist, 4), (0, 4.5), (waist, 4)])]
    return shape


STYLES: dict[str, Callable[[np.random.Generator], Shape]] = {
    "puff": _puff, "boxy": _boxy, "tunic": _tunic, "a_line": _a_line, "peplum": _peplum, "open_front": _open_front,
    "polo": _polo, "turtleneck": _turtleneck, "off_shoulder": _off_shoulder, "camisole": _camisole,
    "slip_dress": _slip_dress, "bishop": _bishop, "batwing": _batwing, "bodysuit": _bodysuit,
    "mini_skirt": _skirt((36, 42), (1.0, 1.5), "thigh"), "pencil_skirt": _skirt((56, 62), (0.82, 0.95), "knee"),
    "a_line_skirt": _skirt((56, 62), (1.3, 1.9), "knee"), "closed_legs": _closed_legs,
}  # fmt: skip
