"""Playing on an origin of its own: what it records, and what a package can't do."""

import gzip
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import create_app
from academy.account.erasure import erase
from academy.catalog.queries import published
from academy.criteria.explain import met
from academy.criteria.language import parse
from academy.criteria.sentences import sentence
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Person
from academy.scorm.models import Part, Playthrough
from academy.scorm.tokens import Entry, Files, Save
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import facts, statements
from tests.scorm.conftest import ACADEMY, LESSON, ORIGIN, Player, bring, frame_in, held
from tests.scorm.packages import one_page

Play = Callable[..., Player]
Clients = Callable[[Person | None], FlaskClient]


def values(session: Session, trainee: Person, kind: str) -> list[tuple[str, str, int]]:
    session.rollback()
    rows = session.execute(
        select(Fact.topic, Fact.occurrence, Fact.value).where(Fact.trainee_id == trainee.id, Fact.kind == kind)
    ).all()
    session.rollback()
    return [(topic, occurrence, value) for topic, occurrence, value in rows]


def finish_all(player: Player, raw: str = "92") -> None:
    player.save(0, core__lesson_status="completed", core__exit="", ended=True)
    player.save(1, core__lesson_status="completed", ended=True)
    player.save(2, core__lesson_status="completed", core__score__raw=raw, core__session_time="00:00:20", ended=True)


def test_a_package_that_is_completed_becomes_two_facts(
    session: Session, tang: Person, package: str, play: Play
) -> None:
    player = play(tang, package)
    finish_all(player)
    assert values(session, tang, "package.completed") == [(package, "", 1)]
    assert values(session, tang, "package.finished") == [(package, "1", 92)]


def test_what_was_told_is_there_when_she_comes_back(tang: Person, package: str, play: Play) -> None:
    player = play(tang, package)
    player.save(
        core__lesson_status="incomplete",
        core__lesson_location="page-2",
        suspend_data="kept",
        core__session_time="0000:01:30.00",
        core__exit="suspend",
        ended=True,
    )
    again = play(tang, package).told["items"][0]
    assert again["cmi"]["cmi.core.entry"] == "resume"
    assert again["cmi"]["cmi.suspend_data"] == "kept"
    assert again["cmi"]["cmi.core.lesson_location"] == "page-2"
    assert again["cmi"]["cmi.core.total_time"] == "0000:01:30.00"
    assert again["cmi"]["cmi.launch_data"] == "从学堂来"
    assert again["status"] == "incomplete"


def test_time_adds_up_over_sessions_and_not_over_saves(
    session: Session, tang: Person, package: str, play: Play
) -> None:
    player = play(tang, package)
    for minutes in (1, 2, 3):
        player.save(core__session_time=f"00:0{minutes}:00")
    player.save(core__session_time="00:03:30", ended=True)
    player.save(core__session_time="00:01:00", session=2)
    assert play(tang, package).told["items"][0]["cmi"]["cmi.core.total_time"] == "0000:04:30.00"


def test_a_score_below_mastery_fails_and_the_next_round_counts_anew(
    session: Session, tang: Person, package: str, play: Play
) -> None:
    finish_all(play(tang, package), raw="40")
    assert values(session, tang, "package.completed") == []
    assert values(session, tang, "package.finished") == [(package, "1", 40)]
    finish_all(play(tang, package), raw="95")
    assert values(session, tang, "package.completed") == [(package, "", 2)]
    assert values(session, tang, "package.finished") == [(package, "1", 40), (package, "2", 95)]


def test_a_score_that_comes_after_the_status_still_counts(
    app: Flask, session: Session, tang: Person, lu: Person, play: Play
) -> None:
    key = bring(app, lu, one_page())
    held(key)
    player = play(tang, key)
    player.save(core__lesson_status="completed")
    assert values(session, tang, "package.completed") == [(key, "", 1)]
    assert values(session, tang, "package.finished") == []
    player.save(core__score__raw="70", ended=True)
    assert values(session, tang, "package.finished") == [(key, "1", 70)]


