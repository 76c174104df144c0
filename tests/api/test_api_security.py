"""Who is let in, from where, and what they may see."""

from pathlib import Path

import httpx
import pytest
from api_server import ENHANCE, NOBODYS_ASSET, NOBODYS_JOB, assert_problem

from bottega.api import check_may_serve, create_app
from bottega.api.security import is_loopback
from bottega.app import Bottega, make_request
from bottega.domain.principal import Principal, Scope
from bottega.domain.request import InputRef, Role
from bottega.errors import NotAllowed
from bottega.settings import Settings

INTENT = {"prompt": "Sharpen this"}


async def key_for(shop: Bottega, owner: str, *scopes: Scope) -> dict[str, str]:
    made = await shop.keys.create(owner, "test", scopes or (Scope.USER,))
    return {"Authorization": f"Bearer {made.secret}"}


# --- keyless on loopback -------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "localhost:8600", "127.0.0.1:1", "127.9.9.9", "[::1]:8600"])
async def test_the_local_machine_needs_no_key(local: httpx.AsyncClient, host: str) -> None:
    response = await local.get("/api/v1/jobs", headers={"Host": host})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5:8600", "", "[::1"],
)
@pytest.mark.parametrize("path", ["/api/v1/jobs", "/health", "/", "/openapi.json"])
async def test_a_rebound_name_is_refused_everywhere(local: httpx.AsyncClient, host: str, path: str) -> None:
    problem = assert_problem(await local.get(path, headers={"Host": host}), 403)
    assert problem["code"] == "foreign-request"


async def test_names_in_the_settings_are_served(tmp_path: Path) -> None:
    shop = Bottega(Settings(home=tmp_path, allowed_hosts=("Studio.lan",)))
    async with shop, httpx.AsyncClient(transport=httpx.ASGITransport(create_app(shop))) as client:
        assert (await client.get("http://studio.lan:8600/health")).status_code == 200
        assert (await client.get("http://other.lan:8600/health")).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "null"},
        {"Origin": "http://[broken"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8600"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_other_sites_change_nothing(
    local: httpx.AsyncClient, method: str, headers: dict[str, str]
) -> None:
    response = await local.request(method, "/api/v1/intent", json=INTENT, headers=headers)
    assert assert_problem(response, 403)["code"] == "foreign-request"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:8600"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8600"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_programs_and_own_pages_may_write(local: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await local.post("/api/v1/intent", json=INTENT, headers=headers)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer btg_{'0' * 16}_{'A' * 43}"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"X-API-Key": "nonsense"},
        {"X-API-Key": ""},
    ],
)
async def test_a_wrong_key_is_refused_where_none_is_needed(
    local: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await local.get("/api/v1/jobs", headers=headers)
    assert_problem(response, 401)
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_right_key_speaks_for_its_owner(local: httpx.AsyncClient, shop: Bottega) -> None:
    alice = await key_for(shop, "alice")
    assert (await local.get("/api/v1/keys")).status_code == 200
    assert_problem(await local.get("/api/v1/keys", headers=alice), 403)


async def test_keys_may_be_required_on_loopback_too(tmp_path: Path) -> None:
    shop = Bottega(Settings(home=tmp_path, auth="required"))
    async with shop, httpx.AsyncClient(transport=httpx.ASGITransport(create_app(shop))) as client:
        assert_problem(await client.get("http://localhost/api/v1/jobs"), 401)


# --- keys ----------------------------------------------------------------------------------------------------

GUARDED = [
    ("GET", "/api/v1/jobs"),
    ("POST", "/api/v1/jobs"),
    ("POST", "/api/v1/plan"),
    ("POST", "/api/v1/intent"),
    ("GET", "/api/v1/assets"),
    ("POST", "/api/v1/assets"),
    ("GET", "/api/v1/workflows"),
    ("GET", "/api/v1/models"),
    ("GET", "/api/v1/budgets"),
    ("GET", "/api/v1/ledger"),
    ("GET", "/api/v1/keys"),
    ("GET", "/metrics"),
]


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_without_a_key_nothing_is_told(public: httpx.AsyncClient, method: str, path: str) -> None:
    response = await public.request(method, path)
    assert_problem(response, 401)
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/health", "/", "/openapi.json"])
async def test_some_pages_need_no_key(public: httpx.AsyncClient, path: str) -> None:
    assert (await public.get(path)).status_code == 200


async def test_both_headers_carry_a_key(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    bearer = await key_for(open_shop, "alice")
    plain = {"X-API-Key": bearer["Authorization"].removeprefix("Bearer ")}
    assert (await public.get("/api/v1/jobs", headers=bearer)).status_code == 200
    assert (await public.get("/api/v1/jobs", headers=plain)).status_code == 200


async def test_a_revoked_key_opens_nothing(public: httpx.AsyncClient, open_shop: Bottega) -> None:
    made = await open_shop.keys.create("alice", "lost", (Scope.USER,))
    await open_shop.keys.revoke(made.key_id)
    assert_problem(await public.get("/api/v1/jobs", headers={"X-API-Key": made.secret}), 401)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/keys"),
        ("POST", "/api/v1/keys"),
        ("DELETE", "/api/v1/keys/0123456789abcdef"),
        ("PUT", "/api/v1/budgets"),
        ("DELETE", "/api/v1/budgets/user:*:month"),
        ("GET", "/api/v1/budgets?whose=all"),
        ("GET", "/api/v1/ledger?whose=all"),
        ("GET", "/metrics"),
    ],
)
async def test_administration_needs_the_scope(
    public: httpx.AsyncClient, open_shop: Bottega, method: str, path: str
) -> None:
    user = await key_for(open_shop, "alice")
    assert_problem(await public.request(method, path, headers=user, json={}), 403)
    admin = await key_for(open_shop, "root", Scope.USER, Scope.ADMIN)
    assert (await public.request(method, path, headers=admin, json={})).status_code not in (401, 403)


