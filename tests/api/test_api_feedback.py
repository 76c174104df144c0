"""Feedback over HTTP: of one's own finished jobs, one row each, changed as often as wanted; owners apart."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_server import NOBODYS_JOB, Served, assert_problem, served

from bottega.app import Bottega, make_request
from bottega.domain.principal import Principal, Scope
from bottega.settings import Settings

URL = "/api/v1/feedback"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(Settings(home=tmp_path_factory.mktemp("home"), compute_workers=1)) as found:
        yield found


@pytest.fixture
async def there(running: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running.url, timeout=300) as client:
        yield client


@pytest.fixture
async def job(there: httpx.AsyncClient, photograph: Path) -> str:
    """A job that has come to its end."""
    form = {"prompt": "Sharpen this", "workflow": "image_enhancement"}
    sent = await there.post("/api/v1/jobs", data=form, files={"image": photograph.read_bytes()})
    job_id = sent.json()["id"]
    async with there.stream("GET", f"/api/v1/jobs/{job_id}/events") as story:
        async for _ in story.aiter_lines():
            pass
    return job_id


async def test_a_result_is_rated_and_the_rating_changed(there: httpx.AsyncClient, job: str) -> None:
    first = await there.post(URL, json={"job_id": job, "stars": 4, "features": {"colours": 5, "speed": 3}})
    assert first.status_code == 200, first.text
    kept = first.json()
    assert (kept["stars"], kept["thumb"], kept["workflow"]) == (4, None, "image_enhancement")
    assert kept["model_id"]
    changed = (await there.post(URL, json={"job_id": job, "thumb": "up", "comment": "<b>fine</b>"})).json()
    assert (changed["stars"], changed["thumb"], changed["comment"]) == (4, "up", "<b>fine</b>")
    assert changed["features"] == {"colours": 5, "speed": 3}
    assert changed["changed_at"] >= changed["at"] == kept["at"]
    last = (await there.post(URL, json={"job_id": job, "stars": None, "features": {}})).json()
    assert (last["stars"], last["features"], last["thumb"]) == (None, {}, "up")
    assert (await there.get(f"{URL}/{job}")).json() == last
    assert [row["job_id"] for row in (await there.get(URL)).json()["feedback"]].count(job) == 1


async def test_what_was_said_is_taken_back(there: httpx.AsyncClient, job: str) -> None:
    await there.post(URL, json={"job_id": job, "stars": 1, "features": {"colours": 1}})
    assert (await there.delete(f"{URL}/{job}")).status_code == 204
    assert_problem(await there.get(f"{URL}/{job}"), 404)
    assert_problem(await there.delete(f"{URL}/{job}"), 404)
    assert (await there.post(URL, json={"job_id": job, "thumb": "down"})).json()["features"] == {}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"stars": 0},
        {"stars": 6},
        {"stars": 4.5},
        {"stars": "5"},
        {"thumb": "sideways"},
        {"comment": "x" * 2001},
        {"comment": "a\0b"},
        {"comment": " "},
        {"features": {"": 3}},
        {"features": {"colours": 9}},
        {"features": {f"f{n}": 3 for n in range(17)}},
        {"colour": "red"},
    ],
)
async def test_what_is_no_rating_is_refused(there: httpx.AsyncClient, job: str, said: dict[str, Any]) -> None:
    assert_problem(await there.post(URL, json={"job_id": job} | said), 422)
    assert_problem(await there.get(f"{URL}/{job}"), 404)


async def test_the_satisfaction_is_shown(there: httpx.AsyncClient, job: str) -> None:
    await there.post(URL, json={"job_id": job, "stars": 5, "features": {"edges": 2}})
    (row,) = (await there.get("/api/v1/analytics/satisfaction?by=feature")).json()["rows"]
    assert (row["feature"], row["ratings"], row["mean_stars"], row["positive"]) == ("edges", 1, 2.0, 0)


async def test_a_job_that_waits_cannot_be_rated(
    shop: Bottega, local: httpx.AsyncClient, photograph: Path
) -> None:
    asset = await local.post("/api/v1/assets", files={"file": photograph.read_bytes()})
    inputs = [{"asset_id": asset.json()["assets"][0]["id"]}]
    sent = await local.post("/api/v1/jobs", json={"prompt": "Sharpen this", "inputs": inputs})
    problem = assert_problem(await local.post(URL, json={"job_id": sent.json()["id"], "stars": 3}), 409)
    assert problem["hint"]
    assert_problem(await local.post(URL, json={"job_id": NOBODYS_JOB, "stars": 3}), 404)


async def test_owners_say_nothing_of_each_others_jobs(
    public: httpx.AsyncClient, open_shop: Bottega, photograph: Path
) -> None:
    async def key(owner: str, *scopes: Scope) -> dict[str, str]:
        return {"X-API-Key": (await open_shop.keys.create(owner, "test", scopes)).secret}

    alice, bob = await key("alice", Scope.USER), await key("bob", Scope.USER)
    admin = await key("carol", Scope.USER, Scope.ADMIN)
    who = Principal(owner="alice")
    inputs = await open_shop.add_inputs([photograph], who)
    job = await open_shop.submit(make_request(prompt="Sharpen this", inputs=inputs), who)
    await open_shop.cancel(job.id, who)  # finished, without a result
    said = {"job_id": job.id, "thumb": "down"}
    for other in (bob, admin):
        real = await public.post(URL, json=said, headers=other)
        unreal = await public.post(URL, json=said | {"job_id": NOBODYS_JOB}, headers=other)
        assert_problem(real, 404)
        assert real.text.replace(job.id, NOBODYS_JOB) == unreal.text
    assert (await public.post(URL, json=said, headers=alice)).json()["model_id"] == ""
    assert_problem(await public.get(f"{URL}/{job.id}", headers=bob), 404)
    assert_problem(await public.delete(f"{URL}/{job.id}", headers=bob), 404)
    assert (await public.get(URL, headers=bob)).json()["feedback"] == []
    assert_problem(await public.get(f"{URL}?whose=all", headers=bob), 403)
    everybody = (await public.get(f"{URL}?whose=all", headers=admin)).json()["feedback"]
    assert [row["owner"] for row in everybody] == ["alice"]
    for method, path in [("GET", ""), ("POST", ""), ("GET", "/x"), ("DELETE", "/x")]:
        assert_problem(await public.request(method, URL + path), 401)
