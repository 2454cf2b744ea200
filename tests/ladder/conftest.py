"""The brand's side of the ladder, as a form that is filled and sent."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.catalog.actions import publish
from academy.catalog.queries import published
from academy.db import db
from academy.people.models import Person

ENGLISH = {"Accept-Language": "en"}


class _Form(HTMLParser):
    """The fields of the form with an id, as a browser would send them."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted, self.inside, self.fields = wanted, False, dict[str, str]()
        self.select, self.area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = found.get("id") == self.wanted
        if not self.inside:
            return
        if tag == "input" and found.get("type") in ("checkbox", "radio"):
            if "checked" in found:
                self.fields[found["name"]] = found.get("value", "on")
        elif tag == "input":
            self.fields[found["name"]] = found.get("value", "")
        elif tag == "select":
            self.select = found["name"]
        elif tag == "option" and self.select and ("selected" in found or self.select not in self.fields):
            self.fields[self.select] = found["value"]
        elif tag == "textarea":
            self.area = found["name"]
            self.fields[self.area] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "select":
            self.select = ""
        if tag == "textarea":
            self.area = ""


def fields(page: str, form: str = "draft") -> dict[str, str]:
    """What a form on a page holds, by name."""
    found = _Form(form)
    found.feed(page)
    return found.fields


class Editor:
    """Somebody at the editor: the form is as she opened it, until she opens it again."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.open()

    def open(self) -> str:
        self.page = self.client.get("/desk/ladder", headers=ENGLISH).text
        self.fields = fields(self.page)
        return self.page

    def send(self, do: str = "save", **typed: Any) -> TestResponse:
        """Send what is typed over what stood there."""
        return self.client.post("/desk/ladder", data={**self.fields, **typed, "do": do}, headers=ENGLISH)

    def add(self, at: str, what: str, **form: str) -> TestResponse:
        """Choose a condition and put it into a group."""
        page = self.client.get("/desk/ladder/condition", query_string={"at": at, "what": what}, headers=ENGLISH).text
        revisions = page.split('name="revisions" value="')[1].split('"')[0]
        data = {"at": at, "do": "add", "what": what, "revisions": revisions, **form}
        return self.client.post("/desk/ladder/condition", data=data, headers=ENGLISH)


@pytest.fixture
def editor(client_of: Callable[[Person | None], FlaskClient], lu: Person) -> Editor:
    """鹿芽运营 at the editor."""
    return Editor(client_of(lu))


def tiers(session: Session) -> list[dict[str, Any]]:
    """The tiers as they are published now."""
    session.rollback()
    found = [dict(tier) for tier in published(session).one("ladder")["tiers"]]
    session.rollback()
    return found


def republish(change: Callable[[dict[str, Any], dict[str, Any]], None], by_id: int | None = None) -> None:
    """Publish the ladder and its rewards with a change."""
    with db.writing() as s:
        catalog = published(s)
        ladder = {**catalog.one("ladder"), "tiers": [dict(tier) for tier in catalog.one("ladder")["tiers"]]}
        rewards = {"rewards": [dict(reward) for reward in catalog.one("rewards")["rewards"]]}
        change(ladder, rewards)
        publish(s, {("ladder", "academy"): ladder, ("rewards", "academy"): rewards}, origin="studio", by_id=by_id)
