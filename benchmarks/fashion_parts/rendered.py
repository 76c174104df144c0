"""Try-on of rendered people and products (`tests/fashion/rendered/README.md`): how many are attempted, where a garment comes to
lie that the person really wears, and what it costs. Whether a picture is right only an eye says.

`rows(quick)` returns (name, value, aim, passed, anchor).
"""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from assembled import Row
from bottega.fashion.parsed import garment_of, person_of
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.values import TryOnRefused

PICTURES = Path(__file__).parents[2] / "tests" / "fashion" / "rendered"
QUICK = (("p01", "tee_white"), ("p03", "elbow_green"), ("p05", "long_black_vee"), ("p09", "dress_green"))


def rows(quick: bool = False) -> list[Row]:
    pairs = [
        (pair["person"], pair["product"], pair["worn"])
        for pair in json.loads((PICTURES / "pairs.json").read_text())
        if not quick or (pair["person"], pair["product"]) in QUICK
    ]
    shown, changed, overlaps, seconds = 0, 0, list[float](), list[float]()
    for person, product, worn in pairs:
        photo, garment = _picture(f"person_{person}"), _picture(f"product_{product}")
        started = time.process_time()
        try:
            done = try_on(photo, garment, person=person_of(photo), garment=garment_of(garment))
        except TryOnRefused:
            continue
        seconds.append(time.process_time() - started)
        shown += 1
        changed += int((done.rgb != photo).any(axis=2)[~done.edit_mask].sum())
        if worn:
            regions = done.person.regions
            there = next(regions[name] for name in ("dress", "top", "bottom") if name in regions) > 0.5
            overlaps.append(_overlap(done.garment_mask, there))
    attempted = shown / len(pairs)
    return [
        Row("rendered pairs attempted", f"{attempted:.0%} of {len(pairs)}", "60 %", attempted >= 0.6, ""),
        Row("pixels changed outside the mask", str(changed), "0", changed == 0, ""),
        Row("a worn garment put on again: overlap", _median(overlaps, 2), "0.80", _met(overlaps), ""),
        Row("CPU s a try-on, with parsing", _median(seconds, 2), "1.0", _below(seconds, 1.0), ""),
    ]


def _picture(name: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.asarray(Image.open(PICTURES / f"{name}.jpg").convert("RGB"))


def _overlap(one: Any, other: Any) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


def _median(values: list[float], digits: int) -> str:
    return f"{np.median(values):.{digits}f} of {len(values)}" if values else "-"


def _met(overlaps: list[float]) -> bool | None:
    return bool(np.median(overlaps) >= 0.8) if overlaps else None


def _below(values: list[float], most: float) -> bool | None:
    return bool(np.median(values) <= most) if values else None
