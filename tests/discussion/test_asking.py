"""Trainees ask and answer under a lesson."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.db import db
from academy.discussion import actions
from academy.discussion.models import Report
from academy.discussion.queries import ANSWERS, QUESTIONS
from academy.journal.models import Entry
from academy.people.models import Audit, Person
from tests.conftest import ON_SQLITE, Clock, html
from tests.discussion.conftest import ANSWER, LESSON, QUESTION, all_posts, answered, ask, asked, one, reply, settle
from tests.phone import facts, statements

Clients = Callable[[Person | None], FlaskClient]
HERE = f"/lessons/{LESSON}/discussion"


def test_the_lesson_leads_to_its_discussion_and_fetches_the_newest_afterwards(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person
) -> None:
    client = client_of(tang)
    page = html(client.get(f"/lessons/{LESSON}"))
    assert f'hx-get="{HERE}/newest"' in page
    assert f'href="{HERE}"' in page
    for n in range(4):
        asked(aduo, f"第 {n} 个问题，怎么办？", by=zhou)
    part = html(client.get(f"{HERE}/newest"))
    assert "All questions: 4" in part
    assert "第 3 个问题" in part
    assert "第 0 个问题" not in part


@ON_SQLITE
def test_a_guest_is_led_to_no_discussion(client_of: Clients) -> None:
    assert "discussion" not in html(client_of(None).get("/join/qt07/lesson"))


def test_a_question_shows_to_its_author_at_once_and_to_others_once_a_trainer_has_let_it_through(
    client_of: Clients, tang: Person, xiaomi: Person, zhou: Person, session: Session
) -> None:
    response = ask(client_of(tang))
    (post,) = all_posts(session)
    assert (response.status_code, response.location) == (303, f"/discussion/{post.id}")
    hers = html(client_of(tang).get(HERE))
    assert "可以先停几天" in hers
    assert "In review" in hers
    assert "In review" in html(client_of(tang).get(f"{HERE}/newest"))
    for path in (HERE, f"{HERE}/newest"):
        assert "可以先停几天" not in html(client_of(xiaomi).get(path))
    assert client_of(xiaomi).get(f"/discussion/{post.id}").status_code == 404
    client_of(zhou).post(f"/desk/discussion/{post.id}/passage", data={"version": 1})
    others = html(client_of(xiaomi).get(f"/discussion/{post.id}"))
    assert QUESTION in others
    assert "小棠" in others
    assert "In review" not in html(client_of(tang).get(HERE))


def test_where_nobody_moderates_it_shows_at_once(client_of: Clients, tang: Person, xiaomi: Person) -> None:
    settle(moderated=False)
    ask(client_of(tang))
    page = html(client_of(xiaomi).get(HERE))
    assert "可以先停几天" in page
    assert "In review" not in html(client_of(tang).get(HERE))


def test_a_closed_discussion_can_be_read_and_takes_nothing(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(aduo, by=zhou)
    settle(open=False)
    for path in (HERE, f"/discussion/{question}"):
        page = html(client_of(tang).get(path))
        assert "has closed the discussions" in page
        assert "<textarea" not in page
    assert ask(client_of(tang)).status_code == 409
    assert reply(client_of(tang), question).status_code == 409
    assert len(all_posts(session)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write something first."),
        (" \n  ", "Write something first."),
        ("红了吗", "3 characters so far"),
        ("长" * 501, "501 characters, at most 500"),
        ("长" * 50_000, "50000 characters, at most 500"),
    ],
)
@ON_SQLITE
def test_too_little_and_too_much_is_named_at_the_field_and_kept(
    client_of: Clients, tang: Person, session: Session, text: str, said: str
) -> None:
    response = ask(client_of(tang), text)
    assert response.status_code == 422
    assert said in html(response)
    assert text.strip() in html(response)
    assert all_posts(session) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("这是最好的牌子吗？", "最好"),
        ("加我 138 0013 8000 聊聊好吗", "138 0013 8000"),
        ("加我微信 luya_2026 好吗？", "微信 luya_2026"),
        ("写信到 tang@luya.example 好吗", "tang@luya.example"),
    ],
)
@ON_SQLITE
def test_listed_words_and_personal_data_are_pointed_out_once_before_anything_is_sent(
    client_of: Clients, tang: Person, session: Session, text: str, words: str
) -> None:
    client = client_of(tang)
    response = ask(client, text)
    assert response.status_code == 200
    assert f"“{words}”" in html(response)
    assert all_posts(session) == []
    assert ask(client, text, seen=words).status_code == 303
    assert len(all_posts(session)) == 1


@ON_SQLITE
def test_what_is_typed_is_plain_text_with_its_line_breaks(client_of: Clients, tang: Person, session: Session) -> None:
    ask(client_of(tang), "上一行\r\n<b>下一行</b> https://example.com/x")
    (post,) = all_posts(session)
    assert post.text == "上一行\n<b>下一行</b> https://example.com/x"
    raw = client_of(tang).get(f"/discussion/{post.id}").get_data(as_text=True)
    assert "上一行\n&lt;b&gt;下一行" in raw
    assert 'href="https://example.com' not in raw


def test_the_same_words_twice_are_one_question(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    first, second = ask(client), ask(client)
    assert first.location == second.location
    assert "nothing was sent twice" in html(client.get(HERE))
    assert len(all_posts(session)) == 1


def test_a_double_tap_is_one_question(client_of: Clients, tang: Person, session: Session) -> None:
    barrier = Barrier(2)

    def tap(client: FlaskClient) -> None:
        barrier.wait()
        ask(client)

    threads = [Thread(target=tap, args=(client_of(tang),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(all_posts(session)) == 1


@ON_SQLITE
def test_more_than_ten_an_hour_wait_and_nothing_typed_is_lost(
    client_of: Clients, tang: Person, session: Session, clock: Clock
) -> None:
    client = client_of(tang)
    for n in range(10):
        assert ask(client, f"第 {n} 个问题，怎么办？").status_code == 303
    response = ask(client, "第十一个问题，怎么办？")
    assert response.status_code == 429
    assert "after 14 Sep 11:00" in html(response)
    assert "第十一个问题" in html(response)
    assert len(all_posts(session)) == 10
    clock.move(minutes=60)
    assert ask(client, "第十一个问题，怎么办？").status_code == 303


@ON_SQLITE
def test_a_lesson_that_is_not_open_yet_is_not_discussed(
    client_of: Clients, tang: Person, xiaomi: Person, session: Session
) -> None:
    client = client_of(tang)
    for response in (
        client.get("/lessons/hand-over/discussion"),
        client.get("/lessons/hand-over/discussion/newest"),
        ask(client, lesson="hand-over"),
    ):
        assert response.status_code == 409
    assert ask(client, lesson="nothing").status_code == 404
    with db.writing() as s:
        made, _new = actions.ask(s, xiaomi.id, "hand-over", QUESTION)
        made.state = "passed"
        hidden = made.id
    assert client.get(f"/discussion/{hidden}").status_code == 409
    assert reply(client, hidden).status_code == 409
    assert len(all_posts(session)) == 1


def test_whose_question_is_answered_is_told_once_the_answer_shows(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    response = reply(client_of(aduo), question)
    answer = all_posts(session)[-1].id
    assert response.location == f"/discussion/{question}#post-{answer}"
    assert facts(session, tang.id, "question.answered") == []
    assert ANSWER not in html(client_of(tang).get(f"/discussion/{question}"))
    client_of(zhou).post(f"/desk/discussion/{answer}/passage", data={"version": 1})
    assert facts(session, tang.id, "question.answered") == [(LESSON, str(answer))]
    today = html(client_of(tang).get("/"))
    assert "Your question was answered" in today
    assert f'href="/discussion/{answer}"' in today
    led = client_of(tang).get(f"/discussion/{answer}")
    assert led.location == f"/discussion/{question}#post-{answer}"
    assert ANSWER in html(client_of(tang).get(f"/discussion/{question}"))


def test_her_own_answer_is_no_news_to_her(tang: Person, zhou: Person, session: Session) -> None:
    question = asked(tang, by=zhou)
    answered(tang, question, by=zhou)
    assert facts(session, tang.id, "question.answered") == []


def test_what_a_trainer_lets_through_pays_once_a_day(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    asked(tang, by=zhou)
    asked(tang, "另一个问题，怎么办？", by=zhou)
    assert len(facts(session, tang.id, "comment.passed")) == 2
    paid = session.query(Entry).filter_by(trainee_id=tang.id, rule="comment")
    assert [(entry.currency, entry.amount) for entry in paid] == [("feathers", 10)]


def test_who_asked_accepts_one_answer_and_it_pays(
    client_of: Clients, tang: Person, aduo: Person, xiaomi: Person, zhou: Person, lu: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    first, second = answered(aduo, question, by=zhou), answered(xiaomi, question, "我们是慢慢来的。", by=lu)
    client = client_of(tang)
    sure = html(client.get(f"/discussion/{second}/acceptance"))
    assert "This can’t be undone." in sure
    assert "15 growth and 15 feathers" in sure
    assert client.post(f"/discussion/{second}/acceptance").location == f"/discussion/{question}"
    assert facts(session, xiaomi.id, "answer.accepted") == [(LESSON, str(second))]
    page = html(client.get(f"/discussion/{question}"))
    assert page.index("我们是慢慢来的。") < page.index(ANSWER)
    assert "Accept this answer" not in page
    paid = session.query(Entry).filter_by(trainee_id=xiaomi.id, rule="answer")
    assert {(entry.currency, entry.amount) for entry in paid} == {("growth", 15), ("feathers", 15)}
    assert "Your answer was accepted" in html(client_of(xiaomi).get("/"))
    # Once more is fine, another one is not.
    assert client.post(f"/discussion/{second}/acceptance").status_code == 303
    assert client.post(f"/discussion/{first}/acceptance").status_code == 409
    assert facts(session, aduo.id, "answer.accepted") == []
    assert session.query(Audit).filter_by(action="answer.accepted").count() == 0


def test_three_accepted_answers_a_day_pay(tang: Person, aduo: Person, zhou: Person, session: Session) -> None:
    for n in range(4):
        question = asked(tang, f"第 {n} 个问题，怎么办？", by=zhou)
        answer = answered(aduo, question, by=zhou)
        with db.writing() as s:
            actions.accept(s, s.get_one(Person, tang.id), answer)
    assert len(facts(session, aduo.id, "answer.accepted")) == 4
    assert session.query(Entry).filter_by(trainee_id=aduo.id, rule="answer", currency="growth").count() == 3


def test_ten_accepted_answers_are_the_badge(
    tang: Person, aduo: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    for n in range(10):
        question = asked(tang, f"第 {n} 个问题，怎么办？", by=zhou)
        answer = answered(aduo, question, by=zhou)
        with db.writing() as s:
            actions.accept(s, s.get_one(Person, tang.id), answer)
        assert ("helper-10", "") not in facts(session, aduo.id, "badge.awarded") or n == 9
        clock.move(hours=1)
    assert ("helper-10", "") in facts(session, aduo.id, "badge.awarded")


def test_nobody_accepts_the_answer_of_who_asked_nor_one_to_somebody_elses_question(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    own, other = answered(tang, question, "我自己找到了办法。", by=zhou), answered(aduo, question, by=zhou)
    for answer, who in ((own, tang), (other, aduo), (own, aduo)):
        for method in ("GET", "POST"):
            assert client_of(who).open(f"/discussion/{answer}/acceptance", method=method).status_code == 404
    assert client_of(tang).post(f"/discussion/{question}/acceptance").status_code == 404
    assert client_of(zhou).post(f"/desk/discussion/{own}/acceptance").status_code == 409
    assert not any(post.accepted for post in all_posts(session))


def test_of_two_answers_accepted_at_the_same_moment_one_is(
    client_of: Clients, tang: Person, aduo: Person, xiaomi: Person, zhou: Person, lu: Person, session: Session
) -> None:
    question, barrier, codes = asked(tang, by=zhou), Barrier(2), []
    answers = answered(aduo, question, by=zhou), answered(xiaomi, question, "我们是慢慢来的。", by=lu)

    def tap(client: FlaskClient, path: str) -> None:
        barrier.wait()
        codes.append(client.post(path).status_code)

    threads = [
        Thread(target=tap, args=(client_of(tang), f"/discussion/{answers[0]}/acceptance")),
        Thread(target=tap, args=(client_of(lu), f"/desk/discussion/{answers[1]}/acceptance")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 409]
    assert [post.accepted for post in all_posts(session)].count(True) == 1
    paid = facts(session, aduo.id, "answer.accepted") + facts(session, xiaomi.id, "answer.accepted")
    assert len(paid) == 1


def test_she_changes_her_words_for_ten_minutes_and_a_trainer_reads_them_again(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    question, client = asked(tang, by=zhou), client_of(tang)
    clock.move(minutes=9, seconds=59)
    assert QUESTION in html(client.get(f"/discussion/{question}/edit"))
    assert client.post(f"/discussion/{question}/edit", data={"text": "那可以先停一周再用吗？"}).status_code == 303
    post = one(session, question)
    assert (post.text, post.state, post.version) == ("那可以先停一周再用吗？", "waiting", 3)
    assert client_of(aduo).get(f"/discussion/{question}").status_code == 404
    clock.move(seconds=1)
    for method in ("GET", "POST"):
        response = client.open(f"/discussion/{question}/edit", method=method, data={"text": "还想再改一次。"})
        assert response.status_code == 409
    assert "/edit" not in html(client.get(f"/discussion/{question}"))


def test_an_accepted_answer_cant_be_changed_and_stays_as_a_place_when_it_is_deleted(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    answer = answered(aduo, question, by=zhou)
    client_of(tang).post(f"/discussion/{answer}/acceptance")
    client = client_of(aduo)
    assert client.post(f"/discussion/{answer}/edit", data={"text": "加我微信就告诉你。"}).status_code == 409
    assert "Delete my words" in html(client.get(f"/discussion/{answer}/deletion"))
    assert client.post(f"/discussion/{answer}/deletion").location == f"/discussion/{question}"
    post = one(session, answer)
    assert (post.text, post.state, post.accepted) == ("", "deleted", True)
    page = html(client_of(tang).get(f"/discussion/{question}"))
    assert "Deleted by its author" in page
    assert ANSWER not in page
    assert "Accept this answer" not in page


def test_a_deleted_question_keeps_its_place_while_it_has_answers(
    client_of: Clients, tang: Person, aduo: Person, xiaomi: Person, zhou: Person
) -> None:
    lonely, question = asked(tang, "没有人回答的问题？", by=zhou), asked(tang, by=zhou)
    answered(aduo, question, by=zhou)
    for id in (lonely, question):
        assert client_of(tang).post(f"/discussion/{id}/deletion").status_code == 303
    page = html(client_of(xiaomi).get(HERE))
    assert page.count("This question was deleted by its author") == 1
    assert "小棠" not in page
    thread = html(client_of(xiaomi).get(f"/discussion/{question}"))
    assert ANSWER in thread
    assert "<textarea" not in thread
    assert reply(client_of(xiaomi), question, "还能再说一句吗？").status_code == 409
    assert client_of(xiaomi).get(f"/discussion/{lonely}").status_code == 404


def test_nobody_touches_somebody_elses_words(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    for verb in ("edit", "deletion"):
        for method in ("GET", "POST"):
            response = client_of(aduo).open(
                f"/discussion/{question}/{verb}", method=method, data={"text": "改掉它吧。"}
            )
            assert response.status_code == 404
    for who in (zhou, None):
        assert client_of(who).get(f"/discussion/{question}").status_code == (302 if who is None else 404)
    assert one(session, question).text == QUESTION


def test_a_report_hides_nothing_and_is_kept_once(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question, client = asked(tang, by=zhou), client_of(aduo)
    assert client.post(f"/discussion/{question}/report").status_code == 422
    assert client.post(f"/discussion/{question}/report", data={"reason": "nonsense"}).status_code == 422
    for _ in range(2):
        assert client.post(f"/discussion/{question}/report", data={"reason": "private"}).status_code == 303
    session.rollback()
    assert [(row.reporter_id, row.reason) for row in session.query(Report)] == [(aduo.id, "private")]
    assert QUESTION in html(client.get(f"/discussion/{question}"))
    assert client_of(tang).get(f"/discussion/{question}/report").status_code == 404


@ON_SQLITE
def test_long_lists_turn_their_pages_behind_what_was_read_last(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, clock: Clock
) -> None:
    with db.writing() as session:
        staff = session.get_one(Person, zhou.id)
        ids = []
        for n in range(QUESTIONS + 5):
            made, _new = actions.ask(session, tang.id, LESSON, f"第 {n} 个问题，怎么办？")
            made.state = "passed"
            ids.append(made.id)
            clock.move(minutes=7)
        for n in range(ANSWERS + 5):
            actions.answer(session, staff, ids[0], f"第 {n} 个回答，就这样。")
    client = client_of(aduo)
    first = html(client.get(HERE))
    assert first.count('class="hit"') == QUESTIONS
    assert f'href="{HERE}?before={ids[5]}"' in first
    second = html(client.get(f"{HERE}?before={ids[5]}"))
    assert second.count('class="hit"') == 5
    assert "<textarea" not in second
    thread = html(client.get(f"/discussion/{ids[0]}"))
    assert thread.count("个回答，就这样。") == ANSWERS
    more = thread.partition("?after=")[2].partition('"')[0]
    assert html(client.get(f"/discussion/{ids[0]}?after={more}")).count("个回答，就这样。") == 5
    assert "No older questions" in html(client.get(f"{HERE}?before=1"))
    assert client.get(f"{HERE}?before=nonsense").status_code == 200


@pytest.mark.parametrize("path", [HERE, f"{HERE}/newest", "thread"])
def test_the_pages_ask_the_database_little_however_much_is_said(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, path: str
) -> None:
    question = asked(tang, by=zhou)
    target, client = (f"/discussion/{question}" if path == "thread" else path), client_of(aduo)
    with statements() as few:
        client.get(target)
    for n in range(3):
        answered(aduo, question, f"第 {n} 个回答，就这样。", by=zhou)
        asked(tang, f"第 {n} 个问题，怎么办？", by=zhou)
    with statements() as more:
        client.get(target)
    assert 0 < len(few) <= len(more) <= 6, more


def test_an_answer_to_a_question_that_waits_is_found_by_nobody_else(
    client_of: Clients, tang: Person, aduo: Person, session: Session
) -> None:
    question = asked(tang)
    assert reply(client_of(aduo), question).status_code == 404
    assert reply(client_of(tang), question, "补充一下：只有左边红。").status_code == 303
    answer = all_posts(session)[-1].id
    assert client_of(aduo).get(f"/discussion/{answer}").status_code == 302
    assert client_of(aduo).get(f"/discussion/{question}").status_code == 404
    assert client_of(aduo).get(f"/discussion/{answer}/report").status_code == 404
