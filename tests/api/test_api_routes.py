"""What the other addresses answer."""

from pathlib import Path

import httpx
import pytest
from api_server import ENHANCE, assert_problem

from bottega.api import create_app
from bottega.api.routes.assets import disposition
from bottega.api.schemas import price_in_words
from bottega.app import Bottega
from bottega.domain.asset import Asset, MediaInfo
from bottega.domain.money import micro_usd
from bottega.models import Model, PriceModel


async def upload(client: httpx.AsyncClient, path: Path) -> str:
    response = await client.post("/api/v1/assets", files={"file": (path.name, path.read_bytes())})
    return response.json()["assets"][0]["id"]


# --- assets --------------------------------------------------------------------------------------------------


async def test_content_is_the_bytes_and_never_asked_for_twice(
    local: httpx.AsyncClient, photograph: Path
) -> None:
    asset_id = await upload(local, photograph)
    content = await local.get(f"/api/v1/assets/{asset_id}/content")
    assert content.content == photograph.read_bytes()
    assert content.headers["etag"] == f'"{asset_id}"'
    assert "immutable" in content.headers["cache-control"]
    assert content.headers["content-disposition"].startswith('inline; filename="coffee.png"')
    again = await local.get(
        f"/api/v1/assets/{asset_id}/content", headers={"If-None-Match": f'"other", W/"{asset_id}"'}
    )
    assert (again.status_code, again.content) == (304, b"")
    saved = await local.get(f"/api/v1/assets/{asset_id}/content?download=true")
    assert saved.headers["content-disposition"].startswith("attachment;")


async def test_content_can_be_read_in_ranges(local: httpx.AsyncClient, photograph: Path) -> None:
    asset_id = await upload(local, photograph)
    part = await local.get(f"/api/v1/assets/{asset_id}/content", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == photograph.read_bytes()[100:200]


async def test_a_missing_file_is_said(local: httpx.AsyncClient, shop: Bottega, photograph: Path) -> None:
    asset_id = await upload(local, photograph)
    shop.asset_path(await shop.asset(asset_id)).unlink()
    response = await local.get(f"/api/v1/assets/{asset_id}/content")
    assert (response.status_code, response.json()["code"]) == (503, "resource")


async def test_thumbnails(local: httpx.AsyncClient, photograph: Path) -> None:
    asset_id = await upload(local, photograph)
    url = f"/api/v1/assets/{asset_id}/thumbnail"
    small = await local.get(url, params={"side": 128})
    assert small.headers["content-type"] == "image/webp"
    assert small.content[8:12] == b"WEBP"
    assert (await local.get(url)).headers["etag"] == f'"{asset_id}-256"'
    known = await local.get(url, params={"side": 128}, headers={"If-None-Match": small.headers["etag"]})
    assert known.status_code == 304
    for wrong in ("127", "0", "-1", "99999999999999999999", "x"):
        assert_problem(await local.get(url, params={"side": wrong}), 422)


async def test_assets_are_listed_newest_first(local: httpx.AsyncClient, photographs: Path) -> None:
    ids = [await upload(local, photographs / name) for name in ("coffee.png", "chelsea.png")]
    page = (await local.get("/api/v1/assets?limit=1")).json()
    assert [asset["id"] for asset in page["assets"]] == ids[1:]
    rest = (await local.get(f"/api/v1/assets?before={page['next_before']!r}")).json()
    assert [asset["id"] for asset in rest["assets"]] == ids[:1]
    assert rest["next_before"] is None


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a.png", "image/png", "inline; filename=\"a.png\"; filename*=UTF-8''a.png"),
        ("a.JPEG", "image/jpeg", "inline; filename=\"a.JPEG\"; filename*=UTF-8''a.JPEG"),
        ("scan.tiff", "image/tiff", "inline; filename=\"scan.tiff\"; filename*=UTF-8''scan.tiff"),
        ("a.html", "image/png", "inline; filename=\"a.html.png\"; filename*=UTF-8''a.html.png"),
        ("a.svg", "image/svg+xml", "attachment; filename=\"a.svg\"; filename*=UTF-8''a.svg"),
        ("a.gcode", "text/x.gcode", "attachment; filename=\"a.gcode\"; filename*=UTF-8''a.gcode"),
        ("a.html", "text/html", "attachment; filename=\"a.html.bin\"; filename*=UTF-8''a.html.bin"),
        ('é";x.png', "image/png", "inline; filename=\"___x.png\"; filename*=UTF-8''%C3%A9%22%3Bx.png"),
    ],
)
def test_names_of_downloads_are_safe(name: str, kind: str, expected: str) -> None:
    asset = Asset(
        id="0" * 64,
        owner="o",
        kind="upload",
        name=name,
        media=MediaInfo(media_type=kind),
        size=1,
        created_at=0,
    )
    assert disposition(asset, attachment=False) == expected


