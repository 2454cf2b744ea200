"""The review desk: rubric, excellence, remarks on passages, phrases, who takes care, what is due."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy.clock import ZONE
from academy.db import db
from academy.journal.models import Entry, Fact
from academy.people.models import Audit, Person
from academy.practice import queries
from academy.practice.jobs import sweep
from academy.practice.models import HandIn, Phrase, Remark
from academy.practice.pictures import AREA
from tests.conftest import ON_SQLITE, Clock, html
from tests.practice.conftest import TEXT, all_hand_ins, hand_in, photo
from tests.practice.test_review import handed_in, reload

Clients = Callable[[Person | None], FlaskClient]
HTMX = {"HX-Request": "true", "Accept-Language": "en"}
PASSAGE = "薄薄涂一层"


def at(words: str, text: str = TEXT) -> dict[str, int]:
    """Where words stand in a text, as a form says it."""
    return {"start": text.index(words), "end": text.index(words) + len(words)}


def kinds(session: Session, trainee: Person) -> list[str]:
    session.rollback()
    return [fact.kind for fact in session.query(Fact).filter_by(trainee_id=trainee.id).order_by(Fact.id)]


def paid(session: Session, trainee: Person) -> dict[str, int]:
    """What a trainee was paid, by rule and currency."""
    session.rollback()
    rows = session.query(Entry).filter_by(trainee_id=trainee.id)
    return {f"{row.rule} {row.currency}": row.amount for row in rows}


def test_stars_are_kept_and_shown_to_her_with_their_mean(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    one = handed_in(tang)
    stars = {"stars-own": "5", "stars-lines": "2", "stars-pictures": "4", "stars-other": "5"}
    client_of(zhou).post(f"/desk/hand-ins/{one}/return", data={"comment": "再改改", **stars})
    assert reload(session, one).scores == {"own": 5, "lines": 2, "pictures": 4}
    page = html(client_of(tang).get(f"/hand-ins/{one}"))
    assert 'aria-label="Within the red lines 2 / 5"' in page
    assert "3.7" in page
    assert "3.7" in html(client_of(tang).get("/practice/first-words"))


@pytest.mark.parametrize("typed", ["0", "6", "-1", "x", "", "99999999999999999999"])
@ON_SQLITE
def test_stars_that_are_none_are_not_given(
    client_of: Clients, tang: Person, zhou: Person, session: Session, typed: str
) -> None:
    one = handed_in(tang)
    client_of(zhou).post(f"/desk/hand-ins/{one}/acceptance", data={"stars-own": typed})
    assert reload(session, one).scores == {}


def test_excellent_is_accepted_and_a_fact_besides_which_is_paid(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    one = handed_in(tang)
    client = client_of(zhou)
    assert client.post(f"/desk/hand-ins/{one}/excellence", data={"comment": ""}).status_code == 303
    assert reload(session, one).state == "accepted"
    assert kinds(session, tang)[-2:] == ["handin.accepted", "handin.excellent"]
    assert paid(session, tang)["excellent growth"] == paid(session, tang)["excellent feathers"] == 20
    assert paid(session, tang)["hand-in feathers"] == 5
    assert session.query(Audit).one().action == "handin.excellent"
    assert "Accepted as excellent" in html(client_of(tang).get(f"/hand-ins/{one}"))
    assert client.post(f"/desk/hand-ins/{one}/excellence", data={"comment": ""}).status_code == 409
    assert kinds(session, tang).count("handin.excellent") == 1


def test_a_remark_stands_at_its_passage_and_reaches_her_with_the_verdict(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    one, client = handed_in(tang), client_of(zhou)
    part = client.post(f"/desk/hand-ins/{one}/remarks", data=at(PASSAGE) | {"remark": "多少算薄？"}, headers=HTMX)
    assert part.status_code == 200
    assert html(part).startswith('<div class="stack" id="answer">')
    assert f'<mark class="noted">{PASSAGE}</mark><sup data-n="1">' in html(part)
    hers = client_of(tang)
    assert "多少算薄？" not in html(hers.get(f"/hand-ins/{one}"))
    client.post(f"/desk/hand-ins/{one}/return", data={"comment": ""})
    for path in (f"/hand-ins/{one}", "/practice/first-words"):
        page = html(hers.get(path))
        assert f"<mark>{PASSAGE}</mark>" in page
        assert "多少算薄？" in page


def test_without_scripts_a_sentence_is_chosen_by_its_number_and_nothing_typed_is_lost(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    one, client = handed_in(tang), client_of(zhou)
    page = html(client.get(f"/desk/hand-ins/{one}"))
    assert '<option value="2">2. 盖子有点紧。</option>' in page
    typed = {"sentence": "2", "remark": "真实！", "comment": "整体很好", "stars-own": "4"}
    page = html(client.post(f"/desk/hand-ins/{one}/remarks", data=typed))
    assert "整体很好" in page
    assert 'name="stars-own" value="4" checked' in page
    assert '<mark class="noted">盖子有点紧。</mark>' in page
    # A reload of that page sends it once more.
    assert client.post(f"/desk/hand-ins/{one}/remarks", data=typed).status_code == 200
    assert session.query(Remark).count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"start": "-1", "end": "4"},
        {"start": "4", "end": "4"},
        {"start": "0", "end": "9999"},
        {"start": "x", "end": "4"},
        {"sentence": "99"},
        {"sentence": "0"},
        {},
    ],
)
@ON_SQLITE
def test_a_remark_needs_a_passage_and_words(
    client_of: Clients, tang: Person, zhou: Person, session: Session, typed: dict[str, str]
) -> None:
    one, client = handed_in(tang), client_of(zhou)
    response = client.post(f"/desk/hand-ins/{one}/remarks", data=typed | {"remark": "好"})
    assert response.status_code == 422
    assert "Choose the passage first." in html(response)
    for words in ("", "长" * 301):
        assert client.post(f"/desk/hand-ins/{one}/remarks", data=at(PASSAGE) | {"remark": words}).status_code == 422
    assert session.query(Remark).count() == 0


@ON_SQLITE
def test_remarks_may_overlap_and_are_no_markup(client_of: Clients, tang: Person, zhou: Person) -> None:
    text = "每天😀换尿裤<b>后</b>薄薄涂一层，用了一个冬天，摸着干爽。"
    one, client = handed_in(tang, text), client_of(zhou)
    for words in ("换尿裤<b>后</b>薄薄", "薄薄涂一层", "😀换"):
        client.post(f"/desk/hand-ins/{one}/remarks", data=at(words, text) | {"remark": f"<i>{words}"})
    client.post(f"/desk/hand-ins/{one}/return", data={"comment": "改"})
    raw = client_of(tang).get(f"/hand-ins/{one}").get_data(as_text=True)
    assert "<b>" not in raw.partition("passages")[2].partition("</div>")[0]
    assert "<i>" not in raw
    assert raw.count('class="remark"') == 3


def test_only_her_own_remark_is_taken_back_and_none_after_the_verdict(
    client_of: Clients, tang: Person, zhou: Person, lu: Person, session: Session
) -> None:
    one = handed_in(tang)
    client_of(zhou).post(f"/desk/hand-ins/{one}/remarks", data=at(PASSAGE) | {"remark": "多少？"})
    session.rollback()
    said = session.query(Remark).one().id
    page = html(client_of(lu).get(f"/desk/hand-ins/{one}"))
    assert "周以宁" in page.partition('class="remarks"')[2]
    client_of(lu).post(f"/desk/hand-ins/{one}/remarks/{said}/removal")
    assert session.query(Remark).count() == 1
    session.rollback()
    client_of(lu).post(f"/desk/hand-ins/{one}/acceptance", data={"comment": "好"})
    assert client_of(zhou).post(f"/desk/hand-ins/{one}/remarks/{said}/removal").status_code == 409
    assert client_of(zhou).post(f"/desk/hand-ins/{one}/remarks", data=at(PASSAGE) | {"remark": "x"}).status_code == 409
    session.rollback()
    assert session.query(Remark).count() == 1


def test_strangers_to_a_class_say_nothing_there(client_of: Clients, tang: Person, wu: Person, session: Session) -> None:
    one = handed_in(tang)
    client = client_of(wu)
    for path, data in (
        ("remarks", at(PASSAGE) | {"remark": "x"}),
        ("owner", {"to": wu.id}),
        ("phrases", {"phrase": 0}),
        ("excellence", {"comment": ""}),
    ):
        assert client.post(f"/desk/hand-ins/{one}/{path}", data=data).status_code == 404
    assert client.get(f"/desk/hand-ins/{one}/rounds").status_code == 404
    session.rollback()
    assert session.query(Remark).count() == 0


def test_who_comes_second_keeps_what_she_wrote(
    client_of: Clients, tang: Person, zhou: Person, lu: Person, session: Session
) -> None:
    one = handed_in(tang)
    client_of(lu).post(f"/desk/hand-ins/{one}/acceptance", data={"comment": "好"})
    response = client_of(zhou).post(f"/desk/hand-ins/{one}/return", data={"comment": "我写了很久的点评"})
    assert response.status_code == 409
    page = html(response)
    assert "鹿芽运营 has accepted this one already" in page
    assert "What you wrote was not sent:" in page
    assert 'data-copies="我写了很久的点评"' in page


def test_phrases_are_hers_shared_or_the_academys_and_go_into_the_comment(
    client_of: Clients, tang: Person, zhou: Person, wu: Person, session: Session
) -> None:
    one, client = handed_in(tang), client_of(zhou)
    for title, text, more in (("开头", "开头很抓人。", {}), ("光线", "光线暗了点。", {"shared": "y"})):
        assert client.post("/desk/phrases", data={"title": title, "text": text, **more}).status_code == 303
    page = html(client.get(f"/desk/hand-ins/{one}"))
    assert 'data-inserts="开头很抓人。"' in page
    assert 'data-key="1"' in page
    page = html(client.post(f"/desk/hand-ins/{one}/phrases", data={"comment": "整体好。", "phrase": "1"}))
    assert "整体好。\n光线暗了点。" in page
    assert client.post(f"/desk/hand-ins/{one}/phrases", data={"phrase": "99"}).status_code == 422
    others = html(client_of(wu).get("/desk/phrases"))
    assert "光线暗了点。" in others
    assert "开头很抓人。" not in others
    assert "Rings true" in others
    session.rollback()
    shared = session.query(Phrase).filter_by(title="光线").one().id
    client_of(wu).post(f"/desk/phrases/{shared}/removal")
    assert session.query(Phrase).count() == 2
    session.rollback()
    client.post("/desk/phrases", data={"title": "光线", "text": "靠窗拍。"})
    client.post(f"/desk/phrases/{session.query(Phrase).filter_by(title='开头').one().id}/removal")
    session.rollback()
    assert [(row.text, row.shared) for row in session.query(Phrase)] == [("靠窗拍。", False)]


@pytest.mark.parametrize("data", [{"title": "", "text": "x"}, {"title": "长" * 13, "text": "x"}, {"title": "x"}])
@ON_SQLITE
def test_a_phrase_needs_a_short_name_and_words(client_of: Clients, zhou: Person, data: dict[str, str]) -> None:
    assert client_of(zhou).post("/desk/phrases", data=data).status_code == 422


def test_a_hand_in_is_handed_over_to_a_colleague_who_sees_this_one_only(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, wu: Person, session: Session
) -> None:
    one, other = handed_in(tang), handed_in(aduo)
    hers, colleagues = client_of(zhou), client_of(wu)
    assert "吴老师" in html(hers.get(f"/desk/hand-ins/{one}/owner"))
    assert hers.post(f"/desk/hand-ins/{one}/owner", data={"to": wu.id}).status_code == 303
    assert "1 waits for a reply" in html(hers.get("/desk/hand-ins"))
    assert "吴老师 takes care of this one." in html(hers.get(f"/desk/hand-ins/{one}"))
    assert "小棠" in html(colleagues.get("/desk/hand-ins"))
    assert colleagues.get(f"/desk/hand-ins/{one}").status_code == 200
    assert colleagues.get(f"/desk/hand-ins/{other}").status_code == 404
    assert colleagues.get(f"/desk/roster/{tang.id}").status_code == 404
    assert colleagues.post(f"/desk/hand-ins/{one}/return", data={"comment": "再改"}).status_code == 303
    # The next round comes back to her who knows it.
    again = handed_in(tang, TEXT + "再用了两周。")
    assert reload(session, again).owner_id == wu.id
    hers.post(f"/desk/hand-ins/{again}/owner", data={"to": zhou.id})
    assert colleagues.get(f"/desk/hand-ins/{again}").status_code == 404
    assert "2 wait for a reply" in html(hers.get("/desk/hand-ins"))


@pytest.mark.parametrize("to", ["tang", "nobody", "x"])
def test_nobody_but_a_reviewer_is_entrusted_with_a_hand_in(
    client_of: Clients, tang: Person, zhou: Person, session: Session, to: str
) -> None:
    one = handed_in(tang)
    typed = {"tang": tang.id, "nobody": 99999}.get(to, to)
    assert client_of(zhou).post(f"/desk/hand-ins/{one}/owner", data={"to": typed}).status_code == 409
    assert reload(session, one).owner_id is None


def test_what_is_due_first_comes_first_whenever_it_was_handed_in(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session, clock: Clock
) -> None:
    early, late = handed_in(tang), handed_in(aduo)
    with db.writing() as writing:
        writing.execute(update(HandIn).where(HandIn.id == early).values(due=clock.at + timedelta(days=5)))
    clock.move(hours=40)
    page = html(client_of(zhou).get("/desk/hand-ins"))
    assert page.index("阿朵") < page.index("小棠")
    assert "1 overdue" in page
    assert reload(session, late).due == datetime(2026, 9, 15, 20, tzinfo=ZONE)


def test_the_workload_of_each_reviewer_is_told(
    client_of: Clients, tang: Person, aduo: Person, xiaomi: Person, zhou: Person, wu: Person, lu: Person, clock: Clock
) -> None:
    first = handed_in(tang)
    clock.move(hours=5)
    client_of(zhou).post(f"/desk/hand-ins/{first}/acceptance", data={"comment": "好"})
    for trainee in (aduo, xiaomi):
        handed_in(trainee)
    clock.move(hours=40)
    with db.writing() as session:
        loads = queries.workload(session, session.get_one(Person, lu.id))
        hers = queries.workload(session, session.get_one(Person, zhou.id))
    assert (loads[zhou.id].waiting, loads[zhou.id].overdue, loads[zhou.id].done, loads[zhou.id].hours) == (1, 1, 1, 5)
    assert (loads[wu.id].waiting, loads[wu.id].overdue, loads[wu.id].done) == (1, 1, 0)
    assert set(hers) == {zhou.id}
    assert "Median hours" in html(client_of(zhou).get("/desk/hand-ins/workload"))


def test_all_rounds_stand_side_by_side_with_what_changed(client_of: Clients, tang: Person, zhou: Person) -> None:
    client = client_of(zhou)
    first = handed_in(tang)
    client.post(f"/desk/hand-ins/{first}/return", data={"comment": "说说用了多久。"})
    second = handed_in(tang, TEXT.replace("盖子有点紧。", "盖子有点紧，第二周就松了。"))
    page = html(client.get(f"/desk/hand-ins/{second}/rounds"))
    assert '<del><span class="sr">taken out </span>盖子有点紧。</del>' in page
    assert '<ins><span class="sr">new </span>盖子有点紧，第二周就松了。</ins>' in page
    assert "说说用了多久。" in page
    client.post(f"/desk/hand-ins/{second}/acceptance", data={"comment": ""})
    assert "2 rounds, and what changed" in html(client_of(tang).get(f"/hand-ins/{second}"))
    assert "You have handed it in again since." in html(client_of(tang).get(f"/hand-ins/{first}"))


def test_a_trainer_who_lost_her_role_with_the_page_open_changes_nothing(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    one, client = handed_in(tang), client_of(zhou)
    assert client.get(f"/desk/hand-ins/{one}").status_code == 200
    with db.writing() as writing:
        writing.execute(update(Person).where(Person.id == zhou.id).values(role="trainee"))
    for path, data in (("acceptance", {"comment": "好"}), ("remarks", at(PASSAGE) | {"remark": "x"})):
        assert client.post(f"/desk/hand-ins/{one}/{path}", data=data).status_code == 404
    assert reload(session, one).state == "waiting"


def test_a_queue_that_is_long_is_counted_no_further_than_it_tells(
    client_of: Clients, tang: Person, lu: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)
    monkeypatch.setattr("academy.practice.manage.MOST_COUNTED", 3)
    for n in range(6):
        handed_in(tang, practice=f"practice-{n}")
    assert "3+ wait for a reply" in html(client_of(lu).get("/desk/hand-ins"))


def test_pictures_of_forms_that_were_never_sent_are_swept_and_those_of_hand_ins_stay(
    app: Flask, client_of: Clients, tang: Person, aduo: Person, session: Session
) -> None:
    folder = app.extensions["files"].root / AREA
    hand_in(client_of(tang), "太短", pictures=[(photo(10), "a.png")], mine="y")
    hand_in(client_of(aduo), pictures=[(photo(200), "b.png")], mine="y")
    (made,) = all_hand_ins(session)
    assert len(list(folder.glob("*/*"))) == 2
    sweep()
    assert len(list(folder.glob("*/*"))) == 2
    for path in folder.glob("*/*"):
        os.utime(path, (0, 0))
    sweep()
    assert [path.name for path in folder.glob("*/*")] == [made.pictures[0].file]
