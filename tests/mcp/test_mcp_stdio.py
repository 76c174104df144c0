"""Over stdio: the local user's pictures, worked on by the real engine, told to the official client."""

import asyncio
import base64
import io
import json
import signal
import subprocess
from pathlib import Path

import pytest
from mcp_clients import BOTTEGA, MODES, document, encoded, environment, over_stdio, refusal, text
from PIL import Image

from bottega.app import Bottega
from bottega.domain.job import JobState
from bottega.settings import Settings

ENLARGE = "Sharpen this and double its size"


@pytest.mark.parametrize("mode", MODES)
async def test_a_sentence_and_a_path_become_a_checked_file(cup: Path, tmp_path: Path, mode: str) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async with over_stdio(tmp_path, "--root", str(cup.parent), mode=mode) as client:
        asked = {"prompt": ENLARGE, "inputs": [{"path": str(cup)}]}
        planned = document(await client.call_tool("plan", asked))
        ran = await client.call_tool("run", asked, progress_callback=hear)
        done = document(ran)
        (output,) = done["outputs"]
        read = await client.read_resource(output["uri"])
        job = await client.read_resource(done["job"]["uri"])

    assert done["job"]["state"] == "succeeded"
    assert done["verdict"]["state"] == "accepted"
    assert done["cost_micro_usd"] == planned["price"]["high"] == 0
    assert done["plan"]["candidates"][0]["price"] == planned["plan"]["candidates"][0]["price"]
    assert "Checked and accepted" in text(ran.content[0])
    assert json.loads(text(ran.content[1])) == done

    by_kind = {block.type: block for block in ran.content}
    assert by_kind["resource_link"].uri == output["uri"]
    shown = base64.b64decode(by_kind["image"].data)
    assert Image.open(io.BytesIO(shown)).size == (192, 192)
    assert base64.b64decode(read.contents[0].blob) == shown == Path(output["path"]).read_bytes()
    assert json.loads(job.contents[0].text)["job"] == done["job"]

    reached = [progress for progress, _, _ in told]
    assert reached == sorted(set(reached))
    assert told[-1] == (1.0, 1.0, "Finished: succeeded")


async def test_a_large_picture_comes_as_a_preview(photographs: Path, tmp_path: Path) -> None:
    async with over_stdio(tmp_path, "--root", str(photographs)) as client:
        added = await client.call_tool("add_asset", {"path": "astronaut.png"})
    by_kind = {block.type: block for block in added.content}
    assert document(added)["size"] == (photographs / "astronaut.png").stat().st_size > 512 * 1024
    assert by_kind["image"].mime_type == "image/webp"
    assert max(Image.open(io.BytesIO(base64.b64decode(by_kind["image"].data))).size) == 512


async def test_a_job_that_outlasts_the_wait_can_be_asked_for_and_cancelled(cup: Path, tmp_path: Path) -> None:
    async with over_stdio(tmp_path, "--no-jobs", "--root", str(cup.parent)) as client:
        asked = {"prompt": ENLARGE, "inputs": [{"path": "cup.png"}], "wait_seconds": 0.2}
        waiting = document(await client.call_tool("run", asked))
        job_id = waiting["job"]["id"]
        assert (waiting["job"]["state"], waiting["job"]["finished"]) == ("queued", False)
        assert document(await client.call_tool("job_status", {"job_id": job_id}))["job"]["state"] == "queued"
        cancelled = document(await client.call_tool("cancel_job", {"job_id": job_id}))
        assert cancelled["job"]["state"] == "cancelled"


async def test_a_job_that_runs_when_the_client_leaves_is_finished_by_the_next(
    photographs: Path, tmp_path: Path
) -> None:
    asked = {"options": {"scale": 4, "denoise": 0.5}, "inputs": [{"path": "astronaut.png"}]}
    heard = asyncio.Event()

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.set()

    async with over_stdio(tmp_path, "--root", str(photographs)) as client:
        begun = document(await client.call_tool("workflow_image_enhancement", asked | {"wait_seconds": 0}))
        waiting = {"job_id": begun["job"]["id"], "wait_seconds": 60}
        watching = asyncio.create_task(client.call_tool("job_status", waiting, progress_callback=hear))
        await heard.wait()
        watching.cancel()

    shop = Bottega(Settings(home=tmp_path / "home"))
    await shop.start(run_jobs=False)
    job = await shop.job(begun["job"]["id"])
    await shop.close()
    assert (job.state, job.crashes) == (JobState.QUEUED, 0)

    async with over_stdio(tmp_path) as client:
        done = document(await client.call_tool("job_status", waiting))
    assert done["verdict"]["state"] == "accepted"


async def test_documents_are_linked_and_read_as_text(cup: Path, tmp_path: Path) -> None:
    async with over_stdio(tmp_path, "--root", str(cup.parent)) as client:
        asked = {"inputs": [{"path": "cup.png"}], "prompt": "engrave this on plywood, 30 mm wide"}
        ran = await client.call_tool("workflow_laser", asked)
        links = [block for block in ran.content if block.type == "resource_link"]
        (gcode,) = [each for each in links if each.mime_type == "text/x.gcode"]
        read = await client.read_resource(gcode.uri)
    assert [each.uri for each in links] == [output["uri"] for output in document(ran)["outputs"]]
    assert "G1" in read.contents[0].text


