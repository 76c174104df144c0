"""Pairs of a photographed person and a shop's product picture, as varied as studios and shops are."""

from dataclasses import dataclass, replace
from typing import Any

import drawn_people
import drawn_photographs
import numpy as np
from drawn_garments import Drawn
from drawn_shop import garment, top, varied_shot

KINDS = ("short", "long", "none", "jacket", "dress", "trousers", "elbow", "short", "skirt", "hoodie")
"""Tops by their sleeves; the other names are those of `drawn_garments`, a dress of any length."""
STUDIOS = (
    (250, 250, 250),
    (228, 228, 230),
    (196, 197, 199),
    (150, 152, 155),
    (214, 200, 186),
    (188, 206, 222),
)
"""Backdrops: white, light to middle grey, sand, pale blue."""


@dataclass(frozen=True)
class Pair:
    """`note` says in a few words what is special about it."""

    person: drawn_people.Drawn
    product: Drawn
    kind: str
    note: str


def pairs(count: int, seed: int) -> list[Pair]:
    """So many pairs; the same for the same seed. Every tenth person wears a dress, every seventh bares the midriff."""
    figures = drawn_people.varied(count, seed=seed)
    return [_pair(figure, index, seed) for index, figure in enumerate(figures)]


def _pair(figure: drawn_people.Figure, index: int, seed: int) -> Pair:
    rng = np.random.default_rng([seed, index, 3])
    kind = KINDS[index % len(KINDS)]
    lower = kind in ("trousers", "skirt")
    changes, note = _look(rng, index, lower)
    drawn = drawn_people.draw(replace(figure, **changes))
    person = drawn_photographs.photographed(drawn, seed + index)
    return Pair(person, _product(kind, seed + index, rng), kind, note)


def _look(rng: np.random.Generator, index: int, lower: bool) -> tuple[dict[str, Any], str]:
    """Changes of a random figure: build, framing, arms, clothes and studio."""
    women = bool(rng.random() < 0.6)
    shoulder = float(rng.uniform(0.78, 0.9) if women else rng.uniform(0.92, 1.08))
    changes: dict[str, Any] = {
        "shoulder": shoulder,
        "chest": shoulder * float(rng.uniform(0.7, 0.82)),
        "waist": shoulder * float(rng.uniform(0.56, 0.68) if women else rng.uniform(0.66, 0.78)),
        "hip": shoulder * float(rng.uniform(0.8, 0.95) if women else rng.uniform(0.7, 0.8)),
        "tone": drawn_people.TONES[int(rng.integers(len(drawn_people.TONES)))],
        "backdrop_rgb": STUDIOS[index % len(STUDIOS)],
        "spread": float(rng.choice([0.0, 0.1, 0.25, 0.4])),
        "pose": str(rng.choice(["beside", "beside", "beside", "beside", "one_hip"])),
        "dress": index % 10 == 7,
        "head_px": float(rng.uniform(125, 140) if lower else rng.uniform(140, 230)),
        "chin": (float(rng.uniform(0.46, 0.54)), 0.17 if lower else float(rng.uniform(0.2, 0.27))),
    }
    notes = ["women" if women else "men", f"{changes['head_px']:.0f} px", f"spread {changes['spread']}"]
    if index % 7 == 3 and not changes["dress"]:
        changes |= {"hem": float(rng.uniform(1.5, 1.8)), "waistband": 2.1}
        notes.append("midriff")
    if index % 6 == 2:
        changes |= {"top_rgb": (236, 236, 234), "pattern": "plain"}
        notes.append("white worn")
    elif index % 6 == 4:
        changes |= {"top_rgb": (24, 24, 28), "pattern": "plain"}
        notes.append("black worn")
    return changes, ", ".join(notes)


def _product(kind: str, seed: int, rng: np.random.Generator) -> Drawn:
    shot = varied_shot(rng)
    if kind in ("short", "long", "none", "elbow"):
        return top(seed, kind, shot, size=(768, 1024)).drawn
    if kind == "dress":
        kind = str(rng.choice(["dress_thigh", "dress_knee", "dress_midi"]))
    return garment(kind, seed, shot, size=(768, 1024)).drawn
