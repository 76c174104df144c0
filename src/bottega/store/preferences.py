"""What a user likes the web studio to be like, kept on the server so that every device has it."""

import re
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import AfterValidator, Field

from bottega.domain.base import Value
from bottega.store.database import Database, epoch_now
from bottega.store.schema import preferences as P

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def _language(tag: str) -> str:
    if tag and not _TAG.fullmatch(tag):
        raise ValueError("a language is a tag such as en, fr or pt-BR (BCP 47)")
    return tag


class Preferences(Value):
    """An empty language: the browser's own."""

    theme: Literal["system", "light", "dark"] = "system"
    language: Annotated[str, AfterValidator(_language)] = Field(default="", max_length=35)
    mode: Literal["simple", "expert"] = "simple"


class PreferenceStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: str) -> Preferences:
        """The defaults where nothing was chosen."""
        query = sa.select(P.c.value).where(P.c.owner == owner)
        value = await self._database.read(lambda c: c.execute(query).scalar())
        return Preferences.model_validate(value or {})

    async def change(self, owner: str, changes: dict[str, Any]) -> Preferences:
        """What is given replaces what was; the rest stays. `changes` has been checked as `Preferences`."""

        def work(connection: sa.Connection) -> Preferences:
            from sqlalchemy.dialects import postgresql, sqlite

            row = connection.execute(
                sa.select(P.c.value).where(P.c.owner == owner).with_for_update()
            ).scalar()
            chosen = Preferences.model_validate({**(row or {}), **changes})
            dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
            values: dict[str, Any] = {"value": chosen.model_dump(), "changed_at": epoch_now(connection)}
            connection.execute(
                dialect.insert(P)
                .values(owner=owner, **values)
                .on_conflict_do_update(index_elements=["owner"], set_=values)
            )
            return chosen

        return await self._database.write(work)
