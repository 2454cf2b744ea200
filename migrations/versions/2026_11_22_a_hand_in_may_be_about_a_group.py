"""a hand-in may be about a group

Revision ID: group
Revises: removed
"""

import sqlalchemy as sa
from alembic import op

revision = "group"
down_revision = "removed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hand_in", sa.Column("people", sa.Integer(), nullable=True))
    op.add_column("hand_in", sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("hand_in", sa.Column("announced_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("hand_in", "announced_at")
    op.drop_column("hand_in", "named")
    op.drop_column("hand_in", "people")
