"""Drawn people and garments as files, for the commands that read files."""

import sys
from pathlib import Path

from PIL import Image

sys.path.append(str(Path(__file__).parents[1] / "fashion"))

import drawn_garments
import drawn_people

FIGURE = drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4)


def write_person(path: Path) -> Path:
    """A person from the front, arms beside the body, to the middle of the thighs."""
    Image.fromarray(drawn_people.draw(FIGURE).rgb).save(path)
    return path


def write_garment(path: Path, name: str = "tshirt") -> Path:
    """A product picture of a plain garment of `drawn_garments.GARMENTS`."""
    Image.fromarray(drawn_garments.draw(name, 3, pattern="plain").rgb).save(path)
    return path
