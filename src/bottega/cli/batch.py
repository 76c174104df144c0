"""`batch`: a folder, or a table, with one sentence for all; see, pause, go on, try again, fetch everything."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bottega.cli.session import EXIT_CODES, JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from pathlib import Path

    from bottega.app import Bottega
    from bottega.jobs.batches_values import Batch, NewItem

group = typer.Typer(
    name="batch", help="Many files with one sentence, as one durable batch.", no_args_is_help=True
)

BatchId = Annotated[str, typer.Argument(help="The batch's id.", show_default=False)]
OutOption = Annotated[str, typer.Option("--out", metavar="FILE.zip", help="Where the archive goes.")]
SHOWN_FAILURES = 10


def register(application: typer.Typer) -> None:
    application.add_typer(group)


@group.command(epilog=EXIT_CODES)
def run(
    source: Annotated[str, typer.Argument(metavar="FOLDER|CSV", help="Pictures and clips, or a table.")],
    prompt: Annotated[str, typer.Argument(metavar="SENTENCE", help="What is to be done to each.")] = "",
    workflow: Annotated[
        str | None, typer.Option(help="The kind of work; without, the sentence decides.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The only model that may do it.")] = None,
    option: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Of the workflow.")] = None,
    stay_local: Annotated[bool, typer.Option("--stay-local", help="Send nothing to somebody else.")] = False,
    max_cost: Annotated[str | None, typer.Option(metavar="USD", help="What each item may cost.")] = None,
    budget: Annotated[str | None, typer.Option(metavar="USD", help="What the whole may cost.")] = None,
    pause_on_error: Annotated[
        bool, typer.Option("--pause-on-error", help="Pause when an item comes to no good end.")
    ] = False,
    plan_only: Annotated[bool, typer.Option("--plan", help="Say what it would cost; run nothing.")] = False,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE.zip", help="Write the archive there.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a batch and work it off here. Ctrl-C leaves it waiting: `bottega batch resume` goes on."""
    from bottega.cli.asking import check_amount, parse_options

    check_amount(max_cost, "--max-cost")
    check_amount(budget, "--budget")
    options = parse_options(option or [])
    reply = Reply(as_json, batch=None, plan=None, items=[], archive=None)

    async def work() -> int:
        from bottega.domain.money import micro_usd
        from bottega.domain.principal import LOCAL
        from bottega.jobs.batches_make import Shared

        shared = Shared(
            prompt=prompt,
            workflow=workflow,
            model=model,
            options=options,
            stay_local=stay_local,
            max_cost_usd=max_cost,
        )
        async with opened() as bottega:
            items = await _items(bottega, source, shared)
            plan = await bottega.batches.plan(items, LOCAL)
            reply.document["plan"] = plan.model_dump(mode="json")
            reply.show(f"{plan.total} items: {plan.price}; {plan.problems} cannot be done.")
            if plan_only:
                return 0
            batch = await bottega.batches.create(
                items,
                LOCAL,
                name=source,
                budget=None if budget is None else micro_usd(budget),
                pause_on_error=pause_on_error,
            )
            return await _see_through(reply, bottega, batch, out)

    carry_out(reply, work)


@group.command()
def show(batch_id: BatchId, as_json: JsonOption = False) -> None:
    """Progress, money and what failed."""
    reply = Reply(as_json, batch=None, items=[])

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            await _tell(reply, bottega, await bottega.batches.get(batch_id, LOCAL))
        return 0

    carry_out(reply, work)


@group.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """The newest batches."""
    reply = Reply(as_json, batches=[])

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            found = await bottega.batches.recent(LOCAL, limit=limit)
        reply.document["batches"] = [batch.model_dump(mode="json") for batch in found]
        for batch in found:
            reply.show(_line(batch))
        if not found:
            reply.show("There are no batches yet.")
        return 0

    carry_out(reply, work)


@group.command()
def pause(batch_id: BatchId, as_json: JsonOption = False) -> None:
    """Start nothing more; what runs goes on to its end."""
    _change("pause", batch_id, as_json)


@group.command()
def cancel(batch_id: BatchId, as_json: JsonOption = False) -> None:
    """Start nothing more and ask what runs to stop."""
    _change("cancel", batch_id, as_json)