# --- what there is -------------------------------------------------------------------------------------------


async def test_workflows_describe_themselves(local: httpx.AsyncClient, shop: Bottega) -> None:
    workflows = {each["name"]: each for each in (await local.get("/api/v1/workflows")).json()["workflows"]}
    assert set(workflows) == set(shop.workflows)
    enhancement = workflows["image_enhancement"]
    assert enhancement["available"]
    assert enhancement["options"]["properties"]["scale"]["default"] == 2.0
    assert enhancement["inputs"][0]["role"] == "working"
    # Without a provider nothing here generates pictures, and that is said.
    generation = workflows["image_generation"]
    assert not generation["available"]
    assert generation["reason"]
    assert (await local.get("/api/v1/workflows/image_generation")).json() == generation
    problem = assert_problem(await local.get("/api/v1/workflows/image_generation/no"), 404)
    assert "image_enhancement" in problem["hint"]


async def test_models_say_whether_they_can_be_used(local: httpx.AsyncClient, shop: Bottega) -> None:
    models = (await local.get("/api/v1/models")).json()["models"]
    assert [model["id"] for model in models] == [model.id for model in shop.catalogue]
    local_ones = [model for model in models if model["engine"] == "classical"]
    assert local_ones
    for model in local_ones:
        assert (model["price"], model["usable"], model["leaves_machine"]) == ("free", True, False)


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (None, "unknown"),
        (PriceModel(), "unknown"),
        (PriceModel(free=True), "free"),
        (PriceModel(per_image="0.04"), "$0.04 per picture"),
        (PriceModel(per_run="0.01", per_megapixel="0.0025"), "$0.01 per run and $0.0025 per megapixel"),
    ],
)
def test_prices_in_words(price: PriceModel | None, words: str) -> None:
    model = Model(id="m", engine="e", title="t", operations=frozenset({"edit"}), quality=0.5, price=price)
    assert price_in_words(model) == words


async def test_an_intent_is_read(local: httpx.AsyncClient) -> None:
    body = {"prompt": "Engrave this photo on plywood", "context": {"working_images": 1}}
    assert (await local.post("/api/v1/intent", json=body)).json()["workflow"] == "laser"


async def test_a_plan_writes_no_job(local: httpx.AsyncClient, photograph: Path) -> None:
    inputs = [{"role": "working", "asset_id": await upload(local, photograph)}]
    planned = (await local.post("/api/v1/plan", json={**ENHANCE, "inputs": inputs})).json()
    assert planned["plan"]["options"]["scale"] == 2.0
    assert "scale" in planned["plan"]["options_read"]
    assert planned["price"] == {"low": 0, "likely": 0, "high": 0, "basis": "free", "text": "free"}
    assert (await local.get("/api/v1/jobs")).json()["jobs"] == []


async def test_a_missing_picture_is_asked_for(local: httpx.AsyncClient) -> None:
    problem = assert_problem(await local.post("/api/v1/jobs", json=ENHANCE), 422)
    assert problem["code"] == "missing-input"
    assert problem["hint"]


# --- money and keys ------------------------------------------------------------------------------------------


async def test_budgets_are_set_shown_and_removed(local: httpx.AsyncClient) -> None:
    body = {"scope": "user", "subject": "local", "period": "day", "cap_usd": "2.50"}
    made = (await local.put("/api/v1/budgets", json=body)).json()
    assert made["cap"] == micro_usd("2.50")
    shown = (await local.get("/api/v1/budgets")).json()
    assert (shown["left"], shown["left_text"]) == (micro_usd("2.50"), "$2.50")
    assert made["id"] in [use["budget"]["id"] for use in shown["budgets"]]
    assert (await local.delete(f"/api/v1/budgets/{made['id']}")).status_code == 204
    assert_problem(await local.delete(f"/api/v1/budgets/{made['id']}"), 404)
    # A cap that the settings hold is changed there.
    assert_problem(await local.delete("/api/v1/budgets/default:user:hour"), 409)


