"""Who asks, by key or by the session of a browser, and whether this server answers them at all.

Served on a loopback address (`BOTTEGA_AUTH=auto`), whoever can connect is the local user, without a key. That is
safe only as long as no web page can speak in that user's name, hence two checks in `Guard`: the Host header against
DNS rebinding, the origin of writing requests against cross-site requests. Anywhere else a key is needed.
"""

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bottega.api.problems import problem
from bottega.app import Bottega
from bottega.domain.principal import Principal
from bottega.errors import BottegaError, NotAllowed, NotFound
from bottega.settings import Settings
from bottega.store.keys import KeyStore
from bottega.store.sessions import WebSession, is_csrf_token

SESSION_COOKIE = "bottega_session"
CSRF_COOKIE = "bottega_csrf"
CSRF_HEADER = "X-CSRF-Token"


class ForeignRequest(NotAllowed):
    """A web page speaks, or may speak, in the local user's name."""

    code = "foreign-request"
    title = "This request is not taken from there"


class KeysNeeded(NotAllowed):
    code = "keys-needed"
    title = "An API key is needed first"


class TokenMissing(NotAllowed):
    """A request by cookie changes something and does not prove that a page of ours sent it."""

    code = "csrf-token"
    title = "This request does not say that it comes from a page of this server"


_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def is_loopback(host: str) -> bool:
    """Whether a bind address or host name is this machine's own: `localhost`, 127.0.0.0/8, `::1`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_open(settings: Settings) -> bool:
    """Whether requests without a key are the local user's."""
    return settings.auth == "auto" and is_loopback(settings.host)


async def check_may_serve(settings: Settings, keys: KeyStore) -> None:
    """Raises KeysNeeded when the bind address can be reached from elsewhere and nobody has an active key.

    The database must be open.
    """
    if not is_loopback(settings.host) and not await keys.any_active():
        raise KeysNeeded(
            f"Bottega does not listen on {settings.host} while there is no API key: nobody could be told apart.",
            hint="Make a key first, or serve on 127.0.0.1.",
        )


# --- before any route ----------------------------------------------------------------------------------------


class Guard:
    """ASGI middleware: refuses what no route should see."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._open = is_open(settings)
        self._names = frozenset(name.lower() for name in settings.allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (error := self._objection(scope)) is not None:
            await problem(error, scope["path"])(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _objection(self, scope: Scope) -> BottegaError | None:
        if "\0" in scope["path"]:
            return NotFound("There is nothing at this address.")
        if not self._open:
            return None
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = _host_name(host)
        if not is_loopback(name) and name not in self._names:
            return ForeignRequest(
                "This server answers to the names of this machine only.",
                hint="Address it as localhost or 127.0.0.1, or add the name to BOTTEGA_ALLOWED_HOSTS.",
            )
        if scope["method"] not in _READING and from_another_site(headers, host):
            return foreign_page()
        return None


def _host_name(host: str) -> str:
    """`[::1]:8600` -> `::1`; empty for what is no host."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def foreign_page() -> ForeignRequest:
    return ForeignRequest(
        "A page of another site may not change anything here.",
        hint="Send the request from a page of this server, or from a program.",
    )


def from_another_site(headers: Headers, host: str) -> bool:
    """Whether a browser says so. Sec-Fetch-Site decides where it is sent (pages cannot set it), else Origin."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc.lower() != host.lower()
    except ValueError:
        return True


# --- in a route ----------------------------------------------------------------------------------------------


async def _shop(request: Request) -> Bottega:
    return request.app.state.bottega


async def asking(request: Request) -> Principal:
    """Raises NotAuthenticated: a wrong key is refused also where none is needed; TokenMissing.

    A key goes before a cookie: no page of another site can send one. A cookie that is nothing any more is as none.
    """
    shop: Bottega = request.app.state.bottega
    session = await session_of(request)
    if session is None:
        return await shop.keys.who_asks(request.headers, keyless=is_open(shop.settings))
    if request.method not in _READING:
        check_csrf(request)
    return session.who


async def session_of(request: Request) -> WebSession | None:
    """The session that speaks in this request; None where a key does, or nobody."""
    if "authorization" in request.headers or "x-api-key" in request.headers:
        return None
    secret = request.cookies.get(SESSION_COOKIE)
    if secret is None:
        return None
    shop: Bottega = request.app.state.bottega
    return await shop.sessions.find(secret)


def check_csrf(request: Request) -> None:
    """The header must have the token of the session that the cookie names: a foreign page can make a browser send the
    cookie, but can read neither. Raises TokenMissing."""
    given = request.headers.get(CSRF_HEADER, "")
    if not is_csrf_token(given, request.cookies.get(SESSION_COOKIE, "")):
        raise TokenMissing(
            f"The header {CSRF_HEADER} is missing, or is not this session's.",
            hint=f"Send the csrf_token of GET /api/v1/session (also in the cookie {CSRF_COOKIE}) as {CSRF_HEADER}.",
        )


async def _administrating(who: Annotated[Principal, Depends(asking)]) -> Principal:
    if not who.is_admin:
        raise NotAllowed("This needs a key with the scope admin.", hint="Ask an administrator.")
    return who


async def _asking_for_work(request: Request, who: Annotated[Principal, Depends(asking)]) -> Principal:
    """Raises RateLimited, which says when to come back."""
    shop: Bottega = request.app.state.bottega
    await shop.may_ask(who)
    return who


async def _asking_for_a_plan(request: Request, who: Annotated[Principal, Depends(asking)]) -> Principal:
    """Raises RateLimited: plans, which are made while a sentence is written, are counted apart from work."""
    shop: Bottega = request.app.state.bottega
    await shop.may_ask(who, what="plan")
    return who


Shop = Annotated[Bottega, Depends(_shop)]
Who = Annotated[Principal, Depends(asking)]
Admin = Annotated[Principal, Depends(_administrating)]
"""Parameters of routes: the application object, who asks, and who asks if it is an administrator."""
Worker = Annotated[Principal, Depends(_asking_for_work)]
Asker = Annotated[Principal, Depends(_asking_for_a_plan)]
"""Who asks for work, and who asks what it would be, each within the user's limits of requests."""
