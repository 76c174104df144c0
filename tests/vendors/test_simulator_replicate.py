"""The simulated Replicate API over plain HTTP, against trimmed schemas and recorded conversations."""

import base64
import hashlib
import hmac
import io
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import httpx
import jsonschema
import pytest
from PIL import Image
from vendor_clients import eventually

from bottega.simulator.media import read_note
from bottega.simulator.replicate_create import limit_creates, predictions
from bottega.simulator.replicate_models import hosted_models
from bottega.simulator.serve import Simulator

FOLDER = Path(__file__).parent / "schemas"
SCHEMAS = json.loads((FOLDER / "replicate_responses.json").read_text())
RECORDED = json.loads((FOLDER / "replicate_recorded.json").read_text())["conversations"]
KONTEXT = "black-forest-labs/flux-kontext-pro"
ESRGAN = "nightmareai/real-esrgan:f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa"
SCHNELL = "black-forest-labs/flux-schnell"


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"})


def fits(value: Any, name: str) -> None:
    validator(name).validate(value)


def picture(width: int = 96, height: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 40)).save(out, "PNG")
    return out.getvalue()


def data_url(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(speed=100_000) as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Iterator[Simulator]:
    running.world.reset()
    yield running
    running.world.speed = 100_000


@pytest.fixture
def api(sim: Simulator) -> Iterator[httpx.Client]:
    headers = {"authorization": "Bearer simulated"}
    with httpx.Client(
        base_url=sim.base("replicate"), headers=headers, trust_env=False, timeout=120
    ) as client:
        yield client


def created(api: httpx.Client, version: str, prefer: str = "wait", **given: Any) -> dict[str, Any]:
    answer = api.post("/predictions", json={"version": version, "input": given}, headers={"prefer": prefer})
    assert answer.status_code in (201, 202), answer.text
    fits(answer.json(), "prediction")
    return answer.json()


def ended(api: httpx.Client, prediction: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        prediction = api.get(prediction["urls"]["get"]).json()
        fits(prediction, "prediction")
        if prediction["status"] not in ("starting", "processing"):
            return prediction
    raise AssertionError(f"still {prediction['status']}")


def fetched(url: str) -> bytes:
    """Output files need no token."""
    answer = httpx.get(url, trust_env=False, timeout=120)
    assert answer.status_code == 200
    return answer.content


def test_an_edit_is_made_of_the_picture_and_the_words_that_were_sent(
    sim: Simulator, api: httpx.Client
) -> None:
    source = picture(640, 360)
    done = created(api, KONTEXT, prompt="make it night", input_image=data_url(source), output_format="jpg")
    assert done["status"] == "succeeded"
    assert done["version"] == "hidden"
    assert done["metrics"]["image_count"] == 1
    data = fetched(done["output"])
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    assert image.width / image.height == pytest.approx(640 / 360, abs=0.03)
    note = read_note(data)
    assert note["asked"]["prompt"] == "make it night"
    assert note["inputs"] == [hashlib.sha256(source).hexdigest()]
    seen = sim.world.calls("replicate", "predictions.create")[0]
    assert [(file.field, file.width) for file in seen.files] == [("input.input_image", 640)]
    assert fetched(done["output"]) == data


def test_without_prefer_it_starts_and_is_asked_for(sim: Simulator, api: httpx.Client) -> None:
    sim.world.speed = 1e-6  # nothing happens by itself
    answer = api.post("/predictions", json={"version": KONTEXT, "input": {"prompt": "a lighthouse"}})
    assert (answer.status_code, answer.json()["status"]) == (201, "starting")
    assert answer.json()["output"] is None
    (prediction,) = predictions(sim.world).values()
    for moment, status in [
        (0.0, "starting"),
        (prediction.boot, "processing"),
        (prediction.end[0], "succeeded"),
    ]:
        prediction.begun = time.monotonic() - moment / prediction.speed
        assert api.get(answer.json()["urls"]["get"]).json()["status"] == status


def test_waiting_too_short_is_a_202_without_output(sim: Simulator, api: httpx.Client) -> None:
    sim.world.speed = 1
    sim.world.queue_answer("replicate", "predictions.create", seconds=30)
    answer = api.post(
        "/predictions", json={"version": KONTEXT, "input": {"prompt": "x"}}, headers={"prefer": "wait=1"}
    )
    assert answer.status_code == 202
    assert answer.headers["preference-applied"] == "wait=1"
    assert (answer.json()["status"], answer.json()["output"]) == ("processing", None)


def test_time_is_the_vendors_and_metered(sim: Simulator, api: httpx.Client) -> None:
    sim.world.queue_answer("replicate", "predictions.create", seconds=73.5)
    done = created(api, "google/veo-3.1", prompt="waves")
    assert done["metrics"]["predict_time"] == 73.5
    assert done["metrics"]["total_time"] > 73.5


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({}, "input", "prompt is required"),
        ({"prompt": 3}, "input.prompt", "Invalid type. Expected: string, given: integer"),
        ({"prompt": "x", "input_image": "photo.png"}, "input.input_image", "Does not match format 'uri'"),
        (
            {"prompt": "x", "aspect_ratio": "7:5"},
            "input.aspect_ratio",
            "aspect_ratio must be one of the following:",
        ),
        ({"prompt": "x", "safety_tolerance": 7}, "input.safety_tolerance", "Must be less than or equal to 6"),
        ({"prompt": "x", "seed": 1.5}, "input.seed", "Invalid type. Expected: integer, given: number"),
        ({"prompt": "x", "image": "data:,"}, "input", "Additional property image is not allowed"),
        ({"prompt": None}, "input", "prompt is required"),
    ],
)
def test_the_input_is_held_against_the_models_schema(
    sim: Simulator, api: httpx.Client, given: dict[str, Any], field: str, words: str
) -> None:
    answer = api.post("/predictions", json={"version": KONTEXT, "input": given})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["title"] == "Input validation failed"
    assert problem["invalid_fields"][0]["field"] == field
    assert words in problem["detail"]
    assert not sim.world.calls("replicate")[0].accepted


