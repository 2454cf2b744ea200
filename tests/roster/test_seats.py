"""Who gets which seat: the one who waits longest the one that comes free, and everybody at most one, at once."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from academy import JOBS, achievements, clock
from academy.account.erasure import erase
from academy.db import db
from academy.jobs.models import Job
from academy.jobs.work import work
from academy.journal.actions import start
from academy.people import actions as people
from academy.people.actions import join_cohort, leave_cohort, place, wait_for
from academy.people.models import Appointment, Audit, Cohort, Membership, Person, Waiting, Wording
from academy.roster import actions
from tests.achievements.story import almost_silver
from tests.achievements.test_bad_luck import at_once
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import did

Clients = Callable[[Person | None], FlaskClient]


def opened(name: str, tier: str = "bronze", capacity: int = 1, **more: object) -> int:
    """A class of one's own making."""
    with db.writing() as s:
        values = {"code": name, "name": name, "created_at": clock.now()} | more
        made = Cohort(tier=tier, capacity=capacity, **values)
        s.add(made)
        s.flush()
        return made.id


def newcomers(count: int, tier: str = "bronze") -> list[int]:
    with db.writing() as s:
        made = [
            Person(role="trainee", name=f"学员{n}", phone=f"137{n:08}", password_hash="-", created_at=clock.now())
            for n in range(count)
        ]
        s.add_all(made)
        s.flush()
        for one in made:
            start(s, one.id, tier)
        return [one.id for one in made]


def sit(trainee_id: int, cohort_id: int) -> None:
    with db.writing() as s:
        assert join_cohort(s, trainee_id, s.get_one(Cohort, cohort_id))


def close_all() -> None:
    with db.writing() as s:
        s.execute(update(Cohort).values(open=False))


def seat_of(session: Session, trainee_id: int) -> str | None:
    session.rollback()
    session.expire_all()
    return session.scalar(
        select(Cohort.name).join(Membership).where(Membership.trainee_id == trainee_id, Membership.until.is_(None))
    )


def waiting(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(Waiting.trainee_id).order_by(Waiting.since)))


def sound(session: Session) -> None:
    """What is counted is what is there, and nobody sits twice or where there is no seat."""
    session.rollback()
    session.expire_all()
    counted = select(Membership.cohort_id, func.count()).where(Membership.until.is_(None)).group_by("cohort_id")
    there = dict(session.execute(counted).all())
    for cohort in session.scalars(select(Cohort)):
        assert cohort.taken == there.get(cohort.id, 0) <= cohort.capacity, cohort.name
    session.rollback()


def work_off() -> None:
    while work(JOBS):
        pass


# A seat that comes free


@pytest.fixture
def queue(session: Session, clock: Clock, tang: Person) -> list[int]:
    """小棠 has the only seat of the only class that is open; three wait for it, the last one the longest."""
    close_all()
    cohort = opened("小班")
    sit(tang.id, cohort)
    waits = newcomers(3)
    for trainee_id in reversed(waits):
        clock.move(minutes=1)
        with db.writing() as s:
            assert place(s, trainee_id, "bronze") is None
    assert waiting(session) == waits[::-1]
    return waits


def promoted(tang: Person) -> None:
    opened("白银小班", "silver")
    with db.writing() as s:
        almost_silver(s, tang.id, but={"pledge.signed"})
    assert did(tang.id, "pledge.signed", "koc", "2026-09").won("tier.reached")


def transferred(tang: Person) -> None:
    other = opened("另一班")
    with db.writing() as s:
        staff = s.scalars(select(Person).where(Person.role == "brand")).one()
        assert actions.transfer(s, staff, tang.id, other, "")


def left(tang: Person) -> None:
    with db.writing() as s:
        leave_cohort(s, tang.id)


def erased(tang: Person) -> None:
    with db.writing() as s:
        erase(s, tang.id)


@pytest.mark.parametrize("gone", [promoted, transferred, left, erased])
def test_the_seat_that_somebody_leaves_goes_to_who_waits_longest_without_anybodys_doing(
    gone: Callable[[Person], None], tang: Person, queue: list[int], session: Session
) -> None:
    gone(tang)
    work_off()
    assert seat_of(session, queue[2]) == "小班"
    assert waiting(session) == [queue[1], queue[0]]
    sound(session)


