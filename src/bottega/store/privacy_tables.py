"""Which rows are a user's: what an export lists, what an erasure deletes, and what it makes anonymous instead."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from bottega.store import schema as S

OWNED: tuple[sa.Table, ...] = (
    S.assets,
    S.jobs,
    S.feedback,
    S.named_references,
    S.wardrobe_items,
    S.fashion_profiles,
    S.preferences,
    S.gallery,
    S.boards,
    S.batches,
    S.products,
    S.product_imports,
    S.observations,
    S.api_keys,
    S.passing_pictures,
    S.cached_results,
    S.cached_values,
    S.flights,
)
"""Deleted by an erasure; rows that hang on them go with them."""
MONEY: tuple[sa.Table, ...] = (S.holds, S.ledger)
"""Kept by an erasure under another name: the operator's accounts and caps must still add up."""
_CHILDREN: tuple[tuple[sa.Table, sa.Column[Any], sa.Column[Any]], ...] = (
    (S.steps, S.steps.c.job_id, S.jobs.c.id),
    (S.events, S.events.c.job_id, S.jobs.c.id),
    (S.feature_ratings, S.feature_ratings.c.job_id, S.feedback.c.job_id),
    (S.batch_items, S.batch_items.c.batch_id, S.batches.c.id),
    (S.batch_events, S.batch_events.c.batch_id, S.batches.c.id),
    (S.board_assets, S.board_assets.c.board_id, S.boards.c.id),
    (S.web_sessions, S.web_sessions.c.key_id, S.api_keys.c.id),
    (S.hold_windows, S.hold_windows.c.hold_id, S.holds.c.id),
    (S.product_vectors, S.product_vectors.c.product_id, S.products.c.id),
)
"""Table, its column, and the column of the owned table that it names."""
_SECRET = {"api_keys": {"hash"}, "web_sessions": {"hash"}}
_LEFT_OUT = {"product_vectors", "cached_values", "flights"}
"""Of no meaning to a person: numbers computed from what is listed, and marks of work under way."""
_EVIDENCE = ("price", "metered")
"""What an amount is recomputed from; the rest of the evidence may tell what was asked for."""


def queries_for(owner: str) -> Iterator[tuple[str, sa.Select[Any]]]:
    """Name and query of each table that an export lists, without secrets."""
    for table in (*OWNED, *MONEY):
        if table.name not in _LEFT_OUT:
            yield table.name, sa.select(*_columns(table)).where(table.c.owner == owner)
    for table, column, parent in _CHILDREN:
        if table.name not in _LEFT_OUT:
            yield table.name, sa.select(*_columns(table)).where(column.in_(_ids(parent, owner)))
    budgets = S.budgets.c
    yield "budgets", sa.select(S.budgets).where(budgets.scope == "user", budgets.subject == owner)


def delete_rows(connection: sa.Connection, owner: str) -> dict[str, int]:
    """Delete what is the owner's; returns how many rows of each table went by name."""
    connection.execute(
        sa.delete(S.web_sessions).where(S.web_sessions.c.key_id.in_(_ids(S.api_keys.c.id, owner)))
    )
    counts: dict[str, int] = {}
    for table in OWNED:
        counts[table.name] = connection.execute(sa.delete(table).where(table.c.owner == owner)).rowcount
    return {name: count for name, count in counts.items() if count}


def rename_money(connection: sa.Connection, owner: str, alias: str) -> dict[str, int]:
    """Put `alias` in the owner's place in everything that counts money, and take from the evidence what no sum needs."""
    rows = connection.execute(
        sa.select(S.ledger.c.id, S.ledger.c.evidence).where(S.ledger.c.owner == owner)
    ).all()
    for row in rows:
        evidence: Mapping[str, Any] = row.evidence or {}
        kept = {name: evidence[name] for name in _EVIDENCE if name in evidence}
        connection.execute(sa.update(S.ledger).where(S.ledger.c.id == row.id).values(evidence=kept))
    counts: dict[str, int] = {}
    for table in MONEY:
        renamed = sa.update(table).where(table.c.owner == owner).values(owner=alias)
        counts[table.name] = connection.execute(renamed).rowcount
    of_users = sa.select(S.budgets.c.id).where(S.budgets.c.scope == "user")
    for table in (S.budget_windows, S.hold_windows, S.budget_alerts):
        connection.execute(
            sa.update(table)
            .where(table.c.subject == owner, table.c.budget_id.in_(of_users))
            .values(subject=alias)
        )
    connection.execute(
        sa.update(S.budgets)
        .where(S.budgets.c.scope == "user", S.budgets.c.subject == owner)
        .values(subject=alias)
    )
    return {name: count for name, count in counts.items() if count}


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.c if column.name not in _SECRET.get(table.name, ())]


def _ids(parent: sa.Column[Any], owner: str) -> sa.Select[Any]:
    return sa.select(parent).where(parent.table.c.owner == owner)
