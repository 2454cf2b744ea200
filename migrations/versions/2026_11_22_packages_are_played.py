"""packages are played

Revision ID: playthrough
Revises: reviewing
"""

import sqlalchemy as sa
from alembic import op

revision = "playthrough"
down_revision = "reviewing"
branch_labels = None
depends_on = None

OPEN = sa.text("finished_at IS NULL")
STATUSES = "('passed', 'completed', 'failed', 'incomplete', 'browsed', 'not attempted')"


def upgrade() -> None:
    op.create_table(
        "playthrough",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("package", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("launch", sa.Integer(), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_playthrough_trainee_id_person")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_playthrough_version_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playthrough")),
        sa.UniqueConstraint("trainee_id", "package", "number", name=op.f("uq_playthrough_trainee_id_package_number")),
    )
    op.create_index("ix_playthrough_package", "playthrough", ["package"], unique=False)
    op.create_index(
        "uq_playthrough_open",
        "playthrough",
        ["trainee_id", "package"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "playthrough_part",
        sa.Column("playthrough_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=13), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"status IN {STATUSES}", name=op.f("ck_playthrough_part_status")),
        sa.ForeignKeyConstraint(
            ["playthrough_id"], ["playthrough.id"], name=op.f("fk_playthrough_part_playthrough_id_playthrough")
        ),
        sa.PrimaryKeyConstraint("playthrough_id", "position", name=op.f("pk_playthrough_part")),
    )


def downgrade() -> None:
    op.drop_table("playthrough_part")
    op.drop_table("playthrough")
