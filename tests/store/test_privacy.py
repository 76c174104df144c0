"""What a user may ask of their data: pictures of persons go after the work, everything is taken along or erased."""

import json
import shutil
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from bottega.app import Bottega
from bottega.domain.asset import Asset
from bottega.domain.principal import LOCAL, Principal
from bottega.errors import Conflict, NotFound
from bottega.jobs.queue import NewJob, enqueue
from bottega.references.reference import ReferenceKind
from bottega.settings import Settings
from bottega.shop.wardrobe import NewItem, Wardrobe
from bottega.spend.ledger import charge, place_hold
from bottega.store import schema
from bottega.store.database import epoch_now
from bottega.store.privacy import Privacy
from bottega.store.privacy_tables import MONEY, OWNED, queries_for

ANN, BEN = Principal(owner="ann"), Principal(owner="ben")
TRY_ON = "reference_styling/virtual_tryon"


@pytest.fixture
async def studio(tmp_path: Path, database_url: str) -> AsyncIterator[Bottega]:
    settings = Settings(home=tmp_path / "home", database_url=database_url, compute_workers=1)
    bottega = Bottega(settings)
    await bottega.start(run_jobs=False)
    yield bottega
    await bottega.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "me.png"
    Image.fromarray(np.random.default_rng(7).integers(0, 256, (64, 48, 3), np.uint8)).save(path)
    return path


def files_with(studio: Bottega, content: bytes) -> list[Path]:
    """Every file under the home folder that has these bytes."""
    return [p for p in studio.settings.home_dir.rglob("*") if p.is_file() and content in p.read_bytes()]


async def a_job(
    studio: Bottega,
    person: Asset,
    *,
    job_id: str = "job_1",
    workflow: str = TRY_ON,
    role: str = "person",
    options: dict[str, Any] | None = None,
) -> None:
    """A job that waits."""
    payload = {
        "request": {"inputs": [{"role": role, "asset_id": person.id}]},
        "plan": {"workflow": workflow, "options": options or {}},
    }
    new = NewJob(id=job_id, owner=person.owner, payload=payload)
    await studio.database.write(lambda c: enqueue(c, [new]))


async def it_ends(studio: Bottega, job_id: str = "job_1", state: str = "succeeded") -> None:
    table = schema.jobs
    await studio.database.write(
        lambda c: c.execute(
            sa.update(table).where(table.c.id == job_id).values(state=state, finished_at=epoch_now(c))
        )
    )


# --- pictures of persons -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["succeeded", "rejected", "failed", "cancelled"])
async def test_a_persons_picture_is_gone_from_the_disk_when_its_job_has_ended(
    studio: Bottega, picture: Path, state: str
) -> None:
    person = await studio.add_asset(picture, who=ANN)
    thumbnail = await studio.thumbnail(person.id, 128, ANN)
    await a_job(studio, person)
    assert await studio.privacy.sweep() == 0
    assert files_with(studio, picture.read_bytes())
    await it_ends(studio, state=state)
    assert await studio.privacy.sweep() == 1
    assert files_with(studio, picture.read_bytes()) == []
    assert not thumbnail.exists()
    with pytest.raises(NotFound):
        await studio.asset(person.id, ANN)


@pytest.mark.parametrize("workflow", [TRY_ON, "style_advice", "outfit"])
async def test_without_the_role_person_the_working_picture_is_the_person(
    studio: Bottega, picture: Path, workflow: str
) -> None:
    person = await studio.add_asset(picture, who=ANN)
    await a_job(studio, person, workflow=workflow, role="working")
    await it_ends(studio)
    assert await studio.privacy.sweep() == 1


async def test_other_workflows_keep_their_pictures(studio: Bottega, picture: Path) -> None:
    person = await studio.add_asset(picture, who=ANN)
    await a_job(studio, person, workflow="image_enhancement", role="working")
    await it_ends(studio)
    assert await studio.privacy.sweep() == 0


async def test_the_option_keep_keeps_it(studio: Bottega, picture: Path) -> None:
    person = await studio.add_asset(picture, who=ANN)
    await a_job(studio, person, options={"keep": True})
    await it_ends(studio)
    assert await studio.privacy.sweep() == 0
    assert (await studio.asset(person.id, ANN)).id == person.id


