"""who comes from outside may be removed

Revision ID: removed
Revises: candidate
"""

import sqlalchemy as sa
from alembic import op

revision = "removed"
down_revision = "candidate"
branch_labels = None
depends_on = None

BEGUN = sa.text("external_since IS NOT NULL")


def upgrade() -> None:
    op.add_column("person", sa.Column("external_since", sa.DateTime(), nullable=True))
    op.add_column("person", sa.Column("removed_at", sa.DateTime(), nullable=True))
    op.create_index(
        "ix_person_external_since", "person", ["external_since"], sqlite_where=BEGUN, postgresql_where=BEGUN
    )


def downgrade() -> None:
    op.drop_index("ix_person_external_since", table_name="person")
    op.drop_column("person", "removed_at")
    op.drop_column("person", "external_since")
