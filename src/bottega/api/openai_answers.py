"""Answers of OpenAI's images API: JSON or server-sent events, with the pictures' base64 read from their files in pieces,
so that no picture is ever in memory as a whole or goes through a JSON encoder."""

import asyncio
import binascii
import io
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from fastapi.responses import Response, StreamingResponse
from pydantic_core import to_json

from bottega.api.openai_bodies import Order
from bottega.api.openai_errors import Failure
from bottega.domain.asset import Asset
from bottega.domain.job import FinishedJob, Job, JobResult, JobState
from bottega.domain.money import MICRO

PIECE = 3 * 128 * 1024
"""Bytes of a file that become base64 at once: a multiple of three, so that the pieces can be put together."""
HEARTBEAT_S = 15.0
_NO_USE = {
    "input_tokens": 0,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "total_tokens": 0,
}


def job_headers(job: Job) -> dict[str, str]:
    """Which job it is (the clients show it as the request's id), and once it has ended what did it at what price."""
    headers = {"x-request-id": job.id, "x-bottega-job": job.id, "Cache-Control": "no-store"}
    if job.result is not None:
        headers |= {
            "x-bottega-model": job.result.model_id,
            "x-bottega-cost-usd": f"{job.result.cost / MICRO:.6f}",
            "x-bottega-verdict": job.result.verdict.state.value,
        }
    return headers


def pictures_of(finished: FinishedJob) -> list[Asset]:
    return [asset for asset in finished.assets if asset.media.is_picture]


def plain_answer(
    order: Order, finished: FinishedJob, paths: Sequence[Path], links: Sequence[str]
) -> Response:
    """`{"created", "data", "usage", ...}`; `paths` are the files of the pictures, `links` where they can be had."""
    job, pictures = finished.job, pictures_of(finished)
    assert job.result is not None
    about = {"created": int(job.finished_at or job.created_at), **_about(order, pictures[0])}
    if usage := usage_of(job.result):
        about["usage"] = usage
    head = to_json(about)[:-1] + b',"data":['
    headers = job_headers(job)
    if order.as_link:
        entries = b",".join(to_json({"url": link}) for link in links)
        return Response(head + entries + b"]}", headers=headers, media_type="application/json")
    begin, end = b'{"b64_json":"', b'"}'
    inside = sum(len(begin) + len(end) + -(-asset.size // 3) * 4 for asset in pictures)
    headers["Content-Length"] = str(len(head) + inside + len(pictures) - 1 + len(b"]}"))

    async def body() -> AsyncGenerator[bytes]:
        before = head
        for path in paths:
            before += begin
            async for piece in base64_of(path):
                yield before + piece
                before = b""
            before += end + b","
        yield before[:-1] + b"]}"

    return StreamingResponse(body(), headers=headers, media_type="application/json")


def streamed_answer(
    order: Order,
    job: Job,
    ending: "asyncio.Task[FinishedJob | Failure]",
    paths_of: Callable[[FinishedJob], Sequence[Path]],
) -> StreamingResponse:
    """Server-sent events: one `completed` for each picture, or one `error`; comments while there is nothing to say.

    `paths_of(finished)` gives the files of the pictures.
    """
    kind = "image_edit" if order.editing else "image_generation"

    async def body() -> AsyncGenerator[bytes]:
        try:
            while not ending.done():
                await asyncio.wait({ending}, timeout=HEARTBEAT_S)
                if not ending.done():
                    yield b": still here\n\n"
            ended = ending.result()
            if isinstance(ended, Failure):
                yield b"event: error\ndata: " + to_json({"type": "error", **ended.body()}) + b"\n\n"
                return
            for asset, path in zip(pictures_of(ended), paths_of(ended), strict=True):
                async for piece in _completed(kind, order, ended, asset, path):
                    yield piece
        finally:
            ending.cancel()

    headers = {**job_headers(job), "X-Accel-Buffering": "no"}
    return StreamingResponse(body(), headers=headers, media_type="text/event-stream")


async def _completed(
    kind: str, order: Order, finished: FinishedJob, asset: Asset, path: Path
) -> AsyncGenerator[bytes]:
    assert finished.job.result is not None
    about = {
        "type": f"{kind}.completed",
        "created_at": int(finished.job.finished_at or finished.job.created_at),
        "background": order.body.background or "auto",
        **_about(order, asset),
        "usage": usage_of(finished.job.result) or _NO_USE,
    }
    before = b"event: %s.completed\ndata: " % kind.encode() + to_json(about)[:-1] + b',"b64_json":"'
    async for piece in base64_of(path):
        yield before + piece
        before = b""
    yield before + b'"}\n\n'


def _about(order: Order, asset: Asset) -> dict[str, Any]:
    """Of the picture as it is, not as it was asked for."""
    quality = {"standard": "auto", "hd": "high"}.get(order.body.quality or "auto", order.body.quality)
    told: dict[str, Any] = {
        "size": f"{asset.media.width}x{asset.media.height}",
        "output_format": asset.media.media_type.removeprefix("image/"),
    }
    if order.body.stream or quality not in (None, "auto"):
        told["quality"] = quality or "auto"
    return told


async def base64_of(path: Path) -> AsyncGenerator[bytes]:
    file, piece, is_last = await asyncio.to_thread(_opened, path)
    with file:
        yield piece
        while not is_last:
            piece, is_last = await asyncio.to_thread(_encoded, file)
            yield piece


def _opened(path: Path) -> tuple[io.BufferedReader, bytes, bool]:
    """The file, its first piece, and whether that is all."""
    file = path.open("rb")
    try:
        return file, *_encoded(file)
    except BaseException:
        file.close()
        raise


def _encoded(file: io.BufferedReader) -> tuple[bytes, bool]:
    """The next piece, and whether it is the last one."""
    content = file.read(PIECE)
    return binascii.b2a_base64(content, newline=False), len(content) < PIECE


def usage_of(result: JobResult) -> dict[str, Any] | None:
    """Tokens as the vendor counted them; none at all for what was at hand; None where nobody counts tokens."""
    if result.cached:
        return _NO_USE
    said = result.report.get("usage")
    if not isinstance(said, dict):
        return None
    usage = cast("dict[str, Any]", said)
    inside = _details(usage.get("input_tokens_details"))
    outside = _details(usage.get("output_tokens_details"))
    told_in, told_out = _whole(usage.get("input_tokens")), _whole(usage.get("output_tokens"))
    if told_in + told_out == 0:
        return None
    if not any(outside.values()):
        outside["image_tokens"] = told_out
    return {
        "input_tokens": told_in,
        "input_tokens_details": inside,
        "output_tokens": told_out,
        "output_tokens_details": outside,
        "total_tokens": told_in + told_out,
    }


def _details(value: object) -> dict[str, int]:
    said: Mapping[str, object] = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    return {name: _whole(said.get(name)) for name in ("image_tokens", "text_tokens")}


def _whole(value: object) -> int:
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0


def is_answerable(finished: FinishedJob) -> bool:
    """Whether there is a picture to hand over; one below the threshold is, with a verdict that says so."""
    done = finished.job.state in (JobState.SUCCEEDED, JobState.REJECTED)
    return done and finished.job.result is not None and bool(pictures_of(finished))
