"""Search over the offers that a user can see: the words of a sentence, filters, colours, vectors.

Candidates come from the index without ranking, a bounded number of them; what is best among them is decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bottega.errors import NotFound
from bottega.shop.importing import EVERYBODY
from bottega.shop.index import Every, Expression, are_all, find, holds, read_ready
from bottega.shop.likeness import Looks
from bottega.shop.looking import (
    CANDIDATES,
    Looking,
    SearchRequest,
    describe,
    looking_for,
    word_expressions,
)
from bottega.shop.offer_rows import CELLS, CURRENCIES, WORDS
from bottega.shop.product import Product, from_record
from bottega.shop.ranking import Candidate, best_of_groups
from bottega.shop.vectors import LOOK, NearWords, nearest, similarities, unit
from bottega.store.database import Database
from bottega.store.schema import product_vocabulary as V
from bottega.store.schema import products as P

__all__ = ["Hit", "ProductSearch", "SearchAnswer", "SearchRequest"]

_MOST_WORDS = 100_000
_COLUMNS = "p.id, p.record, p.updated_at"


@dataclass(frozen=True, slots=True)
class Hit:
    """`variants` are the ids of further offers of the same group that fit; `colour_distance` is CIEDE2000."""

    product: Product
    score: float
    variants: tuple[str, ...] = ()
    colour_distance: float | None = None


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """`understood` are the filters as they were applied. `matched` says how: `words` all in what names the offers,
    `description` also in what describes them, `beginnings` of words, `near words` (`corrected` says which), `some words`,
    `filters` alone, `vector`."""

    hits: tuple[Hit, ...]
    understood: dict[str, Any]
    matched: str
    corrected: dict[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])

    def as_dict(self) -> dict[str, Any]:
        hits = [
            hit.product.as_dict()
            | {
                "score": round(hit.score, 4),
                "variants": list(hit.variants),
                "colour_distance": hit.colour_distance,
            }
            for hit in self.hits
        ]
        return {
            "products": hits,
            "understood": self.understood,
            "matched": self.matched,
            "corrected": {word: list(near) for word, near in self.corrected.items()},
        }


class ProductSearch:
    """Sees an owner's offers and those of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._near: NearWords | None = None
        self._looks = Looks(database)

    async def get(self, owner: str, shop: str, key: str) -> Product:
        """Also one that has gone. Raises NotFound."""
        if "\0" in shop + key:
            raise NotFound("There is no such offer.")
        query = sa.select(P.c.record, P.c.updated_at).where(
            P.c.owner.in_([owner, EVERYBODY]), P.c.shop == shop, P.c.key == key
        )
        row = await self._database.read(lambda c: c.execute(query).first())
        if row is None:
            raise NotFound(f"There is no offer {key[:80]!r} of {shop[:80]!r}.")
        return from_record(row.record, row.updated_at)

    async def search(self, owner: str, request: SearchRequest) -> SearchAnswer:
        """Raises InvalidOption for a colour, a category or a range that is none."""
        if request.vector and request.vector_kind == LOOK:
            await self._looks.keep_up()
        return await read_ready(self._database, lambda c: self._search(c, owner, request))

    def _search(self, connection: sa.Connection, owner: str, request: SearchRequest) -> SearchAnswer:
        owners = (owner, EVERYBODY)
        looking = looking_for(request, owners, *_terms(connection, CELLS, CURRENCIES))
        understood = describe(looking)
        if request.vector and not looking.wish.stems:
            found = self._nearest(connection, looking, ())
            return self._answer(connection, found, looking, understood, "vector")
        offers = _Offers(connection, looking)
        for matched, words in word_expressions(looking.wish):
            found = offers.find(looking, words)
            if found and request.vector:  # of what the words find, the first are any; the nearest are wanted
                known = {candidate.id for candidate in found}
                near = self._nearest(connection, looking, words)
                found += [candidate for candidate in near if candidate.id not in known]
            if found:
                return self._answer(connection, found, looking, understood, matched)
        return self._near_words(connection, offers, looking, understood)

    def _near_words(
        self, connection: sa.Connection, offers: "_Offers", looking: Looking, understood: dict[str, Any]
    ) -> SearchAnswer:
        corrected = dict[str, "tuple[str, ...]"]()
        if looking.wish.stems:
            near = self._near_index(connection)
            unknown = (word for word in looking.wish.stems if word not in near.known)
            corrected = {word: tuple(best) for word in unknown if (best := near.of(word))}
        other = looking.corrected(corrected)
        if corrected and (found := offers.find(other, looking.with_near(corrected))):
            return self._answer(connection, found, other, understood, "near words", corrected)
        # One word as it was said has been looked for before.
        some = looking.any_word(corrected) if corrected or len(looking.wish.stems) > 1 else []
        found = offers.find(other, some) if some else []
        return self._answer(connection, found, other, understood, "some words", corrected)

    def _nearest(
        self, connection: sa.Connection, looking: Looking, words: Sequence[Expression]
    ) -> list[Candidate]:
        request, expression = looking.request, looking.expression(words)
        ids = nearest(connection, request.vector_kind, unit(request.vector), expression, CANDIDATES)
        return [candidate for candidate in _by_ids(connection, list(ids)) if looking.fits(candidate)]

    def _answer(
        self,
        connection: sa.Connection,
        found: list[Candidate],
        looking: Looking,
        understood: dict[str, Any],
        matched: str,
        corrected: dict[str, tuple[str, ...]] | None = None,
    ) -> SearchAnswer:
        request = looking.request
        if request.vector:
            ids = [candidate.id for candidate in found]
            scores = similarities(connection, request.vector_kind, unit(request.vector), ids)
            for candidate in found:
                candidate.similarity = scores.get(candidate.id)
        best = best_of_groups(found, looking.wish)[: request.limit]
        hits = tuple(Hit(c.product, c.score, tuple(c.variants), c.colour_distance) for c in best)
        return SearchAnswer(hits, understood, matched, corrected or {})

    def _near_index(self, connection: sa.Connection) -> NearWords:
        """Made of the vocabulary once, and again when it has grown."""
        count = connection.execute(
            sa.select(sa.func.count()).select_from(V).where(V.c.kind == WORDS)
        ).scalar_one()
        if self._near is None or len(self._near.words) != min(count, _MOST_WORDS):
            self._near = NearWords(*_terms(connection, WORDS))
        return self._near


