"""Files that a client hands in: an asset that is stored already, bytes, or a path inside an allowed folder.

What is in a file is checked by the asset store.
"""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from pathlib import Path

from bottega.app import Bottega
from bottega.domain.asset import Asset
from bottega.domain.principal import Principal
from bottega.domain.request import InputRef
from bottega.errors import InputError, NotAllowed, NotFound, TooLarge
from bottega.mcp.arguments import FileArgument, Source

LARGEST_INLINE = 8 * 2**20
"""Bytes of a file that comes as base64 in a message; larger ones come by path or over the HTTP API."""


class PathNotAllowed(NotAllowed):
    code = "path-not-allowed"
    title = "This path may not be read"


class FileAccess:
    """`roots` are the folders below which paths may lie; none, and no path is taken."""

    def __init__(self, shop: Bottega, roots: Sequence[Path] = ()) -> None:
        self._shop = shop
        self.roots = tuple(root.expanduser().resolve() for root in roots)

    async def refs(self, given: Sequence[FileArgument], who: Principal) -> tuple[InputRef, ...]:
        """The files as inputs; those that are not stored yet are stored as the asker's assets.

        What is wrong with one names its position in `details["file"]`. Raises the InputError family.
        """
        refs: list[InputRef] = []
        for position, file in enumerate(given):
            try:
                asset_id = file.asset_id or (await self.add(file, who)).id
            except InputError as error:
                error.details.setdefault("file", position)
                raise
            refs.append(InputRef(role=file.role, asset_id=asset_id))
        return tuple(refs)

    async def add(self, source: Source, who: Principal) -> Asset:
        """Check a picture completely and keep it. Raises the InputError family."""
        if source.path is not None:
            path = await asyncio.to_thread(self.allowed, source.path)
            return await self._shop.add_asset(path, name=source.name or path.name, who=who)
        content = await asyncio.to_thread(self._decode, source.data or "")
        return await self._shop.add_asset(content, name=source.name, who=who)

    def allowed(self, given: str) -> Path:
        """The real path of a file inside one of the roots, links followed.

        Raises PathNotAllowed for anything outside, whether it exists or not, NotFound for what is no file inside.
        """
        if not self.roots:
            raise PathNotAllowed(
                "This server takes no paths.",
                hint="Send the bytes as `data`, or start the server over stdio with --root FOLDER.",
            )
        try:
            path = (self.roots[0] / Path(given).expanduser()).resolve()
            inside = any(path.is_relative_to(root) for root in self.roots)
            is_file = inside and path.is_file()
        except (OSError, ValueError, RuntimeError):  # loops of links, impossible names, unknown homes
            raise PathNotAllowed("This path cannot be used.", hint=self._inside()) from None
        if not inside:
            raise PathNotAllowed("This path lies outside the allowed folders.", hint=self._inside())
        if not is_file:
            raise NotFound(f"There is no file {given[:200]!r} in the allowed folders.")
        return path

    def _inside(self) -> str:
        return f"The allowed folders are: {', '.join(map(str, self.roots))}."

    def _decode(self, data: str) -> bytes:
        limit = min(LARGEST_INLINE, self._shop.settings.max_upload_bytes)
        if len(data) > 4 * -(-limit // 3):
            raise TooLarge(
                f"The data has more than the {limit / 2**20:.3g} MiB that are allowed in a message.",
                hint="Hand the file in by path, or upload it over the HTTP API and name the asset.",
                limit=limit,
            )
        try:
            return base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            raise InputError(
                "The data is not base64.", hint="Encode the file's bytes, without a prefix."
            ) from None
