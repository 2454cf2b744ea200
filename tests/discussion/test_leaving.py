"""What becomes of her words in the copy of her data, and when she leaves."""

import io
import json
from collections.abc import Callable
from zipfile import ZipFile

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.db import db
from academy.discussion.models import Report
from academy.people.models import Attempted, Cohort, Person
from tests.conftest import ON_SQLITE, PASSWORD, html
from tests.discussion.conftest import ANSWER, LESSON, QUESTION, all_posts, answered, ask, asked, one, reply

Clients = Callable[[Person | None], FlaskClient]


@ON_SQLITE
def test_the_copy_holds_what_she_said_and_reported_and_nothing_of_others(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person
) -> None:
    question = asked(tang, by=zhou)
    answered(aduo, question, by=zhou)
    other = asked(aduo, "别人的问题，怎么办？", by=zhou)
    client = client_of(tang)
    client.post(f"/discussion/{other}/report", data={"reason": "wrong"})
    packed = ZipFile(io.BytesIO(client.post("/me/data", data={"present": PASSWORD}, buffered=True).data))
    data = json.loads(packed.read("data.json"))
    assert [(row["lesson"], row["what"], row["text"], row["state"]) for row in data["discussion"]] == [
        (LESSON, "question", QUESTION, "passed")
    ]
    assert [(row["post"], row["reason"], row["looked_at"]) for row in data["reports"]] == [(other, "wrong", None)]
    assert ANSWER not in packed.read("data.json").decode()
    assert "discussion" in packed.read("README.txt").decode()


def test_who_leaves_takes_her_words_along_and_the_thread_stays_readable(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    ask(client_of(tang))
    question = all_posts(session)[0].id
    assert session.query(Attempted).filter_by(scope="discussion").count() == 1
    session.rollback()
    client_of(zhou).post(f"/desk/discussion/{question}/passage", data={"version": 1})
    answered(aduo, question, by=zhou)
    own = answered(tang, question, "后来就好了，谢谢大家。", by=zhou)
    other = asked(aduo, "别人的问题，怎么办？", by=zhou)
    client_of(tang).post(f"/discussion/{other}/report", data={"reason": "wrong"})
    left = client_of(tang).post("/me/erasure", data={"present": PASSWORD, "understood": "y"})
    assert left.location == "/farewell"
    for id in (question, own):
        post = one(session, id)
        assert (post.text, post.state) == ("", "deleted")
    assert session.query(Report).count() == 0
    tries = session.query(Attempted).filter(Attempted.scope.in_(["discussion", "post-report"]))
    assert [row.scope for row in tries] == ["discussion", "discussion"], "those of 阿朵 stay"
    session.rollback()
    page = html(client_of(aduo).get(f"/discussion/{question}"))
    assert "Deleted by its author" in page
    assert ANSWER in page
    assert "小棠" not in page
    assert reply(client_of(aduo), question, "再补充一句可以吗？").status_code == 409
    # Nor does her going stand in the way of judging what others said to her.
    waiting = one(session, other)
    assert client_of(zhou).post(f"/desk/discussion/{waiting.id}/passage", data={"version": 2}).status_code == 303


def test_an_answer_to_somebody_who_has_left_is_still_let_through(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    answer = answered(aduo, question)
    client_of(tang).post("/me/erasure", data={"present": PASSWORD, "understood": "y"})
    assert client_of(zhou).post(f"/desk/discussion/{answer}/passage", data={"version": 1}).status_code == 303
    assert ANSWER in html(client_of(aduo).get(f"/discussion/{question}"))


def test_what_a_trainer_said_stays_without_her_name(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    question = asked(tang, by=zhou)
    answered(zhou, question, "先停三天，不红了再少量用。")
    with db.writing() as s:
        s.query(Cohort).filter_by(trainer_id=zhou.id).update({"open": False})
    client_of(zhou).post("/me/erasure", data={"present": PASSWORD, "understood": "y"})
    page = html(client_of(tang).get(f"/discussion/{question}"))
    assert "先停三天，不红了再少量用。" in page
    assert "周以宁" not in page
