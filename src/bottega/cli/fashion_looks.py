"""`fashion outfits` and `fashion recommend`: looks and single pieces out of offers and one's own clothes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bottega.cli import fashion_wardrobe
from bottega.cli.fashion_shop import WHERE_OFFERS_COME_FROM
from bottega.cli.fashion_show import say
from bottega.cli.session import JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from bottega.app import Bottega
    from bottega.fashion.outfits.values import Context, Item, Look, Looks, Scored

Season = Literal["spring", "summer", "autumn", "winter"]
SeasonOption = Annotated[Season | None, typer.Option(help="When it is to be worn.", show_default=False)]
Budget = Annotated[
    str | None, typer.Option(metavar="PRICE", help='Such as 200EUR or "1 500 RUB".', show_default=False)
]
Occasion = Annotated[str, typer.Option(help="Such as wedding, office, date; in five languages.")]
Temperature = Annotated[
    float | None, typer.Option(metavar="CELSIUS", help="How warm it will be.", show_default=False)
]
Rain = Annotated[bool, typer.Option("--rain", help="It will be wet.")]
Gender = Annotated[
    Literal["female", "male"] | None,
    typer.Option(help="Whose clothes; all when left out.", show_default=False),
]
Sizes = Annotated[
    list[str] | None,
    typer.Option("--size", metavar="CATEGORY=SIZE", help="Such as top=M or shoes=EU42; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the group `fashion`."""
    app.command()(outfits)
    app.command()(recommend)
    app.add_typer(fashion_wardrobe.group)


def outfits(
    occasion: Occasion = "",
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=20, help="How many looks.")] = 5,
    lock: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Every look has this item; may be repeated.", show_default=False),
    ] = None,
    budget: Budget = None,
    temperature: Temperature = None,
    rain: Rain = False,
    season: SeasonOption = None,
    gender: Gender = None,
    sizes: Sizes = None,
    own: Annotated[bool, typer.Option("--own", help="Only what hangs in the wardrobe.")] = False,
    shops: Annotated[bool, typer.Option("--shops", help="Only what shops offer.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other looks.")] = 0,
    board: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Draw the looks, as PNG: OUT, OUT-2, OUT-3 ...", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Complete looks that differ, for an occasion, the weather and a budget; exit code 3 when there is none."""
    reply = Reply(as_json, looks=[], missing=[], files=[], error=None)

    async def work() -> int:
        from bottega.cli.laser_files import check_targets
        from bottega.domain.principal import LOCAL
        from bottega.errors import InvalidOption
        from bottega.shop.looks import compose_looks

        if own and shops:
            raise InvalidOption(
                "--own and --shops exclude each other.", hint="Without either, both are used."
            )
        if board is not None:
            check_targets([board])
        context = _context(occasion, season, temperature, rain, budget)
        wanted = _sizes(sizes)
        async with opened() as bottega:
            found = await compose_looks(
                bottega.stylist.candidates,
                LOCAL.owner,
                context,
                n=count,
                locked=tuple(lock or ()),
                seed=seed,
                profile=await bottega.stylist.profile(LOCAL.owner, gender=gender or "", sizes=wanted),
                with_wardrobe=not shops,
                with_shops=not own,
            )
            reply.document["looks"] = [_look_document(look) for look in found]
            reply.document["missing"] = [
                {"code": each.code, "slot": each.slot, "message": each.message} for each in found.missing
            ]
            reply.document["occasion"] = found.occasion
            for number, look in enumerate(found, 1):
                _show_look(reply, number, look)
            say(reply, *(each.message for each in found.missing))
            if any(each.code == "no_items" for each in found.missing):
                say(reply, WHERE_OFFERS_COME_FROM, "Your own clothes: `bottega fashion wardrobe add`.")
            if board is not None and len(found):
                await _draw(reply, bottega, found, board)
        return 0 if len(found) else 3

    carry_out(reply, work)


