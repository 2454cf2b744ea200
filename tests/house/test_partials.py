"""Every partial renders alone: with the data that it names, and with no macro lent by the page around it."""

from collections.abc import Callable, Iterator
from dataclasses import replace as with_
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app, render_template
from flask.testing import FlaskClient
from flask_login import login_user
from jinja2 import meta
from jinja2.runtime import Macro
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from academy import ROOT, clock
from academy.achievements.actions import issue_waiting
from academy.achievements.certificates.models import Certificate
from academy.catalog.actions import publish, replace, take_turn
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Attempted, Audit, Cohort, Membership, Person
from academy.people.passwords import hash_password
from academy.practice.actions import decide, hand_in
from academy.practice.models import HandIn, PeerReview
from academy.quizzes.models import Attempt
from academy.sample.people import People
from academy.tiers.benefits import BENEFITS
from tests.phone import HTMX
from tests.recruiting.conftest import CODE, entry, send
from tests.scorm.conftest import ORIGIN, bring, held
from tests.scorm.packages import one_page
from tests.studio.test_updates import a_change
from tests.studio.typed import fields_of
from tests.training.conftest import announce, began

TEMPLATES = ROOT / "templates"
PARTIALS = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("_*.html"))


@pytest.fixture
def told(app: Flask, session: Session) -> Session:
    """The demo people on the stage instead of the cast."""
    with db.writing() as s:
        for rows in (Membership, Attempted, Audit):
            s.query(rows).delete()
        s.query(Cohort).update({"code": Cohort.code + "-old", "trainer_id": None, "taken": 0})
        for person in s.query(Person):
            person.phone, person.email = None, f"{person.id}@old.example"
        s.flush()
        People(s, hash_password("-")).tell()
    return session


@pytest.fixture
def lent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """What each partial was given when a page drew it."""
    seen: dict[str, dict[str, Any]] = {}
    find = app.jinja_env.get_template

    def spy(name: Any, *args: Any, **kwargs: Any) -> Any:
        template = find(name, *args, **kwargs)
        if Path(str(template.name)).name.startswith("_") and template.name not in seen:
            draw = template.root_render_func

            def drawn(context: Any) -> Iterator[str]:
                seen.setdefault(str(template.name), dict(context.get_all()))
                yield from draw(context)

            monkeypatch.setattr(template, "root_render_func", drawn)
        return template

    monkeypatch.setattr(app.jinja_env, "get_template", spy)
    return seen


