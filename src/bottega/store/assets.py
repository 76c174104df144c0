"""Asset files by content hash, and whose they are. Every foreign byte enters here and is checked first.

The same content is stored once on disk; each owner has a row of their own and sees nothing of the others'.
"""

import asyncio
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bottega.compute import ComputePool
from bottega.domain.asset import Asset, MediaInfo, Provenance
from bottega.errors import InvalidOption, NotFound, ResourceError
from bottega.imaging.decode import inspect
from bottega.imaging.limits import Limits
from bottega.imaging.thumbnail import make_thumbnail
from bottega.settings import Settings
from bottega.store.database import Database, insert_new
from bottega.store.gallery import show_assets
from bottega.store.pixel_digests import PixelDigests, inspect_with_digest
from bottega.store.schema import assets as A

THUMBNAIL_SIDES = (128, 256, 512, 1024)
_CHUNK = 1 << 20

_EXTENSIONS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/avif": ".avif",
    "image/svg+xml": ".svg",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "text/x.gcode": ".gcode",
    "application/json": ".json",
    "application/dxf": ".dxf",
    "application/vnd.lightburn+xml": ".lbrn2",
    "application/pdf": ".pdf",
}


def extension_for(media_type: str) -> str:
    """`.png` for `image/png`; `.bin` for a type without a usual extension."""
    return _EXTENSIONS.get(media_type, ".bin")


class AssetStore:
    """Files under `root`; a file is complete or not there (written beside, synced, then renamed)."""

    def __init__(self, database: Database, compute: ComputePool, settings: Settings) -> None:
        self._database = database
        self._compute = compute
        self._root = settings.home_dir / "assets"
        self._thumbnails = settings.home_dir / "thumbnails"
        self._scratch = settings.home_dir / "scratch"
        self._decode_seconds = settings.decode_timeout_seconds
        self.limits = Limits.from_settings(settings)
        # What an engine made from an allowed picture may be larger than what may be sent in.
        self.result_limits = self.limits.model_copy(
            update={"max_bytes": 16 * self.limits.max_bytes, "max_pixels": 4 * self.limits.max_pixels}
        )
        self.digests = PixelDigests(database, compute, self.result_limits, timeout_s=self._decode_seconds)

    # --- in --------------------------------------------------------------------------------------------------

    async def add(self, source: Path | bytes, *, owner: str, name: str, kind: str = "upload") -> Asset:
        """Check foreign bytes completely and keep them as they are.

        Raises the InputError family: UnreadablePicture, TooLarge, UnsupportedMedia.
        """
        staged = await asyncio.to_thread(self._stage, source)
        try:
            media, digest = await self._compute.call_with(
                inspect_with_digest, (staged, self.limits), timeout_s=self._decode_seconds
            )
            asset = await self._keep(staged, media, owner=owner, name=name, kind=kind)
            if digest is not None:
                await self.digests.keep(asset.id, digest)
            return asset
        finally:
            await asyncio.to_thread(staged.unlink, missing_ok=True)

    async def check_result(
        self,
        source: Path,
        *,
        owner: str,
        name: str,
        media_type: str,
        label: str,
        provenance: Provenance,
        local: bool,
    ) -> Asset:
        """A file that an engine made, kept. Whose it is has still to be written down: with `keep_rows`, in the
        transaction that remembers the result. Pictures and clips are checked like any other; documents of other types
        (G-code, SVG) are taken only from engines of this machine. A provider's file is an `original`: its bytes are
        never touched. A file in a scratch folder is moved out of it."""
        if media_type.startswith(("image/", "video/")) and media_type != "image/svg+xml":
            media = await self._inspect(source, self.result_limits)
        elif local:
            media = MediaInfo(media_type=media_type)
        else:
            raise InvalidOption(f"A file of type {media_type} is not taken from a foreign engine.")
        return await self._stored(
            source,
            media,
            owner=owner,
            name=name,
            kind="result" if local else "original",
            label=label,
            provenance=provenance,
        )

    async def _inspect(self, path: Path, limits: Limits) -> MediaInfo:
        return await self._compute.call_with(inspect, (path, limits), timeout_s=self._decode_seconds)

    def _stage(self, source: Path | bytes) -> Path:
        """A private copy, so that what was checked is what is kept."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=self._scratch, prefix="upload-")
        with os.fdopen(handle, "wb") as target:
            if isinstance(source, bytes):
                self.limits.check_bytes(len(source))
                target.write(source)
            else:
                self._copy(source, target)
        return Path(path)

    def _copy(self, source: Path, target: Any) -> None:
        try:
            with source.open("rb") as file:
                # One byte more than allowed is enough to know; `inspect` says it in words.
                left = self.limits.max_bytes + 1
                while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                    target.write(chunk)
                    left -= len(chunk)
        except OSError as error:
            raise NotFound(f"The file {source} cannot be opened: {error.strerror}.") from error

    async def _keep(self, source: Path, media: MediaInfo, *, owner: str, name: str, kind: str) -> Asset:
        asset = await self._stored(source, media, owner=owner, name=name, kind=kind)
        await self._database.write(lambda c: keep_rows(c, [asset]))
        # Whoever removes a file looks for rows once more; where it was gone before ours stood there, it is needed again.
        if not self.path_of(asset.id).exists():
            await asyncio.to_thread(self._store_file, source)
        return await self.get(asset.id, owner)

    async def _stored(
        self,
        source: Path,
        media: MediaInfo,
        *,
        owner: str,
        name: str,
        kind: str,
        label: str = "",
        provenance: Provenance | None = None,
    ) -> Asset:
        asset_id, size = await asyncio.to_thread(self._store_file, source)
        return Asset(
            id=asset_id,
            owner=owner,
            kind=kind,
            name=_safe_name(name, media.media_type),
            label=label,
            media=media,
            size=size,
            created_at=time.time(),
            provenance=provenance,
        )

    def _store_file(self, source: Path) -> tuple[str, int]:
        digest = hashlib.sha256()
        self._root.mkdir(parents=True, exist_ok=True)
        handle, staged = tempfile.mkstemp(dir=self._root, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as target, source.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
                size = target.tell()
            asset_id = digest.hexdigest()
            path = self.path_of(asset_id)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.chmod(staged, 0o440)
            os.replace(staged, path)
        except OSError as error:
            Path(staged).unlink(missing_ok=True)
            raise ResourceError(
                f"The file could not be stored: {error.strerror}.",
                hint="Check the free space and the rights of BOTTEGA_HOME.",
            ) from error
        return asset_id, size

    # --- out -------------------------------------------------------------------------------------------------

    def path_of(self, asset_id: str) -> Path:
        """Where the content with this hash lies. The file must not be written to."""
        return self._root / asset_id[:2] / asset_id[2:4] / asset_id

    async def get(self, asset_id: str, owner: str) -> Asset:
        """Raises NotFound for what does not exist and for what is somebody else's alike."""
        return (await self.get_many([asset_id], owner))[0]

    async def get_many(self, asset_ids: Sequence[str], owner: str) -> list[Asset]:
        """The owner's assets, in the order asked for. Raises NotFound when one of them is not there."""
        if not asset_ids:
            return []
        return await self._database.read(lambda c: assets_of(c, asset_ids, owner))

    async def get_there(self, asset_ids: Collection[str], owner: str) -> list[Asset]:
        """Those of the owner's assets that are there, in no order."""
        return await self._database.read(lambda c: assets_there(c, asset_ids, owner))

    async def list(self, owner: str, *, limit: int = 50, before: float | None = None) -> list[Asset]:
        """The owner's assets, newest first; `before` is the `created_at` of the last one seen."""
        query = sa.select(A).where(A.c.owner == owner).order_by(A.c.created_at.desc(), A.c.id).limit(limit)
        if before is not None:
            query = query.where(A.c.created_at < before)
        rows = await self._database.read(lambda c: c.execute(query).mappings().all())
        return [Asset.model_validate(dict(row)) for row in rows]

    async def thumbnail(self, asset_id: str, side: int, owner: str) -> Path:
        """A WebP of at most `side` pixels, made on first demand. Raises NotFound, InvalidOption."""
        if side not in THUMBNAIL_SIDES:
            raise InvalidOption(f"A thumbnail has a side of {', '.join(map(str, THUMBNAIL_SIDES))} pixels.")
        asset = await self.get(asset_id, owner)
        if not (asset.media.is_picture or asset.media.is_clip):
            raise InvalidOption("Only pictures and clips have thumbnails.")
        path = self._thumbnails / asset_id[:2] / f"{asset_id}-{side}.webp"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            await self._compute.call_with(
                make_thumbnail,
                (self.path_of(asset_id), path, side, self.result_limits),
                timeout_s=self._decode_seconds,
            )
        return path

    def thumbnails_of(self, asset_id: str) -> tuple[Path, ...]:
        """Where its thumbnails lie, those that were made and those that were not."""
        folder = self._thumbnails / asset_id[:2]
        return tuple(folder / f"{asset_id}-{side}.webp" for side in THUMBNAIL_SIDES)

    # --- working folders -------------------------------------------------------------------------------------

    async def scratch(self, name: str) -> Path:
        """A folder for an attempt. Of what a dead process left there, only folders named `*.work` stay: work that can be
        taken up again."""
        path = self._scratch / name
        await asyncio.to_thread(_tidied, path)
        return path

    async def drop_scratch(self, path: Path) -> None:
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)


