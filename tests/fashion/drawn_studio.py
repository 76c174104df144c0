"""Tops as studio shops photograph them: front view, 3:4, sleeves hanging beside the body or touching it.

Proportions are in centimetres as in `drawn_garments`; those of women's sizes XS to L in shops' size tables, fitted to
oversized. What a picture of `drawn_garments` has at random is here steep sleeves, narrow gaps and closed ones.
"""

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
