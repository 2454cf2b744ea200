"""Rows of people and of the cohorts that they learn in."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.db import Model
from academy.people.rules import KINDS, PERMISSIONS, PHASES, TAKING, TIER


class Person(Model):
    """Somebody with an account: a trainee, a trainer, or the brand's staff."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("phone"),
        UniqueConstraint("email"),
        CheckConstraint("role IN ('trainee', 'trainer', 'brand')", name="role"),
        CheckConstraint("phone IS NOT NULL OR email IS NOT NULL OR erased_at IS NOT NULL", name="reachable"),
        Index(
            "ix_person_external_since",
            "external_since",
            sqlite_where=text("external_since IS NOT NULL"),
            postgresql_where=text("external_since IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(16), index=True)
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(40))
    legal_name: Mapped[str | None] = mapped_column(String(40))
    salutation: Mapped[str] = mapped_column(String(8), default="")
    locale: Mapped[str | None] = mapped_column(String(8))
    theme: Mapped[str | None] = mapped_column(String(8))
    consent_version: Mapped[str | None] = mapped_column(String(20))
    consent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    epoch: Mapped[int] = mapped_column(default=0)
    external: Mapped[bool] = mapped_column(default=False)
    """Whether she distributes from outside (外部分销者): no tiers unless the ladder says so, a timed assessment."""
    external_since: Mapped[datetime | None]
    """Since when her time for that assessment runs; anew when staff take her back."""
    removed_at: Mapped[datetime | None]
    """When that time was over without it; she learns nothing more, but what is hers stays hers."""
    announce_since: Mapped[datetime | None]
    """Since when she agrees to having her honours announced in her class's group; none are unless she does."""
    erased_at: Mapped[datetime | None]

    memberships: Mapped[list["Membership"]] = relationship(order_by="Membership.id.desc()", viewonly=True)

    is_authenticated = True
    is_anonymous = False
    standing: ClassVar[Any] = None
    """Her standing, put here by whoever loads the visitor of a page; None for staff."""
    visit: ClassVar[Any] = None
    """What else was read with her, likewise."""

    @property
    def is_active(self) -> bool:
        return self.erased_at is None

    def get_id(self) -> str:
        """The session's key: a changed password raises the epoch and ends all other sessions."""
        return f"{self.id}.{self.epoch}"

    def may(self, permission: str) -> bool:
        """Whether this person's role holds a permission word, e.g. `handin.review`."""
        return permission in PERMISSIONS[self.role]


class Trait(Model):
    """What else is known of a trainee: a channel that she is at home in, a tag, an attribute with its value."""

    __tablename__ = "trait"
    __table_args__ = (
        CheckConstraint("kind IN ('channel', 'tag', 'attribute')", name="kind"),
        Index("ix_trait_kind_key", "kind", "key"),
    )

    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(default=1)


def _named(context: Any) -> str:
    return str(context.get_current_parameters()["name"])


class Cohort(Model):
    """A class (班级) of one tier, or a recruiting group (招募群), led by a trainer; its code is the invitation link.

    Its name is made of title, number and phase, and shown everywhere. `group_qr` leads to its chat group outside.
    The invented people of a sample cohort show what the desk looks like, and can be cleared with it.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="seats"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"phase IN {PHASES}", name="phase"),
        Index("ix_cohort_tier_open", "tier", "open"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    tier: Mapped[str] = mapped_column(String(32))
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    open: Mapped[bool] = mapped_column(default=True)
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10), default=TIER)
    title: Mapped[str] = mapped_column(String(60), default=_named)
    number: Mapped[int | None]
    phase: Mapped[str] = mapped_column(String(10), default="training")
    rules: Mapped[str] = mapped_column(String(2000), default="")
    group_qr: Mapped[str | None] = mapped_column(String(80))
    group_qr_until: Mapped[datetime | None]
    external: Mapped[bool] = mapped_column(default=False)
    """Whether who signs up through it distributes from outside."""

    trainer: Mapped[Person | None] = relationship()
    phases: Mapped[list["Phase"]] = relationship(order_by="Phase.id", viewonly=True)

    @hybrid_property
    def takes(self) -> bool:
        """Whether newcomers may join it, while it has seats."""
        return self.open and self.phase in TAKING

    @takes.inplace.expression
    @classmethod
    def _takes(cls) -> ColumnElement[bool]:
        return and_(cls.open, cls.phase.in_(TAKING))


class Phase(Model):
    """When a cohort entered a phase, who moved it there, and how it was called from then on."""

    __tablename__ = "phase"
    __table_args__ = (CheckConstraint(f"phase IN {PHASES}", name="phase"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    phase: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    since: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship()


class Wording(Model):
    """The duties and honours that a recruiting group states; what is empty is said in the academy's words."""

    __tablename__ = "wording"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    duties: Mapped[str] = mapped_column(String(1000), default="")
    honours: Mapped[str] = mapped_column(String(1000), default="")


class Acceptance(Model):
    """A trainee has accepted the rules of her cohort, as they were then."""

    __tablename__ = "acceptance"

    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), primary_key=True, index=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]


class Appointment(Model):
    """Something on a cohort's calendar (日程), e.g. a live session; `link` is where it happens, if online."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_cohort_id_at", "cohort_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    title: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    link: Mapped[str | None] = mapped_column(String(500))

    cohort: Mapped[Cohort] = relationship()


class Invitee(Model):
    """Somebody whom the brand put on a cohort's list by phone number; `person_id` once she has signed up."""

    __tablename__ = "invitee"
    __table_args__ = (UniqueConstraint("phone"), UniqueConstraint("person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    phone: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    cohort: Mapped[Cohort] = relationship()


class Candidate(Model):
    """Somebody who applies for a place in a recruiting group; `person_id` once she has joined.

    The link to her application holds a token, of which the digest is kept. Whoever applies with a number that has
    applied already learns nothing of that: what she writes stands, without the number, beside the first one, which
    `repeats_id` names.
    """

    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("cohort_id", "phone"),
        UniqueConstraint("digest"),
        UniqueConstraint("person_id"),
        CheckConstraint("state IN ('applied', 'accepted', 'declined', 'withdrawn', 'joined')", name="state"),
        CheckConstraint("way IN ('pool', 'campaign', 'policy')", name="way"),
        CheckConstraint("phone IS NOT NULL OR repeats_id IS NOT NULL", name="reachable"),
        Index("ix_candidate_cohort_id_state", "cohort_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    phone: Mapped[str | None] = mapped_column(String(20))
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(String(500))
    channel: Mapped[str] = mapped_column(String(20))
    way: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="applied")
    at: Mapped[datetime]
    consent_version: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(300), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    cohort: Mapped[Cohort] = relationship()


class Membership(Model):
    """A trainee's time in a cohort; the one without an end is where she is now."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_current",
            "trainee_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship()


class Waiting(Model):
    """A trainee for whom no open cohort of her tier had a seat."""

    __tablename__ = "waiting"

    trainee_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    tier: Mapped[str] = mapped_column(String(32), index=True)
    since: Mapped[datetime]


class ResetCode(Model):
    """A one-time password-reset code that staff hands over; only its digest is kept."""

    __tablename__ = "reset_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempted(Model):
    """One try at something throttled (a sign-in, a look-up), under a digest of who tried."""

    __tablename__ = "attempted"
    __table_args__ = (Index("ix_attempted_scope_key_at", "scope", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Audit(Model):
    """What staff did to whom; ids only, so that erasure need not touch it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
