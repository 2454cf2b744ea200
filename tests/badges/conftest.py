"""The brand's side of badges, as a form that is filled and sent."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from academy.people.models import Person
from tests.ladder.conftest import ENGLISH, fields


class Maker:
    """Somebody at the editor of a badge: the form is as she opened it, until she opens it again."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self.client, self.path = client, f"/desk/badges/{key}"
        self.open()

    def open(self) -> str:
        self.page = self.client.get(self.path, headers=ENGLISH).text
        self.fields = fields(self.page, "badge")
        return self.page

    def send(self, do: str = "save", **typed: Any) -> TestResponse:
        """Send what is typed over what stood there; None unticks."""
        data = {**self.fields, **typed, "do": do}
        sent = {name: value for name, value in data.items() if value is not None}
        return self.client.post(self.path, data=sent, headers=ENGLISH)

    def add(self, at: str, what: str, **form: str) -> TestResponse:
        """Choose a condition and put it into a group."""
        path = f"{self.path}/condition"
        page = self.client.get(path, query_string={"at": at, "what": what}, headers=ENGLISH).text
        mark = page.split('name="revisions" value="')[1].split('"')[0]
        data = {"at": at, "do": "add", "what": what, "revisions": mark, **form}
        return self.client.post(path, data=data, headers=ENGLISH)


@pytest.fixture
def maker(client_of: Callable[[Person | None], FlaskClient], lu: Person) -> Callable[[str], Maker]:
    """鹿芽运营 at the editor of a badge; of a new one where none is named."""

    def at(key: str = "") -> Maker:
        client = client_of(lu)
        if not key:
            location = client.post("/desk/badges", data={"title": "小太阳"}).location
            key = location.rpartition("/")[2]
        return Maker(client, key)

    return at
