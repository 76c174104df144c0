"""How fast is the gallery at many assets: a page, a page far down, a search for words, a filter?

    python benchmarks/gallery.py [--quick] [--assets N] [--json FILE] [--sqlite-only]

Assets are rows without files (20,000; `--quick`: 5,000), those of two owners mixed. Exits with 1 when 95% of the questions of
a kind are not answered within 150 ms. SQLite runs in a temporary folder, PostgreSQL in a database of its own on the server
that BOTTEGA_TEST_POSTGRES names.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bottega.domain.asset import Asset, MediaInfo, Provenance
from bottega.store.assets import keep_rows
from bottega.store.database import Database
from bottega.store.gallery import Gallery, GalleryFilter

POSTGRES = os.environ.get("BOTTEGA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
ASSETS, QUICK = 20_000, 5_000
AIM_MS = 150.0
ROUNDS = 30
OWNER = "local"
WORDS = [
    "red",
    "blue",
    "linen",
    "coat",
    "lamp",
    "cup",
    "kitchen",
    "portrait",
    "forest",
    "river",
    "winter",
    "sharp",
    "enlarge",
    "engrave",
    "plywood",
    "poster",
    "cat",
    "dog",
    "street",
    "night",
    "morning",
    "glass",
    "wood",
    "stone",
    "paper",
    "gold",
    "silver",
    "garden",
    "bridge",
    "tower",
    "boat",
]
WORKFLOWS = ("image_editing", "image_enhancement", "image_generation", "laser", "virtual_tryon")


def asset(number: int, chance: random.Random) -> Asset:
    workflow = chance.choice(WORKFLOWS)
    prompt = " ".join(chance.choices(WORDS, k=20)) + (" zirconium" if number % 5000 == 17 else "")
    return Asset(
        id=f"{number:064x}",
        owner=OWNER if number % 10 else "somebody-else",
        kind="result" if number % 3 else "upload",
        name=f"picture-{number}.png",
        media=MediaInfo(media_type="image/png", width=1024, height=1024),
        size=1_000_000,
        created_at=1_700_000_000.0 + number // 3,
        provenance=Provenance(prompt=prompt, workflow=workflow, model_id=f"vendor/model-{number % 7}"),
    )


async def fill(database: Database, count: int) -> None:
    chance = random.Random(7)
    made = [asset(number, chance) for number in range(count)]
    for first in range(0, count, 500):
        await database.write(lambda c, part=made[first : first + 500]: keep_rows(c, part))


async def timed(ask: Callable[[], Awaitable[Any]]) -> dict[str, float]:
    taken: list[float] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - started) * 1000)
    return {"p50": statistics.median(taken), "p95": sorted(taken)[round(0.95 * (ROUNDS - 1))]}


async def measure(url: str, count: int) -> dict[str, dict[str, float]]:
    database = Database(url)
    await database.open()
    try:
        await fill(database, count)
        gallery = Gallery(database)
        deep = f"{1_700_000_000.0 + count // 30!r}-{0:064x}"
        questions: dict[str, Callable[[], Awaitable[Any]]] = {
            "first page of 200": lambda: gallery.page(OWNER, limit=200),
            "page of 200 far down": lambda: gallery.page(OWNER, limit=200, cursor=deep),
            "search, a frequent word": lambda: gallery.page(OWNER, GalleryFilter(words="linen"), limit=200),
            "search, three words": lambda: gallery.page(
                OWNER, GalleryFilter(words="linen coat lamp"), limit=200
            ),
            "search, a rare word": lambda: gallery.page(OWNER, GalleryFilter(words="zirconium"), limit=200),
            "search, no such word": lambda: gallery.page(OWNER, GalleryFilter(words="absent"), limit=200),
            "workflow and words": lambda: gallery.page(
                OWNER, GalleryFilter(words="cat", workflow="laser"), limit=200
            ),
            "starred (none)": lambda: gallery.page(OWNER, GalleryFilter(starred=True), limit=200),
            "trash (empty)": lambda: gallery.page(OWNER, GalleryFilter(deleted=True), limit=200),
        }
        return {name: await timed(ask) for name, ask in questions.items()}
    finally:
        await database.close()


def on_sqlite(count: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measure(f"sqlite:///{Path(folder) / 'gallery.db'}", count))


def on_postgresql(count: int) -> dict[str, dict[str, float]]:
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"bottega_bench_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        url = sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        return asyncio.run(measure(url, count))
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--assets", type=int)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--sqlite-only", action="store_true")
    given = parser.parse_args()
    count = given.assets or (QUICK if given.quick else ASSETS)
    found = {"sqlite": on_sqlite(count)}
    if not given.sqlite_only:
        found["postgresql"] = on_postgresql(count)
    table = Table(
        title=f"The gallery at {count:,} assets, {ROUNDS} times each; aim: p95 within {AIM_MS:g} ms"
    )
    for column in ("question", *(f"{kind} {figure}, ms" for kind in found for figure in ("p50", "p95"))):
        table.add_column(column, justify="left" if column == "question" else "right")
    for question in found["sqlite"]:
        cells = (f"{found[kind][question][figure]:.1f}" for kind in found for figure in ("p50", "p95"))
        table.add_row(question, *cells)
    Console().print(table)
    missed = [
        f"{kind}: {question}"
        for kind, answers in found.items()
        for question, figures in answers.items()
        if figures["p95"] > AIM_MS
    ]
    if given.json:
        given.json.write_text(
            json.dumps({"assets": count, "aim_ms": AIM_MS, "measured": found, "missed": missed})
        )
    for each in missed:
        print(f"missed: {each}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
