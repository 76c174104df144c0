"""Every fault does what its name says: on the wire, and in the log of what was accepted."""

import base64
import io
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from vendor_clients import eventually, photo

from bottega.simulator.faults import KINDS, Faults
from bottega.simulator.serve import KEY, Simulator

PICTURE = {"model": "gpt-image-2", "prompt": "a fox", "size": "1024x640", "quality": "low"}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as sim:
        yield sim


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.world.reset()
    return running


def ask(sim: Simulator, *, timeout: float = 10, **more: Any) -> httpx.Response:
    return httpx.post(
        f"{sim.base('openai')}/images/generations",
        json={**PICTURE, **more},
        headers={"authorization": f"Bearer {KEY}"},
        timeout=timeout,
    )


def order(sim: Simulator, kind: str, **more: Any) -> None:
    answer = httpx.post(f"{sim.url}/_control/faults", json={"vendor": "openai", "kind": kind, **more})
    answer.raise_for_status()


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("rate_limit", 429, "rate_limit_exceeded"),
        ("quota", 429, "insufficient_quota"),
        ("overloaded", 503, None),
        ("server_error", 500, None),
        ("auth", 401, "invalid_api_key"),
        ("bad_request", 400, "invalid_value"),
        ("refusal", 400, "moderation_blocked"),
    ],
)
def test_an_error_of_the_api_is_in_its_form_and_accepts_nothing(
    sim: Simulator, kind: str, status: int, code: str | None
) -> None:
    order(sim, kind)
    answer = ask(sim)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    seen = sim.world.log[-1]
    assert (seen.accepted, seen.status, seen.fault) == (False, status, kind)
    assert ask(sim).status_code == 200


def test_a_rate_limit_says_how_long_to_wait(sim: Simulator) -> None:
    order(sim, "rate_limit", seconds=2.5)
    headers = ask(sim).headers
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("3", "2500")
    assert headers["x-ratelimit-remaining-requests"] == "0"


def test_a_bad_gateway_is_a_page_and_no_json(sim: Simulator) -> None:
    order(sim, "bad_gateway")
    answer = ask(sim)
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(("kind", "accepted"), [("hang", False), ("hang_after_accept", True)])
def test_a_hanging_call_says_nothing(sim: Simulator, kind: str, accepted: bool) -> None:
    order(sim, kind)
    with pytest.raises(httpx.ReadTimeout):
        ask(sim, timeout=httpx.Timeout(60, read=0.4))
    eventually(lambda: [(seen.accepted, seen.status) for seen in sim.world.log[-1:]] == [(accepted, 0)])


@pytest.mark.parametrize(("kind", "accepted"), [("reset", False), ("reset_after_accept", True)])
def test_a_reset_is_a_reset_of_the_tcp_connection(sim: Simulator, kind: str, accepted: bool) -> None:
    order(sim, kind)
    host, _, port = sim.url.removeprefix("http://").partition(":")
    body = b'{"model": "gpt-image-2", "prompt": "a fox", "quality": "low"}'
    with socket.create_connection((host, int(port)), timeout=120) as connection:
        head = f"POST /openai/v1/images/generations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        with pytest.raises(ConnectionResetError):
            connection.recv(1000)
    seen = sim.world.log[-1]
    assert (seen.accepted, seen.status) == (accepted, 0)


def test_a_truncated_answer_has_fewer_bytes_than_it_promised(sim: Simulator) -> None:
    order(sim, "truncated")
    url = f"{sim.base('openai')}/images/generations"
    with httpx.stream("POST", url, json=PICTURE, headers={"authorization": "Bearer x"}) as answer:
        promised, pieces = int(answer.headers["content-length"]), list[bytes]()
        with pytest.raises(httpx.RemoteProtocolError):
            pieces.extend(answer.iter_raw())
    got = sum(map(len, pieces))
    assert 0 < got < promised
    assert sim.world.log[-1].accepted


def test_a_truncated_stream_breaks_off(sim: Simulator) -> None:
    order(sim, "truncated")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(sim, stream=True)


def test_garbage_is_no_json(sim: Simulator) -> None:
    order(sim, "garbage")
    answer = ask(sim)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError):
        answer.json()


def test_a_wrong_type_is_a_page_with_status_200(sim: Simulator) -> None:
    order(sim, "wrong_type")
    answer = ask(sim)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<!doctype html>")