@pytest.mark.parametrize("name", sorted(hosted_models()))
def test_a_client_can_read_every_models_schema(api: httpx.Client, name: str) -> None:
    about = api.get(f"/models/{name}").json()
    fits(about, "model")
    fits(about["latest_version"], "version")
    schema = about["latest_version"]["openapi_schema"]
    jsonschema.Draft202012Validator.check_schema(schema["components"]["schemas"]["Input"])
    defaults = {
        field: spec["default"]
        for field, spec in schema["components"]["schemas"]["Input"]["properties"].items()
        if "default" in spec
    }
    jsonschema.validate(
        defaults, {**schema, "properties": schema["components"]["schemas"]["Input"]["properties"]}
    )
    assert set(schema["components"]["schemas"]["Input"]["required"]) <= set(
        schema["components"]["schemas"]["Input"]["properties"]
    )


def test_a_version_is_named_in_three_ways(api: httpx.Client) -> None:
    digest = ESRGAN.partition(":")[2]
    for version in (ESRGAN, digest):
        done = created(api, version, image=data_url(picture(60, 40)), scale=3)
        assert (done["version"], done["model"]) == (digest, "nightmareai/real-esrgan")
        assert Image.open(io.BytesIO(fetched(done["output"]))).size == (180, 120)
    for version in (
        "nightmareai/real-esrgan",
        "nightmareai/real-esrgan:" + "0" * 64,
        "0" * 64,
        "nobody/nothing",
    ):
        answer = api.post("/predictions", json={"version": version, "input": {"image": data_url(picture())}})
        assert (answer.status_code, answer.json()["title"]) == (422, "Invalid version or not permitted")
    official = api.post(f"/models/{SCHNELL}/predictions", json={"input": {"prompt": "x"}})
    assert official.status_code == 201
    community = api.post("/models/nightmareai/real-esrgan/predictions", json={"input": {}})
    assert community.status_code == 404


