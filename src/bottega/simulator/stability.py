"""Stability AI's v2beta image API and the account pages of v1, simulated.

A success is charged its credits on a pretended account, whose balance `/v1/user/balance` tells: an independent sum to
hold one's own accounts against. Queued answers (`/_control/answers`) may carry `finish_reason`, `seed`, or `error`
(`{"status", "name", "errors"}`, for example 403 content_moderation).
"""

import base64
import hashlib
import io
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import anyio.to_thread
from PIL import Image, ImageFilter, ImageOps
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bottega.simulator.faults import HTTP_KINDS
from bottega.simulator.stability_checks import complaints
from bottega.simulator.stability_operations import (
    LARGEST_SEED,
    OPERATIONS,
    RATIO_SIZES,
    REQUEST_BYTES,
    Operation,
)
from bottega.simulator.world import Entry, World

VENDOR = "stability"
FIRST_CREDITS = Decimal(100_000)
"""On the account when the world begins."""
RESULT_SECONDS = 24 * 3600
"""How long a deferred result is kept, in real seconds."""
FOUR_MEGAPIXELS = 4_194_304

_HEX = "0123456789abcdef"
_ERRORS: dict[str, tuple[int, str, str]] = {
    "rate_limit": (
        429,
        "rate_limit_exceeded",
        "You have exceeded the rate limit of 150 requests within a 10 second period, and have been timed out for 60 seconds.",
    ),
    "quota": (
        402,
        "payment_required",
        "You lack sufficient credits to make this request. Please purchase more credits and try again.",
    ),
    "overloaded": (
        503,
        "service_unavailable",
        "The service is temporarily overloaded, please try again later.",
    ),
    "server_error": (
        500,
        "internal_error",
        "An unexpected server error has occurred, please try again later.",
    ),
    "auth": (401, "unauthorized", "authorization: invalid or missing header value"),
    "bad_request": (400, "bad_request", "prompt: cannot be processed"),
}


@dataclass
class _Result:
    """A picture as it will be handed out."""

    data: bytes
    kind: str
    finish_reason: str
    seed: int


@dataclass
class _Deferred:
    """Work that is fetched later. `ready` and `gone` are seconds of the monotonic clock."""

    make: Callable[[], _Result]
    key: str
    ready: float
    gone: float
    fails: bool
    made: _Result | None = None


@dataclass
class _Account:
    credits: Decimal = FIRST_CREDITS
    deferred: dict[str, _Deferred] = field(default_factory=dict[str, _Deferred])


def _account(world: World) -> _Account:
    account: _Account = world.state.setdefault(VENDOR, _Account())
    return account


def routes(world: World) -> list[Route]:
    """Relative to the vendor's prefix, which stands for https://api.stability.ai."""

    def endpoint(operation: Operation) -> Route:
        async def answer(request: Request) -> Response:
            return await _operate(world, operation, request)

        return Route(f"/v2beta/stable-image/{operation.path}", answer, methods=["POST"])

    async def result(request: Request) -> Response:
        return await _fetch(world, request, "result")

    async def creative_result(request: Request) -> Response:
        return await _fetch(world, request, "image")

    async def v1(request: Request) -> Response:
        return await _v1(world, request)

    return [
        *(endpoint(operation) for operation in OPERATIONS),
        Route("/v2beta/results/{id}", result),
        Route("/v2beta/stable-image/upscale/creative/result/{id}", creative_result),
        *(Route(f"/v1/{page}", v1) for page in ("user/balance", "user/account", "engines/list")),
    ]


async def _operate(world: World, operation: Operation, request: Request) -> Response:
    entry = await world.enter(request, VENDOR, operation.name)
    refusal = _refusal(world, entry) or _misshapen(world, operation, entry)
    if refusal is not None:
        return entry.finish(refusal)
    await entry.act("before")
    answer = world.next_answer(VENDOR, operation.name) or {}
    if error := answer.get("error"):
        return entry.finish(_error(world, int(error["status"]), str(error["name"]), list(error["errors"])))
    account, price = _account(world), _price(operation, entry)
    if account.credits < price:
        return entry.finish(_said(world, "quota"))
    account.credits -= price
    entry.accept()
    make = _maker(world, operation, entry, answer)
    if operation.deferred:
        return await _defer(world, operation, entry, make)
    await world.work(operation.seconds)
    await entry.act("after")
    if entry.fault == "fail_later":
        account.credits += price
        return entry.finish(_said(world, "server_error"))
    made = await anyio.to_thread.run_sync(make)
    return entry.finish(_picture(world, request, made, "image"))


