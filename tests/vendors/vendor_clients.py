"""What the tests of the simulated OpenAI and Anthropic share: sample pictures, schemas, and clients that retry nothing."""

import io
import json
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import anthropic
import jsonschema
import openai
from PIL import Image, ImageDraw

from bottega.simulator.serve import KEY, Simulator

HERE = Path(__file__).parent
PACKAGE_SCHEMAS = HERE.parents[1] / "src/bottega/simulator/schemas"


@cache
def validator(file: str, root: str) -> jsonschema.Draft202012Validator:
    folder = PACKAGE_SCHEMAS if file.endswith("_requests") else HERE / "schemas"
    content = json.loads((folder / f"{file}.json").read_text())
    return jsonschema.Draft202012Validator({**content["roots"][root], "$defs": content["$defs"]})


def assert_fits(file: str, root: str, value: Any) -> None:
    """Fails with every place where the value does not fit the vendor's schema."""
    misses = [f"{miss.json_path}: {miss.message[:300]}" for miss in validator(file, root).iter_errors(value)]
    assert not misses, "\n".join(misses)


OPENAI_ROOTS = {
    "/images/generations": ("images.generate", "images"),
    "/images/edits": ("images.edit.json", "images"),
    "/chat/completions": ("chat.completions", "chat.completions"),
    "/responses": ("responses", "responses"),
    "/moderations": ("moderations", "moderations"),
    "/models": ("", "models"),
}
ANTHROPIC_ROOTS = {"/messages": ("messages", "message"), "/models": ("", "models")}


def check(vendor: str, roots: dict[str, tuple[str, str]], response: Any) -> None:
    """Holds a request that was answered, and its answer, against the published schemas."""
    if response.headers.get("content-type") != "application/json":
        return
    response.read()
    if response.status_code >= 400:
        assert_fits(f"{vendor}_responses", "error", response.json())
        return
    asked, answered = roots.get(response.request.url.path.rpartition("/v1")[2], ("", ""))
    if asked and response.request.headers["content-type"] == "application/json":
        assert_fits(f"{vendor}_requests", asked, json.loads(response.request.content))
    if answered:
        assert_fits(f"{vendor}_responses", answered, response.json())


def openai_client(sim: Simulator) -> openai.OpenAI:
    """Every conversation is checked, see `check`."""
    hooks = {"response": [partial(check, "openai", OPENAI_ROOTS)]}
    return openai.OpenAI(
        base_url=sim.base("openai"),
        api_key=KEY,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(event_hooks=hooks, timeout=120, trust_env=False),
        _strict_response_validation=True,
    )


def anthropic_client(sim: Simulator) -> anthropic.Anthropic:
    """Every conversation is checked, see `check`."""
    hooks = {"response": [partial(check, "anthropic", ANTHROPIC_ROOTS)]}
    return anthropic.Anthropic(
        base_url=sim.base("anthropic"),
        api_key=KEY,
        max_retries=0,
        http_client=anthropic.DefaultHttpxClient(event_hooks=hooks, timeout=120, trust_env=False),
        _strict_response_validation=True,
    )


def photo(width: int = 96, height: int = 64, colour: str = "teal", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def mask_with_hole(width: int = 96, height: int = 64) -> bytes:
    """See-through in the left half: what OpenAI edits."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 255))
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2 - 1, height), fill=(0, 0, 0, 0))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def eventually(condition: Callable[[], bool]) -> None:
    """Waits for what the simulator's thread is about to do; only what never comes true is a failure."""
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)
