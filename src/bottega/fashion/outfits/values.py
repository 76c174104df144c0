"""What is known of items, of the person who will wear them and of the occasion, and what comes out: scores and looks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Literal, get_args

from bottega.errors import OutputError
from bottega.fashion.colours import Lab

Category = Literal["top", "bottom", "dress", "outerwear", "shoes", "accessory", "other"]
Season = Literal["spring", "summer", "autumn", "winter"]
Style = Literal["classic", "trendy", "bohemian", "minimalist", "edgy", "romantic", "sporty", "business"]
STYLES: tuple[Style, ...] = get_args(Style)
SEASONS: tuple[Season, ...] = get_args(Season)
MAIN_SLOTS = ("top", "bottom", "dress", "outerwear", "shoes")

_NO_CENTS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def _none() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` in minor units of the ISO 4217 `currency` (cents; yen have none)."""

    amount: int
    currency: str

    def __str__(self) -> str:
        places = 0 if self.currency in _NO_CENTS else 3 if self.currency in _THOUSANDTHS else 2
        return f"{Decimal(self.amount).scaleb(-places):,.{places}f} {self.currency}"


@dataclass(frozen=True, slots=True)
class Item:
    """Something to wear, of a shop or one's own (`owned`: it costs nothing and fits).

    `colours` are CIE L*a*b* (D65), the dominant first. `sizes` are keys of those in stock, such as `m` or `eu42`; `one`
    fits everybody. `seasons` empty: all of them. `kind`, `material` and `pattern` use the names of `kinds.toml`.
    `group_id` is the same for variants of one thing. `picture` is the asset id of what shows it.
    """

    id: str
    title: str
    category: Category
    kind: str = ""
    price: Price | None = None
    colours: tuple[Lab, ...] = ()
    material: str = ""
    pattern: str = ""
    gender: str = ""
    age_group: str = ""
    sizes: frozenset[str] = frozenset()
    seasons: frozenset[str] = frozenset()
    brand: str = ""
    group_id: str = ""
    in_stock: bool = True
    owned: bool = False
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who wears it; everything may be left out, and what is left out is not scored.

    `sizes`: keys per category. `styles`: weights of the eight styles. `palette` and `avoid`: Lab colours that suit the
    person and that do not. `contrast`: of skin, hair and eyes. `proportions`: names of `proportions.toml`. `liking`:
    features such as `colour:navy` (a name of `fashion.colours`) or `kind:shirt`, -1 to 1, as `update_profile` has learned them; `liking_at` is when
    (seconds since the epoch).
    """

    gender: Literal["female", "male", ""] = ""
    age_group: str = "adult"
    sizes: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    styles: Mapping[str, float] = field(default_factory=_none)
    palette: tuple[Lab, ...] = ()
    avoid: tuple[Lab, ...] = ()
    contrast: Literal["low", "medium", "high", ""] = ""
    proportions: frozenset[str] = frozenset()
    liking: Mapping[str, float] = field(default_factory=_none)
    liking_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Context:
    """What for. `occasion` is a key of `occasions.toml` or words for one; empty: any. `budget` is per item for
    recommendations and for the whole look for outfits. `beside`: Lab colours that are worn with it."""

    occasion: str = ""
    season: Season | Literal[""] = ""
    temperature_c: float | None = None
    rain: bool = False
    budget: Price | None = None
    beside: tuple[Lab, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """`score` and each of `parts` in [0, 1]; a part that could not be judged is not there. `reasons` are sentences."""

    item: Item
    score: float
    parts: Mapping[str, float]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommendations:
    """Best first. `ruled_out` counts the items that each hard filter took away, by its name."""

    items: tuple[Scored, ...]
    ruled_out: Mapping[str, int]

    def __iter__(self) -> Iterator[Scored]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, at: int) -> Scored:
        return self.items[at]


@dataclass(frozen=True, slots=True)
class Look:
    """`items` in the order in which they are put on: dress or top and bottom, outerwear, shoes, accessories. `total` is the
    price of what is not owned already; None when everything is. `tip`: how to wear it, in a language model's words."""

    items: tuple[Item, ...]
    score: float
    parts: Mapping[str, float]
    reasons: tuple[str, ...]
    total: Price | None = None
    tip: str = ""

    @property
    def id(self) -> str:
        """The same for the same items."""
        return "look-" + blake2b("\0".join(sorted(self.ids)).encode(), digest_size=5).hexdigest()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(item.id for item in self.items)

    @property
    def hero(self) -> Item:
        """What the look is built around: the dress, otherwise the top."""
        return self.items[0]

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "items": [item.id for item in self.items],
            "score": round(self.score, 4),
            "parts": {name: round(value, 4) for name, value in self.parts.items()},
            "reasons": list(self.reasons),
            "tip": self.tip,
            "total": None
            if self.total is None
            else {"amount": self.total.amount, "currency": self.total.currency, "text": str(self.total)},
        }


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there are fewer looks than asked for. `slot` may be empty; `code` is stable."""

    code: str
    slot: str
    message: str


@dataclass(frozen=True, slots=True)
class Looks:
    """Best first. `missing` says why there are fewer than asked for. `order` is who put them in order; `rerank_failed` says
    why a language model's order was not taken."""

    looks: tuple[Look, ...]
    missing: tuple[Missing, ...] = ()
    occasion: str = ""
    order: Literal["rules", "language_model"] = "rules"
    rerank_failed: str = ""

    def __iter__(self) -> Iterator[Look]:
        return iter(self.looks)

    def __len__(self) -> int:
        return len(self.looks)

    def __getitem__(self, at: int) -> Look:
        return self.looks[at]


class RerankFailed(OutputError):
    """A language model's answer names looks that do not exist, or one twice; the order of the rules stays."""

    code = "rerank-failed"
    title = "The order of the language model cannot be used"
