"""Calls of OpenAI's images API, as JSON or as a form, turned into a `Request` and what its answer shall look like."""

import asyncio
import base64
import binascii
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args

from fastapi import Request as HttpRequest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bottega.api.uploads import (
    LARGEST_JSON,
    ReceivedFile,
    ReceivedForm,
    content_type,
    invalid,
    invalid_field,
    limited,
    received_form,
)
from bottega.app import Bottega, make_request
from bottega.domain.principal import Principal
from bottega.domain.request import InputRef, Request, Role
from bottega.errors import InputError, InvalidOption, NotFound, UnsupportedMedia
from bottega.imaging.limits import Limits
from bottega.models import Model
from bottega.models.tables import size_of
from bottega.workflows.protocol import Workflow
from bottega.workflows.registry import find_workflow

AUTO = "auto"
MOST_PICTURES = 16
_ASSET = re.compile(r"(?:file-)?([0-9a-f]{64})")
M = TypeVar("M", bound=BaseModel)
_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.+-]+)*;base64,", re.ASCII)


class GenerationBody(BaseModel):
    """The fields of /images/generations. `style`, `moderation`, `user`, `safety_identifier`, `input_fidelity` and
    `output_compression` are taken and not used; `seed` is an addition."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: str
    model: Annotated[str, Field(max_length=200)] | None = None
    n: Annotated[int, Field(ge=1, le=10)] | None = None
    size: Annotated[str, Field(max_length=20)] | None = None
    quality: Literal["auto", "low", "medium", "high", "xhigh", "max", "standard", "hd"] | None = None
    background: Literal["auto", "opaque", "transparent"] | None = None
    output_format: Literal["png", "jpeg", "webp"] | None = None
    output_compression: Annotated[int, Field(ge=0, le=100)] | None = None
    response_format: Literal["b64_json", "url"] | None = None
    stream: bool | None = None
    partial_images: Annotated[int, Field(ge=0, le=3)] | None = None
    moderation: Literal["auto", "low"] | None = None
    style: Literal["vivid", "natural"] | None = None
    user: Annotated[str, Field(max_length=512)] | None = None
    safety_identifier: Annotated[str, Field(max_length=512)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] | None = None


class EditBody(GenerationBody):
    """The fields of /images/edits beside its files."""

    input_fidelity: Literal["high", "low"] | None = None


class PictureReference(BaseModel):
    """A picture in a JSON body: `image_url` (http, https or data), or `file_id`, the id of one of the asker's assets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    image_url: str | None = None
    file_id: Annotated[str, Field(max_length=100)] | None = None


class EditJson(EditBody):
    images: Annotated[tuple[PictureReference, ...], Field(min_length=1, max_length=MOST_PICTURES)]
    mask: PictureReference | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done, and how it is to be told."""

    request: Request
    body: GenerationBody

    @property
    def as_link(self) -> bool:
        return self.body.response_format == "url"

    @property
    def editing(self) -> bool:
        return isinstance(self.body, EditBody)


async def read_generation(http: HttpRequest, shop: Bottega) -> Order:
    """Raises RequestValidationError, UnsupportedMedia, TooLarge, NotFound, InvalidOption."""
    body = await _json(http, GenerationBody, LARGEST_JSON)
    workflow = find_workflow(shop.workflows, "image_generation")
    return Order(_request(shop, body, workflow, {}, ()), body)


async def read_edit(http: HttpRequest, shop: Bottega, who: Principal) -> Order:
    """The pictures are stored as the asker's assets once the fields are right. Raises as `read_generation`, and the
    InputError family for the pictures."""
    workflow = find_workflow(shop.workflows, "image_editing")
    if content_type(http) == "multipart/form-data":
        async with received_form(http, shop.settings) as form:
            body = _form_fields(form)
            model = resolve_model(shop, body.model)
            inputs = await _form_inputs(form, shop, who)
    else:
        most = LARGEST_JSON + 4 * shop.settings.max_upload_bytes * 4 // 3
        body = await _json(http, EditJson, most)
        model = resolve_model(shop, body.model)
        inputs = await _json_inputs(body, shop, who)
    told = _instruction(workflow, body.prompt, plain=len(inputs) == 1, forced=model is not None)
    return Order(_request(shop, body, workflow, told, inputs), body)


def resolve_model(shop: Bottega, name: str | None) -> Model | None:
    """By catalogue id or by the vendor's bare name; None for `auto` and for no name. Raises NotFound."""
    if not name or name == AUTO:
        return None
    if found := shop.catalogue.get(name):
        return found
    same = [model for model in shop.catalogue if model.remote == name and model.output == "image"]
    usable = [model for model in same if _is_usable(shop, model)]
    if not same:
        raise NotFound(
            f"The model '{name[:80]}' does not exist here.",
            hint="GET /v1/models lists the ones there are; `auto` leaves the choice open.",
            param="model",
            api_code="model_not_found",
        )
    return (usable or same)[0]


