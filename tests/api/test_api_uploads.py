"""What a hostile or clumsy client sends, against a real server: always a problem document, never a fault."""

import hashlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from api_server import ENHANCE, Served, assert_problem
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bottega.api import create_app
from bottega.app import Bottega

LIMIT = 2**20
PAGE = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def scratch_is_empty(server: Served) -> bool:
    folder = server.shop.settings.home_dir / "scratch"
    return not folder.exists() or not list(folder.iterdir())


async def in_pieces(content: bytes, size: int = 50_000) -> AsyncIterator[bytes]:
    """Sent chunked, without a Content-Length."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def form(*parts: tuple[str, bytes], end: bool = True) -> tuple[bytes, dict[str, str]]:
    """A multipart body of (Content-Disposition parameters, content), and its header."""
    body = b"".join(
        b"--edge\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (about.encode(), content)
        for about, content in parts
    )
    return body + (b"--edge--\r\n" if end else b""), {"Content-Type": "multipart/form-data; boundary=edge"}


# --- what is taken -------------------------------------------------------------------------------------------


async def test_a_picture_as_the_body(client: httpx.AsyncClient) -> None:
    content = small_png("a cup")
    response = await client.post(
        "/api/v1/assets?name=cup.png", content=in_pieces(content), headers={"Content-Type": "image/png"}
    )
    assert response.status_code == 201
    (asset,) = response.json()["assets"]
    assert asset["id"] == hashlib.sha256(content).hexdigest()
    assert asset["name"] == "cup.png"
    assert (asset["media"]["width"], asset["media"]["height"]) == (64, 64)
    assert response.headers["location"] == asset["links"]["asset"]


async def test_several_files_of_a_form(client: httpx.AsyncClient, photographs: Path, server: Served) -> None:
    paths = [photographs / "coffee.png", photographs / "chelsea.png"]
    files = [("file", (path.name, path.read_bytes())) for path in paths]
    response = await client.post("/api/v1/assets", files=files)
    assert response.status_code == 201
    assert [asset["name"] for asset in response.json()["assets"]] == ["coffee.png", "chelsea.png"]
    assert scratch_is_empty(server)


@pytest.mark.parametrize("size", [1, 7, 4096])
async def test_a_form_may_come_in_pieces_of_any_size(client: httpx.AsyncClient, size: int) -> None:
    content = small_png()
    body, headers = form(('name="file"; filename="a.png"', content))
    response = await client.post("/api/v1/assets", content=in_pieces(body, size), headers=headers)
    assert response.json()["assets"][0]["id"] == hashlib.sha256(content).hexdigest()


async def test_file_inputs_that_were_left_alone_are_no_files(client: httpx.AsyncClient) -> None:
    empty = ('name="mask"; filename=""', b"")
    body, headers = form(
        ('name="prompt"', ENHANCE["prompt"].encode()),
        ('name="workflow"', b""),
        empty,
        ('name="image"; filename="a.png"', small_png()),
    )
    response = await client.post("/api/v1/plan", content=body, headers=headers)
    assert response.status_code == 200
    assert [item["role"] for item in response.json()["request"]["inputs"]] == ["working"]


# --- files that are no pictures ------------------------------------------------------------------------------


def small_png(about: str = "") -> bytes:
    """A picture of its own for each text."""
    buffer = io.BytesIO()
    note = PngInfo()
    note.add_text("Comment", about)
    Image.linear_gradient("L").resize((64, 64)).save(buffer, "PNG", pnginfo=note)
    return buffer.getvalue()


BAD_FILES = {
    "page": PAGE,
    "svg": SVG,
    "empty": b"",
    "nothing": b"\0" * 100,
    "archive": b"PK\x03\x04" + b"\0" * 100,
    "header-only": b"\x89PNG\r\n\x1a\n",
    "truncated": small_png()[:-40],
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("path", ["/api/v1/assets", "/api/v1/jobs", "/api/v1/plan"])
async def test_a_file_that_is_no_picture(
    client: httpx.AsyncClient, server: Served, name: str, path: str
) -> None:
    body, headers = form(('name="image"; filename="holiday.png"', BAD_FILES[name]))
    problem = assert_problem(await client.post(path, content=body, headers=headers))
    assert problem["details"]["file"] == "holiday.png"
    assert scratch_is_empty(server)


@pytest.mark.parametrize("name", BAD_FILES)
async def test_a_body_that_is_no_picture(client: httpx.AsyncClient, name: str) -> None:
    headers = {"Content-Type": "image/png"}
    assert_problem(await client.post("/api/v1/assets", content=BAD_FILES[name], headers=headers))


# --- too much ------------------------------------------------------------------------------------------------


async def test_a_body_over_the_limit_by_its_length(client: httpx.AsyncClient, server: Served) -> None:
    headers = {"Content-Type": "image/png"}
    response = await client.post("/api/v1/assets", content=b"x" * (LIMIT + 1), headers=headers)
    assert assert_problem(response, 413)["code"] == "too-large"
    assert scratch_is_empty(server)


async def test_a_body_over_the_limit_without_a_length(client: httpx.AsyncClient, server: Served) -> None:
    headers = {"Content-Type": "image/png"}
    response = await client.post("/api/v1/assets", content=in_pieces(b"x" * (LIMIT + 1)), headers=headers)
    assert assert_problem(response, 413)["details"]["limit"] == LIMIT
    assert scratch_is_empty(server)


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_file_of_a_form_over_the_limit(
    client: httpx.AsyncClient, server: Served, chunked: bool
) -> None:
    body, headers = form(('name="image"; filename="big.png"', b"x" * (LIMIT + 1)))
    content = in_pieces(body) if chunked else body
    response = await client.post("/api/v1/jobs", content=content, headers=headers)
    assert "big.png" in assert_problem(response, 413)["detail"]
    assert scratch_is_empty(server)


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_form_over_the_limit_of_the_whole(client: httpx.AsyncClient, chunked: bool) -> None:
    body, headers = form(*[('name="image"; filename="a.png"', b"x" * LIMIT)] * 5)
    content = in_pieces(body) if chunked else body
    assert_problem(await client.post("/api/v1/jobs", content=content, headers=headers), 413)


async def test_a_body_without_end_is_given_up(client: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 2**20
            yield b"x" * 2**20

    try:
        response = await client.post(
            "/api/v1/assets", content=endless(), headers={"Content-Type": "image/png"}
        )
    except httpx.TransportError:
        pass  # the server hung up on a client that would not stop to listen
    else:
        assert_problem(response, 413)
    assert sent < 2**30


async def test_a_client_that_goes_away_leaves_nothing(shop: Bottega) -> None:
    body, headers = form(PICTURE)
    messages = [{"type": "http.request", "body": body[:80], "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        pass

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/assets",
        "raw_path": b"/api/v1/assets",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", headers["Content-Type"].encode())],
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }
    with structlog.testing.capture_logs() as logs:
        await create_app(shop)(scope, receive, send)
    assert logs == []
    assert list((shop.settings.home_dir / "scratch").iterdir()) == []


async def test_a_thousand_files(client: httpx.AsyncClient, server: Served) -> None:
    body, headers = form(*[('name="image"; filename="a.png"', small_png())] * 1000)
    assert_problem(await client.post("/api/v1/jobs", content=body, headers=headers), 413)
    assert scratch_is_empty(server)


async def test_a_thousand_fields(client: httpx.AsyncClient) -> None:
    body, headers = form(*[(f'name="field{n}"', b"x") for n in range(1000)])
    assert_problem(await client.post("/api/v1/jobs", content=body, headers=headers), 413)


async def test_a_field_and_a_part_header_without_end(client: httpx.AsyncClient) -> None:
    body, headers = form(('name="prompt"', b"x" * 200_000))
    assert_problem(await client.post("/api/v1/jobs", content=body, headers=headers), 413)
    body, headers = form((f'name="{"x" * 200_000}"', b"x"))
    assert_problem(await client.post("/api/v1/jobs", content=body, headers=headers))


async def test_json_over_the_limit(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    content = b'{"prompt": "' + b"x" * 300_000 + b'"}'
    assert_problem(await client.post("/api/v1/jobs", content=content, headers=headers), 413)


# --- ill-formed ----------------------------------------------------------------------------------------------

PICTURE = ('name="image"; filename="a.png"', small_png())


@pytest.mark.parametrize(
    "parts",
    [
        [('name="options"', b"{not json")],
        [('name="options"', b"[1, 2]")],
        [('name="options"', b'{"scale": NaN}')],
        [('name="options"', b'{"scale": 1e999}')],
        [('name="options"', b'{"scale": ' + b"9" * 5000 + b"}")],
        [('name="options"', b'{"scale": "\\ud800"}')],
        [('name="options"', b'{"a":' * 500 + b"1" + b"}" * 500)],
        [('name="options"', b'{"no_such_option": 1}')],
        [('name="preference"', b"cheapest")],
        [('name="stay_local"', b"perhaps")],
        [('name="max_cost_usd"', b"-1")],
        [('name="max_cost_usd"', b"1e3")],
        [('name="max_cost_usd"', "١".encode())],
        [('name="workflow"', b"no_such_workflow")],
        [('name="prompt"', b"\xff\xfe")],
        [('name="prompt"', b"x" * 2001)],
        [('name="prompt"', b"a"), ('name="prompt"', b"b")],
        [('name="hat"', b"1")],
        [('name="hat"; filename="a.png"', small_png())],
        [('name="image"', b"text instead of a file")],
        [('filename="a.png"', b"a part without a name")],
    ],
    ids=lambda parts: f"{parts[0][0]} {parts[0][1][:20]!r}"[:50],
)
async def test_fields_that_are_wrong(
    client: httpx.AsyncClient, server: Served, parts: list[tuple[str, bytes]]
) -> None:
    body, headers = form(*parts, PICTURE)
    for path in ("/api/v1/jobs", "/api/v1/plan"):
        assert_problem(await client.post(path, content=body, headers=headers), 422)
    assert scratch_is_empty(server)


async def test_wrong_fields_are_told_before_files_are_stored(
    client: httpx.AsyncClient, photographs: Path
) -> None:
    content = (photographs / "camera.png").read_bytes()
    files = {"image": content}
    assert_problem(await client.post("/api/v1/jobs", data={"preference": "x"}, files=files), 422)
    assert_problem(await client.get(f"/api/v1/assets/{hashlib.sha256(content).hexdigest()}"), 404)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (form(PICTURE, end=False)[0], "multipart/form-data; boundary=edge"),
        (form(PICTURE)[0][:60], "multipart/form-data; boundary=edge"),
        (form(PICTURE)[0], "multipart/form-data; boundary=other"),
        (form(PICTURE)[0], "multipart/form-data"),
        (form(PICTURE)[0], "multipart/form-data; boundary="),
        (b"", "multipart/form-data; boundary=edge"),
        (b"\0" * 1000, "multipart/form-data; boundary=edge"),
        (b"--edge--\r\n", "multipart/form-data; boundary=edge"),
    ],
)
async def test_forms_that_are_none(
    client: httpx.AsyncClient, server: Served, content: bytes, kind: str
) -> None:
    for path in ("/api/v1/assets", "/api/v1/jobs"):
        assert_problem(await client.post(path, content=content, headers={"Content-Type": kind}), 422)
    assert scratch_is_empty(server)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/html", ""])
@pytest.mark.parametrize("path", ["/api/v1/assets", "/api/v1/jobs", "/api/v1/plan", "/api/v1/intent"])
async def test_other_kinds_of_content(client: httpx.AsyncClient, path: str, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert_problem(await client.post(path, content=b'{"prompt": "x"}', headers=headers), 415)


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\boot.ini", 'a".png', "a\tb.png", "ü€.png", "x" * 1000, "."]
)
async def test_file_names_stay_names(client: httpx.AsyncClient, name: str) -> None:
    files = {"file": (name, small_png(name))}
    response = await client.post("/api/v1/assets", files=files)
    asset = response.json()["assets"][0]
    assert "/" not in asset["name"]
    assert "\\" not in asset["name"]
    assert 1 <= len(asset["name"]) <= 130
    content = await client.get(asset["links"]["content"])
    assert content.content == small_png(name)
    named = content.headers["content-disposition"]
    assert named.isascii()
    assert named.count('"') == 2
    assert "/" not in named
