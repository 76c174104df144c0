"""The fitting room over HTTP: answers at once about pictures, sizes, looks and single pieces. Nothing of it is stored.

What makes files (a try-on, a palette, boards) is a job of its workflow; products and wardrobes are in `products`.
"""

from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from bottega.api.documents import BINARY, takes
from bottega.api.schemas import Body
from bottega.api.security import Asker, Shop
from bottega.api.uploads import ReceivedForm, read_fields, read_json, received_form
from bottega.app import Bottega
from bottega.domain.base import Value
from bottega.engines.local.stylist_checks import analysed, checked
from bottega.errors import MissingInput
from bottega.fashion.outfits.pieces import piece_of
from bottega.shop.looks import compose_looks
from bottega.shop.recommend import MOST, recommend
from bottega.shop.stylist import context_of
from bottega.spend.language import LedgerSpending
from bottega.workflows.outfit import Style

router = APIRouter(prefix="/fashion", tags=["fashion"])

_Kind = Literal["tops", "bottoms", "dresses", "outerwear", "shoes"]
_CHECK_FORM = {"type": "object", "properties": {"person": BINARY, "garment": BINARY}}
_STYLE_FORM = {
    "type": "object",
    "required": ["person"],
    "properties": {
        "person": BINARY,
        "words": {"type": "string"},
        "look": {
            "type": "boolean",
            "description": "Show the picture to the vision model of the settings as well; it leaves this machine then.",
        },
    },
}


class Checks(Value):
    """Findings by code, each with its sentence and what to do; None for a picture that was not sent."""

    person: dict[str, Any] | None = None
    garment: dict[str, Any] | None = None


class StyleFields(Body):
    words: str = Field(default="", max_length=2000)
    look: bool = False


class SizeBody(Body):
    measurements: dict[str, str | float] = Field(
        max_length=20,
        description="Such as bust, waist, hips, height, foot_length; lengths like 88cm or 34.5in.",
    )
    unit: Literal["cm", "in"] = Field(default="cm", description="Of bare numbers.")
    garment_kind: _Kind
    made_for: Literal["women", "men", "unisex"] = "unisex"
    fit: Literal["fitted", "regular", "loose"] = "regular"
    usual_size: str | None = Field(default=None, max_length=20, description="What you usually take.")


class WearBody(Body):
    occasion: str = Field(default="", max_length=120)
    season: Literal["spring", "summer", "autumn", "winter"] | None = None
    temperature_c: float | None = Field(default=None, ge=-60, le=60)
    rain: bool = False
    budget: str = Field(default="", max_length=40, description="Such as 200 EUR.")
    gender: Literal["female", "male"] | None = None
    styles: tuple[Style, ...] = ()


class LooksBody(WearBody):
    """The budget is for a whole look; what is owned costs nothing."""

    count: int = Field(default=5, ge=1, le=20)
    source: Literal["both", "wardrobe", "shops"] = "both"
    locked: tuple[str, ...] = Field(default=(), max_length=8)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class PiecesBody(WearBody):
    """The budget is for one piece."""

    limit: int = Field(default=10, ge=1, le=MOST)
    with_wardrobe: bool = False


class Looks(Value):
    looks: tuple[dict[str, Any], ...]
    missing: tuple[dict[str, str], ...]
    occasion: str


class Pieces(Value):
    """`ruled_out` counts what each hard filter took away."""

    pieces: tuple[dict[str, Any], ...]
    ruled_out: dict[str, int]


@router.post("/check", openapi_extra=takes(form=_CHECK_FORM))
async def check_pictures(request: Request, shop: Shop, who: Asker) -> Checks:
    """What pictures of a person and of a garment are good for."""
    found: dict[str, dict[str, Any]] = {}
    async with received_form(request, shop.settings, most_files=2) as form:
        for role in ("person", "garment"):
            if path := _file(form, role):
                found[role] = await shop.compute.call(checked, role, path, shop.store.limits)
    if not found:
        raise MissingInput("There is no picture to check.", hint="Send the field person, garment or both.")
    return Checks(**found)