def test_what_a_crash_left_open_is_finished_when_it_is_opened_next(
    app: Flask, session: Session, tang: Person, lu: Person, play: Play
) -> None:
    key = bring(app, lu, one_page())
    held(key)
    play(tang, key).save(core__lesson_status="passed", core__score__raw="77")
    told = play(tang, key).told
    assert values(session, tang, "package.finished") == [(key, "1", 77)]
    assert told["save"] is None
    assert told["items"][0]["cmi"]["cmi.core.lesson_mode"] == "review"


def test_a_package_without_scores_is_completed_without_one(
    app: Flask, session: Session, tang: Person, lu: Person, play: Play
) -> None:
    key = bring(app, lu, one_page())
    held(key)
    play(tang, key).save(core__lesson_status="completed", ended=True)
    assert facts(session, tang.id, "package.completed") == [(key, "")]
    assert facts(session, tang.id, "package.finished") == []


def test_once_completed_it_can_be_looked_at_again_or_begun_anew(
    session: Session, tang: Person, package: str, play: Play
) -> None:
    finish_all(play(tang, package))
    looked = play(tang, package)
    assert looked.told["save"] is None
    assert looked.told["items"][0]["cmi"]["cmi.core.credit"] == "no-credit"
    anew = play(tang, package, anew="1")
    assert anew.told["items"][0]["cmi"]["cmi.core.entry"] == "ab-initio"
    finish_all(anew, raw="100")
    assert values(session, tang, "package.finished") == [(package, "1", 92), (package, "2", 100)]


def test_who_is_in_the_middle_finishes_on_the_version_that_she_began(
    app: Flask, session: Session, tang: Person, aduo: Person, lu: Person, package: str, play: Play
) -> None:
    play(tang, package).save(core__lesson_status="incomplete")
    assert bring(app, lu, one_page("<p>第二版</p>"), package) == package
    assert len(play(tang, package).told["items"]) == 3
    assert len(play(aduo, package).told["items"]) == 1


def test_a_criterion_can_name_it(app: Flask, session: Session, tang: Person, package: str, play: Play) -> None:
    wanted = [
        parse({"fact": {"kind": "package.completed", "topic": package}}),
        parse({"best": {"kind": "package.finished", "topic": package, "at_least": 90}}),
    ]
    catalog = published(session)
    assert met(session, catalog, wanted, tang.id) == [False, False]
    session.rollback()
    finish_all(play(tang, package))
    assert met(session, published(session), wanted, tang.id) == [True, True]
    with app.test_request_context():
        assert all("宝宝护理" in sentence(catalog, one) for one in wanted)


def test_a_lesson_that_requires_it_waits_for_it(
    app: Flask, session: Session, tang: Person, lu: Person, client_of: Clients, play: Play
) -> None:
    key = bring(app, lu, one_page())
    held(key, required=True)
    hers = client_of(tang)
    refused = hers.post(f"/lessons/{LESSON}/completion")
    assert refused.status_code == 409
    assert facts(session, tang.id, "lesson.completed") == []
    play(tang, key).save(core__lesson_status="completed", ended=True)
    assert hers.post(f"/lessons/{LESSON}/completion").status_code == 303
    assert facts(session, tang.id, "lesson.completed") == [(LESSON, "")]


@ON_SQLITE
def test_the_lesson_shows_it_with_its_state_and_in_place(
    tang: Person, package: str, client_of: Clients, play: Play
) -> None:
    hers = client_of(tang)
    before = html(hers.get(f"/lessons/{LESSON}"))
    assert "宝宝护理 · 互动课" in before
    assert f'action="/lessons/{LESSON}/packages/{package}"' in before
    swapped = hers.post(f"/lessons/{LESSON}/packages/{package}", headers={"HX-Request": "true"})
    assert "<html" not in html(swapped)
    assert frame_in(html(swapped)).startswith(f"{ORIGIN}/play/")
    assert 'sandbox="allow-scripts allow-same-origin allow-forms"' in html(swapped)
    finish_all(play(tang, package))
    assert "再看看" in html(hers.get(f"/lessons/{LESSON}"))


def test_a_lesson_that_is_not_open_gives_no_package(
    app: Flask, tang: Person, lu: Person, session: Session, client_of: Clients
) -> None:
    key = bring(app, lu, one_page())
    later = published(session).courses[0].stages[-1].lessons[-1].key
    session.rollback()
    held(key, later)
    hers = client_of(tang)
    assert hers.post(f"/lessons/{later}/packages/{key}").status_code == 409
    assert hers.post(f"/lessons/{LESSON}/packages/{key}").status_code == 404
    assert hers.post(f"/lessons/nothing/packages/{key}").status_code == 404


