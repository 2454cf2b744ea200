"""A trainer reads hand-ins and gives verdicts."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.db import db
from academy.journal.models import Entry, Fact, Standing
from academy.people.models import Audit, Person
from academy.practice import actions
from academy.practice.models import HandIn
from academy.practice.pictures import Kept
from tests.achievements.story import almost_silver
from tests.conftest import Clock, html
from tests.phone import statements
from tests.practice.conftest import TEXT, all_hand_ins, hand_in, photo

Clients = Callable[[Person | None], FlaskClient]


def handed_in(trainee: Person, text: str = TEXT, practice: str = "first-words") -> int:
    with db.writing() as session:
        made, _ = actions.hand_in(session, trainee.id, practice, text, [])
        return made.id


def reload(session: Session, hand_in_id: int) -> HandIn:
    session.rollback()
    session.expire_all()
    return session.get_one(HandIn, hand_in_id)


def test_the_queue_holds_the_hand_ins_of_her_own_trainees_longest_waiting_first(
    client_of: Clients, tang: Person, aduo: Person, xiaomi: Person, zhou: Person, wu: Person, lu: Person, clock: Clock
) -> None:
    for trainee in (aduo, tang, xiaomi):
        handed_in(trainee)
        clock.move(hours=3)
    page = html(client_of(zhou).get("/desk/hand-ins"))
    assert "2 wait for a reply, the oldest for 9 hours" in page
    assert page.index("阿朵") < page.index("小棠")
    assert "6 hours" in page
    assert "小米" not in page
    assert "小米" in html(client_of(wu).get("/desk/hand-ins"))
    assert "3 wait for a reply" in html(client_of(lu).get("/desk/hand-ins"))


def test_what_is_late_is_marked_so(client_of: Clients, tang: Person, zhou: Person, clock: Clock) -> None:
    handed_in(tang)
    clock.move(hours=33)
    assert "late" not in html(client_of(zhou).get("/desk/hand-ins"))
    clock.move(hours=2)
    assert "late, 35 hours" in html(client_of(zhou).get("/desk/hand-ins"))


def test_the_desk_is_not_there_for_trainees_and_asks_strangers_to_sign_in(client_of: Clients, tang: Person) -> None:
    one = handed_in(tang)
    for path in ("/desk/hand-ins", f"/desk/hand-ins/{one}", f"/desk/hand-ins/{one}/pictures/1"):
        assert client_of(tang).get(path).status_code == 404
        assert client_of(None).get(path).status_code == 302
    for verb in ("acceptance", "return"):
        assert client_of(tang).post(f"/desk/hand-ins/{one}/{verb}", data={"comment": "好"}).status_code == 404


def test_other_trainers_find_nothing_and_decide_nothing(
    client_of: Clients, tang: Person, wu: Person, session: Session
) -> None:
    hand_in(client_of(tang), pictures=[(photo(), "a.png")], mine="y")
    (made,) = all_hand_ins(session)
    client = client_of(wu)
    assert client.get(f"/desk/hand-ins/{made.id}").status_code == 404
    assert client.get(f"/desk/hand-ins/{made.id}/pictures/1").status_code == 404
    for verb in ("acceptance", "return"):
        assert client.post(f"/desk/hand-ins/{made.id}/{verb}", data={"comment": "好"}).status_code == 404
    assert reload(session, made.id).verdict_id is None


def test_her_pictures_open_for_her_trainer_and_the_brand(
    client_of: Clients, tang: Person, zhou: Person, lu: Person, session: Session
) -> None:
    hand_in(client_of(tang), pictures=[(photo(), "a.png")], mine="y")
    (made,) = all_hand_ins(session)
    for staff in (zhou, lu):
        client = client_of(staff)
        assert f"/desk/hand-ins/{made.id}/pictures/1" in html(client.get(f"/desk/hand-ins/{made.id}"))
        response = client.get(f"/desk/hand-ins/{made.id}/pictures/1")
        assert (response.status_code, response.mimetype) == (200, "image/jpeg")
        assert client.get(f"/hand-ins/{made.id}/pictures/1").status_code == 404


def test_words_of_the_list_are_marked_and_nothing_typed_is_markup(
    client_of: Clients, tang: Person, zhou: Person
) -> None:
    one = handed_in(tang, "这是最好的<script>alert(1)</script>，三天见效。")
    raw = client_of(zhou).get(f"/desk/hand-ins/{one}").get_data(as_text=True)
    assert "<mark>最好</mark>" in raw
    assert "<mark>见效</mark>" in raw
    assert "<script>alert" not in raw
    assert "2 places to judge" in raw


def test_accepting_records_it_pays_and_leads_to_the_next_one(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    one, other = handed_in(tang), handed_in(aduo)
    clock.move(minutes=5)
    response = client_of(zhou).post(f"/desk/hand-ins/{one}/acceptance", data={"comment": " 很真实。\r\n继续。 "})
    assert (response.status_code, response.location) == (303, f"/desk/hand-ins/{other}#hand-in")
    made = reload(session, one)
    assert made.state == "accepted"
    assert (made.comment, made.reviewer_id) == ("很真实。\n继续。", zhou.id)
    assert made.verdict is not None
    assert (made.verdict.topic, made.verdict.occurrence, made.verdict.at) == ("first-words", "1", clock.at)
    paid = session.query(Entry).filter_by(trainee_id=tang.id, fact_id=made.verdict_id)
    assert {(entry.currency, entry.amount) for entry in paid} == {("growth", 10), ("feathers", 5)}
    audit = session.query(Audit).one()
    assert (audit.staff_id, audit.action, audit.subject) == (zhou.id, "handin.accepted", f"hand_in/{one}")


def test_returning_needs_a_comment_and_keeps_what_was_typed(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    one, client = handed_in(tang), client_of(zhou)
    for comment, said in (("  ", "Say what to change"), ("长" * 1001, "at most 1000 are possible")):
        response = client.post(f"/desk/hand-ins/{one}/return", data={"comment": comment})
        assert response.status_code == 422
        assert said in html(response)
        assert comment.strip() in html(response)
    assert reload(session, one).verdict_id is None
    response = client.post(f"/desk/hand-ins/{one}/return", data={"comment": "说说用了多久。"})
    assert (response.status_code, response.location) == (303, "/desk/hand-ins")
    made = reload(session, one)
    assert (made.state, made.comment) == ("returned", "说说用了多久。")
    assert session.query(Entry).filter_by(trainee_id=tang.id).count() == 0
    assert "Returned. The queue is empty." in html(client.get("/desk/hand-ins"))


def test_who_comes_second_is_told_and_changes_nothing(
    client_of: Clients, tang: Person, zhou: Person, lu: Person, session: Session
) -> None:
    one = handed_in(tang)
    client_of(lu).post(f"/desk/hand-ins/{one}/acceptance", data={"comment": "好"})
    response = client_of(zhou).post(f"/desk/hand-ins/{one}/return", data={"comment": "再改改"})
    assert response.status_code == 409
    assert "鹿芽运营 has accepted this one already" in html(response)
    made = reload(session, one)
    assert (made.state, made.comment, made.reviewer_id) == ("accepted", "好", lu.id)
    assert session.query(Audit).count() == 1


def test_of_two_at_the_same_moment_one_decides(
    client_of: Clients, tang: Person, zhou: Person, lu: Person, session: Session
) -> None:
    one, barrier, codes = handed_in(tang), Barrier(2), []

    def decide(client: FlaskClient, verb: str) -> None:
        barrier.wait()
        codes.append(client.post(f"/desk/hand-ins/{one}/{verb}", data={"comment": verb}).status_code)

    threads = [
        Thread(target=decide, args=(client_of(staff), verb)) for staff, verb in ((zhou, "acceptance"), (lu, "return"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 409]
    made = reload(session, one)
    assert made.comment == {"accepted": "acceptance", "returned": "return"}[made.state]
    assert session.query(Fact).filter(Fact.kind.in_(["handin.accepted", "handin.returned"])).count() == 1


def test_a_verdict_that_is_her_last_condition_promotes_her_and_the_trainer_is_told(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    one = handed_in(tang)
    with db.writing() as writing:
        almost_silver(writing, tang.id, but={"handin.accepted"})
    client = client_of(zhou)
    client.post(f"/desk/hand-ins/{one}/acceptance", data={"comment": ""})
    assert "小棠 has reached Silver." in html(client.get("/desk/hand-ins"))
    session.rollback()
    session.expire_all()
    assert session.get_one(Standing, tang.id).tier == "silver"


def test_earlier_rounds_stand_beside_the_new_one_and_leave_the_tab_of_the_returned(
    client_of: Clients, tang: Person, zhou: Person
) -> None:
    client = client_of(zhou)
    first = handed_in(tang)
    client.post(f"/desk/hand-ins/{first}/return", data={"comment": "说说用了多久。"})
    assert "小棠" in html(client.get("/desk/hand-ins?state=returned"))
    second = handed_in(tang, TEXT + "用了两个月。")
    assert "小棠" not in html(client.get("/desk/hand-ins?state=returned"))
    page = html(client.get(f"/desk/hand-ins/{second}"))
    assert "Round 2" in page
    assert "说说用了多久。" in page
    client.post(f"/desk/hand-ins/{second}/acceptance", data={"comment": ""})
    assert "小棠" in html(client.get("/desk/hand-ins?state=accepted"))
    assert client.get("/desk/hand-ins?state=nonsense").status_code == 404


def test_a_decided_one_can_be_read_and_has_no_form(client_of: Clients, tang: Person, zhou: Person) -> None:
    client, one = client_of(zhou), handed_in(tang)
    client.post(f"/desk/hand-ins/{one}/acceptance", data={"comment": "好"})
    page = html(client.get(f"/desk/hand-ins/{one}"))
    assert "周以宁" in page
    assert "/acceptance" not in page


@pytest.mark.parametrize("path", ["/desk/hand-ins", "one"])
def test_the_pages_ask_the_database_little_however_long_the_queue(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, path: str
) -> None:
    with db.writing() as session:
        one, _ = actions.hand_in(session, aduo.id, "first-words", TEXT, [Kept("0" * 40 + ".jpg", 1, 1)] * 9)
    client = client_of(zhou)
    target = f"/desk/hand-ins/{one.id}" if path == "one" else path
    with statements() as few:
        client.get(target)
    for practice in ("first-words", "self-intro", "three-sentences-text"):
        handed_in(tang, practice=practice)
    with statements() as more:
        client.get(target)
    assert len(few) == len(more) <= 8, more


def test_a_long_queue_is_cut_into_pages_and_each_stands_among_its_neighbours(
    client_of: Clients, tang: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    ids = []
    for n in range(60):
        ids.append(handed_in(tang, practice=f"practice-{n}"))
        clock.move(minutes=1)
    client = client_of(zhou)
    first = html(client.get("/desk/hand-ins"))
    assert f'href="/desk/hand-ins?state=waiting&after={ids[49]}"' in first
    second = html(client.get(f"/desk/hand-ins?state=waiting&after={ids[49]}"))
    assert (first.count('class="avatar letter "'), second.count('class="avatar letter "')) == (51, 11)
    page = html(client.get(f"/desk/hand-ins/{ids[30]}"))
    assert "31 / 60" in page
    assert f'href="/desk/hand-ins/{ids[29]}" aria-label="Previous hand-in"' in page
    assert f'href="/desk/hand-ins/{ids[31]}" aria-label="Next hand-in"' in page
    last = html(client.get(f"/desk/hand-ins/{ids[59]}"))
    assert "60 / 60" in last
    assert "Next hand-in" not in last
