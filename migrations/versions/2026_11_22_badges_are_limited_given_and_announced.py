"""badges are limited, given by hand and announced

Revision ID: announcement
Revises: revocation
"""

import sqlalchemy as sa
from alembic import op

revision = "announcement"
down_revision = "revocation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("badge", sa.String(length=60), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken > 0", name=op.f("ck_edition_taken")),
        sa.PrimaryKeyConstraint("badge", name=op.f("pk_edition")),
    )
    op.create_table(
        "by_hand",
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_by_hand_by_id_person")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_by_hand_fact_id_fact")),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_by_hand")),
    )
    op.create_table(
        "announcement",
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_announcement_by_id_person")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_announcement_fact_id_fact")),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_announcement")),
    )
    op.add_column("person", sa.Column("announce_since", sa.DateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("announce_since")
    op.drop_table("announcement")
    op.drop_table("by_hand")
    op.drop_table("edition")
