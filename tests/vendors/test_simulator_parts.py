"""The simulator's parts that need no server: schemas, answers that fit them, pictures and clips, the command."""

import copy
import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import httpx
import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from vendor_clients import opened, photo, validator

from bottega.simulator.answers import conforming, picture_tokens, text_tokens
from bottega.simulator.language import strict_miss
from bottega.simulator.media import Media, read_note
from bottega.simulator.schema import load

# Schemas

REQUESTS: list[tuple[str, str, Any]] = [
    ("openai", "images.generate", {"prompt": "a fox", "model": "gpt-image-2", "n": 2, "size": "auto", "quality": "low"}),
    ("openai", "images.edit.json", {"prompt": "x", "images": [{"image_url": "data:"}], "mask": {"file_id": "f"}}),
    ("openai", "moderations", {"input": [{"type": "text", "text": "x"}]}),
    (
        "openai",
        "chat.completions",
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": "x"},
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u", "detail": "low"}}]},
                {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "1", "content": "x"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
        },
    ),
    (
        "openai",
        "responses",
        {
            "model": "m",
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "x"}]},
                {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "1", "output": "x"},
            ],
            "text": {"format": {"type": "text"}},
            "temperature": 0.5,
        },
    ),
    (
        "anthropic",
        "messages",
        {
            "model": "m",
            "max_tokens": 5,
            "system": [{"type": "text", "text": "x"}],
            "messages": [
                {"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}}]},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]},
            ],
            "tools": [{"name": "f", "input_schema": {"type": "object"}}],
            "tool_choice": {"type": "auto"},
            "output_config": {"format": {"type": "json_schema", "schema": {}}},
        },
    ),
]  # fmt: skip

NAMES = [root for _, root, _ in REQUESTS]


@pytest.mark.parametrize(("vendor", "root", "request_"), REQUESTS, ids=NAMES)
def test_good_requests_fit(vendor: str, root: str, request_: Any) -> None:
    assert load(vendor).violation(root, request_) is None
    validator(f"{vendor}_requests", root).validate(request_)


OTHER = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 40),
    st.floats(-2, 2),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, str, Any]:
    """A good request with one thing changed, taken away or added."""
    vendor, root, good = draw(st.sampled_from(REQUESTS))
    request = copy.deepcopy(good)
    *way, last = draw(st.sampled_from([place for place in places(good) if place]))
    here = request
    for step in way:
        here = here[step]
    what = draw(st.sampled_from(["change", "remove", "add"]))
    if what == "change":
        here[last] = draw(OTHER)
    elif what == "remove":
        del here[last]
    elif isinstance(here, dict):
        here["surprise"] = draw(OTHER)
    else:
        here.append(draw(OTHER))
    return vendor, root, request


@settings(max_examples=400, deadline=None)
@given(spoilt())
def test_the_checker_agrees_with_a_full_json_schema_validator(case: tuple[str, str, Any]) -> None:
    vendor, root, request = case
    miss = load(vendor).violation(root, request)
    assert (miss is None) == validator(f"{vendor}_requests", root).is_valid(request)
    if miss is not None:
        assert miss.says()


# Answers


ANSWER = {
    "type": "object",
    "properties": {
        "label": {"enum": ["a", "b"]},
        "score": {"type": "number", "minimum": 0.2, "maximum": 0.3},
        "count": {"type": "integer", "exclusiveMinimum": 3, "maximum": 5},
        "even": {"type": "integer", "multipleOf": 2, "minimum": 5, "maximum": 9},
        "names": {"type": "array", "items": {"type": "string", "minLength": 30, "maxLength": 40}, "minItems": 2},
        "maybe": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/inner"}]},
        "nullable": {"type": ["boolean", "null"]},
        "whole": {"allOf": [{"$ref": "#/$defs/inner"}, {"properties": {"more": {"const": 7}}, "required": ["more"]}]},
    },
    "required": ["label", "score", "count", "names", "maybe"],
    "$defs": {"inner": {"type": "object", "properties": {"at": {"type": "string", "format": "date-time"}, "again": {"anyOf": [{"$ref": "#/$defs/inner"}, {"type": "null"}]}}, "required": ["at"]}},
}  # fmt: skip


@given(topic=st.text(max_size=20), seed=st.integers(0, 1000))
def test_an_answer_fits_its_schema_and_follows_from_topic_and_seed(topic: str, seed: int) -> None:
    value = conforming(ANSWER, topic, seed)
    jsonschema.Draft202012Validator(ANSWER).validate(value)
    assert conforming(ANSWER, topic, seed) == value


