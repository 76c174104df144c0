"""Streamable HTTP: the ASGI application at `/mcp`, who asks, and from where it may be asked.

Without keys everybody who can connect is the local user. That is safe only as long as no web page can speak in that
user's name: hence the Host header must name this machine, and no Origin is taken. Nothing is kept between requests.
"""

from typing import Any

from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bottega.app import Bottega
from bottega.domain.principal import Principal
from bottega.errors import NotAuthenticated
from bottega.mcp.server import Context, create_server
from bottega.settings import Settings
from bottega.store.keys import KeyStore

PATH = "/mcp"
LARGEST_MESSAGE = 16 * 2**20
"""Bytes of a request: room for one file of the largest size that may come as base64, and more."""
_PRINCIPAL = "bottega.principal"


def create_http_app(shop: Bottega, *, keyless: bool) -> Starlette:
    """The application of a shop that has been started. `keyless`: requests without a key are the local user's.

    Whether that may be, and whether the address may be served at all, is the caller's to check.
    """
    server = create_server(shop, who=_sender)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        max_request_body_size=LARGEST_MESSAGE,
        transport_security=_allowed(shop.settings, keyless=keyless),
    )
    app.add_middleware(Authentication, keys=shop.keys, keyless=keyless)
    return app


def _allowed(settings: Settings, *, keyless: bool) -> TransportSecuritySettings:
    """Where a key is needed, a foreign page has none: the names do not matter then."""
    own = f"[{settings.host}]" if ":" in settings.host else settings.host
    names = {"localhost", "127.0.0.1", "[::1]", own, *settings.allowed_hosts}
    names |= {name.lower() for name in names}
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=keyless,
        allowed_hosts=sorted([*names, *(f"{name}:*" for name in names)]),
        allowed_origins=[],
    )


def _sender(context: Context) -> Principal:
    """Who sent the HTTP request that a message came in, as `Authentication` found out."""
    scope: Any = context.request.scope if context.request is not None else {}
    who = scope.get(_PRINCIPAL)
    if not isinstance(who, Principal):
        raise NotAuthenticated("It is not known who asks.")
    return who


class Authentication:
    """ASGI middleware: every request is somebody's, or refused. A wrong key is refused also where none is needed."""

    def __init__(self, app: ASGIApp, keys: KeyStore, *, keyless: bool) -> None:
        self._app = app
        self._keys = keys
        self._keyless = keyless

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            scope[_PRINCIPAL] = await self._keys.who_asks(Headers(scope=scope), keyless=self._keyless)
        except NotAuthenticated as error:
            headers = {"WWW-Authenticate": 'Bearer realm="bottega"', "Cache-Control": "no-store"}
            refusal = JSONResponse({"error": error.as_dict()}, error.http_status, headers)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)
