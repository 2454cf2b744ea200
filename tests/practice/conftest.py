"""Browsers that read English, photos and hand-ins."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from academy.practice.models import HandIn
from tests.conftest import Browser

TEXT = "我家 14 个月，每次换尿裤后薄薄涂一层，用了一个冬天，摸着干爽。盖子有点紧。"


class English(Browser):
    """A browser whose reader prefers English."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("headers", {"Accept-Language": "en"})
        return super().open(*args, **kwargs)


@pytest.fixture(autouse=True)
def apart(app: Flask) -> None:
    app.test_client_class = English


def photo(shade: int = 120, kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> io.BytesIO:
    """A picture file of one shade."""
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 80, 80)).save(out, kind)
    out.seek(0)
    return out


def hand_in(client: FlaskClient, text: str = TEXT, practice: str = "first-words", **more: Any) -> TestResponse:
    """Send the form of a practice."""
    return client.post(f"/practice/{practice}/hand-ins", data={"text": text, **more})


def all_hand_ins(session: Any) -> list[HandIn]:
    session.rollback()
    session.expire_all()
    return list(session.query(HandIn).order_by(HandIn.id))
