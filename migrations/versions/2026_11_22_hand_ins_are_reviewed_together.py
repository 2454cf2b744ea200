"""hand-ins are reviewed together

Rubrics, remarks on passages, phrases, reviews among fellow students, briefs with licences, and when a reply is due.

Revision ID: reviewing
Revises: upload
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from academy import clock

revision = "reviewing"
down_revision = "upload"
branch_labels = None
depends_on = None

OWNED = sa.text("owner_id IS NOT NULL")
UGC = sa.text("kind = 'ugc'")
SOME = 1000

STATES = """
UPDATE hand_in SET state = (
    SELECT CASE
        WHEN fact.kind = 'handin.accepted' THEN 'accepted'
        WHEN EXISTS (
            SELECT 1 FROM hand_in AS later
            WHERE later.trainee_id = hand_in.trainee_id AND later.practice = hand_in.practice
              AND later.number > hand_in.number
        ) THEN 'revised'
        ELSE 'returned'
    END FROM fact WHERE fact.id = hand_in.verdict_id
) WHERE verdict_id IS NOT NULL
"""


def upgrade() -> None:
    with op.batch_alter_table("hand_in") as table:
        table.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="handin"))
        table.add_column(sa.Column("link", sa.String(length=500), nullable=False, server_default=""))
        table.add_column(sa.Column("checks", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("due", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("state", sa.String(length=10), nullable=False, server_default="waiting"))
        table.add_column(sa.Column("scores", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_hand_in_owner_id_person"), "person", ["owner_id"], ["id"])
        table.create_check_constraint(op.f("ck_hand_in_kind"), "kind IN ('handin', 'ugc')")
        table.create_check_constraint(
            op.f("ck_hand_in_state"), "state IN ('waiting', 'returned', 'accepted', 'revised')"
        )
    op.execute(STATES)
    _promise()
    with op.batch_alter_table("hand_in") as table:
        table.alter_column("due", existing_type=sa.DateTime(), nullable=False)
    op.create_index("ix_hand_in_state_due", "hand_in", ["state", "due", "id"], unique=False)
    op.create_index("ix_hand_in_state_verdict_id", "hand_in", ["state", "verdict_id"], unique=False)
    op.create_index("ix_hand_in_practice_shared_state", "hand_in", ["practice", "shared", "state"], unique=False)
    op.create_index(
        "ix_hand_in_owner_id_state",
        "hand_in",
        ["owner_id", "state"],
        unique=False,
        sqlite_where=OWNED,
        postgresql_where=OWNED,
    )
    op.create_index(
        "ix_hand_in_ugc", "hand_in", ["state", "verdict_id"], unique=False, sqlite_where=UGC, postgresql_where=UGC
    )
    op.create_index(op.f("ix_picture_file"), "picture", ["file"], unique=False)
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hand_in_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_in.id"], name=op.f("fk_remark_hand_in_id_hand_in")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_remark_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sa.UniqueConstraint(
            "hand_in_id",
            "author_id",
            "start",
            "end",
            "text",
            name=op.f("uq_remark_hand_in_id_author_id_start_end_text"),
        ),
    )
    op.create_table(
        "phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_phrase_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_index(op.f("ix_phrase_owner_id"), "phrase", ["owner_id"], unique=False)
    op.create_table(
        "licence",
        sa.Column("hand_in_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("portrait", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("scope IN ('site', 'brand')", name=op.f("ck_licence_scope")),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_in.id"], name=op.f("fk_licence_hand_in_id_hand_in")),
        sa.PrimaryKeyConstraint("hand_in_id", name=op.f("pk_licence")),
    )
    op.create_table(
        "peer_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hand_in_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_in.id"], name=op.f("fk_peer_review_hand_in_id_hand_in")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_peer_review_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_review")),
        sa.UniqueConstraint("hand_in_id", "author_id", name=op.f("uq_peer_review_hand_in_id_author_id")),
    )
    op.create_index(op.f("ix_peer_review_author_id"), "peer_review", ["author_id"], unique=False)


def _promise() -> None:
    """What was handed in before was promised for twenty hours of the next brand day."""
    hand_in = sa.table(
        "hand_in", sa.column("id", sa.Integer), sa.column("at", sa.DateTime), sa.column("due", sa.DateTime)
    )
    connection, last = op.get_bind(), 0
    while rows := connection.execute(
        sa.select(hand_in.c.id, hand_in.c.at).where(hand_in.c.id > last).order_by(hand_in.c.id).limit(SOME)
    ).all():
        for id, at in rows:
            due = _due(at)
            connection.execute(hand_in.update().where(hand_in.c.id == id).values(due=due))
        last = rows[-1].id


def _due(at: datetime) -> datetime:
    day = at.replace(tzinfo=UTC).astimezone(clock.ZONE).date() + timedelta(days=1)
    due = datetime(day.year, day.month, day.day, 20, tzinfo=clock.ZONE)
    return due.astimezone(UTC).replace(tzinfo=None)


def downgrade() -> None:
    for table in ("peer_review", "licence", "phrase", "remark"):
        op.drop_table(table)
    op.drop_index(op.f("ix_picture_file"), "picture")
    for index in ("ugc", "owner_id_state", "practice_shared_state", "state_verdict_id", "state_due"):
        op.drop_index(f"ix_hand_in_{index}", "hand_in")
    with op.batch_alter_table("hand_in") as table:
        table.drop_constraint(op.f("ck_hand_in_state"), type_="check")
        table.drop_constraint(op.f("ck_hand_in_kind"), type_="check")
        table.drop_constraint(op.f("fk_hand_in_owner_id_person"), type_="foreignkey")
        for column in ("owner_id", "scores", "state", "shared", "due", "checks", "link", "kind"):
            table.drop_column(column)
