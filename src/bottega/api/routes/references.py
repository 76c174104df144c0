"""References: pictures saved under names for `@mentions`, names completed while typing, public pictures found."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field, ValidationError

from bottega.api.documents import BINARY, takes
from bottega.api.schemas import Body, OutputLinks
from bottega.api.security import Shop, Who
from bottega.api.submissions import add_files
from bottega.api.uploads import (
    ReceivedForm,
    content_type,
    invalid,
    invalid_field,
    read_json,
    received_form,
)
from bottega.app import Bottega
from bottega.domain.base import Value
from bottega.domain.principal import Principal
from bottega.domain.request import Role
from bottega.errors import InputError, UnsupportedMedia
from bottega.references import Reference, ReferenceKind, WebReference

router = APIRouter(tags=["references"])
Kind = Literal["person", "garment", "place", "style", "other"]
Name = Annotated[str, Field(min_length=1, max_length=80, description="1 to 40 letters, digits, _ and -.")]


class NewReferenceForm(Body):
    """A name for the picture that comes with it."""

    name: Name
    kind: Kind = "other"
    replace: bool = Field(default=False, description="Give the name to this picture if another has it.")


class NewReferenceBody(NewReferenceForm):
    """A name for an asset of one's own, or for a picture at a public address; one of the two."""

    asset_id: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    url: str | None = Field(default=None, max_length=2000)


class ChangeReferenceBody(Body):
    """What is to change; the rest stays."""

    name: Name | None = None
    kind: Kind | None = None


class ReferenceAnswer(Value):
    """`role` is what the picture is for in a request whose sentence has the `mention`."""

    name: str
    mention: str
    kind: ReferenceKind
    role: Role
    asset_id: str
    created_at: float
    links: OutputLinks

    @classmethod
    def of(cls, reference: Reference) -> "ReferenceAnswer":
        here = f"/api/v1/assets/{reference.asset_id}"
        return cls(
            **dict(reference),
            mention=f"@{reference.name}",
            role=reference.kind.role,
            links=OutputLinks(asset=here, content=f"{here}/content", thumbnail=f"{here}/thumbnail"),
        )


class ReferenceList(Value):
    references: tuple[ReferenceAnswer, ...]


class WebReferenceList(Value):
    """What stands behind a picture's address is checked only when it is fetched."""

    query: str
    results: tuple[WebReference, ...]


def _form_schema() -> dict[str, Any]:
    schema = NewReferenceForm.model_json_schema()
    return {**schema, "properties": {**schema["properties"], "image": BINARY}, "required": ["name", "image"]}


@router.post(
    "/references",
    status_code=201,
    openapi_extra=takes(json=NewReferenceBody, form=_form_schema()),
)
async def save_reference(request: Request, shop: Shop, who: Who) -> ReferenceAnswer:
    """Save a picture under a name: an asset, a public address, or a file of a form."""
    kind = content_type(request)
    if kind == "multipart/form-data":
        async with received_form(request, shop.settings) as form:
            body = _parse_form(form)
            (asset,) = await add_files(form, shop, who)
            asset_id = asset.id
    elif kind == "application/json" or kind.endswith("+json"):
        given = await read_json(request, NewReferenceBody)
        body, asset_id = given, await _asset_of(given, shop, who)
    else:
        raise UnsupportedMedia(
            "A reference is saved as JSON or as a form.",
            hint="Send Content-Type application/json or multipart/form-data.",
        )
    saved = await shop.references.save(
        who.owner, body.name, ReferenceKind(body.kind), asset_id, replace=body.replace
    )
    return ReferenceAnswer.of(saved)


@router.get("/references")
async def list_references(shop: Shop, who: Who, kind: ReferenceKind | None = None) -> ReferenceList:
    """One's own references, by name."""
    return _list(await shop.references.list(who.owner, kind))


@router.get("/references/suggest")
async def suggest_references(
    shop: Shop,
    who: Who,
    q: Annotated[str, Query(max_length=80, description="What is typed so far, with or without the @.")] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> ReferenceList:
    """For completing a mention: names that begin so, then those that hold it, then near ones."""
    return _list(await shop.references.suggest(who.owner, q, limit))


@router.get("/references/search")
async def search_public_pictures(
    shop: Shop,
    _: Who,
    q: Annotated[str, Query(min_length=1, max_length=400)],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> WebReferenceList:
    """Search the web for public pictures, where that is set up. The words are sent to the search service."""
    return WebReferenceList(query=q, results=await shop.find_public_pictures(q, limit=limit))


@router.get("/references/{name}")
async def get_reference(name: str, shop: Shop, who: Who) -> ReferenceAnswer:
    return ReferenceAnswer.of(await shop.references.get(who.owner, name))


@router.patch("/references/{name}", openapi_extra=takes(json=ChangeReferenceBody))
async def change_reference(name: str, request: Request, shop: Shop, who: Who) -> ReferenceAnswer:
    """Rename it, or say that it is of another kind."""
    body = await read_json(request, ChangeReferenceBody)
    kind = None if body.kind is None else ReferenceKind(body.kind)
    return ReferenceAnswer.of(await shop.references.change(who.owner, name, new_name=body.name, kind=kind))


@router.delete("/references/{name}", status_code=204)
async def remove_reference(name: str, shop: Shop, who: Who) -> None:
    """Forget the name; the picture stays among the assets."""
    await shop.references.remove(who.owner, name)


def _list(references: tuple[Reference, ...]) -> ReferenceList:
    return ReferenceList(references=tuple(ReferenceAnswer.of(each) for each in references))


async def _asset_of(body: NewReferenceBody, shop: Bottega, who: Principal) -> str:
    if (body.asset_id is None) == (body.url is None):
        raise InputError(
            "Give either an asset_id or a url.", hint="Upload a file first, or send it as a form."
        )
    if body.asset_id is not None:
        return body.asset_id
    return (await shop.fetch_asset(body.url or "", who)).id


def _parse_form(form: ReceivedForm) -> NewReferenceForm:
    if len(form.files) != 1:
        raise invalid_field("image", "Exactly one file belongs here.")
    try:
        return NewReferenceForm.model_validate(
            {key: text for key, text in form.fields.items() if text.strip()}
        )
    except ValidationError as error:
        raise invalid(error) from None