def test_who_comes_later_does_not_overtake_those_who_wait_though_their_seat_is_free_already(
    tang: Person, queue: list[int], session: Session, clock: Clock
) -> None:
    left(tang)
    clock.move(minutes=1)
    with db.writing() as s:
        assert place(s, tang.id, "bronze") is None
    work_off()
    assert seat_of(session, queue[2]) == "小班"
    assert waiting(session) == [queue[1], queue[0], tang.id]


def test_no_work_is_asked_for_where_no_seat_is_free_or_nobody_waits(
    tang: Person, aduo: Person, queue: list[int], session: Session
) -> None:
    with db.writing() as s:
        leave_cohort(s, aduo.id)
        assert place(s, aduo.id, "bronze") is None
    session.rollback()
    assert session.scalar(select(func.count()).where(Job.name == "seats")) == 0


def test_seats_go_on_from_class_to_class(session: Session, clock: Clock, tang: Person) -> None:
    close_all()
    bronze, silver = opened("小班"), opened("白银小班", "silver")
    sit(tang.id, silver)
    first, second = newcomers(2)
    sit(first, bronze)
    with db.writing() as s:
        wait_for(s, first, "silver")
        wait_for(s, second, "bronze")
    left(tang)
    work_off()
    assert (seat_of(session, first), seat_of(session, second)) == ("白银小班", "小班")
    sound(session)


def test_the_night_finds_seats_that_were_missed(tang: Person, queue: list[int], session: Session) -> None:
    with db.writing() as s:
        s.execute(update(Cohort).where(Cohort.name == "小班").values(capacity=2))
    assert JOBS["seats"].daily
    with db.writing() as s:
        people.ask(s, people.SEATS)
    work_off()
    assert seat_of(session, queue[2]) == "小班"


def test_only_running_classes_of_the_tier_take_those_who_are_promoted(session: Session, tang: Person) -> None:
    close_all()
    opened("招募", kind="recruiting", phase="recruiting", capacity=9)
    opened("已结业", phase="ended", capacity=9)
    opened("收尾", phase="closing", capacity=9)
    with db.writing() as s:
        assert place(s, tang.id, "silver") is None
        leave_cohort(s, tang.id)
        assert place(s, tang.id, "bronze") is None
    assert waiting(session) == [tang.id]
    opened("开班", phase="before", capacity=9)
    with db.writing() as s:
        assert people.seat_waiting(s, "bronze") == [tang.id]
    assert seat_of(session, tang.id) == "开班"


def test_who_is_in_a_class_of_the_tier_stays_there_and_waits_no_more(session: Session, tang: Person) -> None:
    with db.writing() as s:
        wait_for(s, tang.id, "silver")
        assert place(s, tang.id, "bronze")
    assert (seat_of(session, tang.id), waiting(session)) == ("青铜 07 班", [])


# Many at once


def test_two_who_change_places_with_two_others_do_not_wait_for_each_other_for_ever(
    app: Flask, session: Session
) -> None:
    here, there = opened("甲", capacity=40), opened("乙", capacity=40)
    trainees = newcomers(24)
    for n, trainee_id in enumerate(trainees):
        sit(trainee_id, here if n % 2 else there)

    def moves(together: list[int]) -> None:
        """Several in one unit of work, as by the run of a night."""
        with db.writing() as s:
            for trainee_id in people.lock_all(s, together):
                to = there if trainees.index(trainee_id) % 2 else here
                assert people.enter_cohort(s, trainee_id, s.get_one(Cohort, to))

    at_once(app, *(partial(moves, trainees[n : n + 3]) for n in range(0, 24, 3)))
    assert {seat_of(session, one) for one in trainees[::2]} == {"甲"}
    assert {seat_of(session, one) for one in trainees[1::2]} == {"乙"}
    sound(session)


