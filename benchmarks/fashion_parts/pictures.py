"""Both validators on pictures of anything: no crash on 500 of all sizes, depths and channels, and whom they let through.

`rows(quick)` returns (name, value, aim, passed, anchor); run alone it prints both confusion matrices too.
"""

import io
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
from assembled import Row
from bottega.errors import BottegaError
from bottega.fashion.findings import Check
from bottega.fashion.garment.parse import check_garment
from bottega.fashion.person.parse import check_person
from bottega.imaging.decode import decode
from bottega.imaging.limits import Limits
from bottega.imaging.picture import Picture

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "fashion"))

import drawn_people
from arbitrary_pictures import PHOTOGRAPHS, arbitrary, photograph
from drawn_garments import GARMENTS
from drawn_shop import SLEEVES, garment, top, varied_shot

LIMITS = Limits(max_bytes=2**30, max_pixels=2**27, max_side=2**14, max_frames=8)
SIDES = (1, 2, 3, 7, 16, 31, 64, 97, 150, 301, 520, 900, 1700, 4000)
LARGEST = 3_000_000
"""Pixels of the largest picture; a side of 4000 goes with a short one."""
MODES = ("rgb", "grey", "rgba", "grey16", "rgb-inverted", "palette")
FIRST_SEED = 5000


def rows(quick: bool = False) -> list[Row]:
    crashed, said = crashes(10 if quick else 500)
    number = sum(said.values())
    found = [
        Row(
            "crashes of both checks on arbitrary files", f"{crashed} of {number}", "0", crashed == 0,
            ", ".join(f"{name} {count}" for name, count in sorted(said.items())),
        )
    ]  # fmt: skip
    for subject, counts in matrices(1 if quick else 4).items():
        good, total = (
            counts[subject, "accepted"],
            sum(n for (truth, _), n in counts.items() if truth == subject),
        )
        wrong = counts["other", "accepted"]
        others = sum(n for (truth, _), n in counts.items() if truth == "other")
        clear = counts[subject, "refused"]
        found += [
            Row(f"{subject}: rightful pictures accepted", f"{good}/{total}", "90 %", good >= 0.9 * total, ""),
            Row(
                f"{subject}: rightful pictures refused to every engine", f"{clear}/{total}", "2 %",
                clear <= 0.02 * total, "",
            ),
            Row(
                f"{subject}: other things accepted", f"{wrong}/{others}", "5 %", wrong <= 0.05 * others,
                f"{counts['other', 'doubtful']} doubtful, {counts['other', 'refused']} refused to every engine",
            ),
        ]  # fmt: skip
    return found


def verdict(check: Check) -> str:
    """`accepted` by the geometric engine; `doubtful`: a generative one may try; `refused` to all."""
    return "refused" if check.refused else "accepted" if check.usable else "doubtful"


# --- crashes ---------------------------------------------------------------------------------------------------------


def crashes(number: int) -> tuple[int, Counter[str]]:
    """Files of arbitrary pictures through the decoder and both checks; refusals in our own words are no crashes."""
    crashed, said = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        for seed in range(FIRST_SEED, FIRST_SEED + number):
            path.write_bytes(as_file(seed))
            try:
                picture = decode(path, LIMITS)
                shown = picture.as_u8()
                both = check_garment(shown, _alpha(picture)), check_person(shown)
                said["checked" if all(check.findings for check in both) else "without a finding"] += 1
            except BottegaError as error:
                said[f"refused as {error.code}"] += 1
            except Exception as error:  # noqa: BLE001 - counting them is the point
                print(f"picture {seed}: {error!r}", file=sys.stderr)
                crashed += 1
                said["crashed"] += 1
    return crashed, said


