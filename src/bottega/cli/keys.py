"""`keys`: who may use a server. Keys are needed where others can reach it."""

from typing import Annotated

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, opened

group = typer.Typer(name="keys", help="Make, list and revoke API keys.", no_args_is_help=True)


@group.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.", show_default=False)],
    owner: Annotated[
        str, typer.Option(help="Whose jobs, files and spending it opens; keys of one owner share them.")
    ] = "local",
    admin: Annotated[bool, typer.Option("--admin", help="It may also set budgets and make keys.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a key. It is shown this once; only a hash of it is stored."""
    reply = Reply(as_json)

    async def work() -> int:
        from bottega.domain.principal import Scope

        scopes = (Scope.USER, Scope.ADMIN) if admin else (Scope.USER,)
        async with opened() as bottega:
            made = await bottega.keys.create(owner, name, scopes)
        reply.document |= {"key_id": made.key_id, "secret": made.secret, "owner": owner, "name": name}
        if not as_json:
            typer.echo(made.secret)  # never folded: it is copied from here
        reply.show(f"[dim]Key {made.key_id} of {owner}. It cannot be shown again.[/dim]")
        return 0

    carry_out(reply, work)


@group.command("list")
def list_(
    owner: Annotated[str | None, typer.Option(help="Only keys of this owner.")] = None,
    as_json: JsonOption = False,
) -> None:
    """All keys, revoked ones too; never their secrets."""
    reply = Reply(as_json, keys=[])

    async def work() -> int:
        from rich.text import Text

        from bottega.cli.show import moment, plain_table

        async with opened() as bottega:
            found = await bottega.keys.list(owner)
        reply.document["keys"] = [key.model_dump(mode="json") for key in found]
        table = plain_table(
            "key", "name", "owner", "scopes", "made", "last used", "", whole=("key", "made", "last used")
        )
        for key in found:
            table.add_row(
                key.id,
                Text(key.name),
                Text(key.owner),
                ", ".join(sorted(key.scopes, reverse=True)),
                moment(key.created_at),
                moment(key.last_used_at) if key.last_used_at else "never",
                "" if key.is_active else Text("revoked", style="red"),
            )
        reply.show(table if found else "There are no keys.")
        return 0

    carry_out(reply, work)


@group.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, from the list.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """End a key at once."""
    reply = Reply(as_json, key_id=key_id, revoked=False)

    async def work() -> int:
        async with opened() as bottega:
            await bottega.keys.revoke(key_id)
        reply.document["revoked"] = True
        reply.show(f"The key {key_id} opens nothing any more.")
        return 0

    carry_out(reply, work)
