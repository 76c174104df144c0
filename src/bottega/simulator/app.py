"""All vendors behind one address, each under its own prefix, and the door through which tests steer them."""

from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bottega.simulator.faults import Ended
from bottega.simulator.world import World

PREFIXES = {
    "openai": "/openai/v1",
    "compatible": "/compatible/v1",
    "anthropic": "/anthropic",
    "gemini": "/google",
    "replicate": "/replicate/v1",
    "stability": "/stability",
}
"""Where each vendor's API is: append it to the server's address to get the base URL that a client is given."""


def build_app(world: World) -> Starlette:
    """The simulator as an ASGI application. Connection faults need uvicorn, see `serve`."""
    return Starlette(
        routes=[*_vendors(world), Mount("/_control", routes=_control(world))],
        exception_handlers={Ended: _ended},
    )


def _vendors(world: World) -> list[BaseRoute]:
    """Each vendor's file is imported here, not above: who only needs a prefix does not wait for all of them."""
    from bottega.simulator import anthropic, compatible, gemini, openai, replicate, stability

    routes = {
        "openai": openai.routes,
        "compatible": compatible.routes,
        "anthropic": anthropic.routes,
        "gemini": gemini.routes,
        "replicate": replicate.routes,
        "stability": stability.routes,
    }
    return [Mount(prefix, routes=routes[vendor](world)) for vendor, prefix in PREFIXES.items()]


async def _ended(request: Request, error: Exception) -> Response:
    """There is nobody left to answer; the server drops this."""
    return Response(status_code=499)


def _control(world: World) -> list[Route]:
    async def faults(request: Request) -> Response:
        """`{"vendor", "operation"?, "kind", "times"?: 1, "after"?: 0, "rate"?: 0..1, "seconds"?: 1}`"""
        given = await _object(request)
        try:
            world.faults.add(
                str(given.pop("kind", "")),
                str(given.pop("vendor", "")),
                str(given.pop("operation", "")),
                **given,
            )
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        return JSONResponse({"ok": True})

    async def log(request: Request) -> Response:
        """`?vendor=&operation=`: every call, oldest first."""
        query = request.query_params
        seen = world.calls(query.get("vendor", ""), query.get("operation", ""))
        return JSONResponse([one.as_json() for one in seen])

    async def reset(request: Request) -> Response:
        world.reset()
        return JSONResponse({"ok": True})

    async def answers(request: Request) -> Response:
        """`{"vendor", "operation"?, ...}`: the rest is what that vendor's file understands, such as `text`."""
        given = await _object(request)
        vendor, operation = str(given.pop("vendor", "")), str(given.pop("operation", ""))
        if vendor not in PREFIXES or not given:
            return JSONResponse({"error": "vendor (a known one) and an answer are needed"}, status_code=422)
        world.queue_answer(vendor, operation, **given)
        return JSONResponse({"ok": True})

    return [
        Route("/faults", faults, methods=["POST"]),
        Route("/log", log, methods=["GET"]),
        Route("/reset", reset, methods=["POST"]),
        Route("/answers", answers, methods=["POST"]),
    ]


async def _object(request: Request) -> dict[str, Any]:
    try:
        value: Any = await request.json()
    except ValueError:
        return {}
    return dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else {}
