"""Experiments, what users say of results, and indexes for questions over a span of time"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "experiments",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("arms", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_experiments")),
    )
    op.create_table(
        "feedback",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("experiment", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("liked", sa.Boolean(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_owner_at", "feedback", ["owner", "at"])
    op.create_index("ix_feedback_at", "feedback", ["at"])
    op.create_index("ix_feedback_experiment", "feedback", ["experiment"])
    op.create_table(
        "feature_ratings",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["feedback.job_id"], name=op.f("fk_feature_ratings_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "feature", name=op.f("pk_feature_ratings")),
    )
    op.create_index("ix_observations_owner_at", "observations", ["owner", "at"])
    op.create_index("ix_observations_kind_at", "observations", ["kind", "at"])
    op.create_index("ix_ledger_at", "ledger", ["at"])
    op.create_index("ix_jobs_created_at", "jobs", ["created_at", "state"])
