"""The built web studio, served from its folder: compressed, cached for good where the name has a hash, under a strict policy.

It answers where no route does; what a path under /api means is never decided here.
"""

import asyncio
import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bottega.settings import Settings

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
INDEX = "index.html"
_OURS = ("api", "v1", "health", "metrics", "openapi.json", "mcp", "j")
"""First parts of paths that are never a page of the studio."""
_HASHED = re.compile(r"assets/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+")
_TEXT = re.compile(r"text/|application/(json|javascript|manifest\+json|xml)|image/svg\+xml")
_SMALLEST_PACKED = 512
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}


def web_folder(settings: Settings) -> Path | None:
    """Where the built studio is: as the settings say, in the package, or in a checkout; None where it is not built."""
    if settings.web_dir is not None:
        candidates = [settings.web_dir.expanduser()]
    else:
        package = Path(__file__).parents[1]
        # In a checkout the newest build is the one in web/; what was copied into the package may be older.
        candidates = [package.parents[1] / "web" / "dist", package / "web_dist"]
        if not (package.parents[1] / "web" / "package.json").is_file():
            candidates.reverse()
    return next((folder for folder in candidates if (folder / INDEX).is_file()), None)


@dataclass(frozen=True, slots=True)
class _Served:
    content: bytes
    packed: bytes | None
    media_type: str
    etag: str
    modified: int


@dataclass(slots=True)
class StaticFiles:
    """`folder` is read as it is asked for; what was read is remembered until the file changes."""

    folder: Path
    _known: dict[str, _Served] = field(default_factory=dict[str, _Served])

    async def page(self, headers: Headers, *, head: bool = False) -> Response:
        """The studio's page, whose script shows what the address means."""
        served = await asyncio.to_thread(self._load, INDEX)
        if served is None:
            return Response("The web studio is being built.", 503, media_type="text/plain")
        return _answer(served, headers, "no-cache", head=head)

    async def find(self, path: str, headers: Headers, *, head: bool = False) -> Response | None:
        """The answer to a path without its leading slash; None when nothing of the studio is there."""
        if path.split("/", 1)[0] in _OURS:
            return None
        served = await asyncio.to_thread(self._load, path)
        if served is not None:
            keep = "public, max-age=31536000, immutable" if _HASHED.fullmatch(path) else "no-cache"
            return _answer(served, headers, keep, head=head)
        # A file that is not there must not be answered with a page: a script would run into its markup.
        is_page = "." not in path.rsplit("/", 1)[-1] and not path.startswith("assets/")
        return await self.page(headers, head=head) if is_page else None

    def _load(self, path: str) -> _Served | None:
        if (
            not path
            or "\\" in path
            or any(part in ("", ".", "..") or part[0] == "." for part in path.split("/"))
        ):
            return None
        file = (self.folder / path).resolve()
        if not file.is_relative_to(self.folder.resolve()) or not file.is_file():
            return None
        modified = file.stat().st_mtime_ns
        known = self._known.get(path)
        if known is not None and known.modified == modified:
            return known
        content = file.read_bytes()
        media_type = (
            _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        )
        self._known[path] = _Served(
            content=content,
            packed=_packed(file, content, media_type),
            media_type=media_type,
            etag=hashlib.sha256(content).hexdigest()[:32],
            modified=modified,
        )
        return self._known[path]


def _packed(file: Path, content: bytes, media_type: str) -> bytes | None:
    """The gzip form: as it was built, or made now; None where that gains nothing."""
    if not _TEXT.match(media_type) or len(content) < _SMALLEST_PACKED:
        return None
    built = file.with_name(f"{file.name}.gz")
    if built.is_file() and built.stat().st_mtime_ns >= file.stat().st_mtime_ns:
        return built.read_bytes()
    return gzip.compress(content, 6, mtime=0)


def _answer(served: _Served, asked: Headers, keep: str, *, head: bool) -> Response:
    packed = served.packed if _takes_gzip(asked.get("accept-encoding", "")) else None
    etag = f'"{served.etag}{"-gz" if packed is not None else ""}"'
    headers = {**PAGE_HEADERS, "Cache-Control": keep, "ETag": etag, "Vary": "Accept-Encoding"}
    known = {tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    body = served.content if packed is None else packed
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return Response(b"" if head else body, headers=headers, media_type=served.media_type)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class Fallback:
    """The ASGI application for what no route answers: the studio's files and pages, else as before."""

    def __init__(self, files: StaticFiles, otherwise: ASGIApp) -> None:
        self._files = files
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            answer = await self._files.find(
                scope["path"].lstrip("/"), Headers(scope=scope), head=scope["method"] == "HEAD"
            )
            if answer is not None:
                await answer(scope, receive, send)
                return
        await self._otherwise(scope, receive, send)
