"""Batches on both databases: every item one job, through kills, pauses, budgets, retries."""

import asyncio
import csv
import io
import signal
import subprocess
import sys
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from batch_shop import PATIENCE_S, CountingEngine, over, wishes, workshop
from PIL import Image

from bottega import Bottega
from bottega.app import make_request
from bottega.domain.money import micro_usd
from bottega.domain.principal import LOCAL, Principal
from bottega.domain.request import InputRef, Role
from bottega.errors import Conflict, InputError, InvalidOption, NotFound
from bottega.jobs.batches_archive import archive_names, report, safe_stem, zip_pieces
from bottega.jobs.batches_make import Shared, Wish
from bottega.jobs.batches_runner import batch_topic
from bottega.jobs.batches_table import read_table
from bottega.jobs.batches_values import MOST_ITEMS, Batch, BatchState, NewItem
from bottega.store.schema import jobs as J
from opening import Start

ALICE = Principal(owner="alice")
Open = Callable[..., Awaitable[Bottega]]


@pytest.fixture
def picture(photographs: Path, tmp_path: Path) -> Path:
    """A small cut of a photograph: what is judged here is not the picture."""
    path = tmp_path / "cut.png"
    with Image.open(photographs / "coffee.png") as photograph:
        photograph.crop((200, 100, 296, 196)).save(path)
    return path


@pytest.fixture
def engine(picture: Path) -> CountingEngine:
    return CountingEngine(picture)


@pytest.fixture
def start(tmp_path: Path, database_url: str, engine: CountingEngine, started: Start) -> Open:
    async def open_one(price: str = "0", *, run_jobs: bool = True, **settings: object) -> Bottega:
        bottega = workshop(tmp_path / "home", database_url, engine, price, **settings)
        return await started(bottega, run_jobs=run_jobs)

    return open_one


async def count_jobs(bottega: Bottega) -> int:
    return await bottega.database.read(
        lambda c: c.execute(sa.select(sa.func.count()).select_from(J)).scalar_one()
    )


async def item_states(bottega: Bottega, batch_id: str) -> list[str]:
    return [item.state for item in await bottega.batches.items(batch_id, LOCAL, limit=1000)]


async def seen(bottega: Bottega, batch_id: str, look: Callable[[Batch], bool]) -> Batch:
    """The batch as soon as it looks so, asked at each event of any of its jobs and now and then."""
    with bottega.database.signals.subscribe(batch_topic(batch_id), "jobs") as waiter:
        async with asyncio.timeout(PATIENCE_S):
            while not look(batch := await bottega.batches.get(batch_id, LOCAL)):
                await waiter.wait(0.05)
    return batch


async def seen_running(bottega: Bottega, batch_id: str, count: int) -> None:
    await seen(bottega, batch_id, lambda batch: batch.counts.get("running", 0) >= count)


# --- one job for each item -----------------------------------------------------------------------------------


async def test_every_item_becomes_one_job_with_its_result(start: Open, engine: CountingEngine) -> None:
    bottega = await start()
    made = await bottega.batches.create(wishes(5), LOCAL, name="Fruit")
    assert (made.state, made.total, made.done) == (BatchState.RUNNING, 5, 0)
    batch = await over(bottega, made.id)
    assert (batch.state, batch.done, batch.counts) == (BatchState.FINISHED, 5, {"succeeded": 5})
    assert set(engine.books.values()) == {1}
    items = await bottega.batches.items(batch.id, LOCAL)
    assert [item.number for item in items] == [1, 2, 3, 4, 5]
    assert all(len(item.outputs) == 1 for item in items)
    assert [item.number for item in await bottega.batches.items(batch.id, LOCAL, after=3, limit=1)] == [4]


async def test_two_hundred_items_are_worked_off(start: Open, engine: CountingEngine) -> None:
    bottega = await start(job_concurrency=16)
    made = await bottega.batches.create(wishes(200), LOCAL)
    batch = await over(bottega, made.id)
    assert batch.counts == {"succeeded": 200}
    assert len(engine.books) == 200
    assert set(engine.books.values()) == {1}
    assert await count_jobs(bottega) == 200


async def test_the_same_submission_is_one_batch(start: Open) -> None:
    bottega = await start(run_jobs=False)
    first = await bottega.batches.create(wishes(2), LOCAL, submission_key="monday")
    again = await bottega.batches.create(wishes(2), LOCAL, submission_key="monday")
    another = await bottega.batches.create(wishes(2), ALICE, submission_key="monday")
    assert first.id == again.id != another.id
    assert len(await bottega.batches.recent(LOCAL)) == 1