# --- paths ---------------------------------------------------------------------------------------------------


async def test_only_files_inside_the_roots_are_read(cup: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(cup.read_bytes())
    (cup.parent / "out.png").symlink_to(secret)
    (cup.parent / "up").symlink_to(tmp_path)
    (cup.parent / "loop").symlink_to(cup.parent / "loop")
    sibling = tmp_path / "pictures-private"
    sibling.mkdir()
    (sibling / "cup.png").write_bytes(cup.read_bytes())
    outside = [
        str(secret),
        "../secret.png",
        "out.png",
        "up/secret.png",
        "../pictures-private/cup.png",
        "/etc/passwd",
        "/no/such/file",
        "~/x.png",
        "~nobody-here/x.png",
        "loop",
        "nul\0.png",
        "x" * 4096,
    ]
    async with over_stdio(tmp_path, "--root", str(cup.parent)) as client:
        for path in outside:
            error = refusal(await client.call_tool("add_asset", {"path": path}))
            assert error["code"] == "path-not-allowed", path
        for path in ("missing.png", ".", ""):
            refusal(await client.call_tool("add_asset", {"path": path}))
        error = refusal(await client.call_tool("run", {"prompt": ENLARGE, "inputs": [{"path": "out.png"}]}))
        assert error["details"]["file"] == 0
        assert document(await client.call_tool("list_assets"))["assets"] == []
        assert document(await client.call_tool("add_asset", {"path": "../pictures/cup.png"}))["size"]


async def test_without_roots_no_path_is_offered_or_taken(cup: Path, tmp_path: Path) -> None:
    async with over_stdio(tmp_path, "--no-jobs") as client:
        tools = (await client.list_tools()).tools
        assert '"path"' not in json.dumps([tool.input_schema for tool in tools])
        assert refusal(await client.call_tool("add_asset", {"path": str(cup)}))["code"] == "path-not-allowed"
        added = await client.call_tool("add_asset", {"data": encoded(cup), "name": "cup.png"})
        assert document(added)["media"]["width"] == 96


# --- the program ---------------------------------------------------------------------------------------------


def _message(number: int, method: str, **params: object) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"


HELLO = _message(
    1,
    "initialize",
    protocolVersion="2025-06-18",
    capabilities={},
    clientInfo={"name": "test", "version": "1"},
)


def _start(folder: Path, *arguments: str, **settings: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [BOTTEGA, "mcp", *arguments],
        cwd=folder,
        env=environment(folder, **settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_standard_output_has_nothing_but_the_protocol(cup: Path, tmp_path: Path) -> None:
    with _start(tmp_path, "--root", str(cup.parent), BOTTEGA_DEBUG="1") as program:
        assert program.stdin is not None
        assert program.stdout is not None
        arguments = {"prompt": ENLARGE, "inputs": [{"path": "cup.png"}]}
        asked = [
            HELLO,
            '{"jsonrpc": "2.0", "method": "notifications/initialized"}\n',
            "this is no message\n",
            _message(2, "tools/call", name="run", arguments=arguments),
        ]
        program.stdin.writelines(asked)
        program.stdin.flush()
        lines: list[dict[str, object]] = []
        while not any(line.get("id") == 2 for line in lines):
            lines.append(json.loads(program.stdout.readline()))
        program.stdin.close()
        rest = program.stdout.read()
        assert program.wait(timeout=300) == 0
    assert rest == ""
    assert all(line["jsonrpc"] == "2.0" for line in lines)
    assert lines[-1]["result"]["structuredContent"]["verdict"]["state"] == "accepted"  # type: ignore[index]


def test_it_ends_when_told_to_though_the_client_still_listens(tmp_path: Path) -> None:
    with _start(tmp_path) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(HELLO)
        program.stdin.flush()
        assert json.loads(program.stdout.readline())["result"]["serverInfo"]["name"] == "bottega"
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=300) == 0


def test_help_says_how_to_add_it_to_a_client() -> None:
    done = subprocess.run([BOTTEGA, "mcp", "--help"], capture_output=True, text=True, check=True)
    words = "".join(done.stdout.split())
    start = words.index('{"mcpServers"')
    snippet, _ = json.JSONDecoder().raw_decode(words[start:])
    assert snippet["mcpServers"]["bottega"]["args"][0] == "mcp"


def test_the_library_is_loaded_by_the_command_alone() -> None:
    script = "import sys, bottega.cli; sys.exit('mcp' in sys.modules)"
    python = str(Path(BOTTEGA).with_name("python"))
    assert subprocess.run([python, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("arguments", [["--http", "--root", "."], ["--host", "127.0.0.1"]])
def test_options_that_do_not_go_together_are_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run([BOTTEGA, "mcp", *arguments], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 2
