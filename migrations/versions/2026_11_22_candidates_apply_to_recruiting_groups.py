"""candidates apply to recruiting groups

Revision ID: candidate
Revises: rank
"""

import sqlalchemy as sa
from alembic import op

revision = "candidate"
down_revision = "rank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("consent_version", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('applied', 'accepted', 'declined', 'withdrawn', 'joined')", name=op.f("ck_candidate_state")
        ),
        sa.CheckConstraint("way IN ('pool', 'campaign', 'policy')", name=op.f("ck_candidate_way")),
        sa.CheckConstraint("phone IS NOT NULL OR repeats_id IS NOT NULL", name=op.f("ck_candidate_reachable")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_candidate_by_id_person")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_candidate_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_candidate_person_id_person")),
        sa.ForeignKeyConstraint(["repeats_id"], ["candidate.id"], name=op.f("fk_candidate_repeats_id_candidate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("cohort_id", "phone", name=op.f("uq_candidate_cohort_id_phone")),
        sa.UniqueConstraint("digest", name=op.f("uq_candidate_digest")),
        sa.UniqueConstraint("person_id", name=op.f("uq_candidate_person_id")),
    )
    op.create_index("ix_candidate_cohort_id_state", "candidate", ["cohort_id", "state"], unique=False)
    op.create_index(op.f("ix_candidate_repeats_id"), "candidate", ["repeats_id"], unique=False)
    op.create_table(
        "wording",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("duties", sa.String(length=1000), nullable=False),
        sa.Column("honours", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_wording_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_wording")),
    )


def downgrade() -> None:
    op.drop_table("wording")
    op.drop_table("candidate")
