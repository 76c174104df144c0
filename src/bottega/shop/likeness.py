"""What an offer and a picture of a garment have in common that can be told of both: category, colours, pattern, as a vector.

Nothing is fetched for it: an offer's vector comes from what its feed says, a picture's from `fashion.garment`. The cosine
of two is between 0 and 1.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import sqlalchemy as sa

from bottega.errors import InputError
from bottega.imaging.limits import Limits
from bottega.shop.colours import Lab, lab_of
from bottega.shop.product import Category, Product, from_record
from bottega.shop.terms import materials_and_patterns
from bottega.shop.vectors import LOOK, unit
from bottega.shop.vocabulary import vocabulary
from bottega.store.database import Database, insert_or_leave
from bottega.store.schema import product_imports as I
from bottega.store.schema import product_vectors as X
from bottega.store.schema import products as P

if TYPE_CHECKING:
    from bottega.imaging.picture import F32

CATEGORY, COLOURS, PATTERN = 0.45, 0.4, 0.15
"""What each part is worth where both sides tell it."""
_NEAR: Final = 12.0
"""CIEDE2000 at which a colour counts for its neighbour by 1/e."""
_CATEGORIES: Final = tuple(name for name in get_args(Category) if name != "other")
_PATTERNS: Final = ("plain", "striped", "checked", "dotted", "floral", "print")
_PAGE: Final = 2_000


def look_of_picture(path: Path, limits: Limits) -> list[float]:
    """Of a product picture; computes for about a second. Raises InputError where no garment can be told from it, and what
    decoding raises."""
    from bottega.fashion.garment.parse import parse_garment
    from bottega.imaging.decode import decode

    picture = decode(path, limits)
    garment = parse_garment(picture.as_u8(), picture.opacity())
    if garment.check.refused or not garment.colours:
        why = " ".join(finding.message for finding in garment.check.refused)
        raise InputError(
            f"No garment can be told from the picture. {why}".strip(),
            hint="Take a picture of the garment alone, before a plain backdrop.",
        )
    shares = tuple((colour.lab, colour.share) for colour in garment.colours)
    return look(garment.kind, shares, garment.pattern).tolist()


def look_of_offer(product: Product) -> "F32":
    labs = [colour.lab for colour in product.colours if colour.lab is not None]
    # A feed names the main colour first and says nothing of shares.
    shares = tuple((lab, 1 / place) for place, lab in enumerate(labs, 1))
    made = materials_and_patterns(product.title, product.material, product.pattern)
    patterns = (term[2:] for term in made if term.startswith("xt"))
    return look(product.category, shares, next(patterns, ""))


@lru_cache(maxsize=65_536)
def look(category: str, colours: tuple[tuple[Lab, float], ...], pattern: str) -> "F32":
    """Of length 1. `colours` with how much of the garment each takes, in any unit; what is not known takes no part."""
    import numpy as np

    parts = (
        (CATEGORY, _one_of(category, _CATEGORIES)),
        (COLOURS, _histogram(colours)),
        (PATTERN, _one_of(pattern, _PATTERNS)),
    )
    vector = np.concatenate([np.sqrt(weight) * part for weight, part in parts]).astype(np.float32)
    # A direction of its own for what tells nothing at all: it is like nothing.
    return unit(np.append(vector, np.float32(not vector.any())).tolist())


def _one_of(name: str, names: Sequence[str]) -> "F32":
    import numpy as np

    return np.array([each == name for each in names], np.float32)


def _histogram(colours: tuple[tuple[Lab, float], ...]) -> "F32":
    """Roots of shares over the basic colours, so that the product of two is their Bhattacharyya coefficient."""
    import numpy as np

    from bottega.imaging.colour_difference import ciede2000

    shares = np.zeros(len(_basic_colours()))
    for lab, share in colours:
        near = np.exp(-((ciede2000(lab, _basic_colours()) / _NEAR) ** 2))
        shares += share * near / max(float(near.sum()), 1e-9)
    return np.sqrt(shares / (shares.sum() or 1.0)).astype(np.float32)


@cache
def _basic_colours() -> "F32":
    import numpy as np

    return np.array([lab_of(hex_) for hex_ in vocabulary().hexes.values()], np.float32)


# --- the offers' vectors -------------------------------------------------------------------------------------


class Looks:
    """The vectors of the offers, kept up with the imports: whether an offer is without one is asked only when an import has
    written since the last time, as it takes a look at every offer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._described: tuple[Any, ...] | None = None

    async def keep_up(self) -> None:
        written = await self._database.read(_imports_so_far)
        if written != self._described:
            await describe_offers(self._database)
            self._described = written  # as it was before: what is written meanwhile is seen the next time


def _imports_so_far(connection: sa.Connection) -> tuple[Any, ...]:
    """Differs after each batch of an import; offers come and change in no other way."""
    count, of = sa.func.count(), sa.func.max
    query = sa.select(count, sa.func.sum(I.c.position), of(I.c.started_at), of(I.c.finished_at))
    return tuple(connection.execute(query).one())


async def describe_offers(database: Database) -> int:
    """Vectors for the offers on sale that have none yet, or no longer; returns how many."""
    last = described = 0
    while rows := await database.read(lambda c, last=last: _without_look(c, last)):
        last = rows[-1][0]
        described += len(rows)
        looks = [
            {
                "product_id": id_,
                "kind": LOOK,
                "vector": look_of_offer(from_record(record)).astype("<f2").tobytes(),
            }
            for id_, record in rows
        ]
        await database.write(lambda c, looks=looks: c.execute(insert_or_leave(c, X), looks) and None)
    return described


def _without_look(connection: sa.Connection, last: int) -> list[tuple[int, str]]:
    has_one = sa.select(X.c.product_id).where(X.c.product_id == P.c.id, X.c.kind == LOOK).exists()
    query = (
        sa.select(P.c.id, P.c.record)
        .where(P.c.id > last, P.c.gone_at.is_(None), ~has_one)
        .order_by(P.c.id)
        .limit(_PAGE)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def forget_looks(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Of offers that have changed."""
    if ids:
        connection.execute(sa.delete(X).where(X.c.kind == LOOK, X.c.product_id.in_(list(ids))))