@pytest.mark.parametrize("how", ["star", "board", "reference", "wardrobe"])
async def test_what_the_user_saved_stays(studio: Bottega, picture: Path, how: str) -> None:
    person = await studio.add_asset(picture, who=ANN)
    await a_job(studio, person)
    match how:
        case "star":
            await studio.gallery.star("ann", [person.id], starred=True)
        case "board":
            board = await studio.boards.create("ann", "Me")
            await studio.boards.add("ann", board.id, [person.id])
        case "reference":
            await studio.references.save("ann", "me", ReferenceKind.PERSON, person.id)
        case _:
            await Wardrobe(studio.database, studio.store).add("ann", NewItem(name="coat", asset_id=person.id))
    await it_ends(studio)
    assert await studio.privacy.sweep() == 0
    assert files_with(studio, picture.read_bytes())


async def test_a_picture_that_another_job_still_needs_goes_after_that(studio: Bottega, picture: Path) -> None:
    person = await studio.add_asset(picture, who=ANN)
    await a_job(studio, person)
    await a_job(studio, person, job_id="job_2", workflow="image_enhancement", role="working")
    await it_ends(studio)
    assert await studio.privacy.sweep() == 0
    await it_ends(studio, "job_2")
    assert await studio.privacy.sweep() == 1


async def test_the_same_picture_of_somebody_else_stays_theirs(studio: Bottega, picture: Path) -> None:
    mine, theirs = await studio.add_asset(picture, who=ANN), await studio.add_asset(picture, who=BEN)
    await a_job(studio, mine)
    await it_ends(studio)
    await studio.privacy.sweep()
    with pytest.raises(NotFound):
        await studio.asset(mine.id, ANN)
    assert studio.asset_path(await studio.asset(theirs.id, BEN)).read_bytes() == picture.read_bytes()


async def test_the_retention_counts_from_the_end_of_the_last_job(studio: Bottega, picture: Path) -> None:
    keeping = Privacy(studio.database, studio.store, hours=2)
    person = await studio.add_asset(picture, who=ANN)
    await a_job(studio, person)
    await a_job(studio, person, job_id="job_2")
    await it_ends(studio)
    await it_ends(studio, "job_2")
    now = await studio.database.read(epoch_now)
    assert await keeping.sweep(now=now + 3600) == 0
    assert await keeping.sweep(now=now + 3 * 3600) == 1


async def test_a_picture_sent_again_after_it_went_is_whole(studio: Bottega, picture: Path) -> None:
    person = await studio.add_asset(picture, who=ANN)
    await a_job(studio, person)
    await it_ends(studio)
    await studio.privacy.sweep()
    again = await studio.add_asset(picture, who=ANN)
    assert studio.asset_path(again).read_bytes() == picture.read_bytes()
    assert await studio.privacy.sweep() == 0


# --- everything ----------------------------------------------------------------------------------------------


async def a_life(studio: Bottega, picture: Path, who: Principal = ANN) -> Asset:
    """An asset, a finished job, a wardrobe, a reference, preferences, a key and money spent."""
    asset = await studio.add_asset(picture, who=who)
    job_id = f"job_of_{who.owner[::-1]}"
    await a_job(studio, asset, job_id=job_id, workflow="image_enhancement")
    await it_ends(studio, job_id)
    await Wardrobe(studio.database, studio.store).add(who.owner, NewItem(name="navy coat"))
    await studio.references.save(who.owner, "me", ReferenceKind.PERSON, asset.id)
    await studio.preferences.change(who.owner, {"theme": "dark"})
    await studio.keys.create(who.owner, "laptop")

    def spend(connection: sa.Connection) -> None:
        hold = place_hold(
            connection,
            hold_id=f"hold_{who.owner[::-1]}",
            owner=who.owner,
            job_id=job_id,
            model_id="openai/x",
            provider="openai",
            amount=500_000,
            now=epoch_now(connection),
        )
        assert hold is not None
        charge(
            connection, f"hold_{who.owner[::-1]}", 400_000, {"prompt": "a secret wish"}, epoch_now(connection)
        )

    await studio.database.write(spend)
    return asset


