"""documents are edited as drafts

Revision ID: draft
Revises: taken
"""

import sqlalchemy as sa
from alembic import op

revision = "draft"
down_revision = "taken"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_draft_by_id_person")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_draft_version_id_version")),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_draft")),
    )


def downgrade() -> None:
    op.drop_table("draft")
