"""time may change what a trainee qualifies for

Everybody is due once, so that the next run of a night finds out when she will be due again.

Revision ID: due
Revises: job
"""

import sqlalchemy as sa
from alembic import op

revision = "due"
down_revision = "job"
branch_labels = None
depends_on = None

DUE = sa.text("due IS NOT NULL")


def upgrade() -> None:
    op.add_column("standing", sa.Column("due", sa.Date(), nullable=True))
    op.execute(sa.text("UPDATE standing SET due = since"))
    op.create_index("ix_standing_due", "standing", ["due"], unique=False, sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    op.drop_index("ix_standing_due", table_name="standing", sqlite_where=DUE, postgresql_where=DUE)
    op.drop_column("standing", "due")
