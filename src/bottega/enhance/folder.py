"""A folder of pictures and clips through one enhancement: every file on its own, failures told, finished work kept.

What happens to one file is `jobs`'.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bottega.enhance.jobs import CLIP_SUFFIXES, PICTURE_TYPES, How, enhance_file
from bottega.enhance.works import Work, digest
from bottega.errors import BottegaError, Cancelled, InputError, NotFound

MANIFEST = ".bottega-enhance.json"
"""In the folder of the results: which files are finished, from what and how."""
READ_ONLY = (".gif", ".bmp", ".avif")
"""Pictures that are read and written as PNG."""


@dataclass(frozen=True, slots=True)
class Item:
    source: Path
    target: Path


Tell = Callable[[int, int, Item, float], None]
"""(number of the file from 0, how many files, which, fraction of it that is done)."""


def items_of(source: Path, target: Path) -> list[Item]:
    """The pictures and clips below `source` by name, each with its place below `target`; hidden files are left out.

    Two that would get one name are told apart by their old endings. Raises NotFound, and InputError for a target inside.
    """
    if not source.is_dir():
        raise NotFound(f"There is no folder {source}.")
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file.", hint="Of a folder, the results go into a folder.")
    if target.resolve() == source.resolve() or source.resolve() in target.resolve().parents:
        raise InputError(
            "The results would lie among the pictures that they are made from.", hint="Name another folder."
        )
    found: list[Item] = []
    taken: set[Path] = set()
    for path in sorted(_files(source)):
        suffix = path.suffix.lower()
        within = path.relative_to(source)
        name = within.with_suffix(".png") if suffix in READ_ONLY else within
        if name in taken:
            name = within.with_name(f"{within.stem}-{suffix[1:]}{name.suffix}")
        taken.add(name)
        found.append(Item(path, target / name))
    return found


def enhance_folder(
    source: Path,
    target: Path,
    work: Work,
    how: How | None = None,
    *,
    tell: Tell | None = None,
    cancelled: threading.Event | None = None,
) -> dict[str, Any]:
    """Every file of `items_of`; the report, JSON-ready, has one entry for each, `error` in those that failed.

    With `how.resume`, files that an earlier run finished from the same bytes with the same work are left as they are.
    Raises what `items_of` raises, and Cancelled.
    """
    how = how or How()
    items = items_of(source, target)
    target.mkdir(parents=True, exist_ok=True)
    finished = _Finished(target, work)
    if not how.resume:
        finished.clear()
    entries: list[dict[str, Any]] = []
    for number, item in enumerate(items):
        if cancelled is not None and cancelled.is_set():
            raise Cancelled("The folder was not finished.", hint="Resume it: what is finished is kept.")

        def told(fraction: float, number: int = number, item: Item = item) -> None:
            if tell is not None:
                tell(number, len(items), item, fraction)

        told(0.0)
        entries.append(_one(item, work, how, finished, told, cancelled))
        told(1.0)
    states = [entry["state"] for entry in entries]
    return {
        "kind": "folder",
        "source": str(source),
        "target": str(target),
        "work": work.identity(),
        "files": len(entries),
        "done": sum(state in ("done", "degraded") for state in states),
        "kept": states.count("kept"),
        "untouched": states.count("original"),
        "failed": states.count("failed"),
        "items": entries,
    }


def _one(
    item: Item,
    work: Work,
    how: How,
    finished: "_Finished",
    told: Callable[[float], None],
    cancelled: threading.Event | None,
) -> dict[str, Any]:
    entry: dict[str, Any] = {"source": str(item.source), "target": str(item.target)}
    try:
        if finished.has(item):
            return entry | {"state": "kept"}
        item.target.parent.mkdir(parents=True, exist_ok=True)
        report = enhance_file(item.source, item.target, work, how, progress=told, cancelled=cancelled)
        finished.add(item)
        return report
    except Cancelled:
        raise
    except BottegaError as error:
        return entry | {"state": "failed", "error": error.as_dict()}
    except (OSError, MemoryError) as error:
        message = f"{type(error).__name__}: {error}".rstrip(": ")
        return entry | {"state": "failed", "error": {"code": "resource", "message": message, "hint": ""}}


class _Finished:
    """The manifest: written after each file, whole or not at all, so that a kill loses one file at most."""

    def __init__(self, target: Path, work: Work) -> None:
        self._target = target
        self._path = target / MANIFEST
        self._work = json.dumps(work.identity(), sort_keys=True)
        self._entries: dict[str, dict[str, Any]] = {}
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._entries = {str(name): dict(entry) for name, entry in stored["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # None, or damaged: then everything is made anew.
            self._entries = {}

    def clear(self) -> None:
        self._entries = {}

    def has(self, item: Item) -> bool:
        entry = self._entries.get(self._name(item))
        return (
            entry is not None
            and item.target.is_file()
            and entry.get("bytes") == item.target.stat().st_size
            and entry.get("work") == self._work
            and entry.get("source") == digest(item.source)
        )

    def add(self, item: Item) -> None:
        self._entries[self._name(item)] = {
            "source": digest(item.source),
            "work": self._work,
            "bytes": item.target.stat().st_size,
        }
        partial = self._path.with_suffix(".part")
        partial.write_text(json.dumps({"files": self._entries}, indent=1), encoding="utf-8")
        partial.replace(self._path)

    def _name(self, item: Item) -> str:
        return item.target.relative_to(self._target).as_posix()


def _files(source: Path) -> Iterator[Path]:
    known = {*PICTURE_TYPES, *CLIP_SUFFIXES, *READ_ONLY}
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder) / name
            if not name.startswith(".") and path.suffix.lower() in known:
                yield path