def recommend(
    occasion: Occasion = "",
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many at most.")] = 10,
    budget: Budget = None,
    temperature: Temperature = None,
    rain: Rain = False,
    season: SeasonOption = None,
    gender: Gender = None,
    sizes: Sizes = None,
    like: Annotated[
        list[str] | None,
        typer.Option(
            help="A style: classic, trendy, bohemian, minimalist, edgy, romantic, sporty, business."
        ),
    ] = None,
    palette: Annotated[
        Path | None,
        typer.Option(metavar="PERSON", help="A photo; its palette counts.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Offers in stock, in size and in budget, best first, each with its reasons."""
    reply = Reply(as_json, items=[], ruled_out={}, error=None)

    async def work() -> int:
        import asyncio

        from bottega.domain.principal import LOCAL
        from bottega.shop.recommend import recommend as recommended

        context = _context(occasion, season, temperature, rain, budget)
        said: dict[str, Any] = {"gender": gender or "", "sizes": _sizes(sizes), "styles": _styles(like)}
        if palette is not None:
            said["palette"], said["avoid"] = await asyncio.to_thread(_palette_of, palette)
            if not said["palette"]:
                say(reply, "The photo tells no palette; the offers are in order without one.")
        async with opened() as bottega:
            profile = await bottega.stylist.profile(LOCAL.owner, **said)
            found = await recommended(bottega.stylist.candidates, LOCAL.owner, profile, context, limit=limit)
        reply.document["items"] = [_scored_document(each) for each in found]
        reply.document["ruled_out"] = dict(found.ruled_out)
        for each in found:
            price = each.item.price or "no price"
            say(reply, f"{each.score:.2f}  {each.item.title}, {price}  [{each.item.id}]")
            say(reply, *(f"      {reason}" for reason in each.reasons))
        left = ", ".join(f"{count} by {name}" for name, count in found.ruled_out.items() if count)
        if not len(found):
            say(
                reply,
                "Nothing is left to recommend."
                if left
                else "The catalogue is empty: `bottega fashion import`.",
            )
        if left:
            say(reply, f"Left out: {left}.")
        return 0

    carry_out(reply, work)


# --- what the commands share ---------------------------------------------------------------------------------


def _context(
    occasion: str, season: Season | None, temperature: float | None, rain: bool, budget: str | None
) -> "Context":
    """Raises InvalidOption for a budget that is no price."""
    from bottega.shop.stylist import context_of

    return context_of(
        {
            "occasion": occasion,
            "season": season,
            "temperature_c": temperature,
            "rain": rain,
            "budget": budget,
        }
    )


def _sizes(sizes: list[str] | None) -> "dict[str, frozenset[str]]":
    """By category, the keys of the sizes that are worn. Raises InvalidOption."""
    from bottega.errors import InvalidOption
    from bottega.shop.sizes import size_keys

    known: dict[str, frozenset[str]] = {}
    for given in sizes or []:
        category, equals, label = given.partition("=")
        if not equals or not label or category not in ("top", "bottom", "dress", "outerwear", "shoes"):
            raise InvalidOption(f"{given!r} is no size.", hint="Write it like top=M or shoes=EU42.")
        known[category] = known.get(category, frozenset()) | frozenset(size_keys(label, ""))
    return known


def _styles(like: list[str] | None) -> tuple[str, ...]:
    """Raises InvalidOption."""
    from bottega.errors import InvalidOption
    from bottega.fashion.outfits.values import STYLES

    for style in like or ():
        if style not in STYLES:
            raise InvalidOption(f"There is no style {style!r}.", hint=f"One of: {', '.join(STYLES)}.")
    return tuple(like or ())


def _palette_of(path: Path) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Lab colours that suit the person, and those that are harder to wear; none where the photo does not tell."""
    from bottega.cli.laser_files import read_picture
    from bottega.fashion.style.analyse import analyse_style
    from bottega.shop.colours import lab_of

    colour = analyse_style(read_picture(path.expanduser())[0]).color_analysis
    return tuple(lab_of(one.hex) for one in colour.best_colors), tuple(
        lab_of(one.hex) for one in colour.colors_to_avoid
    )


def _item_document(item: "Item") -> dict[str, Any]:
    """As in every list for people, but for the price, which programs want in figures."""
    from bottega.fashion.outfits.pieces import piece_of

    price = item.price
    return piece_of(item) | {
        "price": None if price is None else {"amount": price.amount, "currency": price.currency}
    }


def _look_document(look: "Look") -> dict[str, Any]:
    return look.as_dict() | {"items": [_item_document(item) for item in look.items]}


def _scored_document(each: "Scored") -> dict[str, Any]:
    parts = {name: round(value, 4) for name, value in each.parts.items()}
    return _item_document(each.item) | {
        "score": round(each.score, 4),
        "parts": parts,
        "reasons": list(each.reasons),
    }


def _show_look(reply: Reply, number: int, look: "Look") -> None:
    total = "nothing to buy" if look.total is None else str(look.total)
    say(reply, f"{number}. {look.score:.2f}, {total}")
    for item in look.items:
        price = "yours" if item.owned else str(item.price or "no price")
        say(reply, f"   {item.title}, {price}  [{item.id}]")
    say(reply, *(f"   {reason}" for reason in look.reasons))


# --- boards --------------------------------------------------------------------------------------------------


async def _draw(reply: Reply, bottega: "Bottega", looks: "Looks", out: Path) -> None:
    import asyncio

    from bottega.cli.laser_files import check_targets, write_files
    from bottega.fashion.outfits.board import board

    pictures = await _own_pictures(bottega, looks)
    names = [out, *(out.with_stem(f"{out.stem}-{n}") for n in range(2, len(looks) + 1))]
    check_targets(names)
    title = looks.occasion.replace("_", " ").capitalize()
    files: dict[Path, bytes] = {}
    for path, look in zip(names, looks, strict=True):
        drawn = await asyncio.to_thread(board, look, pictures, title=title)
        files[path] = await asyncio.to_thread(_png, drawn)
    await asyncio.to_thread(write_files, files)
    reply.document["files"] = [{"path": str(path), "bytes": len(data)} for path, data in files.items()]
    say(reply, f"Drawn: {', '.join(str(path) for path in files)}")


async def _own_pictures(bottega: "Bottega", looks: "Looks") -> dict[str, Any]:
    """Cut-outs of one's own things that have pictures; offers are drawn as outlines, nothing is fetched for them."""
    import asyncio

    from bottega.domain.principal import LOCAL
    from bottega.errors import NotFound

    found: dict[str, Any] = {}
    for id_ in {item.id for look in looks for item in look.items if item.owned}:
        own = await bottega.stylist.wardrobe.get(LOCAL.owner, id_)
        if not own.asset_id:
            continue
        try:
            asset = await bottega.asset(own.asset_id)
        except NotFound:
            continue  # the picture was deleted since; the outline of its kind stands for it
        found[id_] = await asyncio.to_thread(_cut_out, bottega.asset_path(asset))
    return found


def _cut_out(path: Path) -> Any:
    from bottega.cli.laser_files import read_picture
    from bottega.fashion.outfits.cutouts import cut_out

    return cut_out(*read_picture(path))


def _png(pixels: Any) -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
