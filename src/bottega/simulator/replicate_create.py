"""How a prediction comes to be at the simulated Replicate: the body, the headers, the version, the rate limit."""

import asyncio
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bottega.simulator.replicate_errors import VENDOR, invalid_input, not_found, problem, throttled
from bottega.simulator.replicate_files import base_of, stored
from bottega.simulator.replicate_inputs import (
    Complaint,
    InputFile,
    Unreachable,
    complaints,
    files,
    with_defaults,
)
from bottega.simulator.replicate_model import JSON, HostedModel
from bottega.simulator.replicate_models import hosted_models
from bottega.simulator.replicate_output import draw, form
from bottega.simulator.replicate_predictions import (
    INTERRUPTED,
    KEPT_SECONDS,
    SENSITIVE,
    TERMINAL,
    Prediction,
    usual_seconds,
)
from bottega.simulator.replicate_webhooks import EVENTS, follow, is_local
from bottega.simulator.world import Entry, World

CREATES_PER_MINUTE = 600
SHORTEST_DEADLINE = 5.0
LONGEST_WAIT = 60
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "mp4": "video/mp4"}
_BODY = frozenset({"version", "input", "stream", "webhook", "webhook_events_filter"})


def limit_creates(world: World, per_minute: int = CREATES_PER_MINUTE) -> None:
    """From now on predictions above this rate are answered with 429, as at the vendor. Off unless called."""
    world.state[f"{VENDOR}.limit"] = (per_minute, [])


def predictions(world: World) -> dict[str, Prediction]:
    """Every prediction by id, oldest first."""
    kept: dict[str, Prediction] = world.state.setdefault(f"{VENDOR}.predictions", {})
    return kept


def over_limit(world: World) -> Response | None:
    limit: tuple[int, list[float]] | None = world.state.get(f"{VENDOR}.limit")
    if limit is None:
        return None
    per_minute, times = limit
    now = asyncio.get_running_loop().time()
    times[:] = [one for one in times if now - one < 60]
    if len(times) >= per_minute:
        return throttled(60 - (now - times[0]))
    times.append(now)
    return None


def limit_headers(remaining: int) -> dict[str, str]:
    return {"ratelimit-remaining": str(remaining), "ratelimit-reset": "1"}


async def create(world: World, entry: Entry) -> Response:
    request, base = entry.request, base_of(entry.request)
    found = _body_complaints(entry)
    if found:
        return invalid_input(found)
    model, version = _wanted(entry)
    if model is None:
        if "owner" in request.path_params:
            return not_found()
        detail = "The specified version does not exist (or perhaps you don't have permission to use it?)"
        return problem(422, "Invalid version or not permitted", detail)
    given: JSON = entry.fields["input"]
    if found := complaints(model, given):
        return invalid_input(found)
    wait, deadline = _wait(request), _deadline(request)
    if isinstance(wait, Response):
        return wait
    if isinstance(deadline, Response):
        return deadline
    answer = world.next_answer(VENDOR, "predictions.create") or {}
    prediction = _begin(world, entry, model, version, answer, deadline)
    entry.accept()
    predictions(world)[prediction.id] = prediction
    if prediction.webhook and is_local(prediction.webhook):
        _in_background(world, prediction, base, int(answer.get("webhook_duplicates", 0)))
    await entry.act("after")
    headers = limit_headers(_creates_left(world))
    if wait is None:
        return JSONResponse(prediction.as_json(base), status_code=201, headers=headers)
    await prediction.reach(prediction.boot if prediction.early_output else prediction.end[0], wait)
    complete = prediction.status() in TERMINAL or prediction.early_output
    headers["preference-applied"] = f"wait={wait}"
    return JSONResponse(prediction.as_json(base), status_code=201 if complete else 202, headers=headers)


def _begin(
    world: World, entry: Entry, model: HostedModel, version: str, answer: JSON, deadline: float | None
) -> Prediction:
    given: JSON = entry.fields["input"]
    filled = with_defaults(model, given)
    sent: list[InputFile] = []
    outcome, error = "succeeded", None
    try:
        sent = files(model, given, lambda address: _resolve(world, base_of(entry.request), address))
    except Unreachable as unreachable:
        outcome, error = "failed", str(unreachable)
    seen = [entry.add_file(f"input.{file.field}", "", file.kind, file.data) for file in sent]
    if entry.fault in ("refusal", "fail_later") or "error" in answer:
        outcome = "failed"
        error = str(answer.get("error") or (SENSITIVE if entry.fault == "refusal" else INTERRUPTED))
    if answer.get("aborted"):
        outcome = "aborted"
    first = next(((one.width, one.height) for one in seen if one.width), None)
    if model.name == "idm-vton":
        first = next(
            ((one.width, one.height) for one in seen if one.field == "input.human_img" and one.width), first
        )
    seconds = float(answer.get("seconds", usual_seconds(model, filled, world.seed)))
    return Prediction(
        id=world.new_id(26),
        model=model,
        version=version,
        given=given,
        filled=filled,
        files=sent,
        shape=None if model.kind == "text" else form(model, filled, first),
        speed=world.speed,
        seconds=min(seconds, 1.0) if outcome == "failed" and entry.fault == "refusal" else seconds,
        seed=int(filled.get("seed") or 42),
        outcome=outcome,
        error=error,
        deadline=deadline,
        webhook=entry.fields.get("webhook"),
        events=entry.fields.get("webhook_events_filter"),
        early_output=bool(answer.get("early_output")),
        queued_output=answer.get("output"),
        spoilt=entry.fault == "bad_picture",
        kept=float(answer.get("expires", KEPT_SECONDS)),
    )


