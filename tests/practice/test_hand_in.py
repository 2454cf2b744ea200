"""A trainee hands in: what is refused, what is kept, what is recorded."""

import io
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from academy.achievements import record
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Person
from academy.practice.actions import decide
from academy.practice.pictures import Kept, sign
from tests.conftest import Clock, html
from tests.phone import statements
from tests.practice.conftest import TEXT, all_hand_ins, hand_in, photo

Clients = Callable[[Person | None], FlaskClient]


def kept_in(page: str) -> list[str]:
    """The signed names of pictures that a form carries."""
    return [part.split('"')[0] for part in page.split('name="kept" value="')[1:]]


def verdict(staff: Person, hand_in_id: int, kind: str, comment: str = "") -> None:
    with db.writing() as session:
        decide(session, session.get_one(Person, staff.id), hand_in_id, kind, comment)


def test_the_starter_stands_in_the_form_and_its_blanks_are_refused_at_the_field(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    page = html(client.get("/practice/first-words", headers={"Accept-Language": "zh"}))
    assert "我家【月龄】，【场景】用了【多久】，我看到【变化】。" in page
    response = hand_in(client, "我家 14 个月，换尿裤时用了【多久】，摸着干爽，挺好的呀。")
    assert response.status_code == 422
    assert "Still to be filled in: 【多久】" in html(response)
    assert "我家 14 个月，换尿裤时用了【多久】" in html(response)
    assert all_hand_ins(session) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Write a few words first."), ("太短", "2 characters so far, at least 20"), ("长" * 301, "at most 300")],
)
def test_too_short_and_too_long_are_refused_with_the_numbers(
    client_of: Clients, tang: Person, session: Session, text: str, said: str
) -> None:
    response = hand_in(client_of(tang), text)
    assert response.status_code == 422
    assert said in html(response)
    assert all_hand_ins(session) == []


def test_a_clean_text_is_handed_in_and_recorded_once(
    client_of: Clients, tang: Person, session: Session, clock: Clock
) -> None:
    client = client_of(tang)
    response = hand_in(client, TEXT)
    (made,) = all_hand_ins(session)
    assert response.status_code == 303
    assert response.location == f"/hand-ins/{made.id}"
    assert (made.practice, made.number, made.text, made.at) == ("first-words", 1, TEXT, clock.at)
    fact = session.query(Fact).filter_by(kind="handin.submitted").one()
    assert (fact.trainee_id, fact.topic, fact.occurrence) == (tang.id, "first-words", "1")
    page = html(client.get(response.location))
    assert "The word list found nothing to point out. Please read it once more yourself." in page
    assert "tomorrow by 20:00" in page


def test_the_promise_is_told_from_the_day_on_which_it_is_read(client_of: Clients, tang: Person, clock: Clock) -> None:
    client = client_of(tang)
    path = hand_in(client).location
    clock.move(days=1)
    assert "today by 20:00" in html(client.get(path))
    clock.move(hours=11)
    assert "It is late" in html(client.get(path))