def _is_usable(shop: Bottega, model: Model) -> bool:
    engine = shop.engines.get(model.engine)
    return engine is not None and engine.availability().usable


# --- what becomes of the fields ------------------------------------------------------------------------------


def _request(
    shop: Bottega,
    body: GenerationBody,
    workflow: Workflow,
    told: Mapping[str, Any],
    inputs: tuple[InputRef, ...],
) -> Request:
    model = resolve_model(shop, body.model)
    return make_request(
        prompt=body.prompt,
        inputs=inputs,
        workflow=workflow.name,
        model=model.id if model is not None else None,
        options={**told, **_options(body, workflow)},
    )


def _options(body: GenerationBody, workflow: Workflow) -> dict[str, Any]:
    """The API's fields in the workflow's words. Raises InvalidOption for what the workflow cannot be told; what asks for
    nothing particular is left out."""
    known = workflow.options.model_fields
    wanted: dict[str, Any] = {
        "n": body.n or 1,
        "size": body.size,
        "seed": body.seed,
        "format": body.output_format,
    }
    wanted["quality"] = {"standard": None, "hd": "high"}.get(body.quality or "", body.quality)
    if body.background == "transparent":
        choices = _choices(known["background"].annotation) if "background" in known else set[str]()
        wanted["background"] = next(
            (word for word in ("transparent", "remove") if word in choices), "transparent"
        )
    if body.stream and body.partial_images and "partial_images" in known:
        wanted["partial_images"] = body.partial_images
    given = {name: value for name, value in wanted.items() if value not in (None, AUTO)}
    if "size" in given and "size" not in known and "aspect" in known:
        given["aspect"] = _shape(str(given.pop("size")))
    nothing_asked = {"n": 1, "format": "png"}
    for name in sorted(given.keys() - known.keys()):
        if nothing_asked.get(name) != given[name]:
            api_name = {"format": "output_format"}.get(name, name)
            raise InvalidOption(
                f"'{api_name}' cannot be {given[name]!r} here: {workflow.title.lower()} has no such choice.",
                hint=f"Leave '{api_name}' out.",
                param=api_name,
            )
    return {name: value for name, value in given.items() if name in known}


def _shape(size: str) -> str:
    """`1024x1536` as `2:3`, for a workflow whose models choose the pixels. Raises InvalidOption."""
    found = size_of(size)
    if not found or not all(found):
        raise InvalidOption(f"'size' cannot be {size!r}.", hint="Give WIDTHxHEIGHT or auto.", param="size")
    divisor = math.gcd(*found)
    return f"{found[0] // divisor}:{found[1] // divisor}"


def _choices(annotation: Any) -> set[str]:
    found = {arg for arg in get_args(annotation) if isinstance(arg, str)}
    return found.union(*(_choices(arg) for arg in get_args(annotation) if not isinstance(arg, str)))


def _instruction(workflow: Workflow, prompt: str, *, plain: bool, forced: bool) -> dict[str, Any]:
    """How the workflow is told what to change. A sentence that can be followed to the letter without a model (crop,
    rotate ...) is, where nobody asked for a model and there is one picture alone; any other is an instruction as a
    whole, and nothing in it is read as an option."""
    known = workflow.options.model_fields
    if "instruction" not in known:
        return {}
    read = workflow.read_options(prompt)
    if plain and not forced and read and "instruction" not in read:
        return {}
    unread = {name: known[name].get_default(call_default_factory=True) for name in read if name in known}
    return {**unread, "instruction": prompt.strip()}