def test_somebody_elses_playthrough_is_not_there(
    session: Session, tang: Person, aduo: Person, package: str, play: Play, client_of: Clients
) -> None:
    play(tang, package)
    id = session.scalars(select(Playthrough.id)).one()
    session.rollback()
    assert client_of(tang).get(f"/playthroughs/{id}").status_code == 200
    assert client_of(aduo).get(f"/playthroughs/{id}").status_code == 404


# Two windows, replays, tokens


def test_of_two_windows_only_the_newer_one_saves(session: Session, tang: Person, package: str, play: Play) -> None:
    older = play(tang, package)
    newer = play(tang, package)
    assert newer.save(core__lesson_location="new").status_code == 200
    assert older.save(core__lesson_location="old", core__lesson_status="completed").status_code == 409
    assert play(tang, package).told["items"][0]["cmi"]["cmi.core.lesson_location"] == "new"


def test_a_save_that_is_sent_again_changes_nothing(session: Session, tang: Person, package: str, play: Play) -> None:
    player = play(tang, package)
    first = {"number": 1, "position": 0, "session": 1, "ended": False, "cmi": {"cmi.core.lesson_location": "first"}}
    assert player.send(first).status_code == 200
    assert player.send({**first, "number": 2, "cmi": {"cmi.core.lesson_location": "second"}}).status_code == 200
    assert player.send(first).status_code == 200
    assert play(tang, package).told["items"][0]["cmi"]["cmi.core.lesson_location"] == "second"


def test_a_token_saves_its_own_playthrough_and_nothing_else(
    app: Flask, session: Session, tang: Person, aduo: Person, package: str, play: Play
) -> None:
    hers, other = play(tang, package), play(aduo, package)
    mine = session.scalars(select(Playthrough.id).where(Playthrough.trainee_id == tang.id)).one()
    session.rollback()
    hers.save(core__lesson_location="mine", playthrough="1")
    with app.app_context():
        # Made of what others hold: the right signature for something else, or nobody's.
        forged = Save(aduo.id, aduo.epoch, mine, 1).word()
        entry = Entry(aduo.id, aduo.epoch, mine, 1, ACADEMY, "zh").word()
    for word in (forged, entry, other.address.split("/")[-1], "x", forged[:-2]):
        other.save_at = f"/saves/{word}"
        assert other.save(core__lesson_status="completed").status_code == 410
    assert other.client.post(f"/play/{entry}/launches", base_url=ORIGIN).status_code == 410
    assert facts(session, aduo.id, "package.completed") == []


def test_tokens_expire_and_are_renewed_by_saving(clock: Clock, tang: Person, package: str, play: Play) -> None:
    player = play(tang, package)
    file = player.told["items"][0]["address"]
    for _hour in range(3):
        clock.move(minutes=50)
        assert player.send({}).status_code == 200
    assert player.launch().status_code == 410
    assert player.get(player.address).status_code == 410
    assert player.get(file).status_code == 200
    clock.move(minutes=61)
    assert player.save(core__lesson_status="completed").status_code == 410
    clock.move(hours=12)
    assert player.get(file).status_code == 410


def test_a_changed_password_and_a_deleted_account_end_the_token(
    session: Session, tang: Person, aduo: Person, package: str, play: Play
) -> None:
    hers, his = play(tang, package), play(aduo, package)
    with db.writing() as s:
        s.get_one(Person, tang.id).epoch += 1
        erase(s, aduo.id)
    assert hers.save(core__lesson_status="completed").status_code == 410
    assert his.save(core__lesson_status="completed").status_code == 410
    assert hers.launch().status_code == 410


# What a package can't do


def test_the_two_origins_answer_nothing_of_each_other(
    tang: Person, package: str, play: Play, client_of: Clients, app: Flask
) -> None:
    player = play(tang, package)
    hers = client_of(tang)
    file = player.told["items"][0]["address"]
    for path in (player.address, file, "/assets/player/frame.js"):
        assert hers.get(path).status_code == 404
    assert hers.post(f"{player.address}/launches", json={}).status_code == 404
    assert hers.post(player.save_at, json={}).status_code == 404
    for path in ("/", "/sign-in", "/map", f"/lessons/{LESSON}", "/healthz", "/sw.js", "/desk/packages", "/nothing"):
        answer = player.get(path)
        assert (answer.status_code, answer.data) == (404, b"404")