def test_hints_are_shown_before_it_goes_out_and_only_what_was_seen_may_be_passed_over(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    text = TEXT + "这是最好的，三天见效。"
    response = hand_in(client, text)
    page = html(response)
    assert response.status_code == 200
    assert "2 hints on wording" in page
    assert "“最好”" in page
    assert "“见效”" in page
    assert 'name="seen" value="最好|见效"' in page
    assert text in page
    assert all_hand_ins(session) == []

    again = hand_in(client, text + "月入过万。", seen="最好|见效")
    assert "“月入”" in html(again)
    assert all_hand_ins(session) == []

    assert hand_in(client, text, seen="最好|见效").status_code == 303
    assert [found.text for found in all_hand_ins(session)] == [text]


def test_pictures_are_reencoded_and_served_to_their_owner_only(
    client_of: Clients, tang: Person, aduo: Person, session: Session
) -> None:
    client = client_of(tang)
    exif = Image.Exif()
    exif[0x010E] = "家庭住址"
    raw = io.BytesIO()
    Image.new("RGB", (2000, 1000), (200, 40, 40)).save(raw, "JPEG", exif=exif)
    raw.seek(0)
    hand_in(client, pictures=[(raw, "a.jpg"), (photo(), "b.png")], mine="y")
    (made,) = all_hand_ins(session)
    assert [(p.position, p.width, p.height) for p in made.pictures] == [(1, 1600, 800), (2, 40, 30)]
    response = client.get(f"/hand-ins/{made.id}/pictures/1")
    assert response.status_code == 200
    assert response.mimetype == "image/jpeg"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    with Image.open(io.BytesIO(response.data)) as shown:
        assert (shown.format, shown.size, len(shown.getexif())) == ("JPEG", (1600, 800), 0)
    assert client.get(f"/hand-ins/{made.id}/pictures/3").status_code == 404
    assert client_of(aduo).get(f"/hand-ins/{made.id}/pictures/1").status_code == 404
    assert client_of(aduo).get(f"/hand-ins/{made.id}").status_code == 404
    assert client_of(None).get(f"/hand-ins/{made.id}/pictures/1").status_code == 302


def test_a_picture_that_is_none_is_named_and_the_good_ones_are_not_lost(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    files = [(photo(10), "good.png"), (io.BytesIO(b"<svg onload=alert(1)>"), "evil.jpg"), (io.BytesIO(b"x"), "no.png")]
    response = hand_in(client, pictures=files, mine="y")
    page = html(response)
    assert response.status_code == 422
    assert "“evil.jpg” is not a photo" in page
    assert "“no.png” is not a photo" in page
    assert TEXT in page
    assert 'src="data:image/jpeg;base64,' in page
    assert hand_in(client, kept=kept_in(page), mine="y").status_code == 303
    (made,) = all_hand_ins(session)
    assert [(p.width, p.height) for p in made.pictures] == [(40, 30)]


def test_a_picture_above_the_limit_is_refused(
    client_of: Clients, tang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("academy.files.pictures", "academy.practice.pictures"):
        monkeypatch.setattr(f"{module}.MOST_BYTES", 1000)
    response = hand_in(client_of(tang), pictures=[(io.BytesIO(b"\xff\xd8" + bytes(2000)), "big.jpg")])
    assert response.status_code == 422
    assert "“big.jpg” is larger than 10 MB" in html(response)


def test_of_ten_pictures_nine_are_kept_and_she_is_told(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    response = hand_in(client, pictures=[(photo(20 * n), f"{n}.png") for n in range(10)], mine="y")
    page = html(response)
    assert response.status_code == 422
    assert "At most 9 photos" in page
    assert len(kept_in(page)) == 9
    hand_in(client, kept=kept_in(page)[:2], mine="y")
    (made,) = all_hand_ins(session)
    assert len(made.pictures) == 2


def test_pictures_need_her_word_that_they_are_hers(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    page = html(hand_in(client, pictures=[(photo(), "a.png")]))
    assert "Please confirm this" in page
    assert len(kept_in(page)) == 1
    assert all_hand_ins(session) == []


def test_names_of_pictures_can_be_neither_forged_nor_borrowed(
    app: Flask, client_of: Clients, tang: Person, aduo: Person, session: Session
) -> None:
    page = html(hand_in(client_of(aduo), "短", pictures=[(photo(), "a.png")], mine="y"))
    borrowed = kept_in(page)
    unwritten = sign(Kept("0" * 40 + ".jpg", 1, 1), tang.id)
    assert len(borrowed) == 1
    assert hand_in(client_of(tang), kept=[*borrowed, unwritten, "nonsense"]).status_code == 303
    (made,) = all_hand_ins(session)
    assert made.pictures == []


def test_while_one_waits_another_is_not_taken_but_the_waiting_one_shown(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    first = hand_in(client).location
    again = hand_in(client, TEXT + "又写一遍。")
    assert (again.status_code, again.location) == (303, first)
    assert [found.text for found in all_hand_ins(session)] == [TEXT]
    page = html(client.get("/practice/first-words"))
    assert "Your trainer has it" in page
    assert "<textarea" not in page


def test_two_tabs_at_once_make_one_hand_in(app: Flask, client_of: Clients, tang: Person, session: Session) -> None:
    clients, barrier, codes = [client_of(tang), client_of(tang)], Barrier(2), []

    def send(client: FlaskClient) -> None:
        barrier.wait()
        codes.append(hand_in(client).status_code)

    threads = [Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303, 303]
    assert len(all_hand_ins(session)) == 1
    assert session.query(Fact).filter_by(kind="handin.submitted").count() == 1


def test_a_returned_one_comes_back_with_comment_text_and_pictures_and_is_handed_in_again(
    client_of: Clients, tang: Person, zhou: Person, session: Session
) -> None:
    client = client_of(tang)
    hand_in(client, pictures=[(photo(), "a.png")], mine="y")
    (first,) = all_hand_ins(session)
    verdict(zhou, first.id, "returned", "说说用了多久。")
    assert "Change it and hand in again" in html(client.get(f"/hand-ins/{first.id}"))
    page = html(client.get("/practice/first-words"))
    assert "说说用了多久。" in page
    assert "周以宁" in page
    assert TEXT in page
    assert f"/hand-ins/{first.id}/pictures/1" in page
    hand_in(client, TEXT + "用了两个月。", kept=kept_in(page), mine="y")
    _, second = all_hand_ins(session)
    assert (second.number, second.state, len(second.pictures)) == (2, "waiting", 1)
    assert session.query(Fact).filter_by(kind="handin.submitted", occurrence="2").count() == 1


def test_an_accepted_one_is_done(client_of: Clients, tang: Person, zhou: Person, session: Session) -> None:
    client = client_of(tang)
    hand_in(client)
    (made,) = all_hand_ins(session)
    verdict(zhou, made.id, "accepted", "真好。")
    page = html(client.get("/practice/first-words"))
    assert "This practice is done." in page
    assert "真好。" in page
    assert "<textarea" not in page
    assert hand_in(client).location == f"/hand-ins/{made.id}"
    assert len(all_hand_ins(session)) == 1


def test_a_practice_of_a_locked_lesson_says_what_it_waits_for(
    client_of: Clients, tang: Person, session: Session
) -> None:
    client = client_of(tang)
    for response in (client.get("/practice/three-sentences-text"), hand_in(client, practice="three-sentences-text")):
        assert response.status_code == 409
        assert "opens after “Be a real user first”" in html(response)
    with db.writing() as writing:
        record(writing, tang.id, "stage.completed", "real-user")
    assert client.get("/practice/three-sentences-text").status_code == 200


def test_an_unknown_practice_is_not_found(client_of: Clients, tang: Person) -> None:
    assert client_of(tang).get("/practice/no-such").status_code == 404
    assert hand_in(client_of(tang), practice="no-such").status_code == 404


def test_rare_characters_arrive_and_control_characters_do_not(
    client_of: Clients, tang: Person, session: Session
) -> None:
    hand_in(client_of(tang), TEXT + "\x00𠮷䶮👩‍👧")
    assert [found.text for found in all_hand_ins(session)] == [TEXT + "𠮷䶮👩‍👧"]


def test_staff_hand_in_nothing(client_of: Clients, zhou: Person) -> None:
    assert client_of(zhou).get("/practice/first-words").status_code == 404
    assert hand_in(client_of(zhou)).status_code == 404


def test_the_pages_ask_the_database_little(client_of: Clients, tang: Person, session: Session) -> None:
    client = client_of(tang)
    with statements() as seen:
        client.get("/practice/first-words")
    assert len(seen) <= 5, seen
    path = hand_in(client, pictures=[(photo(20 * n), f"{n}.png") for n in range(9)], mine="y").location
    with statements() as seen:
        client.get(path)
    assert len(seen) <= 5, seen
