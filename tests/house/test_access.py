"""Every route as every role: denied unless granted, and what is somebody else's is not there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import record
from academy.achievements.certificates.models import Certificate
from academy.catalog.queries import published
from academy.conduct.actions import accuse
from academy.credentials.actions import share as open_share
from academy.credentials.actions import token as open_token
from academy.credentials.keys import keys
from academy.db import db
from academy.jobs.actions import ask
from academy.people.models import Candidate, Cohort, Person
from academy.people.rules import PERMISSIONS
from academy.practice.actions import hand_in
from academy.practice.pictures import Kept
from academy.quizzes.actions import begin, chance
from academy.recruiting.actions import apply
from academy.registry.batches import choose
from academy.web.access import LEARN, PUBLIC, SIGNED_IN, access_of
from tests.achievements.story import almost_silver

ROUTES = {
    "account.announcements": LEARN,
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
    "announcing.announce": "cohort.lead",
    "announcing.index": "cohort.lead",
    "assets.send": PUBLIC,
    "allotments.confirm": "benefit.edit",
    "allotments.misfits": "benefit.edit",
    "allotments.progress": "benefit.edit",
    "allotments.review": "benefit.edit",
    "allotments.settle": "benefit.edit",
    "allotments.template": "benefit.edit",
    "allotments.upload": "benefit.edit",
    "badges_desk.change": "badge.edit",
    "badges_desk.condition": "badge.edit",
    "badges_desk.history": "badge.edit",
    "badges_desk.index": "badge.edit",
    "badges_desk.new": "badge.edit",
    "badges_desk.people": "badge.edit",
    "badges_desk.preview": "badge.edit",
    "badges_desk.restore": "badge.edit",
    "badges_desk.show": "badge.edit",
    "benefits.show": LEARN,
    "brand.logo": PUBLIC,
    "brand.sample": "brand.dress",
    "brand.sample_style": "brand.dress",
    "brand.save": "brand.dress",
    "brand.show": "brand.dress",
    "brand.style": PUBLIC,
    "candidates.decide": "candidate.decide",
    "candidates.export": "candidate.decide",
    "candidates.group": "candidate.decide",
    "candidates.groups": "candidate.decide",
    "candidates.invitation": "candidate.decide",
    "candidates.link": "candidate.decide",
    "candidates.outsiders": "candidate.decide",
    "candidates.qr": "candidate.decide",
    "candidates.take_back": "candidate.decide",
    "checkins.check_in": LEARN,
    "classroom.accept": LEARN,
    "classroom.group_qr": LEARN,
    "classroom.show": LEARN,
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
    "conduct.accuse": "conduct.judge",
    "conduct.lift": "conduct.judge",
    "credentials.badge": PUBLIC,
    "credentials.badge_picture": PUBLIC,
    "credentials.baked": LEARN,
    "credentials.design": PUBLIC,
    "credentials.design_picture": PUBLIC,
    "credentials.issuer": PUBLIC,
    "credentials.jwks": PUBLIC,
    "credentials.key": PUBLIC,
    "credentials.signed": LEARN,
    "credentials.status": PUBLIC,
    "courses.check": LEARN,
    "courses.complete": LEARN,
    "courses.join": PUBLIC,
    "courses.lesson": LEARN,
    "courses.map": LEARN,
    "courses.picture": PUBLIC,
    "courses.trial": PUBLIC,
    "courses.trial_check": PUBLIC,
    "courses.trial_complete": PUBLIC,
    "decide.answer": "promotion.decide",
    "decide.appeals": "promotion.decide",
    "decide.promote": "promotion.decide",
    "decide.promotions": "promotion.decide",
    "giving.give": "badge.edit",
    "giving.show": "badge.edit",
    "giving.withdraw": "badge.edit",
    "home.healthz": PUBLIC,
    "home.seen": LEARN,
    "home.today": LEARN,
    "honours.accept": LEARN,
    "honours.badge": LEARN,
    "honours.certificate": LEARN,
    "honours.correct": LEARN,
    "honours.index": LEARN,
    "honours.ledger": LEARN,
    "honours.paper": LEARN,
    "honours.picture": LEARN,
    "honours.promotion": LEARN,
    "honours.shared": PUBLIC,
    "honours.withdraw_links": LEARN,
    **{
        f"issuing.{view}": "certificate.issue"
        for view in (
            *("change", "confirm", "index", "misfits", "new"),
            *("picture", "proof", "show", "template"),
        )
    },
    **{f"prints.{view}": "certificate.issue" for view in ("fetch", "make", "show")},
    "leading.group_picture": "cohort.lead",
    "leading.group_qr": "cohort.lead",
    "leading.next_one": "cohort.manage",
    "leading.phase": "cohort.lead",
    "leading.place_members": "cohort.manage",
    "leading.remove_group_qr": "cohort.lead",
    "leading.rules": "cohort.lead",
    "leading.transfer": "cohort.manage",
    "ladder.appeal": LEARN,
    "ladder.ask_again": LEARN,
    "ladder.own": LEARN,
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
    "outlook.export": "ladder.edit",
    "outlook.history": "ladder.edit",
    "outlook.movers": "ladder.edit",
    "outlook.preview": "ladder.edit",
    "outlook.restore": "ladder.edit",
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
    "rates.edit": "benefit.edit",
    "rates.index": "benefit.edit",
    "rates.publish": "benefit.edit",
    "rates.version": "benefit.edit",
    "recruiting.application": PUBLIC,
    "recruiting.apply": PUBLIC,
    "recruiting.removed": SIGNED_IN,
    "recruiting.withdraw": PUBLIC,
    "designs.change": "certificate.issue",
    "designs.copy": "certificate.issue",
    "designs.history": "certificate.issue",
    "designs.index": "certificate.issue",
    "designs.picture": "certificate.issue",
    "designs.preview": "certificate.issue",
    "designs.restore": "certificate.issue",
    "designs.show": "certificate.issue",
    "register.correct": "certificate.issue",
    "register.decline": "certificate.issue",
    "register.export": "certificate.issue",
    "register.index": "certificate.issue",
    "register.one": "certificate.issue",
    "register.restore": "certificate.issue",
    "register.revoke": "certificate.issue",
    "report.paper": "week.read",
    "report.week": "week.read",
    "review.accept": "handin.review",
    "review.announce": "handin.review",
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
    "roster.progress_sheet": "roster.see",
    "roster.reset_code": "password.reset",
    "roster.trainee": "roster.see",
    "shares.begin": LEARN,
    "shares.card": LEARN,
    "shares.credential": PUBLIC,
    "shares.end": LEARN,
    "shares.page": PUBLIC,
    "shares.share": LEARN,
    "sample.clear": "sample.clear",
    "sample.question": "sample.clear",
    "traits.confirm": "trait.keep",
    "traits.forget": "trait.keep",
    "traits.misfits": "trait.keep",
    "traits.show": "trait.keep",
    "traits.template": "trait.keep",
    "traits.upload": "trait.keep",
    "tiers_desk.change": "ladder.edit",
    "tiers_desk.condition": "ladder.edit",
    "tiers_desk.show": "ladder.edit",
    "verify.name": PUBLIC,
    "verify.search": PUBLIC,
    "verify.show": PUBLIC,
}

# What belongs to 小棠, or to 周以宁's class: other trainees and other trainers find nothing there.
HERS = {
    "credentials.baked",
    "credentials.signed",
    "shares.begin",
    "shares.card",
    "shares.end",
    "shares.share",
    "honours.certificate",
    "honours.correct",
    "honours.paper",
    "honours.picture",
    "honours.promotion",
    "honours.accept",
    "honours.withdraw_links",
    "practice.one",
    "practice.picture",
    "quizzes.answer",
    "quizzes.finish",
    "quizzes.question",
    "quizzes.result",
    "quizzes.review",
}
OF_HER_CLASS = {
    "announcing.announce",
    "cohorts.appoint",
    "cohorts.cancel",
    "leading.group_picture",
    "leading.group_qr",
    "leading.phase",
    "leading.remove_group_qr",
    "leading.rules",
    "review.accept",
    "review.announce",
    "review.one",
    "review.picture",
    "review.return_",
    "roster.cohort",
    "roster.cohort_qr",
    "roster.progress",
    "roster.progress_sheet",
    "roster.reset_code",
    "roster.trainee",
}


@pytest.fixture
def arguments(
    app: Flask, session: Session, tang: Person, zhou: Person, lu: Person, cohort: Cohort
) -> dict[str, dict[str, object]]:
    """For every endpoint the address of something of 小棠's."""
    files, picture = app.extensions["files"], Image.new("RGB", (8, 8))
    picture.save(app.extensions["settings"].instance / "dot.jpg")
    dot = (app.extensions["settings"].instance / "dot.jpg").read_bytes()
    name = files.put("handin", dot, ".jpg")
    files.put("groupqr", dot, ".jpg")
    with db.writing() as s:
        s.execute(update(Person).where(Person.id == tang.id).values(legal_name="林晓棠"))
        spare = Cohort(code="spare", name="空班", tier="bronze", trainer_id=zhou.id, capacity=5, created_at=clock.now())
        s.add(spare)
        s.execute(update(Cohort).values(group_qr=name, group_qr_until=clock.now() + timedelta(days=7)))
        given, _ = hand_in(s, tang.id, "self-intro", "我家 14 个月，用了两个月。", [Kept(name, 8, 8)])
        catalog = published(s)
        almost_silver(s, tang.id, but={"pledge.signed"})
        attempt = begin(s, tang.id, catalog, catalog.quizzes["bronze-exam"], None, chance())
        outcome = record(s, tang.id, "pledge.signed", "koc", "2026-09")
        assert outcome.won("certificate.issued")
        case = accuse(s, s.get_one(Person, lu.id), tang.id, "violation.minor", "privacy", "聊天截图没打码。", 1)
        assert case
        paper = s.query(Certificate.id).scalar()
        honour = s.query(Certificate.fact_id).scalar()
        shown = next(fact.id for fact in outcome.facts if fact.kind == "badge.awarded")
        word = open_token(app.extensions["settings"].secret_key, open_share(s, tang.id, shown, "nickname"))
        id, number, spare_id = given.id, attempt.attempt.id, spare.id
        group = Cohort(code="zm01", name="招募 01 群", tier="bronze", capacity=9, created_at=clock.now())
        group.kind = group.phase = "recruiting"
        s.add(group)
        s.flush()
        words = {"name": "小树", "why": "想学。", "channel": "", "way": "pool", "consent_version": "2026-09"}
        token = apply(s, group.id, "13900139001", **words)
        apply(s, group.id, "13900139002", **words)
        candidate = s.query(Candidate).filter_by(phone="13900139002").one().id
        s.execute(update(Person).where(Person.id == tang.id).values(external=True))
        ask(s, "figures", "august", month="2026-08", people=1)
        batch = choose(s, s.get_one(Person, lu.id), "silver-honor", "小棠", [tang.id]).id
        ask(s, "print", "print", file="0" * 40 + ".csv", kind="csv", batch=batch, papers=1)
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
        "allotments.progress": {"key": "august"},
        "announcing.announce": {"id": cohort.id},
        **{endpoint: {"key": "keeper", "release": 1} for endpoint in ROUTES if endpoint.startswith("badges_desk.")},
        **{endpoint: {"id": tang.id} for endpoint in ROUTES if endpoint.startswith("giving.")},
        **{f"designs.{view}": {"key": "silver-honor"} for view in ("change", "history", "picture", "preview", "show")},
        "designs.restore": {"key": "silver-honor", "release": 1},
        "practice.show": {"key": "first-words"},
        "practice.hand_in": {"key": "first-words"},
        "quizzes.intro": {"key": "bronze-exam"},
        "quizzes.start": {"key": "bronze-exam"},
        **{endpoint: {"key": "autumn-bottom-care"} for endpoint in ROUTES if endpoint.startswith("materials.")},
        "verify.show": {"code": "7KQ4M2VX"},
        "credentials.badge": {"key": "keeper"},
        "credentials.badge_picture": {"key": "keeper"},
        "credentials.design": {"key": "silver-honor"},
        "credentials.design_picture": {"key": "silver-honor"},
        "credentials.key": {"thumbprint": keys(app.extensions["settings"].key_folder)[0].thumbprint},
        "credentials.status": {"number": 0},
        "shares.credential": {"word": word},
        "shares.page": {"word": word},
        **{endpoint: {"id": honour} for endpoint in HERS if endpoint.startswith(("credentials.", "shares."))},
        "honours.badge": {"key": "keeper"},
        **{endpoint: {"id": group.id} for endpoint in ROUTES if endpoint.startswith("candidates.")},
        "candidates.link": {"id": candidate},
        "candidates.take_back": {"id": tang.id},
        "recruiting.apply": {"code": "zm01"},
        "recruiting.application": {"token": token},
        "recruiting.withdraw": {"token": token},
        "cohorts.appoint": {"id": cohort.id},
        "cohorts.cancel": {"id": cohort.id, "appointment": 1},
        "cohorts.edit": {"id": cohort.id},
        "cohorts.trainer_code": {"id": zhou.id},
        "cohorts.uninvite": {"id": cohort.id, "invitee": 1},
        "rates.version": {"id": catalog.version_id("benefits")},
        "classroom.group_qr": {"name": name},
        **{endpoint: {"id": cohort.id, "to": "closing"} for endpoint in ROUTES if endpoint.startswith("leading.")},
        "leading.remove_group_qr": {"id": spare_id},
        "leading.transfer": {"id": tang.id},
        "decide.answer": {"id": 1},
        "outlook.restore": {"release": catalog.release},
        "roster.cohort": {"id": cohort.id},
        "roster.cohort_qr": {"id": cohort.id},
        "roster.progress": {"id": cohort.id},
        "roster.progress_sheet": {"id": cohort.id},
        "roster.trainee": {"id": tang.id},
        "roster.reset_code": {"id": tang.id},
        **{endpoint: {"id": paper} for endpoint in ROUTES if endpoint.startswith("register.")},
        **{endpoint: {"id": batch, "trainee": tang.id} for endpoint in ROUTES if endpoint.startswith("issuing.")},
        **{f"prints.{view}": {"key": "print"} for view in ("fetch", "show")},
        "conduct.accuse": {"id": tang.id},
        "conduct.lift": {"id": case.id},
        "traits.show": {"id": tang.id},
        "traits.forget": {"id": tang.id},
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