async def names_left(studio: Bottega, owner: str) -> dict[str, int]:
    """Tables that still hold rows in which the owner's name stands anywhere."""

    def look(connection: sa.Connection) -> dict[str, int]:
        found: dict[str, int] = {}
        for table in schema.metadata.sorted_tables:
            rows = connection.execute(sa.select(table)).mappings().all()
            if count := sum(owner in str(value) for row in rows for value in row.values()):
                found[table.name] = count
        return found

    return await studio.database.read(look)


async def test_an_export_holds_every_file_and_every_record(
    studio: Bottega, picture: Path, tmp_path: Path
) -> None:
    asset = await a_life(studio, picture)
    await a_life(studio, picture, BEN)
    told = await studio.privacy.export("ann", tmp_path / "ann.zip")
    with zipfile.ZipFile(tmp_path / "ann.zip") as archive:
        assert archive.testzip() is None
        assert archive.read(f"assets/{asset.id}/me.png") == picture.read_bytes()
        tables = {
            n.removesuffix(".json"): json.loads(archive.read(n))
            for n in archive.namelist()
            if n.endswith(".json")
        }
        assert "ben" not in "".join(
            archive.read(n).decode() for n in archive.namelist() if n.endswith(".json")
        )
    assert told.files == 1
    assert told.missing == ()
    assert {name: len(rows) for name, rows in tables.items()} == told.records
    assert [row["amount"] for row in tables["ledger"] if row["kind"] == "charge"] == [400_000]
    assert tables["wardrobe_items"][0]["name"] == "navy coat"
    assert tables["preferences"][0]["value"]["theme"] == "dark"
    assert "hash" not in tables["api_keys"][0]
    for name in ("jobs", "events", "named_references", "holds", "gallery"):
        assert tables[name], name


async def test_an_export_says_which_files_are_missing(studio: Bottega, picture: Path, tmp_path: Path) -> None:
    asset = await a_life(studio, picture)
    shutil.move(studio.asset_path(asset), tmp_path / "elsewhere")
    told = await studio.privacy.export("ann", tmp_path / "ann.zip")
    assert told.missing == (asset.id,)


async def test_after_an_erasure_neither_bytes_nor_name_are_left(studio: Bottega, picture: Path) -> None:
    asset = await a_life(studio, picture)
    thumbnail = await studio.thumbnail(asset.id, 256, ANN)
    told = await studio.privacy.erase("ann")
    assert told.files == 1
    assert files_with(studio, picture.read_bytes()) == []
    assert not thumbnail.exists()
    assert await names_left(studio, "ann") == {}
    assert await names_left(studio, asset.id) == {}


async def test_an_erasure_leaves_the_others_alone(studio: Bottega, picture: Path) -> None:
    await a_life(studio, picture)
    theirs = await a_life(studio, picture, BEN)
    before = await names_left(studio, "ben")
    await studio.privacy.erase("ann")
    assert await names_left(studio, "ben") == before
    assert studio.asset_path(await studio.asset(theirs.id, BEN)).read_bytes() == picture.read_bytes()


async def test_the_books_add_up_after_an_erasure(studio: Bottega, picture: Path) -> None:
    await a_life(studio, picture)
    told = await studio.privacy.erase("ann")
    table = schema.ledger
    rows = await studio.database.read(lambda c: c.execute(sa.select(table)).all())
    assert {row.owner for row in rows} == {told.alias}
    assert sum(row.amount for row in rows if row.kind == "charge") == 400_000
    assert "secret" not in str(rows)
    assert await studio.ledger.audit() == ()


async def test_nothing_is_erased_while_work_is_under_way(studio: Bottega, picture: Path) -> None:
    asset = await studio.add_asset(picture, who=ANN)
    await a_job(studio, asset)
    with pytest.raises(Conflict):
        await studio.privacy.erase("ann")
    assert (await studio.asset(asset.id, ANN)).id == asset.id


async def test_every_table_that_names_an_owner_is_exported_and_erased() -> None:
    named = {table for table in schema.metadata.sorted_tables if "owner" in table.c}
    assert named == {*OWNED, *MONEY}
    listed = {name for name, _ in queries_for(LOCAL.owner)}
    assert {table.name for table in named} - listed == {"cached_values", "flights"}
