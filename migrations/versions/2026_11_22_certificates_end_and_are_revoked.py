"""certificates end, are revoked and restored, and are printed anew with another name

Revision ID: revocation
Revises: phase
"""

import sqlalchemy as sa
from alembic import op

revision = "revocation"
down_revision = "phase"
branch_labels = None
depends_on = None

UNANSWERED = sa.text("answered_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("links", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(op.f("fk_certificate_by_id_person"), "person", ["by_id"], ["id"])
        batch_op.drop_constraint(op.f("uq_certificate_fact_id"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_certificate_fact_id_version"), ["fact_id", "version"])
    op.create_table(
        "revocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("restored_fact_id", sa.Integer(), nullable=True),
        sa.Column("restored_reason", sa.String(length=200), nullable=False),
        sa.Column("restored_by_id", sa.Integer(), nullable=True),
        sa.Column("restored_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_revocation_by_id_person")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_revocation_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_revocation_fact_id_fact")),
        sa.ForeignKeyConstraint(["restored_by_id"], ["person.id"], name=op.f("fk_revocation_restored_by_id_person")),
        sa.ForeignKeyConstraint(["restored_fact_id"], ["fact.id"], name=op.f("fk_revocation_restored_fact_id_fact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_revocation_fact_id")),
        sa.UniqueConstraint("restored_fact_id", name=op.f("uq_revocation_restored_fact_id")),
    )
    op.create_index(op.f("ix_revocation_certificate_id"), "revocation", ["certificate_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("salutation", sa.String(length=8), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("reprint_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_correction_by_id_person")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_correction_certificate_id_certificate")
        ),
        sa.ForeignKeyConstraint(["reprint_id"], ["certificate.id"], name=op.f("fk_correction_reprint_id_certificate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_certificate_id"), "correction", ["certificate_id"], unique=False)
    op.create_index(
        "ix_correction_open", "correction", ["at"], unique=False, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
    )
    op.create_index(
        "uq_correction_open",
        "correction",
        ["certificate_id"],
        unique=True,
        sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    )


def downgrade() -> None:
    op.drop_table("correction")
    op.drop_table("revocation")
    # An honour had one paper.
    op.execute(
        "DELETE FROM certificate WHERE EXISTS (SELECT 1 FROM certificate AS later"
        " WHERE later.fact_id = certificate.fact_id AND later.version > certificate.version)"
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_certificate_fact_id_version"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_certificate_fact_id"), ["fact_id"])
        batch_op.drop_constraint(op.f("fk_certificate_by_id_person"), type_="foreignkey")
        for name in ("links", "by_id", "expires_on", "version"):
            batch_op.drop_column(name)