def test_no_cookie_is_read_or_set_on_the_players_origin(
    app: Flask, tang: Person, package: str, play: Play, client_of: Clients
) -> None:
    player = play(tang, package)
    hers = client_of(tang)
    assert hers.get("/me").status_code == 200
    # The cookie belongs to one host; sent to the other by force, it opens nothing.
    cookie = hers.get_cookie("session")
    assert cookie
    assert cookie.domain == "localhost"
    assert cookie.origin_only
    player.client.set_cookie("session", cookie.value, domain="player.example")
    for path in ("/me", player.address, player.told["items"][0]["address"], "/files/forged/x.html"):
        assert "Set-Cookie" not in player.get(path).headers
    assert player.get("/me").status_code == 404


@ON_SQLITE
def test_a_session_that_reaches_the_player_all_the_same_is_neither_read_nor_renewed(
    app: Flask, clock: Clock, tang: Person, client_of: Clients
) -> None:
    hers = client_of(tang)
    with hers.session_transaction() as kept:
        kept["locale"] = "en"
    cookie = hers.get_cookie("session")
    assert cookie
    clock.move(days=2)
    hers.set_cookie("session", cookie.value, domain="player.example")
    answer = hers.get("/play/expired", base_url=ORIGIN, headers={"Accept-Language": "zh"})
    assert answer.status_code == 410
    assert "请从课时里重新打开" in html(answer)
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in hers.get("/me").headers


def test_in_production_no_other_host_can_plant_a_session(app: Flask) -> None:
    made = create_app(replace(app.extensions["settings"], production=True))
    assert made.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert made.config["SESSION_COOKIE_SECURE"]


def test_what_the_player_sends_to_the_academy_is_refused(app: Flask, tang: Person, client_of: Clients) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    hers = client_of(tang)
    sent = {"Origin": ORIGIN}
    assert hers.post("/check-ins", headers=sent).status_code == 404
    assert hers.get("/me", headers=sent).status_code == 404
    assert hers.post("/v", data={"serial": "x"}, headers=sent).status_code == 404
    assert hers.post("/check-ins", headers={"Origin": ACADEMY}).status_code == 303


def test_frames_lead_from_the_academy_to_the_player_alone(
    tang: Person, package: str, play: Play, client_of: Clients
) -> None:
    player = play(tang, package)
    page = client_of(tang).get("/me").headers["Content-Security-Policy"]
    assert f"frame-src 'self' {ORIGIN}" in page
    assert "frame-ancestors 'none'" in page
    frame = player.get(player.address).headers["Content-Security-Policy"]
    content = player.get(player.told["items"][0]["address"]).headers["Content-Security-Policy"]
    for policy in (frame, content):
        assert "sandbox allow-scripts allow-same-origin allow-forms;" in policy
        assert policy.endswith(ACADEMY)
    assert "form-action 'self'" in content
    assert "'unsafe-inline'" not in frame


def test_a_package_installs_no_service_worker(app: Flask, tang: Person, lu: Person, play: Play) -> None:
    key = bring(app, lu, one_page(**{"sw.js": "onfetch = () => {}"}))
    held(key)
    player = play(tang, key)
    address = player.told["items"][0]["address"].replace("index.html", "sw.js").partition("?")[0]
    assert player.get(address).status_code == 200
    assert player.get(address, headers={"Service-Worker": "script"}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 60_000,
        b'{"number": 1, "position": 0, "session": 1, "ended": true, "cmi": {"cmi.core.role": "brand"}}',
        b'{"number": 1, "position": 0, "session": 1, "ended": true, "cmi": []}',
    ],
)
@ON_SQLITE
def test_nonsense_is_refused_and_keeps_nothing(
    session: Session, tang: Person, package: str, play: Play, body: bytes
) -> None:
    player = play(tang, package)
    answer = player.client.post(player.save_at, data=body, content_type="application/json", base_url=ORIGIN)
    assert answer.status_code == 422
    assert {part.status for part in session.scalars(select(Part))} == {"not attempted"}


