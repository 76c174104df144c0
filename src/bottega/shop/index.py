"""The index over what search reads of offers: FTS5 on SQLite, a GIN index of tsvectors on PostgreSQL.

Both answer the same expression of terms. The index holds nothing of its own and is made where it is missing.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from bottega.store.database import Database, Work
from bottega.store.schema import products as P

T = TypeVar("T")

TABLE = "product_search"
_PG_INDEX = "ix_products_terms"
_VECTOR = "array_to_tsvector(string_to_array(terms, ' '))"
_PG_SAMPLES = {16: "(id & 960) = 0", 4: "(id & 192) = 0"}
"""Every so many blocks of 64 offers have an index of their own on PostgreSQL. A GIN index gives all offers of a common word
before the first can be read, so that a word of a tenth of the catalogue would take long; among a sixteenth of it there are
enough. Blocks keep the sizes and colours of one thing together."""


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any term that begins so."""

    beginning: str


Expression: TypeAlias = str | Every | Either | Prefix
"""A term, or terms put together. Terms consist of letters and digits only."""


def either(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else Either(tuple(parts))


def holds(expression: Expression, terms: Set[str]) -> bool:
    """Whether an offer with these terms is found by the expression."""
    match expression:
        case str():
            return expression in terms
        case Prefix(beginning):
            return any(term.startswith(beginning) for term in terms)
        case Every(parts):
            return all(holds(part, terms) for part in parts)
        case Either(parts):
            return any(holds(part, terms) for part in parts)


# --- making it -----------------------------------------------------------------------------------------------

_FTS5 = (
    # No positions and no lengths: words and filters are found, what is best among them is decided elsewhere.
    "CREATE VIRTUAL TABLE product_search USING fts5(terms, content='products', content_rowid='id', "
    'tokenize="unicode61 remove_diacritics 0", detail=none, columnsize=0)',
    "CREATE TRIGGER product_search_insert AFTER INSERT ON products BEGIN "
    "INSERT INTO product_search(rowid, terms) VALUES (new.id, new.terms); END",
    "CREATE TRIGGER product_search_delete AFTER DELETE ON products BEGIN "
    "INSERT INTO product_search(product_search, rowid, terms) VALUES ('delete', old.id, old.terms); END",
    "CREATE TRIGGER product_search_update AFTER UPDATE OF terms ON products WHEN old.terms IS NOT new.terms BEGIN "
    "INSERT INTO product_search(product_search, rowid, terms) VALUES ('delete', old.id, old.terms); "
    "INSERT INTO product_search(rowid, terms) VALUES (new.id, new.terms); END",
    "INSERT INTO product_search(product_search) VALUES ('rebuild')",
)


def has_index(connection: sa.Connection) -> bool:
    if connection.dialect.name == "sqlite":
        query = sa.text("SELECT 1 FROM sqlite_master WHERE name = :name")
        return connection.execute(query, {"name": TABLE}).scalar() is not None
    # The last one that is made.
    return (
        connection.execute(sa.text("SELECT to_regclass(:name)"), {"name": _pg_names()[-1]}).scalar()
        is not None
    )


def _pg_names() -> list[str]:
    return [_PG_INDEX, *(f"{_PG_INDEX}_{nth}" for nth in _PG_SAMPLES)]


def alone(connection: sa.Connection, what: str) -> None:
    """Whoever asks for the same `what` waits until this transaction ends. On SQLite the writer is alone anyway."""
    if connection.dialect.name != "sqlite":
        query = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
        connection.execute(query, {"what": f"bottega.shop {what}"})


def make_index(connection: sa.Connection) -> None:
    """Where it is missing; over a million offers it takes half a minute."""
    if has_index(connection):
        return
    alone(connection, "index")
    if connection.dialect.name == "sqlite":
        for statement in _FTS5:
            connection.exec_driver_sql(statement)
        return
    connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '128MB'")
    wheres = ["", *(f" WHERE {where}" for where in _PG_SAMPLES.values())]
    for name, where in zip(_pg_names(), wheres, strict=True):
        connection.exec_driver_sql(
            f"CREATE INDEX IF NOT EXISTS {name} ON products USING gin ({_VECTOR}){where}"
        )
    connection.exec_driver_sql("ANALYZE products")


def make_ready_for_load(connection: sa.Connection) -> None:
    """Before an import: an empty table is loaded without its PostgreSQL index, which is made faster afterwards."""
    if connection.dialect.name == "sqlite":
        make_index(connection)
        return
    # Two that looked at the table first and then both wanted it for themselves would wait for each other.
    alone(connection, "index")
    if connection.exec_driver_sql("SELECT NOT EXISTS (SELECT 1 FROM products)").scalar():
        for name in _pg_names():
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")


def settle_index(connection: sa.Connection) -> None:
    """After an import: what PostgreSQL has set aside of it, and would read through in each search up to the next vacuum, is
    put in its place."""
    if connection.dialect.name != "sqlite":
        query = sa.text("SELECT gin_clean_pending_list(to_regclass(name)) FROM unnest(:names) AS name")
        names = sa.bindparam("names", _pg_names(), type_=sa.ARRAY(sa.Text))
        connection.execute(query.bindparams(names))


# --- asking it -----------------------------------------------------------------------------------------------


def ready(connection: sa.Connection) -> bool:
    """Whether `find` can be asked in this transaction; False where the index is missing. On PostgreSQL, in the same round
    trip, it sets for this transaction what the plans need."""
    if connection.dialect.name == "sqlite":
        return has_index(connection)
    return connection.exec_driver_sql(_PG_READY, {"name": _pg_names()[-1]}).one()[0] is not None


# The planner takes common words for a reason to read the whole table.
_PG_READY = (
    "SELECT to_regclass(%(name)s), set_config('enable_seqscan', 'off', true), "
    "set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)"
)


async def read_ready(database: Database, work: Work[T]) -> T:
    """Run `work` on a connection that is `ready`; the index is made first where it is missing."""
    done = await database.read(lambda c: (work(c),) if ready(c) else None)
    if done is None:
        await database.write(make_index)
        done = await database.read(lambda c: (ready(c), work(c))[1:])
    return done[0]


def find(
    connection: sa.Connection, columns: str, expression: Expression, limit: int
) -> Sequence[sa.Row[tuple[object, ...]]]:
    """The `columns` of `products` (as SQL, under the name p) of at most `limit` offers, in the order of the table: no
    ranking, so that a common word costs no more than a rare one. On PostgreSQL, where half of `limit` and more are found in
    a part of the catalogue, those. The connection is `ready`."""
    if connection.dialect.name == "sqlite":
        statement, query = _fts5_find(columns), _FTS5_QUERY.write(expression)
        return connection.exec_driver_sql(statement, (query, limit)).all()
    queries = [_TSQUERY.write(part) for part in _parts(expression)]
    values = {f"query{nth}": query for nth, query in enumerate(queries)} | {
        "limit": limit,
        "enough": _enough(limit),
    }
    return connection.exec_driver_sql(_pg_find(columns, len(queries)), values).all()


def _enough(limit: int) -> int:
    return limit // 2


def are_all(found: int, limit: int) -> bool:
    """Whether that many found with this limit are certainly all that there are."""
    return found < _enough(limit)


@cache
def _fts5_find(columns: str) -> str:
    return (
        f"SELECT {columns} FROM {TABLE} s JOIN products p ON p.id = s.rowid "  # noqa: S608 - columns are ours
        f"WHERE {TABLE} MATCH ? LIMIT ?"
    )


def _parts(expression: Expression) -> tuple[Expression, ...]:
    """What must all be so. GIN goes from one condition to the next only where the one before holds, and skips what lies
    between; of a condition that joins all it looks at each term for every offer."""
    return expression.parts if isinstance(expression, Every) else (expression,)


@cache
def _pg_find(columns: str, parts: int) -> str:
    """One statement that looks in the smallest sample and goes on to a larger one, and to all, where that has too few: asked
    one after the other, each would cost a round trip. A part whose condition is false is not run."""
    found = {nth: f"(SELECT count(*) FROM every{nth})" for nth in _PG_SAMPLES}  # noqa: S608
    first = max(_PG_SAMPLES)
    samples: list[str] = []
    answers: list[str] = []
    too_few = ""
    for nth, where in _PG_SAMPLES.items():
        # A larger sample is worth a look where it will have enough, by what the first one has.
        hopeful = "" if nth == first else f" AND {found[first]} * {first} >= %(enough)s * {nth}"
        sample = _pg_matching(columns, parts, f" AND {where}{too_few}{hopeful}")
        samples.append(f"every{nth} AS MATERIALIZED ({sample})")
        answers.append(f"SELECT * FROM every{nth} WHERE {found[nth]} >= %(enough)s")  # noqa: S608
        too_few += f" AND {found[nth]} < %(enough)s"
    answers.append(f"({_pg_matching(columns, parts, too_few)})")
    return f"WITH {', '.join(samples)} {' UNION ALL '.join(answers)}"


def _pg_matching(columns: str, parts: int, also: str) -> str:
    every = " AND ".join(f"{_VECTOR} @@ CAST(%(query{nth})s AS tsquery)" for nth in range(parts))
    return f"SELECT {columns} FROM products p WHERE {every}{also} LIMIT %(limit)s"  # noqa: S608 - columns are ours


def matches(connection: sa.Connection, expression: Expression) -> sa.ColumnElement[bool]:
    """The condition on `products` that `find` looks by, for queries that go through all offers."""
    if connection.dialect.name == "sqlite":
        found = sa.text(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH :expression")  # noqa: S608
        rows = found.bindparams(expression=_FTS5_QUERY.write(expression)).columns(rowid=sa.Integer).subquery()
        return P.c.id.in_(sa.select(rows.c.rowid))
    terms: sa.ColumnElement[Any] = sa.literal_column(_VECTOR.replace("terms", "products.terms"))
    return sa.and_(*(terms.op("@@")(sa.cast(_TSQUERY.write(part), TSQUERY)) for part in _parts(expression)))


@dataclass(frozen=True)
class _Syntax:
    """How a query language puts terms together; `term` and `prefix` have a place for the letters."""

    term: str
    prefix: str
    both: str
    one: str

    def write(self, expression: Expression) -> str:
        match expression:
            case str():
                return self.term.format(expression)
            case Prefix(beginning):
                return self.prefix.format(beginning)
            case Every(parts):
                return f"({self.both.join(map(self.write, parts))})"
            case Either(parts):
                return f"({self.one.join(map(self.write, parts))})"


_FTS5_QUERY = _Syntax(term='"{}"', prefix='"{}" *', both=" AND ", one=" OR ")
_TSQUERY = _Syntax(term="'{}'", prefix="'{}':*", both=" & ", one=" | ")