async def _defer(world: World, operation: Operation, entry: Entry, make: Callable[[], _Result]) -> Response:
    now = time.monotonic()
    name = world.new_id(64, _HEX)
    _account(world).deferred[name] = _Deferred(
        make,
        _key(entry.request),
        now + operation.seconds / world.speed,
        now + RESULT_SECONDS,
        entry.fault == "fail_later",
    )
    await entry.act("after")
    return entry.finish(JSONResponse({"id": name}, headers={"x-request-id": world.new_id(32, _HEX)}))


async def _fetch(world: World, request: Request, key: str) -> Response:
    entry = await world.enter(request, VENDOR, "results")
    if (refusal := _refusal(world, entry)) is not None:
        return entry.finish(refusal)
    await entry.act("before")
    name = request.path_params["id"]
    if len(name) != 64:
        return entry.finish(_error(world, 400, "bad_request", ["id: must be 64 characters long"]))
    deferred = _account(world).deferred.get(name)
    now = time.monotonic()
    if deferred is None or deferred.key != _key(request) or now > deferred.gone:
        reason = "id: the generation either does not exist or has expired."
        return entry.finish(_error(world, 404, "generation_not_found", [reason]))
    if now < deferred.ready:
        return entry.finish(JSONResponse({"id": name, "status": "in-progress"}, status_code=202))
    if deferred.fails:
        return entry.finish(_said(world, "server_error"))
    if deferred.made is None:
        deferred.made = await anyio.to_thread.run_sync(deferred.make)
    await entry.act("after")
    made = deferred.made
    made = _Result(entry.picture(made.data), made.kind, made.finish_reason, made.seed)
    return entry.finish(_picture(world, request, made, key))


async def _v1(world: World, request: Request) -> Response:
    page = request.url.path.rpartition("/v1/")[2]
    entry = await world.enter(request, VENDOR, page.replace("/", "."))
    await entry.act("before")
    if entry.fault in HTTP_KINDS or not _key(request):
        status, name, message = _ERRORS.get(entry.fault, _ERRORS["auth"])
        body = {"id": world.new_id(32, _HEX), "name": name, "message": message}
        return entry.finish(JSONResponse(body, status_code=status))
    answers: dict[str, Any] = {
        "user/balance": {"credits": float(_account(world).credits)},
        "user/account": {
            "id": "user-simulated",
            "email": "simulated@example.org",
            "organizations": [
                {"id": "org-simulated", "name": "Simulated", "role": "ADMIN", "is_default": True}
            ],
        },
        "engines/list": [
            {"id": name, "name": name, "description": f"Simulated {name}", "type": "PICTURE"}
            for name in ("stable-diffusion-xl-1024-v1-0", "esrgan-v1-x2plus")
        ],
    }
    return entry.finish(JSONResponse(answers[page]))


def _refusal(world: World, entry: Entry) -> Response | None:
    """The error for a missing key or a fault of the HTTP kind. A refusal by content is a 200 here, see `_maker`."""
    if not _key(entry.request):
        return _said(world, "auth")
    if entry.fault == "bad_gateway":
        return HTMLResponse("<html><head><title>502 Bad Gateway</title></head></html>", status_code=502)
    if entry.fault in HTTP_KINDS and entry.fault != "refusal":
        return _said(world, entry.fault)
    return None


def _misshapen(world: World, operation: Operation, entry: Entry) -> Response | None:
    headers = entry.request.headers
    if int(headers.get("content-length") or 0) > REQUEST_BYTES:
        reason = "body: payloads cannot be larger than 10MiB in size"
        return _error(world, 413, "payload_too_large", [reason])
    if not headers.get("content-type", "").startswith("multipart/form-data"):
        return _error(world, 400, "bad_request", ["content-type: must be multipart/form-data"])
    if headers.get("accept", "*/*") not in ("*/*", "image/*", "application/json"):
        return _error(world, 400, "bad_request", ["accept: must be one of image/*, application/json"])
    if entry.malformed:
        return _error(world, 400, "bad_request", [f"body: {entry.malformed}"])
    found = complaints(operation, entry)
    return _error(world, 400, "bad_request", found) if found else None


