"""From files, a table or a list of wishes to the items of a batch. What is wrong with one of them is that item's own
trouble: it is refused, in words, and the others go on."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from bottega.domain.asset import Asset
from bottega.domain.base import Value
from bottega.domain.principal import Principal
from bottega.domain.request import InputRef, Preference, Request, Role
from bottega.errors import InputError, MissingInput
from bottega.jobs.batches_table import TableRow
from bottega.jobs.batches_values import NewItem

Source = Path | bytes
AddAsset = Callable[[Source, str, Principal], Awaitable[Asset]]
MakeRequest = Callable[..., Request]


class Wish(Value):
    """What an item wants otherwise than the batch; what is None is as in the batch. `options` are added to the batch's;
    `inputs` stand before the batch's."""

    key: str | None = None
    name: str = ""
    prompt: str | None = None
    workflow: str | None = None
    model: str | None = None
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    max_cost_usd: str | None = None
    inputs: tuple[InputRef, ...] = ()


class Shared(Value):
    """What all items have in common. `inputs` go to every item: a garment for many persons, a style for many pictures."""

    prompt: str = ""
    workflow: str | None = None
    model: str | None = None
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    preference: Preference = Preference.BALANCED
    stay_local: bool = False
    max_cost_usd: str | None = None
    fresh: bool = False
    inputs: tuple[InputRef, ...] = ()


class NamedFile(Value):
    """A file that is still to be stored."""

    name: str
    source: Path | bytes
    role: Role = Role.WORKING


class ItemMaker:
    """`add_asset` checks and stores a file, `make_request` makes a Request of loose values; both raise InputErrors."""

    def __init__(self, add_asset: AddAsset, make_request: MakeRequest) -> None:
        self._add_asset = add_asset
        self._make_request = make_request

    def of_wishes(self, shared: Shared, wishes: Sequence[Wish]) -> list[NewItem]:
        return [self._item(shared, wish, number) for number, wish in enumerate(wishes, start=1)]

    async def of_files(
        self,
        shared: Shared,
        files: Sequence[NamedFile],
        who: Principal,
        wishes: Mapping[str, Wish] | None = None,
    ) -> list[NewItem]:
        """One item for each file; `wishes` by file name."""
        items: list[NewItem] = []
        for number, file in enumerate(files, start=1):
            wish = (wishes or {}).get(file.name, Wish())
            wish = wish.model_copy(update={"name": wish.name or file.name})
            try:
                asset = await self._add_asset(file.source, file.name, who)
            except InputError as error:
                items.append(_refused(wish, number, error))
                continue
            own = InputRef(role=file.role, asset_id=asset.id)
            inputs = (own, *wish.inputs)
            items.append(self._item(shared, wish.model_copy(update={"inputs": inputs}), number))
        return items

    async def of_table(
        self, shared: Shared, lines: Sequence[TableRow], files: Mapping[str, Source], who: Principal
    ) -> list[NewItem]:
        """One item for each line; `files` by the names that the table calls them. A file is stored once."""
        stored: dict[str, Asset] = {}
        items: list[NewItem] = []
        for number, line in enumerate(lines, start=1):
            wish = Wish(
                key=line.key,
                name=line.name or (line.files[0][1] if line.files else ""),
                prompt=line.prompt,
                workflow=line.workflow,
                model=line.model,
                options=line.options,
                max_cost_usd=line.max_cost_usd,
            )
            try:
                inputs: list[InputRef] = []
                for role, name in line.files:
                    if name not in stored:
                        stored[name] = await self._add_asset(_file(files, name, line.line), name, who)
                    inputs.append(InputRef(role=role, asset_id=stored[name].id))
            except InputError as error:
                items.append(_refused(wish, number, error))
                continue
            items.append(self._item(shared, wish.model_copy(update={"inputs": tuple(inputs)}), number))
        return items

    def _item(self, shared: Shared, wish: Wish, number: int) -> NewItem:
        try:
            request = self._make_request(
                prompt=shared.prompt if wish.prompt is None else wish.prompt,
                inputs=(*wish.inputs, *shared.inputs),
                workflow=wish.workflow or shared.workflow,
                model=wish.model or shared.model,
                options={**shared.options, **wish.options},
                preference=shared.preference,
                stay_local=shared.stay_local,
                max_cost_usd=wish.max_cost_usd or shared.max_cost_usd,
                fresh=shared.fresh,
            )
        except InputError as error:
            return _refused(wish, number, error)
        return NewItem(key=wish.key or str(number), name=wish.name, request=request)


def _refused(wish: Wish, number: int, error: InputError) -> NewItem:
    return NewItem(key=wish.key or str(number), name=wish.name, error=error.as_dict())


def _file(files: Mapping[str, Source], name: str, line: int) -> Source:
    """The file by the name in the table, or by that name's last part."""
    found = files.get(name, files.get(name.replace("\\", "/").rpartition("/")[2]))
    if found is None:
        raise MissingInput(
            f"Line {line} of the table names the file {name[:120]!r}, which is not there.",
            hint="Send it along, under this name.",
        )
    return found
