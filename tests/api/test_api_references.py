"""References over HTTP: saved, listed, completed, changed, removed; mentioned in a request; owners apart."""

from pathlib import Path

import httpx
import pytest
from api_server import NOBODYS_ASSET, assert_problem

from bottega.api import create_app
from bottega.app import Bottega, make_request
from bottega.domain.job import Job
from bottega.domain.principal import Scope
from bottega.references import ReferenceKind, is_same_request
from bottega.settings import Settings

URL = "/api/v1/references"


async def upload(client: httpx.AsyncClient, picture: Path, headers: dict[str, str] | None = None) -> str:
    response = await client.post("/api/v1/assets", files={"file": picture.read_bytes()}, headers=headers)
    assert response.status_code == 201, response.text
    return response.json()["assets"][0]["id"]


async def save(client: httpx.AsyncClient, name: str, asset_id: str, kind: str = "person") -> httpx.Response:
    return await client.post(URL, json={"name": name, "kind": kind, "asset_id": asset_id})


async def key_for(shop: Bottega, owner: str) -> dict[str, str]:
    made = await shop.keys.create(owner, "test", (Scope.USER,))
    return {"X-API-Key": made.secret}


# --- saving --------------------------------------------------------------------------------------------------


async def test_an_asset_gets_a_name(local: httpx.AsyncClient, photograph: Path) -> None:
    asset_id = await upload(local, photograph)
    response = await save(local, "@Sarah", asset_id)
    assert response.status_code == 201
    saved = response.json()
    assert (saved["name"], saved["mention"], saved["kind"], saved["role"]) == (
        "Sarah",
        "@Sarah",
        "person",
        "person",
    )
    assert (await local.get(saved["links"]["thumbnail"])).headers["content-type"] == "image/webp"
    assert (await local.get(f"{URL}/sarah")).json() == saved
    assert (await local.get(URL)).json()["references"] == [saved]
    assert (await local.get(f"{URL}?kind=garment")).json()["references"] == []


async def test_a_form_brings_the_picture_with_it(local: httpx.AsyncClient, photograph: Path) -> None:
    fields = {"name": "красное_платье", "kind": "garment"}
    response = await local.post(URL, data=fields, files={"image": photograph.read_bytes()})
    assert response.status_code == 201, response.text
    assert response.json()["role"] == "garment"
    assert (await local.get(f"{URL}/КРАСНОЕ_ПЛАТЬЕ")).status_code == 200


async def test_a_name_is_given_once_unless_replaced(local: httpx.AsyncClient, photograph: Path) -> None:
    asset_id = await upload(local, photograph)
    await save(local, "cup", asset_id)
    assert (await save(local, "cup", asset_id)).status_code == 201
    assert assert_problem(await save(local, "CUP", asset_id), 409)["code"] == "conflict"
    replaced = await local.post(URL, json={"name": "CUP", "asset_id": asset_id, "replace": True})
    assert (replaced.status_code, replaced.json()["name"]) == (201, "CUP")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "cup"},
        {"name": "cup", "asset_id": NOBODYS_ASSET, "url": "https://example.com/a.png"},
        {"name": "a b", "asset_id": NOBODYS_ASSET},
        {"name": "suggest", "asset_id": NOBODYS_ASSET},
        {"name": "a\0b", "asset_id": NOBODYS_ASSET},
        {"name": "cup", "asset_id": "../etc"},
        {"name": "cup", "asset_id": NOBODYS_ASSET, "kind": "planet"},
        {"name": "cup", "url": "http://127.0.0.1:1/a.png"},
        {"name": "cup", "url": "http://169.254.169.254/latest"},
        {"name": "cup", "url": "file:///etc/passwd"},
        {"name": ["cup"], "asset_id": NOBODYS_ASSET},
        [],
    ],
)
async def test_what_cannot_be_saved_is_refused(local: httpx.AsyncClient, body: object) -> None:
    assert_problem(await local.post(URL, json=body), 422)


async def test_a_missing_asset_and_a_form_without_a_file(local: httpx.AsyncClient) -> None:
    assert_problem(await save(local, "cup", NOBODYS_ASSET), 404)
    assert_problem(await local.post(URL, files={"name": (None, "cup")}), 422)
    assert_problem(await local.post(URL, content=b"x", headers={"Content-Type": "text/plain"}), 415)


# --- changing ------------------------------------------------------------------------------------------------


async def test_a_reference_is_renamed_and_removed(local: httpx.AsyncClient, photograph: Path) -> None:
    await save(local, "pet", await upload(local, photograph))
    changed = await local.patch(f"{URL}/pet", json={"name": "Кошка", "kind": "other"})
    assert (changed.json()["name"], changed.json()["role"]) == ("Кошка", "reference")
    assert_problem(await local.get(f"{URL}/pet"), 404)
    assert_problem(await local.patch(f"{URL}/pet", json={"name": "x"}), 404)
    assert_problem(await local.patch(f"{URL}/кошка", json={"name": "a b"}), 422)
    assert (await local.delete(f"{URL}/@КОШКА")).status_code == 204
    assert_problem(await local.delete(f"{URL}/кошка"), 404)


async def test_names_are_completed_while_typing(local: httpx.AsyncClient, photograph: Path) -> None:
    asset_id = await upload(local, photograph)
    for name in ("sarah", "sara", "bob"):
        await save(local, name, asset_id)

    async def suggested(q: str) -> list[str]:
        found = (await local.get(f"{URL}/suggest", params={"q": q})).json()["references"]
        return [each["name"] for each in found]

    assert await suggested("@SA") == ["sara", "sarah"]
    assert await suggested("bbo") == ["bob"]
    assert await suggested("") == ["bob", "sara", "sarah"]
    assert await suggested("\0%") == []


