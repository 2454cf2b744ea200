"""staff decide and trainees appeal

Revision ID: decision
Revises: due
"""

import sqlalchemy as sa
from alembic import op

revision = "decision"
down_revision = "due"
branch_labels = None
depends_on = None

OPEN = sa.text("answered_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id_person")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_decision_fact_id_fact")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_decision_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_decision_fact_id")),
    )
    op.create_index(op.f("ix_decision_trainee_id"), "decision", ["trainee_id"], unique=False)
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("restored_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_appeal_by_id_person")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_appeal_fact_id_fact")),
        sa.ForeignKeyConstraint(["restored_id"], ["fact.id"], name=op.f("fk_appeal_restored_id_fact")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_appeal_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_appeal_fact_id")),
        sa.UniqueConstraint("restored_id", name=op.f("uq_appeal_restored_id")),
    )
    op.create_index("ix_appeal_open", "appeal", ["at"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(op.f("ix_appeal_trainee_id"), "appeal", ["trainee_id"], unique=False)


def downgrade() -> None:
    op.drop_table("appeal")
    op.drop_table("decision")