# --- two users -----------------------------------------------------------------------------------------------


async def test_what_is_anothers_looks_like_what_does_not_exist(
    public: httpx.AsyncClient, open_shop: Bottega, photograph: Path
) -> None:
    bob = await key_for(open_shop, "bob", Scope.USER, Scope.ADMIN)
    alice = Principal(owner="alice")
    asset = await open_shop.add_asset(photograph, who=alice)
    inputs = (InputRef(role=Role.WORKING, asset_id=asset.id),)
    job = await open_shop.submit(make_request(**ENHANCE, inputs=inputs), alice)
    await open_shop.cancel(job.id, alice)

    def attempts(asset_id: str, job_id: str) -> list[tuple[str, str, object]]:
        inputs = {**ENHANCE, "inputs": [{"role": "working", "asset_id": asset_id}]}
        return [
            ("GET", f"/api/v1/jobs/{job_id}", None),
            ("GET", f"/api/v1/jobs/{job_id}/events", None),
            ("GET", f"/api/v1/jobs/{job_id}/events?after=1", None),
            ("POST", f"/api/v1/jobs/{job_id}/cancel", None),
            ("POST", f"/api/v1/jobs/{job_id}/retry", None),
            ("GET", f"/api/v1/assets/{asset_id}", None),
            ("GET", f"/api/v1/assets/{asset_id}/content", None),
            ("GET", f"/api/v1/assets/{asset_id}/thumbnail?side=128", None),
            ("POST", "/api/v1/plan", inputs),
            ("POST", "/api/v1/jobs", inputs),
        ]

    others, missing = attempts(asset.id, job.id), attempts(NOBODYS_ASSET, NOBODYS_JOB)
    for (method, path, body), (_, nowhere, nothing) in zip(others, missing, strict=True):
        # Also with the answer to "has it changed?", which would tell that it is there.
        headers = {**bob, "If-None-Match": "*"}
        real = await public.request(method, path, headers=headers, json=body)
        unreal = await public.request(method, nowhere, headers=headers, json=nothing)
        assert_problem(real, 404)
        assert real.text.replace(asset.id, NOBODYS_ASSET).replace(job.id, NOBODYS_JOB) == unreal.text
        assert dict(real.headers) == dict(unreal.headers)


async def test_lists_hold_ones_own(public: httpx.AsyncClient, open_shop: Bottega, photograph: Path) -> None:
    alice, bob = await key_for(open_shop, "alice"), await key_for(open_shop, "bob", Scope.ADMIN)
    files = {"image": photograph.read_bytes()}
    made = await public.post("/api/v1/jobs", headers=alice, data=ENHANCE, files=files)
    assert made.status_code == 202
    for path, key in (("jobs", "jobs"), ("assets", "assets"), ("ledger", "entries")):
        assert (await public.get(f"/api/v1/{path}", headers=bob)).json()[key] == []
    assert [j["id"] for j in (await public.get("/api/v1/jobs", headers=alice)).json()["jobs"]] == [
        made.json()["id"]
    ]


async def test_a_submission_key_is_its_owners(
    public: httpx.AsyncClient, open_shop: Bottega, photograph: Path
) -> None:
    ids: list[str] = []
    for owner in ("alice", "bob"):
        headers = {**await key_for(open_shop, owner), "Idempotency-Key": "the-same"}
        files = {"image": photograph.read_bytes()}
        response = await public.post("/api/v1/jobs", headers=headers, data=ENHANCE, files=files)
        ids.append(response.json()["id"])
    assert len(set(ids)) == 2


# --- before serving ------------------------------------------------------------------------------------------


async def test_a_public_address_is_not_served_without_keys(open_shop: Bottega) -> None:
    with pytest.raises(NotAllowed):
        await check_may_serve(open_shop.settings, open_shop.keys)
    await key_for(open_shop, "alice")
    await check_may_serve(open_shop.settings, open_shop.keys)


async def test_a_loopback_address_is_served_without_keys(shop: Bottega) -> None:
    await check_may_serve(shop.settings, shop.keys)


async def test_the_application_does_not_start_on_a_public_address_without_keys(tmp_path: Path) -> None:
    app = create_app(settings=Settings(home=tmp_path, host="0.0.0.0"))
    with pytest.raises(NotAllowed):
        async with app.router.lifespan_context(app):
            pass


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("bottega.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machines_own(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
