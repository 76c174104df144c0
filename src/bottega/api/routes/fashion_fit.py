"""The fit report over HTTP: how a garment sits in a picture, and which size measurements come to. Nothing of it is stored."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from bottega.api.documents import takes
from bottega.api.schemas import Body
from bottega.api.security import Asker, Shop
from bottega.api.uploads import read_json
from bottega.engines.local.fit_checks import fitted

router = APIRouter(prefix="/fashion", tags=["fashion"])
_ID = "^[0-9a-f]{64}$"


class FitBody(Body):
    """Without measurements no size is advised: a photograph has no scale."""

    worn: str = Field(
        pattern=_ID, description="Asset: somebody wearing it, such as the picture that a try-on made."
    )
    garment: str = Field(pattern=_ID, description="Asset: the garment alone.")
    mask: str | None = Field(
        default=None,
        pattern=_ID,
        description="Asset: white where the garment is seen in `worn`; what a try-on hands on as its garment mask.",
    )
    measurements: dict[str, str | float] = Field(default_factory=dict[str, str | float], max_length=20)
    unit: Literal["cm", "in"] = "cm"
    made_for: Literal["women", "men", "unisex"] = "unisex"
    fit: Literal["fitted", "regular", "loose"] = "regular"
    usual_size: str | None = Field(default=None, max_length=20)


@router.post("/fit", openapi_extra=takes(json=FitBody))
async def report_fit(request: Request, shop: Shop, who: Asker) -> dict[str, Any]:
    """How it sits, with what to do about it; and the size of the bundled chart, as probabilities, for measurements."""
    body = await read_json(request, FitBody)
    worn, garment = [shop.asset_path(await shop.asset(one, who)) for one in (body.worn, body.garment)]
    mask = None if body.mask is None else shop.asset_path(await shop.asset(body.mask, who))
    return await shop.compute.call(
        fitted,
        worn,
        garment,
        shop.store.limits,
        body.measurements,
        body.unit,
        body.made_for,
        body.fit,
        body.usual_size,
        mask,
    )
