"""a certificate that cannot be issued stops no batch

Revision ID: why
Revises: post
"""

import sqlalchemy as sa
from alembic import op

revision = "why"
down_revision = "post"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pick", sa.Column("why", sa.String(length=200), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("pick", schema=None) as batch_op:
        batch_op.drop_column("why")
