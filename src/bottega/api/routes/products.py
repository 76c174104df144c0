"""Products and wardrobes over HTTP: search what shops sell, ask partners, keep one's own clothes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from bottega.api.documents import takes
from bottega.api.schemas import Body
from bottega.api.security import Shop, Who
from bottega.api.uploads import read_json
from bottega.domain.base import Value
from bottega.shop.likeness import look_of_picture
from bottega.shop.looking import SAME_COLOUR, SearchRequest
from bottega.shop.partners import PartnerSearch, load_partners
from bottega.shop.product import Category, Gender
from bottega.shop.query import LONGEST
from bottega.shop.vectors import LOOK
from bottega.shop.wardrobe import ItemChange, NewItem, Season, WardrobeItem

router = APIRouter(tags=["products"])


class SearchBody(Body):
    """As the query of GET, with a vector that offers' own vectors are compared with."""

    request: SearchRequest
    live: bool = Field(default=False, description="Ask the partners as well.")


class VectorsBody(Body):
    """Vectors of offers by their ids, made by a model of the caller's; those of one `kind` are compared with each other."""

    seller: str = Field(max_length=200, description="The shop's name.")
    kind: str = Field(default="image", min_length=1, max_length=40)
    vectors: dict[str, tuple[float, ...]] = Field(min_length=1, max_length=1000)


class VectorsKept(Value):
    """`unknown`: ids that this shop does not have."""

    unknown: tuple[str, ...]


class ProductList(Value):
    """`understood` are the filters as they were applied, `matched` how the words were found, `corrected` the near words
    that were taken for unknown ones."""

    products: tuple[dict[str, Any], ...]
    understood: dict[str, Any]
    matched: str
    corrected: dict[str, tuple[str, ...]]
    partners: tuple[dict[str, Any], ...] = ()


class ItemList(Value):
    items: tuple[WardrobeItem, ...]


@router.get("/products")
async def search_products(
    shop: Shop,
    who: Who,
    q: Annotated[str, Query(max_length=LONGEST, description="Such as: linen shirt under 50 EUR.")] = "",
    category: Category | None = None,
    gender: Gender = "",
    size: Annotated[list[str] | None, Query(max_length=20)] = None,
    colour: Annotated[str, Query(max_length=80, description="A word or #rrggbb.")] = "",
    colour_distance: Annotated[float, Query(gt=0, le=100, description="CIEDE2000.")] = SAME_COLOUR,
    least_price: Annotated[Decimal | None, Query(ge=0, le=10**9)] = None,
    most_price: Annotated[Decimal | None, Query(ge=0, le=10**9)] = None,
    currency: Annotated[str, Query(pattern="^([A-Z]{3})?$")] = "",
    brand: Annotated[str, Query(max_length=200)] = "",
    seller: Annotated[str, Query(max_length=200, description="The shop's name.")] = "",
    in_stock: bool = True,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    like: Annotated[
        str, Query(pattern="^([0-9a-f]{64})?$", description="A picture's asset: what looks most like it.")
    ] = "",
) -> ProductList:
    """Find offers by a sentence, a picture and filters; filters given beside the sentence go before those in it."""
    vector: Sequence[float] = ()
    if like:
        asset = await shop.asset(like, who)
        vector = await shop.compute.call(look_of_picture, shop.asset_path(asset), shop.store.limits)
    wanted = SearchRequest(
        text=q,
        category=category,
        gender=gender,
        sizes=tuple(size or ()),
        colour=colour,
        colour_distance=colour_distance,
        least_price=least_price,
        most_price=most_price,
        currency=currency,
        brand=brand,
        shop=seller,
        in_stock=in_stock,
        limit=limit,
        vector=tuple(vector),
        vector_kind=LOOK,
    )
    answer = await shop.stylist.search.search(who.owner, wanted)
    return ProductList.model_validate(answer.as_dict())


@router.post("/products/search", openapi_extra=takes(json=SearchBody))
async def search_products_by_vector(request: Request, shop: Shop, who: Who) -> ProductList:
    """The same search with a vector, and with live partners where it is asked for."""
    body = await read_json(request, SearchBody)
    finder = shop.stylist.search
    answer = await finder.search(who.owner, body.request)
    partners: tuple[dict[str, Any], ...] = ()
    if body.live:
        known = load_partners(shop.settings.home_dir / "partners.toml")
        asked = await PartnerSearch(known, finder, shop.breakers).search(who.owner, body.request)
        partners = tuple(each.as_dict() for each in asked)
    return ProductList.model_validate({**answer.as_dict(), "partners": partners})


@router.post("/products/vectors", openapi_extra=takes(json=VectorsBody))
async def keep_vectors(request: Request, shop: Shop, who: Who) -> VectorsKept:
    """Keep vectors of one's own offers for the search by a vector; those that were there of the kind are replaced."""
    body = await read_json(request, VectorsBody)
    return VectorsKept(
        unknown=await shop.stylist.vectors.put(who.owner, body.seller, body.kind, body.vectors)
    )


@router.get("/products/{seller}/{product_id:path}")
async def get_product(seller: str, product_id: str, shop: Shop, who: Who) -> dict[str, Any]:
    """One offer of a shop, also when it has gone from its feed."""
    return (await shop.stylist.search.get(who.owner, seller, product_id)).as_dict()


# --- wardrobe ------------------------------------------------------------------------------------------------


@router.post("/wardrobe", status_code=201, openapi_extra=takes(json=NewItem))
async def add_to_wardrobe(request: Request, shop: Shop, who: Who) -> WardrobeItem:
    """Keep an item of one's own; the picture is an asset that was uploaded before."""
    return await shop.stylist.wardrobe.add(who.owner, await read_json(request, NewItem))


@router.get("/wardrobe")
async def list_wardrobe(
    shop: Shop,
    who: Who,
    category: Category | None = None,
    season: Season | None = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 200,
) -> ItemList:
    """One's own items, newest first."""
    found = await shop.stylist.wardrobe.list(who.owner, category=category, season=season, limit=limit)
    return ItemList(items=found)


@router.get("/wardrobe/{item_id}")
async def get_wardrobe_item(item_id: str, shop: Shop, who: Who) -> WardrobeItem:
    return await shop.stylist.wardrobe.get(who.owner, item_id)


@router.patch("/wardrobe/{item_id}", openapi_extra=takes(json=ItemChange))
async def change_wardrobe_item(item_id: str, request: Request, shop: Shop, who: Who) -> WardrobeItem:
    """What is given replaces what was; the rest stays."""
    return await shop.stylist.wardrobe.change(who.owner, item_id, await read_json(request, ItemChange))


@router.delete("/wardrobe/{item_id}", status_code=204)
async def remove_from_wardrobe(item_id: str, shop: Shop, who: Who) -> None:
    """Forget an item; the picture stays among the assets."""
    await shop.stylist.wardrobe.remove(who.owner, item_id)
