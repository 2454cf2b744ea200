"""Packages at the desk: taken in, renewed, tried, and who has played them."""

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy.account.erasure import erase
from academy.catalog.models import Version
from academy.catalog.queries import published
from academy.db import db
from academy.packs.actions import export, publish_pack, read
from academy.people.models import Person
from academy.scorm import actions
from academy.scorm.forms import UNFIT
from academy.scorm.models import Part, Playthrough
from academy.scorm.pack import AREA
from academy.web.settings import Settings, Unconfigured
from tests.conftest import ON_SQLITE, PASSWORD, Clock, html
from tests.phone import statements
from tests.scorm.conftest import Player, bring, frame_in, held
from tests.scorm.packages import linked, one_page, packed, sample

Clients = Callable[[Person | None], FlaskClient]
Play = Callable[..., Player]


def upload(client: FlaskClient, file: io.BytesIO, to: str = "/desk/packages", **typed: str) -> Any:
    return client.post(to, data={"file": (file, "course.zip"), **typed}, content_type="multipart/form-data")


def contents(session: Session, key: str) -> list[Any]:
    session.rollback()
    rows = session.scalars(select(Version.content).where(Version.kind == "package", Version.key == key)).all()
    session.rollback()
    return list(rows)


def test_an_upload_is_published_as_it_says_itself(session: Session, zhou: Person, client_of: Clients) -> None:
    answer = upload(client_of(zhou), sample())
    assert answer.status_code == 303
    [content] = contents(session, answer.location.rsplit("/", 1)[1])
    assert content["title"] == {"zh": "宝宝护理 · 互动课"}
    assert not content["named"]
    assert [item["title"] for item in content["items"]] == ["第一课", "图解", "小测"]


def test_the_same_package_again_is_its_next_version_and_the_same_file_is_none(
    session: Session, zhou: Person, client_of: Clients
) -> None:
    desk = client_of(zhou)
    first = upload(desk, one_page("<p>一</p>")).location
    assert upload(desk, one_page("<p>二</p>")).location == first
    assert upload(desk, one_page("<p>二</p>")).location == first
    assert len(contents(session, first.rsplit("/", 1)[1])) == 2
    assert upload(desk, one_page("<p>三</p>", title="别的课")).location != first


def test_a_new_version_keeps_the_title_that_staff_gave(session: Session, lu: Person, client_of: Clients) -> None:
    desk = client_of(lu)
    at = upload(desk, one_page("<p>一</p>")).location
    assert desk.post(f"{at}/title", data={"zh": "夏天的护理", "en": "Summer care", "named": "y"}).status_code == 303
    assert upload(desk, one_page("<p>二</p>", title="new"), f"{at}/versions", named="y").location == at
    assert contents(session, at.rsplit("/", 1)[1])[-1]["title"] == {"zh": "夏天的护理", "en": "Summer care"}
    assert contents(session, at.rsplit("/", 1)[1])[-1]["named"]
    assert desk.post(f"{at}/title", data={"zh": ""}).status_code == 422


