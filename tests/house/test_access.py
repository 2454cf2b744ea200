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
from academy.catalog.drafts import save
from academy.catalog.queries import published
from academy.conduct.actions import accuse
from academy.credentials.actions import share as open_share
from academy.credentials.actions import token as open_token
from academy.credentials.keys import keys
from academy.db import db
from academy.discussion import actions
from academy.jobs.actions import ask
from academy.people.models import Candidate, Cohort, Person
from academy.people.rules import PERMISSIONS
from academy.practice.actions import decide, hand_in
from academy.practice.models import Licence, PeerReview
from academy.practice.pictures import Kept
from academy.quizzes.actions import begin, chance
from academy.recruiting.actions import apply
from academy.registry.batches import choose
from academy.scorm.actions import begin as play
from academy.scorm.actions import bring, take
from academy.studio import previews
from academy.studio.models import Upload
from academy.training.actions import open_game
from academy.training.models import Live
from academy.web.access import LEARN, PUBLIC, SIGNED_IN, access_of
from tests.achievements.story import almost_silver
from tests.scorm.conftest import hold
from tests.scorm.packages import one_page
from tests.studio.test_updates import a_change
from tests.training.conftest import BLOCK, CODE, announce, began, planned

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
    "allotments.confirm": "benefit.edit",
    "allotments.misfits": "benefit.edit",
    "allotments.progress": "benefit.edit",
    "allotments.review": "benefit.edit",
    "allotments.settle": "benefit.edit",
    "allotments.template": "benefit.edit",
    "allotments.upload": "benefit.edit",
    "announcing.announce": "cohort.lead",
    "announcing.index": "cohort.lead",
    "assets.send": PUBLIC,
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
    "briefs.index": LEARN,
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
    "courses.check": LEARN,
    "courses.complete": LEARN,
    "courses.join": PUBLIC,
    "courses.lesson": LEARN,
    "courses.map": LEARN,
    "courses.media": PUBLIC,
    "courses.picture": PUBLIC,
    "courses.trial": PUBLIC,
    "courses.trial_check": PUBLIC,
    "courses.trial_complete": PUBLIC,
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
    "decide.answer": "promotion.decide",
    "decide.appeals": "promotion.decide",
    "decide.promote": "promotion.decide",
    "decide.promotions": "promotion.decide",
    "designs.change": "certificate.issue",
    "designs.condition": "certificate.issue",
    "designs.copy": "certificate.issue",
    "designs.history": "certificate.issue",
    "designs.index": "certificate.issue",
    "designs.people": "certificate.issue",
    "designs.picture": "certificate.issue",
    "designs.preview": "certificate.issue",
    "designs.restore": "certificate.issue",
    "designs.show": "certificate.issue",
    "discussion.accept": LEARN,
    "discussion.answer": LEARN,
    "discussion.ask": LEARN,
    "discussion.delete": LEARN,
    "discussion.edit": LEARN,
    "discussion.newest": LEARN,
    "discussion.report": LEARN,
    "discussion.show": LEARN,
    "discussion.thread": LEARN,
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
    "issuing.change": "certificate.issue",
    "issuing.confirm": "certificate.issue",
    "issuing.index": "certificate.issue",
    "issuing.misfits": "certificate.issue",
    "issuing.new": "certificate.issue",
    "issuing.picture": "certificate.issue",
    "issuing.proof": "certificate.issue",
    "issuing.show": "certificate.issue",
    "issuing.template": "certificate.issue",
    "ladder.appeal": LEARN,
    "ladder.ask_again": LEARN,
    "ladder.own": LEARN,
    "leading.group_picture": "cohort.lead",
    "leading.group_qr": "cohort.lead",
    "leading.next_one": "cohort.manage",
    "leading.phase": "cohort.lead",
    "leading.place_members": "cohort.manage",
    "leading.remove_group_qr": "cohort.lead",
    "leading.rules": "cohort.lead",
    "leading.transfer": "cohort.manage",
    "lessons_desk.add_block": "content.edit",
    "lessons_desk.change_parts": "content.edit",
    "lessons_desk.discard": "content.edit",
    "lessons_desk.edit": "content.edit",
    "lessons_desk.move_block": "content.edit",
    "lessons_desk.remove_block": "content.edit",
    "lessons_desk.return_to": "content.edit",
    "lessons_desk.save": "content.edit",
    "lessons_desk.saves": "content.edit",
    "lessons_desk.undo": "content.edit",
    "live.answer": LEARN,
    "live.appear": LEARN,
    "live.attend": LEARN,
    "live.lesson": LEARN,
    "live.now": LEARN,
    "live.show": SIGNED_IN,
    "materials.archive": SIGNED_IN,
    "materials.cover": SIGNED_IN,
    "materials.index": SIGNED_IN,
    "materials.one": SIGNED_IN,
    "materials.picture": SIGNED_IN,
    "materials.pictures": SIGNED_IN,
    "materials.take": SIGNED_IN,
    "materials.thumbnail": SIGNED_IN,
    "moderation.accept": "discussion.moderate",
    "moderation.answer": "discussion.moderate",
    "moderation.let_through": "discussion.moderate",
    "moderation.lock": "discussion.moderate",
    "moderation.one": "discussion.moderate",
    "moderation.queue": "discussion.moderate",
    "moderation.take_down": "discussion.moderate",
    "offline.page": PUBLIC,
    "offline.worker": PUBLIC,
    "outlines.change": "content.edit",
    "outlines.index": "content.edit",
    "outlines.new": "content.edit",
    "outlines.show": "content.edit",
    "outlook.export": "ladder.edit",
    "outlook.history": "ladder.edit",
    "outlook.movers": "ladder.edit",
    "outlook.preview": "ladder.edit",
    "outlook.restore": "ladder.edit",
    "packages.index": "content.edit",
    "packages.preview": "content.edit",
    "packages.rename": "content.edit",
    "packages.renew": "content.edit",
    "packages.show": "content.edit",
    "packages.upload": "content.edit",
    "packs.bring": "content.edit",
    "packs.check": "content.edit",
    "packs.clone": "content.edit",
    "packs.confirm": "content.edit",
    "packs.index": "content.edit",
    "packs.take": "content.edit",
    "packs.take_all": "pack.import",
    "peers.hide": "handin.review",
    "peers.picture": LEARN,
    "peers.review": LEARN,
    "peers.show": LEARN,
    "phrases.drop": "handin.review",
    "phrases.index": "handin.review",
    "phrases.keep": "handin.review",
    "player.asset": PUBLIC,
    "player.file": PUBLIC,
    "player.frame": PUBLIC,
    "player.launch": PUBLIC,
    "player.save": PUBLIC,
    "pledges.show": LEARN,
    "pledges.sign": LEARN,
    "practice.hand_in": LEARN,
    "practice.one": LEARN,
    "practice.picture": LEARN,
    "practice.show": LEARN,
    "practice.withdraw": LEARN,
    "prints.fetch": "certificate.issue",
    "prints.make": "certificate.issue",
    "prints.show": "certificate.issue",
    "publishing.cancel": "content.edit",
    "publishing.history": "content.edit",
    "publishing.publish": "content.edit",
    "publishing.restore": "content.edit",
    "publishing.settle": "content.edit",
    "publishing.show": "content.edit",
    "quizzes.answer": LEARN,
    "quizzes.finish": LEARN,
    "quizzes.intro": LEARN,
    "quizzes.question": LEARN,
    "quizzes.result": LEARN,
    "quizzes.review": LEARN,
    "quizzes.start": LEARN,
    "quizzes_desk.add_question": "content.edit",
    "quizzes_desk.change_parts": "content.edit",
    "quizzes_desk.discard": "content.edit",
    "quizzes_desk.edit": "content.edit",
    "quizzes_desk.move_question": "content.edit",
    "quizzes_desk.remove_question": "content.edit",
    "quizzes_desk.return_to": "content.edit",
    "quizzes_desk.save": "content.edit",
    "quizzes_desk.saves": "content.edit",
    "quizzes_desk.undo": "content.edit",
    "rates.edit": "benefit.edit",
    "rates.index": "benefit.edit",
    "rates.publish": "benefit.edit",
    "rates.version": "benefit.edit",
    "recruiting.application": PUBLIC,
    "recruiting.apply": PUBLIC,
    "recruiting.removed": SIGNED_IN,
    "recruiting.withdraw": PUBLIC,
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
    "review.entrust": "handin.review",
    "review.insert": "handin.review",
    "review.one": "handin.review",
    "review.owner": "handin.review",
    "review.picture": "handin.review",
    "review.praise": "handin.review",
    "review.queue": "handin.review",
    "review.remark": "handin.review",
    "review.return_": "handin.review",
    "review.rounds": "handin.review",
    "review.unsay": "handin.review",
    "review.workload": "handin.review",
    "roster.cohort": "roster.see",
    "roster.cohort_qr": "roster.see",
    "roster.desk": "desk.open",
    "roster.export": "roster.see",
    "roster.index": "roster.see",
    "roster.progress": "roster.see",
    "roster.progress_sheet": "roster.see",
    "roster.reset_code": "password.reset",
    "roster.trainee": "roster.see",
    "sample.clear": "sample.clear",
    "sample.question": "sample.clear",
    "scorm.begin": LEARN,
    "scorm.show": LEARN,
    "scripts.edit": "class.teach",
    "scripts.game": "class.teach",
    "scripts.index": "class.teach",
    "scripts.new": "class.teach",
    "scripts.paper": "class.teach",
    "scripts.remove": "class.teach",
    "scripts.remove_game": "class.teach",
    "scripts.share": "class.teach",
    "scripts.template": "class.teach",
    "scripts.withdraw": "brand.dress",
    "sessions.begin": "class.teach",
    "sessions.call_off": "class.teach",
    "sessions.close_game": "class.teach",
    "sessions.end": "class.teach",
    "sessions.index": "class.teach",
    "sessions.links": "class.teach",
    "sessions.marks": "class.teach",
    "sessions.new": "class.teach",
    "sessions.now": "class.teach",
    "sessions.open_game": "class.teach",
    "sessions.qr": "class.teach",
    "sessions.screen": "class.teach",
    "sessions.show": "class.teach",
    "shares.begin": LEARN,
    "shares.card": LEARN,
    "shares.credential": PUBLIC,
    "shares.end": LEARN,
    "shares.page": PUBLIC,
    "shares.share": LEARN,
    "studio.phone": "content.edit",
    "studio.phone_code": "content.edit",
    "studio.preview": "content.edit",
    "studio.preview_check": "content.edit",
    "studio.preview_on": "content.edit",
    "studio.shown": PUBLIC,
    "studio.shown_check": PUBLIC,
    "studio.shown_on": PUBLIC,
    "tiers_desk.change": "ladder.edit",
    "tiers_desk.condition": "ladder.edit",
    "tiers_desk.show": "ladder.edit",
    "traits.confirm": "trait.keep",
    "traits.forget": "trait.keep",
    "traits.misfits": "trait.keep",
    "traits.show": "trait.keep",
    "traits.template": "trait.keep",
    "traits.upload": "trait.keep",
    "translation.save": "content.edit",
    "translation.show": "content.edit",
    "ugc.index": "roster.see_all",
    "unlocking.change": "content.edit",
    "unlocking.condition": "content.edit",
    "unlocking.show": "content.edit",
    "updates_desk.add_question": "content.edit",
    "updates_desk.begin": "content.edit",
    "updates_desk.change_parts": "content.edit",
    "updates_desk.discard": "content.edit",
    "updates_desk.edit": "content.edit",
    "updates_desk.end": "content.edit",
    "updates_desk.move_question": "content.edit",
    "updates_desk.remove_question": "content.edit",
    "updates_desk.return_to": "content.edit",
    "updates_desk.save": "content.edit",
    "updates_desk.saves": "content.edit",
    "updates_desk.undo": "content.edit",
    "uploads.begin": "content.edit",
    "uploads.choose": "content.edit",
    "uploads.go_on": "content.edit",
    "uploads.put": "content.edit",
    "verify.name": PUBLIC,
    "verify.search": PUBLIC,
    "verify.show": PUBLIC,
}