@pytest.mark.parametrize(
    ("count", "said"), [(0, "no items"), (MOST_ITEMS + 1, "1,001 items; 1,000 are the most")]
)
async def test_none_and_too_many_are_refused_in_words(start: Open, count: int, said: str) -> None:
    bottega = await start(run_jobs=False)
    with pytest.raises(InputError, match=said):
        await bottega.batches.create(wishes(count), LOCAL)


async def test_a_key_used_twice_is_refused(start: Open) -> None:
    bottega = await start(run_jobs=False)
    with pytest.raises(InputError, match="Two items have the key 'k1'"):
        await bottega.batches.create([*wishes(1), *wishes(1)], LOCAL)


async def test_what_cannot_be_planned_is_refused_and_the_others_go_on(start: Open) -> None:
    bottega = await start()
    wrong = NewItem(key="wrong", request=make_request(prompt="x", workflow="no_such_workflow"))
    made = await bottega.batches.create([wrong, *wishes(2)], LOCAL)
    batch = await over(bottega, made.id)
    assert batch.counts == {"refused": 1, "succeeded": 2}
    (refused, *_) = await bottega.batches.items(batch.id, LOCAL)
    assert refused.error is not None
    assert refused.error["code"] == "workflow-unknown"
    assert refused.job_id is None


async def test_batches_of_others_are_not_found(start: Open) -> None:
    bottega = await start(run_jobs=False)
    batch = await bottega.batches.create(wishes(1), LOCAL)
    for act in (
        bottega.batches.get,
        bottega.batches.pause,
        bottega.batches.cancel,
        bottega.batches.retry_failed,
    ):
        with pytest.raises(NotFound):
            await act(batch.id, ALICE)
    with pytest.raises(NotFound):
        await bottega.batches.items(batch.id, ALICE)
    assert (await bottega.batches.get(batch.id, LOCAL)).state is BatchState.RUNNING
    assert await bottega.batches.recent(ALICE) == []


# --- pause, resume, cancel, retry ----------------------------------------------------------------------------


async def test_a_pause_starts_nothing_more_and_keeps_what_runs(start: Open, engine: CountingEngine) -> None:
    engine.gate = asyncio.Event()
    bottega = await start(job_concurrency=2, waiting_jobs=1)
    made = await bottega.batches.create(wishes(8), LOCAL)
    await seen_running(bottega, made.id, 2)
    paused = await bottega.batches.pause(made.id, LOCAL)
    assert (paused.state, paused.reason) == (BatchState.PAUSED, "You paused it.")
    running = (await bottega.batches.get(made.id, LOCAL)).counts["running"]
    engine.gate.set()
    still = await over(bottega, made.id)
    assert still.state is BatchState.PAUSED
    assert still.counts["succeeded"] == running == len(engine.books)
    await bottega.batches.resume(made.id, LOCAL)
    await seen(bottega, made.id, lambda batch: batch.finished_at is not None)
    assert (await bottega.batches.get(made.id, LOCAL)).counts == {"succeeded": 8}
    assert set(engine.books.values()) == {1}


async def test_a_cancel_ends_what_waits_and_stops_what_runs(start: Open, engine: CountingEngine) -> None:
    engine.gate = asyncio.Event()
    bottega = await start(job_concurrency=1, waiting_jobs=1)
    made = await bottega.batches.create(wishes(40), LOCAL)
    await seen_running(bottega, made.id, 1)
    await bottega.batches.cancel(made.id, LOCAL)
    batch = await over(bottega, made.id)
    assert batch.state is BatchState.CANCELLED
    assert batch.counts == {"cancelled": 40}
    with pytest.raises(Conflict):
        await bottega.batches.resume(made.id, LOCAL)


async def test_failed_items_run_again_as_new_jobs(start: Open, engine: CountingEngine) -> None:
    engine.failing = {"A still life with fruit, number 2"}
    bottega = await start()
    made = await bottega.batches.create(wishes(3), LOCAL)
    assert (await over(bottega, made.id)).counts == {"succeeded": 2, "failed": 1}
    engine.failing = set()
    await bottega.batches.retry_failed(made.id, LOCAL)
    batch = await over(bottega, made.id)
    assert (batch.state, batch.counts) == (BatchState.FINISHED, {"succeeded": 3})
    assert [item.attempt for item in await bottega.batches.items(made.id, LOCAL)] == [1, 2, 1]
    assert engine.books["A still life with fruit, number 1"] == 1
    with pytest.raises(Conflict, match="No item"):
        await bottega.batches.retry_failed(made.id, LOCAL)


