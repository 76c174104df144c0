"""A batch as it comes over HTTP, as JSON or as a form with files or a table, and as it is answered."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from fastapi import Request as HttpRequest
from pydantic import Field

from bottega.api.schemas import Body, Dollars, InputBody, JsonObject
from bottega.api.uploads import (
    ReceivedForm,
    content_type,
    invalid_field,
    read_fields,
    read_json,
    received_form,
)
from bottega.app import Bottega
from bottega.domain.base import Value
from bottega.domain.money import format_usd
from bottega.domain.principal import Principal
from bottega.domain.request import FILE_ROLES, InputRef, Preference
from bottega.errors import InputError, UnsupportedMedia
from bottega.jobs.batches_make import NamedFile, Shared, Wish
from bottega.jobs.batches_table import read_table
from bottega.jobs.batches_values import MOST_ITEMS, Batch, BatchItem, NewItem

LARGEST_JSON = 4 * 2**20
_WHOLE_FORM = 64
"""All files of a batch together may have so many times what a single one may; larger ones are uploaded beforehand."""
_ITEM_FIELDS = ("image", "clip")


class WishBody(Body):
    """What an item wants otherwise; what is left out is as in the batch."""

    key: str | None = Field(default=None, pattern=r"^[\x21-\x7e]{1,200}$")
    name: str = Field(default="", max_length=200)
    prompt: str | None = Field(default=None, max_length=2000)
    workflow: str | None = Field(default=None, max_length=80)
    model: str | None = Field(default=None, max_length=200)
    options: JsonObject = Field(default_factory=dict[str, Any])
    max_cost_usd: Dollars | None = None
    inputs: tuple[InputBody, ...] = Field(default=(), max_length=16)

    def wish(self) -> Wish:
        values = {name: value for name, value in self if name != "inputs"}
        return Wish(**values, inputs=tuple(item.ref() for item in self.inputs))


class _Common(Body):
    name: str = Field(default="", max_length=200)
    prompt: str = Field(default="", max_length=2000)
    workflow: str | None = Field(default=None, max_length=80)
    model: str | None = Field(default=None, max_length=200)
    options: JsonObject = Field(default_factory=dict[str, Any])
    preference: Preference = Preference.BALANCED
    stay_local: bool = False
    max_cost_usd: Dollars | None = Field(default=None, description="What each item may cost at most.")
    fresh: bool = False
    budget_usd: Dollars | None = Field(
        default=None, description="What the whole may cost; the batch pauses before it would pass that."
    )
    pause_on_error: bool = Field(default=False, description="Pause when an item comes to no good end.")
    paused: bool = Field(default=False, description="Accept it, and wait to be resumed.")

    def shared(self, inputs: tuple[InputRef, ...]) -> Shared:
        return Shared(
            prompt=self.prompt,
            workflow=self.workflow,
            model=self.model,
            options=self.options,
            preference=self.preference,
            stay_local=self.stay_local,
            max_cost_usd=self.max_cost_usd,
            fresh=self.fresh,
            inputs=inputs,
        )


class BatchBody(_Common):
    """Items of assets that were uploaded before; `inputs` go to every item."""

    items: tuple[WishBody, ...] = Field(default=(), description=f"1 to {MOST_ITEMS} items.")
    inputs: tuple[InputBody, ...] = Field(default=(), max_length=15)

    @classmethod
    def document(cls) -> dict[str, Any]:
        """The schema, without references to elsewhere."""
        return _flat(cls.model_json_schema())


class BatchForm(_Common):
    """The same as a form. `overrides`: by file name, what that item wants otherwise."""

    overrides: dict[str, WishBody] = Field(default_factory=dict[str, WishBody])

    @classmethod
    def document(cls) -> dict[str, Any]:
        schema = _flat(cls.model_json_schema())
        binary = {"type": "array", "items": {"type": "string", "format": "binary"}}
        schema["properties"] |= {
            **dict.fromkeys(FILE_ROLES, binary),
            "csv": {"type": "string", "format": "binary", "description": "Columns prompt, file, option.*"},
            "options": {"type": "string", "description": "JSON text."},
            "overrides": {"type": "string", "description": "JSON text: by file name, an item's own wishes."},
        }
        return schema


class ResumeBody(Body):
    budget_usd: Dollars | None = None


class BatchLinks(Value):
    self: str
    items: str
    events: str
    archive: str


class BatchAnswer(Batch):
    spent_text: str
    budget_text: str = ""
    links: BatchLinks

    @classmethod
    def of(cls, batch: Batch) -> Self:
        here = f"/api/v1/batches/{batch.id}"
        links = BatchLinks(
            self=here, items=f"{here}/items", events=f"{here}/events", archive=f"{here}/archive"
        )
        return cls(
            **dict(batch),
            spent_text=format_usd(batch.spent),
            budget_text="" if batch.budget is None else format_usd(batch.budget),
            links=links,
        )


class BatchList(Value):
    """`next_before` continues the list; None at its end."""

    batches: tuple[BatchAnswer, ...]
    next_before: float | None = None


class BatchItemAnswer(BatchItem):
    job: str | None = None
    contents: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: BatchItem) -> Self:
        return cls(
            **dict(item),
            job=None if item.job_id is None else f"/api/v1/jobs/{item.job_id}",
            contents=tuple(f"/api/v1/assets/{asset_id}/content" for asset_id in item.outputs),
        )


class BatchItemList(Value):
    """`next_after` continues the list; None at its end."""

    items: tuple[BatchItemAnswer, ...]
    next_after: int | None = None


# --- reading -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReceivedBatch:
    body: BatchBody | BatchForm
    items: list[NewItem]


async def read_batch(http: HttpRequest, shop: Bottega, who: Principal) -> ReceivedBatch:
    """What is asked for; files of a form are stored as the asker's assets.

    Raises RequestValidationError, UnsupportedMedia and the InputError family, the latter for what concerns the whole.
    """
    kind = content_type(http)
    if kind == "multipart/form-data":
        # One more for the table, and some for what all items share.
        most = MOST_ITEMS + 16
        async with received_form(http, shop.settings, most_files=most, whole=_WHOLE_FORM) as form:
            return await _read_form(form, shop, who)
    if kind == "application/json" or kind.endswith("+json"):
        body = await read_json(http, BatchBody, LARGEST_JSON)
        shared = body.shared(tuple(item.ref() for item in body.inputs))
        return ReceivedBatch(body, shop.batch_items.of_wishes(shared, [item.wish() for item in body.items]))
    raise UnsupportedMedia(
        "A batch is sent as JSON or as a form.",
        hint="Send Content-Type application/json or multipart/form-data.",
    )


async def _read_form(form: ReceivedForm, shop: Bottega, who: Principal) -> ReceivedBatch:
    body = read_fields(
        form,
        BatchForm,
        files=(*FILE_ROLES, "csv"),
        fields=tuple(BatchForm.model_fields),
        as_json=("options", "overrides"),
    )
    tables = [file for file in form.files if file.field == "csv"]
    if tables:
        if len(tables) > 1:
            raise InputError("A batch has one table.", hint="Put the lines of all into one file.")
        if body.overrides:
            raise invalid_field("overrides", "A table has its own columns for what items want otherwise.")
        lines = read_table(await asyncio.to_thread(tables[0].path.read_bytes), most=MOST_ITEMS)
        files: dict[str, Path | bytes] = {f.name: f.path for f in form.files if f.field != "csv"}
        items = await shop.batch_items.of_table(body.shared(()), lines, files, who)
        return ReceivedBatch(body, items)
    inputs: list[InputRef] = []
    for file in form.files:
        if file.field not in _ITEM_FIELDS:
            asset = await shop.add_asset(file.path, name=file.name or file.field, who=who)
            inputs.append(InputRef(role=FILE_ROLES[file.field], asset_id=asset.id))
    own = [
        NamedFile(name=file.name or file.field, source=file.path, role=FILE_ROLES[file.field])
        for file in form.files
        if file.field in _ITEM_FIELDS
    ]
    if unknown := set(body.overrides) - {file.name for file in own}:
        raise invalid_field("overrides", f"No file of this form is named {sorted(unknown)[0][:80]!r}.")
    wishes = {name: wish.wish() for name, wish in body.overrides.items()}
    return ReceivedBatch(body, await shop.batch_items.of_files(body.shared(tuple(inputs)), own, who, wishes))


def _flat(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose definitions stand where they are referred to: it is put into another document."""
    definitions: dict[str, Any] = schema.pop("$defs", {})

    def resolved(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return resolved(definitions[str(node["$ref"]).rpartition("/")[2]])  # pyright: ignore[reportUnknownArgumentType]
            return {key: resolved(value) for key, value in node.items()}  # pyright: ignore[reportUnknownVariableType]
        if isinstance(node, list):
            return [resolved(value) for value in node]  # pyright: ignore[reportUnknownVariableType]
        return node

    return resolved(schema)
