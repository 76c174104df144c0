"""The simulated Files API of Replicate: inputs that are too large for a data URL."""

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bottega.simulator.replicate_errors import VENDOR, answered, not_found, problem
from bottega.simulator.world import Entry, World

LARGEST_FILE = 100 * 1024 * 1024
KEPT_SECONDS = 24 * 3600
"""How long a file is kept, in real seconds."""


@dataclass(frozen=True)
class StoredFile:
    """`made` and `gone` are seconds since the epoch."""

    id: str
    kind: str
    data: bytes
    metadata: Any
    made: float
    gone: float

    def as_json(self, base: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "content_type": self.kind,
            "size": len(self.data),
            "checksums": {"sha256": hashlib.sha256(self.data).hexdigest()},
            "metadata": self.metadata,
            "created_at": _stamp(self.made),
            "expires_at": _stamp(self.gone),
            "urls": {"get": f"{base}/files/{self.id}"},
        }


def stored(world: World) -> dict[str, StoredFile]:
    """The uploaded files that still exist, by id."""
    files: dict[str, StoredFile] = world.state.setdefault(f"{VENDOR}.files", {})
    for name in [name for name, file in files.items() if time.time() >= file.gone]:
        del files[name]
    return files


def base_of(request: Request) -> str:
    """The address under which the client reaches this vendor."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"


def file_routes(world: World) -> list[Route]:
    async def post(request: Request) -> Response:
        return await answered(world, request, "files.create", lambda entry: _create(world, entry))

    async def listing(request: Request) -> Response:
        def answer(_: Entry) -> Response:
            results = [file.as_json(base_of(request)) for file in stored(world).values()]
            return JSONResponse({"next": None, "previous": None, "results": results})

        return await answered(world, request, "files.list", answer)

    async def one(request: Request) -> Response:
        deletes = request.method == "DELETE"

        def answer(_: Entry) -> Response:
            file = stored(world).get(request.path_params["id"])
            if file is None:
                return not_found("File not found")
            if deletes:
                del stored(world)[file.id]
                return Response(status_code=204)
            return JSONResponse(file.as_json(base_of(request)))

        return await answered(world, request, "files.delete" if deletes else "files.get", answer)

    return [
        Route("/files", post, methods=["POST"]),
        Route("/files", listing),
        Route("/files/{id}", one, methods=["GET", "DELETE"]),
    ]


def _create(world: World, entry: Entry) -> Response:
    sent = entry.files.get("content")
    if not sent:
        return problem(400, "Bad request", "Missing content")
    seen, data = sent[0]
    if len(data) >= LARGEST_FILE:
        return problem(413, "Content too large", "Files must be less than 100MB in size")
    name = str(entry.fields.get("filename") or seen.name)
    if not name or len(name.encode()) > 255:
        return problem(400, "Bad request", "Missing filename, or it is longer than 255 bytes")
    metadata: Any = {}
    texts = [entry.fields.get("metadata"), *(part.decode() for _, part in entry.files.get("metadata", []))]
    for text in filter(None, texts):
        try:
            metadata = json.loads(str(text))
        except ValueError:
            return problem(400, "Bad request", "Metadata must be valid JSON")
    kind = str(entry.fields.get("type") or seen.media_type or "application/octet-stream")
    now = time.time()
    file = StoredFile(world.new_id(26), kind, data, metadata, now, now + KEPT_SECONDS)
    stored(world)[file.id] = file
    return JSONResponse(file.as_json(base_of(entry.request)), status_code=201)


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
