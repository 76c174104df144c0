"""Sessions of browsers: the cookie, the token against cross-site requests, and every line that must not be crossed."""

import httpx
import pytest
from api_server import assert_problem

from bottega.app import Bottega
from bottega.domain.principal import Scope

BOARD = {"name": "Kitchen"}


async def log_in(client: httpx.AsyncClient, shop: Bottega, owner: str = "alice", *scopes: Scope) -> str:
    """Returns the token; the client keeps the cookies."""
    made = await shop.keys.create(owner, "browser", scopes or (Scope.USER,))
    response = await client.post("/api/v1/session", json={"key": made.secret})
    assert response.status_code == 201, response.text
    return response.json()["csrf_token"]


async def test_a_key_is_shown_once_and_a_cookie_speaks_from_then_on(
    public: httpx.AsyncClient, open_shop: Bottega
) -> None:
    assert_problem(await public.get("/api/v1/session"), 401)
    token = await log_in(public, open_shop)
    about = (await public.get("/api/v1/session")).json()
    assert (about["owner"], about["how"], about["admin"]) == ("alice", "session", False)
    assert about["csrf_token"] == token == public.cookies["bottega_csrf"]
    assert (await public.get("/api/v1/gallery")).status_code == 200
    assert (
        await public.post("/api/v1/boards", json=BOARD, headers={"X-CSRF-Token": token})
    ).status_code == 201


async def test_the_cookie_is_hidden_strict_and_secure(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    made = await open_shop.keys.create("alice", "browser")
    response = await public.post("/api/v1/session", json={"key": made.secret})
    session, csrf = response.headers.get_list("set-cookie")
    for cookie in (session, csrf):
        assert "SameSite=strict" in cookie
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    assert "HttpOnly" in session
    assert "HttpOnly" not in csrf
    assert made.secret not in response.text + session + csrf


@pytest.mark.parametrize("key", ["", "nonsense", f"btg_{'0' * 16}_{'A' * 43}"])
async def test_a_wrong_key_opens_nothing(public: httpx.AsyncClient, key: str) -> None:
    response = await public.post("/api/v1/session", json={"key": key})
    assert response.status_code in (401, 422)
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/boards"), ("PATCH", "/preferences"), ("DELETE", "/session")]
)
async def test_a_cookie_alone_changes_nothing(
    public: httpx.AsyncClient, open_shop: Bottega, method: str, path: str, token: str | None
) -> None:
    await log_in(public, open_shop)
    headers = {} if token is None else {"X-CSRF-Token": token.encode()}
    response = await public.request(method, f"/api/v1{path}", json=BOARD, headers=headers)  # type: ignore[arg-type]
    assert assert_problem(response, 403)["code"] == "csrf-token"
    assert (await public.get("/api/v1/boards")).json()["boards"] == []


async def test_the_token_of_another_session_is_worth_nothing(
    public: httpx.AsyncClient, open_shop: Bottega
) -> None:
    foreign = await log_in(public, open_shop, "mallory")
    public.cookies.clear()
    await log_in(public, open_shop, "alice")
    public.cookies.set("bottega_csrf", foreign)  # planted by a page of a sibling domain, say
    response = await public.post("/api/v1/boards", json=BOARD, headers={"X-CSRF-Token": foreign})
    assert assert_problem(response, 403)["code"] == "csrf-token"


async def test_a_key_in_the_request_needs_no_token_and_goes_before_the_cookie(
    public: httpx.AsyncClient, open_shop: Bottega
) -> None:
    await log_in(public, open_shop, "alice")
    key = await open_shop.keys.create("bob", "program")
    headers = {"X-API-Key": key.secret}
    assert (await public.post("/api/v1/boards", json=BOARD, headers=headers)).status_code == 201
    assert (await public.get("/api/v1/session", headers=headers)).json()["owner"] == "bob"
    assert (await public.get("/api/v1/boards")).json()["boards"] == []
    assert_problem(await public.get("/api/v1/boards", headers={"X-API-Key": "wrong"}), 401)


async def test_logging_out_ends_it_on_the_server(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    token = await log_in(public, open_shop)
    stolen = public.cookies["bottega_session"]
    assert (await public.delete("/api/v1/session", headers={"X-CSRF-Token": token})).status_code == 204
    assert "bottega_session" not in public.cookies
    public.cookies.set("bottega_session", stolen)
    assert_problem(await public.get("/api/v1/session"), 401)


async def test_a_revoked_key_ends_its_sessions(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    await log_in(public, open_shop)
    (key,) = await open_shop.keys.list("alice")
    await open_shop.keys.revoke(key.id)
    assert_problem(await public.get("/api/v1/session"), 401)


async def test_a_session_may_what_its_key_may(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    await log_in(public, open_shop, "alice", Scope.USER)
    assert_problem(await public.get("/api/v1/keys"), 403)
    await log_in(public, open_shop, "root", Scope.USER, Scope.ADMIN)
    assert (await public.get("/api/v1/keys")).status_code == 200


async def test_the_database_does_not_hold_what_the_cookie_holds(
    public: httpx.AsyncClient, open_shop: Bottega
) -> None:
    await log_in(public, open_shop)
    secret = public.cookies["bottega_session"]
    assert await open_shop.sessions.find(secret) is not None
    kept = await open_shop.database.read(lambda c: str(c.exec_driver_sql("SELECT * FROM web_sessions").all()))
    assert secret not in kept


# --- on the local machine ------------------------------------------------------------------------------------


async def test_the_local_user_needs_no_session(local: httpx.AsyncClient) -> None:
    about = (await local.get("/api/v1/session")).json()
    assert (about["owner"], about["how"], about["csrf_token"]) == ("local", "local", "")
    assert (await local.post("/api/v1/boards", json=BOARD)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example:8600"},
    ],
)
async def test_no_foreign_page_speaks_for_the_local_user(
    local: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await local.post("/api/v1/boards", json=BOARD, headers=headers)
    assert assert_problem(response, 403)["code"] == "foreign-request"
    assert (await local.get("/api/v1/boards")).json()["boards"] == []


async def test_no_foreign_page_logs_anybody_in(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    made = await open_shop.keys.create("mallory", "trap")
    response = await public.post(
        "/api/v1/session", json={"key": made.secret}, headers={"Origin": "https://evil.example"}
    )
    assert assert_problem(response, 403)["code"] == "foreign-request"
    form = await public.post("/api/v1/session", data={"key": made.secret})
    assert_problem(form, 415)


async def test_a_cookie_that_is_nothing_any_more_does_not_lock_out(local: httpx.AsyncClient) -> None:
    local.cookies.set("bottega_session", "A" * 43)
    assert (await local.get("/api/v1/session")).json()["how"] == "local"


# --- preferences ---------------------------------------------------------------------------------------------


async def test_preferences_are_kept_for_each_user(local: httpx.AsyncClient, shop: Bottega) -> None:
    assert (await local.get("/api/v1/preferences")).json() == {
        "theme": "system",
        "language": "",
        "mode": "simple",
    }
    await local.patch("/api/v1/preferences", json={"theme": "dark"})
    changed = await local.patch("/api/v1/preferences", json={"language": "pt-BR"})
    assert changed.json() == {"theme": "dark", "language": "pt-BR", "mode": "simple"}
    assert (await shop.preferences.get("alice")).theme == "system"


@pytest.mark.parametrize("body", [{"theme": "pink"}, {"language": "<script>"}, {"colour": "red"}])
async def test_other_preferences_are_refused(local: httpx.AsyncClient, body: dict[str, str]) -> None:
    assert_problem(await local.patch("/api/v1/preferences", json=body), 422)
