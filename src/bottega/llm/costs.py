"""What a call may cost, before it is made, and what it did cost, from the tokens that the answer names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bottega.domain.money import MicroUsd, Price, micro_usd
from bottega.domain.task import Metered
from bottega.errors import InvalidOption
from bottega.llm.values import UserPart
from bottega.models import Catalogue, PriceModel

if TYPE_CHECKING:
    from pydantic_ai.usage import RequestUsage

PICTURE_TOKENS: Final = 5_000
"""What one picture is held with where the catalogue expects nothing else, sides up to about 1,500 pixels: OpenAI counts at most 1,536 patches times 2.46,
Anthropic width x height / 750, Gemini 258 per tile of 768 pixels (the vendors' vision guides, 2026)."""

_LIKELY_PICTURE_TOKENS: Final = 1_500
"""By the same guides for a picture of about 1,000 pixels a side."""
_OVERHEAD_TOKENS: Final = 1_000
"""Role markers, and the schema of the answer written out for the model."""
_BYTES_PER_TOKEN: Final = 4
"""Of ordinary text; for estimates only."""
_GENAI_PROVIDER: Final[Mapping[str, str]] = {"openai": "openai", "gemini": "google", "anthropic": "anthropic"}
_FREE_WITHOUT_PRICE: Final = "openai_compatible"


@dataclass(frozen=True, slots=True)
class Cost:
    """`source` says where the price is from; `price` is the catalogue's, for computing the amount again."""

    amount: MicroUsd
    metered: Metered
    estimated: bool
    source: str
    price: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Priced:
    amount: MicroUsd
    exact: bool
    source: str
    price: dict[str, Any] | None = None


def most_it_may_cost(
    catalogue: Catalogue, model_id: str, system: str, parts: Sequence[UserPart], max_tokens: int
) -> MicroUsd:
    """What to hold, in micro-dollars: a token per byte of text (none of the vendors' vocabularies needs more), an
    allowance per picture, and every token of the answer that the model may write.

    Raises InvalidOption for a model whose price nobody here knows.
    """
    texts = [system, *(part for part in parts if isinstance(part, str))]
    pictures = len(parts) - len(texts) + 1
    tokens = {
        "text_in": sum(len(text.encode()) for text in texts)
        + _OVERHEAD_TOKENS
        + pictures * _picture_tokens(catalogue, model_id),
        "text_out": max_tokens,
    }
    return _price(catalogue, model_id, tokens).amount


def price_of_question(
    catalogue: Catalogue, model_id: str, system: str, parts: Sequence[UserPart], max_tokens: int
) -> Price:
    """What a question may cost before it is asked: nothing where it is not, at most what is held for it; likely by ordinary
    text, pictures of about 1,000 pixels a side and an answer of half the length. Raises InvalidOption for a model whose price nobody here knows.
    """
    high = most_it_may_cost(catalogue, model_id, system, parts, max_tokens)
    texts = [system, *(part for part in parts if isinstance(part, str))]
    read = sum(map(len, texts)) // _BYTES_PER_TOKEN + (len(parts) - len(texts) + 1) * _LIKELY_PICTURE_TOKENS
    likely = _price(catalogue, model_id, {"text_in": read, "text_out": max_tokens // 2}).amount
    return Price(likely=min(likely, high), high=high, basis="metered" if high else "free")


def cost_of(
    catalogue: Catalogue,
    model_id: str,
    usage: "RequestUsage",
    system: str,
    parts: Sequence[UserPart],
    written: int,
) -> Cost:
    """The cost of an answer with these token counts. When it names none, they are estimated from the lengths of the
    texts (`written`: characters of the answer) and the pictures' allowance, and the cost says so."""
    tokens = tokens_of(usage)
    counted = any(tokens.values())
    if not counted and not model_id.startswith(f"{_FREE_WITHOUT_PRICE}/"):
        read = len(system) + sum(len(part) for part in parts if isinstance(part, str))
        pictures = sum(1 for part in parts if not isinstance(part, str))
        tokens = {
            "text_in": read // _BYTES_PER_TOKEN + pictures * _picture_tokens(catalogue, model_id),
            "text_out": written // _BYTES_PER_TOKEN + 1,
        }
    priced = _price(catalogue, model_id, tokens)
    estimated = not (priced.exact and counted)
    return Cost(priced.amount, Metered(tokens=tokens), estimated, priced.source, priced.price)


def _picture_tokens(catalogue: Catalogue, model_id: str) -> int:
    model = catalogue.get(model_id)
    expected = model.price.tokens_expected if model is not None and model.price is not None else None
    return int(expected.image_in.high) if expected is not None and expected.image_in.high else PICTURE_TOKENS


def tokens_of(usage: "RequestUsage") -> dict[str, int]:
    """Counts by the kinds of `Metered`. Pictures are counted as text by all language models' vendors; what was
    written to a cache is read at the full price, for we ask for no caching. Thoughts are part of the output."""
    cached = min(usage.cache_read_tokens, usage.input_tokens)
    counts = {
        "text_in": usage.input_tokens - cached,
        "cached_text_in": cached,
        "text_out": usage.output_tokens,
    }
    return {kind: count for kind, count in counts.items() if count}


def figures_of(usage: "RequestUsage") -> dict[str, Any]:
    """The provider's counts, for the ledger."""
    figures = {
        "input_tokens": usage.input_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
        **usage.details,
    }
    return {name: value for name, value in figures.items() if value}


def _price(catalogue: Catalogue, model_id: str, tokens: dict[str, int]) -> "_Priced":
    model = catalogue.get(model_id)
    if model is not None and model.price is not None and model.price.is_known:
        price = model.price
        amount = price.charge(Metered(tokens=tokens))
        return _Priced(amount, not price.estimated, price.sheet, _kept(price))
    vendor, _, name = model_id.partition("/")
    if vendor == _FREE_WITHOUT_PRICE:
        return _Priced(0, False, "a server of one's own, without a price in the catalogue")
    return _Priced(_public_price(vendor, name, tokens), False, "genai-prices")


def _kept(price: PriceModel) -> dict[str, Any]:
    """What of a price is needed to compute a charge again (`models.price_from_evidence`)."""
    return price.model_dump(mode="json", exclude_defaults=True, exclude={"tokens_expected"})


def _public_price(vendor: str, name: str, tokens: dict[str, int]) -> MicroUsd:
    """By the table that genai-prices ships; it is never asked to fetch a newer one."""
    from genai_prices import Usage, calc_price

    usage = Usage(
        input_tokens=tokens.get("text_in", 0) + tokens.get("cached_text_in", 0),
        cache_read_tokens=tokens.get("cached_text_in", 0),
        output_tokens=tokens.get("text_out", 0),
    )
    try:
        price = calc_price(usage, name, provider_id=_GENAI_PROVIDER[vendor])
    except LookupError as error:
        raise InvalidOption(
            f"Nobody here knows what {vendor}/{name} costs.",
            hint="Add it with its price to the file named by BOTTEGA_CATALOGUE.",
        ) from error
    return micro_usd(Decimal(price.total_price))
