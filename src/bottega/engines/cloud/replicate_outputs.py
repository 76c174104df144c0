"""What a prediction made: its files, fetched at once and measured, and what they are billed by."""

import asyncio
import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.domain.task import Metered, OutputFile, Task, Usage
from bottega.engines.cloud.replicate_schema import Json
from bottega.engines.protocol import Attempt
from bottega.errors import BottegaError, OutputError, ResourceError
from bottega.imaging.decode import inspect
from bottega.imaging.limits import Limits
from bottega.imaging.media_type import sniff
from bottega.models import Model
from bottega.resilience import fetch

DELIVERY = "replicate.delivery"
"""The vendor's outputs are at this host and those below it."""
_FETCH_S = 120.0
_TRIES = 4
_PAUSE_S = 0.3
_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches outputs, from the vendor's own hosts alone. `own_host`: where its API is, which the operator chose."""

    own_host: str
    limits: Limits
    inspect_s: float
    tries: int = _TRIES
    pause_s: float = _PAUSE_S

    async def files(
        self, output: object, model: Model, attempt: Attempt
    ) -> tuple[list[tuple[OutputFile, MediaInfo]], list[str]]:
        """The files of the promised kind in the attempt's scratch folder, whole and measured, and what was wrong with
        the others."""
        urls = list(addresses(output))
        kept: list[tuple[OutputFile, MediaInfo]] = []
        problems: list[str] = [] if urls else ["it names no file."]
        for number, url in enumerate(urls, start=1):
            try:
                kept.append(await self._file(url, model, attempt, number, len(urls)))
            except BottegaError as error:
                problems.append(error.message)
        return kept, problems

    async def _file(
        self, url: str, model: Model, attempt: Attempt, number: int, of: int
    ) -> tuple[OutputFile, MediaInfo]:
        """Fetched again when it did not arrive whole: it was bought, and is there for an hour."""
        for left in reversed(range(self.tries)):
            try:
                return await self._once(url, model, attempt, number, of)
            except ResourceError:
                raise
            except BottegaError as error:
                if not left or error.details.get("reason"):
                    raise
                await asyncio.sleep(self.pause_s * (self.tries - left))
        raise AssertionError

    async def _once(
        self, url: str, model: Model, attempt: Attempt, number: int, of: int
    ) -> tuple[OutputFile, MediaInfo]:
        content = await self._fetch(url)
        media_type = sniff(content)
        group = "video/" if model.output == "clip" else "image/"
        if media_type not in _EXTENSIONS or not media_type.startswith(group):
            raise OutputError(f"a file of it is not {'a clip' if group == 'video/' else 'a picture'}.")
        noun = "clip" if group == "video/" else "picture"
        name = f"{noun}-{number}.{_EXTENSIONS[media_type]}"
        path = attempt.scratch / name
        await asyncio.to_thread(path.write_bytes, content)
        media = await attempt.compute.call_with(inspect, (path, self.limits), timeout_s=self.inspect_s)
        label = f"{noun.capitalize()} {number} of {of}" if of > 1 else noun.capitalize()
        return OutputFile(path=path, media_type=media_type, label=label, name=name), media

    async def _fetch(self, url: str) -> bytes:
        host = (urlsplit(url).hostname or "").lower()
        own = host == self.own_host
        if not (own or host == DELIVERY or host.endswith(f".{DELIVERY}")):
            raise OutputError(f"{host} is none of the provider's hosts for files.", reason="host")
        return await fetch(
            url,
            max_bytes=self.limits.max_bytes,
            timeout_s=_FETCH_S,
            allow_private=own,  # the operator said where the API is
            allowed_hosts=frozenset({host}),
        )


def addresses(output: object) -> Generator[str]:
    """The addresses in an output: a text, a list or an object of them."""
    if isinstance(output, str):
        if output.lower().startswith(("https://", "http://")):
            yield output
    elif isinstance(output, list):
        for one in cast("list[object]", output):
            yield from addresses(one)
    elif isinstance(output, dict):
        for one in cast("Json", output).values():
            yield from addresses(one)


def measured(task: Task, model: Model, media: list[MediaInfo], prediction: Json) -> Metered:
    """What was used, read from the files themselves and the prediction's metrics."""
    first = media[0] if media else None
    width, height = (first.width or 0, first.height or 0) if first else (0, 0)
    is_clip = model.output == "clip"
    quality = task.parameters.get("quality")
    pictures = [item for item in task.inputs if item.role is not Role.MASK]
    return Metered(
        images=0 if is_clip else len(media),
        megapixels=0.0 if is_clip else sum(one.megapixels for one in media),
        input_megapixels=sum(item.media.megapixels for item in pictures),
        seconds=sum(one.seconds or 0.0 for one in media),
        gpu_seconds=predict_time(prediction),
        size="" if is_clip or not width else f"{width}x{height}",
        resolution=f"{min(width, height)}p" if is_clip and width else "",
        quality=quality if isinstance(quality, str) and quality != "auto" else "",
        audio=any(one.has_audio for one in media),
    )


def usage_without_output(model: Model, prediction: Json) -> Usage:
    """Of a prediction that failed or was stopped. Official models bill what they make, which is nothing; others the
    time of their machine (the vendor's guide to billing): a price for each run stands for that time."""
    assert model.price is not None
    seconds = predict_time(prediction)
    by_time = model.needs_version or ":" in model.remote
    ran = by_time and seconds > 0 and not float(model.price.per_gpu_second)
    metered = Metered(runs=int(ran), gpu_seconds=seconds)
    return Usage(cost=model.price.charge(metered), metered=metered, evidence=evidence(prediction))


def predict_time(prediction: Json) -> float:
    metrics = prediction.get("metrics")
    value = cast("Json", metrics).get("predict_time") if isinstance(metrics, dict) else None
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return max(0.0, float(cast("Any", value))) if good else 0.0


def evidence(prediction: Json) -> Json:
    """The vendor's own fields that a charge was read from."""
    names = (
        "id",
        "model",
        "version",
        "status",
        "metrics",
        "created_at",
        "started_at",
        "completed_at",
        "error",
    )
    return {name: prediction[name] for name in names if prediction.get(name) is not None}
