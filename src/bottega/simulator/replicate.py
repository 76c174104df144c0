"""Replicate's HTTP API, simulated: account, models, predictions, files, webhooks, and the files that come out.

Time passes as the vendor's, divided by the world's speed; data is kept for real hours. Queued answers
(`/_control/answers`, operation `predictions.create`) may carry `seconds` (how long it runs), `error` (it fails with these words),
`aborted`, `output` (given back instead of files), `early_output` (the output is there while it is still processing, as the
vendor was recorded to do), `expires` (real seconds after which its data is gone) and `webhook_duplicates`. The fault `refusal` is a
prediction that fails as sensitive; `fail_later` one that is interrupted.
"""

import math
from datetime import datetime

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bottega.simulator.replicate_create import (
    MEDIA_TYPES,
    create,
    limit_headers,
    output_file,
    over_limit,
    predictions,
)
from bottega.simulator.replicate_errors import VENDOR, answered, not_found, problem, refusal
from bottega.simulator.replicate_files import base_of, file_routes
from bottega.simulator.replicate_model import JSON, HostedModel
from bottega.simulator.replicate_models import hosted_models
from bottega.simulator.replicate_webhooks import signing_secret
from bottega.simulator.world import Entry, World

PAGE = 100
_DELIVERY_FAILURES = {
    "rate_limit": 429,
    "auth": 403,
    "quota": 403,
    "refusal": 403,
    "bad_request": 400,
    "server_error": 500,
    "bad_gateway": 502,
    "overloaded": 503,
}
"""The delivery hosts answer with a bare status."""
_CREATED_AT = "2025-09-30T00:00:00.000000Z"


def routes(world: World) -> list[Route]:
    """Relative to the vendor's prefix, which stands for https://api.replicate.com/v1."""
    return [
        *_prediction_routes(world),
        *_model_routes(world),
        *file_routes(world),
        *_account_routes(world),
    ]


def _prediction_routes(world: World) -> list[Route]:
    async def post(request: Request) -> Response:
        entry = await world.enter(request, VENDOR, "predictions.create")
        if (error := refusal(entry) or over_limit(world)) is not None:
            return entry.finish(error)
        await entry.act("before")
        return entry.finish(await create(world, entry))

    async def listing(request: Request) -> Response:
        return await answered(world, request, "predictions.list", lambda _: _page(world, request))

    async def one(request: Request) -> Response:
        cancels = request.method == "POST"

        def answer(_: Entry) -> Response:
            prediction = predictions(world).get(request.path_params["id"])
            if prediction is None:
                return not_found()
            if cancels:
                prediction.cancel()
            return JSONResponse(prediction.as_json(base_of(request)), headers=limit_headers(2999))

        return await answered(world, request, "predictions.cancel" if cancels else "predictions.get", answer)

    async def output(request: Request) -> Response:
        """Needs no token, like the vendor's delivery hosts."""
        entry = await world.enter(request, VENDOR, "output")
        await entry.act("before")
        if entry.fault in _DELIVERY_FAILURES:
            return entry.finish(Response(status_code=_DELIVERY_FAILURES[entry.fault]))
        prediction = predictions(world).get(request.path_params["id"])
        index, _, extension = str(request.path_params["name"]).partition(".")
        if prediction is None or prediction.gone or not index.isdigit():
            return entry.finish(not_found())
        data = await anyio.to_thread.run_sync(lambda: output_file(world, prediction, int(index)))
        if data is None:
            return entry.finish(not_found())
        data = data[: len(data) // 2] if prediction.spoilt else entry.picture(data)
        await entry.act("after")
        return entry.finish(Response(data, media_type=MEDIA_TYPES[extension]))

    return [
        Route("/predictions", post, methods=["POST"]),
        Route("/models/{owner}/{name}/predictions", post, methods=["POST"]),
        Route("/predictions", listing),
        Route("/predictions/{id}", one),
        Route("/predictions/{id}/cancel", one, methods=["POST"]),
        Route("/output/{id}/{name}", output),
    ]


def _model_routes(world: World) -> list[Route]:
    async def models(request: Request) -> Response:
        results = [_about(model) for model in hosted_models().values()]
        body = {"next": None, "previous": None, "results": results}
        return await answered(world, request, "models.list", lambda _: JSONResponse(body))

    async def one(request: Request) -> Response:
        path = request.path_params
        versions = "/versions" in request.url.path

        def answer(_: Entry) -> Response:
            model = hosted_models().get(f"{path['owner']}/{path['name']}")
            if model is None or ("version" in path and path["version"] not in model.versions):
                return not_found()
            if "version" in path:
                return JSONResponse(_version(model, path["version"]))
            if versions:
                results = [_version(model, version) for version in model.versions]
                return JSONResponse({"next": None, "previous": None, "results": results})
            return JSONResponse(_about(model), headers=limit_headers(2999))

        return await answered(world, request, "models.versions" if versions else "models.get", answer)

    return [
        Route("/models", models),
        Route("/models/{owner}/{name}", one),
        Route("/models/{owner}/{name}/versions", one),
        Route("/models/{owner}/{name}/versions/{version}", one),
    ]


def _account_routes(world: World) -> list[Route]:
    async def account(request: Request) -> Response:
        about = {
            "type": "user",
            "username": "simulated",
            "name": "Simulated",
            "github_url": "https://github.com/simulated",
        }
        return await answered(world, request, "account.get", lambda _: JSONResponse(about))

    async def secret(request: Request) -> Response:
        return await answered(
            world, request, "webhooks.secret", lambda _: JSONResponse({"key": signing_secret(world)})
        )

    return [Route("/account", account), Route("/webhooks/default/secret", secret)]


def _page(world: World, request: Request) -> Response:
    """A page of 100, newest first; `cursor` is how many were shown before."""
    query, base = request.query_params, base_of(request)
    newest = [*reversed(predictions(world).values())]
    try:
        after, before = (
            datetime.fromisoformat(query[name]).timestamp() if name in query else limit
            for name, limit in (("created_after", -math.inf), ("created_before", math.inf))
        )
        at = int(query.get("cursor", "0"))
    except ValueError as error:
        return problem(400, "Bad request", str(error))
    if query.get("source") == "web":
        newest = []
    shown = [one for one in newest if after <= one.made < before]

    def link(cursor: int) -> str | None:
        return f"{base}/predictions?cursor={cursor}" if 0 <= cursor < len(shown) else None

    results = [prediction.as_json(base) for prediction in shown[at : at + PAGE]]
    previous = link(max(0, at - PAGE)) if at > 0 else None
    return JSONResponse({"next": link(at + PAGE), "previous": previous, "results": results})


def _about(model: HostedModel) -> JSON:
    return {
        "url": f"https://replicate.com/{model.full_name}",
        "owner": model.owner,
        "name": model.name,
        "description": model.description,
        "visibility": "public",
        "is_official": model.official,
        "github_url": None,
        "paper_url": None,
        "license_url": None,
        "cover_image_url": None,
        "run_count": 0,
        "default_example": None,
        "latest_version": _version(model, model.version),
    }


def _version(model: HostedModel, version: str) -> JSON:
    return {
        "id": version,
        "created_at": _CREATED_AT,
        "cog_version": "0.16.0",
        "openapi_schema": model.openapi_schema(),
    }
