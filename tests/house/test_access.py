"""Every route as every role: denied unless granted, and what is somebody else's is not there."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy.achievements import record
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Cohort, Person
from academy.people.rules import PERMISSIONS
from academy.practice.actions import hand_in
from academy.practice.pictures import Kept
from academy.quizzes.actions import begin, chance
from academy.web.access import LEARN, PUBLIC, SIGNED_IN, access_of
from tests.achievements.story import almost_silver

ROUTES = {
    "account.copy": SIGNED_IN,
    "account.erase": SIGNED_IN,
    "account.farewell": PUBLIC,
    "account.language": PUBLIC,
    "account.legal_name": LEARN,
    "account.me": SIGNED_IN,
    "account.password": SIGNED_IN,
    "account.privacy": PUBLIC,
    "account.profile": SIGNED_IN,
    "account.reset": PUBLIC,
    "account.sign_in": PUBLIC,
    "account.sign_out": PUBLIC,
    "account.sign_up": PUBLIC,
    "account.terms": PUBLIC,
    "account.theme": PUBLIC,
    "assets.send": PUBLIC,
    "brand.logo": PUBLIC,
    "brand.sample": "brand.dress",
    "brand.sample_style": "brand.dress",
    "brand.save": "brand.dress",
    "brand.show": "brand.dress",
    "brand.style": PUBLIC,
    "checkins.check_in": LEARN,
    "cohorts.appoint": "calendar.keep",
    "cohorts.cancel": "calendar.keep",
    "cohorts.confirm": "roster.import",
    "cohorts.edit": "cohort.manage",
    "cohorts.new": "cohort.manage",
    "cohorts.template": "roster.import",
    "cohorts.trainer_code": "cohort.manage",
    "cohorts.trainers": "cohort.manage",
    "cohorts.uninvite": "roster.import",
    "cohorts.upload": "roster.import",
    "courses.check": LEARN,
    "courses.complete": LEARN,
    "courses.join": PUBLIC,
    "courses.lesson": LEARN,
    "courses.map": LEARN,
    "courses.picture": PUBLIC,
    "courses.trial": PUBLIC,
    "courses.trial_check": PUBLIC,
    "courses.trial_complete": PUBLIC,
    "home.healthz": PUBLIC,
    "home.seen": LEARN,
    "home.today": LEARN,
    "honours.accept": LEARN,
    "honours.badge": LEARN,
    "honours.certificate": LEARN,
    "honours.index": LEARN,
    "honours.ledger": LEARN,
    "honours.paper": LEARN,
    "honours.picture": LEARN,
    "honours.promotion": LEARN,
    "honours.shared": PUBLIC,
    "materials.archive": SIGNED_IN,
    "materials.cover": SIGNED_IN,
    "materials.index": SIGNED_IN,
    "materials.one": SIGNED_IN,
    "materials.picture": SIGNED_IN,
    "materials.pictures": SIGNED_IN,
    "materials.take": SIGNED_IN,
    "materials.thumbnail": SIGNED_IN,
    "offline.page": PUBLIC,
    "offline.worker": PUBLIC,
    "pledges.show": LEARN,
    "pledges.sign": LEARN,
    "practice.hand_in": LEARN,
    "practice.one": LEARN,
    "practice.picture": LEARN,
    "practice.show": LEARN,
    "quizzes.answer": LEARN,
    "quizzes.finish": LEARN,
    "quizzes.intro": LEARN,
    "quizzes.question": LEARN,
    "quizzes.result": LEARN,
    "quizzes.review": LEARN,
    "quizzes.start": LEARN,
    "report.paper": "week.read",
    "report.week": "week.read",
    "review.accept": "handin.review",
    "review.one": "handin.review",
    "review.picture": "handin.review",
    "review.queue": "handin.review",
    "review.return_": "handin.review",
    "roster.cohort": "roster.see",
    "roster.cohort_qr": "roster.see",
    "roster.desk": "desk.open",
    "roster.export": "roster.see",
    "roster.index": "roster.see",
    "roster.progress": "roster.see",
    "roster.reset_code": "password.reset",
    "roster.trainee": "roster.see",
    "sample.clear": "sample.clear",
    "sample.question": "sample.clear",
    "verify.search": PUBLIC,
    "verify.show": PUBLIC,
}

# What belongs to 小棠, or to 周以宁's class: other trainees and other trainers find nothing there.
HERS = {
    "honours.certificate",
    "honours.paper",
    "honours.picture",
    "honours.promotion",
    "honours.accept",
    "practice.one",
    "practice.picture",
    "quizzes.answer",
    "quizzes.finish",
    "quizzes.question",
    "quizzes.result",
    "quizzes.review",
}
OF_HER_CLASS = {
    "cohorts.appoint",
    "cohorts.cancel",
    "review.accept",
    "review.one",
    "review.picture",
    "review.return_",
    "roster.cohort",
    "roster.cohort_qr",
    "roster.progress",
    "roster.reset_code",
    "roster.trainee",
}


@pytest.fixture
def arguments(app: Flask, session: Session, tang: Person, zhou: Person, cohort: Cohort) -> dict[str, dict[str, object]]:
    """For every endpoint the address of something of 小棠's."""
    files, picture = app.extensions["files"], Image.new("RGB", (8, 8))
    picture.save(app.extensions["settings"].instance / "dot.jpg")
    name = files.put("handin", (app.extensions["settings"].instance / "dot.jpg").read_bytes(), ".jpg")
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(legal_name="林晓棠"))
        given, _ = hand_in(s, tang.id, "self-intro", "我家 14 个月，用了两个月。", [Kept(name, 8, 8)])
        catalog = published(s)
        almost_silver(s, tang.id, but={"pledge.signed"})
        attempt = begin(s, tang.id, catalog, catalog.quizzes["bronze-exam"], None, chance())
        outcome = record(s, tang.id, "pledge.signed", "koc", "2026-09")
        assert outcome.won("certificate.issued")
        id, number = given.id, attempt.attempt.id
    by_name: dict[str, object] = {
        "key": "own",
        "question": "own-check",
        "code": "qt07",
        "name": "0" * 40 + ".svg",
        "tier": "silver",
        "serial": "LY-2026-0914-0001",
        "token": "forged",
        "n": 1,
    }
    special: dict[str, dict[str, object]] = {
        "practice.show": {"key": "first-words"},
        "practice.hand_in": {"key": "first-words"},
        "quizzes.intro": {"key": "bronze-exam"},
        "quizzes.start": {"key": "bronze-exam"},
        **{endpoint: {"key": "autumn-bottom-care"} for endpoint in ROUTES if endpoint.startswith("materials.")},
        "verify.show": {"code": "7KQ4M2VX"},
        "honours.badge": {"key": "keeper"},
        "cohorts.appoint": {"id": cohort.id},
        "cohorts.cancel": {"id": cohort.id, "appointment": 1},
        "cohorts.edit": {"id": cohort.id},
        "cohorts.trainer_code": {"id": zhou.id},
        "cohorts.uninvite": {"id": cohort.id, "invitee": 1},
        "roster.cohort": {"id": cohort.id},
        "roster.cohort_qr": {"id": cohort.id},
        "roster.progress": {"id": cohort.id},
        "roster.trainee": {"id": tang.id},
        "roster.reset_code": {"id": tang.id},
    }
    ids = {"practice": id, "review": id, "quizzes": number}
    return {
        rule.endpoint: {
            part: special.get(rule.endpoint, {}).get(part, by_name.get(part, ids.get(rule.endpoint.split(".")[0])))
            for part in rule.arguments
        }
        for rule in app.url_map.iter_rules()
    }