async def test_it_pauses_after_an_error_where_that_is_wanted(start: Open, engine: CountingEngine) -> None:
    engine.failing = {"A still life with fruit, number 1"}
    bottega = await start(job_concurrency=1, waiting_jobs=1)
    made = await bottega.batches.create(wishes(50), LOCAL, pause_on_error=True)
    batch = await over(bottega, made.id)
    assert batch.state is BatchState.PAUSED
    assert "no good end" in batch.reason
    assert batch.counts["failed"] == 1
    assert batch.counts["waiting"] >= 50 - 33


async def test_the_story_is_told_from_any_point_to_its_end(start: Open) -> None:
    bottega = await start()
    made = await bottega.batches.create(wishes(3), LOCAL)
    async with asyncio.timeout(PATIENCE_S):
        story = [event async for event in bottega.batches.events(made.id, LOCAL)]
    assert [event.seq for event in story] == list(range(1, len(story) + 1))
    assert (story[0].kind, story[-1].kind) == ("created", "finished")
    ends = [event for event in story if event.kind == "item" and event.data["state"] == "succeeded"]
    assert {event.data["number"] for event in ends} == {1, 2, 3}
    rest = [event async for event in bottega.batches.events(made.id, LOCAL, after=story[-2].seq)]
    assert [event.kind for event in rest] == ["finished"]


# --- money ---------------------------------------------------------------------------------------------------


async def test_the_price_of_the_whole_is_known_before(start: Open) -> None:
    bottega = await start("0.25", run_jobs=False)
    wrong = NewItem(key="wrong", request=make_request(prompt="x", workflow="no_such_workflow"))
    plan = await bottega.batches.plan([*wishes(4), wrong], LOCAL)
    assert (plan.total, plan.problems, plan.price.high) == (5, 1, micro_usd("1.00"))
    assert plan.items[4].error is not None
    assert await count_jobs(bottega) == 0


async def test_it_stops_before_it_passes_its_budget(start: Open, engine: CountingEngine) -> None:
    bottega = await start("0.25")
    made = await bottega.batches.create(wishes(10), LOCAL, budget=micro_usd("0.80"))
    batch = await over(bottega, made.id)
    assert batch.state is BatchState.PAUSED
    assert "budget does not cover the next item" in batch.reason
    assert batch.spent == micro_usd("0.75")
    assert sum(engine.books.values()) == 3
    await bottega.batches.resume(made.id, LOCAL, budget=micro_usd("1.00"))
    await seen(bottega, made.id, lambda batch: batch.spent >= micro_usd("1.00"))
    assert (await over(bottega, made.id)).spent == micro_usd("1.00")


async def test_the_users_own_budget_pauses_it_too(start: Open) -> None:
    bottega = await start("0.25", budget_user_hour="0.50")
    made = await bottega.batches.create(wishes(4), LOCAL)
    batch = await over(bottega, made.id)
    assert batch.spent <= micro_usd("0.50")
    assert batch.counts.get("succeeded") == 2


# --- processes that die --------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 17])
async def test_a_kill_while_jobs_are_made_neither_loses_nor_doubles(
    start: Open, tmp_path: Path, database_url: str, picture: Path, after: int
) -> None:
    script = Path(__file__).with_name("batch_process.py")
    arguments = [str(tmp_path / "home"), database_url, str(picture), "30", str(after)]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    batch_id = done.stdout.split()[0]
    bottega = await start(job_concurrency=8)
    assert await count_jobs(bottega) >= after
    batch = await over(bottega, batch_id)
    assert batch.counts == {"succeeded": 30}
    assert await count_jobs(bottega) == 30


async def test_two_processes_make_no_job_twice(start: Open, engine: CountingEngine) -> None:
    first = await start()
    await start()
    made = await first.batches.create(wishes(30), LOCAL)
    batch = await over(first, made.id)
    assert batch.counts == {"succeeded": 30}
    assert set(engine.books.values()) == {1}
    assert await count_jobs(first) == 30


# --- from tables and files -----------------------------------------------------------------------------------


