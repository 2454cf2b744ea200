"""The brand makes badges: what is kept, what is refused, who would win it, and what happens when two do."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from academy.badges import actions
from academy.badges.actions import BADGES
from academy.badges.rules import slots, tree_of, way_of, with_tree, with_way
from academy.catalog.models import Release
from academy.catalog.parts import Edited
from academy.catalog.queries import published
from academy.db import db
from academy.jobs.models import Job
from academy.journal import actions as journal
from academy.journal.models import Fact
from academy.packs.actions import export, read
from academy.people.models import Audit, Person, Trait
from tests.achievements.story import change, run_jobs
from tests.badges.conftest import Maker
from tests.conftest import ON_SQLITE, html
from tests.ladder.conftest import ENGLISH
from tests.phone import did, statements

Clients = Callable[[Person | None], FlaskClient]
Makers = Callable[..., Maker]

WORDS = {"title.zh": "小太阳", "title.en": "Little sun", "how.zh": "学完 2 课", "how.en": "Complete 2 lessons"}


def badge(session: Session, key: str) -> dict[str, Any]:
    """A badge as it is published now."""
    session.rollback()
    found = BADGES.one(published(session), key)
    session.rollback()
    assert found is not None
    return dict(found)


def won(session: Session, key: str) -> set[int]:
    """Who has won a badge."""
    session.rollback()
    return set(session.scalars(select(Fact.trainee_id).where(Fact.kind == "badge.awarded", Fact.topic == key)))


def begun(maker: Makers) -> tuple[Maker, str]:
    """A new badge with its words and one condition."""
    new = maker()
    new.send(**WORDS)
    assert new.add("rule/", "lesson.completed", figure="count", number="2").status_code == 303
    new.open()
    return new, new.path.rpartition("/")[2]


def test_a_badge_is_made_by_clicking_and_published(
    maker: Makers, app: Flask, session: Session, tang: Person, lu: Person
) -> None:
    new, key = begun(maker)
    assert "Not published yet" in new.page
    answer = new.send("publish", family="special", metal="gold", glyph="sun", strip="2", announce="on")
    assert answer.status_code == 303
    made = badge(session, key)
    assert made == {
        "key": key,
        "title": {"zh": "小太阳", "en": "Little sun"},
        "how": {"zh": "学完 2 课", "en": "Complete 2 lessons"},
        **{"family": "special", "metal": "gold", "glyph": "sun", "strip": "2", "announce": True},
        "criterion": {"all": [{"count": {"kind": "lesson.completed", "at_least": 2}}]},
    }
    assert session.scalars(select(Audit.staff_id).where(Audit.action == "badge.published")).one() == lu.id
    assert session.scalars(select(Job).where(Job.name == "sweep").order_by(Job.id.desc())).first()
    run_jobs(app)
    did(tang.id, "lesson.completed", "one")
    assert key in did(tang.id, "lesson.completed", "two").won("badge.awarded")


def test_what_the_editor_publishes_is_a_pack(maker: Makers, app: Flask, session: Session, tmp_path: Path) -> None:
    new, key = begun(maker)
    new.send("apply", way="levels")
    new.open()
    for n in (2, 3):
        new.add(f"level-{n}/", "lesson.completed", figure="count", number=str(n * 2))
        new.open()
    hows = {f"level-{n}/how.{locale}": f"{n}" for n in (1, 2, 3) for locale in ("zh", "en")}
    hint = {"secret": "on", "hint.zh": "书", "hint.en": "Books"}
    assert new.send("publish", **hows, **hint).status_code == 303
    assert [level["criterion"]["all"][0]["count"]["at_least"] for level in badge(session, key)["levels"]] == [2, 4, 6]
    with app.app_context():
        pack = export(published(db.session()), app.extensions["files"], tmp_path / "pack")
    assert not pack.problems
    assert read(tmp_path / "pack").documents["badges", "academy"] == dict(published(session).one("badges"))


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title.en": " "}, "Please fill this in."),
        ({"title.zh": "太" * 13}, "at most 12 are possible"),
        ({"secret": "on"}, "Please fill this in."),
        ({"limited": "many"}, "whole number from 1 to 999"),
        ({"limited": "1000"}, "whole number from 1 to 999"),
        ({"rule/0": "x"}, "whole number"),
        ({"strip": "abc"}, "This badge is not whole."),
    ],
)
def test_what_is_wrong_is_pointed_out_and_kept(
    maker: Makers, session: Session, typed: dict[str, str], said: str
) -> None:
    new, key = begun(maker)
    answer = new.send("publish", **typed)
    assert answer.status_code == 422
    assert said in html(answer)
    session.rollback()
    assert BADGES.one(published(session), key) is None
    assert "Not published yet" in new.open()


@ON_SQLITE
def test_a_badge_without_a_condition_is_not_published_but_one_by_hand_is(maker: Makers, session: Session) -> None:
    new = maker()
    assert "Please add a condition." in html(new.send("publish", **WORDS))
    new.open()
    new.send("apply", way="hand")
    new.open()
    assert new.send("publish").status_code == 303
    assert badge(session, new.path.rpartition("/")[2])["by_hand"] is True


@ON_SQLITE
def test_a_badge_may_count_heads_though_no_tier_may(maker: Makers) -> None:
    new, _key = begun(maker)
    assert new.add("rule/", "group.built", figure="best", number="20").status_code == 303
    new.open()
    assert new.send("publish").status_code == 303


def test_a_badge_is_worn_only_while_its_condition_is_met_if_the_editor_says_so(
    maker: Makers, app: Flask, session: Session, client_of: Clients, tang: Person, aduo: Person, lu: Person
) -> None:
    new, key = begun(maker)
    assert new.send("remove:rule/0").status_code == 303
    new.open()
    new.add("rule/", "tag", key="主播")
    new.open()
    assert "leaves the wall of whoever meets the conditions no more" in new.page
    with db.writing() as s:
        s.execute(insert(Trait), [{"trainee_id": id, "kind": "tag", "key": "主播"} for id in (tang.id, aduo.id)])
    assert new.send("publish").status_code == 303
    run_jobs(app)
    assert won(session, key) == {tang.id, aduo.id}
    with db.writing() as s:
        s.execute(delete(Trait).where(Trait.trainee_id == aduo.id))
    new.open()
    page = html(new.client.post(f"{new.path}/preview", data=new.fields, headers=ENGLISH))
    assert "would lose it" not in page
    page = html(new.client.post(f"{new.path}/preview", data={**new.fields, "while_met": "on"}, headers=ENGLISH))
    assert 'would lose it <b class="num">1</b>' in page
    assert 'have it already <b class="num">1</b>' in page
    assert new.send("publish", while_met="on").status_code == 303
    assert badge(session, key)["while_met"] is True
    run_jobs(app)
    assert "小太阳" in html(client_of(tang).get("/honours"))
    session.rollback()
    assert session.scalars(select(Fact.trainee_id).where(Fact.kind == "badge.withdrawn")).all() == [aduo.id]
    session.rollback()
    # Why she had it is still told, and that it is gone.
    told = html(client_of(lu).get(f"/desk/trainees/{aduo.id}")).partition('id="why"')[2]
    assert "已收起" in told
    assert "9月14日收起" in told.replace(" ", "")
    # She would win it anew: nobody else does.
    page = html(new.client.get(f"{new.path}/preview", headers=ENGLISH))
    assert '<span class="num">0</span><span>would win it at once' in page
    new.open()
    assert 'name="while_met" checked' in new.page
    new.send("apply", way="hand")
    assert 'name="while_met"' not in new.open()
    assert new.send("publish").status_code == 303
    assert "while_met" not in badge(session, key)


def test_the_copies_of_a_limited_badge_go_by_account_number_and_the_page_says_so(
    maker: Makers, app: Flask, session: Session, tang: Person, aduo: Person, xiaomi: Person
) -> None:
    first, second, third = sorted((tang.id, aduo.id, xiaomi.id))
    with db.writing() as s:
        # Whoever joined last met it first.
        for id in (third, second, first):
            for n in range(2):
                journal.write(s, id, "lesson.completed", f"lesson {n}")
    new, key = begun(maker)
    page = html(new.client.post(f"{new.path}/preview", data={**new.fields, "limited": "2"}, headers=ENGLISH))
    assert '<span class="num">3</span><span>qualify' in page
    assert "2 copies are left. On publishing they go by account number" in page
    assert page.count("no copy is left for her") == 1
    assert new.send("publish", limited="2").status_code == 303
    run_jobs(app)
    session.rollback()
    copies = select(Fact.trainee_id, Fact.value).where(Fact.kind == "badge.awarded", Fact.topic == key)
    assert session.execute(copies.order_by(Fact.value)).all() == [(first, 1), (second, 2)]
    page = html(new.client.get(f"{new.path}/preview", headers=ENGLISH))
    assert "0 copies are left" in page


def test_what_somebody_has_without_a_number_is_not_limited_any_more(
    maker: Makers, session: Session, tang: Person
) -> None:
    did(tang.id, "pledge.signed", "koc", "2026-09")
    one = maker("keeper")
    answer = one.send("publish", limited="5")
    assert answer.status_code == 409
    assert "1 trainee has it without a number" in html(answer)
    assert "limited" not in badge(session, "keeper")


@ON_SQLITE
def test_a_secret_badge_of_three_levels_is_made_won_and_worn(
    maker: Makers, app: Flask, client_of: Clients, tang: Person
) -> None:
    new, key = begun(maker)
    new.send("apply", way="levels")
    new.open()
    for n in (2, 3):
        new.add(f"level-{n}/", "lesson.completed", figure="count", number=str(n * 2))
        new.open()
    hows = {f"level-{n}/how.{locale}": f"{n}" for n in (1, 2, 3) for locale in ("zh", "en")}
    hint = {"secret": "on", "hint.zh": "书里有光", "hint.en": "Books"}
    assert new.send("publish", **hows, **hint).status_code == 303
    run_jobs(app)
    wall = html(client_of(tang).get("/honours"))
    assert "书里有光" in wall
    assert "小太阳" not in wall
    for n in range(4):
        did(tang.id, "lesson.completed", f"lesson {n}")
    assert "小太阳 Ⅱ" in html(client_of(tang).get("/honours"))
    assert client_of(tang).get(f"/honours/badges/{key}").status_code == 200


def test_who_would_win_it_is_counted_on_what_is_typed(
    maker: Makers, client_of: Clients, tang: Person, aduo: Person, xiaomi: Person
) -> None:
    with db.writing() as s:
        for person, number in ((tang, 2), (aduo, 1)):
            for n in range(number):
                journal.write(s, person.id, "lesson.completed", f"lesson {n}")
    new, _key = begun(maker)
    page = html(new.client.get(f"{new.path}/preview", headers=ENGLISH))
    assert '<span class="num">1</span><span>would win it at once' in page
    assert "小棠" in page.partition("would win it</")[0]
    assert 'one condition short <b class="num">2</b>' in page
    assert "short of: Lessons completed" in page
    typed = {**new.fields, "rule/0": "1"}
    page = html(new.client.post(f"{new.path}/preview", data=typed, headers=ENGLISH | {"HX-Request": "true"}))
    assert '<span class="num">2</span><span>would win it at once' in page
    assert "<html" not in page
    assert "小米" in html(new.client.get(f"{new.path}/people", headers=ENGLISH))
    assert "marked" in html(new.client.post(f"{new.path}/preview", data={**typed, "rule/0": "x"}, headers=ENGLISH))


def test_two_who_edit_are_told_of_each_other_and_nothing_is_lost(
    maker: Makers, client_of: Clients, session: Session, lu: Person
) -> None:
    one, two = maker("keeper"), maker("keeper")
    one.send(**{"title.zh": "守信宝妈"})
    answer = two.send(**{"title.zh": "说到做到"})
    assert answer.status_code == 409
    page = html(answer)
    assert lu.name in page
    assert "守信宝妈" in page
    two.fields = {**two.fields, "kept": page.split('name="kept" value="')[1].split('"')[0], "title.zh": "说到做到"}
    assert two.send("publish").status_code == 303
    assert badge(session, "keeper")["title"]["zh"] == "说到做到"


def test_of_two_who_publish_in_the_same_moment_one_is_told(app: Flask, session: Session, lu: Person) -> None:
    with db.writing() as s:
        edited = BADGES.opened(s, published(s), "keeper")
        assert edited
        changed = Edited({**edited.part, "metal": "gold"}, edited.revision, edited.version)
        revision = BADGES.save(s, s.get_one(Person, lu.id), changed)
    outcomes: list[str] = []
    start = Barrier(2)

    def publish() -> None:
        with app.app_context():
            start.wait()
            try:
                with db.writing() as s:
                    actions.release(s, s.get_one(Person, lu.id), "keeper", revision)
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


def test_somebody_else_s_other_badge_is_no_conflict_but_this_one_is(maker: Makers, session: Session) -> None:
    mine = maker("keeper")
    mine.send(**{"title.zh": "守信宝妈"})
    change(lambda document: document["badges"][0].update(metal="gold"), "badges")
    mine.open()
    assert mine.send("publish").status_code == 303
    assert badge(session, "first-visit")["metal"] == "gold"
    mine.open()
    mine.send(**{"title.zh": "说到做到"})
    change(lambda document: document["badges"][1].update(metal="gold"), "badges")
    mine.open()
    late = mine.send("publish")
    assert late.status_code == 409
    # What was published meanwhile stands beside what was typed here.
    assert "Gold metal" in html(late).partition("Theirs")[2].partition("</table>")[0]
    assert badge(session, "keeper")["metal"] == "gold"


def test_a_badge_in_use_stays_and_says_where(maker: Makers, session: Session, tang: Person) -> None:
    worn = {"badge": {"key": "keeper"}}
    change(lambda ladder: ladder["tiers"][1].update(keep=worn), "ladder")
    change(lambda rewards: rewards["rewards"][0].update(criterion=worn), "rewards")
    did(tang.id, "pledge.signed", "koc", "2026-09")
    page = html(maker("keeper").send("delete"))
    for where in ("1 people who have it", "the tier “Silver”", "the reward “¥20 voucher”", "retire it instead"):
        assert where in page
    assert badge(session, "keeper")
    assert maker("forest").send("delete").location == "/desk/badges"
    assert BADGES.one(published(session), "forest") is None
    assert session.scalars(select(Audit.subject).where(Audit.action == "badge.deleted")).one() == "badge/forest"


def test_levels_that_somebody_has_can_not_be_edited_away(maker: Makers, session: Session, tang: Person) -> None:
    did(tang.id, "pledge.signed", "koc", "2026-09")
    one = maker("keeper")
    one.send("apply", way="levels")
    one.open()
    for n in (2, 3):
        one.add(f"level-{n}/", "lesson.completed", figure="count", number="9")
        one.open()
    hows = {f"level-{n}/how.{locale}": f"{n}" for n in (1, 2, 3) for locale in ("zh", "en")}
    assert one.send("publish", **hows).status_code == 409
    assert "levels" not in badge(session, "keeper")


def test_a_new_badge_can_be_thrown_away_and_its_key_is_not_used_again_once_won(
    maker: Makers, session: Session, tang: Person
) -> None:
    first = maker()
    assert first.send("delete").location == "/desk/badges"
    assert first.client.get(first.path).status_code == 404
    with db.writing() as s:
        journal.write(s, tang.id, "badge.awarded", "badge-1")
    assert maker().path.endswith("badge-2")


def test_the_history_tells_each_change_and_an_earlier_version_can_come_back(maker: Makers, session: Session) -> None:
    one = maker("keeper")
    one.send("publish", **{"title.zh": "守信宝妈", "rule/0": "1"})
    page = html(one.client.get(f"{one.path}/history", headers=ENGLISH))
    assert "守约宝妈 / True to her word" in page
    assert "守信宝妈 / True to her word" in page
    mark = page.split('name="mark" value="')[1].split('"')[0]
    assert one.client.post(f"{one.path}/history/1", data={"mark": "99"}, headers=ENGLISH).status_code == 409
    assert one.client.post(f"{one.path}/history/1", data={"mark": mark}, headers=ENGLISH).status_code == 303
    one.open()
    assert one.send("publish").status_code == 303
    assert badge(session, "keeper")["title"]["zh"] == "守约宝妈"
    for path in ("/desk/badges/keeper/history/99", "/desk/badges/nothing/history/1"):
        assert one.client.post(path, data={"mark": "0"}).status_code == 404
    assert one.client.get("/desk/badges/nothing/history").status_code == 404


@ON_SQLITE
def test_a_form_that_was_tampered_with_is_refused(maker: Makers) -> None:
    one, other = maker("keeper"), maker("forest")
    assert one.send(kept=one.fields["kept"][:-3] + "xxx").status_code == 400
    assert one.send(kept=other.fields["kept"]).status_code == 400
    assert one.send("remove:rule/9").status_code == 404
    assert one.send("remove:level-1/0").status_code == 404
    assert one.client.get(f"{one.path}/condition?at=rule/9").status_code == 404


@pytest.mark.parametrize("path", ["/desk/badges", "/desk/badges/keeper", "/desk/badges/keeper/preview"])
def test_the_pages_ask_the_database_seven_times_at_most(client_of: Clients, lu: Person, path: str) -> None:
    client = client_of(lu)
    client.get(path)
    with statements() as seen:
        assert client.get(path).status_code == 200
    assert 0 < len(seen) <= 7, seen


def test_changing_how_it_is_won_there_and_back_keeps_the_criterion() -> None:
    tree = {"count": {"kind": "checkin.done", "at_least": 7}}
    plain: dict[str, Any] = {"key": "x", "how": {"zh": "一", "en": "One"}, "metal": "gold", "criterion": tree}
    levels = with_way(plain, "levels")
    assert (way_of(levels), slots(levels)) == ("levels", ["level-1", "level-2", "level-3"])
    assert tree_of(levels, "level-1") == tree
    assert "metal" not in levels
    assert with_way(levels, "rule")["criterion"] == tree
    hand = with_way(levels, "hand")
    assert (way_of(hand), slots(hand)) == ("hand", [])
    assert with_tree(plain, "rule", None) == {"key": "x", "how": plain["how"], "metal": "gold"}
    with pytest.raises(LookupError):
        tree_of(plain, "level-1")
