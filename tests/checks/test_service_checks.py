"""Single checks of a workshop: what is broken, what is worth knowing, and what is neither."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from bottega.checks import service


@pytest.mark.parametrize(
    ("counts", "served", "state", "words"),
    [
        ({"succeeded": 7}, False, "ok", "none is unfinished"),
        ({"queued": 2, "running": 1}, True, "ok", "2 queued, 1 running"),
        ({"queued": 2}, False, "note", "2 queued."),
        ({"queued": 2, "unknown": 1}, True, "note", "2 queued, 1 unknown."),
    ],
)
def test_waiting_jobs_matter_where_nobody_works_them_off_and_stuck_ones_everywhere(
    counts: dict[str, int], served: bool, state: str, words: str
) -> None:
    found = service.jobs(counts, served=served)
    assert (found.state, found.detail) == (state, words)
    assert bool(found.hint) == (state == "note")


@pytest.mark.parametrize(("free", "state"), [(64, "broken"), (1024, "note"), (4096, "ok")])
def test_little_space_is_noted_and_none_is_broken(
    free: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.shutil, "disk_usage", lambda _: SimpleNamespace(free=free * 2**20))
    found = service.disk(tmp_path)
    assert found.state == state
    assert found.detail.startswith(f"{free / 1024:.1f} GiB free")
