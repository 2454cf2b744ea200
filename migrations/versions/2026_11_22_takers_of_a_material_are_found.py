"""takers of a material are found

Revision ID: taken
Revises: invitee
"""

import sqlalchemy as sa
from alembic import op

revision = "taken"
down_revision = "invitee"
branch_labels = None
depends_on = None

TAKEN = sa.text("kind = 'material.taken'")


def upgrade() -> None:
    op.create_index(
        "ix_fact_taken", "fact", ["topic", "trainee_id"], unique=False, sqlite_where=TAKEN, postgresql_where=TAKEN
    )


def downgrade() -> None:
    op.drop_index("ix_fact_taken", table_name="fact", sqlite_where=TAKEN, postgresql_where=TAKEN)