def test_a_table_is_read_with_roles_and_options() -> None:
    content = (
        "\ufeffprompt;file;garment;option.scale\r\nSharpen;a.png|b.png;coat.png;2\r\n\r\n;c.png;;[1, 2]\r\n"
    )
    rows = read_table(content.encode(), most=10)
    assert rows[0].prompt == "Sharpen"
    assert rows[0].files == ((Role.WORKING, "a.png"), (Role.WORKING, "b.png"), (Role.GARMENT, "coat.png"))
    assert rows[0].options == {"scale": "2"}
    assert (rows[1].prompt, rows[1].options) == (None, {"scale": [1, 2]})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"prompt,colour\nx,y\n", "'colour' that there is not"),
        (b"prompt,prompt\nx,y\n", "same name"),
        (b"prompt,file\nx,y,z\n", "more cells"),
        ("prompt\nça\n".encode("latin-1"), "UTF-8"),
        (b'prompt,file\n"x,y\n', "cannot be read"),
        (b"prompt,option.size\nx,[1\n", "not valid JSON"),
        (b"prompt\n" + b"x\n" * 4, "4 lines; 3 are the most"),
    ],
)
def test_what_is_no_table_is_said(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_table(content, most=3)


async def test_a_table_becomes_items_and_a_missing_file_is_that_items_trouble(
    start: Open, photographs: Path
) -> None:
    bottega = await start(run_jobs=False)
    rows = read_table(b"prompt,file,option.scale\n,coffee.png,2\nEnlarge,gone.png,\n", most=10)
    shared = Shared(prompt="Sharpen this", workflow="image_enhancement", options={"format": "png"})
    files = {"coffee.png": photographs / "coffee.png"}
    first, second = await bottega.batch_items.of_table(shared, rows, files, LOCAL)
    assert first.request is not None
    assert first.request.prompt == "Sharpen this"
    assert first.request.options == {"format": "png", "scale": "2"}
    assert [ref.role for ref in first.request.inputs] == [Role.WORKING]
    assert second.request is None
    assert second.error is not None
    assert "Line 3 of the table names the file 'gone.png'" in second.error["message"]


async def test_an_items_wishes_go_before_the_batchs(start: Open) -> None:
    bottega = await start(run_jobs=False)
    coat = InputRef(role=Role.GARMENT, asset_id="a" * 64)
    person = InputRef(role=Role.PERSON, asset_id="b" * 64)
    shared = Shared(prompt="Try it on", options={"a": 1, "b": 1}, inputs=(coat,))
    plain, own = bottega.batch_items.of_wishes(
        shared, [Wish(), Wish(key="x", prompt="In red", options={"b": 2}, inputs=(person,))]
    )
    assert plain.request is not None
    assert own.request is not None
    assert (plain.key, plain.request.prompt, plain.request.inputs) == ("1", "Try it on", (coat,))
    assert (own.key, own.request.prompt, own.request.options) == ("x", "In red", {"a": 1, "b": 2})
    assert own.request.inputs == (person, coat)


async def test_an_impossible_key_is_refused(start: Open) -> None:
    bottega = await start(run_jobs=False)
    with pytest.raises(InvalidOption):
        await bottega.batches.create([NewItem(key="a b", request=make_request(prompt="x"))], LOCAL)


# --- the archive ---------------------------------------------------------------------------------------------


async def test_the_archive_has_every_result_and_a_report(start: Open, engine: CountingEngine) -> None:
    engine.failing = {"=2+2, number 2"}
    bottega = await start()
    made = await bottega.batches.create(wishes(3, "=2+2, number {}"), LOCAL)
    batch = await over(bottega, made.id)
    named = await bottega.batch_results(batch, LOCAL)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zip_pieces(named, bottega.asset_path))))
    assert archive.testzip() is None
    assert archive.namelist() == ["report.csv", "001-fruit 1.png", "003-fruit 3.png"]
    assert archive.read("001-fruit 1.png") == engine.picture.read_bytes()
    rows = list(csv.DictReader(io.StringIO(archive.read("report.csv").decode("utf-8-sig"))))
    assert [row["state"] for row in rows] == ["succeeded", "failed", "succeeded"]
    assert rows[0]["prompt"] == "'=2+2, number 1"
    assert "The press is jammed" in rows[1]["error"]
    assert rows[0]["files"] == "001-fruit 1.png"
    assert report(archive_names([])).startswith("number,key,name")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot"),
        ("CON.png", "_CON"),
        ("..", "result"),
        ("", "result"),
        ("a:b*c?.png", "a_b_c"),
        ("\u202egnp.exe", "gnp"),
        ("Пёс.jpg", "Пёс"),
        ("x" * 300 + ".png", "x" * 80),
    ],
)
def test_names_in_the_archive_are_safe(name: str, stem: str) -> None:
    assert safe_stem(name) == stem
