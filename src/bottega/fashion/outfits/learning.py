"""What likes, dislikes and ratings teach about taste. Keeping the rows is left to others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from bottega.errors import InvalidOption
from bottega.fashion.colours import name_of
from bottega.fashion.outfits.table import table_of
from bottega.fashion.outfits.values import STYLES, Item, Profile

DAY_S = 86_400.0
HALF_LIFE_DAYS = 180.0
"""After which a liking that nothing confirms counts half."""
RATE = 0.3
"""How far one answer moves a liking towards it."""
_FORGOTTEN = 0.01
_MOST = 200
"""Features that are kept, the strongest."""
_STYLE_SHARE = 0.4
"""Styles are read from an item, not chosen with it: they learn more slowly."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """An answer to an item, or to all items of a look: a verdict or a rating of 1 to 5. `at` in seconds since the epoch."""

    items: tuple[Item, ...]
    at: float
    verdict: Literal["like", "dislike", ""] = ""
    rating: int | None = None

    @property
    def signal(self) -> float:
        """-1 to 1. Raises InvalidOption where there is not exactly one of verdict and rating, or the rating is none."""
        if bool(self.verdict) == (self.rating is not None):
            raise InvalidOption("Feedback is a verdict or a rating.", hint="Give one of the two.")
        if self.rating is None:
            return 1.0 if self.verdict == "like" else -1.0
        if not 1 <= self.rating <= 5:
            raise InvalidOption(f"{self.rating} is no rating.", hint="Give 1 to 5.")
        return (self.rating - 3) / 2


def update_profile(profile: Profile, feedback: Feedback | Iterable[Feedback]) -> Profile:
    """The profile with its likings moved by the feedback, oldest first: each liking goes a share of the way towards the
    signal, so it stays within -1 and 1, and fades with `HALF_LIFE_DAYS` from its last change. Raises InvalidOption."""
    rows = [feedback] if isinstance(feedback, Feedback) else list(feedback)
    liking, since = dict(profile.liking), profile.liking_at
    for row in sorted(rows, key=lambda each: each.at):
        signal = row.signal
        days = max(0.0, row.at - since) / DAY_S if since else 0.0
        fade = 0.5 ** (days / HALF_LIFE_DAYS)
        liking = {feature: value * fade for feature, value in liking.items()}
        for feature, share in _features(row.items).items():
            before = liking.get(feature, 0.0)
            liking[feature] = before + RATE * share * (signal - before)
        since = max(since, row.at)
    kept = sorted((f for f, v in liking.items() if abs(v) >= _FORGOTTEN), key=lambda f: (-abs(liking[f]), f))
    values = {feature: min(1.0, max(-1.0, liking[feature])) for feature in kept[:_MOST]}
    return replace(profile, liking=MappingProxyType(values), liking_at=since)


def _features(items: Sequence[Item]) -> Mapping[str, float]:
    """What an answer to these items is about, and how much of it goes to each feature, 0 to 1."""
    found: dict[str, float] = {}
    table = table_of(items)
    for row, item in enumerate(items):
        own = {
            "kind": table.kinds[int(table.kind[row])],
            "material": item.material,
            "pattern": item.pattern if item.pattern != "plain" else "",
            "brand": item.brand.casefold(),
            "colour": name_of(item.colours[0]) if item.colours else "",
        }
        features = {f"{name}:{value}": 1.0 for name, value in own.items() if value}
        for style, weight in zip(STYLES, table.styles[row], strict=True):
            if weight >= 0.5:
                features[f"style:{style}"] = _STYLE_SHARE * float(weight)
        for feature, share in features.items():
            found[feature] = max(found.get(feature, 0.0), share / len(items) ** 0.5)
    return found
