"""OpenAI's API under `/v1`: which path is answered by which file. Base URL for clients: the prefix with `/v1`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bottega.simulator import openai_image_rules, openai_images, openai_language, openai_moderation
from bottega.simulator.openai_dialect import VENDOR, ApiError, endpoint
from bottega.simulator.world import Entry, World

CREATED = 1_767_225_600
"""2026-01-01, for every model: their true dates matter to nobody here."""

ENDS = {"gpt-image-1.5": "2026-12-01", "gpt-image-1-mini": "2026-12-01", "chatgpt-image-latest": "2026-12-01"}


def routes(world: World) -> list[Route]:
    return [
        endpoint(world, "/images/generations", "images.generate", openai_images.generations),
        endpoint(world, "/images/edits", "images.edit", openai_images.edits),
        endpoint(
            world, "/chat/completions", "chat.completions", openai_language.chat_completions, refuses=True
        ),
        endpoint(world, "/responses", "responses", openai_language.responses, refuses=True),
        endpoint(world, "/moderations", "moderations", openai_moderation.moderations),
        endpoint(world, "/models", "models.list", _models, method="GET"),
        endpoint(world, "/models/{model}", "models.get", _one_model, method="GET"),
        Route("/{path:path}", nowhere, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


def model(name: str) -> dict[str, object]:
    return {
        "id": name,
        "object": "model",
        "created": CREATED,
        "owned_by": "openai",
        "shutdown_date": ENDS.get(name),
    }


async def _models(entry: Entry) -> Response:
    names = [*sorted(openai_image_rules.MODELS), *openai_language.MODELS, *openai_moderation.MODELS]
    return JSONResponse({"object": "list", "data": [model(name) for name in names]})


async def _one_model(entry: Entry) -> Response:
    name = str(entry.request.path_params["model"])
    if name not in (*openai_image_rules.MODELS, *openai_language.MODELS, *openai_moderation.MODELS):
        raise ApiError(404, f"The model '{name}' does not exist", param="model", code="model_not_found")
    return JSONResponse(model(name))


async def nowhere(request: Request) -> Response:
    """Any other path. Nothing is logged: no vendor would know what was meant."""
    path = request.url.path.partition("/v1")[2]
    return ApiError(404, f"Invalid URL ({request.method} /v1{path})").response()


__all__ = ["VENDOR", "model", "nowhere", "routes"]
