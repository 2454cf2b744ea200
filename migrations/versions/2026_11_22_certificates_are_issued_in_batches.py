"""certificates are issued in batches

Revision ID: batch
Revises: share
"""

import sqlalchemy as sa
from alembic import op

revision = "batch"
down_revision = "share"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("design", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_batch_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_table(
        "pick",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ticked", sa.Boolean(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_pick_batch_id_batch")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_pick_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_pick_trainee_id_person")),
        sa.PrimaryKeyConstraint("batch_id", "trainee_id", name=op.f("pk_pick")),
        sa.UniqueConstraint("batch_id", "place", name=op.f("uq_pick_batch_id_place")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_pick_certificate_id")),
    )
    op.add_column("certificate", sa.Column("quiet", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_column("quiet")
    op.drop_table("pick")
    op.drop_table("batch")
