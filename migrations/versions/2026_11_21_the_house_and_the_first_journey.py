"""the house and the first journey

Revision ID: the_house
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "the_house"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempted",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempted")),
    )
    with op.batch_alter_table("attempted", schema=None) as batch_op:
        batch_op.create_index("ix_attempted_scope_key_at", ["scope", "key", "at"], unique=False)

    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint("kind", "topic", name=op.f("uq_measure_kind_topic")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("legal_name", sa.String(length=40), nullable=True),
        sa.Column("salutation", sa.String(length=8), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=True),
        sa.Column("theme", sa.String(length=8), nullable=True),
        sa.Column("consent_version", sa.String(length=20), nullable=True),
        sa.Column("consent_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("role IN ('trainee', 'trainer', 'brand')", name=op.f("ck_person_role")),
        sa.CheckConstraint(
            "phone IS NOT NULL OR email IS NOT NULL OR erased_at IS NOT NULL", name=op.f("ck_person_reachable")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("phone", name=op.f("uq_person_phone")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_role"), ["role"], unique=False)

    op.create_table(
        "serial",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_serial")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["person.id"], name=op.f("fk_audit_staff_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("tier", sa.String(length=32), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_cohort_seats")),
        sa.ForeignKeyConstraint(["trainer_id"], ["person.id"], name=op.f("fk_cohort_trainer_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("code", name=op.f("uq_cohort_code")),
    )
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.create_index("ix_cohort_tier_open", ["tier", "open"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohort_trainer_id"), ["trainer_id"], unique=False)

    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("occurrence", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_fact_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint(
            "trainee_id", "kind", "topic", "occurrence", name=op.f("uq_fact_trainee_id_kind_topic_occurrence")
        ),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index("ix_fact_trainee_id_at", ["trainee_id", "at"], unique=False)
        batch_op.create_index("ix_fact_trainee_id_kind_day", ["trainee_id", "kind", "day"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_release_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    op.create_table(
        "reset_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_reset_code_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reset_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_code")),
    )
    with op.batch_alter_table("reset_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reset_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "standing",
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("growth", sa.Integer(), nullable=False),
        sa.Column("feathers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_standing_trainee_id_person")),
        sa.PrimaryKeyConstraint("trainee_id", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_growth"), ["growth"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_tier"), ["tier"], unique=False)

    op.create_table(
        "tally",
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("best", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_tally_measure_id_measure")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_tally_trainee_id_person")),
        sa.PrimaryKeyConstraint("trainee_id", "measure_id", name=op.f("pk_tally")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "waiting",
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_waiting_trainee_id_person")),
        sa.PrimaryKeyConstraint("trainee_id", name=op.f("pk_waiting")),
    )
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_tier"), ["tier"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("quiz", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("draw", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.Column("fact_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(finished_at IS NULL) = (fact_id IS NULL)", name=op.f("ck_attempt_finished")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_attempt_fact_id_fact")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_attempt_release_id_release")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_attempt_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_attempt_fact_id")),
        sa.UniqueConstraint("trainee_id", "quiz", "number", name=op.f("uq_attempt_trainee_id_quiz_number")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(
            "uq_attempt_open",
            ["trainee_id", "quiz"],
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("design", sa.String(length=40), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("salutation", sa.String(length=8), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_certificate_fact_id_fact")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_certificate_release_id_release")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_certificate_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_certificate_fact_id")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_serial")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_trainee_id"), ["trainee_id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=10), nullable=False),
        sa.Column("counter", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("currency IN ('growth', 'feathers')", name=op.f("ck_entry_currency")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_entry_fact_id_fact")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_entry_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint(
            "fact_id", "rule", "currency", "counter", name=op.f("uq_entry_fact_id_rule_currency_counter")
        ),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_trainee_id"), ["trainee_id"], unique=False)
        batch_op.create_index("ix_entry_trainee_id_rule_day", ["trainee_id", "rule", "day"], unique=False)

    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("reward", sa.String(length=40), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_grant_fact_id_fact")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_grant_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_grant_fact_id")),
        sa.UniqueConstraint("trainee_id", "reward", name=op.f("uq_grant_trainee_id_reward")),
    )
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_reward"), ["reward"], unique=False)

    op.create_table(
        "hand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("verdict_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_hand_in_reviewer_id_person")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_hand_in_trainee_id_person")),
        sa.ForeignKeyConstraint(["verdict_id"], ["fact.id"], name=op.f("fk_hand_in_verdict_id_fact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in")),
        sa.UniqueConstraint("trainee_id", "practice", "number", name=op.f("uq_hand_in_trainee_id_practice_number")),
        sa.UniqueConstraint("verdict_id", name=op.f("uq_hand_in_verdict_id")),
    )
    with op.batch_alter_table("hand_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_in_at"), ["at"], unique=False)
        batch_op.create_index(
            "uq_hand_in_waiting",
            ["trainee_id", "practice"],
            unique=True,
            sqlite_where=sa.text("verdict_id IS NULL"),
            postgresql_where=sa.text("verdict_id IS NULL"),
        )

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_membership_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_membership_trainee_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(
            "uq_membership_current",
            ["trainee_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("origin IN ('pack', 'studio')", name=op.f("ck_version_origin")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_version_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("kind", "key", "release_id", name=op.f("uq_version_kind_key_release_id")),
    )
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_release_id"), ["release_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_answer_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("attempt_id", "question", name=op.f("uq_answer_attempt_id_question")),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hand_in_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hand_in_id"], ["hand_in.id"], name=op.f("fk_picture_hand_in_id_hand_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("hand_in_id", "position", name=op.f("uq_picture_hand_in_id_position")),
    )
    op.create_table(
        "voucher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reward", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_voucher_grant_id_grant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_voucher_grant_id")),
        sa.UniqueConstraint("reward", "code", name=op.f("uq_voucher_reward_code")),
    )
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.create_index("ix_voucher_reward_grant_id", ["reward", "grant_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.drop_index("ix_voucher_reward_grant_id")

    op.drop_table("voucher")
    op.drop_table("picture")
    op.drop_table("answer")
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_version_release_id"))

    op.drop_table("version")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_current", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_membership_cohort_id"))

    op.drop_table("membership")
    with op.batch_alter_table("hand_in", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hand_in_waiting",
            sqlite_where=sa.text("verdict_id IS NULL"),
            postgresql_where=sa.text("verdict_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_hand_in_at"))

    op.drop_table("hand_in")
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_reward"))

    op.drop_table("grant")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_trainee_id_rule_day")
        batch_op.drop_index(batch_op.f("ix_entry_trainee_id"))

    op.drop_table("entry")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_trainee_id"))

    op.drop_table("certificate")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_attempt_open",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.drop_table("attempt")
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_tier"))

    op.drop_table("waiting")
    op.drop_table("tally")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_tier"))
        batch_op.drop_index(batch_op.f("ix_standing_growth"))

    op.drop_table("standing")
    with op.batch_alter_table("reset_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reset_code_person_id"))

    op.drop_table("reset_code")
    op.drop_table("release")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_trainee_id_kind_day")
        batch_op.drop_index("ix_fact_trainee_id_at")

    op.drop_table("fact")
    with op.batch_alter_table("cohort", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohort_trainer_id"))
        batch_op.drop_index("ix_cohort_tier_open")

    op.drop_table("cohort")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_staff_id"))
        batch_op.drop_index(batch_op.f("ix_audit_at"))

    op.drop_table("audit")
    op.drop_table("serial")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_role"))

    op.drop_table("person")
    op.drop_table("measure")
    with op.batch_alter_table("attempted", schema=None) as batch_op:
        batch_op.drop_index("ix_attempted_scope_key_at")

    op.drop_table("attempted")
