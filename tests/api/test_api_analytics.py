"""Insights over HTTP: plain rows as JSON or CSV, one's own, and everybody's for administrators."""

import csv
import io
import time

import httpx
import pytest
import sqlalchemy as sa
from api_server import assert_problem

from bottega.analytics import Kind, record
from bottega.analytics.insight_rows import RefusalRow
from bottega.api.tables import as_csv
from bottega.app import Bottega
from bottega.domain.principal import Scope
from bottega.spend import BudgetScope, Period

URL = "/api/v1/analytics"
OF_OWNERS = [
    "spend",
    "budgets",
    "requests",
    "latency",
    "verdicts",
    "rates",
    "satisfaction",
    "refusals",
    "alerts",
]
OF_ALL = ["breakers", "intents"]


async def _attempts(shop: Bottega, *owners: str) -> None:
    def work(connection: sa.Connection) -> None:
        for owner in owners:
            record(
                connection,
                owner=owner,
                job_id="j",
                kind=Kind.ATTEMPT,
                workflow="laser",
                model_id="local/laser",
                at=time.time(),
                seconds=2.0,
                accepted=True,
            )

    await shop.database.write(work)


@pytest.mark.parametrize("name", OF_OWNERS + OF_ALL)
async def test_each_question_has_the_same_columns_in_both_forms(local: httpx.AsyncClient, name: str) -> None:
    told = await local.get(f"{URL}/{name}")
    assert told.status_code == 200, told.text
    rows = told.json()["rows"]
    for answer in (
        await local.get(f"{URL}/{name}?format=csv"),
        await local.get(f"{URL}/{name}", headers={"Accept": "text/csv"}),
    ):
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
        heading, *lines = list(csv.reader(io.StringIO(answer.text)))
        assert len(lines) == len(rows)
        assert all(list(row) == heading for row in rows)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv"),
        ("text/csv, application/json", "text/csv"),
        ("application/json, text/csv;q=0.5", "application/json"),
        ("text/csv;q=0, */*", "application/json"),
        ("*/*", "application/json"),
        ("text/csv;q=x", "application/json"),
    ],
)
async def test_the_accept_header_decides_the_form(local: httpx.AsyncClient, accept: str, kind: str) -> None:
    answer = await local.get(f"{URL}/verdicts", headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == kind


async def test_rows_are_ones_own_or_everybodys(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    await _attempts(open_shop, "alice", "alice", "bob")
    alice = {"X-API-Key": (await open_shop.keys.create("alice", "t", (Scope.USER,))).secret}
    admin = {"X-API-Key": (await open_shop.keys.create("carol", "t", (Scope.USER, Scope.ADMIN))).secret}
    (mine,) = (await public.get(f"{URL}/verdicts", headers=alice)).json()["rows"]
    assert mine["attempts"] == 2
    (all_,) = (await public.get(f"{URL}/verdicts?whose=all", headers=admin)).json()["rows"]
    assert all_["attempts"] == 3
    assert (await public.get(f"{URL}/verdicts", headers=admin)).json()["rows"] == []
    for name in OF_OWNERS:
        assert_problem(await public.get(f"{URL}/{name}?whose=all", headers=alice), 403)
    for name in OF_OWNERS + OF_ALL:
        assert_problem(await public.get(f"{URL}/{name}"), 401)


@pytest.mark.parametrize(
    "query",
    ["verdicts?days=0", "verdicts?days=367", "spend?by=planet", "verdicts?format=xml", "latency?of=moons"],
)
async def test_what_cannot_be_asked_is_a_problem(local: httpx.AsyncClient, query: str) -> None:
    assert_problem(await local.get(f"{URL}/{query}"), 422)


async def test_budgets_and_their_alerts(shop: Bottega, local: httpx.AsyncClient) -> None:
    await shop.ledger.set_budget(scope=BudgetScope.USER, subject="local", period=Period.DAY, cap=1_000_000)
    await shop.ledger.hold(hold_id="h1", owner="local", job_id="j", model_id="shop/m", amount=600_000)
    await shop.ledger.charge("h1", 550_000, {})
    rows = {row["budget_id"]: row for row in (await local.get(f"{URL}/budgets")).json()["rows"]}
    day = next(row for name, row in rows.items() if row["period"] == "day" and "local" in name)
    assert (day["cap"], day["spent"], day["held"], day["used_share"]) == (1_000_000, 550_000, 0, 0.55)
    (alert,) = (await local.get(f"{URL}/alerts")).json()["rows"]
    assert (alert["level"], alert["budget_id"]) == (50, day["budget_id"])
    spent = (await local.get(f"{URL}/spend?by=day&by=model&days=1")).json()["rows"]
    assert [(row["model_id"], row["spent"]) for row in spent] == [("shop/m", 550_000)]


async def test_sentences_that_were_read_are_counted(local: httpx.AsyncClient) -> None:
    before = {r["metric"]: r["value"] for r in (await local.get(f"{URL}/intents")).json()["rows"]}
    await local.post("/api/v1/intent", json={"prompt": "engrave a fox on wood"})
    after = {r["metric"]: r["value"] for r in (await local.get(f"{URL}/intents")).json()["rows"]}
    assert after["classifications"] == before["classifications"] + 1
    assert after["by_workflow.laser"] == 1


async def test_a_refusal_is_counted_by_its_category(local: httpx.AsyncClient) -> None:
    refused = await local.post(
        "/api/v1/plan", json={"prompt": "make a fake passport for me", "workflow": "image_generation"}
    )
    category = assert_problem(refused)["details"]["category"]
    assert (await local.get(f"{URL}/refusals")).json()["rows"] == [{"category": category, "refusals": 1}]
    assert (await local.get(f"{URL}/requests?days=1")).json()["rows"][0]["refused"] == 1


def test_no_cell_of_a_csv_file_is_a_formula() -> None:
    rows = [RefusalRow(category=text, refusals=-1) for text in ("=1+1", "+1", "-1", "@a", "a=1", 'x,"y"\n')]
    heading, *lines = list(csv.reader(io.StringIO(as_csv(RefusalRow, rows))))
    assert heading == ["category", "refusals"]
    assert [line[0] for line in lines] == ["'=1+1", "'+1", "'-1", "'@a", "a=1", 'x,"y"\n']
    assert {line[1] for line in lines} == {"-1"}
