"""Applying, keeping one's link, choosing on both sides."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.account.erasure import erase
from academy.db import db
from academy.people.actions import take_seat
from academy.people.models import Audit, Candidate, Cohort, Person, Trait
from academy.people.queries import by_contact, membership
from academy.people.throttle import LIMITS
from academy.text.codes import token_digest
from tests.conftest import ON_SQLITE, PASSWORD, Clock, html
from tests.phone import statements
from tests.recruiting.conftest import (
    CODE,
    PHONE,
    WORDS,
    Clients,
    accept,
    applied,
    candidates,
    send,
    set_group,
)


def sign_up(client: FlaskClient, address: str, **typed: str) -> int:
    """Open an account by the link of an accepted application."""
    token = address.rpartition("/")[2]
    form = {"contact": PHONE, "name": "小树", "password": PASSWORD, "code": "", "consent": "y"} | typed
    return client.post(f"/sign-up?application={token}", data=form).status_code


def _without_token(page: str) -> str:
    """A page without the word that tells one signing of its forms from another."""
    return re.sub(r'(csrf_token" value="|X-CSRFToken": ")[^"]*', "", page)


# The page


@ON_SQLITE
def test_each_way_in_states_duties_and_honour_in_words_of_its_own(stranger: FlaskClient, group: Cohort) -> None:
    pages = {way: html(stranger.get(f"/apply/{CODE}?from={way}")) for way in ("pool", "campaign", "policy")}
    headings = {way: re.search(r"<h1>(.*?)</h1>", page) for way, page in pages.items()}
    assert len({found.group(1) for found in headings.values() if found}) == 3
    for page in pages.values():
        assert "What you do" in page
        assert "Recommend only what you have used yourself" in page
        assert "no vocational qualification" in page
        assert "nobody to recruit" in page
    assert html(stranger.get(f"/apply/{CODE}")) == html(stranger.get(f"/apply/{CODE}?from=nowhere"))


def test_a_group_says_what_the_brand_wrote_for_it(
    stranger: FlaskClient, client_of: Clients, lu: Person, group: Cohort, session: Session
) -> None:
    set_group(group, rules="只聊护理\n不发链接")
    form = {"duties": " 每周三来听课\n\n看完交一段话 ", "honours": "<b>内测名额</b>"}
    answer = client_of(lu).post(f"/desk/recruiting/{group.id}/invitation", data=form)
    assert answer.status_code == 303
    raw = stranger.get(f"/apply/{CODE}").get_data(as_text=True)
    for words in ("每周三来听课", "看完交一段话", "&lt;b&gt;内测名额&lt;/b&gt;", "只聊护理", "不发链接"):
        assert words in raw
    assert "Recommend only" not in raw
    assert session.scalars(select(Audit.action)).all() == ["wording.changed"]


def test_the_page_asks_few_statements(stranger: FlaskClient, group: Cohort) -> None:
    stranger.get(f"/apply/{CODE}")
    with statements() as seen:
        stranger.get(f"/apply/{CODE}")
    assert len(seen) <= 6, seen


@ON_SQLITE
@pytest.mark.parametrize("values", [{"phase": "training"}, {"open": False}])
def test_a_group_that_takes_none_says_so(stranger: FlaskClient, group: Cohort, values: dict[str, object]) -> None:
    set_group(group, **values)
    answer = stranger.get(f"/apply/{CODE}")
    assert answer.status_code == 410
    assert "招募 01 群" in html(answer)
    assert send(stranger).status_code == 410


def test_classes_and_unknown_codes_take_no_applications(stranger: FlaskClient, group: Cohort) -> None:
    for code in ("qt07", "nobody", "%00", "x" * 300):
        assert stranger.get(f"/apply/{code}").status_code == 404


@ON_SQLITE
def test_who_has_an_account_is_led_home(client_of: Clients, tang: Person, group: Cohort, session: Session) -> None:
    client = client_of(tang)
    assert client.get(f"/apply/{CODE}").location == "/"
    assert send(client).location == "/"
    assert candidates(session) == []


# Applying


def test_an_application_is_kept_with_its_way_and_what_she_agreed_to(
    stranger: FlaskClient, group: Cohort, session: Session, clock: Clock
) -> None:
    address = applied(stranger, way="campaign")
    (made,) = candidates(session)
    assert (made.cohort_id, made.phone, made.name, made.channel) == (group.id, PHONE, "小树", "baby")
    assert (made.why, made.way, made.state) == (WORDS["why"], "campaign", "applied")
    assert (made.consent_version, made.at, made.by_id, made.person_id) == ("2026-09", clock.at, None, None)
    token = address.rpartition("/")[2]
    assert made.digest == token_digest(token)
    assert token not in str(vars(made))
    page = html(stranger.get(address))
    assert "We have your application" in page
    assert f"http://localhost{address}" in page
    assert "noindex" in page


@ON_SQLITE
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "How should your classmates call you"),
        ("name", " \u202e\u200b ", "How should your classmates call you"),
        ("name", "长" * 21, "20 characters at most"),
        ("phone", "", "no mobile number"),
        ("phone", "12345", "no mobile number"),
        ("phone", "a@b.example", "no mobile number"),
        ("why", " \n ", "A sentence or two"),
        ("why", "长" * 501, "500 characters at most"),
        ("channel", "crypto", "valid choice"),
        ("rules", None, "rules"),
        ("consent", None, "tick the box if you agree"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    stranger: FlaskClient, group: Cohort, session: Session, field: str, typed: str | None, said: str
) -> None:
    answer = send(stranger, **{field: typed})
    page = html(answer)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error">.*{said}', page)
    assert WORDS["why"] in page or field == "why"
    assert candidates(session) == []


@ON_SQLITE
def test_nothing_but_what_choosing_needs_is_asked(stranger: FlaskClient, group: Cohort) -> None:
    page = stranger.get(f"/apply/{CODE}").get_data(as_text=True)
    form = page[page.index('id="application"') :]
    names = set(re.findall(r'name="([a-z_]+)"', form.partition("</form>")[0]))
    assert names - {"csrf_token"} == {"name", "phone", "channel", "why", "rules", "consent"}


def test_a_number_that_applied_already_learns_nothing_and_changes_nothing(
    app: Flask, group: Cohort, session: Session, client_of: Clients, lu: Person
) -> None:
    hers = applied(client_of(None))
    nosy = client_of(None)
    theirs = applied(nosy, name="别人", why="想看看她申请了没有。", phone="+86 139-0013-9001")
    first, second = candidates(session)
    assert (first.name, first.phone, first.state) == ("小树", PHONE, "applied")
    assert (second.name, second.phone, second.repeats_id) == ("别人", None, first.id)
    accept(client_of(lu), group, first.id, second.id)
    assert [one.state for one in candidates(session)] == ["accepted", "applied"]

    fresh = applied(client_of(None), name="别人", why="想看看她申请了没有。", phone="13900139009")
    nosy.get(theirs)
    pages = [_without_token(html(nosy.get(address)).replace(address, "")) for address in (theirs, fresh)]
    assert pages[0] == pages[1]
    assert "You are welcome" in html(client_of(None).get(hers))

    assert nosy.post(f"{theirs}/withdrawal").status_code == 303
    assert [one.state for one in candidates(session)] == ["accepted", "withdrawn", "applied"]
    listing = html(client_of(lu).get(f"/desk/recruiting/{group.id}"))
    assert "applied again on 14 Sep" in listing
    assert "别人" in listing  # the fresh one
    assert listing.count("<tr>") == 1 + 2


def test_the_same_form_sent_twice_at_once_is_one_candidate(app: Flask, group: Cohort, session: Session) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: app.test_client().post(f"/apply/{CODE}", data=WORDS), range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer.location for answer in answers}) == 4
    assert [one.phone for one in candidates(session)].count(PHONE) == 1


@ON_SQLITE
def test_applying_is_throttled_but_a_mistake_is_free(stranger: FlaskClient, group: Cohort, session: Session) -> None:
    most = LIMITS["apply-host"][0]
    for _ in range(most + 5):
        assert send(stranger, phone="1").status_code == 422
    for n in range(most):
        assert send(stranger, phone=f"139001400{n:02}").status_code == 303
    assert send(stranger, phone="13900149999").status_code == 429
    assert len(candidates(session)) == most


@ON_SQLITE
def test_without_the_forms_word_nothing_is_kept(
    app: Flask, stranger: FlaskClient, group: Cohort, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert send(stranger).status_code == 400
    assert candidates(session) == []


# Her link


@ON_SQLITE
def test_nobody_guesses_a_link(stranger: FlaskClient, group: Cohort, session: Session, clock: Clock) -> None:
    address = applied(stranger)
    for n in range(LIMITS["application"][0]):
        assert stranger.get(f"/applications/guess{n}").status_code == 404
    assert stranger.get(address).status_code == 429
    clock.move(minutes=11)
    assert stranger.get(address).status_code == 200


def test_while_nobody_has_decided_she_writes_it_anew(
    stranger: FlaskClient, group: Cohort, session: Session, client_of: Clients, lu: Person
) -> None:
    address = applied(stranger)
    assert WORDS["why"] in html(stranger.get(address))
    anew = {"name": "小树妈", "why": "也常拍做饭的图。", "channel": "food", "phone": "13900139777"}
    assert stranger.post(address, data=anew).location == address
    (made,) = candidates(session)
    assert (made.name, made.why, made.channel, made.phone) == ("小树妈", "也常拍做饭的图。", "food", PHONE)
    assert stranger.post(address, data=anew | {"why": ""}).status_code == 422
    accept(client_of(lu), group, made.id)
    stranger.post(address, data=anew | {"name": "改名"})
    assert candidates(session)[0].name == "小树妈"
    assert "Change what I wrote" not in html(stranger.get(address))


def test_she_takes_it_back_and_may_apply_again(
    stranger: FlaskClient, group: Cohort, session: Session, clock: Clock
) -> None:
    address = applied(stranger)
    assert stranger.post(f"{address}/withdrawal").location == address
    (made,) = candidates(session)
    assert (made.state, made.decided_at) == ("withdrawn", clock.at)
    assert "taken your application back" in html(stranger.get(address))
    stranger.post(f"{address}/withdrawal")
    stranger.post(address, data=WORDS)
    (made,) = candidates(session)
    assert (made.state, made.decided_at) == ("applied", None)


@ON_SQLITE
def test_a_declined_one_reads_a_kind_note_and_can_do_no_more(
    stranger: FlaskClient, group: Cohort, session: Session, client_of: Clients, lu: Person
) -> None:
    address = applied(stranger)
    (made,) = candidates(session)
    accept(client_of(lu), group, made.id, verdict="declined", note="这期满了，<i>下期</i>欢迎你。")
    raw = stranger.get(address).get_data(as_text=True)
    assert "Not this time" in raw
    assert "这期满了，&lt;i&gt;下期&lt;/i&gt;欢迎你。" in raw
    assert "Join now" not in raw
    stranger.post(f"{address}/withdrawal")
    assert candidates(session)[0].state == "declined"
    assert sign_up(stranger, address) == 422


# Joining


def test_accepted_she_joins_with_name_and_number_filled_in(
    stranger: FlaskClient, group: Cohort, session: Session, client_of: Clients, lu: Person
) -> None:
    address = applied(stranger)
    (made,) = candidates(session)
    accept(client_of(lu), group, made.id, note="欢迎！")
    page = html(stranger.get(address))
    link = f"/sign-up?application={address.rpartition('/')[2]}"
    assert f'href="{link}"' in page
    assert "欢迎！" in page
    form = html(stranger.get(link))
    for shown in (f'value="{PHONE}"', 'value="小树"', f'value="{CODE}"', f'action="{link}"'):
        assert shown in form
    assert session.get_one(Cohort, group.id).taken == 0
    assert sign_up(stranger, address) == 303
    (made,) = candidates(session)
    person = by_contact(session, PHONE)
    assert person is not None
    assert (made.state, made.person_id) == ("joined", person.id)
    seat = membership(session, person.id)
    assert seat is not None
    assert (seat.cohort_id, seat.cohort.taken) == (group.id, 1)
    assert session.get_one(Trait, (person.id, "channel", "baby")).value == 1
    assert not person.external
    strange = client_of(None)
    assert "You are in!" in html(strange.get(address))
    assert sign_up(strange, address, contact="13900139555") == 422


@ON_SQLITE
@pytest.mark.parametrize("by", ["code", "join"])
def test_nobody_joins_a_recruiting_group_by_its_code_alone(
    stranger: FlaskClient, group: Cohort, session: Session, by: str
) -> None:
    if by == "join":
        with stranger.session_transaction() as kept:
            kept["trial"] = {"cohort": CODE, "lesson": "own", "right": []}
    form = {"contact": PHONE, "name": "小树", "password": PASSWORD, "code": CODE, "consent": "y"}
    assert stranger.post("/sign-up", data=form).status_code == 422
    assert stranger.post("/sign-up?application=forged", data=form).status_code == 422
    assert by_contact(session, PHONE) is None


@ON_SQLITE
def test_who_was_not_accepted_yet_does_not_join(stranger: FlaskClient, group: Cohort, session: Session) -> None:
    address = applied(stranger)
    assert sign_up(stranger, address) == 422
    assert by_contact(session, PHONE) is None
    assert candidates(session)[0].state == "applied"


def test_the_seat_is_taken_when_she_joins_and_a_full_group_makes_her_wait(
    stranger: FlaskClient, group: Cohort, session: Session, client_of: Clients, lu: Person
) -> None:
    address = applied(stranger)
    (made,) = candidates(session)
    accept(client_of(lu), group, made.id)
    with db.writing() as s:
        assert take_seat(s, group.id)
        assert take_seat(s, group.id)
    assert "full just now" in html(stranger.get(address))
    assert sign_up(stranger, address) == 303
    person = by_contact(session, PHONE)
    assert person is not None
    assert membership(session, person.id) is None
    assert session.get_one(Cohort, group.id).taken == 2


@ON_SQLITE
@pytest.mark.parametrize("values", [{"open": False}, {"phase": "closing"}])
def test_a_closed_group_takes_nobody_whom_it_accepted(
    stranger: FlaskClient,
    group: Cohort,
    session: Session,
    client_of: Clients,
    lu: Person,
    values: dict[str, object],
) -> None:
    address = applied(stranger)
    accept(client_of(lu), group, candidates(session)[0].id)
    set_group(group, **values)
    page = html(stranger.get(address))
    assert "Join now" not in page
    assert "closed by now" in page
    assert sign_up(stranger, address) == 422


def test_two_who_join_by_one_link_at_once_make_one_account(
    app: Flask, stranger: FlaskClient, group: Cohort, session: Session, client_of: Clients, lu: Person
) -> None:
    address = applied(stranger)
    accept(client_of(lu), group, candidates(session)[0].id)
    with ThreadPoolExecutor(4) as pool:
        numbers = [f"1390013955{n}" for n in range(4)]
        answers = list(pool.map(lambda one: sign_up(app.test_client(), address, contact=one), numbers))
    assert sorted(answers) == [303, 422, 422, 422]
    session.rollback()
    assert session.get_one(Cohort, group.id).taken == 1
    assert session.scalar(select(func.count()).where(Candidate.state == "joined")) == 1


def test_an_account_takes_its_application_along(
    stranger: FlaskClient, group: Cohort, session: Session, client_of: Clients, lu: Person
) -> None:
    address = applied(stranger)
    applied(client_of(None), phone="13900139002", name="小禾")
    applied(client_of(None), phone="13900139002", name="小禾又来")
    accept(client_of(lu), group, candidates(session)[0].id)
    sign_up(stranger, address)
    session.rollback()
    person = by_contact(session, PHONE)
    assert person is not None
    session.rollback()
    with db.writing() as s:
        erase(s, person.id)
    assert [one.name for one in candidates(session)] == ["小禾", "小禾又来"]
    assert session.scalar(select(func.count()).select_from(Trait)) == 0