def test_output_may_be_a_string_a_list_or_an_object(api: httpx.Client) -> None:
    assert isinstance(created(api, KONTEXT, prompt="x")["output"], str)
    several = created(api, SCHNELL, prompt="x", num_outputs=3, megapixels="0.25")["output"]
    assert len(several) == 3
    assert len({fetched(url) for url in several}) == 3
    assert list(created(api, "simulated/segmenter", image=data_url(picture()))["output"]) == ["mask"]
    assert created(api, "meta/meta-llama-3-8b-instruct", prompt="haiku")["output"][0] == "This"


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({"aspect_ratio": "1:1"}, (1024, 1024)),
        ({"aspect_ratio": "16:9", "resolution": "2 MP"}, (1936, 1088)),
        ({"aspect_ratio": "custom", "width": 800, "height": 608}, (800, 608)),
    ],
)
def test_sizes_are_as_asked(api: httpx.Client, given: dict[str, Any], size: tuple[int, int]) -> None:
    done = created(api, "black-forest-labs/flux-2-pro", prompt="x", output_format="png", **given)
    assert Image.open(io.BytesIO(fetched(done["output"]))).size == size


@pytest.mark.parametrize(
    ("model", "given", "size", "seconds", "sound"),
    [
        (
            "google/veo-3.1",
            {"duration": 4, "resolution": "720p", "generate_audio": True},
            (1280, 720),
            4,
            True,
        ),
        (
            "google/veo-3.1",
            {"duration": 4, "resolution": "720p", "generate_audio": False},
            (1280, 720),
            4,
            False,
        ),
        ("wan-video/wan-2.2-i2v-fast", {"image": "", "num_frames": 81}, (720, 480), 81 / 16, False),
        ("minimax/hailuo-02", {"resolution": "512p", "first_frame_image": ""}, (768, 512), 6, False),
        ("kwaivgi/kling-v2.1", {"start_image": "", "mode": "standard"}, (1080, 720), 5, False),
    ],
)
def test_a_clip_is_as_long_as_large_and_as_loud_as_asked(
    api: httpx.Client, model: str, given: dict[str, Any], size: tuple[int, int], seconds: float, sound: bool
) -> None:
    source = picture(96, 64)
    given = {name: data_url(source) if value == "" else value for name, value in given.items()}
    done = created(api, model, prompt="waves", **given)
    data = fetched(done["output"])
    with av.open(io.BytesIO(data)) as clip:
        stream = clip.streams.video[0]
        assert (stream.width, stream.height) == size
        assert clip.duration
        assert clip.duration / av.time_base == pytest.approx(seconds, abs=0.3)
        assert bool(clip.streams.audio) == sound
    assert read_note(data)["asked"]["model"] == model
    assert len(data) < 4_000_000


def test_a_pinned_community_model_gives_a_list_with_a_clip(api: httpx.Client) -> None:
    version = hosted_models()["lightricks/ltx-video"].version
    done = created(api, version, prompt="waves", target_size=512, aspect_ratio="1:1")
    with av.open(io.BytesIO(fetched(done["output"][0]))) as clip:
        assert clip.duration
        assert clip.duration / av.time_base == pytest.approx(97 / 24, abs=0.3)


def test_a_try_on_has_the_size_of_the_person(api: httpx.Client) -> None:
    version = hosted_models()["cuuupid/idm-vton"].version
    person, garment = picture(300, 400), picture(200, 200)
    done = created(api, version, human_img=data_url(person), garm_img=data_url(garment), category="dresses")
    data = fetched(done["output"])
    assert Image.open(io.BytesIO(data)).size == (300, 400)
    assert set(read_note(data)["inputs"]) == {hashlib.sha256(one).hexdigest() for one in (person, garment)}


