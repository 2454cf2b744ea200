"""trainers lead live sessions

Scripts, the sessions that are led with them, who is there, and what is answered in their games.

Revision ID: live
Revises: why
"""

import sqlalchemy as sa
from alembic import op

revision = "live"
down_revision = "why"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "script",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_script_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script")),
    )
    with op.batch_alter_table("script") as batch:
        batch.create_index(op.f("ix_script_owner_id"), ["owner_id"])
    op.create_table(
        "live",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("block", sa.String(length=60), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("script_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("join", sa.String(length=500), nullable=False),
        sa.Column("replay", sa.String(length=500), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(cohort_id IS NULL) <> (block IS NULL)", name=op.f("ck_live_whose")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_live_by_id_person")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_live_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["script_id"], ["script.id"], name=op.f("fk_live_script_id_script")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live")),
        sa.UniqueConstraint("block", "planned_at", name=op.f("uq_live_block_planned_at")),
        sa.UniqueConstraint("code", name=op.f("uq_live_code")),
    )
    with op.batch_alter_table("live") as batch:
        batch.create_index("ix_live_cohort_id_planned_at", ["cohort_id", "planned_at"])
        batch.create_index(op.f("ix_live_script_id"), ["script_id"])
        batch.create_index("ix_live_settled", ["settled"])
    op.create_table(
        "presence",
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_presence_live_id_live")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_presence_trainee_id_person")),
        sa.PrimaryKeyConstraint("live_id", "trainee_id", name=op.f("pk_presence")),
        sa.UniqueConstraint("live_id", "ticket", name=op.f("uq_presence_live_id_ticket")),
    )
    with op.batch_alter_table("presence") as batch:
        batch.create_index(op.f("ix_presence_trainee_id"), ["trainee_id"])
    op.create_table(
        "game",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("entered", sa.JSON(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["live_id"], ["live.id"], name=op.f("fk_game_live_id_live")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_game")),
        sa.UniqueConstraint("live_id", "n", name=op.f("uq_game_live_id_n")),
    )
    op.create_table(
        "reply",
        sa.Column("game_id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["game_id"], ["game.id"], name=op.f("fk_reply_game_id_game")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_reply_trainee_id_person")),
        sa.PrimaryKeyConstraint("game_id", "trainee_id", name=op.f("pk_reply")),
    )
    with op.batch_alter_table("reply") as batch:
        batch.create_index(op.f("ix_reply_trainee_id"), ["trainee_id"])


def downgrade() -> None:
    for table in ("reply", "game", "presence", "live", "script"):
        op.drop_table(table)
