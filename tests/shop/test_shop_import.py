"""Importing a feed keeps offers current, goes on where it was stopped, and marks as gone only what a whole feed left out."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from feed_files import OWNER, bring, google_xml, json_lines, offer

from bottega.errors import Conflict
from bottega.shop import importing
from bottega.shop.feeds import open_feed
from bottega.shop.importing import BATCH, ImportReport, import_feed
from bottega.shop.search import ProductSearch, SearchRequest
from bottega.store.database import Database
from bottega.store.schema import product_imports, products


def figures(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.new, report.changed, report.same, report.gone, report.bad


async def count(database: Database, *where: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(products).where(*where)
    return await database.read(lambda c: c.execute(query).scalar_one())


async def test_the_report_tells_new_changed_same_and_gone(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    first = await bring(database, google_xml(path, [offer("1"), offer("2"), offer("3")]))
    second = await bring(database, google_xml(path, [offer("1"), offer("2", price="9 EUR"), offer("4")]))
    assert figures(first) == (3, 0, 0, 0, 0)
    assert figures(second) == (1, 1, 1, 1, 0)
    assert second.complete


async def test_prices_and_stock_are_those_of_the_last_feed(database: Database, tmp_path: Path) -> None:
    path, search = tmp_path / "feed.jsonl", ProductSearch(database)
    await bring(database, json_lines(path, [offer(sizes=[{"label": "M", "stock": 2}])]))
    changed = offer(price="19.90 EUR", sizes=[{"label": "M", "stock": 0}, {"label": "L", "stock": 1}])
    await bring(database, json_lines(path, [changed]))
    found = await search.search(OWNER, SearchRequest(text="shirt under 20 EUR size L"))
    assert [str(hit.product.current_price) for hit in found.hits] == ["19.90 EUR"]
    assert not (await search.search(OWNER, SearchRequest(text="shirt size M"))).hits


async def test_what_has_gone_is_not_found_and_comes_back_with_the_feed(
    database: Database, tmp_path: Path
) -> None:
    path, search = tmp_path / "feed.xml", ProductSearch(database)
    await bring(database, google_xml(path, [offer("1"), offer("2", title="Wool coat")]))
    await bring(database, google_xml(path, [offer("1")]))
    assert not (await search.search(OWNER, SearchRequest(text="coat"))).hits
    assert (await search.get(OWNER, "shop", "2")).title == "Wool coat"
    await bring(database, google_xml(path, [offer("1"), offer("2", title="Wool coat")]))
    assert len((await search.search(OWNER, SearchRequest(text="coat"))).hits) == 1


async def test_a_feed_that_breaks_off_marks_nothing_as_gone(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    await bring(database, google_xml(path, [offer(str(n)) for n in range(30)]))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    report = await bring(database, path)
    assert not report.complete
    assert "breaks off" in report.problem
    assert 0 < report.same < 30
    assert report.gone == 0
    assert await count(database, products.c.gone_at.is_not(None)) == 0


async def test_a_feed_without_one_usable_offer_marks_nothing_as_gone(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "feed.xml"
    await bring(database, google_xml(path, [offer()]))
    assert figures(await bring(database, google_xml(path, [offer("1", title="")]))) == (0, 0, 0, 0, 1)


async def test_a_part_marks_nothing_as_gone(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    await bring(database, google_xml(path, [offer("1"), offer("2")]))
    assert figures(await bring(database, google_xml(path, [offer("1")]), full=False)) == (0, 0, 1, 0, 0)


async def test_another_feed_of_the_same_shop_is_left_alone(database: Database, tmp_path: Path) -> None:
    await bring(database, google_xml(tmp_path / "men.xml", [offer("1")]))
    await bring(database, google_xml(tmp_path / "women.xml", [offer("2")]))
    assert await count(database, products.c.gone_at.is_(None)) == 2


async def test_the_same_id_twice_in_a_feed_is_reported_and_the_first_counts(
    database: Database, tmp_path: Path
) -> None:
    path = google_xml(tmp_path / "feed.xml", [offer("1"), offer("1", title="Wool coat")])
    report = await bring(database, path)
    assert figures(report) == (1, 0, 0, 0, 1)
    assert "before" in report.bad_lines[0].reason
    assert (await ProductSearch(database).get(OWNER, "shop", "1")).title == "Linen shirt"


async def test_the_same_id_in_two_batches_is_reported_too(database: Database, tmp_path: Path) -> None:
    rows = [offer(str(n)) for n in range(BATCH)]
    report = await bring(database, json_lines(tmp_path / "feed.jsonl", [*rows, offer("0", title="Coat")]))
    assert figures(report) == (BATCH, 0, 0, 0, 1)


async def test_owners_do_not_touch_each_others_offers(database: Database, tmp_path: Path) -> None:
    path = google_xml(tmp_path / "feed.xml", [offer("1")])
    await bring(database, path, owner="ann")
    report = await bring(database, google_xml(path, [offer("2")]), owner="bob")
    assert figures(report) == (1, 0, 0, 0, 0)
    assert await count(database, products.c.owner == "ann", products.c.gone_at.is_(None)) == 1


async def test_a_stopped_import_goes_on_where_it_was(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 50)
    path = json_lines(tmp_path / "feed.jsonl", [offer(str(n)) for n in range(400)] + [{"id": ""}])

    def stop(records: int) -> None:
        if records >= 150:
            raise KeyboardInterrupt

    feed = open_feed(path, shop="shop")
    with pytest.raises(KeyboardInterrupt):
        await import_feed(database, feed, owner=OWNER, on_progress=stop)
    report = await import_feed(database, feed, owner=OWNER)
    assert report.resumed_at >= 150
    assert figures(report) == (400, 0, 0, 0, 1)
    assert await count(database, products.c.gone_at.is_(None)) == 400


async def test_another_feed_in_between_begins_anew(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 50)
    path = json_lines(tmp_path / "feed.jsonl", [offer(str(n)) for n in range(200)])

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_feed(database, open_feed(path, shop="shop"), owner=OWNER, on_progress=stop)
    report = await bring(database, json_lines(path, [offer(str(n)) for n in range(10)]))
    assert report.resumed_at == 0
    assert (report.same, report.records) == (10, 10)
    assert report.gone > 0


async def test_two_imports_of_the_same_feed_at_once_do_not_count_double(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 20)
    path = json_lines(tmp_path / "feed.jsonl", [offer(str(n)) for n in range(200)])
    ends = await asyncio.gather(bring(database, path), bring(database, path), return_exceptions=True)
    assert await count(database) == 200
    assert any(isinstance(end, ImportReport) and end.complete for end in ends) or all(
        isinstance(end, Conflict) for end in ends
    )
    assert not [end for end in ends if isinstance(end, Exception) and not isinstance(end, Conflict)]


async def test_an_import_leaves_a_row_that_says_what_became_of_it(database: Database, tmp_path: Path) -> None:
    await bring(database, google_xml(tmp_path / "feed.xml", [offer("1"), offer("2", title="")]))
    row = await database.read(lambda c: c.execute(sa.select(product_imports)).one())
    assert (row.owner, row.state, row.position, row.report["new"], row.report["bad"]) == (
        OWNER,
        "done",
        2,
        1,
        1,
    )


PROGRAM = """
import asyncio, sys
from pathlib import Path
from bottega.shop.feeds import open_feed
from bottega.shop.importing import import_feed
from bottega.store.database import Database

