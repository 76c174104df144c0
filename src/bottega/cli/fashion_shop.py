"""`fashion import` and `fashion search`: product feeds into the database, and what is found in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bottega.shop.importing import ImportReport
    from bottega.shop.search import SearchAnswer

Format = Literal["auto", "google", "yml", "csv", "jsonl", "asos", "lamoda", "wildberries"]
_SHOWN = 10
WHERE_OFFERS_COME_FROM = (
    "Offers come from feeds: `bottega fashion import FEED`, or `--demo` for made-up goods to try."
)


def register(app: typer.Typer) -> None:
    """Add the commands to the group `fashion`."""
    app.command("import")(import_)
    app.command("search")(search)


def import_(
    feed: Annotated[
        Path | None,
        typer.Argument(help="The feed: XML, YML, CSV, TSV or JSON Lines; also packed.", show_default=False),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="What it is; auto looks at it.")] = "auto",
    mapping: Annotated[
        Path | None,
        typer.Option(help="A TOML or JSON file: which column is which field.", show_default=False),
    ] = None,
    shop: Annotated[str, typer.Option(help="Whose offers they are, where the feed does not say.")] = "",
    source: Annotated[
        str, typer.Option(help="The feed's name; what it no longer has is gone. Without: the file's name.")
    ] = "",
    part: Annotated[
        bool, typer.Option("--part", help="The feed is a part: nothing is gone for not being in it.")
    ] = False,
    shared: Annotated[
        bool, typer.Option("--shared", help="All users of this installation find the offers.")
    ] = False,
    demo: Annotated[bool, typer.Option("--demo", help="A made-up catalogue instead of a feed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a product feed into the catalogue; a stopped import goes on where it was."""
    reply = Reply(as_json, report=None)

    async def work() -> int:
        import tempfile

        from bottega.domain.principal import LOCAL
        from bottega.errors import MissingInput
        from bottega.shop.demo import SHOP, write_demo_feed
        from bottega.shop.feeds import load_mapping, open_feed
        from bottega.shop.importing import EVERYBODY, import_feed

        if (feed is None) != demo:
            raise MissingInput(
                "Give either a feed or --demo.", hint="`bottega fashion import --demo` has goods to try."
            )
        columns = None if mapping is None else load_mapping(mapping.expanduser())
        with tempfile.TemporaryDirectory() as folder:
            path = write_demo_feed(Path(folder) / "demo.jsonl") if feed is None else feed.expanduser()
            opened_feed = open_feed(
                path,
                format="auto" if demo else format_,
                mapping=columns,
                shop=SHOP if demo else shop,
                source=source,
            )
            async with opened() as bottega:
                with _Progress(reply) as progress:
                    report = await import_feed(
                        bottega.database,
                        opened_feed,
                        owner=EVERYBODY if shared else LOCAL.owner,
                        full=not part,
                        on_progress=progress.tell,
                    )
        reply.document["report"] = report.model_dump(mode="json")
        _show_report(reply, report)
        return 0 if report.complete else 6

    carry_out(reply, work)


