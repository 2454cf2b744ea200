"""Fellow students review each other: without names, never the same author twice, and deciding nothing."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.db import db
from academy.journal.models import Entry, Fact
from academy.people.models import Person
from academy.practice import actions
from academy.practice.models import HandIn, PeerReview
from academy.practice.peers.actions import review
from tests.conftest import ON_SQLITE, html
from tests.practice.conftest import TEXT, hand_in, photo
from tests.practice.test_hand_in import verdict
from tests.practice.test_review import reload

Clients = Callable[[Person | None], FlaskClient]
KEY = "first-words"
STARS = {"stars-own": "5", "stars-lines": "4", "stars-pictures": "3"}
KIND = "场景写得很清楚，我也想试试你说的量。"


def accepted(trainee: Person, staff: Person, practice: str = KEY, shared: bool = True, text: str = TEXT) -> int:
    with db.writing() as session:
        made, _ = actions.hand_in(session, trainee.id, practice, text, [], shared=shared)
    verdict(staff, made.id, "accepted")
    return made.id


def send(client: FlaskClient, id: int, practice: str = KEY, **more: str) -> TestResponse:
    return client.post(f"/peers/{practice}/{id}", data={"comment": KIND} | STARS | more)


def test_who_was_accepted_reviews_others_without_names_and_is_paid(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    accepted(tang, zhou)
    theirs = accepted(aduo, zhou, text="阿朵家的一段话，" + TEXT)
    client = client_of(tang)
    page = html(client.get(f"/peers/{KEY}"))
    assert "阿朵家的一段话" in page
    assert "阿朵</" not in page
    assert send(client, theirs).status_code == 303
    session.rollback()
    said = session.query(PeerReview).one()
    assert (said.hand_in_id, said.author_id, said.scores) == (
        theirs,
        tang.id,
        {"own": 5, "lines": 4, "pictures": 3},
    )
    assert [fact.topic for fact in session.query(Fact).filter_by(kind="peer.reviewed")] == [KEY]
    assert {row.currency: row.amount for row in session.query(Entry).filter_by(rule="peer")} == {
        "growth": 5,
        "feathers": 5,
    }
    hers = html(client_of(aduo).get(f"/hand-ins/{theirs}"))
    assert KIND in hers
    assert "小棠" not in hers
    assert "Nobody’s is open to you at the moment" in html(client.get(f"/peers/{KEY}"))


def test_nothing_is_open_before_her_own_is_accepted(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    theirs = accepted(aduo, zhou)
    client = client_of(tang)
    hand_in(client)
    assert "Nobody’s is open" in html(client.get(f"/peers/{KEY}"))
    assert send(client, theirs).status_code == 409
    assert session.query(PeerReview).count() == 0


@pytest.mark.parametrize("what", ["her own", "not shared", "another task", "waiting", "nothing"])
def test_what_is_not_open_to_her_takes_no_review(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session, what: str
) -> None:
    own = accepted(tang, zhou)
    with db.writing() as writing:
        waiting, _ = actions.hand_in(writing, aduo.id, "three-sentences-text", TEXT, [], shared=True)
    ids = {
        "her own": own,
        "not shared": accepted(aduo, zhou, shared=False),
        "another task": accepted(aduo, zhou, practice="self-intro"),
        "waiting": waiting.id,
        "nothing": 99_999,
    }
    client = client_of(tang)
    assert send(client, ids[what]).status_code == 409
    assert client.get(f"/peers/{KEY}/{ids[what]}/pictures/1").status_code == 404
    session.rollback()
    assert session.query(PeerReview).count() == 0


def test_the_same_author_is_never_reviewed_twice_for_a_task(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    accepted(tang, zhou, practice="first-group")
    theirs = []
    for _round in range(2):
        with db.writing() as writing:
            made, _ = actions.hand_in(writing, aduo.id, "first-group", TEXT, [], 20, shared=True)
        verdict(zhou, made.id, "accepted")
        theirs.append(made.id)
    with db.writing() as writing:
        assert review(writing, tang.id, "first-group", theirs[0], {}, KIND)
    for id in theirs:
        assert send(client_of(tang), id, practice="first-group").status_code == 409
    session.rollback()
    assert session.query(PeerReview).count() == 1


def test_three_a_day_are_paid(tang: Person, aduo: Person, zhou: Person, session: Session) -> None:
    for n in range(4):
        accepted(tang, zhou, practice=f"task-{n}", shared=False)
        id = accepted(aduo, zhou, practice=f"task-{n}")
        with db.writing() as writing:
            review(writing, tang.id, f"task-{n}", id, {}, KIND)
    session.rollback()
    assert session.query(Fact).filter_by(kind="peer.reviewed").count() == 4
    assert session.query(Entry).filter_by(rule="peer", currency="growth").count() == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"comment": "好"}, "at least 10 characters"),
        ({"comment": "长" * 301}, "at most 300"),
        ({"stars-own": ""}, "Give stars in each line"),
        ({"stars-own": "9"}, "Give stars in each line"),
    ],
)
@ON_SQLITE
def test_a_review_is_specific_or_sent_back_with_what_was_typed(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session, typed: dict[str, str], said: str
) -> None:
    accepted(tang, zhou)
    theirs = accepted(aduo, zhou)
    response = send(client_of(tang), theirs, **typed)
    assert response.status_code == 422
    assert said in html(response)
    assert 'value="4" checked' in html(response)
    assert session.query(PeerReview).count() == 0


def test_staff_see_who_said_it_and_may_hide_it_and_it_decides_nothing(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, wu: Person, session: Session
) -> None:
    accepted(tang, zhou)
    theirs = accepted(aduo, zhou)
    send(client_of(tang), theirs)
    session.rollback()
    id = session.query(PeerReview).one().id
    session.rollback()
    desk = client_of(zhou)
    page = html(desk.get(f"/desk/hand-ins/{theirs}")).partition('id="peers"')[2]
    assert KIND in page
    assert "小棠" in page
    assert client_of(wu).post(f"/desk/peer-reviews/{id}/hiding").status_code == 404
    assert desk.post(f"/desk/peer-reviews/{id}/hiding").status_code == 303
    assert KIND not in html(client_of(aduo).get(f"/hand-ins/{theirs}"))
    assert "hidden from her" in html(desk.get(f"/desk/hand-ins/{theirs}"))
    desk.post(f"/desk/peer-reviews/{id}/hiding")
    assert KIND in html(client_of(aduo).get(f"/hand-ins/{theirs}"))
    assert desk.post("/desk/peer-reviews/99999/hiding").status_code == 404
    assert reload(session, theirs).state == "accepted"


@ON_SQLITE
def test_pictures_open_to_who_may_review_and_her_consent_is_asked(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    accepted(tang, zhou)
    hers = client_of(aduo)
    assert "Fellow students may read it, without my name" in html(hers.get(f"/practice/{KEY}"))
    hand_in(hers, pictures=[(photo(), "a.png")], mine="y", shared="y")
    session.rollback()
    theirs = session.query(HandIn).filter_by(trainee_id=aduo.id).one().id
    verdict(zhou, theirs, "accepted")
    client = client_of(tang)
    assert client.get(f"/peers/{KEY}/{theirs}/pictures/1").status_code == 200
    assert client.get(f"/hand-ins/{theirs}/pictures/1").status_code == 404
    send(client, theirs)
    assert client.get(f"/peers/{KEY}/{theirs}/pictures/1").status_code == 404


@ON_SQLITE
def test_a_task_that_is_none_is_not_there(client_of: Clients, tang: Person) -> None:
    assert client_of(tang).get("/peers/nonsense").status_code == 404
    assert send(client_of(tang), 1, practice="nonsense").status_code == 404
