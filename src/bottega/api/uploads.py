"""Request bodies: read with a limit that holds while reading; files go to disk, never whole into memory.

What is in a file is checked by the asset store, what is in a field by the schemas.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from bottega.errors import BottegaError, InputError, TooLarge, UnsupportedMedia
from bottega.settings import Settings

MOST_FILES = 16
MOST_FIELDS = 32
LARGEST_FIELD = 64 * 1024
LARGEST_JSON = 256 * 1024
_LARGEST_HEADER = 8 * 1024
_WHOLE_FORM = 4
"""All files of a form together may have so many times what a single one may."""
_TOGETHER = 256 * 1024
"""Bytes that are parsed and written in one go on a thread."""
_LINGER_BYTES = 256 * 2**20
_LINGER_SECONDS = 5.0

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file of a form. `name` is what the client calls it; `path` is a temporary file."""

    field: str
    name: str
    path: Path


@dataclass(slots=True)
class ReceivedForm:
    fields: dict[str, str] = field(default_factory=dict[str, str])
    files: list[ReceivedFile] = field(default_factory=list[ReceivedFile])


# --- JSON ----------------------------------------------------------------------------------------------------


def content_type(request: Request) -> str:
    """`multipart/form-data`, `application/json`, ...: in lower case, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json(request: Request, model: type[M], most: int = LARGEST_JSON) -> M:
    """The body, of at most so many bytes, as `model`. Raises UnsupportedMedia, TooLarge, RequestValidationError."""
    kind = content_type(request)
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMedia("The body must be JSON.", hint="Send it with Content-Type: application/json.")
    raw = b"".join([chunk async for chunk in limited(request, most)])
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError) -> RequestValidationError:
    """The same faults, as those of a request's body."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found])


def invalid_field(name: str, message: str) -> RequestValidationError:
    """One fault of one field."""
    return RequestValidationError([{"loc": ("body", name), "msg": message}])


def read_fields(
    form: ReceivedForm,
    model: type[M],
    *,
    files: Collection[str],
    fields: Collection[str],
    as_json: Collection[str],
) -> M:
    """The fields of a form as `model`; those of `as_json` hold JSON text. `files` and `fields` are the names there are.

    Raises RequestValidationError.
    """
    for file in form.files:
        if file.field not in files:
            raise invalid_field(
                file.field[:80], f"There is no such file field; there are: {', '.join(files)}."
            )
    for name in form.fields:
        if name in files:
            raise invalid_field(name, "This field must be a file.")
        if name not in fields:
            raise invalid_field(name[:80], f"There is no such field; there are: {', '.join(fields)}.")
    # A form sends its empty fields too.
    values: dict[str, Any] = {name: text for name, text in form.fields.items() if text.strip()}
    for name in values.keys() & set(as_json):
        try:
            values[name] = from_json(values[name], allow_inf_nan=False)
        except ValueError as error:
            raise invalid_field(name, f"This is not valid JSON: {error}") from None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


# --- bytes ---------------------------------------------------------------------------------------------------


async def limited(request: Request, most: int) -> AsyncGenerator[bytes]:
    """The body, piece by piece. Raises TooLarge as soon as it is known to have more than `most` bytes."""
    error = TooLarge(f"The request is larger than the {_size(most)} that are allowed here.", limit=most)
    declared = request.headers.get("content-length", "")
    stream = request.stream()
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        # A client that waits for `100 Continue` has sent nothing yet and need not.
        if request.headers.get("expect", "").lower() != "100-continue":
            await _linger(stream)
        raise error
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > most:
            await _linger(stream)
            raise error
        yield chunk


async def _linger(stream: AsyncGenerator[bytes]) -> None:
    """Drop what still comes for a while: a connection that is closed while its client is sending is reset, and
    the client would never read why."""
    end = time.monotonic() + _LINGER_SECONDS
    dropped = 0
    try:
        async with asyncio.timeout(_LINGER_SECONDS):
            async for chunk in stream:
                dropped += len(chunk)
                if dropped > _LINGER_BYTES or time.monotonic() > end:
                    return
    except (TimeoutError, TooLarge, ClientDisconnect):
        return


@asynccontextmanager
async def received_file(request: Request, settings: Settings) -> AsyncGenerator[Path]:
    """The body as a temporary file, there until the context ends. Raises TooLarge."""
    async with _folder(settings) as folder:
        path = folder / "body"
        with path.open("wb") as target:
            async for chunk in _gathered(limited(request, settings.max_upload_bytes)):
                await asyncio.to_thread(target.write, chunk)
        yield path