def search(
    text: Annotated[str, typer.Argument(help='Such as "linen shirt under 50 EUR".', show_default=False)] = "",
    like: Annotated[
        Path | None,
        typer.Option(
            metavar="PICTURE", help="What looks most like the garment in this picture.", show_default=False
        ),
    ] = None,
    size: Annotated[
        list[str] | None, typer.Option(help="Only in stock in this size.", show_default=False)
    ] = None,
    category: Annotated[str, typer.Option(help="top, bottom, dress, outerwear, shoes or accessory.")] = "",
    gender: Annotated[str, typer.Option(help="female, male or unisex.")] = "",
    colour: Annotated[str, typer.Option(help="A word or #rrggbb.")] = "",
    brand: Annotated[str, typer.Option(help="Only of this brand.")] = "",
    shop: Annotated[str, typer.Option(help="Only of this shop.")] = "",
    sold_out: Annotated[bool, typer.Option("--sold-out", help="Also what cannot be bought now.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Ask the partners of partners.toml as well.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Find offers by words, prices, sizes and colours in one sentence, by a picture, or by both."""
    reply = Reply(as_json, answer=None)

    async def work() -> int:
        from pydantic import ValidationError

        from bottega.domain.principal import LOCAL
        from bottega.errors import InvalidOption
        from bottega.shop.likeness import look_of_picture
        from bottega.shop.partners import PartnerSearch, load_partners
        from bottega.shop.search import SearchRequest
        from bottega.shop.vectors import LOOK

        given: dict[str, Any] = {"category": category or None, "sizes": tuple(size or ())}
        try:
            request = SearchRequest(
                text=text,
                gender=gender,  # pyright: ignore[reportArgumentType] - validated there
                colour=colour,
                brand=brand,
                shop=shop,
                in_stock=not sold_out,
                limit=limit,
                **given,
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidOption(f"The {first['loc'][0]} cannot be used: {first['msg']}.") from None
        async with opened() as bottega:
            if like is not None:
                vector = await bottega.compute.call(look_of_picture, like.expanduser(), bottega.store.limits)
                request = request.model_copy(update={"vector": tuple(vector), "vector_kind": LOOK})
            finder = bottega.stylist.search
            answer = await finder.search(LOCAL.owner, request)
            reply.document["answer"] = answer.as_dict()
            _show_answer(reply, answer)
            if live:
                partners = load_partners(bottega.settings.home_dir / "partners.toml")
                asked = PartnerSearch(partners, finder, bottega.breakers)
                said = await asked.search(LOCAL.owner, request)
                reply.document["partners"] = [each.as_dict() for each in said]
                for each in said:
                    reply.show(
                        f"{each.partner} ({each.source}): {len(each.hits)} offers. {each.reason}".strip()
                    )
        return 0

    carry_out(reply, work)


class _Progress:
    """Records dealt with, on a terminal."""

    def __init__(self, reply: Reply) -> None:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.completed:,.0f} records"),
            TimeElapsedColumn(),
            console=reply.console,
            transient=True,
            disable=not reply.console.is_terminal,
        )
        self._task = self._progress.add_task("import", total=None)

    def __enter__(self) -> "_Progress":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell(self, records: int) -> None:
        self._progress.update(self._task, completed=records)


def _show_report(reply: Reply, report: "ImportReport") -> None:
    reply.show(
        f"{report.shop}: {report.records} records in {report.seconds:.1f} s. {report.new} new, {report.changed} changed, "
        f"{report.same} the same, {report.gone} gone, {report.bad} not usable."
    )
    for bad in report.bad_lines[:_SHOWN]:
        reply.show(f"  line {bad.line}: {bad.reason}")
    if report.bad > _SHOWN:
        reply.show(f"  and {report.bad - _SHOWN} more (--json lists up to 200).")
    if report.problem:
        reply.show(f"{report.problem} Nothing was marked as gone.")


def _show_answer(reply: Reply, answer: "SearchAnswer") -> None:
    from rich.text import Text

    said = ", ".join(_filter(name, value) for name, value in answer.understood.items() if name != "words")
    reply.show(Text(f"Understood: {said}" if said else "No filters."))
    if answer.corrected:
        near = ", ".join(f"{word} -> {' or '.join(words)}" for word, words in answer.corrected.items())
        reply.show(Text(f"Near words: {near}"))
    if answer.hits:
        reply.show(_table(answer))
    else:
        reply.show("Nothing was found.", WHERE_OFFERS_COME_FROM)


def _filter(name: str, value: Any) -> str:
    """`sizes: M or L`; a filter that is only on or off is said by its name, a colour by its own."""
    title = name.replace("_", " ")
    if value is True:
        return title
    values = cast("Sequence[Any]", value if isinstance(value, (list, tuple)) else (value,))
    return f"{title}: {' or '.join(map(_value, values))}"


def _value(value: Any) -> str:
    return str(cast("dict[str, Any]", value)["name"] if isinstance(value, dict) else value)


def _table(answer: "SearchAnswer") -> "Table":
    from rich.text import Text

    from bottega.cli.show import plain_table

    table = plain_table("title", "brand", "price", "sizes", "shop", "id", right=("price",))
    for hit in answer.hits:
        product = hit.product
        sizes = " ".join(size.label for size in product.sizes if size.available)
        price = str(product.current_price or "")
        table.add_row(
            *(Text(part) for part in (product.title, product.brand, price, sizes, product.shop, product.id))
        )
    return table
