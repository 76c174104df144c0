"""The fitting room and one's own data over HTTP."""

import io
import zipfile
from pathlib import Path

import httpx
from api_server import assert_problem

from bottega.app import Bottega
from bottega.shop.wardrobe import NewItem

CLOTHES = (
    ("white shirt", "white"),
    ("navy trousers", "navy"),
    ("brown leather shoes", "brown"),
    ("grey coat", "grey"),
)


async def dressed(shop: Bottega) -> None:
    for name, colour in CLOTHES:
        await shop.stylist.wardrobe.add("local", NewItem(name=name, colours=(colour,)))


async def test_a_person_is_found_and_a_cup_is_none(local: httpx.AsyncClient, photographs: Path) -> None:
    files = {"person": ("me.png", (photographs / "astronaut.png").read_bytes(), "image/png")}
    answer = (await local.post("/api/v1/fashion/check", files=files)).json()
    assert answer["garment"] is None
    assert "no_person" not in {finding["code"] for finding in answer["person"]["findings"]}
    files = {"person": ("cup.png", (photographs / "coffee.png").read_bytes(), "image/png")}
    answer = (await local.post("/api/v1/fashion/check", files=files)).json()
    assert answer["person"]["usable"] is False


async def test_a_check_without_a_picture_is_refused(local: httpx.AsyncClient) -> None:
    answer = await local.post("/api/v1/fashion/check", files={"other": ("x.txt", b"x", "text/plain")})
    assert assert_problem(answer, 422)["code"] == "missing-input"


async def test_style_is_analysed_and_nothing_is_stored(
    shop: Bottega, local: httpx.AsyncClient, photographs: Path
) -> None:
    content = (photographs / "astronaut.png").read_bytes()
    answer = await local.post("/api/v1/fashion/style", files={"person": ("me.png", content, "image/png")})
    assert answer.json()["color_analysis"]["season"] is not None
    assert await shop.assets() == []
    left = [p for p in shop.settings.home_dir.rglob("*") if p.is_file() and p.read_bytes() == content]
    assert left == []


async def test_a_look_without_a_vision_model_is_refused(local: httpx.AsyncClient, photographs: Path) -> None:
    files = {"person": ("me.png", (photographs / "astronaut.png").read_bytes(), "image/png")}
    answer = await local.post("/api/v1/fashion/style", files=files, data={"look": "true"})
    assert assert_problem(answer, 422)["code"] == "missing-input"
    answer = await local.post("/api/v1/fashion/style", files=files, data={"look": "perhaps"})
    assert answer.status_code == 422


async def test_a_size_is_advised_with_chances(local: httpx.AsyncClient) -> None:
    body = {
        "measurements": {"bust": "92cm", "waist": "74cm", "hips": "98cm"},
        "garment_kind": "tops",
        "made_for": "women",
    }
    answer = await local.post("/api/v1/fashion/size", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["size"]


async def test_an_impossible_measurement_is_refused(local: httpx.AsyncClient) -> None:
    body = {"measurements": {"bust": "9 km"}, "garment_kind": "tops", "made_for": "women"}
    assert (
        assert_problem(await local.post("/api/v1/fashion/size", json=body), 422)["code"] == "invalid-option"
    )


async def test_looks_are_composed_of_the_wardrobe(shop: Bottega, local: httpx.AsyncClient) -> None:
    await dressed(shop)
    answer = (await local.post("/api/v1/fashion/outfits", json={"occasion": "office"})).json()
    assert answer["occasion"] == "office"
    titles = {piece["title"] for look in answer["looks"] for piece in look["pieces"]}
    assert {"white shirt", "navy trousers", "brown leather shoes"} <= titles <= {name for name, _ in CLOTHES}


async def test_an_unknown_occasion_and_a_budget_that_is_none_are_refused(local: httpx.AsyncClient) -> None:
    for body in ({"occasion": "xyzzy"}, {"budget": "lots"}):
        assert (
            assert_problem(await local.post("/api/v1/fashion/outfits", json=body), 422)["code"]
            == "invalid-option"
        )


async def test_pieces_are_recommended_with_reasons(shop: Bottega, local: httpx.AsyncClient) -> None:
    await dressed(shop)
    body = {"occasion": "office", "with_wardrobe": True, "limit": 3}
    answer = (await local.post("/api/v1/fashion/recommendations", json=body)).json()
    assert 0 < len(answer["pieces"]) <= 3
    assert all(0 <= piece["score"] <= 1 for piece in answer["pieces"])


async def test_nothing_is_learned_where_nothing_was_said(local: httpx.AsyncClient) -> None:
    assert (await local.get("/api/v1/fashion/taste")).json() == {"liking": {}, "liking_at": 0.0}


async def test_everything_can_be_taken_along(
    shop: Bottega, local: httpx.AsyncClient, photograph: Path
) -> None:
    asset = await shop.add_asset(photograph)
    answer = await local.post("/api/v1/privacy/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read(f"assets/{asset.id}/{asset.name}") == photograph.read_bytes()
    assert not list((shop.settings.home_dir / "scratch").glob("export-*"))


async def test_an_erasure_wants_the_name_and_then_leaves_nothing(
    shop: Bottega, local: httpx.AsyncClient, photograph: Path
) -> None:
    asset = await shop.add_asset(photograph)
    path = shop.asset_path(asset)
    assert (
        assert_problem(await local.post("/api/v1/privacy/erase", json={"confirm": "ann"}), 422)["code"]
        == "invalid-option"
    )
    assert path.exists()
    name = (await local.get("/api/v1/privacy")).json()["owner"]
    answer = await local.post("/api/v1/privacy/erase", json={"confirm": name})
    assert answer.json()["files"] == 1
    assert not path.exists()
    assert await shop.assets() == []


async def test_an_erased_users_key_opens_nothing(open_shop: Bottega, public: httpx.AsyncClient) -> None:
    ann, ben = await open_shop.keys.create("ann", "a"), await open_shop.keys.create("ben", "b")
    by_ann, by_ben = {"X-API-Key": ann.secret}, {"X-API-Key": ben.secret}
    await public.post("/api/v1/privacy/erase", json={"confirm": "ann"}, headers=by_ann)
    assert (await public.get("/api/v1/privacy", headers=by_ann)).status_code == 401
    assert (await public.get("/api/v1/privacy", headers=by_ben)).json()["owner"] == "ben"
