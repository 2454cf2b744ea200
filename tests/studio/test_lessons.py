"""The editor of lessons: what is typed is kept, whatever was clicked, whoever else was there."""

import gzip
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from academy.catalog.actions import publish as release
from academy.catalog.blocks import KINDS
from academy.catalog.content import Catalog, Document
from academy.catalog.models import Draft
from academy.catalog.pack import problems_of
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Person
from academy.studio.checks import of
from academy.studio.forms import Misshapen, document_of
from academy.studio.rules import BLOCKS_MOST, new_block
from tests.conftest import ON_SQLITE, html
from tests.phone import HTMX, statements
from tests.studio.typed import fields_of

Clients = Callable[[Person | None], FlaskClient]
URL = "/desk/studio/lessons/own"
FILE = "0" * 40
TEXT = {"zh": "字", "en": "Words"}
SCRIPT = "<script>alert(1)</script>"

QUESTION: dict[str, Any] = {
    "key": "q-1",
    "type": "single",
    "prompt": TEXT,
    "said": TEXT,
    "options": [{"key": "a", "text": TEXT, "right": True}, {"key": "b", "text": TEXT, "right": False}],
    "reason": TEXT,
}
PRACTICE: dict[str, Any] = {
    "key": "p-1",
    "title": TEXT,
    "task": {"zh": "写一条，标明「广告」"},
    "min": 20,
    "max": 300,
    "pictures": 4,
    "starter": TEXT,
    "link": True,
    "group": True,
    "checks": [TEXT, {"zh": "二", "en": "Two"}],
    "rubric": [{"key": "own", "title": TEXT}],
}
BLOCKS: dict[str, dict[str, Any]] = {
    **{kind: {"type": kind, "md": TEXT} for kind in ("text", "dont", "do", "mistake", "note", "today")},
    "steps": {"type": "steps", "title": TEXT, "items": [TEXT, {"zh": "再"}]},
    "picture": {"type": "picture", "file": f"{FILE}.png", "alt": TEXT, "caption": TEXT},
    "set": {"type": "set", "pictures": [{"file": f"{FILE}.jpg", "alt": TEXT}] * 2, "words": TEXT},
    "video": {
        "type": "video",
        "title": TEXT,
        "file": f"{FILE}.mp4",
        "address": "https://video.example/one.m3u8",
        "poster": f"{FILE}.webp",
        "captions": f"{FILE}.vtt",
        "transcript": TEXT,
    },
    "audio": {"type": "audio", "title": TEXT, "file": f"{FILE}.mp3", "transcript": TEXT},
    "file": {"type": "file", "title": TEXT, "file": f"{FILE}.pdf"},
    "live": {
        "type": "live",
        "key": "live-1",
        "title": TEXT,
        "starts": "2026-12-01 20:00",
        "minutes": 60,
        "join": "https://live.example/1",
        "replay": "https://live.example/2",
    },
    "check": {"type": "check", "question": QUESTION},
    "practice": {"type": "practice", "practice": PRACTICE},
    "scorm": {"type": "scorm", "package": "safe-sleep", "required": True},
}


def lesson(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"key": "own", "title": TEXT, "summary": TEXT, "minutes": 5, "blocks": list(blocks)}


def read(content: dict[str, Any]) -> dict[str, Any]:
    return document_of(MultiDict(fields_of(content)), ("lesson", "own"))


@pytest.fixture
def reader() -> Iterator[None]:
    with force_locale("zh"):
        yield


# What a form holds


