"""Google Merchant feeds (RSS 2.0, Atom) and Yandex YML, read as a stream by an XML parser that takes nothing from outside.

No entity that a document declares itself is accepted, no external one is fetched, depth and sizes are limited.
"""

import html.entities
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal
from xml.parsers import expat

from bottega.shop.feeds.errors import UnreadableFeed
from bottega.shop.feeds.records import Record

CHUNK = 1 << 16
DEEPEST = 24
LONGEST_FIELD = 200_000
MOST_FIELDS = 2_000
MOST_CATEGORIES = 500_000

_ITEMS = {"google": frozenset({"item", "entry"}), "yml": frozenset({"offer"})}
_REPEATED = frozenset({"additional_image_link", "picture", "param", "product_type", "shipping"})


@dataclass(slots=True)
class _Open:
    """The record that is being read."""

    line: int
    fields: dict[str, Any]
    count: int = 0
    problem: str = ""


@dataclass(slots=True)
class _Reader:
    parser: expat.XMLParserType
    items: frozenset[str]
    depth: int = 0
    record: _Open | None = None
    record_depth: int = 0
    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    text: list[str] = field(default_factory=list[str])
    length: int = 0
    ready: list[Record] = field(default_factory=list[Record])
    categories: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """YML: id -> (parent id, name)."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnreadableFeed(
                f"The feed is nested deeper than {DEEPEST} levels.", line=self.parser.CurrentLineNumber
            )
        if self.record is None:
            if name in self.items:
                self.record = _Open(self.parser.CurrentLineNumber, dict(attributes))
                self.record_depth = self.depth
            elif name == "category":
                self._begin(name, attributes)
        elif self.depth == self.record_depth + 1:
            self._begin(name, attributes)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes, self.length = name, attributes, 0
        self.text.clear()

    def data(self, text: str) -> None:
        if self.name:
            self.length += len(text)
            if self.length <= LONGEST_FIELD:
                self.text.append(text)

    def skipped(self, name: str, is_parameter: bool) -> None:
        """An entity that an external DTD would declare: HTML's are known, others stay out."""
        if not is_parameter and (point := html.entities.name2codepoint.get(name)):
            self.data(chr(point))

    def end(self, name: str) -> None:
        if self.record is not None and self.depth == self.record_depth:
            self.ready.append(Record(self.record.line, self.record.fields, self.record.problem))
            self.record = None
        elif self.name and name == self.name and (self.record is None or self.depth == self.record_depth + 1):
            self._keep("".join(self.text))
            self.name = ""
        self.depth -= 1

    def _keep(self, text: str) -> None:
        record = self.record
        if record is None:
            if len(self.categories) < MOST_CATEGORIES and "id" in self.attributes:
                self.categories[self.attributes["id"]] = (self.attributes.get("parentId", ""), text.strip())
            return
        record.count += 1
        if self.length > LONGEST_FIELD:
            record.problem = f"its field {self.name} has more than {LONGEST_FIELD} characters"
        elif record.count > MOST_FIELDS:
            record.problem = f"it has more than {MOST_FIELDS} fields"
        else:
            self._put(record.fields, text)

    def _put(self, fields: dict[str, Any], text: str) -> None:
        prefix, _, local = self.name.rpartition(":")
        if local == "link" and "href" in self.attributes:
            text = self.attributes["href"]
        if local in _REPEATED:
            value: Any = (self.attributes.get("name", ""), text) if local == "param" else text
            fields.setdefault(local, []).append(value)
        elif prefix or local not in fields:  # g:title goes before title
            fields[local] = text


def xml_records(stream: BinaryIO, kind: Literal["google", "yml"]) -> Generator[Record]:
    """Fields by their names without prefix, as the feed has them; `picture` and the like as lists, YML's `param` as (name,
    text), and `categories` as the path of names. Raises UnreadableFeed where the XML breaks."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    reader = _Reader(parser, _ITEMS[kind])
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.SkippedEntityHandler = reader.skipped
    parser.EntityDeclHandler = _refuse_entity
    parser.ExternalEntityRefHandler = _refuse_external
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
            yield from _handed_on(reader)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from _handed_on(reader)
        reason = expat.errors.messages.get(error.code, "not well-formed")
        raise UnreadableFeed(
            f"The XML breaks off at line {error.lineno}: {reason}.",
            hint="What stood before it was read.",
            line=error.lineno,
        ) from None
    except (LookupError, ValueError) as error:
        raise UnreadableFeed(f"The XML cannot be decoded: {error}.", line=parser.CurrentLineNumber) from None
    yield from _handed_on(reader)


def _handed_on(reader: _Reader) -> Iterator[Record]:
    ready, reader.ready = reader.ready, []
    for record in ready:
        category = record.fields.pop("categoryId", None)
        if category is not None:
            record.fields["categories"] = _path(reader.categories, str(category).strip())
        yield record


def _path(categories: dict[str, tuple[str, str]], category: str) -> list[str]:
    """Names from the root down; a circle ends it."""
    names: list[str] = []
    seen: set[str] = set()
    while category in categories and category not in seen:
        seen.add(category)
        category, name = categories[category]
        names.append(name)
    return names[::-1]


def _refuse_entity(name: str, *_: Any) -> None:
    raise UnreadableFeed(
        f"The feed declares an entity ({name[:40]!r}), which is not accepted.",
        hint="Have the feed written without a DTD of its own.",
    )


def _refuse_external(*_: Any) -> int:
    raise UnreadableFeed("The feed asks for a file from elsewhere, which is not fetched.")
