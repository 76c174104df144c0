"""Which pictures of a submitted job show a person and go with it. Their removal is left to `privacy`."""

from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa

from bottega.store.database import insert_new
from bottega.store.schema import passing_pictures as P

FASHION = frozenset({"reference_styling/virtual_tryon", "style_advice", "outfit"})
"""Workflows whose pictures of a person are not kept unless the option `keep` says so."""


def note_persons(connection: sa.Connection, job_id: str, owner: str, payload: Mapping[str, Any]) -> None:
    """Write down the person's pictures of a job that is being put into the queue, in the same transaction."""
    rows = [
        {"owner": owner, "asset_id": asset_id, "job_id": job_id}
        for asset_id in dict.fromkeys(persons_of(payload))
    ]
    insert_new(connection, P, rows)


def persons_of(payload: Mapping[str, Any]) -> list[str]:
    """Asset ids in the role person, where none has it those in the role working; none with the option `keep`."""
    plan: Mapping[str, Any] = payload.get("plan") or {}
    if plan.get("workflow") not in FASHION or (plan.get("options") or {}).get("keep"):
        return []
    request = cast("dict[str, Any]", payload.get("request") or {})
    inputs = cast("list[dict[str, Any]]", request.get("inputs") or [])
    by_role = {
        role: [str(given["asset_id"]) for given in inputs if given.get("role") == role]
        for role in ("person", "working")
    }
    return by_role["person"] or by_role["working"]
