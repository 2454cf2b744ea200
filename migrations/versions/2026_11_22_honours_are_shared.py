"""honours are shared

Revision ID: share
Revises: announcement
"""

import sqlalchemy as sa
from alembic import op

revision = "share"
down_revision = "announcement"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("named", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("named IN ('nickname', 'masked')", name=op.f("ck_share_named")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_share_fact_id_fact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
    )
    op.create_index(op.f("ix_share_fact_id"), "share", ["fact_id"], unique=False)
    op.create_index("uq_share_open", "share", ["fact_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table("share")