async def test_without_a_web_search_it_is_said(local: httpx.AsyncClient) -> None:
    problem = assert_problem(await local.get(f"{URL}/search", params={"q": "gala"}), 422)
    assert "BOTTEGA_WEB_SEARCH_PROVIDER" in problem["hint"]


# --- owners --------------------------------------------------------------------------------------------------


async def test_owners_see_nothing_of_each_other(
    public: httpx.AsyncClient, open_shop: Bottega, photograph: Path
) -> None:
    alice, bob = await key_for(open_shop, "alice"), await key_for(open_shop, "bob")
    asset_id = await upload(public, photograph, alice)
    body = {"name": "pet", "kind": "person", "asset_id": asset_id}
    assert (await public.post(URL, json=body, headers=alice)).status_code == 201
    assert (await public.get(URL, headers=bob)).json()["references"] == []
    assert (await public.get(f"{URL}/suggest?q=pe", headers=bob)).json()["references"] == []
    assert_problem(await public.post(URL, json=body, headers=bob), 404)
    for method, json in (("GET", None), ("PATCH", {"name": "mine"}), ("DELETE", None)):
        real = await public.request(method, f"{URL}/pet", json=json, headers=bob)
        unreal = await public.request(method, f"{URL}/cat", json=json, headers=bob)
        assert_problem(real, 404)
        assert real.text.replace("pet", "cat") == unreal.text
    problem = assert_problem(
        await public.post("/api/v1/plan", json={"prompt": "sharpen @pett"}, headers=bob), 422
    )
    assert problem["details"]["near"] == []
    assert (await public.get(f"{URL}/pet", headers=alice)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("GET", "/suggest"),
        ("GET", "/search?q=x"),
        ("DELETE", "/x"),
        ("PATCH", "/x"),
    ],
)
async def test_without_a_key_nothing_is_told(public: httpx.AsyncClient, method: str, path: str) -> None:
    assert_problem(await public.request(method, URL + path), 401)


# --- in a request --------------------------------------------------------------------------------------------


async def test_a_mentioned_person_is_what_is_worked_on(local: httpx.AsyncClient, photograph: Path) -> None:
    asset_id = await upload(local, photograph)
    await save(local, "sarah", asset_id)
    answer = (await local.post("/api/v1/plan", json={"prompt": "Sharpen @Sarah and double its size"})).json()
    assert answer["plan"]["workflow"] == "image_enhancement"
    assert answer["request"]["inputs"] == [{"role": "working", "asset_id": asset_id}]
    again = await local.post(
        "/api/v1/plan", json={"prompt": answer["request"]["prompt"], "inputs": answer["request"]["inputs"]}
    )
    assert again.json()["request"]["inputs"] == answer["request"]["inputs"]


async def test_a_mentioned_style_goes_with_the_picture(
    local: httpx.AsyncClient, photograph: Path, photographs: Path
) -> None:
    asset_id, style_id = await upload(local, photograph), await upload(local, photographs / "chelsea.png")
    await save(local, "fur", style_id, "style")
    body = {
        "prompt": "give this the colours of @fur",
        "workflow": "style_transfer",
        "inputs": [{"asset_id": asset_id}],
    }
    answer = (await local.post("/api/v1/plan", json=body)).json()
    assert answer["request"]["inputs"] == [
        {"role": "working", "asset_id": asset_id},
        {"role": "reference", "asset_id": style_id},
    ]


async def test_an_unknown_mention_names_the_near_ones(local: httpx.AsyncClient, photograph: Path) -> None:
    await save(local, "sarah", await upload(local, photograph))
    problem = assert_problem(await local.post("/api/v1/jobs", json={"prompt": "sharpen @sarha"}), 422)
    assert (problem["code"], problem["hint"]) == ("unknown-mention", "Did you mean @sarah?")


async def test_a_job_keeps_its_pictures_when_the_name_is_gone(shop: Bottega, photograph: Path) -> None:
    asset = await shop.add_asset(photograph)
    saved = (await shop.references.save("local", "sarah", ReferenceKind.PERSON, asset.id)).asset_id
    request = make_request(prompt="sharpen @sarah")
    job = await shop.submit(request, submission_key="once")
    assert [ref.asset_id for ref in job.request.inputs] == [saved]
    assert is_same_request(job.request, request)
    await shop.references.remove("local", "sarah")
    assert (await shop.submit(request, submission_key="once")).id == job.id
    await _end(shop, job)
    again = await shop.retry(job.id)
    assert again.request.inputs == job.request.inputs


async def test_people_are_told_that_public_pictures_are_not_searched_for(
    local: httpx.AsyncClient, photograph: Path
) -> None:
    asset_id = await upload(local, photograph)
    body = {"prompt": "give me hair like Rihanna", "context": {"working_images": 1}}
    intent = (await local.post("/api/v1/intent", json=body)).json()
    assert intent["requires_web_search"]
    answer = (
        await local.post(
            "/api/v1/enhanced/process",
            json={"prompt": "give me hair like Rihanna", "working_image_url": f"asset:{asset_id}"},
        )
    ).json()
    (note,) = answer["metadata"]["notes"]
    assert "Rihanna" in note
    assert "no web search is set up" in note


async def test_the_openapi_document_has_every_route(tmp_path: Path) -> None:
    paths = create_app(settings=Settings(home=tmp_path)).openapi()["paths"]
    assert {URL, f"{URL}/suggest", f"{URL}/search", URL + "/{name}"} <= set(paths)
    assert set(paths[URL]["post"]["requestBody"]["content"]) == {"application/json", "multipart/form-data"}


async def _end(shop: Bottega, job: Job) -> None:
    """A job that waits is cancelled at once."""
    assert (await shop.cancel(job.id)).state.is_final
