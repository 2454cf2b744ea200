"""trainees have traits and may be external

Revision ID: trait
Revises: draft
"""

import sqlalchemy as sa
from alembic import op

revision = "trait"
down_revision = "draft"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trait",
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('channel', 'tag', 'attribute')", name=op.f("ck_trait_kind")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_trait_trainee_id_person")),
        sa.PrimaryKeyConstraint("trainee_id", "kind", "key", name=op.f("pk_trait")),
    )
    op.create_index("ix_trait_kind_key", "trait", ["kind", "key"], unique=False)
    op.add_column("person", sa.Column("external", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("person", "external")
    op.drop_index("ix_trait_kind_key", table_name="trait")
    op.drop_table("trait")
