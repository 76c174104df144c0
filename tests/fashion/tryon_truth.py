"""Garments and people as the perfect parsers would describe the drawings: the try-on alone is then what is tested."""

from typing import Any

import drawn_garments
import drawn_people
import numpy as np

from bottega.fashion.findings import Check
from bottega.fashion.garment.values import Garment, NamedColour
from bottega.fashion.person.values import BodyFrame, Face, PersonParse
from bottega.imaging.colour import rgb_to_lab


def garment_truth(drawn: drawn_garments.Drawn) -> Garment:
    """What a parser without errors would say of a drawn garment."""
    colours = tuple(
        NamedColour("#000000", "drawn", 1 / len(drawn.colours), _lab(colour)) for colour in drawn.colours
    )
    known = {"plain", "striped", "checked", "dotted", "floral", "print", "textured"}
    kind: Any = drawn.kind
    sleeves: Any = drawn.sleeves
    length: Any = drawn.length
    pattern: Any = drawn.pattern if drawn.pattern in known else "unknown"
    return Garment(
        alpha=drawn.mask.astype(np.float32),
        kind=kind,
        kind_confidence=1.0,
        sleeves=sleeves,
        length=length,
        pattern=pattern,
        colours=colours,
        landmarks={name: (x, y, 1.0) for name, (x, y) in drawn.landmarks.items()},
        confidence=1.0,
        worn=False,
        sheer=False,
        check=Check(),
    )


def person_truth(drawn: drawn_people.Drawn, **changes: Any) -> PersonParse:
    """What a parser without errors would say of a drawn person; `changes` replace fields."""
    figure = drawn.figure
    x, y = drawn.chin
    head = drawn.head_height
    poses: Any = {"beside": "beside", "raised": "raised", "crossed": "crossing", "one_hip": "beside"}
    frame = BodyFrame(
        {name: (px, py, 1.0) for name, (px, py) in drawn.joints.items()},
        head,
        "front",
        poses[figure.pose],
        figure.seated,
        1.0,
    )
    fields: dict[str, Any] = {
        "face": Face((x - 0.35 * head, y - 0.85 * head, 0.7 * head, 0.85 * head), 0.0, 1.0),
        "faces": 1,
        "frame": frame,
        "silhouette": drawn.silhouette,
        "regions": drawn.regions,
        "agreement": 1.0,
        "skin": figure.tone,
        "worn_pattern": "plain" if figure.pattern == "plain" else "patterned",
        "headless": False,
        "check": Check(),
    }
    return PersonParse(**(fields | changes))


def _lab(colour: Any) -> tuple[float, float, float]:
    lab = rgb_to_lab(np.asarray(colour, np.float32))
    return (float(lab[0]), float(lab[1]), float(lab[2]))
