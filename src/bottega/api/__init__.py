"""The HTTP face: REST under `/api/v1`, a job's story as server-sent events, problem documents for errors.

It translates between HTTP and `bottega.app.Bottega` and decides nothing; serving it is left to an ASGI server.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from bottega import __version__
from bottega.api.availability import warm_up
from bottega.api.documents import DOCUMENTED_PROBLEMS, document
from bottega.api.problems import install_problems
from bottega.api.routes import (
    analytics,
    assets,
    batches,
    budgets,
    doctor,
    enhanced,
    experiments,
    fashion,
    fashion_fit,
    feedback,
    gallery,
    health,
    jobs,
    keys,
    laser_plan,
    laser_preview,
    models,
    openai_images,
    plan,
    privacy,
    products,
    references,
    root,
    session,
    web,
    webhooks,
    workflows,
)
from bottega.api.security import Guard, check_may_serve
from bottega.api.static_files import Fallback, StaticFiles, web_folder
from bottega.api.stopping import set_on_signal
from bottega.app import Bottega
from bottega.settings import Settings

__all__ = ["check_may_serve", "create_app"]

PREFIX = "/api/v1"


def create_app(
    bottega: Bottega | None = None, settings: Settings | None = None, *, run_jobs: bool = True
) -> FastAPI:
    """The ASGI application. Its lifespan starts and closes `bottega`, which must not have been started.

    Without `bottega`, one is made from `settings` (by default those of the environment). With `run_jobs` False,
    jobs are taken in and left to other processes. Event streams end when SIGINT or SIGTERM stops the server; for
    other slow responses it should have a limit on graceful shutdown (uvicorn: `timeout_graceful_shutdown`).

    Starting raises KeysNeeded (a NotAllowed) when the bind address can be reached from elsewhere and no API key exists.
    """
    shop = bottega or Bottega(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        await shop.start(run_jobs=False)
        try:
            await check_may_serve(shop.settings, shop.keys)
            await asyncio.to_thread(warm_up, shop)
            shop.intents.reset()  # the warm-up is nobody's request
            if run_jobs:
                await shop.work()
            with set_on_signal(app.state.stopping):
                yield
        finally:
            await shop.close()

    app = FastAPI(
        title="Bottega",
        summary="A sentence and some pictures in; finished, checked media out, at a known price.",
        version=__version__,
        lifespan=lifespan,
        # The pages of Swagger and ReDoc load their scripts from elsewhere; the document itself is a route of ours.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        responses=DOCUMENTED_PROBLEMS,
    )
    app.state.bottega = shop
    app.state.stopping = asyncio.Event()
    app.add_middleware(Guard, settings=shop.settings)
    install_problems(app)
    for module in (
        jobs,
        plan,
        assets,
        references,
        workflows,
        models,
        budgets,
        keys,
        enhanced,
        laser_plan,
        laser_preview,
        webhooks,
        experiments,
        feedback,
        analytics,
        products,
        fashion,
        fashion_fit,
        privacy,
        session,
        doctor,
        batches,
        gallery,
    ):
        app.include_router(module.router, prefix=PREFIX)
    for module in (openai_images, health, root, web):
        app.include_router(module.router)
    folder = web_folder(shop.settings)
    app.state.web_files = None if folder is None else StaticFiles(folder)
    if app.state.web_files is not None:
        app.router.default = Fallback(app.state.web_files, app.router.default)
    document(app)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
