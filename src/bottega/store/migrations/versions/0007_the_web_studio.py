"""Batches, the gallery with boards and trash, sessions and preferences of the web studio"""

import sqlalchemy as sa
from alembic import op

from bottega.store.gallery_words import gallery_row

revision = "0007"
down_revision = "0006"

_AT_ONCE = 500


def upgrade() -> None:
    _batches()
    _gallery()
    op.create_table(
        "web_sessions",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_web_sessions")),
    )
    op.create_index("ix_web_sessions_expires_at", "web_sessions", ["expires_at"])
    op.create_table(
        "preferences",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_preferences")),
    )
    _show_what_is_there()


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("pause_on_error", sa.Boolean(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("submission_key", sa.Text(), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("owner", "submission_key", name=op.f("uq_batches_owner_submission_key")),
    )
    op.create_index("ix_batches_owner_created_at", "batches", ["owner", "created_at"])
    op.create_index("ix_batches_state", "batches", ["state"])
    op.create_table(
        "batch_items",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("spent_before", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_batch_items_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_batch_items")),
        sa.UniqueConstraint("batch_id", "key", name=op.f("uq_batch_items_batch_id_key")),
    )
    op.create_index("ix_batch_items_state", "batch_items", ["batch_id", "state", "number"])
    op.create_index("ix_batch_items_job_id", "batch_items", ["job_id"])
    op.create_table(
        "batch_events",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_batch_events_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "seq", name=op.f("pk_batch_events")),
    )
    op.create_index("ix_holds_job_id", "holds", ["job_id"])


def _gallery() -> None:
    op.create_table(
        "gallery",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("starred", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("owner", "asset_id", name=op.f("pk_gallery")),
    )
    op.create_index("ix_gallery_newest", "gallery", ["owner", "created_at", "asset_id"])
    op.create_index("ix_gallery_deleted_at", "gallery", ["deleted_at"])
    op.create_table(
        "boards",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_boards_owner_name")),
    )
    op.create_table(
        "board_assets",
        sa.Column("board_id", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_board_assets_board_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("board_id", "asset_id", name=op.f("pk_board_assets")),
    )
    op.create_table(
        "unneeded_files",
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_unneeded_files")),
    )


def _show_what_is_there() -> None:
    """The assets that were made before have their place in the gallery too."""
    columns = ("owner", "id", "kind", "name", "media", "provenance", "created_at")
    json_columns = ("media", "provenance")
    assets = sa.table("assets", *(sa.column(c, sa.JSON() if c in json_columns else None) for c in columns))
    gallery = sa.table(
        "gallery",
        *(
            sa.column(c)
            for c in ("owner", "asset_id", "created_at", "kind", "media", "workflow", "model_id", "words")
        ),
        sa.column("starred", sa.Boolean()),
    )
    connection = op.get_bind()
    last = ("", "")
    query = sa.select(*assets.c).order_by(assets.c.owner, assets.c.id).limit(_AT_ONCE)
    while (
        rows := connection.execute(
            query.where(sa.tuple_(assets.c.owner, assets.c.id) > sa.tuple_(*map(sa.literal, last)))
        )
        .mappings()
        .all()
    ):
        connection.execute(sa.insert(gallery), [gallery_row(dict(row)) for row in rows])
        last = (rows[-1]["owner"], rows[-1]["id"])