def _maker(world: World, operation: Operation, entry: Entry, answer: dict[str, Any]) -> Callable[[], _Result]:
    """What draws the result; it may take a second for a large one, so it runs in a thread."""
    filtered = entry.fault == "refusal" or answer.get("finish_reason") == "CONTENT_FILTERED"
    asked = {"vendor": VENDOR, "operation": operation.name, **entry.fields}
    files = {name: sent[0][1] for name, sent in entry.files.items() if sent[0][0].width}
    kind = str(entry.fields.get("output_format", "png"))
    seed = int(answer.get("seed") or float(entry.fields.get("seed", 0))) or _chosen_seed(asked)

    def make() -> _Result:
        width, height = _result_size(operation, entry)
        change = _change(operation, files, entry)
        inputs = [*files.values()]
        if operation.output == "expanded":
            inputs.insert(0, _canvas(files["image"], entry))
        data = world.media.picture(
            width,
            height,
            {**asked, "seed": seed},
            inputs,
            kind=kind,
            transparent=operation.path == "edit/remove-background",
            change=change,
        )
        if filtered:
            data = _blurred(data, kind)
        return _Result(entry.picture(data), kind, "CONTENT_FILTERED" if filtered else "SUCCESS", seed)

    return make


def _result_size(operation: Operation, entry: Entry) -> tuple[int, int]:
    picture = next((sent[0][0] for name, sent in entry.files.items() if name.endswith("image")), None)
    ratio = RATIO_SIZES[str(entry.fields.get("aspect_ratio", "1:1"))]
    if picture is None or (operation.output == "ratio" and operation.path != "generate/sd3"):
        return ratio
    width, height = picture.width, picture.height
    match operation.output:
        case "times4":
            return width * 4, height * 4
        case "four_megapixels":
            factor = math.sqrt(FOUR_MEGAPIXELS / (width * height))
            return round(width * factor), round(height * factor)
        case "expanded":
            left, right, up, down = _borders(entry)
            return width + left + right, height + up + down
        case _:
            return width, height


def _borders(entry: Entry) -> tuple[int, int, int, int]:
    left, right, up, down = (
        int(float(entry.fields.get(side, 0))) for side in ("left", "right", "up", "down")
    )
    return left, right, up, down


def _change(operation: Operation, files: dict[str, bytes], entry: Entry) -> Image.Image | None:
    """Where the picture changes (white): the mask, else the see-through part of the image, or the new border."""
    if operation.output == "expanded":
        left, right, up, down = _borders(entry)
        with Image.open(io.BytesIO(files["image"])) as image:
            kept = Image.new("L", ImageOps.exif_transpose(image).size, 0)
        return ImageOps.expand(kept, (left, up, right, down), fill=255)
    if operation.path not in ("edit/inpaint", "edit/erase"):
        return None
    if "mask" in files:
        with Image.open(io.BytesIO(files["mask"])) as mask:
            return mask.convert("L")
    with Image.open(io.BytesIO(files["image"])) as image:
        return ImageOps.invert(image.convert("RGBA").getchannel("A"))


def _canvas(data: bytes, entry: Entry) -> bytes:
    left, right, up, down = _borders(entry)
    with Image.open(io.BytesIO(data)) as image:
        wide = ImageOps.expand(ImageOps.exif_transpose(image).convert("RGB"), (left, up, right, down))
    out = io.BytesIO()
    wide.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _blurred(data: bytes, kind: str) -> bytes:
    """What the vendor hands out for a picture that its filter stopped."""
    with Image.open(io.BytesIO(data)) as picture:
        blurred = picture.convert("RGB").filter(ImageFilter.GaussianBlur(40))
    out = io.BytesIO()
    blurred.save(out, kind.upper())
    return out.getvalue()


def _chosen_seed(asked: dict[str, Any]) -> int:
    digest = hashlib.sha256(repr(sorted(asked.items())).encode()).digest()
    return 1 + int.from_bytes(digest[:8]) % (LARGEST_SEED - 1)


def _price(operation: Operation, entry: Entry) -> Decimal:
    return operation.by_model.get(str(entry.fields.get("model", "")), operation.credits)


def _picture(world: World, request: Request, made: _Result, key: str) -> Response:
    """The answer in the form that the client asked for. `key`: the JSON member that holds the picture."""
    request_id = {"x-request-id": world.new_id(32, _HEX)}
    if request.headers.get("accept") == "application/json":
        encoded = base64.b64encode(made.data).decode()
        body = {key: encoded, "finish_reason": made.finish_reason, "seed": made.seed}
        media_type = f"application/json; type=image/{made.kind}"
        return JSONResponse(body, headers={**request_id, "content-type": media_type})
    headers = {**request_id, "finish-reason": made.finish_reason, "seed": str(made.seed)}
    return Response(made.data, media_type=f"image/{made.kind}", headers=headers)


def _said(world: World, kind: str) -> Response:
    status, name, reason = _ERRORS[kind]
    return _error(world, status, name, [reason])


def _error(world: World, status: int, name: str, errors: list[str]) -> Response:
    identifier = name if name == "rate_limit_exceeded" else world.new_id(32, _HEX)
    return JSONResponse({"id": identifier, "name": name, "errors": errors}, status_code=status)


def _key(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