# What belongs to 小棠, or to 周以宁's class: other trainees and other trainers find nothing there.
HERS = {
    "discussion.accept",
    "discussion.delete",
    "discussion.edit",
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
    "practice.withdraw",
    "peers.picture",
    "quizzes.answer",
    "quizzes.finish",
    "quizzes.question",
    "quizzes.result",
    "quizzes.review",
    "scorm.show",
}
OWN = {*(f"scripts.{view}" for view in ("edit", "game", "paper", "remove", "remove_game", "share")), "uploads.go_on"}
"""Of a script, or a file on its way, of 周以宁's."""
IN_HER_CLASS = {f"live.{view}" for view in ("answer", "appear", "now", "show")}
"""Of the class that 小棠 has left by her promotion, and 阿朵 has not."""
OF_HER_CLASS = {
    *(f"sessions.{view}" for view in ("begin", "close_game", "end", "links", "marks", "now", "open_game")),
    *(f"sessions.{view}" for view in ("call_off", "qr", "screen", "show")),
    *(f"moderation.{view}" for view in ("accept", "answer", "let_through", "lock", "one", "take_down")),
    "announcing.announce",
    "cohorts.appoint",
    "cohorts.cancel",
    "leading.group_picture",
    "leading.group_qr",
    "leading.phase",
    "leading.remove_group_qr",
    "leading.rules",
    "review.accept",
    "peers.hide",
    "review.announce",
    "review.entrust",
    "review.insert",
    "review.one",
    "review.owner",
    "review.picture",
    "review.praise",
    "review.remark",
    "review.return_",
    "review.rounds",
    "review.unsay",
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
    announce(starts=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}")
    live, _later = began(zhou, cohort), planned(zhou, cohort, code="BBBB7KQ4")
    with db.writing() as s:
        s.execute(update(Live).values(script_id=live.script_id))
        open_game(s, s.get_one(Person, zhou.id), live.id, 1)
    led, script = live.id, live.script_id
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
        save(s, s.get_one(Person, zhou.id), ("update", "own"), a_change(), 0, None)
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
        s.add(Licence(hand_in_id=given.id, scope="site", months=6, portrait=True))
        fellow = s.query(Person.id).filter_by(phone="13800000012").scalar()
        theirs = [
            hand_in(
                s, who, "three-sentences-text", "我家 14 个月，用了两个月。", [Kept(name, 8, 8)], shared=who == fellow
            )[0]
            for who in (fellow, tang.id)
        ]
        for one in theirs:
            assert decide(s, s.get_one(Person, zhou.id), one.id, "accepted", "")
        kind = PeerReview(hand_in_id=theirs[1].id, author_id=fellow, comment="写得很细。", at=clock.now())
        s.add(kind)
        s.flush()
        shared_id, kind_id = theirs[0].id, kind.id
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
    brought = take(files, one_page())
    with db.writing() as s:
        package, _new = bring(s, s.get_one(Person, lu.id), brought, None, "", False)
        hold(s, package)
        run = play(s, tang.id, package).id
        version = published(s).version_id("package", package)
        hers, _ = actions.ask(s, tang.id, "own", "可以先停几天再用吗？")
        unsaid, _ = actions.ask(s, tang.id, "own", "这个问题不问了。")
        said, advice = (
            actions.answer(s, s.get_one(Person, who), hers.id, "可以，先停三天。")[0] for who in (fellow, lu.id)
        )
        hers.state = unsaid.state = said.state = "passed"
        question, regretted, answer, advised = hers.id, unsaid.id, said.id, advice.id
    with app.test_request_context():
        preview = previews.word_for("own", zhou.id)
    with db.writing() as s:
        part = Upload(by_id=zhou.id, name="a.mp4", size=9, at=clock.now())
        s.add(part)
        s.flush()
        upload = part.id
    by_name: dict[str, object] = {
        "key": "own",
        "question": "own-check",
        "code": "qt07",
        "name": "0" * 40 + ".svg",
        "tier": "silver",
        "serial": "LY-2026-0914-0001",
        "token": "forged",
        "word": "forged",
        "n": 1,
    }
    special: dict[str, dict[str, object]] = {
        "allotments.progress": {"key": "august"},
        "announcing.announce": {"id": cohort.id},
        **{endpoint: {"key": "keeper", "release": 1} for endpoint in ROUTES if endpoint.startswith("badges_desk.")},
        **{endpoint: {"id": tang.id} for endpoint in ROUTES if endpoint.startswith("giving.")},
        **{endpoint: {"key": "silver-honor", "release": 1} for endpoint in ROUTES if endpoint.startswith("designs.")},
        **{endpoint: {"key": package, "id": version} for endpoint in ROUTES if endpoint.startswith("packages.")},
        "scorm.begin": {"lesson": "own", "key": package},
        "scorm.show": {"id": run},
        **{endpoint: {"id": question} for endpoint in ROUTES if endpoint.startswith(("discussion.", "moderation."))},
        "discussion.accept": {"id": answer},
        "discussion.delete": {"id": regretted},
        "discussion.report": {"id": advised},
        **{endpoint: {"key": "own"} for endpoint in ("discussion.ask", "discussion.newest", "discussion.show")},
        "moderation.accept": {"id": answer},
        **{endpoint: {"id": script, "n": 1} for endpoint in OWN},
        **{f"scripts.{view}": {"key": "first-evening"} for view in ("template", "withdraw")},
        **{endpoint: {"id": led, "n": 1} for endpoint in ROUTES if endpoint.startswith("sessions.")},
        **{f"live.{view}": {"code": CODE, "n": 1} for view in ("answer", "appear", "now", "show")},
        **{f"live.{view}": {"key": BLOCK["key"]} for view in ("attend", "lesson")},
        "practice.show": {"key": "first-words"},
        **{f"peers.{view}": {"key": "three-sentences-text", "id": shared_id} for view in ("picture", "review", "show")},
        "peers.hide": {"id": kind_id},
        "phrases.drop": {"id": 1},
        "practice.hand_in": {"key": "first-words"},
        "quizzes.intro": {"key": "bronze-exam"},
        "quizzes.start": {"key": "bronze-exam"},
        **{endpoint: {"place": 0} for endpoint in ROUTES if endpoint.startswith(("lessons_desk.", "updates_desk."))},
        **{endpoint: {"key": "first-steps"} for endpoint in ROUTES if endpoint.startswith("unlocking.")},
        # That of another lesson, so that this one is still there to be looked at.
        "updates_desk.end": {"key": "hand-over"},
        **{endpoint: {"key": "first-steps"} for endpoint in ("outlines.change", "outlines.show", "packs.take")},
        **{endpoint: {"key": "first-steps"} for endpoint in ("publishing.publish", "publishing.show")},
        "publishing.cancel": {"key": "first-steps", "job": 1},
        "publishing.settle": {"key": "first-steps", "kind": "lesson", "document": "own"},
        **{endpoint: {"kind": "lesson"} for endpoint in ("publishing.history", "publishing.restore")},
        **{f"translation.{view}": {"kind": "lesson"} for view in ("save", "show")},
        **{f"studio.{view}": {"word": preview} for view in ("phone_code", "shown", "shown_check", "shown_on")},
        **{f"uploads.{view}": {"place": 1, "field": "file"} for view in ("choose", "put")},
        "uploads.go_on": {"id": upload},
        **{
            endpoint: {"key": "real-user-quiz", "place": 0}
            for endpoint in ROUTES
            if endpoint.startswith("quizzes_desk.")
        },
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
        "outlook.restore": {"release": 1},
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
                answer = client_of(who).open(address, method=method, buffered=True)
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
    if endpoint in ("brand.logo", "courses.media", "courses.picture", "verify.show", "assets.send", "honours.shared"):
        return "nothing there"
    if endpoint.startswith("player."):
        # It is, on the player's own host.
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
    if endpoint in OWN and who.name != "周以宁":
        return "nothing there"
    if endpoint in IN_HER_CLASS and who.name in ("小棠", "吴老师"):
        return "nothing there"
    if endpoint in OF_HER_CLASS and who.name == "吴老师":
        return "nothing there"
    return "sent to the desk" if endpoint == "sample.clear" else "let in"