@asynccontextmanager
async def received_form(
    request: Request, settings: Settings, *, most_files: int = MOST_FILES, whole: int = _WHOLE_FORM
) -> AsyncGenerator[ReceivedForm]:
    """The fields and files of a multipart body; the files are there until the context ends. All files together may have
    `whole` times what a single one may.

    Raises TooLarge for a file, a field or a whole that is too large and for too many of them, InputError for
    what is no multipart form.
    """
    _, parameters = parse_options_header(request.headers.get("content-type"))
    boundary = parameters.get(b"boundary")
    if not boundary:
        raise InputError("The form's Content-Type names no boundary.")
    async with _folder(settings) as folder:
        form = _Form(boundary, folder, settings.max_upload_bytes, most_files)
        stream = limited(request, whole * settings.max_upload_bytes + LARGEST_JSON)
        try:
            async for chunk in _gathered(stream):
                await asyncio.to_thread(form.feed, chunk)
            await asyncio.to_thread(form.finish)
        except FormParserError as error:
            raise InputError("The body is not a well-formed multipart form.") from error
        except BottegaError:
            await _linger(stream)
            raise
        finally:
            form.close()
        yield form.received


@asynccontextmanager
async def _folder(settings: Settings) -> AsyncGenerator[Path]:
    scratch = settings.home_dir / "scratch"

    def make() -> Path:
        scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=scratch, prefix="received-"))

    folder = await asyncio.to_thread(make)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _gathered(stream: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The same bytes in larger pieces, so that few go to a thread."""
    buffer = bytearray()
    async for chunk in stream:
        buffer += chunk
        if len(buffer) >= _TOGETHER:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)


# --- multipart -----------------------------------------------------------------------------------------------


class _Form:
    """Takes a multipart body apart as it comes (RFC 7578). `feed` raises TooLarge, InputError, FormParserError."""

    def __init__(self, boundary: bytes, folder: Path, largest_file: int, most_files: int) -> None:
        self.received = ReceivedForm()
        self._most_files = most_files
        self._folder = folder
        self._largest_file = largest_file
        self._headers: dict[bytes, bytes] = {}
        self._header_name = b""
        self._header_value = b""
        self._name = ""
        self._file_name: str | None = None
        self._text = bytearray()
        self._target: IO[bytes] | None = None
        self._path = folder
        self._size = 0
        self._parts = 0
        self._complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_field,
                "on_header_value": self._header_part,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._part_ends,
                "on_end": self._ends,
            },
        )

    def feed(self, chunk: bytes) -> None:
        self._parser.write(chunk)

    def finish(self) -> None:
        self._parser.finalize()
        if not self._complete:
            raise InputError("The form ends before its last part does.", hint="Send it again, completely.")

    def close(self) -> None:
        if self._target is not None:
            self._target.close()
            self._target = None

    def _part_begins(self) -> None:
        self._headers = {}
        self._text = bytearray()
        self._size = 0

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]
        self._check_header()

    def _header_part(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        self._check_header()

    def _check_header(self) -> None:
        if len(self._header_name) + len(self._header_value) > _LARGEST_HEADER or len(self._headers) > 16:
            raise TooLarge("A part of the form has more headers than allowed.")

    def _header_ends(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _headers_end(self) -> None:
        _, parameters = parse_options_header(self._headers.get(b"content-disposition"))
        if b"name" not in parameters:
            raise InputError("A part of the form has no name.")
        self._name = parameters[b"name"].decode("utf-8", errors="replace")
        file_name = parameters.get(b"filename")
        self._file_name = None if file_name is None else file_name.decode("utf-8", errors="replace")
        if self._file_name is None:
            if len(self.received.fields) >= MOST_FIELDS:
                raise TooLarge(f"A form has at most {MOST_FIELDS} fields.")
            return
        self._parts += 1
        if self._parts > self._most_files:
            raise TooLarge(
                f"A request brings at most {self._most_files} files.", hint="Send the others in a next one."
            )
        self._path = self._folder / str(self._parts)
        self._target = self._path.open("wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._target is None:
            if self._size > LARGEST_FIELD:
                raise TooLarge(f"The field {self._name[:80]!r} has more than {_size(LARGEST_FIELD)}.")
            self._text += data[start:end]
            return
        if self._size > self._largest_file:
            raise TooLarge(
                f"The file {self._file_name or self._name!r:.80} is larger than the "
                f"{_size(self._largest_file)} that are allowed.",
                hint="Send a smaller one, or raise BOTTEGA_MAX_UPLOAD_BYTES.",
                limit=self._largest_file,
            )
        self._target.write(memoryview(data)[start:end])

    def _part_ends(self) -> None:
        if self._target is None:
            self._field_ends()
            return
        self.close()
        # A browser sends an empty part without a name for a file input that was left alone.
        if self._file_name or self._size:
            self.received.files.append(ReceivedFile(self._name, self._file_name or "", self._path))

    def _field_ends(self) -> None:
        if self._name in self.received.fields:
            raise invalid_field(self._name[:80], "This field was given twice.")
        try:
            self.received.fields[self._name] = self._text.decode("utf-8")
        except UnicodeDecodeError:
            raise invalid_field(self._name[:80], "This field is not UTF-8 text.") from None

    def _ends(self) -> None:
        self._complete = True


def _size(count: int) -> str:
    return f"{count / 2**20:.3g} MiB" if count >= 2**20 else f"{count / 1024:.3g} KiB"