# --- bodies --------------------------------------------------------------------------------------------------


async def _json(http: HttpRequest, model: type[M], most: int) -> M:
    kind = content_type(http)
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMedia("The body must be JSON.", hint="Send it with Content-Type: application/json.")
    raw = b"".join([chunk async for chunk in limited(http, most)])
    try:
        return await asyncio.to_thread(model.model_validate_json, raw)
    except ValidationError as error:
        raise invalid(error) from None


def _form_fields(form: ReceivedForm) -> EditBody:
    for file in form.files:
        if file.field not in ("image", "image[]", "mask"):
            raise invalid_field(file.field[:80], "There is no such file field")
    try:
        return EditBody.model_validate({name: text for name, text in form.fields.items() if text != ""})
    except ValidationError as error:
        raise invalid(error) from None


async def _form_inputs(form: ReceivedForm, shop: Bottega, who: Principal) -> tuple[InputRef, ...]:
    pictures = [file for file in form.files if file.field != "mask"]
    masks = [file for file in form.files if file.field == "mask"]
    if not pictures:
        raise invalid_field("image", "a picture is needed")
    if len(pictures) > MOST_PICTURES or len(masks) > 1:
        raise invalid_field("image", f"at most {MOST_PICTURES} pictures and one mask are taken")
    refs = [
        InputRef(role=_role(at), asset_id=await _stored(file, shop, who)) for at, file in enumerate(pictures)
    ]
    if masks:
        refs.append(await _mask(await asyncio.to_thread(masks[0].path.read_bytes), shop, who))
    return tuple(refs)


async def _stored(file: ReceivedFile, shop: Bottega, who: Principal) -> str:
    try:
        return (await shop.add_asset(file.path, name=file.name or file.field, who=who)).id
    except InputError as error:
        error.details.setdefault("param", file.field)
        raise


async def _json_inputs(body: EditJson, shop: Bottega, who: Principal) -> tuple[InputRef, ...]:
    refs = [
        InputRef(role=_role(at), asset_id=await _referred(item, f"images.{at}", shop, who))
        for at, item in enumerate(body.images)
    ]
    if body.mask is not None:
        asset_id = await _referred(body.mask, "mask", shop, who)
        path = shop.asset_path(await shop.asset(asset_id, who))
        refs.append(await _mask(await asyncio.to_thread(path.read_bytes), shop, who))
    return tuple(refs)


async def _referred(item: PictureReference, param: str, shop: Bottega, who: Principal) -> str:
    if (item.image_url is None) == (item.file_id is None):
        raise invalid_field(param, "either image_url or file_id is needed")
    try:
        if item.file_id is not None:
            found = _ASSET.fullmatch(item.file_id)
            return (await shop.asset(found[1] if found else item.file_id, who)).id
        assert item.image_url is not None
        if head := _DATA_URL.match(item.image_url):
            content = await asyncio.to_thread(_decoded, item.image_url, head.end(), param)
            return (await shop.add_asset(content, name=param, who=who)).id
        return (await shop.fetch_asset(item.image_url, who)).id
    except InputError as error:
        error.details.setdefault("param", param)
        raise


def _decoded(url: str, begin: int, param: str) -> bytes:
    try:
        return base64.b64decode(url[begin:], validate=True)
    except (binascii.Error, ValueError):
        raise invalid_field(param, "the base64 is damaged") from None


async def _mask(content: bytes, shop: Bottega, who: Principal) -> InputRef:
    """OpenAI's masks are transparent where the picture may change; here white is."""
    from bottega.imaging.mask import from_alpha

    try:
        white = await shop.compute.call(from_alpha, content, Limits.from_settings(shop.settings))
        asset = await shop.add_asset(white, name="mask.png", who=who)
    except InputError as error:
        error.details.setdefault("param", "mask")
        raise
    return InputRef(role=Role.MASK, asset_id=asset.id)


def _role(at: int) -> Role:
    return Role.REFERENCE if at else Role.WORKING
