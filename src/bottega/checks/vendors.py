"""Checks of the vendors: configured, reachable, and what it would cost to try one. Nothing is bought."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from bottega.app import Bottega
from bottega.checks.finding import Finding, note, ok
from bottega.domain.money import format_usd
from bottega.domain.task import Task
from bottega.engines.cloud.reach import VENDOR_TITLES, VENDORS, is_configured, reach
from bottega.models import Model, has_ended


async def vendors(bottega: Bottega) -> AsyncGenerator[Finding]:
    """A finding for each vendor; those that are not set up are not asked anything."""
    for vendor in VENDORS:
        title = f"vendor {VENDOR_TITLES[vendor]}"
        try_it = _cheapest(bottega, vendor)
        if not is_configured(bottega.settings, vendor):
            what = "BASE_URL" if vendor == "openai_compatible" else "API_KEY"
            yield note(title, "not set up.", f"Set BOTTEGA_{vendor.upper()}_{what}. {try_it}".strip())
            continue
        found = await reach(bottega.settings, vendor)
        yield (ok if found.ok else note)(title, f"{found.words}.", try_it)


def _cheapest(bottega: Bottega, vendor: str) -> str:
    """What the cheapest picture of the vendor would cost; for vendors of language models alone, its cheapest model."""
    size = "1024x1024"
    task = Task(
        workflow="image_generation",
        operation="generate",
        features=frozenset({f"size:{size}"}),
        prompt="a red bicycle",
        parameters={"n": 1, "size": size, "quality": "low"},
        output_megapixels=1024 * 1024 / 1e6,
    )
    living = [model for model in bottega.catalogue if model.engine == vendor and _can_be_paid(model)]
    pictures = [model for model in living if model.lacks(task) is None]
    priced = [(model.price.price(task).likely, model.id) for model in pictures if model.price is not None]
    if priced:
        amount, model_id = min(priced)
        return f"A picture by {model_id} costs about {format_usd(amount)}."
    words = [model for model in living if "chat" in model.operations and model.price is not None]
    if words:
        model = min(words, key=lambda m: float(m.price.tokens.get("text_out", "0") or 0) if m.price else 0.0)
        assert model.price is not None
        return f"{model.id} costs {model.price.in_words()}."
    return ""


def _can_be_paid(model: Model) -> bool:
    return (
        model.price is not None and model.price.can_be_held and not has_ended(model, datetime.now(UTC).date())
    )