def as_file(seed: int) -> bytes:
    """A PNG or JPEG of anything: another size, depth, colour model and content for each seed."""
    rng = np.random.default_rng([seed, 9])
    picture = photograph(str(rng.choice(PHOTOGRAPHS))) if rng.random() < 0.5 else arbitrary(seed)[0]
    width = int(rng.choice(SIDES))
    height = max(1, min(int(rng.choice(SIDES)), LARGEST // width))
    y, x = (int(rng.integers(0, max(1, size // 2))) for size in picture.shape[:2])
    part = picture[y:, x:][:: int(rng.choice([1, -1])), :: int(rng.choice([1, -1]))]
    part = cv2.resize(np.ascontiguousarray(part), (width, height), interpolation=cv2.INTER_AREA)
    toned = np.clip((part / 255.0) ** rng.uniform(0.3, 3) * 255 * rng.uniform(0.2, 1.4), 0, 255)
    toned = np.clip(toned + rng.standard_normal(toned.shape) * rng.choice([0, 0, 4, 30]), 0, 255).astype(
        np.uint8
    )
    return _encoded(toned, str(rng.choice(MODES)), rng)


def _encoded(rgb: Any, mode: str, rng: np.random.Generator) -> bytes:
    if mode == "rgba":
        cover = cv2.resize(
            rng.integers(0, 256, (4, 4)).astype(np.uint8), rgb.shape[1::-1], interpolation=cv2.INTER_NEAREST
        )
        image = Image.fromarray(np.dstack([rgb, cover]), "RGBA")
    elif mode == "grey16":
        image = Image.fromarray(rgb[..., 1].astype(np.uint16) * np.uint16(257))
    elif mode == "grey":
        image = Image.fromarray(rgb[..., 0])
    elif mode == "palette":
        image = Image.fromarray(rgb).quantize(16)
    else:
        image = Image.fromarray(255 - rgb if mode == "rgb-inverted" else rgb)
    written = io.BytesIO()
    photo = image.mode in ("RGB", "L") and rng.random() < 0.4
    image.save(written, "JPEG" if photo else "PNG")
    return written.getvalue()


def _alpha(picture: Picture) -> Any:
    if picture.alpha is None:
        return None
    return picture.alpha.astype(np.float32) / np.float32(np.iinfo(picture.alpha.dtype).max)


# --- whom they let through -------------------------------------------------------------------------------------------


def matrices(seeds: int) -> dict[str, Counter[tuple[str, str]]]:
    """Per validator, (truth, verdict) counted over drawn product pictures, drawn persons and photographs of neither."""
    pictures = [*_products(seeds), *_persons(3 * seeds), *_others()]
    found: dict[str, Counter[tuple[str, str]]] = {"garment": Counter(), "person": Counter()}
    for truth, rgb in pictures:
        for subject, check in (("garment", check_garment), ("person", check_person)):
            if truth in (subject, "other"):
                found[subject][truth, verdict(check(rgb))] += 1
    return found


def _products(seeds: int) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        rng = np.random.default_rng(seed)
        found += [("garment", top(seed, sleeves, varied_shot(rng)).drawn.rgb) for sleeves in SLEEVES]
        found += [
            ("garment", garment(name, seed, varied_shot(rng)).drawn.rgb) for name in list(GARMENTS)[4:13]
        ]
    return found


def _persons(number: int) -> list[tuple[str, Any]]:
    figures = drawn_people.varied(number, seed=FIRST_SEED)
    return [("person", drawn_people.draw(figure).rgb) for figure in figures]


def _others() -> list[tuple[str, Any]]:
    """The portrait among the photographs shows somebody."""
    return [("other", photograph(name)) for name in PHOTOGRAPHS if name != "astronaut"]


if __name__ == "__main__":
    for subject, counts in matrices(1).items():
        print(f"{subject:>10} " + " ".join(f"{name:>9}" for name in ("accepted", "doubtful", "refused")))
        for truth in (subject, "other"):
            print(
                f"{truth:>10} "
                + " ".join(f"{counts[truth, name]:>9}" for name in ("accepted", "doubtful", "refused"))
            )
    for row in rows(quick=True):
        print(*row, sep=" | ")
