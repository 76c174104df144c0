"""`bottega spend` and `bottega budget`: the operator's view of the books."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bottega.cli import application
from bottega.domain.task import Metered
from bottega.models import PriceModel
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.store.database import Database

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOTTEGA_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    def program(*arguments: str) -> tuple[int, dict[str, Any]]:
        ran = CliRunner().invoke(application, [*arguments, "--json"])
        return ran.exit_code, json.loads(ran.stdout) if ran.stdout.startswith("{") else {}

    return program


def spend(home: Path, charged: int) -> None:
    """One call charged at `charged` micro-dollars on evidence of 0.04 USD, and one whose answer was lost."""

    async def work() -> None:
        database = Database(f"sqlite:///{home / 'bottega.db'}")
        await database.open()
        books = Ledger(database, Settings())
        await books.open()
        for hold_id, owner, amount in (("paid", "ann", 40_000_000), ("lost", "bob", 50_000)):
            await books.hold(
                hold_id=hold_id,
                owner=owner,
                job_id="j",
                model_id="openai/x",
                amount=amount,
                provider="openai",
            )
        price = PriceModel(per_image="0.04").model_dump(mode="json")
        used = Metered(images=1).model_dump(mode="json")
        await books.charge("paid", charged, {"price": price, "metered": used})
        await books.mark_unknown("lost", "the connection was lost")
        await database.close()

    asyncio.run(work())


def test_right_books_are_said_to_be_right_and_what_is_unknown_is_shown(home: Path, run: Run) -> None:
    spend(home, 40_000)
    code, document = run("spend", "audit")
    assert (code, document["checked"], document["differences"]) == (0, 1, [])
    assert [hold["hold_id"] for hold in document["unknown"]] == ["lost"]


def test_a_charge_that_its_evidence_does_not_bear_out_fails_the_audit(home: Path, run: Run) -> None:
    spend(home, 40_001)
    for command in (("spend", "audit"), ("audit",)):
        code, document = run(*command)
        assert code == 1
        assert [(d["record"], d["recorded"], d["recomputed"]) for d in document["differences"]] == [
            ("charge", 40_001, 40_000)
        ]


def test_a_lost_call_is_settled_once_and_only_in_one_way(home: Path, run: Run) -> None:
    spend(home, 40_000)
    assert run("spend", "settle", "lost", "--why", "x")[0] == 2
    assert run("spend", "settle", "lost", "--why", "x", "--release", "--charge", "1")[0] == 2
    code, document = run("spend", "settle", "lost", "--charge", "0.03", "--why", "invoice 7", "--by", "eve")
    assert code == 0
    assert (document["settlement"]["charged"], document["settlement"]["state"]) == (30_000, "charged")
    assert run("spend", "settle", "lost", "--release", "--why", "again")[0] != 0
    assert run("spend", "unknown")[1]["unknown"] == []
    lines = run("ledger", "--user", "bob")[1]["entries"]
    assert {"by": "eve", "why": "invoice 7"} in [line["evidence"].get("settled") for line in lines]


def test_alerts_and_budgets_of_providers_and_projects_are_shown(home: Path, run: Run) -> None:
    assert run("budget", "set", "--project", "spring", "--cap", "3")[0] == 0
    assert run("budget", "set", "--provider", "*", "--period", "total", "--cap", "100")[0] == 0
    assert run("budget", "set", "--provider", "openai", "--project", "spring", "--cap", "3")[0] == 2
    assert run("budget", "set", "--provider", "openai", "--period", "day", "--cap", "3")[0] == 6
    spend(home, 40_000)
    given = run("spend", "alerts")[1]["alerts"]
    assert {(alert["budget_id"], alert["level"]) for alert in given} == {
        ("default:user:hour", 50),
        ("default:user:hour", 80),
    }
    listed = {use["budget"]["id"]: use for use in run("budget", "list")[1]["budgets"]}
    assert listed["project:spring:month"]["spent"] == 0
    assert listed["provider:*:total"]["subject"] == "openai"
    assert listed["provider:*:total"]["spent"] == 40_000
