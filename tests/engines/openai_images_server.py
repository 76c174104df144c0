"""A small server for `/v1/images/generations` and `/v1/images/edits`, with faults on demand.

Written from OpenAI's OpenAPI document of 2026-08-21 (schemas CreateImageRequest, CreateImageEditRequest,
ImagesResponse, ErrorResponse) and from nothing of ours, so that the engine is tested by a second reading. It
draws real pictures but knows nothing of how a model behaves. Fields outside the schema are refused, as OpenAI
does, except `seed` for a model that takes it.
"""

import asyncio
import base64
import hashlib
import io
import json
import socket
import struct
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from PIL import Image

QUALITIES = {"low", "medium", "high", "auto", "standard"}
FIELDS: dict[str, dict[str, Any]] = {
    "prompt": {"type": str},
    "model": {"type": str},
    "n": {"type": int, "minimum": 1, "maximum": 10},
    "size": {"type": str},
    "quality": {"type": str, "enum": QUALITIES},
    "response_format": {"type": str, "enum": {"url", "b64_json"}},
    "output_format": {"type": str, "enum": {"png", "jpeg", "webp"}},
    "output_compression": {"type": int},
    "background": {"type": str, "enum": {"transparent", "opaque", "auto"}},
    "stream": {"type": bool},
    "partial_images": {"type": int, "minimum": 0, "maximum": 3},
    "user": {"type": str},
}
GENERATION_ONLY: dict[str, dict[str, Any]] = {
    "quality": {"type": str, "enum": QUALITIES | {"hd"}},
    "moderation": {"type": str, "enum": {"low", "auto"}},
    "style": {"type": str, "enum": {"vivid", "natural"}},
}
EDIT_ONLY: dict[str, dict[str, Any]] = {"input_fidelity": {"type": str, "enum": {"high", "low"}}}
PICTURE_TYPES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}


@dataclass
class Received:
    """One request, taken apart. `files` are (field, content type, bytes) in the order sent."""

    method: str
    path: str
    headers: dict[str, str]
    fields: dict[str, Any] = field(default_factory=dict)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)


@dataclass
class Fault:
    """What happens to the next request instead of an answer.

    `how`: `status` answers with status, headers and body as given; `reset` breaks the connection after the whole
    request was read; `endless` answers and never stops; `silence` never answers; `cut` breaks off in the middle
    of a good answer; `alter` sends a good answer after `change` was applied to its JSON.
    """

    how: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    change: Any = None


class BadRequest(Exception):
    def __init__(
        self, message: str, param: str | None = None, code: str | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}


