"""OpenAI's pictures: /images/generations and /images/edits (form or JSON), plain or streamed.

What is taken, and what counts how many tokens, is in `openai_image_rules`.
"""

import base64
import io
import json
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from PIL import Image
from starlette.responses import JSONResponse, Response, StreamingResponse

from bottega.simulator.answers import text_tokens
from bottega.simulator.openai_dialect import (
    ApiError,
    checked,
    data_url,
    from_form,
    server_error,
)
from bottega.simulator.openai_image_rules import (
    DEFAULT_MODEL,
    FIXED_SIZE_MODELS,
    TOKENS_PARTIAL,
    check_fields,
    check_inputs,
    check_markup,
    check_mask,
    known_model,
    picture_tokens_in,
    picture_tokens_out,
    size_of,
)
from bottega.simulator.world import Entry, SeenFile

WORK_SECONDS = {"low": 5.0, "medium": 15.0, "high": 40.0, "xhigh": 60.0, "max": 90.0}


@dataclass(frozen=True)
class Order:
    """A request that was found good. `inputs`: pictures in order (markup last); `mask`: its file, or none."""

    editing: bool
    model: str
    prompt: str
    count: int
    size: str
    quality: str
    output_format: str
    background: str
    partials: int
    stream: bool
    inputs: tuple[tuple[SeenFile, bytes], ...] = ()
    mask: bytes = b""
    high_fidelity: bool = False

    def asked(self) -> dict[str, Any]:
        return {
            "vendor": "openai",
            "operation": "images.edit" if self.editing else "images.generate",
            "model": self.model,
            "prompt": self.prompt,
            "size": self.size,
            "quality": self.quality,
            "background": self.background,
            "masked": bool(self.mask),
        }

    def usage(self) -> dict[str, Any]:
        text = text_tokens(self.prompt)
        pictures = sum(
            picture_tokens_in(seen.width, seen.height, high_fidelity=self.high_fidelity)
            for seen, _ in self.inputs
        )
        out = picture_tokens_out(self.model, self.size, self.quality) * self.count
        out += TOKENS_PARTIAL * self.partials * self.count if self.stream else 0
        return {
            "input_tokens": text + pictures,
            "input_tokens_details": {"text_tokens": text, "image_tokens": pictures},
            "output_tokens": out,
            "output_tokens_details": {"text_tokens": 0, "image_tokens": out},
            "total_tokens": text + pictures + out,
        }

    def common(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "quality": self.quality,
            "background": "transparent" if self.background == "transparent" else "opaque",
            "output_format": self.output_format,
        }


async def generations(entry: Entry) -> Response:
    return await _made(entry, _order(entry, checked("images.generate", entry.fields), editing=False))


async def edits(entry: Entry) -> Response:
    if entry.request.headers.get("content-type", "").startswith("application/json"):
        fields = checked("images.edit.json", entry.fields)
        inputs = [_reference(entry, one, f"images[{at}]") for at, one in enumerate(fields.pop("images"))]
        mask = _reference(entry, fields.pop("mask"), "mask") if "mask" in fields else None
        return await _made(entry, _order(entry, fields, editing=True, inputs=inputs, mask=mask))
    known = {"image", "image[]", "mask", "markup"}
    if unknown := next((name for name in entry.files if name not in known), ""):
        raise ApiError(400, f"Unknown parameter: '{unknown}'.", param=unknown, code="unknown_parameter")
    fields = checked("images.edit", from_form(entry.fields, "images.edit"))
    inputs = [*entry.files.get("image", []), *entry.files.get("image[]", [])]
    if not inputs:
        raise ApiError(
            400, "Missing required parameter: 'image'.", param="image", code="missing_required_parameter"
        )
    mask, markup = (_at_most_one(entry, name) for name in ("mask", "markup"))
    return await _made(entry, _order(entry, fields, editing=True, inputs=inputs, mask=mask, markup=markup))


def _at_most_one(entry: Entry, name: str) -> tuple[SeenFile, bytes] | None:
    files = entry.files.get(name, [])
    if len(files) > 1:
        raise ApiError(400, f"Invalid '{name}': one file is expected.", param=name, code="invalid_value")
    return files[0] if files else None


