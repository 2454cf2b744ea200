"""The brand edits the ladder: what it keeps, what it refuses, and what happens when two do."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.catalog.models import Draft, Release, Version
from academy.catalog.queries import published
from academy.db import db
from academy.jobs.models import Job
from academy.journal.actions import stand
from academy.ladder import actions
from academy.ladder.queries import opened
from academy.packs.actions import export, read
from academy.people.models import Audit, Cohort, Person
from tests.conftest import ON_SQLITE, html
from tests.ladder.conftest import ENGLISH, Editor, fields, republish, tiers
from tests.phone import statements

Clients = Callable[[Person | None], FlaskClient]
CHECKINS = "into-silver/4"


def drafts(session: Session) -> list[str]:
    """The kinds of the documents that are being edited now."""
    session.rollback()
    found = [draft.kind for draft in session.scalars(select(Draft).order_by(Draft.kind)) if draft.content]
    session.rollback()
    return found


def promotion(session: Session) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tiers(session)[0]["promotion"]["all"]
    return found


def test_a_draft_is_kept_shown_and_seen_by_nobody_else(editor: Editor, session: Session, lu: Person) -> None:
    assert "Changes not published" not in editor.page
    assert editor.send(**{CHECKINS: "5"}).location == "/desk/ladder"
    page = editor.open()
    assert "Changes not published" in page
    assert lu.name in page
    assert "was 7 days" in html(editor.client.get("/desk/ladder", headers=ENGLISH))
    assert editor.fields[CHECKINS] == "5"
    assert drafts(session) == ["ladder", "rewards"]
    assert promotion(session)[4]["count"]["at_least"] == 7


def test_sending_what_stands_there_makes_no_draft(editor: Editor, session: Session) -> None:
    editor.send()
    assert drafts(session) == []
    editor.send(**{CHECKINS: "5"})
    editor.open()
    editor.send(**{CHECKINS: "7"})
    assert drafts(session) == [], "what is as it is published is no draft"


def test_publishing_is_one_release_on_record_with_a_sweep_asked_for(
    editor: Editor, session: Session, lu: Person
) -> None:
    before = published(session).release
    answer = editor.send("publish", **{CHECKINS: "5", "reward-silver-voucher/value": "25"})
    assert answer.location == "/desk/ladder"
    assert promotion(session)[4]["count"]["at_least"] == 5
    (release,) = session.scalars(select(Release).where(Release.id > before))
    kinds = select(Version.kind).where(Version.release_id == release.id).order_by(Version.kind)
    assert list(session.scalars(kinds)) == ["ladder", "rewards"]
    assert release.by_id == lu.id
    assert session.scalars(select(Job).where(Job.key == f"sweep/{release.id}")).one().name == "sweep"
    assert session.scalars(select(Audit).where(Audit.action == "ladder.published")).one().staff_id == lu.id
    assert drafts(session) == []
    assert "Changes not published" not in editor.open()


def test_what_the_editor_publishes_is_a_pack(editor: Editor, app: Flask, session: Session, tmp_path: Any) -> None:
    editor.add(
        "into-gold/", "ratio", part="care.orders", over="care.users", of="sum", per="1000", number="3", bound="at_least"
    )
    editor.open()
    editor.send("new-tier:diamond")
    editor.open()
    assert editor.send("publish").status_code == 303
    with app.app_context():
        pack = export(published(db.session()), app.extensions["files"], tmp_path / "pack")
    assert not pack.problems
    assert read(tmp_path / "pack").documents["ladder", "academy"] == dict(published(session).one("ladder"))


@ON_SQLITE
def test_rights_that_an_older_release_kept_with_a_tier_are_in_nobodys_way(
    client_of: Clients, tang: Person, lu: Person, app: Flask, session: Session, tmp_path: Any
) -> None:
    republish(lambda ladder, _rewards: ladder["tiers"][0].update(rights=[{"zh": "一", "en": "One"}]))
    editor = Editor(client_of(lu))
    editor.send(**{CHECKINS: "5"})
    editor.open()
    assert editor.send("publish").status_code == 303
    assert promotion(session)[4]["count"]["at_least"] == 5
    assert client_of(tang).get("/tier").status_code == 200
    with app.app_context():
        export(published(db.session()), app.extensions["files"], tmp_path / "pack")
    assert read(tmp_path / "pack").documents["ladder", "academy"] == dict(published(session).one("ladder"))


@ON_SQLITE
def test_every_kind_of_condition_can_be_built_by_clicking(editor: Editor) -> None:
    page = editor.client.get("/desk/ladder/condition?at=into-gold/", headers=ENGLISH).text
    links = [
        part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:] if "what=" in part.split('"')[0]
    ]
    assert len(links) > 50
    for link in links:
        assert editor.client.get(link, headers=ENGLISH).status_code == 200, link
    for what, form in (
        ("course", {"key": "tools"}),
        ("quiz.passed", {"figure": "count", "number": "3", "highest": "1"}),
        ("quiz.finished", {"figure": "latest", "thing": "bronze-exam", "number": "85", "bound": "at_least"}),
        ("checkin.done", {"figure": "count", "number": "20", "window": "within", "days": "30"}),
        ("growth", {"number": "50", "window": "season"}),
        ("attribute", {"key": "rfm", "bound": "at_most", "number": "3"}),
        ("conduct", {"minor": "1", "serious": "1", "window": "within", "days": "90"}),
        ("cohort", {"key": "qt07"}),
        ("days_in_tier", {"number": "30"}),
    ):
        assert editor.add("into-gold/", what, **form).status_code == 303, what
    page = html(editor.client.get("/desk/ladder", headers=ENGLISH))
    assert "Quizzes passed at the first try" in page
    assert "Check-ins within 30 days" in page
    assert "No violation for 90 days" in page
    editor.open()
    assert editor.send("publish").status_code == 303


@ON_SQLITE
def test_a_condition_is_grouped_and_changed_where_it_stands(editor: Editor, session: Session) -> None:
    about = {"at": CHECKINS, "do": "edit"}
    page = editor.client.get("/desk/ladder/condition", query_string=about, headers=ENGLISH).text
    revisions = page.split('name="revisions" value="')[1].split('"')[0]
    form = {"figure": "count", "number": "9", "bound": "at_least", "window": "always", "group": "any"}
    editor.client.post("/desk/ladder/condition", data={**about, **form, "revisions": revisions}, headers=ENGLISH)
    editor.add(CHECKINS, "growth", number="900")
    editor.open()
    editor.send("publish", **{f"{CHECKINS}:word": "at_least"})
    assert promotion(session)[4] == {
        "at_least": {"n": 1, "of": [{"count": {"kind": "checkin.done", "at_least": 9}}, {"growth": {"at_least": 900}}]}
    }
    editor.open()
    editor.send("publish", **{CHECKINS: "2", f"{CHECKINS}.1": "800"})
    assert promotion(session)[4]["at_least"]["n"] == 2
    assert promotion(session)[4]["at_least"]["of"][1] == {"growth": {"at_least": 800}}
    editor.open()
    editor.send(f"remove:{CHECKINS}.0")
    editor.open()
    editor.send(f"dissolve:{CHECKINS}")
    editor.open()
    editor.send("publish")
    assert promotion(session)[4] == {"growth": {"at_least": 800}}


@ON_SQLITE
def test_what_is_typed_survives_a_click_elsewhere(editor: Editor) -> None:
    editor.send(f"remove:{CHECKINS}", **{"into-silver/3": "250", "tier-silver/line.en": "Two feathers"})
    editor.open()
    assert editor.fields["into-silver/3"] == "250"
    assert editor.fields["tier-silver/line.en"] == "Two feathers"
    assert "Check in 7 times" in editor.page


@ON_SQLITE
@pytest.mark.parametrize("typed", ["", "0", "-3", "viel", "1000000000"])
def test_a_number_that_is_none_is_pointed_out_at_its_row_and_kept(editor: Editor, session: Session, typed: str) -> None:
    answer = editor.send("publish", **{CHECKINS: typed})
    assert answer.status_code == 422
    row = answer.text.split(f'id="{CHECKINS}"')[1]
    assert "whole number from 1 to" in row.split('class="rule')[0]
    assert promotion(session)[4]["count"]["at_least"] == 7
    editor.open()
    assert editor.fields[CHECKINS] == typed.lstrip("0") or typed == "0"


@ON_SQLITE
def test_what_nobody_can_meet_is_pointed_out_and_can_be_published_all_the_same(editor: Editor) -> None:
    assert editor.send(**{"into-silver/2": "120"}).status_code == 303
    assert "Nobody can get further than 100." in html(editor.client.get("/desk/ladder", headers=ENGLISH))
    editor.open()
    assert editor.send("publish").status_code == 303


@ON_SQLITE
@pytest.mark.parametrize(
    ("what", "form", "why"),
    [
        ("tier", {"key": "silver"}, "Nobody gets this before reaching Silver"),
        ("badge", {"key": "silver-sail"}, "Nobody gets this before reaching Silver"),
        ("certificate", {"key": "silver-honor"}, "Nobody gets this before reaching Silver"),
        ("course", {"key": "first-group"}, "Nobody gets this before reaching Silver"),
    ],
)
def test_a_promotion_that_waits_for_itself_is_not_published(
    editor: Editor, session: Session, what: str, form: dict[str, str], why: str
) -> None:
    if what == "course":
        courses = {course.key for course in published(session).courses if course.tier == "silver"}
        form = {"key": sorted(courses)[0]}
    editor.add("into-silver/", what, **form)
    editor.open()
    answer = editor.send("publish")
    assert answer.status_code == 422
    assert why in html(answer)
    assert len(promotion(session)) == 7


@ON_SQLITE
def test_an_alternative_that_is_only_open_above_does_no_harm(editor: Editor) -> None:
    about = {"at": CHECKINS, "do": "edit"}
    page = editor.client.get("/desk/ladder/condition", query_string=about, headers=ENGLISH).text
    revisions = page.split('name="revisions" value="')[1].split('"')[0]
    form = {"figure": "count", "number": "7", "group": "any", "revisions": revisions}
    editor.client.post("/desk/ladder/condition", data={**about, **form}, headers=ENGLISH)
    editor.add(CHECKINS, "badge", key="silver-sail")
    editor.open()
    assert editor.send("publish").status_code == 303


@ON_SQLITE
def test_heads_are_never_a_condition(editor: Editor) -> None:
    assert editor.add("into-silver/", "checkin.done", figure="count", number="1").status_code == 303
    answer = editor.client.get("/desk/ladder/condition?at=into-silver/&what=referral.made", headers=ENGLISH)
    assert answer.status_code == 404
    editor.open()
    editor.send("discard")
    republish(lambda ladder, _r: ladder["tiers"][1].update(promotion={"best": {"kind": "group.built", "at_least": 20}}))
    assert "how many people somebody gathers" in html(editor.client.get("/desk/ladder", headers=ENGLISH))


def test_two_at_once_lose_nothing(editor: Editor, client_of: Clients, lu: Person, session: Session) -> None:
    other = Editor(client_of(lu))
    other.send(**{"into-silver/3": "250"})
    answer = editor.send(**{CHECKINS: "5"})
    assert answer.status_code == 409
    page = html(answer)
    assert "saved another draft" in page
    assert "Reach 250 growth" in page
    assert "Check in 5 times" in page
    assert fields(answer.text)[CHECKINS] == "5"
    assert other.open()
    assert other.fields[CHECKINS] == "7", "theirs stands until mine is sent again"
    editor.fields = fields(answer.text)
    assert editor.send().status_code == 303
    other.open()
    assert (other.fields[CHECKINS], other.fields["into-silver/3"]) == ("5", "300")


def test_a_draft_that_went_and_came_again_is_not_taken_for_the_same(
    editor: Editor, client_of: Clients, lu: Person
) -> None:
    editor.send(**{CHECKINS: "5"})
    editor.open()
    other = Editor(client_of(lu))
    other.send("discard")
    other.open()
    other.send(**{CHECKINS: "6"})
    assert editor.send(**{CHECKINS: "4"}).status_code == 409
    assert editor.send("discard").status_code == 409
    other.open()
    assert other.fields[CHECKINS] == "6"


def test_publishing_over_a_newer_ladder_is_a_named_conflict(
    editor: Editor, session: Session, zhou: Person, lu: Person
) -> None:
    editor.send(**{CHECKINS: "5"})
    republish(lambda ladder, _r: ladder["tiers"][1].update(line={"zh": "别的", "en": "Other"}), lu.id)
    editor.open()
    answer = editor.send("publish")
    assert answer.status_code == 409
    page = html(answer)
    assert f"{lu.name} published another ladder" in page
    assert "别的 / Other" in page
    assert promotion(session)[4]["count"]["at_least"] == 7
    editor.fields = fields(answer.text)
    assert editor.send("publish").status_code == 303
    assert promotion(session)[4]["count"]["at_least"] == 5


@ON_SQLITE
def test_a_form_opened_before_another_published_says_so(editor: Editor, session: Session) -> None:
    republish(lambda ladder, _r: ladder["tiers"][1].update(line={"zh": "别的", "en": "Other"}))
    assert editor.send(**{CHECKINS: "5"}).status_code == 409
    assert editor.send().status_code == 409, "nor does an old form take back what was published"
    assert tiers(session)[1]["line"]["en"] == "Other"


def test_of_two_who_publish_in_the_same_moment_one_is_told(app: Flask, session: Session, lu: Person) -> None:
    with db.writing() as s:
        staff = s.get_one(Person, lu.id)
        edited = opened(s, published(s))
        ladder = {**edited.pair.ladder, "step": "highest"}
        pair = type(edited.pair)(ladder, edited.pair.rewards)
        revisions = actions.save(s, staff, type(edited)(pair, edited.revisions, edited.versions))
    outcomes: list[str] = []
    start = Barrier(2)

    def publish() -> None:
        with app.app_context():
            start.wait()
            try:
                with db.writing() as s:
                    actions.release(s, s.get_one(Person, lu.id), revisions)
                outcomes.append("published")
            except Exception as error:
                outcomes.append(type(error).__name__)

    threads = [Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Redrafted", "published"]
    session.rollback()
    assert len(list(session.scalars(select(Release)))) == 2


def test_a_tier_in_use_stays_and_says_where(editor: Editor, session: Session, tang: Person) -> None:
    editor.send("drop-tier:silver")
    page = html(editor.client.get("/desk/ladder", headers=ENGLISH))
    for where in ("白银 03 班", "the badge “Silver sail”", "the reward “¥20 voucher”", "the table of benefits"):
        assert where in page
    with db.writing() as s:
        stand(s, tang.id, "platinum")
    editor.open()
    editor.send("drop-tier:platinum")
    assert "1 people" in html(editor.client.get("/desk/ladder", headers=ENGLISH))
    assert len(tiers(session)) == 5


def test_a_tier_that_somebody_reached_since_is_not_published_away(
    editor: Editor, session: Session, tang: Person
) -> None:
    editor.send("new-tier:diamond")
    editor.open()
    editor.send("publish")
    key = tiers(session)[-1]["key"]
    editor.open()
    assert editor.send(f"drop-tier:{key}").status_code == 303
    with db.writing() as s:
        stand(s, tang.id, key)
        s.add(Cohort(code="new", name="新班", tier=key, capacity=5, created_at=tang.created_at))
    editor.open()
    editor.send("publish")
    assert tiers(session)[-1]["key"] == key
    assert "新班" in html(editor.client.get("/desk/ladder", headers=ENGLISH))


@ON_SQLITE
def test_a_new_tier_needs_its_words_in_both_languages(editor: Editor, session: Session) -> None:
    editor.send("new-tier:bronze")
    editor.open()
    (key,) = {name.split("/")[0] for name in editor.fields if name.startswith("tier-tier-")}
    assert editor.send("publish", **{f"{key}/title.en": " "}).status_code == 422
    editor.open()
    typed = {f"{key}/title.zh": "星耀", f"{key}/title.en": "Star"}
    assert editor.send("publish", **typed, **{f"{key}/feathers": "3", f"{key}/metal": "gold"}).status_code == 303
    new = tiers(session)[1]
    assert (new["title"]["en"], new["feathers"], new["metal"]) == ("Star", 3, "gold")
    assert len(new["promotion"]["all"]) == 7, "what led to 白银 still does"


@ON_SQLITE
def test_rewards_are_given_taken_and_made(editor: Editor, session: Session) -> None:
    editor.send("give:gold", **{"give-gold": "silver-voucher"})
    editor.open()
    new = {"new-gold.zh": "护臀膏", "new-gold.en": "Balm", "new-gold.value": "39"}
    editor.send("new-reward:gold", **new)
    editor.open()
    editor.send("take:silver/silver-voucher")
    editor.open()
    assert editor.send("publish").status_code == 303
    first, second = published(session).one("rewards")["rewards"]
    assert first["criterion"] == {"tier": {"at_least": "gold"}}
    assert (second["title"]["en"], second["value"], second["kind"]) == ("Balm", 39, "goods")


@ON_SQLITE
def test_settings_are_kept(editor: Editor, session: Session) -> None:
    editor.send(
        "publish",
        **{
            "settings/step": "highest",
            "settings/review": "on",
            "settings/protect_days": "60",
            "settings/warn_days": "10",
        },
        **{"settings/external": "on", "settings/assessment": "bronze-exam", "settings/days": "21"},
        **{"into-silver:approval": "on"},
    )
    session.rollback()
    ladder = published(session).one("ladder")
    assert ladder["step"] == "highest"
    assert ladder["review"] == {"on": True, "protect_days": 60, "warn_days": 10}
    assert ladder["external"] == {"assessment": "bronze-exam", "days": 21, "tiers": False}
    assert ladder["tiers"][0]["promotion"]["all"][-1] == {"approval": {"key": "silver"}}
    editor.open()
    assert editor.fields["into-silver:approval"] == "on"
    assert editor.send("publish", **{"settings/warn_days": "40"}).status_code == 422


def test_the_history_tells_each_change_and_an_earlier_version_can_come_back(
    editor: Editor, session: Session, lu: Person
) -> None:
    editor.send("publish", **{CHECKINS: "5", "settings/step": "highest"})
    page = html(editor.client.get("/desk/ladder/history", headers=ENGLISH))
    assert lu.name in page
    assert "Check in 7 times" in page
    assert "Check in 5 times" in page
    assert "to the highest tier met" in page
    first = html(editor.client.get("/desk/ladder/history?release=1", headers=ENGLISH))
    assert "The first version." in first
    revisions = first.split('name="revisions" value="')[1].split('"')[0]
    path = "/desk/ladder/history/1/restoration"
    assert editor.client.post(path, data={"revisions": "0.0"}, headers=ENGLISH).status_code == 409
    assert editor.client.post(path, data={"revisions": revisions}, headers=ENGLISH).status_code == 303
    editor.open()
    assert editor.fields[CHECKINS] == "7"
    assert editor.send("publish").status_code == 303
    assert promotion(session)[4]["count"]["at_least"] == 7
    assert editor.client.get("/desk/ladder/history?release=99").status_code == 404
    assert editor.client.post("/desk/ladder/history/99/restoration", data={"revisions": "0.0"}).status_code == 404


@ON_SQLITE
@pytest.mark.parametrize(
    "do",
    [
        *("remove:into-silver/99", "remove:into-nothing/0", "remove:keep-bronze/0", "remove:into-silver/x"),
        *("drop-tier:none", "give:none", "new-reward:none", "new-tier:none", "dissolve:__class__/0", "take:none/x"),
    ],
)
def test_an_address_that_was_tampered_with_leads_nowhere(editor: Editor, session: Session, do: str) -> None:
    assert editor.send(do).status_code == 404
    assert drafts(session) == []


@ON_SQLITE
def test_a_form_that_is_not_ours_is_refused(editor: Editor, session: Session) -> None:
    forged = editor.fields["kept"][:-2] + "xx"
    assert editor.send(kept=forged, **{CHECKINS: "1"}).status_code == 400
    assert editor.send(**{"into-gold/0": "1", "common/0": "5", "tier-none/title.zh": "x"}).status_code == 303
    assert drafts(session) == [], "fields that nothing shows change nothing"
    for path in ("?at=into-silver/99", "?at=&what=x", "?at=into-silver/&what=nothing", "?at=into-silver/&do=edit"):
        assert editor.client.get(f"/desk/ladder/condition{path}").status_code == 404
    data = {"at": "into-silver/", "do": "add", "what": "checkin.done", "number": "3", "revisions": "9.9"}
    assert editor.client.post("/desk/ladder/condition", data=data).status_code == 409
    data |= {"number": "x" * 5000}
    assert editor.client.post("/desk/ladder/condition", data=data).status_code == 422


@ON_SQLITE
@pytest.mark.parametrize("who", ["zhou", "tang"])
def test_only_the_brand_edits_the_ladder(
    who: str, request: pytest.FixtureRequest, editor: Editor, client_of: Clients, session: Session
) -> None:
    client = client_of(request.getfixturevalue(who))
    for path in ("/desk/ladder", "/desk/ladder/preview", "/desk/ladder/history", "/desk/promotions", "/desk/appeals"):
        assert client.get(path).status_code == 404
    assert client.post("/desk/ladder", data={**editor.fields, CHECKINS: "1", "do": "publish"}).status_code == 404
    assert promotion(session)[4]["count"]["at_least"] == 7


def test_the_editor_asks_the_database_six_times_at_most(editor: Editor) -> None:
    editor.send(**{CHECKINS: "5"})
    editor.client.get("/desk/ladder")
    with statements() as seen:
        assert editor.client.get("/desk/ladder").status_code == 200
    assert 0 < len(seen) <= 6, seen
    with statements() as seen:
        assert editor.client.get("/desk/ladder/history").status_code == 200
    assert 0 < len(seen) <= 7, seen