@router.post("/style", openapi_extra=takes(form=_STYLE_FORM))
async def analyse_person(request: Request, shop: Shop, who: Asker) -> dict[str, Any]:
    """Colours, proportions and style as far as a photograph tells; what it does not tell is said. With `look`, `vision` says
    which model looked and what it cost, or why none did."""
    async with received_form(request, shop.settings, most_files=1) as form:
        asked = read_fields(form, StyleFields, files=("person",), fields=StyleFields.model_fields, as_json=())
        path = _file(form, "person")
        if path is None:
            raise MissingInput("A picture of the person is needed.", hint="Send it in the field person.")
        found = await shop.compute.call(analysed, path, asked.words, shop.store.limits)
        return await _looked_at(shop, who.owner, path, asked.words, found) if asked.look else found


async def _looked_at(
    shop: Bottega, owner: str, path: Path, words: str, found: dict[str, Any]
) -> dict[str, Any]:
    """The analysis with what the vision model saw. Raises MissingInput where the settings name none."""
    from bottega.fashion.style.values import StyleAnalysis
    from bottega.quality.style_vision import read_style

    spend = LedgerSpending(shop.ledger, owner)
    reading = await read_style(shop.language, shop.settings, shop.compute, path, words, spend=spend)
    analysis = reading.merged(StyleAnalysis.model_validate(found))
    return {**analysis.model_dump(mode="json"), "vision": reading.as_dict()}


@router.post("/size", openapi_extra=takes(json=SizeBody))
async def advise_on_size(request: Request, shop: Shop, who: Asker) -> dict[str, Any]:
    """The size for a body's measurements, as probabilities. A photograph is never asked: it has no scale."""
    from bottega.fashion.size.advice import advise_size
    from bottega.fashion.size.charts import chart_for
    from bottega.fashion.size.measurements import measurements_of

    body = await read_json(request, SizeBody)
    advice = advise_size(
        measurements_of(body.measurements, unit=body.unit),
        chart_for(body.garment_kind, body.made_for),
        garment_kind=body.garment_kind,
        fit=body.fit,
        usual_size=body.usual_size,
    )
    return advice.model_dump(mode="json")


@router.post("/outfits", openapi_extra=takes(json=LooksBody))
async def compose_outfits(request: Request, shop: Shop, who: Asker) -> Looks:
    """Complete looks that differ, out of the wardrobe and the shops; the taste that was learned counts."""
    body = await read_json(request, LooksBody)
    found = await compose_looks(
        shop.stylist.candidates,
        who.owner,
        context_of(body.model_dump()),
        n=body.count,
        locked=body.locked,
        seed=body.seed,
        profile=await shop.stylist.profile(who.owner, gender=body.gender or "", styles=body.styles),
        with_wardrobe=body.source != "shops",
        with_shops=body.source != "wardrobe",
    )
    return Looks(
        looks=tuple(look.as_dict() | {"pieces": [piece_of(item) for item in look.items]} for look in found),
        missing=tuple({"code": o.code, "slot": o.slot, "message": o.message} for o in found.missing),
        occasion=found.occasion,
    )


@router.post("/recommendations", openapi_extra=takes(json=PiecesBody))
async def recommend_pieces(request: Request, shop: Shop, who: Asker) -> Pieces:
    """Single pieces, best first, each with its reasons."""
    body = await read_json(request, PiecesBody)
    found = await recommend(
        shop.stylist.candidates,
        who.owner,
        await shop.stylist.profile(who.owner, gender=body.gender or "", styles=body.styles),
        context_of(body.model_dump()),
        limit=body.limit,
        with_wardrobe=body.with_wardrobe,
    )
    pieces = tuple(
        piece_of(one.item)
        | {
            "score": round(one.score, 4),
            "parts": {name: round(value, 4) for name, value in one.parts.items()},
            "reasons": list(one.reasons),
        }
        for one in found
    )
    return Pieces(pieces=pieces, ruled_out=dict(found.ruled_out))


@router.get("/taste")
async def get_taste(shop: Shop, who: Asker) -> dict[str, Any]:
    """What was learned from one's own answers to looks: features and how much they are liked, -1 to 1."""
    nothing: dict[str, Any] = {"liking": {}, "liking_at": 0.0}
    return nothing | await shop.stylist.book.taste(who.owner)


def _file(form: ReceivedForm, name: str) -> Any:
    return next((file.path for file in form.files if file.field == name), None)