def _body_complaints(entry: Entry) -> list[Complaint]:
    if entry.malformed:
        return [Complaint("invalid_type", "(root)", entry.malformed)]
    body, needed = entry.fields, ["input"]
    if "owner" not in entry.request.path_params:
        needed.insert(0, "version")
    found = [Complaint("required", "(root)", f"{name} is required") for name in needed if name not in body]
    found += [
        Complaint("additional_property_not_allowed", "(root)", f"Additional property {name} is not allowed")
        for name in body
        if name not in _BODY or (name == "version" and "version" not in needed)
    ]
    if "input" in body and not isinstance(body["input"], dict):
        found.append(Complaint("invalid_type", "input", "Invalid type. Expected: object"))
    webhook = body.get("webhook")
    if webhook is not None and not (str(webhook).startswith("https://") or is_local(str(webhook))):
        found.append(Complaint("format", "webhook", "Must be a valid HTTPS URL"))
    if unknown := set(body.get("webhook_events_filter") or ()) - set(EVENTS):
        text = f"webhook_events_filter must be one of the following: {', '.join(EVENTS)}; not {', '.join(unknown)}"
        found.append(Complaint("enum", "webhook_events_filter", text))
    return found


def _wanted(entry: Entry) -> tuple[HostedModel | None, str]:
    """The model and the version that the prediction tells; None where there is no such thing."""
    path, models = entry.request.path_params, hosted_models()
    if "owner" in path:
        model = models.get(f"{path['owner']}/{path['name']}")
        return (model, "hidden") if model and model.official else (None, "")
    full_name, _, version = str(entry.fields["version"]).rpartition(":")
    if not full_name and "/" in version:
        model = models.get(version)
        return (model, "hidden") if model and model.official else (None, "")
    for model in [models[full_name]] if full_name in models else [*models.values()] if not full_name else []:
        if version in model.versions:
            return model, version
    return None, ""


def _resolve(world: World, base: str, address: str) -> tuple[str, bytes]:
    """The file behind an address: an upload, or an earlier output. Nothing is fetched from elsewhere."""
    if match := re.fullmatch(re.escape(base) + r"/files/(\w+)", address):
        if file := stored(world).get(match[1]):
            return file.kind, file.data
    elif match := re.fullmatch(re.escape(base) + r"/output/(\w+)/(\d+)\.(\w+)", address):
        earlier = predictions(world).get(match[1])
        if earlier and not earlier.gone and (data := output_file(world, earlier, int(match[2]))):
            return MEDIA_TYPES[match[3]], data
    raise Unreachable(f"404 Client Error: Not Found for url: {address[:200]}")


def output_file(world: World, prediction: Prediction, index: int) -> bytes | None:
    """The bytes of an output file, drawn anew each time (the same each time); None while there is none."""
    if prediction.shape is None or prediction.status() not in ("succeeded", "processing"):
        return None
    if prediction.status() == "processing" and not prediction.early_output:
        return None
    inputs = [file.data for file in prediction.files]
    return draw(world.media, prediction.model, prediction.filled, inputs, prediction.shape, index)


def _wait(request: Request) -> int | Response | None:
    """Real seconds that the client is ready to wait; None for not at all."""
    prefer = request.headers.get("prefer")
    if prefer is None:
        return None
    match = re.fullmatch(r"wait(?:=(\d{1,2}))?", prefer.strip())
    if not match or match[1] in ("0", "00"):
        return problem(400, "Bad request", "The Prefer header must be wait or wait=n, n between 1 and 60")
    return min(int(match[1] or LONGEST_WAIT), LONGEST_WAIT)


def _deadline(request: Request) -> float | Response | None:
    """The vendor's seconds from `Cancel-After`, such as 90, 30s, 1h30m45s."""
    text = request.headers.get("cancel-after")
    if text is None:
        return None
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", text.strip())
    seconds = (
        sum(int(part or 0) * unit for part, unit in zip(match.groups(), (3600, 60, 1), strict=True))
        if match
        else 0
    )
    if seconds < SHORTEST_DEADLINE:
        return problem(400, "Bad request", "The Cancel-After header must be a duration of at least 5 seconds")
    return float(seconds)


def _in_background(world: World, prediction: Prediction, base: str, duplicates: int) -> None:
    running: set[asyncio.Task[None]] = world.state.setdefault(f"{VENDOR}.webhooks", set())
    task = asyncio.create_task(follow(world, prediction, base, duplicates))
    running.add(task)
    task.add_done_callback(running.discard)


def _creates_left(world: World) -> int:
    limit: Any = world.state.get(f"{VENDOR}.limit")
    return limit[0] - len(limit[1]) if limit else CREATES_PER_MINUTE - 1
