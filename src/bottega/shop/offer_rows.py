"""Offers as rows of the database, a batch at a time: what is new, what changed, what has gone. One transaction each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from bottega.errors import Conflict
from bottega.shop.likeness import forget_looks
from bottega.shop.product import Product, digest_of, to_record
from bottega.shop.terms import terms_of
from bottega.store.database import insert_or_leave
from bottega.store.schema import product_vocabulary as V
from bottega.store.schema import products as P

WORDS = "word"
CELLS = "cell"
CURRENCIES = "currency"
_COLUMNS = (
    "id", "owner", "shop", "key", "group_id", "source", "category", "price", "currency", "record", "digest", "terms",
    "updated_at",
)  # fmt: skip
_UPDATE = (
    "UPDATE products SET group_id = ?, source = ?, category = ?, price = ?, currency = ?, record = ?, digest = ?, "
    "terms = ?, updated_at = ?, gone_at = NULL WHERE id = ?"
)


class Row(NamedTuple):
    """An offer, ready to be compared and written."""

    line: int
    shop: str
    key: str
    group_id: str
    source: str
    category: str
    price: int | None
    currency: str
    record: str
    digest: str
    product: Product


@dataclass(slots=True)
class Stored:
    """What became of a batch. `ids`: the rows that the feed still has; `vocabulary`: words (`w...`), colour cells
    (`xh...`) and currencies (`xq...`) of what was written."""

    new: int = 0
    changed: int = 0
    same: int = 0
    repeated: list[Row] = field(default_factory=list[Row])
    ids: list[int] = field(default_factory=list[int])
    vocabulary: set[str] = field(default_factory=set[str])


class Seen:
    """The ids of rows that a feed has brought, a bit each."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def __contains__(self, id_: int) -> bool:
        return id_ >> 3 < len(self._bits) and bool(self._bits[id_ >> 3] & 1 << (id_ & 7))

    def update(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            if id_ >> 3 >= len(self._bits):
                self._bits.extend(bytes((id_ >> 3) + 4096 - len(self._bits)))
            self._bits[id_ >> 3] |= 1 << (id_ & 7)


def row_of(product: Product, line: int) -> Row:
    record = to_record(product)
    price = product.current_price
    return Row(
        line,
        product.shop,
        product.id,
        product.group_id,
        product.source,
        product.category,
        price.amount if price else None,
        price.currency if price else "",
        record,
        digest_of(record),
        product,
    )


def store_rows(connection: sa.Connection, owner: str, rows: Sequence[Row], seen: Seen, now: float) -> Stored:
    """Write what is new or has changed. Of the same shop and key the first of a feed counts. Raises Conflict where another
    feed brings the same key at the same moment."""
    stored = Stored()
    existing = ids_of(connection, owner, rows)
    taken: set[tuple[str, str]] = set()
    new: list[Row] = []
    changed: list[tuple[Row, int]] = []
    for row in rows:
        found = existing.get((row.shop, row.key))
        if (row.shop, row.key) in taken or (found is not None and found[0] in seen):
            stored.repeated.append(row)
            continue
        taken.add((row.shop, row.key))
        if found is None:
            new.append(row)
            continue
        stored.ids.append(found[0])
        if found[1] == row.digest and not found[2]:
            stored.same += 1
        else:
            changed.append((row, found[0]))
    stored.new, stored.changed = len(new), len(changed)
    terms = {row.digest: terms_of(row.product, owner) for row in (*new, *(row for row, _ in changed))}
    stored.ids += _insert(connection, owner, [(*row[1:-1], terms[row.digest], now) for row in new])
    stored.vocabulary = _vocabulary(terms.values(), {row.currency for row in rows if row.currency})
    if changed:
        values = [(*row[3:-1], terms[row.digest], now, id_) for row, id_ in changed]
        connection.exec_driver_sql(_driver_sql(connection, _UPDATE), values)
        forget_looks(connection, [id_ for _, id_ in changed])
    return stored


def ids_of(
    connection: sa.Connection, owner: str, rows: Sequence[Row]
) -> dict[tuple[str, str], tuple[int, str, bool]]:
    """(shop, key) -> (id, digest, whether it has gone) of the rows that exist."""
    shops: dict[str, list[str]] = {}
    for row in rows:
        shops.setdefault(row.shop, []).append(row.key)
    found: dict[tuple[str, str], tuple[int, str, bool]] = {}
    for shop, keys in shops.items():
        query = sa.select(P.c.id, P.c.key, P.c.digest, P.c.gone_at.is_not(None))
        if connection.dialect.name == "sqlite":
            query = query.where(P.c.owner == owner, P.c.shop == shop, P.c.key.in_(keys))
        else:
            # Each key by itself through the index: without statistics, while a large feed comes in, PostgreSQL would
            # take the shop for a few rows and read all of them for every batch.
            wanted = sa.func.unnest(sa.cast(keys, sa.ARRAY(sa.Text))).table_valued("key").render_derived()
            one = query.where(P.c.owner == owner, P.c.shop == shop, P.c.key == wanted.c.key).limit(1)
            query = sa.select(one.lateral()).select_from(wanted)
        for id_, key, digest, gone in connection.execute(query):
            found[shop, key] = (id_, digest, bool(gone))
    return found


def _insert(connection: sa.Connection, owner: str, rows: Sequence[tuple[Any, ...]]) -> Sequence[int]:
    """Rows of the columns from `shop` on; returns their new ids."""
    if not rows:
        return ()
    ids = _new_ids(connection, len(rows))
    values = [(id_, owner, *row) for id_, row in zip(ids, rows, strict=True)]
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(_COLUMNS))
        connection.exec_driver_sql(
            f"INSERT INTO products ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - names are ours
            values,
        )
        return ids
    from psycopg.errors import UniqueViolation

    cursor = cast("Any", connection.connection.driver_connection).cursor()
    try:
        with cursor.copy(f"COPY products ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for each in values:
                copy.write_row(each)
    except UniqueViolation as error:
        raise Conflict(
            "Another import brings the same offers of this shop at this moment.",
            hint="Import the feeds of a shop one after the other; what was written stays.",
        ) from error
    finally:
        cursor.close()
    return ids


def _new_ids(connection: sa.Connection, count: int) -> Sequence[int]:
    if connection.dialect.name == "sqlite":  # the writer is alone
        last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(P.c.id), 0))).scalar_one()
        return range(last + 1, last + 1 + count)
    query = sa.text(
        "SELECT nextval(pg_get_serial_sequence('products', 'id')) FROM generate_series(1, :count)"
    )
    return connection.execute(query, {"count": count}).scalars().all()