def test_a_running_prediction_is_canceled(sim: Simulator, api: httpx.Client) -> None:
    sim.world.speed = 1
    begun = created(api, KONTEXT, prefer="wait=1", prompt="x")
    answer = api.post(begun["urls"]["cancel"])
    assert answer.status_code == 200
    fits(answer.json(), "prediction")
    assert answer.json()["status"] == "canceled"
    assert answer.json()["metrics"]["predict_time"] > 0
    assert api.get(begun["urls"]["get"]).json()["status"] == "canceled"


def test_a_finished_prediction_stays_what_it_is(api: httpx.Client) -> None:
    done = created(api, KONTEXT, prompt="x")
    assert api.post(done["urls"]["cancel"]).json()["status"] == "succeeded"


def test_a_deadline_cancels_a_running_one_and_aborts_one_that_never_ran(
    sim: Simulator, api: httpx.Client
) -> None:
    sim.world.queue_answer("replicate", "predictions.create", seconds=60)
    body = {"version": KONTEXT, "input": {"prompt": "x"}}
    late = api.post("/predictions", json=body, headers={"prefer": "wait", "cancel-after": "10s"}).json()
    assert late["status"] == "canceled"
    assert late["metrics"]["predict_time"] == pytest.approx(9.6)
    assert "deadline" in late
    sim.world.queue_answer("replicate", "predictions.create", aborted=True)
    never = api.post("/predictions", json=body, headers={"prefer": "wait"}).json()
    fits(never, "prediction")
    assert never["status"] == "aborted"
    assert "started_at" not in never
    assert "predict_time" not in never["metrics"]
    for wrong in ("4s", "soon"):
        assert api.post("/predictions", json=body, headers={"cancel-after": wrong}).status_code == 400


def test_output_may_be_there_while_it_is_still_processing(sim: Simulator, api: httpx.Client) -> None:
    sim.world.speed = 10
    sim.world.queue_answer("replicate", "predictions.create", early_output=True, seconds=60)
    answer = created(api, KONTEXT, prompt="x")
    assert answer["status"] == "processing"
    assert Image.open(io.BytesIO(fetched(answer["output"]))).width


@pytest.mark.parametrize("kind", ["refusal", "fail_later"])
def test_accepted_work_may_fail(sim: Simulator, api: httpx.Client, kind: str) -> None:
    sim.world.faults.add(kind, "replicate", "predictions.create")
    failed = created(api, KONTEXT, prompt="x")
    assert (failed["status"], failed["output"]) == ("failed", None)
    assert ("sensitive" in failed["error"]) == (kind == "refusal")


def test_an_unreachable_input_fails_the_prediction(api: httpx.Client) -> None:
    failed = created(api, KONTEXT, prompt="x", input_image="https://replicate.delivery/none.png")
    assert failed["status"] == "failed"
    assert "404 Client Error" in failed["error"]


def test_files_are_uploaded_used_listed_and_deleted(sim: Simulator, api: httpx.Client) -> None:
    source = picture(50, 50)
    answer = api.post(
        "/files",
        files={"content": ("square.png", source, "image/png")},
        data={"metadata": '{"for": "a test"}'},
    )
    assert answer.status_code == 201
    file = answer.json()
    fits(file, "file")
    assert (file["content_type"], file["metadata"]) == ("image/png", {"for": "a test"})
    assert file["checksums"]["sha256"] == hashlib.sha256(source).hexdigest()
    fits(api.get("/files").json(), "files")
    done = created(api, ESRGAN, image=file["urls"]["get"], scale=2)
    assert read_note(fetched(done["output"]))["inputs"] == [hashlib.sha256(source).hexdigest()]
    again = created(api, ESRGAN, image=done["output"], scale=1)
    assert Image.open(io.BytesIO(fetched(again["output"]))).size == (100, 100)
    assert api.delete(file["urls"]["get"]).status_code == 204
    gone = api.get(file["urls"]["get"])
    assert (gone.status_code, gone.json()["detail"]) == (404, "File not found")
    assert api.post("/files", data={"type": "image/png"}, files={"x": b""}).status_code == 400