async def main():
    database = Database(sys.argv[1])
    await database.open()
    await import_feed(database, open_feed(Path(sys.argv[2]), shop="shop"), owner="ann",
                      on_progress=lambda n: (print(n, flush=True), sys.stdin.readline()))

asyncio.run(main())
"""


async def test_a_killed_import_loses_and_doubles_nothing(database: Database, tmp_path: Path) -> None:
    total = 6 * BATCH
    path = json_lines(tmp_path / "feed.jsonl", [offer(str(n)) for n in range(total)])
    url = database.url.render_as_string(hide_password=False)
    with subprocess.Popen(  # noqa: ASYNC220 - it is to be killed, and nothing else runs
        [sys.executable, "-c", PROGRAM, url, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")  # it waits for a word after each batch, and gets one
        process.stdin.flush()
        for _ in itertools.islice(process.stdout, 2):
            pass
        os.kill(process.pid, signal.SIGKILL)
    started = time.time()
    report = await bring(database, path)
    assert 2 * BATCH <= report.resumed_at < total
    assert figures(report) == (total, 0, 0, 0, 0)
    assert await count(database) == total
    assert await count(database, products.c.updated_at < started) == report.resumed_at


async def test_imports_that_begin_at_once_end_as_reports_or_conflicts_and_nothing_else(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 20)
    path = json_lines(tmp_path / "feed.jsonl", [offer(str(n)) for n in range(60)])
    for number in range(4):
        both = (bring(database, path, owner=f"owner-{number}") for _ in range(3))
        ends = await asyncio.gather(*both, return_exceptions=True)
        assert any(isinstance(end, ImportReport) and end.complete for end in ends)
        assert all(isinstance(end, ImportReport | Conflict) for end in ends), ends
    assert await count(database) == 4 * 60
    running = sa.select(sa.func.count()).select_from(product_imports).where(product_imports.c.state != "done")
    assert await database.read(lambda c: c.execute(running).scalar_one()) == 0


async def test_two_feeds_of_a_shop_with_the_same_keys_at_once_are_a_conflict(
    database: Database, tmp_path: Path
) -> None:
    paths = [json_lines(tmp_path / f"{name}.jsonl", [offer(str(n)) for n in range(300)]) for name in "ab"]
    ends = await asyncio.gather(*(bring(database, path) for path in paths), return_exceptions=True)
    assert any(isinstance(end, ImportReport) for end in ends)
    assert all(isinstance(end, ImportReport | Conflict) for end in ends), ends
    assert await count(database) == 300