def test_every_route_is_listed_with_what_it_asks_for(app: Flask) -> None:
    assert {rule.endpoint: access_of(app, rule.endpoint) for rule in app.url_map.iter_rules()} == ROUTES


def test_every_route_lets_in_whom_it_should_and_nobody_else(
    app: Flask,
    arguments: dict[str, dict[str, object]],
    client_of: Callable[[Person | None], FlaskClient],
    tang: Person,
    aduo: Person,
    zhou: Person,
    wu: Person,
    lu: Person,
) -> None:
    wrong: list[str] = []
    for who in (None, aduo, wu, zhou, lu, tang):
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
            if rule.endpoint == "account.sign_out":
                continue
            with app.test_request_context():
                address = app.url_for(rule.endpoint, **arguments[rule.endpoint])
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                answer = client_of(who).open(address, method=method)
                found = _kind(answer.status_code, answer.headers.get("Location", ""))
                wanted = _wanted(rule.endpoint, who, tang)
                if found != wanted:
                    wrong.append(f"{who.name if who else 'a stranger'}: {method} {address}: {found}, not {wanted}")
    assert not wrong, "\n".join(wrong)


def _kind(status: int, target: str) -> str:
    if status in (302, 303) and target.startswith("/sign-in"):
        return "asked to sign in"
    if status in (302, 303) and target == "/desk":
        return "sent to the desk"
    if status == 404:
        return "nothing there"
    return "let in" if status < 500 else f"broken ({status})"


def _wanted(endpoint: str, who: Person | None, tang: Person) -> str:
    word = ROUTES[endpoint]
    if endpoint in ("brand.logo", "courses.picture", "verify.show", "assets.send", "honours.shared"):
        return "nothing there"
    if word == PUBLIC:
        return "let in"
    if who is None:
        return "asked to sign in"
    if word == LEARN and endpoint == "home.today" and who.role != "trainee":
        return "sent to the desk"
    if word != SIGNED_IN and word not in PERMISSIONS[who.role]:
        return "nothing there"
    if endpoint in HERS and who.id != tang.id:
        return "nothing there"
    if endpoint in OF_HER_CLASS and who.name == "吴老师":
        return "nothing there"
    return "sent to the desk" if endpoint == "sample.clear" else "let in"
