"""What a vendor delivered: pictures kept byte for byte and looked at, and the charge for them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bottega.domain.asset import MediaInfo
from bottega.domain.money import MicroUsd
from bottega.domain.task import Metered, OutputFile, Task, Usage
from bottega.engines.protocol import Attempt
from bottega.errors import BottegaError, Money, OutputError, ProviderError
from bottega.imaging.decode import inspect
from bottega.imaging.limits import Limits
from bottega.imaging.media_type import describe, sniff
from bottega.models import Model
from bottega.models.prices import Unmeasured

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
"""Formats in which vendors deliver pictures."""


async def keep_picture(
    content: bytes, attempt: Attempt, limits: Limits, *, number: int = 1, of: int = 1
) -> tuple[OutputFile, MediaInfo]:
    """Written to the scratch folder as it came, named by its content, and decoded completely.

    Raises OutputError, with money and cost still to be said, for what is no whole picture.
    """
    media_type = sniff(content)
    if media_type not in EXTENSIONS:
        raise OutputError(f"it is {describe(media_type)}, not a PNG, JPEG or WEBP picture.")
    name = f"picture-{number}.{EXTENSIONS[media_type]}"
    path = attempt.scratch / name
    await asyncio.to_thread(path.write_bytes, content)
    try:
        media = await attempt.compute.call(inspect, path, limits)
    except BottegaError as error:
        raise OutputError(error.message[:1].lower() + error.message[1:], hint=error.hint) from error
    label = f"Picture {number} of {of}" if of > 1 else "Picture"
    return OutputFile(path=path, media_type=media_type, label=label, name=name), media


def usage_of(model: Model, task: Task, metered: Metered, evidence: Mapping[str, Any]) -> Usage:
    """The charge for what was used; where the answer does not say that, for the most that the order can have cost."""
    assert model.price is not None
    try:
        cost: MicroUsd = model.price.charge(metered)
    except Unmeasured:
        metered = model.price.completed(metered, task)
        cost = model.price.charge(metered)
        evidence = {**evidence, "completed": "the answer does not say what was used"}
    return Usage(cost=cost, metered=metered, evidence=dict(evidence))


def billed(usage: Usage) -> dict[str, Any]:
    """What an error says about a call that is paid for all the same: its money and the details for the ledger."""
    return {
        "money": Money.CHARGED,
        "cost": usage.cost,
        "metered": usage.metered.model_dump(mode="json") if usage.metered else None,
        "evidence": usage.evidence,
    }


def check_priced(model: Model) -> None:
    """Raises ProviderError for a model without a price."""
    if model.price is None or not model.price.is_known:
        raise ProviderError(
            f"The model {model.id} has no price, so it is not called.",
            hint="Give its catalogue entry a price.",
        )
