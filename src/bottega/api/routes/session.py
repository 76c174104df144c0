"""Sessions of browsers: an API key is shown once, a cookie speaks from then on; and what a user likes the studio to be."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from bottega.api.documents import takes
from bottega.api.schemas import Body
from bottega.api.security import (
    CSRF_COOKIE,
    SESSION_COOKIE,
    Shop,
    Who,
    check_csrf,
    foreign_page,
    from_another_site,
    session_of,
)
from bottega.api.uploads import read_json
from bottega.domain.base import Value
from bottega.domain.principal import Principal
from bottega.errors import NotAuthenticated
from bottega.store.preferences import Preferences
from bottega.store.sessions import SESSION_SECONDS, csrf_token

router = APIRouter(tags=["session"])


class SessionBody(Body):
    key: str = Field(min_length=1, max_length=200, description="An API key, `btg_...`.")


class SessionAnswer(Value):
    """`how`: a `session`, a `key` in the request itself, or the `local` user of this machine, who needs neither.

    `csrf_token` goes into the header X-CSRF-Token of every request that changes something; empty where none is needed.
    """

    owner: str
    admin: bool
    how: Literal["session", "key", "local"]
    expires_at: float | None = None
    csrf_token: str = ""


class PreferencesBody(Body):
    """What is to change; the rest stays."""

    theme: Literal["system", "light", "dark"] | None = None
    language: (
        Annotated[str, Field(max_length=35, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3})?$")] | None
    ) = None
    mode: Literal["simple", "expert"] | None = None


@router.post("/session", status_code=201, openapi_extra=takes(json=SessionBody.model_json_schema()))
async def open_session(request: Request, response: Response, shop: Shop) -> SessionAnswer:
    """Show an API key; the answer's cookie speaks for it from now on. Raises 401 for a key that is none."""
    if from_another_site(request.headers, request.headers.get("host", "")):
        raise foreign_page()
    body = await read_json(request, SessionBody)
    who = await shop.keys.authenticate(body.key.strip())
    if who is None:
        raise NotAuthenticated("This API key is not valid.", hint="It may be mistyped or revoked.")
    if (before := request.cookies.get(SESSION_COOKIE)) is not None:
        await shop.sessions.end(before)
    session = await shop.sessions.open(who)
    token = csrf_token(session.secret)
    _set_cookie(request, response, SESSION_COOKIE, session.secret, hidden=True)
    # The page reads this one, and sends it back as a header.
    _set_cookie(request, response, CSRF_COOKIE, token, hidden=False)
    response.headers["Cache-Control"] = "no-store"
    return SessionAnswer(
        owner=who.owner, admin=who.is_admin, how="session", expires_at=session.expires_at, csrf_token=token
    )


@router.get("/session")
async def get_session(request: Request, response: Response, who: Who) -> SessionAnswer:
    """Who asks, and how; 401 when nobody does and somebody must."""
    response.headers["Cache-Control"] = "no-store"
    session = await session_of(request)
    if session is not None:
        return SessionAnswer(
            owner=session.who.owner,
            admin=session.who.is_admin,
            how="session",
            expires_at=session.expires_at,
            csrf_token=csrf_token(request.cookies[SESSION_COOKIE]),
        )
    return SessionAnswer(owner=who.owner, admin=who.is_admin, how=_how(who))


@router.delete("/session", status_code=204)
async def end_session(request: Request, response: Response, shop: Shop) -> None:
    """Log out. Again changes nothing."""
    if await session_of(request) is not None:
        check_csrf(request)
        await shop.sessions.end(request.cookies[SESSION_COOKIE])
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path="/", samesite="strict", secure=request.url.scheme == "https")


@router.get("/preferences")
async def get_preferences(shop: Shop, who: Who) -> Preferences:
    """What one likes the web studio to be like; the same on every device."""
    return await shop.preferences.get(who.owner)


@router.patch("/preferences", openapi_extra=takes(json=PreferencesBody.model_json_schema()))
async def change_preferences(request: Request, shop: Shop, who: Who) -> Preferences:
    """What is given replaces what was; the rest stays."""
    body = await read_json(request, PreferencesBody)
    changes: dict[str, Any] = body.model_dump(exclude_none=True)
    return await shop.preferences.change(who.owner, changes)


def _how(who: Principal) -> Literal["key", "local"]:
    return "local" if who.key_id is None else "key"


def _set_cookie(request: Request, response: Response, name: str, value: str, *, hidden: bool) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(SESSION_SECONDS),
        path="/",
        secure=request.url.scheme == "https",
        httponly=hidden,
        samesite="strict",
    )
