"""a violation is kept as a case

Revision ID: case
Revises: group
"""

import sqlalchemy as sa
from alembic import op

revision = "case"
down_revision = "group"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conduct_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("lifted_id", sa.Integer(), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_note", sa.String(length=500), nullable=False),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_conduct_case_by_id_person")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_conduct_case_fact_id_fact")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_conduct_case_lifted_by_id_person")),
        sa.ForeignKeyConstraint(["lifted_id"], ["fact.id"], name=op.f("fk_conduct_case_lifted_id_fact")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_conduct_case_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_case")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_conduct_case_fact_id")),
        sa.UniqueConstraint("lifted_id", name=op.f("uq_conduct_case_lifted_id")),
    )
    op.create_index(op.f("ix_conduct_case_trainee_id"), "conduct_case", ["trainee_id"], unique=False)


def downgrade() -> None:
    op.drop_table("conduct_case")
