"""Pictures of persons that go when their job has ended, and what each user's answers taught about taste"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "passing_pictures",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "asset_id", "job_id", name=op.f("pk_passing_pictures")),
    )
    op.create_table(
        "fashion_profiles",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_fashion_profiles")),
    )