class OpenAIImagesServer:
    """`async with OpenAIImagesServer() as server`: `server.base_url`, `server.requests`, `server.fault`.

    Models: `sd-test` (also takes `seed`), `gpt-image-test` (refuses `response_format`, always base64, reports
    usage). `prefer_urls` answers with links although base64 was asked for, as some servers do. `arrived` is set
    with the first request, `abandoned` when a client gave up on silence.
    """

    def __init__(self, api_key: str = "") -> None:
        self.api_key = api_key
        self.requests: list[Received] = []
        self.fault: Fault | None = None
        self.prefer_urls = False
        self.arrived = asyncio.Event()
        self.abandoned = asyncio.Event()
        self.url_base = ""
        self._stored: dict[str, bytes] = {}

    async def __aenter__(self) -> "OpenAIImagesServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**24)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}/v1"
        self.url_base = self.url_base or f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request, body = await self._read(reader)
            self.requests.append(request)
            self.arrived.set()
            fault, self.fault = self.fault, None
            if fault is not None and fault.how == "reset":
                linger = struct.pack("ii", 1, 0)  # close with RST instead of FIN
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            elif fault is not None and fault.how == "silence":
                await reader.read()  # until the client gives up
                self.abandoned.set()
            elif fault is not None and fault.how == "endless":
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                while not writer.is_closing():
                    writer.write(b" " * 65536)
                    await writer.drain()
            elif fault is not None and fault.how == "status":
                self._send(writer, fault.status, fault.body, fault.headers)
            else:
                status, answer = self._answer(request, body, fault)
                self._send(writer, status, answer, {}, cut=fault is not None and fault.how == "cut")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left early, which some tests are about
        finally:
            writer.close()

    @staticmethod
    async def _read(reader: asyncio.StreamReader) -> tuple[Received, bytes]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Received(method, path, headers), body

    @staticmethod
    def _send(
        writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str], cut: bool = False
    ) -> None:
        head = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + (body[: len(body) // 2] if cut else body))

    def _answer(self, request: Received, body: bytes, fault: Fault | None) -> tuple[int, bytes]:
        if request.method == "GET" and request.path in self._stored:
            return 200, self._stored[request.path]
        try:
            answer = self._images(request, body)
        except BadRequest as error:
            return error.status, json.dumps({"error": error.error}).encode()
        if fault is not None and fault.how == "alter":
            answer = fault.change(answer)
        return 200, json.dumps(answer).encode()

    def _images(self, request: Received, body: bytes) -> dict[str, Any]:
        if self.api_key and request.headers.get("authorization") != f"Bearer {self.api_key}":
            sent = request.headers.get("authorization", "")
            raise BadRequest(f"Incorrect API key provided: {sent}", code="invalid_api_key", status=401)
        kind = request.headers.get("content-type", "").partition(";")[0]
        if (
            request.method == "POST"
            and request.path == "/v1/images/generations"
            and kind == "application/json"
        ):
            request.fields = json.loads(body)
            check(request.fields, FIELDS | GENERATION_ONLY)
        elif (
            request.method == "POST" and request.path == "/v1/images/edits" and kind == "multipart/form-data"
        ):
            parse_form(request, body)
            check(request.fields, FIELDS | EDIT_ONLY)
            check_files(request.files)
        else:
            raise BadRequest(f"Invalid URL ({request.method} {request.path})", status=404)
        return self._drawn(request.fields)

    def _drawn(self, fields: dict[str, Any]) -> dict[str, Any]:
        model, size = fields.get("model", "dall-e-2"), fields.get("size", "1024x1024")
        size = "64x64" if size == "auto" else size
        linked = not model.startswith("gpt-image") and (
            self.prefer_urls or fields.get("response_format", "url") == "url"
        )
        data: list[dict[str, str]] = []
        for index in range(fields.get("n") or 1):
            picture = draw(
                f"{fields['prompt']}/{fields.get('seed')}/{index}", size, fields.get("output_format", "png")
            )
            if linked:
                path = f"/generated/{hashlib.sha256(picture).hexdigest()[:16]}.png"
                self._stored[path] = picture
                data.append({"url": self.url_base + path})
            else:
                data.append({"b64_json": base64.b64encode(picture).decode()})
        answer: dict[str, Any] = {"created": 1_795_000_000, "data": data}
        if model.startswith("gpt-image"):
            details = {"text_tokens": len(fields["prompt"].split()), "image_tokens": 0}
            answer["usage"] = {
                "input_tokens": details["text_tokens"],
                "input_tokens_details": details,
                "output_tokens": 1000 * len(data),
                "total_tokens": details["text_tokens"] + 1000 * len(data),
            }
        return answer


def check(fields: dict[str, Any], schema: dict[str, dict[str, Any]]) -> None:
    model = str(fields.get("model", "dall-e-2"))
    takes = dict(schema)
    if model == "sd-test":
        takes["seed"] = {"type": int}
    if model.startswith("gpt-image"):
        takes.pop("response_format")
    if model not in ("sd-test", "gpt-image-test"):
        raise BadRequest(f"The model '{model}' does not exist.", "model", "model_not_found", 404)
    for name, value in fields.items():
        if name not in takes:
            raise BadRequest(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
        rule = takes[name]
        if not isinstance(value, rule["type"]) or (rule["type"] is int and isinstance(value, bool)):
            raise BadRequest(f"Invalid type for '{name}'.", name, "invalid_type")
        if "enum" in rule and value not in rule["enum"]:
            raise BadRequest(f"Invalid value: '{value}'.", name, "invalid_value")
        if "minimum" in rule and not rule["minimum"] <= value <= rule["maximum"]:
            raise BadRequest(f"'{name}' is out of range.", name, "integer_out_of_range")
    if not fields.get("prompt"):
        raise BadRequest("You must provide a prompt.", "prompt", "missing_required_parameter")
    size = fields.get("size", "auto")
    if size != "auto" and not all(part.isdecimal() and 0 < int(part) <= 3840 for part in size.split("x", 1)):
        raise BadRequest(f"Invalid size '{size}'.", "size", "invalid_value")


def parse_form(request: Received, body: bytes) -> None:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename() is not None:
            request.files.append((name, part.get_content_type(), content))
        else:
            text = content.decode()
            numeric = (FIELDS | {"seed": {"type": int}}).get(name, {}).get("type") is int
            request.fields[name] = int(text) if numeric and text.isdecimal() else text


def check_files(files: list[tuple[str, str, bytes]]) -> None:
    names = [name for name, _, _ in files]
    images = [item for item in files if item[0] in ("image", "image[]")]
    if not images or len(images) > 16 or names.count("image") > 1 or len({item[0] for item in images}) > 1:
        raise BadRequest("Give one 'image', or up to 16 as 'image[]'.", "image", "invalid_value")
    if set(names) - {"image", "image[]", "mask"} or names.count("mask") > 1:
        raise BadRequest("Unknown file part.", None, "unknown_parameter")
    for name, media_type, content in files:
        if (
            media_type not in PICTURE_TYPES
            or Image.open(io.BytesIO(content)).format != PICTURE_TYPES[media_type]
        ):
            raise BadRequest(f"Unsupported file type {media_type}.", name, "unsupported_file_mimetype")
    masks = [item for item in files if item[0] == "mask"]
    if masks:
        _, media_type, content = masks[0]
        mask = Image.open(io.BytesIO(content))
        same_size = mask.size == Image.open(io.BytesIO(images[0][2])).size
        if media_type != "image/png" or mask.mode != "RGBA" or len(content) >= 4 * 10**6 or not same_size:
            raise BadRequest("Invalid mask.", "mask", "invalid_image_format")


def draw(seed: str, size: str, output_format: str) -> bytes:
    """A picture of the size asked for, the same for the same seed."""
    width, height = (int(part) for part in size.split("x"))
    digest = hashlib.sha256(seed.encode()).digest()
    tile = Image.frombytes("RGB", (3, 3), digest[:27])
    stream = io.BytesIO()
    tile.resize((width, height), Image.Resampling.BICUBIC).save(stream, FORMATS[output_format])
    return stream.getvalue()