def test_promotions_and_those_who_wait_for_the_seats_that_they_free_all_come_through(
    app: Flask, session: Session, clock: Clock
) -> None:
    close_all()
    bronze = [opened(f"青铜 {n}", capacity=6) for n in range(2)]
    silver = [opened(f"白银 {n}", "silver", capacity=6) for n in range(2)]
    learners = newcomers(24)
    with db.writing() as s:
        for n, trainee_id in enumerate(learners[:12]):
            almost_silver(s, trainee_id, but={"pledge.signed"})
            assert join_cohort(s, trainee_id, s.get_one(Cohort, bronze[n % 2]))
            s.get_one(Person, trainee_id).legal_name = f"学员{n}"
        for trainee_id in learners[12:]:
            assert place(s, trainee_id, "bronze") is None

    def signs(trainee_id: int) -> None:
        with db.writing() as s:
            achievements.record(s, trainee_id, "pledge.signed", "koc", "2026-09")

    def seats() -> None:
        for _ in range(4):
            work_off()

    at_once(app, *(partial(signs, one) for one in learners[:12]), seats, seats)
    work_off()
    names = {seat_of(session, one) for one in learners[:12]}
    assert names == {"白银 0", "白银 1"}
    assert {seat_of(session, one) for one in learners[12:]} == {"青铜 0", "青铜 1"}
    assert waiting(session) == []
    assert not session.scalar(select(func.count()).where(Job.state == "failed"))
    assert silver
    sound(session)


# One trainee moves


def test_the_brand_moves_a_trainee_and_her_page_tells_where_she_was(
    client_of: Clients, lu: Person, tang: Person, clock: Clock, session: Session
) -> None:
    other = opened("青铜 09 班", capacity=9)
    clock.move(days=1)
    client = client_of(lu)
    page = html(client.get(f"/desk/trainees/{tang.id}/class"))
    assert "青铜 09 班: 9 seats left" in page
    assert "青铜 07 班:" not in page
    assert "白银 03 班" not in page
    answer = client.post(f"/desk/trainees/{tang.id}/class", data={"cohort": other, "reason": "asked"})
    assert (answer.status_code, answer.location) == (303, f"/desk/trainees/{tang.id}")
    assert seat_of(session, tang.id) == "青铜 09 班"
    trail = session.execute(select(Audit.action, Audit.subject).where(Audit.action.startswith("trainee."))).all()
    assert [tuple(row) for row in trail] == [("trainee.moved.asked", f"person/{tang.id}")]
    hers = html(client.get(f"/desk/trainees/{tang.id}")).partition('id="classes"')[2].partition("</section>")[0]
    assert hers.index("青铜 09 班") < hers.index("since 15 Sep") < hers.index("青铜 07 班") < hers.index("14 Sep to 15")
    client.post(f"/desk/trainees/{tang.id}/class", data={"cohort": other})
    assert session.query(Membership).filter_by(trainee_id=tang.id).count() == 2, "pressed twice, moved once"
    sound(session)


@ON_SQLITE
def test_a_full_class_says_so_and_nothing_is_lost(
    client_of: Clients, lu: Person, tang: Person, aduo: Person, session: Session
) -> None:
    full = opened("满班")
    sit(aduo.id, full)
    answer = client_of(lu).post(f"/desk/trainees/{tang.id}/class", data={"cohort": full})
    assert answer.status_code == 422
    assert "no seat left" in html(answer)
    assert (seat_of(session, tang.id), waiting(session)) == ("青铜 07 班", [])
    assert not session.scalar(select(func.count()).where(Audit.action.startswith("trainee.")))
    sound(session)


def test_the_last_seat_goes_to_one_of_many_who_are_moved_to_it_at_once(
    app: Flask, client_of: Clients, lu: Person, session: Session
) -> None:
    here, last = opened("甲", capacity=9), opened("末座")
    trainees = newcomers(6)
    for trainee_id in trainees:
        sit(trainee_id, here)
    statuses: list[int] = []

    def moves(trainee_id: int) -> None:
        client = client_of(lu)
        statuses.append(client.post(f"/desk/trainees/{trainee_id}/class", data={"cohort": last}).status_code)

    at_once(app, *(partial(moves, one) for one in trainees))
    assert sorted(statuses) == [303, *[422] * 5]
    assert sorted(str(seat_of(session, one)) for one in trainees) == sorted(["末座", *["甲"] * 5])
    sound(session)


@ON_SQLITE
def test_only_a_class_of_her_tier_that_takes_newcomers_can_be_chosen_and_only_by_the_brand(
    client_of: Clients, lu: Person, zhou: Person, tang: Person, cohort: Cohort, session: Session
) -> None:
    silver = session.query(Cohort).filter_by(code="by03").one().id
    ended, group = opened("完", phase="ended"), opened("群", kind="recruiting", phase="recruiting")
    for to in (silver, ended, group, cohort.id, 999, "x", ""):
        data = {"cohort": to, "reason": "asked"}
        assert client_of(lu).post(f"/desk/trainees/{tang.id}/class", data=data).status_code == 422
    other = opened("青铜 09 班")
    assert (
        client_of(lu).post(f"/desk/trainees/{tang.id}/class", data={"cohort": other, "reason": "no"}).status_code == 422
    )
    for who in (zhou, tang):
        assert client_of(who).post(f"/desk/trainees/{tang.id}/class", data={"cohort": other}).status_code == 404
    assert client_of(lu).get("/desk/trainees/999/class").status_code == 404
    assert seat_of(session, tang.id) == "青铜 07 班"


