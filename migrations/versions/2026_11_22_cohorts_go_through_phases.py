"""cohorts go through phases, have rules to accept, and a group outside with a code to join it

Revision ID: phase
Revises: case
"""

import sqlalchemy as sa
from alembic import op

revision = "phase"
down_revision = "case"
branch_labels = None
depends_on = None

KIND = "kind IN ('tier', 'recruiting')"
PHASE = "phase IN ('recruiting', 'before', 'training', 'closing', 'ended')"


def upgrade() -> None:
    kind = sa.CheckConstraint(KIND, name=op.f("ck_cohort_kind"))
    phase = sa.CheckConstraint(PHASE, name=op.f("ck_cohort_phase"))
    for column in (
        sa.Column("kind", sa.String(length=10), kind, nullable=False, server_default="tier"),
        sa.Column("title", sa.String(length=60), nullable=False, server_default=""),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=10), phase, nullable=False, server_default="training"),
        sa.Column("rules", sa.String(length=2000), nullable=False, server_default=""),
        sa.Column("group_qr", sa.String(length=80), nullable=True),
        sa.Column("group_qr_until", sa.DateTime(), nullable=True),
        sa.Column("external", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("cohort", column)
    op.execute("UPDATE cohort SET title = name")
    op.create_table(
        "phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(PHASE, name=op.f("ck_phase_phase")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_phase_by_id_person")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_phase_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
    )
    op.create_index(op.f("ix_phase_cohort_id"), "phase", ["cohort_id"], unique=False)
    op.execute(
        "INSERT INTO phase (cohort_id, phase, name, since) SELECT id, phase, name, created_at FROM cohort ORDER BY id"
    )
    op.create_table(
        "acceptance",
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_acceptance_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_acceptance_trainee_id_person")),
        sa.PrimaryKeyConstraint("trainee_id", "cohort_id", "digest", name=op.f("pk_acceptance")),
    )
    op.create_index(op.f("ix_acceptance_cohort_id"), "acceptance", ["cohort_id"], unique=False)


def downgrade() -> None:
    op.drop_table("acceptance")
    op.drop_table("phase")
    for name in ("external", "group_qr_until", "group_qr", "rules", "phase", "number", "title", "kind"):
        op.drop_column("cohort", name)
