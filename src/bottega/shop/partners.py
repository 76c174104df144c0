"""Shops that are asked while somebody waits: one HTTP address each, described by the operator in a TOML file.

Where a partner does not answer, the imported feed does; the answer says who spoke.
"""

import asyncio
import json
import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, field_validator

from bottega.domain.base import Value
from bottega.errors import BottegaError, InvalidOption, OutputError, ProviderError
from bottega.resilience import Breakers, Refused, fetch
from bottega.shop.feeds.mapping import FIELDS, FeedMapping, Translator
from bottega.shop.looking import Looking, SearchRequest, looking_for
from bottega.shop.offers import BadRow, Defaults, read_offer
from bottega.shop.product import Product
from bottega.shop.query import Wish, read_wish
from bottega.shop.ranking import Candidate, best_of_groups
from bottega.shop.search import Hit, ProductSearch

Fetch = Callable[..., Awaitable[bytes]]
_ENGINE = "shop"
_PLACES = frozenset({"query", "limit", "least", "most", "currency"})


class Partner(Value):
    """`url` holds `{query}` and may hold `{limit}`, `{least}`, `{most}`, `{currency}`; prices are in major units. `items`
    leads to the list in the JSON answer (`data.products`; empty: the answer is the list). `allow_private` is for a shop
    in the operator's own network."""

    name: str = Field(min_length=1, max_length=60)
    url: str
    items: str = ""
    mapping: FeedMapping = FeedMapping()
    timeout_s: float = Field(default=4.0, gt=0, le=30)
    max_bytes: int = Field(default=4 * 2**20, ge=1, le=64 * 2**20)
    allow_private: bool = False

    @field_validator("url")
    @classmethod
    def _usable(cls, url: str) -> str:
        try:
            filled = url.format(**dict.fromkeys(_PLACES, "x"))
        except (KeyError, IndexError, ValueError):
            raise ValueError(f"it may hold {', '.join(sorted(_PLACES))} in braces, and no other") from None
        if "{query}" not in url or urlsplit(filled).scheme not in ("http", "https"):
            raise ValueError("it must be an http address that holds {query}")
        if "{" in url.split("://", 1)[1].partition("/")[0]:
            raise ValueError("the host cannot depend on what is looked for")
        return url

    @field_validator("mapping")
    @classmethod
    def _known_fields(cls, mapping: FeedMapping) -> FeedMapping:
        if unknown := sorted(set(mapping.fields.values()) - FIELDS):
            raise ValueError(f"offers do not have the fields {', '.join(unknown)}")
        return mapping


@dataclass(frozen=True, slots=True)
class PartnerAnswer:
    """`source`: `live`, or `feed` where the partner did not answer; then `reason` says why. `bad` counts offers that could
    not be read."""

    partner: str
    source: Literal["live", "feed"]
    hits: tuple[Hit, ...]
    reason: str = ""
    bad: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "partner": self.partner,
            "source": self.source,
            "reason": self.reason,
            "bad": self.bad,
            "products": [hit.product.as_dict() | {"score": round(hit.score, 4)} for hit in self.hits],
        }


def load_partners(path: Path) -> tuple[Partner, ...]:
    """`[[partners]]` tables of a TOML file; none where there is no file. Raises InvalidOption."""
    if not path.exists():
        return ()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        partners = tuple(Partner.model_validate(entry) for entry in data.get("partners", []))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidOption(f"A partner's {name} in {path.name} cannot be used: {first['msg']}.") from None
    except ValueError as error:
        raise InvalidOption(f"The partners file {path.name} cannot be read: {error}.") from None
    if len({partner.name for partner in partners}) < len(partners):
        raise InvalidOption(f"Two partners in {path.name} have the same name.")
    return partners