def test_a_slow_answer_keeps_the_connection_busy_past_any_read_timeout(sim: Simulator) -> None:
    sim.world.drip_seconds = 1.2
    order(sim, "slow_drip")
    started = time.monotonic()
    answer = ask(sim, timeout=0.5)
    assert time.monotonic() - started > 1
    assert opened_size(answer) == (1024, 640)


def test_a_never_ending_answer_goes_on_until_the_client_leaves(sim: Simulator) -> None:
    order(sim, "never_ending")
    url, got = f"{sim.base('openai')}/images/generations", 0
    with httpx.stream("POST", url, json=PICTURE, headers={"authorization": "Bearer x"}) as answer:
        for piece in answer.iter_raw():
            got += len(piece)
            if got > 3_000_000:
                break
    assert got > 3_000_000
    assert ask(sim).status_code == 200


def test_a_bad_picture_is_whole_json_around_half_a_picture(sim: Simulator) -> None:
    order(sim, "bad_picture")
    with pytest.raises(OSError, match="truncated"):
        opened_size(ask(sim))


@pytest.mark.parametrize("stream", [False, True])
def test_what_fails_later_was_accepted(sim: Simulator, stream: bool) -> None:
    order(sim, "fail_later")
    answer = ask(sim, stream=stream)
    assert sim.world.log[-1].accepted
    assert answer.status_code == (200 if stream else 500)
    assert "The server had an error" in answer.text


def opened_size(answer: httpx.Response) -> tuple[int, int]:
    picture = Image.open(io.BytesIO(base64.b64decode(answer.json()["data"][0]["b64_json"])))
    picture.load()
    return picture.size


# Which call meets which fault


def test_times_and_after_say_which_calls_are_meant(sim: Simulator) -> None:
    order(sim, "server_error", times=2, after=1, operation="images.generate")
    assert [ask(sim).status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_fault_of_another_vendor_or_operation_is_not_met(sim: Simulator) -> None:
    order(sim, "server_error", operation="images.edit")
    order(sim, "server_error", vendor="anthropic")
    assert ask(sim).status_code == 200


def test_a_rate_is_kept_over_many_calls_and_follows_from_the_seed() -> None:
    def met(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add("hang", rate=0.3)
        return [faults.pop("openai", "x") is not None for _ in range(2000)]

    assert 500 < sum(met(1)) < 700
    assert met(1) == met(1)
    assert met(1) != met(2)


@pytest.mark.parametrize(
    "order_",
    [
        {"kind": "earthquake"},
        {"kind": "hang", "times": 0},
        {"kind": "hang", "rate": 2},
        {"kind": "hang", "colour": 1},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(sim: Simulator, order_: dict[str, Any]) -> None:
    assert httpx.post(f"{sim.url}/_control/faults", json=order_).status_code == 422


def test_every_kind_can_be_ordered(sim: Simulator) -> None:
    for kind in KINDS:
        order(sim, kind)


# The log


def test_the_log_tells_every_call_and_is_forgotten_on_reset(sim: Simulator) -> None:
    ask(sim)
    httpx.post(
        f"{sim.base('openai')}/images/edits",
        data={"model": "gpt-image-2", "prompt": "a hare", "quality": "low"},
        files=[
            ("image[]", ("a.png", photo(), "image/png")),
            ("image[]", ("b.png", photo(9, 8), "image/png")),
        ],
        headers={"authorization": "Bearer secret"},
    ).raise_for_status()
    log = httpx.get(f"{sim.url}/_control/log", params={"vendor": "openai"}).json()
    assert [seen["operation"] for seen in log] == ["images.generate", "images.edit"]
    assert log[0]["fields"] == PICTURE
    assert log[1]["fields"]["prompt"] == "a hare"
    assert [(file["name"], file["width"], file["height"]) for file in log[1]["files"]] == [
        ("a.png", 96, 64),
        ("b.png", 9, 8),
    ]
    httpx.post(f"{sim.url}/_control/reset").raise_for_status()
    assert httpx.get(f"{sim.url}/_control/log").json() == []


def test_long_base64_is_logged_by_its_hash(sim: Simulator) -> None:
    url = "data:image/png;base64," + base64.b64encode(photo(600, 600)).decode()
    body = {
        "model": "gpt-6-luna",
        "input": [{"role": "user", "content": [{"type": "input_image", "image_url": url, "detail": "auto"}]}],
    }
    httpx.post(
        f"{sim.base('openai')}/responses", json=body, headers={"authorization": "Bearer x"}
    ).raise_for_status()
    logged = str(sim.world.log[-1].fields)
    assert "sha256" in logged
    assert len(logged) < 1000
