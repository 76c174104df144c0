"""Product feeds as streams of records and offers: Google Merchant, Yandex YML, tables, JSON Lines."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from bottega.errors import InvalidOption
from bottega.shop.feeds.errors import UnreadableFeed
from bottega.shop.feeds.mapping import FeedMapping, Translator, load_mapping, presets
from bottega.shop.feeds.opening import Shape, digest_of_file, look_at, opened
from bottega.shop.feeds.records import Record
from bottega.shop.feeds.text_records import delimiter_of, json_records, table_records
from bottega.shop.feeds.xml_records import xml_records
from bottega.shop.offers import BadRow, Defaults, read_offer
from bottega.shop.product import Product

__all__ = ["Feed", "FeedFormat", "FeedMapping", "UnreadableFeed", "load_mapping", "open_feed"]

FeedFormat = Literal["auto", "google", "yml", "csv", "jsonl", "asos", "lamoda", "wildberries"]
_SHAPES: dict[str, frozenset[Shape]] = {
    "google": frozenset({"google", "table"}),
    "yml": frozenset({"yml"}),
    "csv": frozenset({"table"}),
    "jsonl": frozenset({"jsonl"}),
}


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed file, looked at. `format` is what it is read as, `digest` that of its bytes and of how they are read."""

    path: Path
    format: str
    shape: Shape
    encoding: str
    delimiter: str
    mapping: FeedMapping
    defaults: Defaults
    digest: str

    def records(self) -> Generator[Record]:
        """All records in the feed's order. Raises UnreadableFeed where nothing more can be read."""
        with opened(self.path) as stream:
            yield from self._records(stream)

    def _records(self, stream: BinaryIO) -> Generator[Record]:
        if self.shape in ("google", "yml"):
            return xml_records(stream, self.shape)
        if self.shape == "jsonl":
            return json_records(stream, self.encoding)
        return table_records(stream, self.encoding, self.delimiter)

    def offers(self, skip: int = 0) -> Generator[tuple[Record, Product | None, str]]:
        """(record, offer, reason): the offer, or the reason why there is none. The first `skip` records are left out."""
        translate = Translator(self.mapping)
        for number, record in enumerate(self.records()):
            if number < skip:
                continue
            if record.problem:
                yield record, None, record.problem
                continue
            try:
                yield record, read_offer(translate(record.fields), self.defaults), ""
            except BadRow as error:
                yield record, None, str(error)


def open_feed(
    path: Path,
    *,
    format: FeedFormat = "auto",
    mapping: FeedMapping | None = None,
    shop: str = "",
    source: str = "",
) -> Feed:
    """Look at a feed file. `shop` names whose offers they are where the records do not (else the preset's or the file's
    name), `source` the feed itself: what was in it before and is not any more has gone.

    Raises NotFound, UnreadableFeed, and InvalidOption where the format is another one.
    """
    chosen = mapping or FeedMapping()
    head = look_at(path, chosen.encoding)
    name = _detected(head.shape, head.text) if format == "auto" else format
    fitting = _SHAPES.get(name)
    if fitting is not None and head.shape not in fitting:
        raise InvalidOption(
            f"The feed is not in the format {name}: it looks like {head.shape}.",
            hint="Leave the format out: auto.",
        )
    if mapping is None:
        chosen = presets().get(name, chosen)
    shop = shop or chosen.shop or path.name.partition(".")[0]
    source = f"{shop}/{source or path.name}"
    delimiter = chosen.delimiter or (delimiter_of(head.text) if head.shape == "table" else "")
    return Feed(
        path=path,
        format=name,
        shape=head.shape,
        encoding=head.encoding,
        delimiter=delimiter,
        mapping=chosen,
        defaults=Defaults(shop, source, chosen.currency, chosen.minor_units),
        digest=digest_of_file(path, shop, source, name, head.encoding, delimiter, chosen.model_dump_json()),
    )


def _detected(shape: Shape, text: str) -> str:
    """Which of the formats it is, by what the presets' columns are called."""
    if shape in ("google", "yml"):
        return shape
    first = text.partition("\n")[0]
    if shape == "jsonl":
        return "wildberries" if "priceU" in first and ('"nmId"' in first or '"id"' in first) else "jsonl"
    header = {name.strip().strip('"') for name in first.split(delimiter_of(text))}
    if "aw_product_id" in header or "aw_deep_link" in header:
        return "asos"
    return "lamoda" if {"oldprice", "currencyId"} <= header else "csv"