def test_other_topics_have_other_answers() -> None:
    assert len({json.dumps(conforming(ANSWER, f"topic {at}")) for at in range(20)}) == 20


@pytest.mark.parametrize(("text", "tokens"), [("", 1), ("four", 1), ("fours", 2), ("ä" * 400, 100)])
def test_text_tokens(text: str, tokens: int) -> None:
    assert text_tokens(text) == tokens


@pytest.mark.parametrize(
    ("size", "tokens"), [((32, 32), 1), ((33, 32), 2), ((1024, 1024), 1024), ((4000, 4000), 1536)]
)
def test_picture_tokens(size: tuple[int, int], tokens: int) -> None:
    assert picture_tokens(*size) == tokens


def test_strict_schemas_name_what_is_loose() -> None:
    tight = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    assert strict_miss(tight) == ""
    assert "Missing 'a'" in strict_miss({**tight, "required": []})
    nested = {**tight, "properties": {"a": {"type": "array", "items": {"type": "object", "properties": {}}}}}
    assert "('a', 'items')" in strict_miss(nested)


# Media


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif"])
def test_pictures_are_real_files_with_a_note(kind: str) -> None:
    data = Media().picture(320, 200, {"prompt": "a fox", "long": "x" * 9000}, [photo()], kind=kind, variant=3)
    picture = opened(data)
    assert (picture.size, (picture.format or "").lower()) == ((320, 200), kind)
    note = read_note(data)
    assert (note["simulated"], note["asked"]["prompt"], note["variant"]) == (True, "a fox", 3)
    assert len(note["inputs"]) == 1
    assert "sha256" in note["asked"]["long"]


def test_what_is_drawn_follows_from_seed_words_inputs_and_number() -> None:
    def drawn(seed: int = 0, prompt: str = "a", data: bytes = b"1", variant: int = 0) -> bytes:
        return Media(seed).picture(64, 64, {"prompt": prompt}, [data], variant=variant)

    changed = {drawn(), drawn(seed=1), drawn(prompt="b"), drawn(data=b"2"), drawn(variant=1)}
    assert len(changed) == 5
    assert drawn() == drawn()


def test_the_mark_is_in_the_picture() -> None:
    """Its bar is the only thing that is nearly black, and spans most of the width."""
    pixels = np.asarray(opened(Media().picture(700, 400, {"prompt": "a"})))
    dark = (pixels == 24).all(axis=2).any(axis=0)
    assert dark.sum() > 500


def test_a_change_is_made_only_where_it_was_asked_for() -> None:
    base, change = photo(200, 120), Image.new("L", (100, 60), 0)
    ImageDraw.Draw(change).rectangle((50, 0, 99, 59), fill=255)
    made = np.asarray(opened(Media().picture(200, 120, {"prompt": "a"}, [base], change=change)))
    assert np.array_equal(made[:, :98], np.asarray(opened(base))[:, :98])
    assert not np.array_equal(made[:, 102:], np.asarray(opened(base))[:, 102:])


def test_clips_are_real_files_with_a_note_and_the_length_that_was_asked_for() -> None:
    data = Media().clip(161, 90, 1.5, {"prompt": "a fox"}, [photo()], fps=12, audio=True)
    assert read_note(data)["asked"] == {"prompt": "a fox"}
    with av.open(io.BytesIO(data)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height, sound.rate) == (160, 90, 44100)
        assert sum(1 for _ in container.decode(video)) == 18
    assert data == Media().clip(161, 90, 1.5, {"prompt": "a fox"}, [photo()], fps=12, audio=True)


def test_a_file_from_elsewhere_has_no_note() -> None:
    with pytest.raises(ValueError, match="no note"):
        read_note(photo())


# The command


def test_the_command_prints_settings_that_work_and_ends_calmly() -> None:
    program = Path(sys.executable).with_name("bottega")
    with subprocess.Popen([program, "simulate", "--port", "0"], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        lines: list[str] = []
        for line in running.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        text = "".join(lines)
        found = dict(re.findall(r"export (\w+)=(\S+)", text))
        answer = httpx.post(
            f"{found['BOTTEGA_OPENAI_BASE_URL']}/moderations",
            json={"input": "a walk"},
            headers={"authorization": f"Bearer {found['BOTTEGA_OPENAI_API_KEY']}"},
        )
        running.send_signal(signal.SIGINT)
        assert running.wait(300) == 0
    assert answer.json()["results"][0]["flagged"] is False
    assert found["BOTTEGA_OPENAI_BASE_URL"].startswith("http://127.0.0.1:")
    assert len(found) == 12
    assert "leaves this machine" in text
    assert "SIMULATED" in text