def test_every_kind_of_block_is_tried() -> None:
    assert set(BLOCKS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_block_is_typed_as_it_is_kept(kind: str) -> None:
    content = lesson(BLOCKS[kind])
    assert read(content) == content
    assert problems_of("lesson", read(content)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_block_of_every_kind_can_be_kept_unfinished(kind: str) -> None:
    content = lesson(new_block(kind, "own-1"))
    once = read(content)
    assert read(once) == once
    assert problems_of("lesson", once) or kind == "scorm", "and says what it still needs"


def test_what_is_no_number_stays_as_it_was_typed() -> None:
    content = {**lesson(BLOCKS["text"]), "minutes": "五"}
    assert read(content)["minutes"] == "五"
    assert [problem.path for problem in problems_of("lesson", read(content))] == [("minutes",)]


def test_a_form_that_was_cut_short_is_none() -> None:
    with pytest.raises(Misshapen):
        document_of(MultiDict(fields_of(lesson())[:-1]), ("lesson", "own"))


def test_line_breaks_and_what_cannot_be_seen_are_tidied() -> None:
    content = read(lesson({"type": "text", "md": {"zh": " 一\r\n二\x00 ", "en": " "}}))
    assert content["blocks"] == [{"type": "text", "md": {"zh": "一\n二"}}]


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_the_same_again(typed: str) -> None:
    once = read(lesson({"type": "text", "md": {"zh": typed}}, {"type": "steps", "items": [{"zh": typed}]}))
    assert read(once) == once


# At the desk


def sent(client: FlaskClient, content: dict[str, Any] | None = None, url: str = URL, **more: Any) -> TestResponse:
    """The whole form as it was opened, with what was typed into it."""
    shown, _key = now()
    page = {**shown, **({} if content is None else {"content": content})}
    marks = {"revision": page["revision"], "version": page["version"], "kind": "lesson"}
    headers = more.pop("headers", None)
    fields = MultiDict([*fields_of(page["content"]), *{**marks, **more}.items()])
    return client.post(url, data=fields, headers=headers)


def now() -> tuple[dict[str, Any], str]:
    """The lesson as it is written now."""
    session = db.session()
    session.rollback()
    draft, catalog = session.get(Draft, ("lesson", "own")), published(session)
    there = catalog.documents["lesson", "own"]
    held = bool(draft and draft.content)
    found = {
        "content": deepcopy(dict(draft.content if draft and held else there.content)),
        "revision": draft.revision if draft else 0,
        "version": draft.version_id if draft and held else there.version_id,
    }
    session.rollback()
    return found, "own"


def kept() -> dict[str, Any]:
    found: dict[str, Any] = now()[0]["content"]
    return found


def changed(**parts: Any) -> dict[str, Any]:
    return {**kept(), **parts}


JSON = {"Accept": "application/json"}


def test_a_lesson_is_opened_with_all_that_it_holds(client_of: Clients, zhou: Person) -> None:
    with statements() as seen:
        page = html(client_of(zhou).get(URL))
    assert len(seen) <= 8, seen
    typed = {name for name, _value in fields_of(kept())} - {"key"}
    assert typed <= set(re.findall(r'name="([^"]+)"', page)), "each field of it stands in the form"


def test_a_form_that_is_sent_as_it_was_opened_changes_nothing(client_of: Clients, zhou: Person) -> None:
    before = kept()
    client = client_of(zhou)
    assert sent(client, form_of(html(client.get(URL)))).status_code == 303
    assert kept() == before
    assert now()[0]["revision"] == 0, "there is no draft"


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of a page."""
    return document_of(MultiDict(pressed(page)), ("lesson", "own"))


def pressed(page: str) -> list[tuple[str, str]]:
    fields = []
    found = re.finditer(
        r'<input[^>]*>|<textarea[^>]*name="(?P<name>[^"]*)"[^>]*>\n?(?P<text>[^<]*)</textarea>'
        r'|<select[^>]*name="(?P<list>[^"]*)"[^>]*>(?P<options>.*?)</select>',
        page[page.index('id="sheet"') : page.index("</form>", page.index('id="sheet"'))],
        re.DOTALL,
    )
    for one in found:
        if one["name"]:
            fields.append((one["name"], one["text"]))
        elif one["list"]:
            options = re.findall(r'value="([^"]*)"( selected)?', one["options"])
            fields.append((one["list"], next((value for value, on in options if on), options[0][0])))
        else:
            of = dict(re.findall(r'([a-z]+)="([^"]*)"', one[0]))
            if "name" in of and (of.get("type") not in ("checkbox", "radio") or " checked" in one[0]):
                fields.append((of["name"], of.get("value", "")))
    return fields


def test_what_is_typed_is_a_draft_that_no_learner_sees(client_of: Clients, zhou: Person, tang: Person) -> None:
    answer = sent(client_of(zhou), changed(title={"zh": "用过才说"}))
    assert answer.status_code == 303
    assert kept()["title"] == {"zh": "用过才说"}
    assert "用过才说" not in html(client_of(tang).get("/lessons/own"))


def test_a_save_by_itself_answers_with_what_there_is_to_say(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    sent(client, changed(minutes=6))
    content = changed(minutes=7, blocks=[{"type": "text", "md": {"zh": "这是最佳的一支。"}}, {"type": "picture"}])
    with statements() as seen:
        answer = sent(client, content, headers=JSON)
    own = [statement for statement in seen if "SAVEPOINT" not in statement]
    assert len(own) - 2 <= 5, own  # two are this test's own, to look what the form was opened with
    assert answer.json is not None
    assert answer.json["revision"] == 2
    assert "10:00" in answer.json["saved"]
    assert "最佳" in answer.json["said"]["blocks.0.md"]
    assert {"blocks.1.file", "blocks.1.alt"} <= set(answer.json["said"])


def test_words_of_the_list_are_pointed_out_where_they_stand(session: Session, reader: None) -> None:
    catalog = published(session)
    content = lesson(
        {"type": "text", "md": {"zh": "它是顶级的，最好先试。"}},
        {"type": "dont", "md": {"zh": "全网最便宜！"}},
        {"type": "check", "question": {**QUESTION, "options": [{"key": "a", "text": {"zh": "治好"}, "right": True}]}},
    )
    name = ("lesson", "own")
    remarks = of(Catalog(1, {**catalog.documents, name: Document(0, content)}), name)
    hints = [(one.field, one.level, one.hint.start, one.hint.end, one.blocks) for one in remarks if one.hint]
    assert hints == [("blocks.0.md.zh", "block", 2, 4, False)]


def test_a_practice_to_publish_something_says_that_it_is_marked(session: Session, reader: None) -> None:
    def said(**more: Any) -> list[str]:
        content = lesson({"type": "practice", "practice": {**PRACTICE, **more}})
        name = ("lesson", "own")
        catalog = Catalog(1, {**published(session).documents, name: Document(0, content)})
        return [one.field for one in of(catalog, name)]

    assert said() == []
    assert said(task={"zh": "发一篇笔记"}) == ["blocks.0.task"]
    assert said(task={"zh": "发一篇笔记"}, link=False) == []


# Blocks


def types() -> list[str]:
    return [block["type"] for block in kept()["blocks"]]


@ON_SQLITE
@pytest.mark.parametrize("kind", KINDS)
def test_a_block_of_every_kind_is_added_and_shown(client_of: Clients, zhou: Person, kind: str) -> None:
    client = client_of(zhou)
    answer = sent(client, changed(minutes=9), f"{URL}/blocks", add=kind, place=1)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{URL}#blocks.1"
    assert types()[1] == kind
    assert kept()["minutes"] == 9, "what was typed besides is kept"
    page = html(client.get(URL))
    assert f'name="blocks.1.type" value="{kind}"' in page
    assert form_of(page) == kept()


@ON_SQLITE
@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_block_of_every_kind_is_shown_as_it_is(client_of: Clients, zhou: Person, kind: str) -> None:
    client = client_of(zhou)
    content = changed(blocks=[BLOCKS[kind]])
    sent(client, content)
    assert form_of(html(client.get(URL))) == content == kept()


@ON_SQLITE
def test_a_pair_comes_with_both_sides(client_of: Clients, zhou: Person) -> None:
    sent(client_of(zhou), None, f"{URL}/blocks", add="pair", place=0)
    assert types()[:2] == ["dont", "do"]


@ON_SQLITE
def test_blocks_are_moved_and_taken_out(client_of: Clients, zhou: Person) -> None:
    client, before = client_of(zhou), kept()["blocks"]
    assert sent(client, None, f"{URL}/blocks/0/move", to="down").headers["Location"] == f"{URL}#blocks.1"
    assert kept()["blocks"][:2] == [before[1], before[0]]
    sent(client, None, f"{URL}/blocks/1/move", to="up")
    sent(client, None, f"{URL}/blocks/0/move", to="3")
    assert kept()["blocks"][3] == before[0]
    sent(client, None, f"{URL}/blocks/3/removal", gone="1")
    assert kept()["blocks"] == before[1:]


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("blocks/99/move", {"to": "up"}),
        ("blocks/0/move", {"to": "nowhere"}),
        ("blocks/99/removal", {}),
        ("blocks/0/parts", {"do": "add"}),
        ("blocks/0/parts", {"do": "remove:x"}),
    ],
)
def test_what_cannot_be_done_is_not_there(client_of: Clients, zhou: Person, path: str, more: dict[str, Any]) -> None:
    assert sent(client_of(zhou), None, f"{URL}/{path}", **more).status_code == 404
    assert now()[0]["revision"] == 0


@ON_SQLITE
def test_options_are_added_moved_and_taken_out(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    sent(client, changed(blocks=[BLOCKS["check"]]), f"{URL}/blocks/0/parts", do="add")

    def keys() -> list[str]:
        return [option["key"] for option in kept()["blocks"][0]["question"]["options"]]

    assert keys() == ["a", "b", "c"]
    sent(client, None, f"{URL}/blocks/0/parts", do="up:2")
    assert keys() == ["a", "c", "b"]
    sent(client, None, f"{URL}/blocks/0/parts", do="remove:0")
    assert keys() == ["c", "b"]


@ON_SQLITE
def test_a_rubric_grows_by_an_aspect(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    sent(client, changed(blocks=[BLOCKS["practice"]]), f"{URL}/blocks/0/parts", do="add")
    assert [one["key"] for one in kept()["blocks"][0]["practice"]["rubric"]] == ["own", "a"]


@ON_SQLITE
def test_htmx_takes_the_sheet_alone(client_of: Clients, zhou: Person) -> None:
    answer = sent(client_of(zhou), None, f"{URL}/blocks/0/move", to="down", headers=HTMX)
    assert answer.status_code == 200
    assert html(answer).lstrip().startswith("<form")


@ON_SQLITE
def test_a_button_for_a_file_keeps_what_was_typed_first(client_of: Clients, zhou: Person) -> None:
    answer = sent(client_of(zhou), changed(minutes=8), f"{URL}?choose=1/file")
    assert answer.headers["Location"] == f"{URL}/blocks/1/files/file"
    assert kept()["minutes"] == 8
    elsewhere = sent(client_of(zhou), None, f"{URL}?choose=1/../../x")
    assert elsewhere.headers["Location"] == URL


@ON_SQLITE
def test_there_are_no_other_kinds_of_block(client_of: Clients, zhou: Person) -> None:
    assert sent(client_of(zhou), None, f"{URL}/blocks", add="marquee", place=0).status_code == 400


# Two at one lesson


def test_hers_stays_in_the_form_beside_theirs(client_of: Clients, zhou: Person, wu: Person) -> None:
    content = changed(minutes=6)
    opened = now()[0]
    blocks = kept()["blocks"]
    sent(
        client_of(wu),
        changed(summary={"zh": "吴老师的要点"}, blocks=[{**blocks[0], "md": {"zh": "吴老师写的"}}, *blocks[1:]]),
    )
    marks = {"revision": opened["revision"], "version": opened["version"]}
    hers = {**content, "title": {"zh": "周老师的题"}}

    told = sent(client_of(zhou), hers, headers=JSON, **marks)
    assert told.status_code == 409
    assert told.json is not None
    assert wu.name in told.json["met"]

    met = sent(client_of(zhou), hers, **marks)
    assert met.status_code == 409
    page = html(met)
    assert wu.name in page
    assert "周老师的题" in page
    assert "吴老师写的" in page
    proposed = dict(re.findall(r'name="(take\.[^"]+)" value="(mine|theirs)" checked', page))
    assert proposed == {"take.title": "mine", "take.minutes": "mine", "take.summary": "theirs", "take.0.0": "theirs"}

    chosen = [*pressed(page), *proposed.items()]
    assert client_of(zhou).post(URL, data=MultiDict(dict(chosen))).status_code == 303
    after = kept()
    assert (after["title"]["zh"], after["summary"]["zh"], after["minutes"]) == ("周老师的题", "吴老师的要点", 6)
    assert after["blocks"][0]["md"]["zh"] == "吴老师写的"
    assert after["blocks"][1:] == blocks[1:]


@pytest.mark.parametrize(("whose", "title"), [("mine", "周老师的题"), ("theirs", "吴老师的题")])
@ON_SQLITE
def test_the_whole_of_one_can_be_taken_and_the_other_is_among_the_saves(
    client_of: Clients, zhou: Person, wu: Person, whose: str, title: str
) -> None:
    opened = now()[0]
    sent(client_of(wu), changed(title={"zh": "吴老师的题"}))
    hers = changed(title={"zh": "周老师的题"})
    page = html(sent(client_of(zhou), hers, revision=opened["revision"], version=opened["version"]))
    client_of(zhou).post(URL, data=MultiDict([*dict(pressed(page)).items(), ("whose", whose)]))
    assert kept()["title"]["zh"] == title
    saves = html(client_of(zhou).get(f"{URL}/saves"))
    told = [html(client_of(zhou).get(f"{URL}/saves?save={n}")) for n in re.findall(r"\?save=(\d+)", saves)]
    other = {"mine": "吴老师的题", "theirs": "周老师的题"}[whose]
    assert any(other in page for page in told)


def test_what_a_pack_published_meanwhile_is_not_overwritten_unseen(client_of: Clients, zhou: Person) -> None:
    opened, hers = now()[0], changed(minutes=6)
    with db.writing() as session:
        release(session, {("lesson", "own"): {**published(session).one("lesson", "own"), "minutes": 9}}, origin="pack")
    met = sent(client_of(zhou), hers, revision=0, version=opened["version"])
    assert met.status_code == 409
    assert now()[0]["revision"] == 0


@ON_SQLITE
def test_two_tabs_that_send_the_same_change_once_each_meet(client_of: Clients, zhou: Person) -> None:
    opened, hers = now()[0], changed(minutes=6)
    marks = {"revision": opened["revision"], "version": opened["version"]}
    assert sent(client_of(zhou), hers, **marks).status_code == 303
    assert sent(client_of(zhou), hers, **marks).status_code == 409


# Back


def test_undo_keeps_what_was_typed_and_goes_back_behind_it(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    sent(client, changed(minutes=6))
    assert sent(client, changed(minutes=7), f"{URL}/undo").status_code == 303
    assert kept()["minutes"] == 6
    sent(client, None, f"{URL}/undo")
    assert kept()["minutes"] == 7, "undoing can be undone"


@ON_SQLITE
def test_one_goes_back_to_any_save(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    for minutes in (6, 7, 8):
        sent(client, changed(minutes=minutes))
    assert "6" in html(client.get(f"{URL}/saves?save=1"))
    answer = client.post(f"{URL}/saves", data={"save": 1, "revision": 3})
    assert answer.status_code == 303
    assert kept()["minutes"] == 6
    assert client.post(f"{URL}/saves", data={"save": 2, "revision": 3}).status_code == 409, "somebody was faster"
    assert client.get(f"{URL}/saves?save=77").status_code == 404


@ON_SQLITE
def test_a_discarded_draft_is_found_among_the_saves(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    sent(client, changed(minutes=6))
    assert sent(client, None, f"{URL}/discard").status_code == 303
    assert kept()["minutes"] == 5
    client.post(f"{URL}/saves", data={"save": 1, "revision": 2})
    assert kept()["minutes"] == 6


# Bad luck, bad will


def lower(person: Person) -> None:
    with db.writing() as session:
        session.execute(update(Person).where(Person.id == person.id).values(role="trainee"))


def test_who_lost_her_role_with_a_draft_open_takes_her_text_along(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    content = changed(title={"zh": "写了一上午的题"})
    lower(zhou)
    answer = sent(client, content)
    assert answer.status_code == 403
    assert "写了一上午的题" in html(answer)
    assert sent(client, content, headers=JSON).json == {"lost": True}
    assert now()[0]["revision"] == 0
    assert client.get(URL).status_code == 404


@ON_SQLITE
def test_nobody_else_writes(client_of: Clients, tang: Person) -> None:
    assert sent(client_of(tang), changed(minutes=6)).status_code == 403
    assert client_of(tang).post(URL).status_code == 404
    assert "/sign-in" in sent(client_of(None), changed(minutes=6)).headers["Location"]
    assert now()[0]["revision"] == 0


@ON_SQLITE
def test_what_is_typed_as_script_is_read_as_text(client_of: Clients, zhou: Person) -> None:
    def scripted(held: Any) -> Any:
        if isinstance(held, dict) and "zh" in held:
            return {"zh": SCRIPT, "en": f'"><img src=x onerror=alert(1)>{SCRIPT}'}
        if isinstance(held, dict):
            return {name: scripted(one) for name, one in held.items()}
        return [scripted(one) for one in held] if isinstance(held, list) else held

    client = client_of(zhou)
    content = changed(blocks=[scripted(block) for kind, block in BLOCKS.items() if kind != "scorm"])
    sent(client, content)
    assert kept()["blocks"] == content["blocks"], "nothing of it is lost"
    for address in (URL, f"{URL}?lang=en", f"{URL}/preview", f"{URL}/preview?lang=en", f"{URL}/saves?save=1"):
        answer = client.get(address)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, address
        assert SCRIPT not in page, address
        assert "<img src=x" not in page, address


@ON_SQLITE
def test_a_hundred_thousand_letters_are_kept(client_of: Clients, zhou: Person) -> None:
    long = "长" * 100_000
    assert sent(client_of(zhou), changed(blocks=[{"type": "text", "md": {"zh": long}}])).status_code == 303
    assert kept()["blocks"][0]["md"]["zh"] == long


@ON_SQLITE
def test_five_hundred_blocks_are_too_many_and_stay_in_the_form(client_of: Clients, zhou: Person) -> None:
    many = [{"type": "text", "md": {"zh": f"第 {n} 段"}} for n in range(500)]
    answer = sent(client_of(zhou), changed(blocks=many))
    assert answer.status_code == 422
    assert "第 499 段" in html(answer)
    assert now()[0]["revision"] == 0
    full = changed(blocks=many[:BLOCKS_MOST])
    assert sent(client_of(zhou), full).status_code == 303
    assert sent(client_of(zhou), None, f"{URL}/blocks", add="text", place=0).status_code == 422


@ON_SQLITE
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"whole": "1", "blocks.0.type": "marquee"},
        {"whole": "1", "blocks.0.type": "check", "blocks.0.asks": "essay"},
        {"whole": "1", "whose": "nobody"},
        {"whole": "1", "take.title": "nobody"},
        {"whole": "1", "take.9.9": "mine"},
    ],
)
def test_a_form_that_is_none_of_ours_changes_nothing(client_of: Clients, zhou: Person, fields: dict[str, str]) -> None:
    version = now()[0]["version"]
    marks = {"kind": "lesson", "revision": "0", "version": str(version)}
    assert client_of(zhou).post(URL, data={**marks, **fields}).status_code == 400
    assert now()[0]["revision"] == 0


@ON_SQLITE
def test_a_lesson_that_is_not_there_is_not_begun_by_saving(client_of: Clients, zhou: Person) -> None:
    url = "/desk/studio/lessons/nowhere"
    assert client_of(zhou).get(url).status_code == 404
    assert sent(client_of(zhou), None, url).status_code == 404
    assert sent(client_of(zhou), None, URL, kind="course").status_code == 404


@ON_SQLITE
def test_the_editor_stays_small(client_of: Clients, zhou: Person) -> None:
    client = client_of(zhou)
    page = client.get(URL).get_data()
    assets = re.findall(rb'(?:href|src)="(/assets/[^"]+\.(?:css|js))"', page)
    whole = len(gzip.compress(page)) + sum(
        len(client.get(address.decode(), headers={"Accept-Encoding": "gzip"}).get_data()) for address in assets
    )
    assert whole <= 250 * 1024
