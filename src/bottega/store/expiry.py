"""Rows that come to an end by themselves are dropped a few at a time, by whoever writes a new one."""

import sqlalchemy as sa

BITE = 64
"""Rows dropped at once at most: twice what one write adds would do, and a backlog is worked off without a pause."""


def drop_expired(connection: sa.Connection, table: sa.Table, now: float) -> None:
    """Drop up to `BITE` rows whose `expires_at` has passed, oldest first; rows that another transaction is at are
    left to it."""
    key = list(table.primary_key.columns)
    old = sa.select(*key).where(table.c.expires_at < now).order_by(table.c.expires_at).limit(BITE)
    if connection.dialect.name == "postgresql":
        old = old.with_for_update(skip_locked=True)
    connection.execute(sa.delete(table).where(sa.tuple_(*key).in_(old)))
