"""Clips over HTTP: handed in, played in pieces, shown as a picture, and made by a (simulated) vendor."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_server import Served, assert_problem, events_of, served
from PIL import Image

from bottega.settings import Settings
from bottega.simulator.media import Media
from bottega.simulator.serve import KEY, Simulator


@pytest.fixture(scope="module")
def clip() -> bytes:
    return Media(3).clip(320, 180, 2, {}, fps=12, audio=True)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> Iterator[Served]:
    """A real server whose Replicate is the simulated one."""
    settings = Settings(
        home=tmp_path_factory.mktemp("studio"),
        replicate_api_key=KEY,
        replicate_base_url=simulator.base("replicate"),
        compute_processes=1,
        learning=False,
    )
    with served(settings) as running:
        yield running


async def added(client: httpx.AsyncClient, clip: bytes, kind: str = "video/mp4") -> httpx.Response:
    return await client.post("/api/v1/assets?name=sea.mp4", content=clip, headers={"Content-Type": kind})


async def test_a_clip_is_an_asset_with_length_sound_and_poster(client: httpx.AsyncClient, clip: bytes):
    response = await added(client, clip)
    assert response.status_code == 201, response.text
    (asset,) = response.json()["assets"]
    media = asset["media"]
    assert (media["media_type"], media["width"], media["height"]) == ("video/mp4", 320, 180)
    assert media["seconds"] == pytest.approx(2, abs=0.1)
    assert media["has_audio"] is True
    poster = await client.get(f"{asset['links']['thumbnail']}?side=128")
    assert poster.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(poster.content)).size == (128, 72)


async def test_a_player_gets_the_piece_it_asks_for(client: httpx.AsyncClient, clip: bytes):
    (asset,) = (await added(client, clip)).json()["assets"]
    whole = await client.get(asset["links"]["content"])
    assert whole.content == clip
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-disposition"].startswith('inline; filename="sea.mp4"')
    policy = whole.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "media-src 'self'" in policy
    piece = await client.get(asset["links"]["content"], headers={"Range": "bytes=100-199"})
    assert (piece.status_code, piece.content) == (206, clip[100:200])
    assert piece.headers["content-range"] == f"bytes 100-199/{len(clip)}"
    end = await client.get(asset["links"]["content"], headers={"Range": "bytes=-50"})
    assert (end.status_code, end.content) == (206, clip[-50:])
    beyond = await client.get(asset["links"]["content"], headers={"Range": f"bytes={len(clip)}-"})
    assert beyond.status_code == 416
    saved = await client.get(f"{asset['links']['content']}?download=true")
    assert saved.headers["content-disposition"].startswith("attachment;")


async def test_what_is_called_a_clip_and_is_none_is_refused(client: httpx.AsyncClient, clip: bytes):
    assert_problem(await added(client, clip[: len(clip) // 2]), 422)
    problem = assert_problem(await added(client, b"%PDF-1.7 " + bytes(2000)), 415)
    assert "PDF" in problem["detail"]
    told = await client.post("/api/v1/assets", content=clip, headers={"Content-Type": "text/plain"})
    assert "video/mp4" in assert_problem(told, 415)["hint"]


async def test_a_clip_to_work_on_is_an_input_of_its_own_kind(client: httpx.AsyncClient, clip: bytes):
    files = {"image": ("sea.mp4", clip, "video/mp4")}
    told = await client.post(
        "/api/v1/plan", data={"prompt": "animate this", "workflow": "image_to_video"}, files=files
    )
    problem = assert_problem(told, 422)
    assert "video_enhancement" in problem["hint"]


async def test_a_clip_without_a_key_says_what_to_configure(client: httpx.AsyncClient):
    told = await client.post("/api/v1/plan", json={"prompt": "a clip of a lantern floating down a river"})
    problem = assert_problem(told)
    assert "BOTTEGA_REPLICATE_API_KEY" in problem["hint"]


async def test_a_sentence_becomes_a_clip_that_can_be_played(studio: Served, simulator: Simulator):
    async with httpx.AsyncClient(base_url=studio.url, timeout=300) as client:
        sent = await client.post(
            "/api/v1/jobs", json={"prompt": "a vertical 5-second clip of a river at night"}
        )
        assert sent.status_code == 202, sent.text
        job = sent.json()
        assert job["plan"]["workflow"] == "text_to_video"
        async for _ in events_of(client, job["id"]):
            pass
        done = (await client.get(f"/api/v1/jobs/{job['id']}")).json()
        assert done["state"] == "succeeded", done["error"]
        assert done["result"]["verdict"]["state"] == "accepted"
        assert done["result"]["cost"] > 0
        asset = (await client.get(f"/api/v1/assets/{done['result']['outputs'][0]}")).json()
        assert asset["media"]["height"] > asset["media"]["width"]
        assert asset["media"]["seconds"] == pytest.approx(5, abs=1)
        piece = await client.get(asset["links"]["content"], headers={"Range": "bytes=0-15"})
        assert (piece.status_code, piece.content[4:8]) == (206, b"ftyp")
        poster = await client.get(asset["links"]["thumbnail"])
        assert Image.open(io.BytesIO(poster.content)).format == "WEBP"
    (bought,) = simulator.world.calls("replicate", "predictions.create")
    assert "river at night" in bought.fields["input"]["prompt"]
    assert (bought.fields["input"]["duration"], bought.fields["input"]["aspect_ratio"]) == (5, "9:16")


async def test_a_photograph_is_brought_to_life(studio: Served, simulator: Simulator, photograph: Path):
    simulator.world.reset()
    async with httpx.AsyncClient(base_url=studio.url, timeout=300) as client:
        files = {"image": (photograph.name, photograph.read_bytes())}
        sent = await client.post(
            "/api/v1/jobs", data={"prompt": "Animate this photo, 5 seconds"}, files=files
        )
        assert sent.status_code == 202, sent.text
        job = sent.json()
        assert job["plan"]["workflow"] == "image_to_video"
        async for _ in events_of(client, job["id"]):
            pass
        done = (await client.get(f"/api/v1/jobs/{job['id']}")).json()
    assert done["state"] == "succeeded", done["error"]
    measures = {m["name"]: m for m in done["result"]["verdict"]["measures"]}
    assert measures["clip_first_frame"]["passed"]
    (bought,) = simulator.world.calls("replicate", "predictions.create")
    assert "moves gently" in bought.fields["input"]["prompt"]
    assert {"image", "start_image", "first_frame_image"} & bought.fields["input"].keys()
