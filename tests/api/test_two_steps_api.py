"""A laser job whose picture is made first, over HTTP: both steps and their price, before anything is bought."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from api_server import assert_problem, client_of, opened

from bottega.api import PREFIX
from bottega.settings import Settings

WISH = {"prompt": "engrave a wolf on plywood, 80 mm"}


@pytest.fixture
async def with_key(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The local user of an installation with a key that is never used; jobs wait."""
    settings = Settings(
        home=tmp_path / "home", web_dir=tmp_path / "not built", compute_workers=1, openai_api_key="sk-unused"
    )
    async with opened(settings) as bottega, client_of(bottega) as client:
        yield client


async def test_plan_and_job_show_both_steps_and_the_price_of_both(with_key: httpx.AsyncClient) -> None:
    answer = await with_key.post(f"{PREFIX}/plan", json=WISH)
    assert answer.status_code == 200, answer.text
    planned = answer.json()
    first = planned["plan"]["before"]
    assert (first["workflow"], first["role"], planned["plan"]["workflow"]) == (
        "image_generation",
        "working",
        "laser",
    )
    assert planned["price"]["high"] == first["candidates"][0]["price"]["high"] > 0
    assert planned["plan"]["candidates"][0]["price"]["high"] == 0
    assert planned["price"]["text"] in planned["notes"][-1]

    answer = await with_key.post(f"{PREFIX}/jobs", json=WISH)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert job["plan"]["before"]["prompt"].startswith("a wolf, ")
    again = (await with_key.get(f"{PREFIX}/jobs/{job['id']}")).json()
    assert again["plan"] == job["plan"]


async def test_a_cap_below_the_picture_is_refused_with_what_to_do(with_key: httpx.AsyncClient) -> None:
    answer = await with_key.post(f"{PREFIX}/plan", json=WISH | {"max_cost_usd": "0.001"})
    assert "A picture of your own" in assert_problem(answer, 402)["hint"]


async def test_without_a_model_that_makes_pictures_one_is_asked_for(local: httpx.AsyncClient) -> None:
    problem = assert_problem(await local.post(f"{PREFIX}/plan", json=WISH), 422)
    assert problem["code"] == "missing-input"
    assert "BOTTEGA_OPENAI_API_KEY" in problem["hint"]