def test_data_is_deleted_after_a_while(sim: Simulator, api: httpx.Client) -> None:
    sim.world.queue_answer("replicate", "predictions.create", expires=0.0)
    done = api.post("/predictions", json={"version": KONTEXT, "input": {"prompt": "x"}}).json()
    late = ended(api, done)
    assert late["data_removed"]
    assert (late["input"], late["output"]) == ({}, None)
    assert httpx.get(f"{api.base_url}output/{done['id']}/0.png", trust_env=False).status_code == 404


def test_predictions_are_listed_in_pages_newest_first(api: httpx.Client) -> None:
    version = hosted_models()["replicate/hello-world"].version
    names = [created(api, version, text=str(number))["id"] for number in range(103)]
    first = api.get("/predictions").json()
    fits(first, "predictions")
    assert [one["id"] for one in first["results"]] == names[:2:-1]
    second = api.get(first["next"]).json()
    assert [one["id"] for one in second["results"]] == names[2::-1]
    assert (second["next"], api.get(second["previous"]).json()["results"][0]["id"]) == (None, names[-1])
    middle = first["results"][0]["created_at"]
    assert [
        one["id"] for one in api.get("/predictions", params={"created_after": middle}).json()["results"]
    ] == names[-1:]


def test_a_thousand_at_once_are_cheap(sim: Simulator) -> None:
    url, headers = f"{sim.base('replicate')}/predictions", {"authorization": "Bearer simulated"}
    body = {"version": "google/veo-3.1", "input": {"prompt": "waves"}}
    began = time.process_time()
    with (
        httpx.Client(trust_env=False, timeout=300, headers=headers) as client,
        ThreadPoolExecutor(16) as pool,
    ):
        answers = [*pool.map(lambda _: client.post(url, json=body), range(1000))]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1000
    assert time.process_time() - began < 60


def test_the_rate_limit_is_the_vendors_when_switched_on(sim: Simulator, api: httpx.Client) -> None:
    limit_creates(sim.world, per_minute=3)
    body = {"version": KONTEXT, "input": {"prompt": "x"}}
    answers = [api.post("/predictions", json=body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        ("rate_limit", 429, "Too many requests"),
        ("quota", 402, "Insufficient credit"),
        ("overloaded", 503, "Service unavailable"),
        ("server_error", 500, "Internal server error"),
        ("auth", 401, "Unauthenticated"),
        ("bad_request", 400, "Bad request"),
    ],
)
def test_failures_are_problem_documents(
    sim: Simulator, api: httpx.Client, kind: str, status: int, title: str
) -> None:
    sim.world.faults.add(kind, "replicate", "predictions.create", seconds=7)
    answer = api.post("/predictions", json={"version": KONTEXT, "input": {"prompt": "x"}})
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"], answer.json()["title"]) == (status, status, title)
    if kind == "rate_limit":
        assert answer.headers["retry-after"] == "7"
        assert answer.json()["detail"] == "Request was throttled. Expected available in 7 seconds."
    assert api.get("/predictions").json()["results"] == []


def test_a_lost_answer_leaves_a_prediction_that_can_be_found(sim: Simulator, api: httpx.Client) -> None:
    sim.world.faults.add("reset_after_accept", "replicate", "predictions.create")
    with pytest.raises(httpx.TransportError):
        api.post("/predictions", json={"version": KONTEXT, "input": {"prompt": "the lost one"}})
    found = api.get("/predictions").json()["results"]
    assert [one["input"]["prompt"] for one in found] == ["the lost one"]
    sim.world.faults.add("reset", "replicate", "predictions.create")
    with pytest.raises(httpx.TransportError):
        api.post("/predictions", json={"version": KONTEXT, "input": {"prompt": "never there"}})
    assert len(api.get("/predictions").json()["results"]) == 1