_OF_OWNER = sa.select(A).where(
    A.c.owner == sa.bindparam("of"), A.c.id.in_(sa.bindparam("ids", expanding=True))
)


def assets_of(connection: sa.Connection, asset_ids: Sequence[str], owner: str) -> list[Asset]:
    """`AssetStore.get_many` inside a transaction."""
    if not asset_ids:
        return []
    found = {asset.id: asset for asset in assets_there(connection, asset_ids, owner)}
    missing = [asset_id for asset_id in asset_ids if asset_id not in found]
    if missing:
        raise NotFound(f"There is no asset {missing[0][:80]!r}.", hint="Upload the file first.")
    return [found[asset_id] for asset_id in asset_ids]


def assets_there(connection: sa.Connection, asset_ids: Collection[str], owner: str) -> list[Asset]:
    """Those of the owner's assets that are there, in no order."""
    rows = connection.execute(_OF_OWNER, {"of": owner, "ids": list(asset_ids)}).mappings().all()
    return [Asset.model_validate(dict(row)) for row in rows]


def keep_rows(connection: sa.Connection, assets: Sequence[Asset]) -> None:
    """Write down whose the stored files are; what the owner has already stays as it is."""
    insert_new(connection, A, [asset.model_dump(mode="json") for asset in assets])
    show_assets(connection, assets)


def _tidied(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    for entry in path.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            if entry.suffix != ".work":
                shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()


def _safe_name(name: str, media_type: str) -> str:
    """A file name to suggest: the last part of what was given, without control characters, never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(ch for ch in last if ch.isprintable()).strip(" .")[:120]
    return clean or f"picture{extension_for(media_type)}"