@pytest.mark.parametrize("cap", [2.5, "-1", "1e9", "NaN", "1.0000001", "99999999999", None])
async def test_a_cap_is_dollars_as_text(local: httpx.AsyncClient, cap: object) -> None:
    body = {"scope": "total", "period": "day", "cap_usd": cap}
    assert_problem(await local.put("/api/v1/budgets", json=body), 422)


async def test_the_ledger_is_paged(local: httpx.AsyncClient, shop: Bottega) -> None:
    for number in range(3):
        await shop.ledger.hold(
            hold_id=f"h{number}", owner="local", job_id="job_1", model_id="m", amount=micro_usd("0.10")
        )
    await shop.ledger.hold(hold_id="h9", owner="alice", job_id="job_2", model_id="m", amount=1)
    page = (await local.get("/api/v1/ledger?limit=2&job_id=job_1")).json()
    assert [entry["hold_id"] for entry in page["entries"]] == ["h2", "h1"]
    rest = (await local.get(f"/api/v1/ledger?limit=2&before={page['next_before']}")).json()
    assert [entry["hold_id"] for entry in rest["entries"]] == ["h0"]
    everybody = (await local.get("/api/v1/ledger?whose=all")).json()
    assert {entry["owner"] for entry in everybody["entries"]} == {"local", "alice"}
    for query in ("before=0", f"before={2**64}", "job_id=a%00b", "whose=alice", "limit=501"):
        assert_problem(await local.get(f"/api/v1/ledger?{query}"), 422)


async def test_a_keys_secret_is_shown_once(local: httpx.AsyncClient) -> None:
    made = await local.post("/api/v1/keys", json={"owner": "alice", "name": "laptop"})
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    key = made.json()
    assert key["scopes"] == ["user"]
    assert (await local.get("/api/v1/jobs", headers={"X-API-Key": key["secret"]})).status_code == 200
    listed = await local.get("/api/v1/keys?owner=alice")
    assert [each["id"] for each in listed.json()["keys"]] == [key["key_id"]]
    assert key["secret"].removeprefix(f"btg_{key['key_id']}_") not in listed.text
    assert (await local.delete(f"/api/v1/keys/{key['key_id']}")).status_code == 204
    assert_problem(await local.get("/api/v1/jobs", headers={"X-API-Key": key["secret"]}), 401)
    assert_problem(await local.delete("/api/v1/keys/0123456789abcdef"), 404)


# --- the server itself ---------------------------------------------------------------------------------------


async def test_health_says_what_runs(local: httpx.AsyncClient) -> None:
    health = (await local.get("/health")).json()
    assert health["status"] == "ok"
    assert health["runner"]["active"] is False
    assert health["engines"]["classical"]["usable"]
    assert health["database"]["kind"] == "sqlite"


async def test_metrics_are_prometheus_text(local: httpx.AsyncClient, photograph: Path) -> None:
    await local.post("/api/v1/jobs", data=ENHANCE, files={"image": photograph.read_bytes()})
    response = await local.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [line for line in response.text.splitlines() if not line.startswith("#")]
    assert 'bottega_jobs{state="queued"} 1' in samples
    assert 'bottega_engine_usable{engine="classical"} 1' in samples
    assert "bottega_spent_today_micro_usd 0" in samples


async def test_the_page_loads_nothing_from_elsewhere(shop: Bottega, tmp_path: Path) -> None:
    shop.settings = shop.settings.model_copy(update={"web_dir": tmp_path / "not built"})
    transport = httpx.ASGITransport(create_app(shop), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600") as client:
        page = await client.get("/")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.text.count("curl ") == 3
    assert "http://localhost:8600/api/v1/jobs" in page.text
    assert "src=" not in page.text
    assert "https://" not in page.text


async def test_the_openapi_document_is_complete(local: httpx.AsyncClient) -> None:
    response = await local.get("/openapi.json")
    text, document = response.text, response.json()
    submit = document["paths"]["/api/v1/jobs"]["post"]
    assert set(submit["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    wanted = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= set(document["components"]["schemas"])
    ids = [op["operationId"] for item in document["paths"].values() for op in item.values()]
    assert len(ids) == len(set(ids))
    assert "application/problem+json" in text