def test_a_bad_picture_and_a_bad_gateway(sim: Simulator, api: httpx.Client) -> None:
    sim.world.faults.add("bad_picture", "replicate", "predictions.create")
    url = created(api, KONTEXT, prompt="x")["output"]
    with pytest.raises(OSError):
        Image.open(io.BytesIO(fetched(url))).load()
    sim.world.faults.add("bad_gateway", "replicate")
    answer = api.get("/account")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


def test_account_and_models(api: httpx.Client) -> None:
    fits(api.get("/account").json(), "account")
    fits(api.get("/models").json(), "models")
    assert api.get("/models/nobody/nothing").status_code == 404
    assert api.get("/account", headers={"authorization": ""}).status_code == 401


class Receiver:
    """A web server that notes what webhooks bring; it answers with the given codes first, then with 200."""

    def __init__(self, *codes: int) -> None:
        self.messages: list[tuple[dict[str, str], bytes]] = []
        waiting = [*codes]
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.messages.append(({key.lower(): value for key, value in self.headers.items()}, body))
                self.send_response(waiting.pop(0) if waiting else 200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count: int) -> list[tuple[dict[str, str], dict[str, Any]]]:
        deadline = time.monotonic() + 120
        while len(self.messages) < count and time.monotonic() < deadline:
            time.sleep(0.005)
        assert len(self.messages) == count
        return [(headers, json.loads(body)) for headers, body in self.messages]


def hooked(api: httpx.Client, receiver: Receiver, **more: Any) -> None:
    body = {"version": KONTEXT, "input": {"prompt": "x"}, "webhook": receiver.url, **more}
    answer = api.post("/predictions", json=body)
    assert answer.status_code == 201, answer.text
    fits(answer.json(), "prediction")


def test_webhooks_are_signed(sim: Simulator, api: httpx.Client) -> None:
    sim.world.speed = 20
    receiver = Receiver()
    hooked(api, receiver, webhook_events_filter=["start", "completed"])
    messages = receiver.wait_for(2)
    assert [body["status"] for _, body in messages] == ["processing", "succeeded"]
    secret = api.get("/webhooks/default/secret").json()
    fits(secret, "secret")
    key = base64.b64decode(secret["key"].removeprefix("whsec_"))
    for headers, body in receiver.messages:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        offered = headers["webhook-signature"].split(" ")
        assert f"v1,{expected}" in offered
        assert len(offered) == 2
    assert messages[0][0]["webhook-id"] != messages[1][0]["webhook-id"]
    assert abs(int(messages[0][0]["webhook-timestamp"]) - time.time()) < 600


def test_a_webhook_that_is_not_taken_is_sent_again_with_the_same_id(api: httpx.Client) -> None:
    receiver = Receiver(500, 503)
    hooked(api, receiver, webhook_events_filter=["completed"])
    assert len({headers["webhook-id"] for headers, _ in receiver.wait_for(3)}) == 1


def test_duplicates_come_when_asked_for(sim: Simulator, api: httpx.Client) -> None:
    sim.world.queue_answer("replicate", "predictions.create", webhook_duplicates=2)
    receiver = Receiver()
    hooked(api, receiver, webhook_events_filter=["completed"])
    messages = receiver.wait_for(3)
    assert len({headers["webhook-id"] for headers, _ in messages}) == 1


def test_a_webhook_is_https_or_of_this_machine(api: httpx.Client) -> None:
    body = {"version": KONTEXT, "input": {"prompt": "x"}, "webhook": "http://example.org/hook"}
    assert api.post("/predictions", json=body).status_code == 422
    body["webhook"] = "https://example.org/hook"
    assert api.post("/predictions", json=body).status_code == 201


def kinds(body: Any) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in body.items() if value is not None}