class PartnerSearch:
    """Asks partners, each behind a breaker of its own. Belongs to one event loop."""

    def __init__(
        self,
        partners: Sequence[Partner],
        search: ProductSearch,
        breakers: Breakers,
        *,
        fetching: Fetch = fetch,
    ) -> None:
        self.partners = tuple(partners)
        self._search = search
        self._breakers = breakers
        self._fetch = fetching

    async def search(self, owner: str, request: SearchRequest) -> tuple[PartnerAnswer, ...]:
        """One answer of each partner, in their order; all are asked at once. Raises InvalidOption."""
        return tuple(await asyncio.gather(*(self._ask(owner, request, each) for each in self.partners)))

    async def _ask(self, owner: str, request: SearchRequest, partner: Partner) -> PartnerAnswer:
        allowed = await self._breakers.allow(_ENGINE, partner.name)
        if isinstance(allowed, Refused):
            return await self._from_feed(owner, request, partner, allowed.as_error())
        try:
            async with allowed:
                products, bad = await self._live(request, partner)
        except BottegaError as error:
            return await self._from_feed(owner, request, partner, error)
        return PartnerAnswer(partner.name, "live", _best(products, request), bad=bad)

    async def _live(self, request: SearchRequest, partner: Partner) -> tuple[list[Product], int]:
        """Raises ProviderError where the partner does not answer, OutputError where its answer is none."""
        url = _address(partner, request, read_wish(request.text))
        host = frozenset({urlsplit(url).hostname or ""})
        try:
            body = await self._fetch(
                url,
                max_bytes=partner.max_bytes,
                timeout_s=partner.timeout_s,
                allow_private=partner.allow_private,
                allowed_hosts=host,
            )
        except ProviderError:
            raise
        except (
            BottegaError
        ) as error:  # a page that is not there, or too large: the partner's fault, not the user's
            raise ProviderError(f"{partner.name} did not answer: {error.message}") from error
        return await asyncio.to_thread(_read, body, partner)

    async def _from_feed(
        self, owner: str, request: SearchRequest, partner: Partner, error: BottegaError
    ) -> PartnerAnswer:
        shop = partner.mapping.shop or partner.name
        answer = await self._search.search(owner, request.model_copy(update={"shop": shop}))
        return PartnerAnswer(partner.name, "feed", answer.hits, reason=error.message)


def _address(partner: Partner, request: SearchRequest, wish: Wish) -> str:
    least = request.least_price if request.least_price is not None else wish.least and wish.least.value
    most = request.most_price if request.most_price is not None else wish.most and wish.most.value
    said = next((amount.currency for amount in (wish.most, wish.least) if amount and amount.currency), "")
    values = {
        "query": request.text,
        "limit": request.limit,
        "least": "" if least is None else least,
        "most": "" if most is None else most,
        "currency": request.currency or said or partner.mapping.currency,
    }
    return partner.url.format(**{name: quote(str(value), safe="") for name, value in values.items()})


def _read(body: bytes, partner: Partner) -> tuple[list[Product], int]:
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise OutputError(f"{partner.name} answered with something that is no JSON.") from None
    for part in partner.items.split(".") if partner.items else ():
        value = cast("Mapping[str, Any]", value).get(part) if isinstance(value, dict) else None
    if not isinstance(value, list):
        raise OutputError(f"The answer of {partner.name} has no list at {partner.items or 'its top'!r}.")
    mapping = partner.mapping
    translate = Translator(mapping)
    defaults = Defaults(
        mapping.shop or partner.name, f"{partner.name}/live", mapping.currency, mapping.minor_units
    )
    products: list[Product] = []
    entries = cast("list[Any]", value)
    for entry in entries:
        try:
            products.append(read_offer(translate(cast("dict[str, Any]", entry)), defaults))
        except (BadRow, AttributeError, TypeError):  # no object, or not an offer
            continue
    return products, len(entries) - len(products)


def _best(products: Sequence[Product], request: SearchRequest) -> tuple[Hit, ...]:
    """Partners filter as they like; what does not fit is left out here. Their words are not asked for again."""
    currencies = sorted({price.currency for each in products if (price := each.current_price)})
    looking: Looking = looking_for(request.model_copy(update={"shop": ""}), (), (), currencies)
    found = [Candidate(number, product) for number, product in enumerate(products)]
    fitting = [candidate for candidate in found if looking.fits_filters(candidate)]
    best = best_of_groups(fitting, looking.wish)[: request.limit]
    return tuple(Hit(c.product, c.score, tuple(c.variants), c.colour_distance) for c in best)