def _driver_sql(connection: sa.Connection, statement: str) -> str:
    return statement if connection.dialect.name == "sqlite" else statement.replace("?", "%s")


# --- what has gone -------------------------------------------------------------------------------------------

_PAGE = 20_000


def unseen_ids(connection: sa.Connection, owner: str, source: str, seen: Seen) -> list[int]:
    """Rows of this source that are still for sale as far as is known, and that the feed did not bring."""
    unseen: list[int] = []
    last = 0
    while True:
        query = (
            sa.select(P.c.id)
            .where(P.c.owner == owner, P.c.source == source, P.c.gone_at.is_(None), P.c.id > last)
            .order_by(P.c.id)
            .limit(_PAGE)
        )
        ids = connection.execute(query).scalars().all()
        unseen += [id_ for id_ in ids if id_ not in seen]
        if len(ids) < _PAGE:
            return unseen
        last = ids[-1]


def mark_gone(connection: sa.Connection, ids: Sequence[int], now: float) -> None:
    """They stay on record, for outfits that name them, and are not found any more."""
    statement = "UPDATE products SET gone_at = ?, terms = '' WHERE id = ? AND gone_at IS NULL"
    if ids:
        connection.exec_driver_sql(_driver_sql(connection, statement), [(now, id_) for id_ in ids])


# --- vocabulary ----------------------------------------------------------------------------------------------


def _vocabulary(terms: Iterable[str], currencies: set[str]) -> set[str]:
    found: set[str] = set()
    for each in terms:
        found.update(each.split(" "))
    kept = {term for term in found if term[:1] == "w" or term[:2] == "xh"}
    return kept | {f"xq{currency}" for currency in currencies}


def keep_vocabulary(connection: sa.Connection, terms: Iterable[str]) -> None:
    kinds = {"xh": CELLS, "xq": CURRENCIES}
    rows = [
        {"kind": WORDS, "term": term[1:]} if term[0] == "w" else {"kind": kinds[term[:2]], "term": term[2:]}
        for term in sorted(terms)
    ]
    if rows:
        connection.execute(insert_or_leave(connection, V), rows)