class _Offers:
    """Those that one search chooses from. Of several colours few offers have all: those are found once, by the filters alone,
    and words are looked for among them, where otherwise each looser reading of the words would go through all colours anew."""

    def __init__(self, connection: sa.Connection, looking: Looking) -> None:
        self._connection = connection
        many_passes = len(looking.colours) > 1 and looking.wish.stems
        self._few = self._if_few(looking) if many_passes else None

    def find(self, looking: Looking, words: Sequence[Expression]) -> list[Candidate]:
        """Those that fit; a bounded number."""
        if self._few is not None:
            return [one for one, terms in self._few if holds(Every(tuple(words)), terms)]
        rows = find(self._connection, _COLUMNS, looking.expression(words), CANDIDATES)
        return [one for id_, record, at in _typed(rows) if looking.fits(one := _candidate(id_, record, at))]

    def _if_few(self, looking: Looking) -> list[tuple[Candidate, frozenset[str]]] | None:
        rows = find(self._connection, f"{_COLUMNS}, p.terms", Every(looking.filters), CANDIDATES)
        if not are_all(len(rows), CANDIDATES):
            return None
        common = Every(looking.common)  # looked at here: the index would go through all offers for it
        few: list[tuple[Candidate, frozenset[str]]] = []
        for id_, record, at, terms in _with_terms(rows):
            one, held = _candidate(id_, record, at), frozenset(terms.split(" "))
            if holds(common, held) and looking.fits(one):
                few.append((one, held))
        return few


def _candidate(id_: int, record: str, updated_at: float) -> Candidate:
    return Candidate(int(id_), from_record(record, updated_at))


def _typed(rows: Sequence[Any]) -> Sequence[tuple[int, str, float]]:
    return rows


def _with_terms(rows: Sequence[Any]) -> Sequence[tuple[int, str, float, str]]:
    return rows


def _terms(connection: sa.Connection, *kinds: str) -> tuple[list[str], ...]:
    """Of each kind, in order."""
    query = sa.select(V.c.kind, V.c.term).where(V.c.kind.in_(kinds)).order_by(V.c.term).limit(_MOST_WORDS)
    found: dict[str, list[str]] = {kind: [] for kind in kinds}
    for kind, term in connection.execute(query):
        found[kind].append(term)
    return tuple(found.values())


def _by_ids(connection: sa.Connection, ids: list[int]) -> list[Candidate]:
    query = sa.select(P.c.id, P.c.record, P.c.updated_at).where(P.c.id.in_(ids))
    return [Candidate(id_, from_record(record, at)) for id_, record, at in connection.execute(query)]