@group.command(epilog=EXIT_CODES)
def resume(
    batch_id: BatchId,
    budget: Annotated[str | None, typer.Option(metavar="USD", help="Another budget for the whole.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Go on with a paused batch, or with one whose process died, and work it off here."""
    from bottega.cli.asking import check_amount

    check_amount(budget, "--budget")
    reply = Reply(as_json, batch=None, items=[], archive=None)

    async def work() -> int:
        from bottega.domain.money import micro_usd
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            amount = None if budget is None else micro_usd(budget)
            batch = await bottega.batches.resume(batch_id, LOCAL, budget=amount)
            return await _see_through(reply, bottega, batch, None)

    carry_out(reply, work)


@group.command(epilog=EXIT_CODES)
def retry(batch_id: BatchId, as_json: JsonOption = False) -> None:
    """Run what failed again as new jobs, here."""
    reply = Reply(as_json, batch=None, items=[], archive=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            batch = await bottega.batches.retry_failed(batch_id, LOCAL)
            return await _see_through(reply, bottega, batch, None)

    carry_out(reply, work)


@group.command()
def download(batch_id: BatchId, out: OutOption = "", as_json: JsonOption = False) -> None:
    """All results so far as one ZIP file, with a report as a table."""
    reply = Reply(as_json, batch=None, archive=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            batch = await bottega.batches.get(batch_id, LOCAL)
            reply.document["batch"] = batch.model_dump(mode="json")
            await _write(reply, bottega, batch, out or f"{batch.id}.zip")
        return 0

    carry_out(reply, work)


# --- the work ------------------------------------------------------------------------------------------------


def _change(what: str, batch_id: str, as_json: bool) -> None:
    reply = Reply(as_json, batch=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            act = bottega.batches.pause if what == "pause" else bottega.batches.cancel
            batch = await act(batch_id, LOCAL)
        reply.document["batch"] = batch.model_dump(mode="json")
        reply.show(_line(batch))
        return 0

    carry_out(reply, work)


async def _items(bottega: "Bottega", source: str, shared: Any) -> "list[NewItem]":
    import asyncio
    from pathlib import Path

    from bottega.domain.principal import LOCAL
    from bottega.domain.request import Role
    from bottega.errors import InputError
    from bottega.jobs.batches_make import NamedFile
    from bottega.jobs.batches_table import read_table
    from bottega.jobs.batches_values import MOST_ITEMS

    path = await asyncio.to_thread(Path(source).expanduser)
    if path.is_dir():
        files = await asyncio.to_thread(_media_in, path)
        if not files:
            raise InputError(f"The folder {path} has no pictures or clips.")
        named = [
            NamedFile(name=file.name, source=file, role=Role.CLIP if is_clip else Role.WORKING)
            for file, is_clip in files[: MOST_ITEMS + 1]
        ]
        return await bottega.batch_items.of_files(shared, named, LOCAL)
    if not path.is_file():
        raise InputError(f"There is no folder or table {source[:200]!r}.")
    lines = read_table(await asyncio.to_thread(path.read_bytes), most=MOST_ITEMS)
    beside = {name: path.parent / name for line in lines for _, name in line.files}
    there = {name: file for name, file in beside.items() if file.is_file()}
    return await bottega.batch_items.of_table(shared, lines, there, LOCAL)


def _media_in(folder: "Path") -> "list[tuple[Path, bool]]":
    """Files of the folder itself that are named as pictures or clips, by name; whether each is a clip."""
    import mimetypes

    found: list[tuple[Path, bool]] = []
    for path in sorted(folder.iterdir()):
        kind = mimetypes.guess_type(path.name)[0] or ""
        if path.is_file() and not path.name.startswith(".") and kind.startswith(("image/", "video/")):
            found.append((path, kind.startswith("video/")))
    return found


async def _see_through(reply: Reply, bottega: "Bottega", batch: "Batch", out: str | None) -> int:
    """Work the batch off in this process; its exit code is that of the whole."""
    from bottega.domain.principal import LOCAL
    from bottega.jobs.batches_values import BatchState

    reply.show(f"{batch.id}: {batch.total} items.")
    await bottega.work(only_batch=batch.id)
    batch = await bottega.batches.finished(batch.id, LOCAL)
    await _tell(reply, bottega, batch)
    if out is not None:
        await _write(reply, bottega, batch, out)
    if batch.state is BatchState.CANCELLED:
        return 130
    if set(batch.counts) <= {"succeeded"}:
        return 0
    failed = set(batch.counts) - {"succeeded", "rejected"}
    return 1 if failed else 4


async def _tell(reply: Reply, bottega: "Bottega", batch: "Batch") -> None:
    from bottega.domain.principal import LOCAL

    items = await bottega.batches.items(batch.id, LOCAL, limit=batch.total)
    reply.document["batch"] = batch.model_dump(mode="json")
    reply.document["items"] = [item.model_dump(mode="json") for item in items]
    reply.show(_line(batch))
    failed = [item for item in items if item.error is not None]
    for item in failed[:SHOWN_FAILURES]:
        reply.show(f"  {item.number}. {item.name}: {(item.error or {}).get('message', '')}")
    if len(failed) > SHOWN_FAILURES:
        reply.show(f"  ... and {len(failed) - SHOWN_FAILURES} more")


def _line(batch: "Batch") -> Any:
    from rich.text import Text

    from bottega.domain.money import format_usd

    counts = ", ".join(f"{count} {state}" for state, count in sorted(batch.counts.items()))
    why = f" ({batch.reason})" if batch.reason else ""
    return Text(
        f"{batch.id}  {batch.state}{why}: {batch.done} of {batch.total}; {counts}; {format_usd(batch.spent)}"
    )


async def _write(reply: Reply, bottega: "Bottega", batch: "Batch", out: str) -> None:
    import asyncio
    from pathlib import Path

    from bottega.errors import InputError
    from bottega.jobs.batches_archive import zip_pieces

    named = await bottega.batch_results(batch)
    target = await asyncio.to_thread(Path(out).expanduser)

    def write() -> None:
        try:
            file = target.open("xb")
        except FileExistsError:
            raise InputError(f"{target} is there already.", hint="Name another: --out.") from None
        except OSError as error:
            raise InputError(f"{target} cannot be written: {error.strerror}.") from None
        with file:
            for piece in zip_pieces(named, bottega.asset_path):
                file.write(piece)

    await asyncio.to_thread(write)
    reply.document["archive"] = str(target)
    reply.show(f"Written: {target}")
