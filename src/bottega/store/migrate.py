"""Brings a database to the schema of this version. Alembic is imported only when there is something to do."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bottega.errors import ResourceError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0008"
"""The newest migration; a test holds it against Alembic's own answer."""

_LOCK = 0x80_77_E6_A0  # any constant: PostgreSQL's advisory lock for migrating


def configuration(connection: sa.Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine) -> None:
    """Migrate to HEAD. Safe when several processes start at once.

    Raises ResourceError when the database was made by a newer version.
    """
    with engine.connect() as connection:
        if current(connection) == HEAD:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        found = current(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise ResourceError(
                f"The database has schema {found}, newer than {HEAD} of this version.",
                hint="Install the newer Bottega again, or use another BOTTEGA_HOME.",
            )
        from alembic import command

        command.upgrade(configuration(connection), "head")


def current(connection: sa.Connection) -> str | None:
    """The schema version that the database is at; None when it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
