"""Every error is a problem document that says what to do, and gives nothing away."""

import httpx
import pytest
import sqlalchemy as sa
import structlog
from api_server import assert_problem
from fastapi import FastAPI

from bottega.api.problems import install_problems
from bottega.errors import BottegaError, BudgetExceeded, Money, OutcomeUnknown, ProviderUnavailable


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    install_problems(app)
    return app


async def answer(app: FastAPI, error: Exception) -> httpx.Response:
    def fail() -> None:
        raise error

    app.add_api_route("/failing", fail)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/failing")


async def test_an_error_is_told_in_full(app: FastAPI) -> None:
    response = await answer(app, BudgetExceeded("Too dear.", hint="Wait an hour.", left=7))
    assert response.status_code == 402
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:bottega:problem:budget-exceeded",
        "title": "The budget does not cover this",
        "status": 402,
        "detail": "Too dear.",
        "instance": "/failing",
        "code": "budget-exceeded",
        "category": "budget",
        "severity": "medium",
        "hint": "Wait an hour.",
        "money": "nothing was spent",
        "retryable": False,
        "details": {"left": 7},
    }


async def test_what_it_means_for_money_is_said(app: FastAPI) -> None:
    response = await answer(app, OutcomeUnknown("The line went dead."))
    assert response.json()["money"] == Money.UNKNOWN


async def test_when_to_come_back_is_said(app: FastAPI) -> None:
    response = await answer(app, ProviderUnavailable("Busy.", retry_after=2.1))
    assert response.status_code == 503
    assert response.headers["retry-after"] == "3"


async def test_details_that_are_no_json_do_not_break_the_answer(app: FastAPI) -> None:
    details = {"found": {object}, "nan": float("nan"), "path": object()}
    response = await answer(app, BottegaError("Odd.", **details))
    assert response.status_code == 500
    assert response.json()["details"]["nan"] is None


async def test_a_fault_leaks_nothing_but_where_to_look(app: FastAPI) -> None:
    with structlog.testing.capture_logs() as logs:
        response = await answer(app, RuntimeError("password=hunter2"))
    body = response.json()
    assert response.status_code == 500
    assert body["code"] == "internal"
    assert "hunter2" not in response.text
    assert "RuntimeError" not in response.text
    assert [log["correlation_id"] for log in logs] == [body["details"]["correlation_id"]]
    assert isinstance(logs[0]["exc_info"], RuntimeError)


async def test_a_database_that_is_away_may_be_tried_again(app: FastAPI) -> None:
    away = sa.exc.OperationalError("SELECT secret", {}, Exception("gone"))
    response = await answer(app, away)
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert "secret" not in response.text


async def test_a_fault_in_a_statement_is_a_fault(app: FastAPI) -> None:
    response = await answer(app, sa.exc.IntegrityError("INSERT secret", {}, Exception("twice")))
    assert response.status_code == 500
    assert response.json()["code"] == "internal"
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v1/", "/api/v1/jobs/", "/api/v2/jobs", "/docs", "/api/v1/jobs/a%00b"]
)
async def test_unknown_addresses(local: httpx.AsyncClient, path: str) -> None:
    assert_problem(await local.get(path), 404)


async def test_a_wrong_method_is_told_the_right_ones(local: httpx.AsyncClient) -> None:
    response = await local.put("/health")
    assert_problem(response, 405)
    assert response.headers["allow"] == "GET"


async def test_each_field_is_named(local: httpx.AsyncClient) -> None:
    body = {"prompt": 3, "inputs": [{"role": "hat", "asset_id": "x"}], "extra": 1}
    problem = assert_problem(await local.post("/api/v1/jobs", json=body), 422)
    fields = {(error["location"], error["field"]) for error in problem["errors"]}
    assert fields == {
        ("body", "prompt"),
        ("body", "inputs.0.role"),
        ("body", "inputs.0.asset_id"),
        ("body", "extra"),
    }


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "before=nan", "before=inf", "state=asleep"],
)
async def test_wrong_parameters_are_named(local: httpx.AsyncClient, query: str) -> None:
    problem = assert_problem(await local.get(f"/api/v1/jobs?{query}"), 422)
    assert problem["errors"][0]["location"] == "query"
    assert problem["errors"][0]["field"] == query.partition("=")[0]


async def test_values_are_not_sent_back(local: httpx.AsyncClient) -> None:
    response = await local.post("/api/v1/keys", json={"owner": "alice", "name": "x", "scopes": ["hunter2"]})
    assert_problem(response, 422)
    assert "hunter2" not in response.text
