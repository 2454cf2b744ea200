"""lessons are discussed

Revision ID: post
Revises: playthrough
"""

import sqlalchemy as sa
from alembic import op

revision = "post"
down_revision = "playthrough"
branch_labels = None
depends_on = None

QUESTION = sa.text("question_id IS NULL")
ACCEPTED = sa.text("accepted")
OPEN = sa.text("settled_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.String(length=60), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("locked_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'passed', 'down', 'deleted')", name=op.f("ck_post_state")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_post_author_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["post.id"], name=op.f("fk_post_question_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index(op.f("ix_post_author_id"), "post", ["author_id"], unique=False)
    op.create_index("ix_post_lesson", "post", ["lesson", "id"], sqlite_where=QUESTION, postgresql_where=QUESTION)
    op.create_index("ix_post_question_id", "post", ["question_id", "id"])
    op.create_index("ix_post_state", "post", ["state", "id"])
    op.create_index(
        "uq_post_accepted", "post", ["question_id"], unique=True, sqlite_where=ACCEPTED, postgresql_where=ACCEPTED
    )
    op.create_table(
        "post_report",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('private', 'unkind', 'advert', 'wrong', 'other')", name=op.f("ck_post_report_reason")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_report_post_id_post")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_post_report_reporter_id_person")),
        sa.PrimaryKeyConstraint("post_id", "reporter_id", name=op.f("pk_post_report")),
    )
    op.create_index(op.f("ix_post_report_reporter_id"), "post_report", ["reporter_id"])
    op.create_index("ix_post_report_open", "post_report", ["post_id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table("post_report")
    op.drop_table("post")