@pytest.mark.parametrize("name", ["invalid token", "official model", "wait=10", "create and cancel"])
def test_recorded_conversations_are_answered_in_the_recorded_form(
    sim: Simulator, api: httpx.Client, name: str
) -> None:
    """The vendor's newer description requires more members than it sent in 2023; none of the recorded is missing."""
    if name == "wait=10":
        sim.world.queue_answer("replicate", "predictions.create", early_output=True, seconds=1000)
    sim.world.speed = 20
    renamed: dict[str, str] = {}
    for exchange in RECORDED[name]:
        request, recorded = exchange["request"], exchange["response"]
        path = request["path"]
        for old, new in renamed.items():
            path = path.replace(old, new)
            while path.endswith("/cancel") and api.get(f"/predictions/{new}").json()["status"] == "starting":
                pass
        headers = {**request["headers"], **({"authorization": ""} if name == "invalid token" else {})}
        answer = api.request(request["method"], path, json=request["body"], headers=headers)
        assert answer.status_code == recorded["status"], answer.text
        assert (
            answer.headers["content-type"].partition(";")[0]
            == recorded["headers"]["content-type"].partition(";")[0]
        )
        for header in ("preference-applied", "ratelimit-remaining", "ratelimit-reset"):
            assert answer.headers.get(header) == recorded["headers"].get(header)
        theirs, ours = kinds(recorded["body"]), kinds(answer.json())
        assert {key: ours.get(key) for key in theirs} == theirs
        assert answer.json()["status"] == recorded["body"]["status"]
        assert answer.json().get("input") == recorded["body"].get("input")
        assert set(recorded["body"].get("urls", {})) - {"stream"} <= set(answer.json().get("urls", {}))
        if "id" in recorded["body"]:
            renamed[recorded["body"]["id"]] = answer.json()["id"]


def test_a_finished_prediction_has_the_recorded_form(api: httpx.Client) -> None:
    recorded = RECORDED["finished"][0]["response"]["body"]
    done = created(api, recorded["version"], **recorded["input"])
    theirs, ours = kinds(recorded), kinds(done)
    assert {key: ours.get(key) for key in theirs} == theirs
    assert set(recorded["metrics"]) <= set(done["metrics"])
    assert Image.open(io.BytesIO(fetched(done["output"][0]))).size == (512, 512)


@pytest.mark.parametrize("kind", ["truncated", "garbage", "wrong_type"])
def test_a_spoilt_body_was_accepted_and_cannot_be_read(sim: Simulator, api: httpx.Client, kind: str) -> None:
    sim.world.faults.add(kind, "replicate", "predictions.create")
    with pytest.raises((httpx.RemoteProtocolError, ValueError)):
        api.post("/predictions", json={"version": KONTEXT, "input": {"prompt": "x"}}).json()
    assert sim.world.calls("replicate", "predictions.create")[0].accepted


def test_silence_before_is_not_accepted_and_silence_after_is(sim: Simulator, api: httpx.Client) -> None:
    for kind in ("hang", "hang_after_accept"):
        sim.world.faults.add(kind, "replicate", "predictions.create")
        with pytest.raises(httpx.ReadTimeout):
            api.post(
                "/predictions",
                json={"version": KONTEXT, "input": {"prompt": "x"}},
                timeout=httpx.Timeout(60, read=0.2),
            )
    eventually(
        lambda: (
            [seen.accepted for seen in sim.world.calls("replicate", "predictions.create")] == [False, True]
        )
    )


def test_a_download_may_fail(sim: Simulator, api: httpx.Client) -> None:
    url = created(api, KONTEXT, prompt="x")["output"]
    sim.world.faults.add("overloaded", "replicate", "output")
    assert httpx.get(url, trust_env=False).status_code == 503
    sim.world.faults.add("truncated", "replicate", "output")
    with pytest.raises(httpx.RemoteProtocolError):
        fetched(url)
    assert Image.open(io.BytesIO(fetched(url))).width