def _reference(entry: Entry, reference: Mapping[str, Any], param: str) -> tuple[SeenFile, bytes]:
    if "file_id" in reference:
        raise ApiError(
            404,
            f"No such File object: {reference['file_id']}",
            param=f"{param}.file_id",
            code="file_not_found",
        )
    param = f"{param}.image_url"
    data_url(entry, str(reference["image_url"]), param)
    return entry.files[param][-1]


def _order(
    entry: Entry,
    fields: Mapping[str, Any],
    *,
    editing: bool,
    inputs: list[tuple[SeenFile, bytes]] | None = None,
    mask: tuple[SeenFile, bytes] | None = None,
    markup: tuple[SeenFile, bytes] | None = None,
) -> Order:
    model = known_model(str(fields.get("model", DEFAULT_MODEL)))
    check_fields(fields, model)
    files = list(inputs or [])
    check_inputs(files)
    if mask:
        check_mask(mask, files[0][0])
    if markup:
        check_markup(markup, model, masked=mask is not None)
        files.append(markup)
    quality = str(fields.get("quality", "auto"))
    return Order(
        editing=editing,
        model=model,
        prompt=str(fields["prompt"]),
        count=int(fields.get("n", 1)),
        size=size_of(str(fields.get("size", "auto")), model, files[0][0] if files else None),
        quality="medium" if quality == "auto" else quality,
        output_format=str(fields.get("output_format", "png")),
        background=str(fields.get("background", "auto")),
        partials=int(fields.get("partial_images", 0)),
        stream=bool(fields.get("stream", False)),
        inputs=tuple(files),
        mask=mask[1] if mask else b"",
        high_fidelity=fields.get("input_fidelity") == "high" or model not in FIXED_SIZE_MODELS,
    )


async def _made(entry: Entry, order: Order) -> Response:
    entry.accept()
    await entry.world.work(WORK_SECONDS[order.quality])
    await entry.act("after")
    if order.stream:
        return StreamingResponse(_events(entry, order), media_type="text/event-stream; charset=utf-8")
    queued = entry.world.next_answer("openai", entry.seen.operation) or {}
    data = [
        {"b64_json": queued.get("b64_json") or await _picture(entry, order, at)} for at in range(order.count)
    ]
    return JSONResponse({"created": int(time.time()), **order.common(), "data": data, "usage": order.usage()})


async def _picture(entry: Entry, order: Order, variant: int, **more: Any) -> str:
    """Base64 of one picture; drawn in a thread."""
    width, height = (int(side) for side in order.size.split("x"))

    def draw() -> bytes:
        return entry.world.media.picture(
            width,
            height,
            {**order.asked(), **more},
            [*(data for _, data in order.inputs), *([order.mask] if order.mask else [])],
            kind=order.output_format,
            variant=variant,
            transparent=order.background == "transparent",
            change=_where(order.mask) if order.mask else None,
        )

    return base64.b64encode(entry.picture(await anyio.to_thread.run_sync(draw))).decode()


def _where(mask: bytes) -> Image.Image:
    """White where the mask is see-through: what OpenAI edits."""
    with Image.open(io.BytesIO(mask)) as picture:
        return picture.convert("RGBA").getchannel("A").point([255 - alpha for alpha in range(256)])


async def _events(entry: Entry, order: Order) -> AsyncGenerator[str]:
    prefix = "image_edit" if order.editing else "image_generation"
    for variant in range(order.count):
        common = {"created_at": int(time.time()), **order.common()}
        for index in range(order.partials):
            picture = await _picture(entry, order, variant, partial=index)
            yield _event(
                f"{prefix}.partial_image", {**common, "b64_json": picture, "partial_image_index": index}
            )
        if entry.fault == "fail_later":
            yield _event("error", server_error().body)
            return
        usage = {name: value for name, value in order.usage().items() if name != "output_tokens_details"}
        picture = await _picture(entry, order, variant)
        yield _event(f"{prefix}.completed", {**common, "b64_json": picture, "usage": usage})


def _event(name: str, content: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps({'type': name, **content})}\n\n"
