"""What a picture shows, as a hash: the same for every file that decodes to the same pixels, whatever its metadata.

It is computed once per asset, in a compute process, and kept.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from bottega.compute import ComputePool
from bottega.domain.asset import MediaInfo
from bottega.domain.task import TaskInput
from bottega.errors import BottegaError
from bottega.imaging.decode import Limits, decode, examine
from bottega.store.database import Database
from bottega.store.drawings import inspect_drawing, is_drawing
from bottega.store.keyed_cache import upsert
from bottega.store.locks import KeyedLocks
from bottega.store.schema import asset_digests as D

if TYPE_CHECKING:
    from bottega.imaging.picture import Picture

_SCHEME = "p1:"
"""To be changed when the same picture gets another hash; what was kept is then computed again."""
_REMEMBERED = 4096

log = structlog.get_logger(__name__)


def pixel_digest(path: Path, limits: Limits) -> str:
    """The digest of the file's first picture. Raises as `decode`."""
    return digest_of(decode(path, limits))


def inspect_with_digest(path: Path, limits: Limits) -> tuple[MediaInfo, str | None]:
    """What is in a file, and the digest of what it shows where that is one still picture. Raises as `inspect`, and for
    drawings as `inspect_drawing`."""
    if is_drawing(path):
        return inspect_drawing(path, limits), None
    media, picture = examine(path, limits)
    return media, digest_of(picture) if picture is not None and is_still(media) else None


def digest_of(picture: "Picture") -> str:
    """SHA-256 of the upright picture: its shape, bit depth, colours, transparency, and the colour profile where
    decoding left the values in one."""
    digest = hashlib.sha256()
    for plane in (picture.rgb, picture.alpha):
        digest.update(b"none;" if plane is None else f"{plane.shape}{plane.dtype.itemsize};".encode())
        if plane is not None:
            digest.update(plane.astype(plane.dtype.newbyteorder("<"), order="C", copy=False).data)
    digest.update(hashlib.sha256(picture.icc_profile or b"").digest())
    return _SCHEME + digest.hexdigest()


class PixelDigests:
    """Belongs to one event loop. `limits` are those under which the assets were taken in."""

    def __init__(self, database: Database, compute: ComputePool, limits: Limits, *, timeout_s: float) -> None:
        self._database = database
        self._compute = compute
        self._limits = limits
        self._timeout_s = timeout_s
        self._known: OrderedDict[str, str] = OrderedDict()
        self._locks = KeyedLocks()

    async def of(self, inputs: Iterable[TaskInput]) -> dict[str, str]:
        """Digests by asset id, of the still pictures among the inputs. What moves, is no picture, or cannot be decoded
        now is left out: only the very same bytes are then the same input."""
        files = {item.asset_id: item.path for item in inputs if is_still(item.media)}
        found = {asset_id: self._known[asset_id] for asset_id in files if asset_id in self._known}
        missing = [asset_id for asset_id in files if asset_id not in found]
        if missing:
            found |= await self._kept(missing)
            found |= await self._computed({a: files[a] for a in missing if a not in found})
        for asset_id, digest in found.items():
            self._remember(asset_id, digest)
        return found

    async def _kept(self, asset_ids: list[str]) -> dict[str, str]:
        query = sa.select(D.c.asset_id, D.c.digest).where(D.c.asset_id.in_(asset_ids))
        rows = await self._database.read(lambda c: c.execute(query).all())
        return {asset_id: digest for asset_id, digest in rows if digest.startswith(_SCHEME)}

    async def _computed(self, files: dict[str, Path]) -> dict[str, str]:
        digests = await asyncio.gather(*(self._one(asset_id, path) for asset_id, path in files.items()))
        return {a: digest for a, digest in zip(files, digests, strict=True) if digest is not None}

    async def _one(self, asset_id: str, path: Path) -> str | None:
        async with self._locks.of(asset_id):
            if asset_id in self._known:
                return self._known[asset_id]
            try:
                digest = await self._compute.call_with(
                    pixel_digest, (path, self._limits), timeout_s=self._timeout_s
                )
            except BottegaError as error:
                log.warning("digest.failed", asset=asset_id, error=error.message)
                return None
            await self.keep(asset_id, digest)
            return digest

    async def keep(self, asset_id: str, digest: str) -> None:
        """Note a digest that was computed elsewhere, as when the asset was taken in."""
        self._remember(asset_id, digest)
        await self._database.write(lambda c: upsert(c, D, {"asset_id": asset_id}, digest=digest))

    def _remember(self, asset_id: str, digest: str) -> None:
        self._known[asset_id] = digest
        self._known.move_to_end(asset_id)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def is_still(media: MediaInfo) -> bool:
    """Whether a digest of its pixels says all of it."""
    return media.is_picture and media.frames == 1 and media.media_type != "image/svg+xml"
