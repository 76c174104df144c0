"""Reads the pictures and the use out of an answer of the OpenAI images API."""

from __future__ import annotations

import asyncio
import binascii
import warnings
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic_core import from_json

from bottega.domain.money import MicroUsd
from bottega.domain.request import Role
from bottega.domain.task import EngineResult, Metered, OutputFile, Task, Usage
from bottega.engines.cloud.openai_shared import EXTENSIONS, count
from bottega.engines.protocol import Attempt
from bottega.errors import BottegaError, Money, OutputError
from bottega.imaging.media_type import sniff
from bottega.models import Model, Unmeasured
from bottega.resilience import fetch

ENVELOPE_BYTES = 1 << 20
"""What an answer may hold beside its pictures."""
AT_ONCE_BYTES = 1 << 16
"""An answer up to this size is read in less time than it takes to hand it to a thread."""
_FETCH_TIMEOUT_S = 60.0
"""For a picture that the answer only links to."""
_PRESENT = frozenset({"size", "quality", "background", "output_format", "created"})


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """`server` is its name in messages; links are followed to `links_from` alone, a host that the operator chose,
    wherever it is; empty: to none."""

    server: str
    max_picture_bytes: int
    links_from: str = ""

    def limit(self, pictures: int) -> int:
        """Bytes that an answer with so many pictures in base64 may have."""
        return ENVELOPE_BYTES + pictures * self.max_picture_bytes * 4 // 3

    async def result(
        self,
        answer: dict[str, Any],
        task: Task,
        model: Model,
        attempt: Attempt,
        *,
        notes: tuple[str, ...] = (),
        request_id: str = "",
    ) -> EngineResult:
        """The pictures of an answer (an empty one: it was none), written to the scratch folder byte for byte.

        When only some of those asked for are usable, those are handed over and the report says what is wrong with
        the others. `notes` go into the report, `request_id` into the evidence. Raises OutputError, CHARGED, when
        none is, with `cost`, `metered` and `evidence` in its details.
        """
        asked = count(task)
        entries = _entries(answer)
        returned = len(entries)
        outputs: list[OutputFile] = []
        sizes: list[tuple[int, int]] = []
        problems = [] if answer else ["it is not a JSON object, or is larger than the limit on pictures."]
        for entry in entries[:asked]:
            try:
                content = await self._content(entry)
                output, size = await asyncio.to_thread(
                    _write, content, attempt.scratch, len(outputs) + 1, asked
                )
            except BottegaError as error:
                problems.append(error.message)
                continue
            outputs.append(output)
            if size is not None:
                sizes.append(size)
        usage = _usage(task, model, answer, returned, sizes, request_id)
        if not outputs:
            what = problems[0] if problems else "it holds no picture."
            raise OutputError(
                f"{self.server[0].upper()}{self.server[1:]} answered with success, but the answer is not "
                f"usable: {what}",
                hint="Look at what the server sends; the call may be on its bill.",
                money=Money.CHARGED,
                cost=usage.cost,
                metered=usage.metered.model_dump(mode="json") if usage.metered else None,
                evidence=usage.evidence,
            )
        return EngineResult(
            outputs=tuple(outputs),
            report=_report(entries, outputs, asked, problems, notes, answer.get("usage")),
            usage=usage,
        )

    async def _content(self, entry: Mapping[str, Any]) -> str | bytes:
        """The picture, or base64 of it."""
        if isinstance(entry.get("b64_json"), str):
            return entry["b64_json"]
        if isinstance(entry.get("url"), str) and self.links_from:
            return await fetch(
                entry["url"],
                max_bytes=self.max_picture_bytes,
                timeout_s=_FETCH_TIMEOUT_S,
                allow_private=True,
                allowed_hosts=frozenset({self.links_from}),
            )
        raise OutputError("it holds no base64, nor an address that is followed.")


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object, or an empty one when the body is none."""
    try:
        answer: object = from_json(body)
    except ValueError:
        return {}
    return cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}


async def read_at_most(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    """The body, cut off where it has more than `limit` bytes, which leaves it unreadable."""
    pieces: list[bytes] = []
    read = 0
    async for chunk in chunks:
        pieces.append(chunk)
        read += len(chunk)
        if read > limit:
            break
    return b"".join(pieces)[:limit]


# --- pictures ------------------------------------------------------------------------------------------------


def _entries(answer: dict[str, Any]) -> list[dict[str, Any]]:
    data: object = answer.get("data")
    if not isinstance(data, list):
        return []
    return [cast("dict[str, Any]", entry) for entry in cast("list[object]", data) if isinstance(entry, dict)]


def _decoded(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        raise OutputError("its base64 is damaged.") from None


def _write(
    told: str | bytes, folder: Path, number: int, asked: int
) -> tuple[OutputFile, tuple[int, int] | None]:
    """One picture (bytes, or a text of base64), and its width and height where its header can be read; whether it is whole is checked by whoever
    decodes it."""
    content = _decoded(told) if isinstance(told, str) else told
    media_type = sniff(content)
    if media_type not in EXTENSIONS:
        raise OutputError("it is not a PNG, JPEG or WEBP picture.")
    name = f"picture-{number}.{EXTENSIONS[media_type]}"
    path = folder / name
    path.write_bytes(content)
    label = f"Picture {number} of {asked}" if asked > 1 else "Picture"
    return OutputFile(path=path, media_type=media_type, label=label, name=name), _size_in_header(path)


def _size_in_header(path: Path) -> tuple[int, int] | None:
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # nothing is decompressed
        try:
            with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as picture:
                return picture.size
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None


def _report(
    entries: list[dict[str, Any]],
    outputs: list[OutputFile],
    asked: int,
    problems: list[str],
    notes: tuple[str, ...],
    usage: object,
) -> dict[str, Any]:
    report: dict[str, Any] = {"pictures_asked": asked, "pictures": len(outputs)}
    if problems:
        report["problems"] = problems
    if notes:
        report["notes"] = list(notes)
    if isinstance(usage, dict):
        report["usage"] = usage
    revised = [text for entry in entries if isinstance(text := entry.get("revised_prompt"), str) and text]
    if revised:
        report["revised_prompt"] = revised[0]
    return report


# --- use and cost --------------------------------------------------------------------------------------------


def _usage(
    task: Task,
    model: Model,
    answer: dict[str, Any],
    returned: int,
    sizes: list[tuple[int, int]],
    request_id: str,
) -> Usage:
    """Pictures that came are billed, up to as many as were asked for; where none came, those asked for, because the
    server may have made them."""
    asked = count(task)
    billed = min(returned, asked) or asked
    said = answer.get("usage")
    metered, cost = _charged(task, model, _metered(task, answer, billed, sizes))
    kept: dict[str, Any] = {
        "usage": said if isinstance(said, dict) else None,
        "n": billed,
        "n_returned": returned,
        "n_asked": asked,
        **{
            name: answer[name]
            for name in sorted(_PRESENT & answer.keys())
            if isinstance(answer[name], str | int)
        },
        **({"request_id": request_id} if request_id else {}),
    }
    return Usage(cost=cost, metered=metered, evidence=kept)


def _metered(task: Task, answer: dict[str, Any], billed: int, sizes: list[tuple[int, int]]) -> Metered:
    each = task.output_megapixels / count(task)
    megapixels = sum(width * height for width, height in sizes) / 1e6 + each * max(0, billed - len(sizes))
    quality = answer.get("quality") or task.parameters.get("quality") or ""
    return Metered(
        images=billed,
        megapixels=megapixels,
        input_megapixels=sum(item.media.megapixels for item in task.inputs if item.role is not Role.MASK),
        size="x".join(map(str, sizes[0])) if sizes else "",
        quality=quality if isinstance(quality, str) and quality != "auto" else "",
        tokens=tokens_of(answer.get("usage")),
    )


def tokens_of(usage: object) -> dict[str, int]:
    """Counts by kind, disjoint; empty where the answer does not give them.

    Cached ones of which the kind is not said are taken to be text, which saves the least.
    """
    said = _mapping(usage)
    inside, outside = _mapping(said.get("input_tokens_details")), _mapping(said.get("output_tokens_details"))
    text, image = _whole(inside.get("text_tokens")), _whole(inside.get("image_tokens"))
    text += max(0, _whole(said.get("input_tokens")) - text - image)
    cached = _mapping(inside.get("cached_tokens_details"))
    cached_image = min(image, _whole(cached.get("image_tokens")))
    cached_text = min(
        text, max(_whole(cached.get("text_tokens")), _whole(inside.get("cached_tokens")) - cached_image)
    )
    out_text, out_image = _whole(outside.get("text_tokens")), _whole(outside.get("image_tokens"))
    out_image += max(0, _whole(said.get("output_tokens")) - out_text - out_image)
    counts = {
        "text_in": text - cached_text,
        "image_in": image - cached_image,
        "cached_text_in": cached_text,
        "cached_image_in": cached_image,
        "text_out": out_text,
        "image_out": out_image,
    }
    return {kind: number for kind, number in counts.items() if number}


def _charged(task: Task, model: Model, metered: Metered) -> tuple[Metered, MicroUsd]:
    """What the use costs. What the price counts and the answer does not say is taken as the dearest of the order."""
    price = model.price
    assert price is not None
    if price.tokens and not price.free and not metered.tokens:
        metered = metered.model_copy(update={"tokens": price.completed(metered, task).tokens})
    try:
        return metered, price.charge(metered)
    except Unmeasured:
        metered = price.completed(metered, task)
        return metered, price.charge(metered)


def _mapping(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _whole(value: object) -> int:
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0