@ON_SQLITE
def test_a_save_has_a_largest_size_and_so_has_what_is_kept(
    session: Session, tang: Person, package: str, play: Play
) -> None:
    player = play(tang, package)
    assert player.send({"number": 1, "x": "x" * 200_000}).status_code == 413
    for batch in range(0, 240, 20):
        told = {
            f"interactions.{n}.{name}": "答" * 255
            for n in range(batch, batch + 20)
            for name in ("student_response", "id", "correct_responses.0.pattern")
        }
        last = player.save(**told).status_code
    assert last == 422


@ON_SQLITE
def test_a_part_that_there_is_not_is_not_heard(session: Session, tang: Person, package: str, play: Play) -> None:
    player = play(tang, package)
    assert player.save(7, core__lesson_status="completed").status_code == 200
    assert facts(session, tang.id, "package.completed") == []


def test_she_is_known_by_a_number_unless_the_package_may_know_her_name(
    app: Flask, session: Session, tang: Person, aduo: Person, lu: Person, package: str, play: Play
) -> None:
    cmi = play(tang, package).told["items"][0]["cmi"]
    other = play(aduo, package).told["items"][0]["cmi"]
    assert "小棠" not in str(play(tang, package).told)
    assert str(tang.id) != cmi["cmi.core.student_id"] != other["cmi.core.student_id"]
    assert cmi["cmi.core.student_id"] == play(tang, package).told["items"][0]["cmi"]["cmi.core.student_id"]
    key = bring(app, lu, one_page(title="点名"), named=True)
    held(key)
    assert play(tang, key).told["items"][0]["cmi"]["cmi.core.student_name"] == "小棠"


# Files


@ON_SQLITE
def test_files_come_out_of_the_zip_whole_in_ranges_and_from_the_cache(tang: Person, package: str, play: Play) -> None:
    player = play(tang, package)
    address = player.told["items"][0]["address"]
    assert address.endswith("content/Lesson.html?from=manifest")
    plain = player.get(address)
    assert plain.headers["Content-Type"] == "text/html"
    assert "学完了" in plain.get_data(as_text=True)
    small = player.get(address, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    part = player.get(address, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, plain.data[5:10])
    assert player.get(address, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    base = address.partition("content/")[0]
    assert player.get(f"{base}LIB/Style.CSS").status_code == 200
    for name in ("nothing.html", "../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "content/", "content"):
        assert player.get(base + name).status_code == 404


@ON_SQLITE
def test_a_files_token_reads_its_own_package_only(
    app: Flask, tang: Person, lu: Person, package: str, play: Play
) -> None:
    player = play(tang, package)
    with app.app_context():
        other = Files("0" * 40 + ".zip", ACADEMY).word()
        entry = Entry(tang.id, 0, 1, 1, ACADEMY, "zh").word()
    assert player.get(f"/files/{other}/index.html").status_code == 404
    assert player.get(f"/files/{entry}/index.html").status_code == 410


# Without an origin


@ON_SQLITE
def test_without_an_origin_of_its_own_nothing_is_played(
    app: Flask, session: Session, tang: Person, lu: Person, package: str, client_of: Clients
) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], player_origin=None)
    answer = client_of(tang).post(f"/lessons/{LESSON}/packages/{package}")
    assert answer.status_code == 409
    assert session.scalars(select(Playthrough)).all() == []
    session.rollback()
    assert "ACADEMY_PLAYER_ORIGIN" in html(client_of(lu).get("/desk/packages"))
    version = published(session).version_id("package", package)
    session.rollback()
    assert "ACADEMY_PLAYER_ORIGIN" in html(client_of(lu).get(f"/desk/packages/{package}/versions/{version}/try"))
    assert client_of(None).get("/play/x").status_code == 404
    assert client_of(tang).get("/me").headers["Content-Security-Policy"].endswith("frame-src 'self' ")


# Statements


def test_a_save_takes_few_statements(tang: Person, package: str, play: Play) -> None:
    player = play(tang, package)
    player.save(core__lesson_status="incomplete")
    with statements() as seen:
        player.save(core__lesson_location="2")
    assert len(seen) <= 6, seen
