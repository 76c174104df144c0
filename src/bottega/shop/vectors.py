"""Vectors of offers: those that callers bring (of pictures, of texts), and a small one of our own for words that are near.

Which model made a caller's vectors is its affair; those of one kind are compared with each other only.
"""

import zlib
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bottega.errors import InvalidOption
from bottega.shop.index import Expression, matches
from bottega.shop.words import ngrams
from bottega.store.database import Database
from bottega.store.keyed_cache import upsert
from bottega.store.schema import product_vectors as X
from bottega.store.schema import products as P

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bottega.imaging.picture import F32

    F16 = NDArray[np.float16]
    I32 = NDArray[np.int32]

LOOK = "look"
"""The kind of the vectors that `likeness` makes; callers bring none of it."""
WORD_SIZE = 128
LONGEST = 4096
_PAGE = 8_192


def unit(vector: Sequence[float]) -> "F32":
    """Of length 1. Raises InvalidOption for a vector without direction, with NaN, or with too many figures."""
    import numpy as np

    array = np.asarray(vector, dtype=np.float32).reshape(-1)
    length = float(np.linalg.norm(array))
    if not 0 < array.size <= LONGEST or not np.isfinite(length) or length == 0:
        raise InvalidOption(f"A vector needs 1 to {LONGEST} finite figures that are not all zero.")
    return (array / np.float32(length)).astype(np.float32)


def word_vector(word: str) -> "F32":
    """Hashed runs of letters, of length 1: `shrt` is near `shirt`."""
    import numpy as np

    vector = np.zeros(WORD_SIZE, dtype=np.float32)
    for run in ngrams(word):
        code = zlib.crc32(run.encode())
        vector[code % WORD_SIZE] += 1.0 if code & 0x8000_0000 else -1.0
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector


class NearWords:
    """Finds the words of a vocabulary that look most like a given one.

    A word's vector has about a dozen figures other than zero. They are kept by their place, so that a look at a hundred
    thousand words is a look at those that share a place with the given one.
    """

    def __init__(self, words: Sequence[str]) -> None:
        import numpy as np

        self.words = tuple(words)
        self.known = frozenset(self.words)
        matrix = np.zeros((len(self.words), WORD_SIZE), dtype=np.float16)
        for row, word in enumerate(self.words):
            matrix[row] = word_vector(word)
        self._places = [self._figures(matrix[:, place]) for place in range(WORD_SIZE)]

    @staticmethod
    def _figures(column: "F16") -> "tuple[I32, F16]":
        """The rows where a column is not zero, and what it is there."""
        import numpy as np

        rows = np.flatnonzero(column)
        return rows.astype(np.int32), column[rows]

    def of(self, word: str, limit: int = 3, least: float = 0.35) -> list[str]:
        """Best first: by shared runs of letters, then by the ratio of equal letters in order."""
        import numpy as np

        if not self.words:
            return []
        vector = word_vector(word)
        scores = np.zeros(len(self.words), dtype=np.float32)
        for place in np.flatnonzero(vector):
            rows, figures = self._places[place]
            scores[rows] += figures * vector[place]
        looked_at = min(10 * limit, len(scores))
        best: list[int] = np.argpartition(-scores, looked_at - 1)[:looked_at].tolist()
        found = [(_ratio(word, self.words[i]), self.words[i]) for i in best if float(scores[i]) >= least]
        return [near for ratio, near in sorted(found, reverse=True)[:limit] if ratio >= 0.7]


def _ratio(one: str, other: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other, autojunk=False).ratio()


# --- those that callers bring --------------------------------------------------------------------------------


class VectorBook:
    """Vectors by offer and kind (`image`, `text`, `colour`, ...), kept in half precision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self, owner: str, shop: str, kind: str, vectors: Mapping[str, Sequence[float]]
    ) -> tuple[str, ...]:
        """Keep vectors by the offers' ids; returns the ids that this shop of the owner does not have. Raises InvalidOption for
        a vector that is none, and for the kind that is made here."""
        if kind == LOOK:
            raise InvalidOption(f"Vectors of the kind {kind!r} are made here.", hint="Give another kind.")
        if any("\0" in text for text in (shop, kind, *vectors)):
            raise InvalidOption("A name with a NUL character cannot be kept.")
        ready = {key: unit(vector).astype("<f2").tobytes() for key, vector in vectors.items()}

        def work(connection: sa.Connection) -> tuple[str, ...]:
            query = sa.select(P.c.key, P.c.id).where(
                P.c.owner == owner, P.c.shop == shop, P.c.key.in_(list(ready))
            )
            found = {row[0]: row[1] for row in connection.execute(query)}
            for key, id_ in found.items():
                upsert(connection, X, {"product_id": id_, "kind": kind}, vector=ready[key])
            return tuple(sorted(ready.keys() - found.keys()))

        return await self._database.write(work)


def similarities(connection: sa.Connection, kind: str, vector: "F32", ids: Sequence[int]) -> dict[int, float]:
    """Cosine of each of these offers that has a vector of the kind and size."""
    found: dict[int, float] = {}
    for at in range(0, len(ids), _PAGE):
        query = sa.select(X.c.product_id, X.c.vector).where(
            X.c.kind == kind, X.c.product_id.in_(list(ids[at : at + _PAGE]))
        )
        found |= _cosines([(row[0], row[1]) for row in connection.execute(query)], vector)
    return found


def nearest(
    connection: sa.Connection, kind: str, vector: "F32", expression: Expression, limit: int
) -> dict[int, float]:
    """The offers whose vectors are nearest, best first, of all that the index finds for `expression`; reads through the
    vectors of those a page at a time."""
    best: dict[int, float] = {}
    query = (
        sa.select(X.c.product_id, X.c.vector)
        .join(P, P.c.id == X.c.product_id)
        .where(X.c.kind == kind, matches(connection, expression))
    )
    found = connection.execute(query, execution_options={"stream_results": True})
    for rows in found.partitions(_PAGE):
        best |= _cosines([(row[0], row[1]) for row in rows], vector)
        best = dict(sorted(best.items(), key=itemgetter(1), reverse=True)[:limit])
    return best


def _cosines(rows: Sequence[tuple[int, bytes]], vector: "F32") -> dict[int, float]:
    import numpy as np

    size = 2 * vector.size
    fitting = [(id_, data) for id_, data in rows if len(data) == size]
    if not fitting:
        return {}
    matrix = np.frombuffer(b"".join(data for _, data in fitting), dtype="<f2").reshape(len(fitting), -1)
    scores = matrix.astype(np.float32) @ vector
    return {id_: float(score) for (id_, _), score in zip(fitting, scores, strict=True)}
