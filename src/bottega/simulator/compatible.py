"""A server of one's own that speaks OpenAI's API the older way: any model, any size, links or base64, no key, no
token counts for pictures. What `openai_compatible` engines meet at a local image or language server."""

import base64
import io
import re
import time
from collections.abc import Mapping
from typing import Any

import anyio.to_thread
from PIL import Image
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bottega.simulator.openai import model, nowhere
from bottega.simulator.openai_dialect import ApiError, checked, endpoint, from_form
from bottega.simulator.openai_language import chat_answer
from bottega.simulator.world import Entry, SeenFile, World

VENDOR = "compatible"
IMAGE_MODEL, LANGUAGE_MODEL = "local-diffusion", "local-vision"
LONGEST_SIDE = 4096
WORK_SECONDS = 5.0


def routes(world: World) -> list[Route]:
    def post(path: str, operation: str, handler: Any, *, refuses: bool = False) -> Route:
        return endpoint(world, path, operation, handler, vendor=VENDOR, keyless=True, refuses=refuses)

    def get(path: str, operation: str, handler: Any) -> Route:
        return endpoint(world, path, operation, handler, vendor=VENDOR, method="GET", keyless=True)

    return [
        post("/images/generations", "images.generate", _generations),
        post("/images/edits", "images.edit", _edits),
        post("/chat/completions", "chat.completions", _chat, refuses=True),
        get("/models", "models.list", _models),
        get("/files/{name}", "files.get", _file),
        Route("/{path:path}", nowhere, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


async def _models(entry: Entry) -> Response:
    names = (IMAGE_MODEL, LANGUAGE_MODEL)
    return JSONResponse({"object": "list", "data": [model(name) | {"owned_by": "local"} for name in names]})


async def _chat(entry: Entry) -> Response:
    return await chat_answer(entry, checked("chat.completions", entry.fields), vendor=VENDOR)


async def _generations(entry: Entry) -> Response:
    return await _made(entry, checked("images.generate", entry.fields), [], None)


async def _edits(entry: Entry) -> Response:
    fields = checked("images.edit", from_form(entry.fields, "images.edit"))
    inputs = [*entry.files.get("image", []), *entry.files.get("image[]", [])]
    if not inputs:
        raise ApiError(400, "Field 'image' is required.", param="image")
    for seen, _ in inputs:
        if not seen.width:
            raise ApiError(400, "The image could not be read.", param="image")
    masks = entry.files.get("mask", [])
    if masks and (masks[0][0].width, masks[0][0].height) != (inputs[0][0].width, inputs[0][0].height):
        raise ApiError(400, "The mask has another size than the image.", param="mask")
    return await _made(entry, fields, inputs, masks[0][1] if masks else None)


async def _made(
    entry: Entry, fields: Mapping[str, Any], inputs: list[tuple[SeenFile, bytes]], mask: bytes | None
) -> Response:
    width, height = _size(str(fields.get("size", "auto")), inputs[0][0] if inputs else None)
    count = int(fields.get("n", 1))
    entry.accept()
    await entry.world.work(WORK_SECONDS)
    await entry.act("after")
    asked = {
        "vendor": VENDOR,
        "operation": entry.seen.operation,
        "model": fields.get("model", ""),
        "prompt": fields["prompt"],
        "size": f"{width}x{height}",
        "masked": mask is not None,
    }

    def draw(variant: int) -> bytes:
        files = [*(data for _, data in inputs), *([mask] if mask else [])]
        change = _where(mask) if mask else None
        return entry.world.media.picture(width, height, asked, files, variant=variant, change=change)

    data: list[dict[str, str]] = []
    for variant in range(count):
        picture = await anyio.to_thread.run_sync(draw, variant)
        data.append(_item(entry, picture, as_link=fields.get("response_format", "url") == "url"))
    return JSONResponse({"created": int(time.time()), "data": data})


def _item(entry: Entry, picture: bytes, *, as_link: bool) -> dict[str, str]:
    if not as_link:
        return {"b64_json": base64.b64encode(entry.picture(picture)).decode()}
    name = f"{entry.world.new_id()}.png"
    entry.world.state.setdefault(VENDOR, {})[name] = entry.picture(picture)
    return {"url": f"{entry.request.url.replace(path=_prefix(entry), query='')}/files/{name}"}


def _prefix(entry: Entry) -> str:
    return str(entry.request.scope.get("root_path", "")).rstrip("/")


async def _file(entry: Entry) -> Response:
    await entry.act("after")
    data = entry.world.state.get(VENDOR, {}).get(str(entry.request.path_params["name"]))
    if data is None:
        raise ApiError(404, "No such file.")
    return Response(data, media_type="image/png")


def _size(size: str, first: SeenFile | None) -> tuple[int, int]:
    if size == "auto":
        return (first.width, first.height) if first else (1024, 1024)
    found = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", size)
    if not found or max(int(found[1]), int(found[2])) > LONGEST_SIDE:
        raise ApiError(400, f"Size '{size}' is not supported.", param="size")
    return int(found[1]), int(found[2])


def _where(mask: bytes) -> Image.Image:
    """White where the mask is see-through: what is edited."""
    with Image.open(io.BytesIO(mask)) as picture:
        return picture.convert("RGBA").getchannel("A").point([255 - alpha for alpha in range(256)])
