"""places in a tier are counted

Revision ID: rank
Revises: decision
"""

import sqlalchemy as sa
from alembic import op

revision = "rank"
down_revision = "decision"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rank",
        sa.Column("tier", sa.String(length=32), nullable=False),
        sa.Column("growth", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tier", "growth", name=op.f("pk_rank")),
    )


def downgrade() -> None:
    op.drop_table("rank")
