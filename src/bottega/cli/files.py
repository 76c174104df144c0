"""Where results are written: beside the user, under names that say what they are, never over another file."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bottega.domain.asset import Asset
from bottega.domain.job import Job, JobState
from bottega.errors import InputError, ResourceError
from bottega.store.assets import extension_for

_FORMATS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder, or a file for the first output with the others beside it. `stem` names what was worked on."""

    folder: Path
    stem: str
    file: Path | None = None

    @classmethod
    def of(cls, out: str | None, stem: str) -> "Destination":
        """`out` is a folder when it exists as one, ends with a separator or has no extension."""
        if out is None:
            return cls(Path(), stem)
        path = Path(out).expanduser()
        if path.is_dir() or out.endswith((os.sep, "/")) or not path.suffix:
            return cls(path, stem)
        return cls(path.parent, stem, path)

    @property
    def format(self) -> str | None:
        """The picture format that the file's name asks for."""
        return _FORMATS.get(self.file.suffix.lower()) if self.file is not None else None

    def prepare(self) -> None:
        """Make the folder. Raises InputError when nothing could be written there, before any work is done."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"The folder {self.folder} cannot be made: {error.strerror}.") from None
        if not os.access(self.folder, os.W_OK):
            raise InputError(
                f"Nothing can be written to the folder {self.folder}.", hint="Name another: --out."
            )

    def names(self, assets: Sequence[Asset], job: Job, number: int) -> list[Path]:
        """One path for each asset; `number` from 2 on is added to all of them."""
        base = self.file.stem if self.file else f"{self.stem}-{job.plan.workflow.replace('/', '-')}"
        if job.state is JobState.REJECTED:
            base += "-rejected"
        ending = f"-{number}" if number > 1 else ""
        names: list[Path] = []
        for position, asset in enumerate(assets):
            part = "" if len(assets) == 1 or (self.file and position == 0) else f"-{Path(asset.name).stem}"
            suffix = Path(asset.name).suffix or extension_for(asset.media.media_type)
            names.append(self.folder / f"{base}{part}{ending}{suffix}")
        return names


def stem_of(pictures: Sequence[Path], prompt: str) -> str:
    """What result files are named after: the first picture, or the sentence's first words."""
    if pictures:
        return pictures[0].stem or "picture"
    words = re.findall(r"\w+", prompt.lower())
    return "-".join(words[:6])[:60] or "result"


def write_outputs(
    sources: Sequence[tuple[Asset, Path]], job: Job, destination: Destination
) -> list[tuple[str, Asset]]:
    """Copy a job's files to free names; all of them get the same number where one is needed.

    Returns the paths with their assets. Raises ResourceError, which says how to get the files after all.
    """
    assets = [asset for asset, _ in sources]
    number = 1
    while True:
        targets = _apart(destination.names(assets, job, number))
        try:
            if _write_all([source for _, source in sources], targets):
                return [(str(target), asset) for target, asset in zip(targets, assets, strict=True)]
        except OSError as error:
            raise ResourceError(
                f"The result cannot be written to {destination.folder}: {error.strerror}.",
                hint=f"It is kept: `bottega jobs save {job.id} --out FOLDER` writes it elsewhere.",
            ) from error
        number += 1


def _write_all(sources: Sequence[Path], targets: Sequence[Path]) -> bool:
    """Whether all names were free; otherwise nothing was written."""
    made: list[Path] = []
    try:
        for source, target in zip(sources, targets, strict=True):
            with target.open("xb") as file:
                made.append(target)
                with source.open("rb") as content:
                    shutil.copyfileobj(content, file)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            return False
        raise
    return True


def _apart(paths: Sequence[Path]) -> list[Path]:
    """Outputs of the same name within one job get letters of their own."""
    seen: dict[Path, int] = {}
    apart: list[Path] = []
    for path in paths:
        seen[path] = seen.get(path, 0) + 1
        apart.append(path if seen[path] == 1 else path.with_stem(f"{path.stem}-{chr(96 + seen[path])}"))
    return apart