def walk(session: Session, client_of: Callable[[Person | None], FlaskClient]) -> Person:
    """Open what draws every partial; the trainee on whose screens they stood."""
    by_name = {person.name: person for person in session.scalars(select(Person).where(Person.phone.is_not(None)))}
    tang, doudou, zhou = by_name["小棠"], by_name["豆豆妈"], by_name["周以宁"]
    brand = session.scalars(select(Person).where(Person.email == "brand@luya.example")).one()
    waiting = session.scalars(select(HandIn).where(HandIn.verdict_id.is_(None))).one().id
    accepted = session.scalars(select(HandIn).where(HandIn.verdict_id.is_not(None))).one().id
    session.expunge_all()
    session.rollback()
    hers, doudous, desk, strange = client_of(tang), client_of(doudou), client_of(zhou), client_of(None)
    case = {"number": "1", "rule": "no-ad-mark", "kind": "violation.minor", "note": "笔记没标广告。"}
    client_of(brand).post(f"/desk/trainees/{tang.id}/violations/new", data=case)
    client_of(brand).get(f"/desk/trainees/{tang.id}")
    for path in (
        "/join/qt07",
        "/join/qt07/lesson",
        "/sign-up",
        "/sign-in",
        "/terms",
        "/privacy",
        "/v",
        "/v/LY-1/AAAAAAAA",
    ):
        strange.get(path)
        strange.get(path, headers={"Accept-Language": "en"})
    for path in ("/", "/map", "/lessons/own", "/pledge", "/me", f"/hand-ins/{waiting}", "/practice/self-intro"):
        hers.get(path)
    hers.post("/check-ins", headers=HTMX)
    hers.post("/lessons/own/checks/own-check", data={"answer": "b"}, headers=HTMX)
    hers.post("/lessons/hand-over/completion", headers=HTMX)
    hers.post("/practice/self-intro/hand-ins", data={"text": "大家好，我是最好的妈妈，家里都用过，绝对没错。" * 2})
    hers.post("/materials/autumn-bottom-care/taking", headers=HTMX)
    hers.post("/quizzes/real-user-quiz/attempts")
    attempt = session.scalars(select(Attempt.id).where(Attempt.finished_at.is_(None))).one()
    session.rollback()
    hers.get(f"/attempts/{attempt}/questions/1")
    hers.post(f"/attempts/{attempt}/questions/1", data={"option": "a"}, headers=HTMX)
    client_of(brand).get("/desk/brand")
    client_of(brand).get("/desk/ladder/preview")
    client_of(brand).get("/desk/badges/keeper/preview")
    client_of(brand).get("/desk/certificates/register")
    client_of(brand).get("/desk/certificates/designs/silver-honor")
    client_of(brand).get("/desk/certificates/designs/silver-honor/people")
    hers.get("/benefits")
    with db.writing() as s:
        take_turn(s)
        later = {**published(s).one("benefits"), "from": "2099-01-01"}
        replace(s, BENEFITS, later, str(published(s).version_id("benefits")), brand.id)
        version = published(s).version_id("benefits")
    client_of(brand).get(f"/desk/benefits/versions/{version}")
    hers.post("/lessons/own/discussion/questions", data={"text": "试用装用过三次，算用过吗？"})
    for path in ("/lessons/own/discussion", "/lessons/own/discussion/newest", "/discussion/1"):
        hers.get(path)
    desk.get("/desk/discussion")
    for path in ("lessons/own", "quizzes/real-user-quiz"):
        desk.get(f"/desk/studio/{path}")
    claimed = {**published(session).one("lesson", "own"), "summary": {"zh": "全网最佳"}}
    typed = [*fields_of(claimed), ("revision", "0")]
    typed.append(("version", str(published(session).version_id("lesson", "own"))))
    desk.post("/desk/studio/lessons/own", data=MultiDict(typed), headers={"Accept": "application/json"})
    desk.get("/desk/studio/publication/first-steps")
    desk.get("/desk/hand-ins")
    desk.get("/desk/roster")
    desk.get("/desk/week")
    with db.writing() as s:
        s.query(Cohort).filter_by(code="qt07").update({"sample": True})
    client_of(brand).get("/desk")
    desk.get(f"/desk/trainees/{doudou.id}")
    desk.post(f"/desk/hand-ins/{waiting}/remarks", data={"sentence": "1", "remark": "多少算薄？"})
    desk.post(f"/desk/hand-ins/{waiting}/return", data={"comment": "再说说是什么时候用的。"})
    hers.get("/practice/first-words")
    hers.get("/briefs")
    with db.writing() as s:
        again, _ = hand_in(s, tang.id, "first-words", "换尿裤后薄薄一层，黄豆大小，用了两个月。", [])
        s.add(PeerReview(hand_in_id=accepted, author_id=tang.id, comment="写得很细，想试试。", at=clock.now()))
    hers.get(f"/hand-ins/{again.id}")
    desk.get(f"/desk/hand-ins/{accepted}")
    doudous.get(f"/hand-ins/{accepted}")
    doudous.post("/check-ins")
    doudous.get("/honours/promotions/silver")
    attempts = select(Attempt.id).where(Attempt.quiz == "bronze-exam").order_by(Attempt.id.desc())
    doudous.post("/quizzes/bronze-exam/attempts")
    number = session.scalars(attempts).first()
    session.rollback()
    doudous.get(f"/attempts/{number}?ending=1")
    doudous.get(f"/attempts/{number}/questions/1")
    with db.writing() as s:
        holder = s.get_one(Person, doudou.id)
        holder.legal_name = "豆豆妈妈"
        issue_waiting(s, holder)
    everybody = {"design": "silver-honor", "way": "filter"}
    client_of(brand).get(client_of(brand).post("/desk/certificates/issuing/new", data=everybody).location)
    client_of(brand).get("/desk/certificates/register")
    paper = session.scalars(select(Certificate)).one()
    serial, code = paper.serial, paper.code
    session.rollback()
    strange.get(f"/v/{serial}/{code}")
    entry()
    with db.writing() as s:
        group = Cohort(code=CODE, name="招募 01 群", tier="bronze", capacity=9, created_at=clock.now())
        group.kind = group.phase = "recruiting"
        s.add(group)
        s.execute(update(Person).where(Person.id == tang.id).values(external=True, external_since=clock.now()))
        made, _ = hand_in(s, doudou.id, "first-group", "群规和排期", [], 23, True)
        decide(s, s.get_one(Person, brand.id), made.id, "accepted", "", 22)
    send(strange)
    for path in (f"/apply/{CODE}", f"/desk/recruiting/{group.id}", "/desk/outsiders"):
        client_of(brand).get(path)
    client_of(brand).get(f"/desk/hand-ins/{made.id}")
    client_of(tang).get("/")
    current_app.extensions["settings"] = with_(current_app.extensions["settings"], player_origin=ORIGIN)
    package = bring(current_app, brand, one_page())
    held(package)
    hers.post(f"/lessons/own/packages/{package}", headers=HTMX)
    announce()
    with db.writing() as s:
        publish(s, {("update", "own"): a_change()}, origin="studio")
    for path in ("/", "/lessons/own"):
        hers.get(path)
    desk.get("/desk/studio/lessons/own/update")
    led = began(zhou, session.scalars(select(Cohort).where(Cohort.code == "qt07")).one())
    desk.get(f"/desk/live/{led.id}/screen?step=3")
    return tang


def needs(app: Flask, name: str) -> set[str]:
    """The names that a partial uses and does not make itself, and those of what it includes or imports."""
    tree = app.jinja_env.parse((TEMPLATES / name).read_text("utf-8"))
    inside = {part for part in meta.find_referenced_templates(tree) if part}
    return meta.find_undeclared_variables(tree).union(*(needs(app, str(part)) for part in inside))


def test_every_partial_renders_alone(
    app: Flask,
    told: Session,
    lent: dict[str, dict[str, Any]],
    client_of: Callable[[Person | None], FlaskClient],
) -> None:
    tang = walk(told, client_of)
    assert sorted(set(PARTIALS) - set(lent)) == [], "no page of this walk draws these"
    for name in PARTIALS:
        names = needs(app, name) & set(lent[name])
        alone = {word: lent[name][word] for word in names}
        borrowed = [word for word, value in alone.items() if isinstance(value, Macro)]
        assert not borrowed, f"{name} uses macros that it does not import: {borrowed}"
        with app.test_request_context():
            login_user(told.get_one(Person, tang.id))
            assert render_template(name, **alone).strip(), name
