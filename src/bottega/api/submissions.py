"""A request for work as it comes over HTTP, as JSON or as a form with files, turned into a `Request`."""

from fastapi import Request as HttpRequest

from bottega.api.schemas import SubmitBody
from bottega.api.uploads import (
    ReceivedForm,
    content_type,
    read_fields,
    read_json,
    received_form,
)
from bottega.app import Bottega, make_request
from bottega.domain.asset import Asset
from bottega.domain.principal import Principal
from bottega.domain.request import FILE_ROLES, InputRef, Request
from bottega.errors import InputError, UnsupportedMedia

_FIELDS = ("prompt", "workflow", "model", "preference", "options", "stay_local", "max_cost_usd", "fresh")


async def read_submission(http: HttpRequest, shop: Bottega, who: Principal) -> Request:
    """What is asked for. The files of a form are stored as the asker's assets once its fields are right.

    Raises RequestValidationError, UnsupportedMedia and the InputError family.
    """
    kind = content_type(http)
    if kind == "multipart/form-data":
        async with received_form(http, shop.settings) as form:
            body = read_fields(form, SubmitBody, files=FILE_ROLES, fields=_FIELDS, as_json=("options",))
            assets = await add_files(form, shop, who)
            refs = [
                InputRef(role=FILE_ROLES[file.field], asset_id=asset.id)
                for file, asset in zip(form.files, assets, strict=True)
            ]
            return _request(body, refs)
    if kind == "application/json" or kind.endswith("+json"):
        body = await read_json(http, SubmitBody)
        return _request(body, [item.ref() for item in body.inputs])
    raise UnsupportedMedia(
        "Work is asked for as JSON or as a form.",
        hint="Send Content-Type application/json or multipart/form-data.",
    )


async def add_files(form: ReceivedForm, shop: Bottega, who: Principal) -> list[Asset]:
    """Store the files of a form, one after the other. What is wrong with one names it in `details["file"]`."""
    assets: list[Asset] = []
    for file in form.files:
        try:
            assets.append(await shop.add_asset(file.path, name=file.name or file.field, who=who))
        except InputError as error:
            error.details.setdefault("file", (file.name or file.field)[:120])
            raise
    return assets


def _request(body: SubmitBody, inputs: list[InputRef]) -> Request:
    return make_request(
        prompt=body.prompt,
        inputs=tuple(inputs),
        workflow=body.workflow,
        model=body.model,
        options=body.options,
        preference=body.preference,
        stay_local=body.stay_local,
        max_cost_usd=body.max_cost_usd,
        fresh=body.fresh,
    )
