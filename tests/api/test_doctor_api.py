"""The doctor over HTTP: what works, how switches stand, and nothing secret."""

import httpx
from api_server import assert_problem

from bottega.app import Bottega


async def test_a_fresh_installation_is_healthy_and_says_how_its_switches_stand(
    local: httpx.AsyncClient,
) -> None:
    found = (await local.get("/api/v1/doctor")).json()
    assert found["healthy"] is True
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert states["database"] == states["books"] == states["models"] == "ok"
    assert states["engine classical"] == "ok"
    assert found["switches"]["auth"] in ("auto", "required")
    assert found["switches"]["learning"] in (True, False)


async def test_what_is_secret_or_an_address_is_no_switch(shop: Bottega, local: httpx.AsyncClient) -> None:
    shown = (await local.get("/api/v1/doctor")).json()["switches"]
    assert not [name for name in shown if "key" in name or "secret" in name or "url" in name or "dir" in name]
    assert str(shop.settings.home_dir) not in str(shown)


async def test_only_administrators_are_told(open_shop: Bottega, public: httpx.AsyncClient) -> None:
    ann = await open_shop.keys.create("ann", "a")
    answer = await public.get("/api/v1/doctor", headers={"X-API-Key": ann.secret})
    assert assert_problem(answer, 403)["code"] == "not-allowed"
