"""How an academy discusses, as its pack says."""

from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask

from academy import ROOT
from academy.catalog.actions import publish, take_turn
from academy.catalog.queries import published
from academy.db import db
from academy.discussion.rules import Manner, manner
from academy.packs.actions import read
from academy.people.models import Person
from tests.conftest import ON_SQLITE, html
from tests.discussion.conftest import LESSON, ask
from tests.discussion.test_asking import HERE, Clients

pytestmark = ON_SQLITE


def changed(folder: Path, line: str) -> Path:
    """A copy of our pack with another line about discussion."""
    root = folder / "pack"
    copytree(ROOT / "courses", root)
    file = root / "academy.yaml"
    ours = "discussion: {open: true, moderated: true}\n"
    text = file.read_text("utf-8")
    assert ours in text
    file.write_text(text.replace(ours, line), "utf-8")
    return root


def test_ours_is_open_and_moderated(app: Flask) -> None:
    with app.app_context():
        assert manner(published(db.session())) == Manner(open=True, moderated=True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("discussion: {open: maybe}\n", "discussion.open: must be true or false"),
        ("discussion: {moderated: 1}\n", "discussion.moderated: must be true or false"),
        ("discussion: {shut: true}\n", "discussion.shut: is no setting; known: open, moderated"),
        ("discussion: yes please\n", "discussion: must be a mapping"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, said: str) -> None:
    problems = read(changed(tmp_path, line)).problems
    assert any(said in str(problem) for problem in problems), problems


def test_an_academy_may_do_without(tmp_path: Path) -> None:
    pack = read(changed(tmp_path, ""))
    assert pack.problems == []
    assert ("discussion", "academy") not in pack.documents


def test_where_there_is_no_discussion_no_lesson_leads_to_one(client_of: Clients, tang: Person) -> None:
    with db.writing() as session:
        take_turn(session)
        publish(session, {("discussion", "academy"): None}, origin="studio")
    client = client_of(tang)
    assert "/discussion" not in html(client.get(f"/lessons/{LESSON}"))
    assert client.get(HERE).status_code == 404
    assert ask(client).status_code == 404
