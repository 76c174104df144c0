"""`fashion wardrobe`: one's own clothes, with their pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bottega.cli.fashion_show import say
from bottega.cli.session import JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from bottega.shop.wardrobe import WardrobeItem

group = typer.Typer(name="wardrobe", help="Your own clothes.", no_args_is_help=True)

CategoryOption = Annotated[
    Literal["top", "bottom", "dress", "outerwear", "shoes", "accessory"] | None,
    typer.Option(help="What it is; read from the name when it is added without.", show_default=False),
]


@group.command()
def add(
    name: Annotated[str, typer.Argument(help='What it is, such as "navy linen shirt".', show_default=False)],
    picture: Annotated[
        Path | None, typer.Option(help="Its picture; colours are read from it.", show_default=False)
    ] = None,
    category: CategoryOption = None,
    colour: Annotated[
        list[str] | None, typer.Option(help="A word or #rrggbb; may be repeated.", show_default=False)
    ] = None,
    season: Annotated[
        list[str] | None,
        typer.Option(help="When it is worn; always when left out.", show_default=False),
    ] = None,
    notes: Annotated[str, typer.Option(help="Anything else.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Put something of yours into the wardrobe."""
    reply = Reply(as_json, item=None, error=None)

    async def work() -> int:
        import asyncio

        from pydantic import ValidationError

        from bottega.domain.principal import LOCAL
        from bottega.errors import InvalidOption
        from bottega.shop.wardrobe import NewItem

        colours = tuple(colour or ())
        if picture is not None and not colours:
            colours = await asyncio.to_thread(_colours_of, picture.expanduser())
        try:
            item = NewItem.model_validate(
                {
                    "name": name,
                    "category": category,
                    "colours": colours,
                    "seasons": season or [],
                    "notes": notes,
                }
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidOption(f"The {first['loc'][0]} cannot be used: {first['msg']}.") from None
        async with opened() as bottega:
            if picture is not None:
                asset = await bottega.add_asset(picture.expanduser())
                item = item.model_copy(update={"asset_id": asset.id})
            kept = await bottega.stylist.wardrobe.add(LOCAL.owner, item)
        reply.document["item"] = kept.model_dump(mode="json")
        say(reply, f"{kept.id}: {_named(kept)}")
        return 0

    carry_out(reply, work)


@group.command("list")
def list_(
    category: CategoryOption = None,
    season: Annotated[
        Literal["spring", "summer", "autumn", "winter"] | None,
        typer.Option(help="What is worn then.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What hangs in the wardrobe, newest first."""
    reply = Reply(as_json, items=[], error=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            items = await bottega.stylist.wardrobe.list(LOCAL.owner, category=category, season=season)
        reply.document["items"] = [item.model_dump(mode="json") for item in items]
        say(reply, *(f"{item.id}: {_named(item)}" for item in items))
        if not items:
            say(reply, "Nothing is there. `bottega fashion wardrobe add` puts something in.")
        return 0

    carry_out(reply, work)


@group.command()
def remove(
    item_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Take something out of the wardrobe; its picture stays among the assets."""
    reply = Reply(as_json, removed=None, error=None)

    async def work() -> int:
        from bottega.domain.principal import LOCAL

        async with opened() as bottega:
            await bottega.stylist.wardrobe.remove(LOCAL.owner, item_id)
        reply.document["removed"] = item_id
        say(reply, f"{item_id} is no longer in the wardrobe.")
        return 0

    carry_out(reply, work)


# --- what the commands share ---------------------------------------------------------------------------------


def _colours_of(path: Path) -> tuple[str, ...]:
    """Of a product picture, as hex codes; none where no garment could be told from the picture."""
    from bottega.cli.laser_files import read_picture
    from bottega.fashion.garment.parse import parse_garment

    garment = parse_garment(*read_picture(path))
    return tuple(one.hex for one in garment.colours[:4]) if garment.check.usable else ()


def _named(item: "WardrobeItem") -> str:
    return ", ".join(filter(None, (item.name, item.kind or item.category, *item.colours, *item.seasons)))
