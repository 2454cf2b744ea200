"""a cohort may be a sample

Revision ID: cohort_sample
Revises: the_house
"""

import sqlalchemy as sa
from alembic import op

revision = "cohort_sample"
down_revision = "the_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sample", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.alter_column("sample", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.drop_column("sample")
