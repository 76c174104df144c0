"""The gallery on both databases: found by words and filters, in pages; stars, boards, trash and its end."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from api_server import assert_problem, client_of, opened
from PIL import Image

from bottega.app import Bottega, make_request
from bottega.domain.asset import Asset, MediaInfo, Provenance
from bottega.domain.principal import LOCAL, Principal
from bottega.settings import Settings
from bottega.store.assets import keep_rows
from bottega.store.gallery import TRASH_DAYS

ALICE = Principal(owner="alice")
LATER = (TRASH_DAYS + 1) * 86_400.0


@pytest.fixture
async def studio(tmp_path: Path, database_url: str) -> AsyncIterator[Bottega]:
    settings = Settings(home=tmp_path / "home", database_url=database_url, compute_workers=1)
    async with opened(settings) as bottega:
        yield bottega


@pytest.fixture
async def client(studio: Bottega) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(studio) as client:
        yield client


def result(
    number: int, prompt: str, *, owner: str = "local", workflow: str = "image_editing", **over: object
) -> Asset:
    values: dict[str, object] = {
        "id": f"{number:064x}",
        "owner": owner,
        "kind": "result",
        "name": f"result-{number}.png",
        "media": MediaInfo(media_type="image/png", width=8, height=8),
        "size": 10,
        "created_at": 1000.0 + number,
        "provenance": Provenance(prompt=prompt, workflow=workflow, model_id="openai/gpt-image-2"),
    }
    return Asset.model_validate(values | over)


async def keep(studio: Bottega, *assets: Asset) -> None:
    await studio.database.write(lambda c: keep_rows(c, assets))


async def numbers(client: httpx.AsyncClient, **query: object) -> list[int]:
    response = await client.get("/api/v1/gallery", params=query)  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    return [int(item["asset"]["id"], 16) for item in response.json()["items"]]


async def upload(studio: Bottega, path: Path, colour: int, who: Principal = LOCAL) -> Asset:
    Image.new("RGB", (16, 16), (colour, 0, 0)).save(path)
    return await studio.add_asset(path, who=who)


# --- finding -------------------------------------------------------------------------------------------------


async def test_pages_have_everything_once_newest_first(studio: Bottega, client: httpx.AsyncClient) -> None:
    # Some were made at the same moment: the cursor must not lose or repeat them.
    await keep(studio, *(result(n, "x", created_at=1000.0 + n // 4 + 1 / 3) for n in range(23)))
    seen: list[int] = []
    cursor: str | None = None
    while True:
        query = {"limit": 5} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/gallery", params=query)).json()
        seen += [int(item["asset"]["id"], 16) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(range(23), reverse=True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cup", [1]),
        ("RED CUP", [1]),
        ("cup red", [1]),
        ("льняная", [2]),
        ("straße", [3]),
        ("100%", [3]),
        ("a_b", []),
        ("gpt-image", [3, 2, 1]),
        ("result-2", [2]),
        ("'; DROP TABLE gallery; --", []),
        ("zebra", []),
    ],
)
async def test_words_are_found_in_any_case_and_order(
    studio: Bottega, client: httpx.AsyncClient, words: str, found: list[int]
) -> None:
    await keep(
        studio, result(1, "A red Cup"), result(2, "ЛЬНЯНАЯ рубашка"), result(3, "STRASSE, 100% of axb")
    )
    assert await numbers(client, q=words) == found


async def test_filters_narrow_it(studio: Bottega, client: httpx.AsyncClient) -> None:
    clip = MediaInfo(media_type="video/mp4", width=8, height=8)
    await keep(
        studio,
        result(1, "x", workflow="laser"),
        result(2, "x", kind="upload", provenance=None),
        result(3, "x", media=clip),
        result(4, "x", kind="original"),
        result(5, "x", owner="alice"),
    )
    assert await numbers(client) == [4, 3, 2, 1]
    assert await numbers(client, workflow="laser") == [1]
    assert await numbers(client, kind="upload") == [2]
    assert await numbers(client, kind="result") == [4, 3, 1]
    assert await numbers(client, media="clip") == [3]
    assert await numbers(client, since=1002, until=1004) == [3, 2]
    facets = (await client.get("/api/v1/gallery/facets")).json()
    assert facets == {"workflows": ["image_editing", "laser"], "models": ["openai/gpt-image-2"]}


@pytest.mark.parametrize(
    "query", ["cursor=nonsense", "limit=201", "kind=x", "since=nan", "board=board_none", "q=" + "x" * 401]
)
async def test_what_cannot_be_asked_is_said(client: httpx.AsyncClient, query: str) -> None:
    assert_problem(await client.get(f"/api/v1/gallery?{query}"))


# --- stars and boards ----------------------------------------------------------------------------------------


async def test_stars_and_boards(studio: Bottega, client: httpx.AsyncClient) -> None:
    await keep(studio, *(result(n, "x") for n in (1, 2, 3)))
    ids = [f"{n:064x}" for n in (1, 2, 3)]
    await client.post("/api/v1/gallery/star", json={"asset_ids": ids[:2]})
    await client.post("/api/v1/gallery/star", json={"asset_ids": ids[:1], "starred": False})
    assert await numbers(client, starred=True) == [2]
    board = (await client.post("/api/v1/boards", json={"name": " My  kitchen "})).json()
    assert board["name"] == "My kitchen"
    here = f"/api/v1/boards/{board['id']}"
    added = (await client.post(f"{here}/assets", json={"asset_ids": ids[1:]})).json()
    assert added["assets"] == 2
    assert await numbers(client, board=board["id"]) == [3, 2]
    assert_problem(await client.post("/api/v1/boards", json={"name": "My kitchen"}), 409)
    assert (await client.patch(here, json={"name": "Bath"})).json()["name"] == "Bath"
    await client.post(f"{here}/assets/remove", json={"asset_ids": ids[1:2]})
    assert await numbers(client, board=board["id"]) == [3]
    assert (await client.delete(here)).status_code == 204
    assert await numbers(client) == [3, 2, 1]
    assert_problem(await client.get(here), 404)


async def test_others_things_are_not_found(studio: Bottega, client: httpx.AsyncClient) -> None:
    await keep(studio, result(1, "x", owner="alice"), result(2, "x"))
    board = await studio.boards.create("alice", "Hers")
    theirs, mine = {"asset_ids": [f"{1:064x}"]}, {"asset_ids": [f"{2:064x}"]}
    for path in ("gallery/star", "gallery/trash", "gallery/restore"):
        assert_problem(await client.post(f"/api/v1/{path}", json=theirs), 404)
    both = {"asset_ids": [*mine["asset_ids"], *theirs["asset_ids"]]}
    assert_problem(await client.post("/api/v1/gallery/trash", json=both), 404)
    assert await numbers(client) == [2]
    assert_problem(await client.post(f"/api/v1/boards/{board.id}/assets", json=mine), 404)
    assert_problem(await client.get(f"/api/v1/gallery?board={board.id}"), 404)
    assert_problem(await client.delete(f"/api/v1/boards/{board.id}"), 404)
    assert_problem(await client.get(f"/api/v1/gallery/{1:064x}"), 404)


# --- trash ---------------------------------------------------------------------------------------------------


async def test_the_trash_can_be_undone(studio: Bottega, client: httpx.AsyncClient) -> None:
    await keep(studio, result(1, "x"), result(2, "x"))
    body = {"asset_ids": [f"{1:064x}"]}
    answer = (await client.post("/api/v1/gallery/trash", json=body)).json()
    assert answer["purge_at"] == pytest.approx(time.time() + TRASH_DAYS * 86_400, abs=60)
    assert await numbers(client) == [2]
    assert await numbers(client, deleted=True) == [1]
    await client.post("/api/v1/gallery/restore", json=body)
    assert await numbers(client) == [2, 1]


async def test_what_comes_again_is_out_of_the_trash(studio: Bottega, tmp_path: Path) -> None:
    asset = await upload(studio, tmp_path / "a.png", 10)
    await studio.gallery.trash("local", [asset.id])
    await upload(studio, tmp_path / "a.png", 10)
    assert (await studio.gallery.item("local", asset.id)).deleted_at is None


async def test_after_thirty_days_it_is_gone_with_its_files(studio: Bottega, tmp_path: Path) -> None:
    asset = await upload(studio, tmp_path / "a.png", 10)
    thumbnail = await studio.thumbnail(asset.id, 128)
    board = await studio.boards.create("local", "Board")
    await studio.boards.add("local", board.id, [asset.id])
    await studio.gallery.trash("local", [asset.id])
    assert await studio.purge.run(grace_s=0) == 0
    assert studio.asset_path(asset).is_file()
    assert await studio.purge.run(now=time.time() + LATER, grace_s=0) == 1
    assert not studio.asset_path(asset).exists()
    assert not thumbnail.exists()
    assert await studio.assets() == []
    assert (await studio.boards.get("local", board.id)).assets == 0


async def test_bytes_stay_until_the_last_owner_is_gone(studio: Bottega, tmp_path: Path) -> None:
    mine = await upload(studio, tmp_path / "a.png", 10)
    hers = await upload(studio, tmp_path / "a.png", 10, ALICE)
    assert mine.id == hers.id
    await studio.gallery.trash("local", [mine.id])
    await studio.purge.run(now=time.time() + LATER, grace_s=0)
    assert await studio.assets() == []
    assert (await studio.asset(hers.id, ALICE)).id == hers.id
    assert studio.asset_path(hers).is_file()
    await studio.gallery.trash("alice", [hers.id])
    await studio.purge.run(now=time.time() + LATER, grace_s=0)
    assert not studio.asset_path(hers).exists()


async def test_what_a_job_needs_stays_until_it_is_over(studio: Bottega, tmp_path: Path) -> None:
    asset = await upload(studio, tmp_path / "a.png", 10)
    request = make_request(
        prompt="Sharpen this",
        inputs=await studio.add_inputs([tmp_path / "a.png"]),
        workflow="image_enhancement",
    )
    job = await studio.submit(request)
    await studio.gallery.trash("local", [asset.id])
    assert await studio.purge.run(now=time.time() + LATER, grace_s=0) == 0
    assert studio.asset_path(asset).is_file()
    await studio.cancel(job.id)
    assert await studio.purge.run(now=time.time() + LATER, grace_s=0) == 1
    assert not studio.asset_path(asset).exists()


async def test_an_upload_under_way_keeps_its_bytes(studio: Bottega, tmp_path: Path) -> None:
    asset = await upload(studio, tmp_path / "a.png", 10)
    await studio.gallery.trash("local", [asset.id])
    # Its file is fresh, as that of an upload whose row is still to be written.
    assert await studio.purge.run(now=time.time() + LATER) == 1
    assert studio.asset_path(asset).is_file()
    await upload(studio, tmp_path / "a.png", 10)
    path = studio.asset_path(asset)
    await asyncio.to_thread(os.utime, path, (0, 0))
    await studio.purge.run(now=time.time() + LATER)
    assert path.is_file()


# --- thumbnails ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [256, 512])
async def test_thumbnails_are_kept_for_good(
    studio: Bottega, client: httpx.AsyncClient, tmp_path: Path, side: int
) -> None:
    asset = await upload(studio, tmp_path / "a.png", 10)
    answer = await client.get(f"/api/v1/assets/{asset.id}/thumbnail?side={side}")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
