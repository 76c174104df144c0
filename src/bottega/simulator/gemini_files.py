"""The simulated Files API of Gemini: upload in two steps, get, list, delete, download of what the model made."""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bottega.simulator.gemini_errors import VENDOR, answered, status_answer
from bottega.simulator.gemini_request import get
from bottega.simulator.world import Entry, World

PUBLIC = "https://generativelanguage.googleapis.com/v1beta"
"""File addresses name the vendor's own host: the SDK takes the id out and asks its base URL."""
KEPT_SECONDS = 48 * 3600
"""How long a file is kept, in real seconds."""


@dataclass
class StoredFile:
    """`source`: UPLOADED (cannot be downloaded) or GENERATED. `made` and `gone` are seconds since the epoch."""

    id: str
    kind: str
    data: bytes
    source: str
    title: str
    made: float
    gone: float

    def as_json(self) -> dict[str, Any]:
        about = {
            "name": f"files/{self.id}",
            "mimeType": self.kind,
            "sizeBytes": str(len(self.data)),
            "createTime": _stamp(self.made),
            "updateTime": _stamp(self.made),
            "expirationTime": _stamp(self.gone),
            "sha256Hash": base64.b64encode(hashlib.sha256(self.data).hexdigest().encode()).decode(),
            "uri": f"{PUBLIC}/files/{self.id}",
            "state": "ACTIVE",
            "source": self.source,
        }
        if self.title:
            about["displayName"] = self.title
        if self.source == "GENERATED":
            about["downloadUri"] = f"{PUBLIC}/files/{self.id}:download?alt=media"
        return about


@dataclass
class Shelf:
    """Stored files, and uploads that have begun (id, media type, title), by upload id."""

    files: dict[str, StoredFile] = field(default_factory=dict[str, StoredFile])
    begun: dict[str, tuple[str, str, str]] = field(default_factory=dict[str, tuple[str, str, str]])
    pieces: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def readable(self) -> dict[str, tuple[str, bytes]]:
        """Media type and bytes by id, of the files that still exist."""
        return {name: (file.kind, file.data) for name, file in self.files.items() if time.time() < file.gone}


def shelf(world: World) -> Shelf:
    kept: Shelf = world.state.setdefault(f"{VENDOR}.files", Shelf())
    return kept


def store(world: World, kind: str, data: bytes, source: str, title: str = "", name: str = "") -> StoredFile:
    now = time.time()
    name = name or world.new_id(12)
    file = StoredFile(name, kind, data, source, title, now, now + KEPT_SECONDS)
    shelf(world).files[name] = file
    return file


def file_routes(world: World) -> list[Route]:
    async def begin(request: Request) -> Response:
        if "upload_id" not in request.query_params:
            return await answered(world, request, "files.upload", lambda entry: _begin(world, entry))
        entry = await world.enter(request, VENDOR, "files.upload.bytes")  # the address is the key
        await entry.act("before")
        response = await _take(world, entry)
        await entry.act("after")
        return entry.finish(response)

    async def listing(request: Request) -> Response:
        def answer(_: Entry) -> Response:
            files = [shelf(world).files[name].as_json() for name in shelf(world).readable()]
            return JSONResponse({"files": files} if files else {})

        return await answered(world, request, "files.list", answer)

    async def one(request: Request) -> Response:
        name, _, verb = str(request.path_params["name"]).partition(":")
        operation = "files.download" if verb else f"files.{request.method.lower()}"
        return await answered(world, request, operation, lambda entry: _one(world, entry, name, verb))

    return [
        Route("/upload/v1beta/files", begin, methods=["POST"]),
        Route("/v1beta/files", listing),
        Route("/v1beta/files/{name}", one, methods=["GET", "DELETE"]),
    ]


def _begin(world: World, entry: Entry) -> Response:
    """First step: announces type and length, and is told where to send the bytes."""
    headers = entry.request.headers
    about = cast("dict[str, Any]", entry.fields.get("file") or {})
    kind = headers.get("x-goog-upload-header-content-type") or str(get(about, "mimeType", ""))
    if (
        headers.get("x-goog-upload-protocol") != "resumable"
        or headers.get("x-goog-upload-command") != "start"
        or not kind
    ):
        return status_answer(
            400, "INVALID_ARGUMENT", "Uploads begin with X-Goog-Upload-Command: start and a type."
        )
    upload_id = world.new_id(32)
    name = str(about.get("name", "")).removeprefix("files/") or world.new_id(12)
    if name in shelf(world).readable():
        return status_answer(409, "ALREADY_EXISTS", f"Requested entity already exists: files/{name}")
    shelf(world).begun[upload_id] = (name, kind, str(get(about, "displayName", "")))
    url = entry.request.url.replace(query=f"upload_id={upload_id}&upload_protocol=resumable")
    return Response(headers={"x-goog-upload-url": str(url), "x-goog-upload-status": "active"})


async def _take(world: World, entry: Entry) -> Response:
    """Second step: takes the bytes, in one or several pieces."""
    kept, upload_id = shelf(world), entry.request.query_params["upload_id"]
    if upload_id not in kept.begun:
        return status_answer(404, "NOT_FOUND", "The upload does not exist or is finished.")
    so_far = kept.pieces.get(upload_id, b"")
    if int(entry.request.headers.get("x-goog-upload-offset", "0")) != len(so_far):
        return status_answer(400, "INVALID_ARGUMENT", f"The upload goes on at byte {len(so_far)}.")
    data = so_far + await entry.request.body()
    if "finalize" not in entry.request.headers.get("x-goog-upload-command", ""):
        kept.pieces[upload_id] = data
        return Response(headers={"x-goog-upload-status": "active"})
    name, kind, title = kept.begun.pop(upload_id)
    kept.pieces.pop(upload_id, None)
    entry.malformed = ""
    entry.add_file("file", title, kind, data)
    file = store(world, kind, data, "UPLOADED", title, name)
    return JSONResponse({"file": file.as_json()}, headers={"x-goog-upload-status": "final"})


def _one(world: World, entry: Entry, name: str, verb: str) -> Response:
    kept = shelf(world)
    if name not in kept.readable() or verb not in ("", "download"):
        message = f"You do not have permission to access the File {name} or it may not exist."
        return status_answer(403, "PERMISSION_DENIED", message)
    file = kept.files[name]
    if verb == "download":
        if file.source != "GENERATED":
            return status_answer(400, "INVALID_ARGUMENT", "Only generated files can be downloaded.")
        return Response(entry.picture(file.data), media_type=file.kind)
    if entry.request.method == "DELETE":
        del kept.files[name]
        return JSONResponse({})
    return JSONResponse(file.as_json())


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