# A group ends


def test_the_members_of_a_group_that_has_ended_move_to_classes_and_who_finds_no_seat_waits(
    client_of: Clients, lu: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    close_all()
    group = opened("招募 01 群", kind="recruiting", phase="recruiting", capacity=9, trainer_id=zhou.id)
    trainees = newcomers(3)
    for trainee_id in reversed(trainees):
        clock.move(minutes=1)
        sit(trainee_id, group)
    opened("青铜 09 班", capacity=2)
    client, path = client_of(lu), f"/desk/cohorts/{group}/members/placement"
    client.post(path)
    assert seat_of(session, trainees[0]) == "招募 01 群", "it runs still"
    with db.writing() as s:
        s.get_one(Cohort, group).phase = "ended"
    assert "Move 3 members to classes" in html(client.get(f"/desk/cohorts/{group}"))
    assert path not in html(client_of(zhou).get(f"/desk/cohorts/{group}"))
    assert client_of(zhou).post(path).status_code == 404
    client.post(path)
    page = html(client.get(f"/desk/cohorts/{group}"))
    assert "2 members have moved to a class" in page
    assert "1 member waits for the next free seat" in page
    seats = [seat_of(session, one) for one in trainees]
    assert seats == ["招募 01 群", "青铜 09 班", "青铜 09 班"], "who has been there longest sits down first"
    assert waiting(session) == [trainees[0]]
    client.post(path)
    assert waiting(session) == [trainees[0]]
    sound(session)


# The next one


def test_the_next_class_takes_over_what_the_last_one_was_set_up_with(
    client_of: Clients, lu: Person, zhou: Person, cohort: Cohort, session: Session
) -> None:
    beginning = clock.beginning(date(2026, 9, 18)) + timedelta(hours=20)
    with db.writing() as s:
        like = s.get_one(Cohort, cohort.id)
        like.rules, like.group_qr, like.external = "不刷屏\n不私加", "0" * 40 + ".jpg", True
        for days, title in ((0, "开班"), (3, "答疑")):
            s.add(Appointment(cohort_id=cohort.id, title=title, at=beginning + timedelta(days=days), link=None))
        s.add(Wording(cohort_id=cohort.id, duties="每周来一次", honours="一张证书"))
    client, path = client_of(lu), f"/desk/cohorts/{cohort.id}/next"
    page = html(client.get(path))
    assert 'value="青铜"' in page
    assert 'value="8"' in page
    assert 'value="2026-09-25"' in page
    form = {"title": "青铜", "number": 9, "trainer_id": zhou.id, "capacity": 50, "first": "2026-10-09"}
    taken = client.post(path, data=form | {"number": 8})
    assert taken.status_code == 422
    assert "青铜 08 班” already" in html(taken)
    answer = client.post(path, data=form)
    assert answer.status_code == 303
    made = session.get_one(Cohort, int(answer.location.rsplit("/")[-1]))
    assert (made.name, made.tier, made.kind, made.capacity, made.trainer_id, made.taken) == (
        *("青铜 09 班", "bronze", "tier", 50, zhou.id),
        0,
    )
    assert (made.rules, made.external, made.group_qr, made.code != "qt07") == ("不刷屏\n不私加", True, None, True)
    said = session.get_one(Wording, made.id)
    assert (said.duties, said.honours) == ("每周来一次", "一张证书")
    planned = session.scalars(select(Appointment).where(Appointment.cohort_id == made.id).order_by(Appointment.at))
    assert [(one.title, one.at - beginning) for one in planned] == [
        ("开班", timedelta(days=21)),
        ("答疑", timedelta(days=24)),
    ]
    for wrong in ({"first": "2026-09-13"}, {"first": ""}, {"first": "2030-01-01"}, {"title": ""}, {"number": "-1"}):
        assert client.post(path, data=form | {"number": 10} | wrong).status_code == 422
    assert client_of(zhou).get(path).status_code == 404
