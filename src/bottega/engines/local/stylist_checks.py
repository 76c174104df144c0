"""What a picture of a person or a garment is good for, and what it tells of colours: answers at once, nothing is stored.

Module-level functions, to be called in a compute process.
"""

from pathlib import Path
from typing import Any, Literal

from bottega.imaging.limits import Limits


def checked(role: Literal["person", "garment"], path: Path, limits: Limits) -> dict[str, Any]:
    """`fashion.findings.Check` with `usable`. Raises what decoding raises."""
    from bottega.fashion.garment.parse import check_garment
    from bottega.fashion.person.parse import check_person
    from bottega.imaging.decode import decode

    picture = decode(path, limits)
    rgb = picture.as_u8()
    found = check_person(rgb) if role == "person" else check_garment(rgb, picture.opacity())
    return {"usable": found.usable, **found.model_dump(mode="json")}


def analysed(path: Path, words: str, limits: Limits) -> dict[str, Any]:
    """`fashion.style.values.StyleAnalysis`. Raises what decoding raises."""
    from bottega.fashion.style.analyse import analyse_style
    from bottega.imaging.decode import decode

    return analyse_style(decode(path, limits).as_u8(), words=words).model_dump(mode="json")
