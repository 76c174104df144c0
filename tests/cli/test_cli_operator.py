"""The operator's commands: jobs, keys, budgets, doctor, serve, worker, what is known and can be done."""

import asyncio
import re
import signal
from pathlib import Path

import httpx
import pytest
from cli_program import Program, crop

from bottega import Bottega
from bottega.app import InputFile, make_request
from bottega.settings import Settings


@pytest.fixture
def bottega(tmp_path: Path) -> Program:
    return Program(tmp_path)


def _enqueue(folder: Path, photograph: Path) -> str:
    """A job in the queue that nobody runs yet."""

    async def enqueue() -> str:
        bottega = Bottega(Settings(home=folder / "home"))
        await bottega.start(run_jobs=False)
        try:
            inputs = await bottega.add_inputs([InputFile(crop(photograph, folder / "cat.png"))])
            job = await bottega.submit(make_request(prompt="turn this into a pencil drawing", inputs=inputs))
        finally:
            await bottega.close()
        return job.id

    return asyncio.run(enqueue())


# --- jobs ----------------------------------------------------------------------------------------------------


def test_a_worker_runs_what_waits_and_the_story_can_be_followed(bottega: Program, photographs: Path) -> None:
    job_id = _enqueue(bottega.folder, photographs / "chelsea.png")
    assert "queued" in bottega("jobs", "list").out
    worker = bottega.start("worker")
    followed = bottega("jobs", "follow", job_id)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(300) == 0
    assert followed.code == 0, followed.err
    assert "Finished: succeeded" in followed.out
    shown = bottega("jobs", "show", job_id, "--json").document
    assert [event["seq"] for event in shown["story"]] == list(range(1, len(shown["story"]) + 1))
    assert Path(shown["assets"][0]["path"]).is_file()
    assert bottega("jobs", "save", job_id, "--out", "kept").code == 0
    assert (bottega.folder / "kept" / "cat-style_transfer.png").is_file()


def test_a_waiting_job_can_be_cancelled_and_run_after_all(bottega: Program, photographs: Path) -> None:
    job_id = _enqueue(bottega.folder, photographs / "chelsea.png")
    assert bottega("jobs", "show", job_id).code == 0
    assert bottega("jobs", "retry", job_id).code == 6  # it has not ended yet
    assert bottega("jobs", "cancel", job_id, "--json").document["job"]["state"] == "cancelled"
    again = bottega("jobs", "retry", job_id, "--json")
    assert again.code == 0, again.err
    assert again.document["job"]["id"] != job_id
    assert {job["state"] for job in bottega.jobs()} == {"cancelled", "succeeded"}


def test_an_unknown_job_is_said_to_be_unknown(bottega: Program) -> None:
    ran = bottega("jobs", "show", "job_nobody", "--json")
    assert ran.code == 6
    assert ran.document["error"]["code"] == "not-found"


# --- keys and budgets ----------------------------------------------------------------------------------------


def test_a_key_is_shown_once_listed_and_revoked(bottega: Program) -> None:
    secret = bottega("keys", "create", "front desk", "--owner", "anna", "--admin").out.splitlines()[0]
    assert re.fullmatch(r"btg_[0-9a-f]{16}_[\w-]{43}", secret)
    (key,) = bottega("keys", "list", "--json").document["keys"]
    assert (key["owner"], key["name"], sorted(key["scopes"])) == ("anna", "front desk", ["admin", "user"])
    assert secret not in str(key)
    assert bottega("keys", "revoke", key["id"]).code == 0
    assert "revoked" in bottega("keys", "list").out


def test_budgets_are_set_listed_and_removed(bottega: Program) -> None:
    assert bottega("budget", "set", "--total", "--period", "month", "--cap", "200").code == 0
    assert bottega("budget", "set", "--user", "anna", "--period", "day", "--cap", "5").code == 0
    budgets = {
        use["budget"]["id"]: use["budget"]["cap"]
        for use in bottega("budget", "list", "--json").document["budgets"]
    }
    assert budgets["total:month"] == 200_000_000
    assert budgets["user:anna:day"] == 5_000_000
    assert bottega("budget", "remove", "user:anna:day").code == 0
    assert bottega("budget", "remove", "user:anna:day").code == 6  # it is gone
    assert bottega("budget", "set", "--cap", "5").code == 2
    assert bottega("audit", "--json").document["differences"] == []


# --- the installation ----------------------------------------------------------------------------------------


def test_the_doctor_finds_a_working_installation(bottega: Program) -> None:
    ran = bottega("doctor", "--json")
    assert ran.code == 0, ran.out
    states = {check["name"]: check["state"] for check in ran.document["checks"]}
    assert {states[name] for name in ("home", "database", "computing", "engine classical", "books")} == {"ok"}
    assert states["face detection"] == "ok"
    assert states["engine openai_compatible"] == "note"


def test_the_doctor_finds_a_home_that_cannot_be_used(bottega: Program) -> None:
    (bottega.folder / "home").write_text("a file, not a folder")
    ran = bottega("doctor", "--json")
    assert ran.code == 1
    assert not ran.document["healthy"]
    broken = {check["name"] for check in ran.document["checks"] if check["state"] == "broken"}
    assert broken == {"home", "database"}


def test_the_doctor_names_models_that_cannot_be_used(bottega: Program) -> None:
    (bottega.folder / "models.toml").write_text(
        '[[model]]\nid = "x/unpriced"\nengine = "x"\ntitle = "x"\noperations = ["generate"]\nquality = 0.5\n'
        '[[model]]\nid = "x/old"\nengine = "x"\ntitle = "x"\noperations = ["generate"]\nquality = 0.5\n'
        'price = { free = true }\nends = 2020-01-01\nreplacement = "x/new"\n'
    )
    ran = bottega("doctor", BOTTEGA_CATALOGUE="models.toml")
    assert ran.code == 0
    assert re.search(r"x/unpriced\s+has no price", ran.out)
    assert re.search(r"x/old\s+has ended on 2020-01-01\. Use x/new instead", ran.out)


def test_what_is_known_and_can_be_done_is_listed(bottega: Program) -> None:
    models = bottega("models", "list", "--json").document["models"]
    assert {"classical/styles", "laser/raster"} <= {model["id"] for model in models}
    workflows = {item["name"]: item for item in bottega("workflows", "list", "--json").document["workflows"]}
    assert "material" in workflows["laser"]["options"]["properties"]
    assert "width_mm" in bottega("workflows", "show", "laser").out
    assert bottega("workflows", "show", "cooking").code == 3


# --- serving -------------------------------------------------------------------------------------------------


def test_the_server_answers_and_ends_when_told_to(bottega: Program) -> None:
    server = bottega.start("serve", "--port", "0")
    assert server.stdout is not None
    address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
    assert address is not None
    assert httpx.get(f"{address[0]}/health", timeout=60).json()["status"] == "ok"
    server.send_signal(signal.SIGTERM)
    assert server.wait(300) == 0, server.stdout.read()


def test_others_are_not_served_while_there_is_no_key(bottega: Program) -> None:
    ran = bottega("serve", "--host", "0.0.0.0", "--port", "0")
    assert ran.code == 6
    assert "no API key" in ran.err
    assert "Traceback" not in ran.err


def test_a_port_that_is_taken_is_said_to_be(bottega: Program) -> None:
    server = bottega.start("serve", "--port", "0")
    assert server.stdout is not None
    port = server.stdout.readline().partition("127.0.0.1:")[2].partition(";")[0]
    second = bottega("serve", "--port", port)
    server.terminate()
    assert server.wait(300) == 0
    assert second.code == 1
    assert "Nothing can listen" in second.err
