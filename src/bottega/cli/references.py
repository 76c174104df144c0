"""`references`: pictures saved under names, for `@mentions` in a sentence."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table
    from rich.text import Text

    from bottega.references import Reference

group = typer.Typer(
    name="references", help="Save pictures under names and mention them as @name.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="The name, with or without the @.", show_default=False)]
Kind = Literal["person", "garment", "place", "style", "other"]


@group.command()
def save(
    name: Name,
    picture: Annotated[Path, typer.Argument(help="The picture.", show_default=False)],
    kind: Annotated[Kind, typer.Option(help="What it shows; it decides what a mention is for.")] = "other",
    replace: Annotated[
        bool, typer.Option("--replace", help="Give the name to this picture if another has it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Keep a picture under a name."""
    reply = Reply(as_json, reference=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL
        from bottega.references import ReferenceKind

        async with opened() as bottega:
            asset = await bottega.add_asset(picture.expanduser())
            saved = await bottega.references.save(
                LOCAL.owner, name, ReferenceKind(kind), asset.id, replace=replace
            )
        reply.document["reference"] = saved.model_dump(mode="json")
        reply.show(_sentence(f"Mention it as @{saved.name}."))
        return 0

    carry_out(reply, work)


@group.command("list")
def list_(
    kind: Annotated[Kind | None, typer.Option(help="Only those of this kind.")] = None,
    as_json: JsonOption = False,
) -> None:
    """All references, by name."""
    reply = Reply(as_json, references=[])

    async def work() -> int:
        from bottega.domain.principal import LOCAL
        from bottega.references import ReferenceKind

        async with opened() as bottega:
            found = await bottega.references.list(LOCAL.owner, ReferenceKind(kind) if kind else None)
        reply.document["references"] = [each.model_dump(mode="json") for each in found]
        reply.show(_table(found) if found else "There are no references.")
        return 0

    carry_out(reply, work)


@group.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="What it is called from now on.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Give a reference another name."""
    reply = Reply(as_json, reference=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            changed = await bottega.references.change(LOCAL.owner, name, new_name=new_name)
        reply.document["reference"] = changed.model_dump(mode="json")
        reply.show(_sentence(f"It is called @{changed.name} now."))
        return 0

    carry_out(reply, work)


@group.command()
def remove(name: Name, as_json: JsonOption = False) -> None:
    """Forget a name; the picture stays among the assets."""
    reply = Reply(as_json, removed=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            await bottega.references.remove(LOCAL.owner, name)
        reply.document["removed"] = name.removeprefix("@")
        reply.show(_sentence(f"@{name.removeprefix('@')} is no reference any more."))
        return 0

    carry_out(reply, work)


@group.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.", show_default=False)],
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many at most.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Look for public pictures on the web, where a web search is set up; nothing is downloaded."""
    reply = Reply(as_json, results=[])

    async def work() -> int:
        from rich.text import Text

        from bottega.cli.show import plain_table

        async with opened() as bottega:
            found = await bottega.find_public_pictures(query, limit=limit)
        reply.document["results"] = [each.model_dump(mode="json") for each in found]
        table = plain_table("title", "picture", "page", "licence")
        for each in found:
            table.add_row(
                *(Text(part) for part in (each.title, each.picture_url, each.source_url or "", each.licence))
            )
        reply.show(table if found else "Nothing was found.")
        return 0

    carry_out(reply, work)


def _sentence(words: str) -> "Text":
    from rich.text import Text

    return Text(words)


def _table(references: "Sequence[Reference]") -> "Table":
    from rich.text import Text

    from bottega.cli.show import moment, plain_table

    table = plain_table("mention", "kind", "saved", "asset", whole=("saved",))
    for each in references:
        table.add_row(Text(f"@{each.name}"), each.kind.value, moment(each.created_at), each.asset_id[:12])
    return table