@ON_SQLITE
@pytest.mark.parametrize(
    ("file", "said"),
    [
        (lambda: io.BytesIO(b"GIF89a"), "ZIP"),
        (lambda: linked("secret.html", "/etc/passwd"), "secret.html"),
        (lambda: packed({"course/imsmanifest.xml": "x"}), "course"),
        (lambda: packed({"imsmanifest.xml": "<manifest>"}), "imsmanifest.xml"),
    ],
)
def test_what_is_wrong_is_named_in_the_readers_language_and_nothing_is_kept(
    app: Flask, session: Session, zhou: Person, client_of: Clients, file: Callable[[], io.BytesIO], said: str
) -> None:
    desk = client_of(zhou)
    for language in ("zh", "en"):
        answer = desk.post(
            f"/desk/packages?lang={language}",
            data={"file": (file(), "course.zip")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 422
        assert said in html(answer)
    assert not list((app.extensions["files"].root / AREA).glob("*/*"))
    assert session.scalar(select(func.count()).where(Version.kind == "package")) == 0


@ON_SQLITE
def test_an_upload_without_a_file_says_so(zhou: Person, client_of: Clients) -> None:
    assert client_of(zhou).post("/desk/packages", data={}).status_code == 422


def test_every_reason_has_its_sentence() -> None:
    source = "".join(Path(f"academy/{name}.py").read_text("utf-8") for name in ("files/archives", "scorm/manifest"))
    assert set(re.findall(r'Unfit\("(\w+)"', source)) == set(UNFIT)


def test_an_upload_that_was_never_published_is_forgotten_after_a_day(
    app: Flask, clock: Clock, lu: Person, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = app.extensions["files"]
    name, *_rest = actions.take(room, one_page("<p>nobody</p>"))
    kept = bring(app, lu)
    for path in (room.root / AREA).glob("*/*"):
        os.utime(path, (0, 0))
    upload(client_of(lu), one_page("<p>next</p>", title="next"))
    assert not room.path(AREA, name).exists()
    assert room.path(AREA, published_file(app, kept)).exists()


def published_file(app: Flask, key: str) -> str:
    with app.app_context():
        found = str(published(db.session()).one("package", key)["file"])
        db.session.remove()
        return found


def test_trying_a_version_records_nothing(
    app: Flask, session: Session, zhou: Person, package: str, client_of: Clients
) -> None:
    version = published(session).version_id("package", package)
    session.rollback()
    page = html(client_of(zhou).get(f"/desk/packages/{package}/versions/{version}/try"))
    player = Player(app, frame_in(page))
    told = player.launch().get_json()
    assert told["save"] is None
    assert told["items"][0]["cmi"]["cmi.core.lesson_mode"] == "browse"
    assert session.scalars(select(Playthrough)).all() == []
    session.rollback()
    assert client_of(zhou).get(f"/desk/packages/nothing/versions/{version}/try").status_code == 404
    assert client_of(zhou).get(f"/desk/packages/{package}/versions/1/try").status_code == 404


def test_a_trainer_sees_how_her_own_trainees_did(
    tang: Person, xiaomi: Person, zhou: Person, lu: Person, package: str, play: Play, client_of: Clients
) -> None:
    for trainee in (tang, xiaomi):
        play(trainee, package).save(core__lesson_status="incomplete")
    with statements() as seen:
        page = html(client_of(zhou).get(f"/desk/packages/{package}"))
    assert len(seen) <= 8, "\n".join(seen)
    assert "小棠" in page
    assert "小米" not in page
    both = html(client_of(lu).get(f"/desk/packages/{package}"))
    assert "小米" in both


@ON_SQLITE
def test_trainees_find_no_desk(tang: Person, package: str, client_of: Clients) -> None:
    for path in ("/desk/packages", f"/desk/packages/{package}"):
        assert client_of(tang).get(path).status_code == 404
    assert upload(client_of(tang), sample()).status_code == 404


# How it travels


def test_a_package_goes_out_with_the_pack_and_comes_back_the_same(
    app: Flask, session: Session, lu: Person, package: str, tmp_path: Path
) -> None:
    held(package, "who-fits", required=True)
    out = tmp_path / "out"
    export(published(session), app.extensions["files"], out)
    session.rollback()
    assert (out / f"packages/{package}/package.zip").read_bytes() == sample().getvalue()
    pack = read(out)
    assert not pack.problems
    before = published(session).documents
    session.rollback()
    assert {name: held for name, held in pack.documents.items() if name[0] in ("package", "lesson")} == {
        name: held.content for name, held in before.items() if name[0] in ("package", "lesson")
    }
    with db.writing() as s:
        assert publish_pack(s, app.extensions["files"], pack, "again") is None


def test_a_pack_names_a_package_that_is_missing_or_can_not_be_played(
    app: Flask, session: Session, package: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export(published(session), app.extensions["files"], out)
    session.rollback()
    (out / f"packages/{package}/package.zip").write_bytes(b"GIF89a")
    assert any("can't be played" in str(problem) for problem in read(out).problems)
    (out / f"packages/{package}/package.yaml").unlink()
    assert any(f"there is no package {package}" in str(problem) for problem in read(out).problems)


# Leaving


def test_what_she_played_is_in_her_copy_and_goes_with_her_account(
    app: Flask, session: Session, tang: Person, package: str, play: Play, client_of: Clients
) -> None:
    play(tang, package).save(core__lesson_status="incomplete", suspend_data="what I wrote")
    copy = client_of(tang).post("/me/data", data={"present": PASSWORD}, buffered=True)
    data = json.loads(ZipFile(io.BytesIO(copy.data)).read("data.json"))
    [row] = data["packages"]
    assert row["parts"][0]["told"]["cmi.suspend_data"] == "what I wrote"
    with db.writing() as s:
        erase(s, tang.id)
    assert session.scalars(select(Playthrough)).all() == []
    assert session.scalars(select(Part)).all() == []


# Settings


@pytest.mark.parametrize(
    ("origin", "base", "env"),
    [
        ("https://academy.example", "https://academy.example", "production"),
        ("https://academy.example:8443", "https://academy.example", "production"),
        ("http://player.example", "https://academy.example", "production"),
        ("https://player.example/path", "https://academy.example", "production"),
        ("player.example", "", "production"),
        ("javascript:alert(1)", "", "development"),
    ],
)
def test_an_origin_that_is_none_of_its_own_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, origin: str, base: str, env: str
) -> None:
    monkeypatch.setenv("ACADEMY_ENV", env)
    monkeypatch.setenv("ACADEMY_INSTANCE", str(tmp_path))
    monkeypatch.setenv("ACADEMY_SECRET_KEY", "k" * 64)
    monkeypatch.setenv("ACADEMY_BASE_URL", base)
    monkeypatch.setenv("ACADEMY_PLAYER_ORIGIN", origin)
    with pytest.raises(Unconfigured, match="PLAYER_ORIGIN"):
        Settings.from_environment()


def test_in_development_there_is_one_and_in_production_it_has_to_be_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ACADEMY_INSTANCE", str(tmp_path))
    monkeypatch.setenv("ACADEMY_SECRET_KEY", "k" * 64)
    monkeypatch.setenv("PORT", "5005")
    monkeypatch.delenv("ACADEMY_PLAYER_ORIGIN", raising=False)
    monkeypatch.setenv("ACADEMY_ENV", "development")
    assert Settings.from_environment().player_origin == "http://player.localhost:5005"
    monkeypatch.setenv("ACADEMY_ENV", "production")
    assert Settings.from_environment().player_origin is None
    monkeypatch.setenv("ACADEMY_PLAYER_ORIGIN", "https://Player.example/")
    assert Settings.from_environment().player_origin == "https://player.example"
