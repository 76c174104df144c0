"""Limits of requests as a client meets them, and the classes of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from bottega import Bottega
from bottega.api import create_app
from bottega.domain.intent import WorkClass
from bottega.settings import Settings


@asynccontextmanager
async def served(home: Path, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    shop = Bottega(Settings(home=home, **settings))
    app = create_app(shop, run_jobs=False)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1") as client:
            yield client


async def test_too_many_requests_are_told_when_to_come_back(tmp_path: Path) -> None:
    async with served(tmp_path, rate_limit_per_minute=2) as client:
        answers = [await client.post("/intent", json={"prompt": "draw a cat"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        problem = answers[2].json()
        assert answers[2].headers["content-type"] == "application/problem+json"
        assert 1 <= int(answers[2].headers["retry-after"]) <= 60
        assert problem["type"].endswith("rate-limited")
        # Work is counted apart from asking what it would be.
        work = await client.post("/jobs", json={"prompt": "draw a cat"})
        assert work.status_code != 429


async def test_the_classes_of_work_are_those_of_the_definition(tmp_path: Path) -> None:
    async with served(tmp_path) as client:
        listed = (await client.get("/intent/classes")).json()
    assert [entry["name"] for entry in listed] == [name.value for name in WorkClass]
    assert all(set(entry["examples"]) == {"en", "de", "fr", "es", "ru"} for entry in listed)
