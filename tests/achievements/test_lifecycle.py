"""What becomes of a certificate: it ends, is renewed, revoked, restored, printed anew; and what depends on it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements import papers
from academy.achievements.actions import issue_waiting, judge
from academy.achievements.certificates.actions import StillRevoked, issue
from academy.achievements.certificates.models import Certificate, Correction, Revocation
from academy.achievements.certificates.queries import held, is_worth
from academy.achievements.certificates.rules import STATUSES, status_of
from academy.achievements.rewards.actions import stock
from academy.achievements.rewards.models import Voucher
from academy.catalog.queries import published
from academy.criteria.explain import explain
from academy.criteria.language import parse
from academy.db import db
from academy.doctor.queries import differences
from academy.journal.models import Fact, Standing
from academy.journal.validity import number_of
from academy.people.models import Audit, Person
from academy.web.errors import Refused
from tests.achievements.story import almost_silver, change, run_jobs, run_night
from tests.conftest import Clock

HELD = {"certificate": {"key": "silver-honor"}}
DEPENDENT = {
    "key": "ambassador",
    "title": {"zh": "持证大使", "en": "Ambassador"},
    "how": {"zh": "持有证书", "en": "Hold the certificate"},
    "family": "special",
    "metal": "gold",
    "glyph": "award",
    "criterion": HELD,
}


@pytest.fixture
def lasting(app: Flask, session: Session) -> None:
    """The certificate runs for a hundred days, and a pledge within thirty days renews it."""
    again = {"count": {"kind": "handin.accepted", "at_least": 1, "within": "20d"}}
    change(lambda designs: designs["designs"][0].update(valid_days=100, renewal=again), "designs")
    run_jobs(app)


def earn(person: Person, name: str | None = "林晓棠") -> None:
    """Let her reach 白银, and with it her certificate."""
    with db.writing() as s:
        almost_silver(s, person.id, but={"pledge.signed"})
        s.get_one(Person, person.id).legal_name = name
        achievements.record(s, person.id, "pledge.signed", "koc", "2026-09")


def facts(session: Session, *kinds: str) -> list[tuple[str, str, int]]:
    session.rollback()
    found = session.scalars(select(Fact).where(Fact.kind.in_(kinds)).order_by(Fact.id))
    return [(fact.kind.split(".")[1], fact.occurrence, fact.value) for fact in found]


def statuses(session: Session) -> list[str]:
    """The status of each paper, oldest first; the select of the register says the same of each."""
    session.rollback()
    found = [one.status for one in reversed(held(session))]
    counted = {
        status: session.scalar(select(func.count()).select_from(Certificate).where(is_worth(status)))
        for status in STATUSES
    }
    assert counted == {status: found.count(status) for status in STATUSES}
    return found


def holds(session: Session, person: Person) -> bool:
    session.rollback()
    return explain(session, published(session), parse(HELD), person.id).met


def amiss(session: Session) -> set[str]:
    """What the doctor names; the growth of the story is made up."""
    session.rollback()
    return {difference.what for difference in differences(session)} - {"growth"}


def due(session: Session, person: Person) -> date | None:
    session.rollback()
    return session.scalars(select(Standing.due).where(Standing.trainee_id == person.id)).one()


def revoke(session: Session, staff: Person, paper: Certificate, reason: str = "冒用他人作业") -> achievements.Outcome:
    with db.writing() as s:
        return papers.revoke(s, s.get_one(Person, staff.id), paper.id, reason)


def restore(session: Session, staff: Person, paper: Certificate) -> achievements.Outcome:
    with db.writing() as s:
        return papers.restore(s, s.get_one(Person, staff.id), paper.id, "查明是误会")


@pytest.mark.parametrize(
    ("ends_in", "replaced", "revoked", "status"),
    [
        (None, False, False, "valid"),
        (31, False, False, "valid"),
        (30, False, False, "expiring"),
        (0, False, False, "expiring"),
        (-1, False, False, "expired"),
        (31, True, False, "replaced"),
        (-1, True, False, "replaced"),
        (None, True, True, "revoked"),
    ],
)
def test_what_weighs_more_is_said_first(ends_in: int | None, replaced: bool, revoked: bool, status: str) -> None:
    today = date(2026, 9, 14)
    ends = None if ends_in is None else today + timedelta(days=ends_in)
    assert status_of(today, ends, replaced, revoked) == status


def test_a_certificate_keeps_the_end_that_it_was_issued_with(
    app: Flask, lasting: None, session: Session, tang: Person
) -> None:
    earn(tang)
    change(lambda designs: designs["designs"][0].update(valid_days=60), "designs")
    paper = session.scalars(select(Certificate)).one()
    assert (paper.version, paper.expires_on, paper.by_id) == (1, date(2026, 12, 23), None)
    assert facts(session, "certificate.issued") == [("issued", "1", number_of(date(2026, 12, 23)))]


def test_one_without_an_end_says_so_in_its_fact(session: Session, paper: Certificate) -> None:
    assert paper.expires_on is None
    assert facts(session, "certificate.issued") == [("issued", "1", 1)]
    assert statuses(session) == ["valid"]


def test_she_is_told_once_thirty_days_before_the_end_and_it_ends_on_its_day(
    app: Flask, lasting: None, session: Session, clock: Clock, tang: Person
) -> None:
    earn(tang)
    assert due(session, tang) == date(2026, 11, 23), "thirty days before the end"
    run_night(app)
    assert facts(session, "certificate.expiring") == []
    clock.move(days=70)
    assert statuses(session) == ["expiring"]
    run_night(app)
    run_night(app)
    clock.move(days=1)
    run_night(app)
    assert facts(session, "certificate.expiring") == [("expiring", "1", number_of(date(2026, 12, 23)))]
    assert due(session, tang) == date(2026, 12, 24)
    clock.move(days=29)
    assert holds(session, tang), "its last day counts"
    clock.move(days=1)
    assert statuses(session) == ["expired"]
    assert not holds(session, tang)


def test_who_has_a_legal_name_only_later_is_due_all_the_same(
    app: Flask, lasting: None, session: Session, tang: Person
) -> None:
    earn(tang, name=None)
    with db.writing() as s:
        holder = s.get_one(Person, tang.id)
        holder.legal_name = "林晓棠"
        assert issue_waiting(s, holder).won("certificate.issued") == ["silver-honor"]
    assert due(session, tang) == date(2026, 11, 23)


def test_whoever_meets_the_renewal_near_the_end_is_issued_the_next_one_from_that_end_on(
    app: Flask, lasting: None, session: Session, clock: Clock, tang: Person
) -> None:
    earn(tang)
    with db.writing() as s:
        early = achievements.record(s, tang.id, "handin.accepted", "self-intro", "2")
    assert not early.won("certificate.issued"), "too early"
    clock.move(days=75)
    with db.writing() as s:
        late = achievements.record(s, tang.id, "handin.accepted", "self-intro", "3")
    assert late.won("certificate.issued") == ["silver-honor"]
    assert facts(session, "certificate.issued")[1:] == [("issued", "2", number_of(date(2027, 4, 2)))]
    assert statuses(session) == ["expiring", "valid"], "the old paper holds until its day"
    run_night(app)
    assert facts(session, "certificate.expiring") == [], "a later one is there"
    clock.move(days=26)
    assert statuses(session) == ["expired", "valid"]
    assert holds(session, tang)
    assert not amiss(session)


def test_after_the_end_it_can_still_be_renewed_from_that_day_on(
    app: Flask, lasting: None, session: Session, clock: Clock, tang: Person
) -> None:
    earn(tang)
    clock.move(days=200)
    assert not holds(session, tang)
    with db.writing() as s:
        achievements.record(s, tang.id, "handin.accepted", "self-intro", "2")
    assert facts(session, "certificate.issued")[1:] == [("issued", "2", number_of(date(2027, 7, 11)))]
    assert holds(session, tang)


def test_what_was_done_before_the_window_renews_by_itself_when_it_opens(
    app: Flask, lasting: None, session: Session, clock: Clock, tang: Person
) -> None:
    earn(tang)
    clock.move(days=60)
    with db.writing() as s:
        achievements.record(s, tang.id, "handin.accepted", "self-intro", "2")
    run_night(app)
    assert len(facts(session, "certificate.issued")) == 1
    clock.move(days=10)
    run_night(app)
    assert len(facts(session, "certificate.issued")) == 2


def test_a_revoked_certificate_is_nowhere_in_force_and_comes_back(
    app: Flask, session: Session, tang: Person, lu: Person, paper: Certificate
) -> None:
    assert holds(session, tang)
    revoke(session, lu, paper)
    assert statuses(session) == ["revoked"]
    assert not holds(session, tang)
    row = session.scalars(select(Revocation)).one()
    assert (row.reason, row.by_id, row.restored_at) == ("冒用他人作业", lu.id, None)
    restore(session, lu, paper)
    assert statuses(session) == ["valid"]
    assert holds(session, tang)
    revoke(session, lu, paper, "再次冒用")
    assert facts(session, "certificate.revoked", "certificate.restored") == [
        ("revoked", "1", 1),
        ("restored", "1", 1),
        ("revoked", "2", 1),
    ]
    assert session.scalars(select(Audit.action).order_by(Audit.id)).all() == [
        "certificate.revoked",
        "certificate.restored",
        "certificate.revoked",
    ]
    assert not amiss(session)


def test_the_second_of_two_staff_who_revoke_at_once_changes_nothing(
    session: Session, lu: Person, paper: Certificate
) -> None:
    revoke(session, lu, paper)
    with pytest.raises(papers.AlreadyRevoked):
        revoke(session, lu, paper)
    restore(session, lu, paper)
    with pytest.raises(papers.NotRevoked):
        restore(session, lu, paper)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Revocation)) == 1


def test_a_revoked_person_who_meets_the_rule_again_gets_nothing_and_by_hand_neither(
    app: Flask, lasting: None, session: Session, clock: Clock, tang: Person, lu: Person
) -> None:
    earn(tang)
    paper = session.scalars(select(Certificate)).one()
    revoke(session, lu, paper)
    clock.move(days=80)
    with db.writing() as s:
        again = achievements.record(s, tang.id, "handin.accepted", "self-intro", "2")
        assert not again.won("certificate.earned")
        assert not judge(s, tang.id).won("certificate.earned")
    run_night(app)
    assert facts(session, "certificate.expiring") == [], "what is revoked is not said to end"
    with pytest.raises(StillRevoked), db.writing() as s:
        issue(s, published(s), [s.get_one(Person, tang.id)], "silver-honor")
    restore(session, lu, paper)
    assert len(facts(session, "certificate.issued")) == 2, "restored, the renewal that she meets is hers"


def test_the_name_is_corrected_on_a_paper_of_its_own_and_the_first_reads_as_replaced(
    session: Session, tang: Person, lu: Person, paper: Certificate
) -> None:
    with db.writing() as s:
        papers.wish(s, paper.id, "林小棠", "女士", "少了一点")
        papers.wish(s, paper.id, " 林晓糖 ", "", "改了名字")
    with db.writing() as s:
        new = papers.correct_name(s, s.get_one(Person, lu.id), paper.id, "林晓糖", "").id
    assert statuses(session) == ["replaced", "valid"]
    old, made = (session.get_one(Certificate, id) for id in (paper.id, new))
    assert (made.version, made.fact_id, made.issued_on, made.name) == (2, old.fact_id, old.issued_on, "林晓糖")
    assert made.serial == "LY-2026-0914-0002"
    assert made.code != old.code
    assert old.name == "林晓棠", "what was printed stays as it was"
    wish = session.scalars(select(Correction)).one()
    assert (wish.name, wish.reprint_id, wish.by_id) == ("林晓糖", new, lu.id)
    assert session.get_one(Person, tang.id).legal_name == "林晓糖"
    assert len(facts(session, "certificate.issued")) == 1
    assert not amiss(session)


@pytest.mark.parametrize("name", ["林晓糖", "林晓棠"])
def test_sent_twice_or_with_the_same_name_nothing_is_printed_anew(
    session: Session, lu: Person, paper: Certificate, name: str
) -> None:
    def correct(name: str) -> None:
        with db.writing() as s:
            papers.correct_name(s, s.get_one(Person, lu.id), paper.id, name, "")

    if name == "林晓棠":
        with pytest.raises(papers.NotToCorrect):
            correct(name)
    else:
        correct(name)
        for again in (name, "林大棠"):
            with pytest.raises(papers.NotToCorrect):
                correct(again)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Certificate)) == (1 if name == "林晓棠" else 2)


def test_a_revoked_paper_is_not_printed_anew(session: Session, lu: Person, paper: Certificate) -> None:
    revoke(session, lu, paper)
    with pytest.raises(papers.NotToCorrect), db.writing() as s:
        papers.correct_name(s, s.get_one(Person, lu.id), paper.id, "林晓糖", "")


@pytest.fixture
def dependent(app: Flask, session: Session) -> Callable[[bool], None]:
    """Publish a badge and a voucher that hang on the certificate, held only while it is, or for good."""

    def publish(while_met: bool) -> None:
        more: dict[str, Any] = {"while_met": True} if while_met else {}
        gift = {"key": "gift", "kind": "virtual", "title": {"zh": "礼", "en": "Gift"}, "note": {"zh": "", "en": ""}}
        change(lambda badges: badges["badges"].append(DEPENDENT | more), "badges")
        change(lambda rewards: rewards["rewards"].append(gift | {"voucher": True, "criterion": HELD} | more), "rewards")
        run_jobs(app)

    return publish


def wears(session: Session, person: Person) -> bool:
    session.rollback()
    return explain(session, published(session), parse({"badge": {"key": "ambassador"}}), person.id).met


def test_what_is_held_only_with_the_certificate_goes_and_comes_with_it(
    dependent: Callable[[bool], None], session: Session, tang: Person, lu: Person
) -> None:
    dependent(True)
    earn(tang)
    paper = session.scalars(select(Certificate)).one()
    assert wears(session, tang)
    gone = revoke(session, lu, paper)
    assert (gone.won("badge.withdrawn"), gone.won("reward.withdrawn")) == (["ambassador"], ["gift"])
    assert not wears(session, tang)
    with db.writing() as s:
        stock(s, "gift", ["G-1"])
    assert session.scalars(select(Voucher.grant_id).where(Voucher.reward == "gift")).all() == [None], "not for her now"
    back = restore(session, lu, paper)
    assert (back.won("badge.returned"), back.won("reward.returned")) == (["ambassador"], ["gift"])
    assert back.won("reward.delivered") == ["gift"]
    assert not back.won("badge.awarded"), "nothing is paid twice"
    again = revoke(session, lu, paper)
    assert (again.won("badge.withdrawn"), again.won("reward.withdrawn")) == (["ambassador"], []), "handed out is hers"
    assert not amiss(session)


def test_without_the_flag_a_badge_stays(
    dependent: Callable[[bool], None], session: Session, tang: Person, lu: Person
) -> None:
    dependent(False)
    earn(tang)
    gone = revoke(session, lu, session.scalars(select(Certificate)).one())
    assert [fact.kind for fact in gone.facts] == ["certificate.revoked"]
    assert wears(session, tang)


def test_at_the_end_of_the_certificate_the_night_withdraws_what_hangs_on_it_once(
    app: Flask,
    lasting: None,
    dependent: Callable[[bool], None],
    session: Session,
    clock: Clock,
    tang: Person,
) -> None:
    dependent(True)
    earn(tang)
    clock.move(days=100)
    run_night(app)
    assert wears(session, tang)
    clock.move(days=1)
    run_night(app)
    run_night(app)
    clock.move(days=1)
    run_night(app)
    assert facts(session, "badge.withdrawn") == [("withdrawn", "1", 1)]
    assert not wears(session, tang)


def test_two_badges_that_take_each_other_away_do_not_take_turns_for_ever(
    app: Flask, session: Session, tang: Person
) -> None:
    def alter(badges: dict[str, Any]) -> None:
        for key, other, wanted in (("hen", "egg", False), ("egg", "hen", True)):
            worn: dict[str, Any] = {"badge": {"key": other}}
            met = {"all": [{"fact": {"kind": "profile.completed"}}, worn if wanted else {"not": worn}]}
            badges["badges"].append(DEPENDENT | {"key": key, "criterion": met, "while_met": True})

    change(alter, "badges")
    run_jobs(app)
    with db.writing() as s:
        assert achievements.record(s, tang.id, "profile.completed").won("badge.awarded")


def test_whoever_has_left_is_neither_revoked_nor_renewed(
    app: Flask, lasting: None, session: Session, clock: Clock, tang: Person, lu: Person
) -> None:
    earn(tang)
    paper = session.scalars(select(Certificate)).one()
    with db.writing() as s:
        s.get_one(Person, tang.id).erased_at = clock.at
    clock.move(days=101)
    run_night(app)
    assert facts(session, "certificate.expiring", "badge.withdrawn") == []
    with pytest.raises(Refused):
        revoke(session, lu, paper)


def test_the_doctor_names_a_paper_and_a_revocation_that_no_fact_stands_behind(
    session: Session, lu: Person, paper: Certificate
) -> None:
    revoke(session, lu, paper)
    assert not amiss(session)
    with db.writing() as s:
        s.get_one(Certificate, paper.id).expires_on = date(2027, 1, 1)
        s.query(Revocation).delete()
    assert amiss(session) == {"certificate", "revocation"}
