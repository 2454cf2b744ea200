"""files come up in pieces

Revision ID: upload
Revises: snapshot
"""

import sqlalchemy as sa
from alembic import op

revision = "upload"
down_revision = "snapshot"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("file", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_upload_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_by_id"), "upload", ["by_id"])
    op.create_index(op.f("ix_upload_at"), "upload", ["at"])


def downgrade() -> None:
    op.drop_table("upload")
