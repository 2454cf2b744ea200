"""Trainers read what is said under lessons, and decide what shows."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.db import db
from academy.discussion import actions
from academy.discussion.queries import PAGE
from academy.people.models import Audit, Person
from tests.conftest import ON_SQLITE, Clock, html
from tests.discussion.conftest import ANSWER, LESSON, all_posts, answered, asked, one, reply, settle
from tests.phone import facts, statements

Clients = Callable[[Person | None], FlaskClient]
DESK = "/desk/discussion"
PRIVATE = {"reason": "private"}


def test_the_desk_holds_what_her_own_trainees_wrote_the_longest_waiting_first(
    client_of: Clients, tang: Person, aduo: Person, xiaomi: Person, zhou: Person, wu: Person, lu: Person, clock: Clock
) -> None:
    for who, text in ((aduo, "第一个问题，怎么办？"), (tang, "第二个问题，怎么办？"), (xiaomi, "别班的问题，怎么办？")):
        asked(who, text)
        clock.move(hours=1)
    page = html(client_of(zhou).get(DESK))
    assert "To read 2" in page
    assert "since 14 Sep 10:00" in page
    assert page.index("第一个问题") < page.index("第二个问题")
    assert "别班的问题" not in page
    assert "别班的问题" in html(client_of(wu).get(DESK))
    assert "To read 3" in html(client_of(lu).get(DESK))
    assert "2 posts under lessons wait to be read" in html(client_of(zhou).get("/desk"))


def test_letting_through_shows_it_and_leads_to_the_next_one(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    first, second = asked(tang), asked(aduo)
    client = client_of(zhou)
    assert client.post(f"{DESK}/{first}/passage", data={"version": 1}).location == f"{DESK}/{second}"
    assert client.post(f"{DESK}/{second}/passage", data={"version": 1}).location == DESK
    assert [post.state for post in all_posts(session)] == ["passed", "passed"]
    assert facts(session, tang.id, "comment.passed") == [(LESSON, str(first))]
    found = session.query(Audit).filter_by(subject=f"post/{first}").one()
    assert (found.staff_id, found.action) == (zhou.id, "post.passed")
    assert "Everything has been read" in html(client.get(DESK))


def test_turning_down_needs_a_reason_which_its_author_reads(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question, client = asked(tang, "加我微信 luya_2026 好吗？"), client_of(zhou)
    for reason, said in (("  ", "Say why, so that she can read it."), ("长" * 301, "300 characters at most")):
        response = client.post(f"{DESK}/{question}/removal", data={"version": 1, "reason": reason})
        assert response.status_code == 422
        assert said in html(response)
    assert one(session, question).state == "waiting"
    client.post(f"{DESK}/{question}/removal", data={"version": 1, "reason": "微信号别公开发。"})
    assert one(session, question).state == "down"
    assert facts(session, tang.id, "comment.returned") == [(LESSON, f"{question}.2")]
    assert f'href="/discussion/{question}"' in html(client_of(tang).get("/"))
    hers = html(client_of(tang).get(f"/discussion/{question}"))
    assert "A trainer writes: 微信号别公开发。" in hers
    assert "/edit" not in hers
    assert client_of(aduo).get(f"/discussion/{question}").status_code == 404
    assert facts(session, tang.id, "comment.passed") == []


def test_what_was_shown_is_taken_down_and_shown_again_and_pays_once(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question, client = asked(tang, by=zhou), client_of(zhou)
    client.post(f"{DESK}/{question}/removal", data={"version": 2, "reason": "先核实一下。"})
    assert client_of(aduo).get(f"/discussion/{question}").status_code == 404
    assert "可以先停几天" in html(client.get(f"{DESK}?tab=down"))
    page = html(client.get(f"{DESK}/{question}"))
    assert "先核实一下。" in page
    client.post(f"{DESK}/{question}/passage", data={"version": 3})
    assert client_of(aduo).get(f"/discussion/{question}").status_code == 200
    assert one(session, question).reason == ""
    assert len(facts(session, tang.id, "comment.passed")) == 1
    actions_done = [row.action for row in session.query(Audit).order_by(Audit.id)]
    assert actions_done == ["post.passed", "post.removed", "post.passed"]


def test_an_accepted_answer_that_is_taken_down_stays_paid_and_leaves_its_place(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    answer = answered(aduo, question, by=zhou)
    client_of(tang).post(f"/discussion/{answer}/acceptance")
    client_of(zhou).post(f"{DESK}/{answer}/removal", data={"version": 2, "reason": "说得不对。"})
    page = html(client_of(tang).get(f"/discussion/{question}"))
    assert "Taken down by a trainer" in page
    assert ANSWER not in page
    assert facts(session, aduo.id, "answer.accepted") == [(LESSON, str(answer))]


def test_what_has_changed_since_it_was_read_is_not_judged(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    question, client = asked(tang), client_of(zhou)
    changed = {"text": "加我微信 luya_2026 吧。", "seen": "微信 luya_2026"}
    pointed_out = client_of(tang).post(f"/discussion/{question}/edit", data={"text": changed["text"]})
    assert pointed_out.status_code == 200
    assert client_of(tang).post(f"/discussion/{question}/edit", data=changed).status_code == 303
    response = client.post(f"{DESK}/{question}/passage", data={"version": 1})
    assert response.status_code == 409
    assert "has changed since you read it" in html(response)
    assert one(session, question).state == "waiting"
    for version in ("", "x", "0", "-1", "9" * 30):
        assert client.post(f"{DESK}/{question}/passage", data={"version": version}).status_code == 422
    client_of(tang).post(f"/discussion/{question}/deletion")
    assert client.post(f"{DESK}/{question}/passage", data={"version": 3}).status_code == 409


def test_of_two_who_decide_at_the_same_moment_one_does(
    client_of: Clients, tang: Person, zhou: Person, lu: Person, session: Session
) -> None:
    question, barrier, codes = asked(tang), Barrier(2), []

    def decide(client: FlaskClient, verb: str) -> None:
        barrier.wait()
        codes.append(client.post(f"{DESK}/{question}/{verb}", data={"version": 1, "reason": "不合适。"}).status_code)

    threads = [
        Thread(target=decide, args=(client_of(staff), verb)) for staff, verb in ((zhou, "passage"), (lu, "removal"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 409]
    assert one(session, question).version == 2
    assert session.query(Audit).count() == 1


def test_a_reported_post_comes_first_until_somebody_has_looked(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question, waiting = asked(tang, by=zhou), asked(aduo, "还在等的问题？")
    client_of(aduo).post(f"/discussion/{question}/report", data=PRIVATE)
    client = client_of(zhou)
    assert "1 post is reported" in html(client.get("/desk"))
    assert "可以先停几天" in html(client.get(f"{DESK}?tab=reported"))
    page = html(client.get(f"{DESK}/{question}"))
    assert "阿朵: It shows a phone number" in page
    assert "Nothing is wrong with it" in page
    response = client.post(f"{DESK}/{question}/passage", data={"version": 2})
    assert response.location == f"{DESK}/{waiting}"
    assert one(session, question).state == "passed"
    assert "Nothing is reported" in html(client.get(f"{DESK}?tab=reported"))
    # Nor can the same person bring it up again and again.
    client_of(aduo).post(f"/discussion/{question}/report", data=PRIVATE)
    assert "Nothing is reported" in html(client.get(f"{DESK}?tab=reported"))


def test_a_trainers_answer_shows_at_once_and_lets_a_waiting_question_through(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question, client = asked(tang), client_of(zhou)
    assert "Let it through and answer" in html(client.get(f"{DESK}/{question}"))
    said = {"version": 1, "text": "先停三天，不红了再少量用。"}
    assert client.post(f"{DESK}/{question}/answers", data=said).location == f"{DESK}/{question}"
    page = html(client_of(aduo).get(f"/discussion/{question}"))
    assert "先停三天，不红了再少量用。" in page
    assert page.count(">Trainer<") == 1
    answer = all_posts(session)[-1]
    assert facts(session, tang.id, "question.answered") == [(LESSON, str(answer.id))]
    assert facts(session, zhou.id, "comment.passed") == []
    assert client.post(f"{DESK}/{question}/answers", data={"version": 1, "text": "短"}).status_code == 422
    client_of(tang).post(f"/discussion/{answer.id}/acceptance")
    assert facts(session, zhou.id, "answer.accepted") == []
    assert one(session, answer.id).accepted


def test_a_trainer_accepts_for_who_asked_and_it_is_on_record(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    answer = answered(aduo, question, by=zhou)
    client = client_of(zhou)
    assert "Accept as the answer" in html(client.get(f"{DESK}/{answer}"))
    assert client.post(f"{DESK}/{answer}/acceptance").status_code == 303
    assert "Accept as the answer" not in html(client.get(f"{DESK}/{answer}"))
    assert facts(session, aduo.id, "answer.accepted") == [(LESSON, str(answer))]
    assert session.query(Audit).filter_by(staff_id=zhou.id, action="answer.accepted").count() == 1
    assert client.post(f"{DESK}/{question}/acceptance").status_code == 404


def test_a_locked_question_is_read_and_takes_no_more_answers(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    answered(aduo, question, by=zhou)
    client = client_of(zhou)
    for _ in range(2):
        assert client.post(f"{DESK}/{question}/lock", data={"closed": "1"}).status_code == 303
    page = html(client_of(aduo).get(f"/discussion/{question}"))
    assert "A trainer has closed this question." in page
    assert ANSWER in page
    assert "<textarea" not in page
    assert reply(client_of(aduo), question, "再补充一句可以吗？").status_code == 409
    client.post(f"{DESK}/{question}/lock", data={"closed": ""})
    assert reply(client_of(aduo), question, "再补充一句可以吗？").status_code == 303
    assert session.query(Audit).filter(Audit.action.like("thread.%")).count() == 2


def test_other_trainers_and_trainees_find_nothing_there(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, wu: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    answer = answered(aduo, question)
    data = {"version": 1, "reason": "不合适。", "text": "我来回答一下。", "closed": "1"}
    for who in (wu, aduo):
        for id in (question, answer):
            assert client_of(who).get(f"{DESK}/{id}").status_code == 404
            for verb in ("passage", "removal", "answers", "acceptance", "lock"):
                assert client_of(who).post(f"{DESK}/{id}/{verb}", data=data).status_code == 404, (who.name, verb)
    assert client_of(aduo).get(DESK).status_code == 404
    assert [post.state for post in all_posts(session)] == ["passed", "waiting"]


def test_where_nobody_moderates_the_desk_still_reads_and_pays(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    settle(moderated=False)
    question = asked(tang)
    answer = answered(aduo, question)
    assert facts(session, tang.id, "question.answered") == [(LESSON, str(answer))]
    assert facts(session, tang.id, "comment.passed") == []
    client = client_of(zhou)
    assert "Posts are shown at once" in html(client.get(DESK))
    client.post(f"{DESK}/{answer}/passage", data={"version": 1})
    assert len(facts(session, tang.id, "question.answered")) == 1
    client.post(f"{DESK}/{question}/removal", data={"version": 1, "reason": "不合适。"})
    assert client_of(aduo).get(f"/discussion/{question}").status_code == 404


@ON_SQLITE
def test_words_of_the_list_and_personal_data_are_marked_and_nothing_typed_is_markup(
    client_of: Clients, tang: Person, zhou: Person
) -> None:
    question = asked(tang, "最好的<script>alert(1)</script>，打 13800138000。")
    raw = client_of(zhou).get(f"{DESK}/{question}").get_data(as_text=True)
    assert "<mark>最好</mark>" in raw
    assert "<mark>13800138000</mark>" in raw
    assert "<script>alert" not in raw


@ON_SQLITE
def test_a_long_queue_turns_its_pages_behind_what_was_read_last(
    client_of: Clients, tang: Person, zhou: Person, clock: Clock
) -> None:
    ids = []
    for n in range(PAGE + 3):
        ids.append(asked(tang, f"第 {n} 个问题，怎么办？"))
        clock.move(minutes=7)
    client = client_of(zhou)
    page = html(client.get(DESK))
    assert page.count('class="avatar letter "') == PAGE + 1
    assert f"?tab=waiting&after={ids[PAGE - 1]}" in page
    assert html(client.get(f"{DESK}?after={ids[PAGE - 1]}")).count('class="avatar letter "') == 4
    with db.writing() as session:
        for id in ids:
            actions.let_through(session, session.get_one(Person, zhou.id), id, 1)
    newest = html(client.get(f"{DESK}?tab=passed"))
    assert f"第 {PAGE + 2} 个问题" in newest
    assert f"?tab=passed&after={ids[3]}" in newest
    assert client.get(f"{DESK}?tab=nonsense").status_code == 404


@pytest.mark.parametrize("path", [DESK, f"{DESK}?tab=passed", "one"])
def test_the_pages_ask_the_database_little_however_much_there_is(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, path: str
) -> None:
    question = asked(tang, by=zhou)
    answer = answered(aduo, question)
    client, target = client_of(zhou), f"{DESK}/{answer}" if path == "one" else path
    with statements() as few:
        client.get(target)
    for n in range(3):
        answered(aduo, question, f"第 {n} 个回答，就这样。")
        asked(tang, f"第 {n} 个问题，怎么办？")
    client_of(tang).post(f"/discussion/{answer}/report", data=PRIVATE)
    with statements() as more:
        client.get(target)
    assert 0 < len(few) <= len(more) <= 6, more
