"""A life in the academy, with words of hers in every corner where words can be."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import achievements
from academy.achievements.actions import issue_waiting
from academy.achievements.certificates.models import Certificate
from academy.achievements.rewards.actions import stock
from academy.db import db
from academy.doctor.actions import mend
from academy.people.actions import wait_for
from academy.people.models import Cohort, Invitee, Person, ResetCode
from academy.practice.actions import decide, hand_in
from academy.practice.models import HandIn
from tests.achievements.story import almost_silver
from tests.phone import learned
from tests.quizzes.conftest import Learner

PHONE = "13800000011"
HER_WORDS = ("小棠", "林晓棠", PHONE, "我家 14 个月", "棠棠写得真好", "海棠花开")


@dataclass(frozen=True)
class Life:
    """What 小棠 has done: a promoted trainee with a certificate, one accepted hand-in and one that waits."""

    accepted: int
    waiting: int
    serial: str
    code: str
    picture: Path


@pytest.fixture
def life(app: Flask, session: Session, tang: Person, zhou: Person, client_of: Callable[..., FlaskClient]) -> Life:
    client = client_of(tang)
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), (120, 80, 80)).save(photo, "PNG")
    photo.seek(0)
    sent = client.post(
        "/practice/first-words/hand-ins",
        data={
            "text": "我家 14 个月，每次换尿裤后薄薄涂一层，用了一个冬天。盖子有点紧。",
            "mine": "y",
            "pictures": (photo, "mine.png"),
        },
    )
    assert sent.status_code == 303, sent.get_data(as_text=True)
    learned(tang.id, "real-user", quiz=False)
    learner = Learner(app, client, tang.id)
    learner.answer(learner.begin(), 1)
    client_of(None).post("/sign-in", data={"contact": PHONE, "password": "forgotten"})
    with db.writing() as s:
        stock(s, "silver-voucher", ["LY20-HERS"])
        first = s.scalars(select(HandIn)).one()
        decide(s, s.get_one(Person, zhou.id), first.id, "accepted", "棠棠写得真好。")
        almost_silver(s, tang.id, but={"pledge.signed", "handin.accepted"})
        achievements.record(s, tang.id, "pledge.signed", "koc", "2026-09")
        holder = s.get_one(Person, tang.id)
        holder.legal_name, holder.salutation = "林晓棠", "女士"
        issue_waiting(s, holder)
        cohort = s.scalars(select(Cohort).where(Cohort.code == "qt07")).one()
        now = holder.created_at
        s.add(Invitee(cohort_id=cohort.id, phone=PHONE, name="海棠花开", at=now, person_id=tang.id))
        s.add(ResetCode(person_id=tang.id, by_id=zhou.id, digest="0" * 64, created_at=now, expires_at=now))
        wait_for(s, tang.id, "gold")
        hand_in(s, tang.id, "self-intro", "大家好，我家 14 个月，想学着把用过的东西说清楚。", [])
        mend(s)
    paper = session.scalars(select(Certificate)).one()
    first, second = session.scalars(select(HandIn).order_by(HandIn.id))
    lived = Life(
        first.id,
        second.id,
        paper.serial,
        paper.code,
        app.extensions["files"].path("handin", first.pictures[0].file),
    )
    session.rollback()
    return lived
