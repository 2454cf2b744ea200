"""drafts keep their saves, and jobs may wait for their time

Revision ID: snapshot
Revises: lessons
"""

import sqlalchemy as sa
from alembic import op

revision = "snapshot"
down_revision = "lessons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_snapshot_by_id_person")),
        sa.PrimaryKeyConstraint("kind", "key", "revision", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_at"), "snapshot", ["at"])
    op.add_column("job", sa.Column("due_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("job") as batch:
        batch.drop_column("due_at")
    op.drop_table("snapshot")
