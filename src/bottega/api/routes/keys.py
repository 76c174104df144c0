"""API keys: made, listed and revoked by administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from bottega.api.documents import takes
from bottega.api.schemas import KeyBody, KeyList, NewKeyAnswer
from bottega.api.security import Admin, Shop
from bottega.api.uploads import read_json

router = APIRouter(tags=["keys"])


@router.post("/keys", status_code=201, openapi_extra=takes(json=KeyBody))
async def create_key(request: Request, response: Response, shop: Shop, _: Admin) -> NewKeyAnswer:
    """Make a key. Its secret is in this answer and nowhere else."""
    body = await read_json(request, KeyBody)
    made = await shop.keys.create(body.owner, body.name, body.scopes)
    response.headers["Cache-Control"] = "no-store"
    return NewKeyAnswer(
        key_id=made.key_id, secret=made.secret, owner=body.owner, name=body.name, scopes=body.scopes
    )


@router.get("/keys")
async def list_keys(
    shop: Shop, _: Admin, owner: Annotated[str | None, Query(pattern="^[A-Za-z0-9._@-]{1,64}$")] = None
) -> KeyList:
    """All keys or one owner's, revoked ones too; never their secrets."""
    return KeyList(keys=await shop.keys.list(owner))


@router.delete("/keys/{key_id}", status_code=204)
async def revoke_key(key_id: str, shop: Shop, _: Admin) -> None:
    """The key opens nothing from now on."""
    await shop.keys.revoke(key_id)
