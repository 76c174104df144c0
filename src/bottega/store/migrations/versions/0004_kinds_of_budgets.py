"""Budgets of providers and projects, and alerts before a cap is reached"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("holds", sa.Column("provider", sa.Text(), nullable=False, server_default=""))
    op.add_column("holds", sa.Column("project", sa.Text(), nullable=False, server_default=""))
    op.add_column("budget_windows", sa.Column("alerted", sa.Integer(), nullable=False, server_default="0"))
    # What was held before is counted by its provider too: a model's id begins with its engine's name.
    position = "strpos" if op.get_bind().dialect.name == "postgresql" else "instr"
    slash = f"{position}(model_id, '/')"
    op.execute(
        f"UPDATE holds SET provider = substr(model_id, 1, {slash} - 1) WHERE {slash} > 1"  # noqa: S608 - no input
    )
    op.create_table(
        "budget_alerts",
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("budget_id", "subject", "starts_at", "level", name=op.f("pk_budget_alerts")),
    )
    op.create_index("ix_budget_alerts_at", "budget_alerts", ["at"])
