"""The studio's pages: outlines, publication, history, translation, previews, packs and files."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.catalog.models import Draft
from academy.catalog.queries import published
from academy.db import db
from academy.journal.models import Fact
from academy.people.models import Person
from academy.studio.models import Upload
from tests.conftest import ON_SQLITE, Clock, html
from tests.phone import statements
from tests.studio.test_publishing import OWN, opened, titled, write

Clients = Callable[[Person | None], FlaskClient]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@pytest.fixture
def desk(client_of: Clients, zhou: Person) -> FlaskClient:
    """周以宁's browser."""
    return client_of(zhou)


def revision(name: tuple[str, str]) -> int:
    draft = db.session().get(Draft, name)
    found = draft.revision if draft else 0
    db.session().rollback()
    return found


def clicked(desk: FlaskClient, do: str, course: str = "first-steps", **typed: str) -> TestResponse:
    """What follows a click on an outline."""
    held = {"do": do, "revision": str(revision(("course", course))), **typed}
    return desk.post(f"/desk/studio/courses/{course}", data=held)


def lessons_of(course: str = "first-steps") -> list[list[str]]:
    return [stage["lessons"] for stage in opened(("course", course)).content["stages"]]


# Outlines


def test_a_course_grows_from_nothing_to_a_lesson_that_is_opened_to_be_written(desk: FlaskClient) -> None:
    begun = desk.post("/desk/studio", data={"title": "第一次直播", "tier": "bronze"})
    key = begun.location.rsplit("/", 1)[-1]
    clicked(desk, "stage", key, stage="开播前")
    (stage,) = opened(("course", key)).content["stages"]
    to = clicked(desk, f"lesson:{stage['key']}", key, **{f"{stage['key']}.lesson": "选题"})
    lesson = to.location.rsplit("/", 1)[-1]
    assert opened(("lesson", lesson)).content["title"] == {"zh": "选题"}
    assert lessons_of(key) == [[lesson]]
    to = clicked(desk, f"quiz:{stage['key']}", key)
    assert "/desk/studio/quizzes/" in to.location
    assert "选题" in html(desk.get(f"/desk/studio/courses/{key}"))


def test_lessons_go_up_and_down_and_past_the_end_of_a_stage(desk: FlaskClient) -> None:
    before = lessons_of()
    clicked(desk, "up:no-stock")
    assert lessons_of()[0][:2] == ["no-stock", "own"]
    clicked(desk, f"down:{before[0][-1]}")
    assert lessons_of()[1][0] == before[0][-1]
    clicked(desk, "put:own/answers/1")
    assert "own" in lessons_of()[2] or "own" in lessons_of()[0]


def test_what_was_typed_is_kept_when_somebody_else_was_quicker(
    desk: FlaskClient, client_of: Clients, wu: Person
) -> None:
    clicked(client_of(wu), "up:no-stock")
    late = desk.post(
        "/desk/studio/courses/first-steps",
        data={"do": "save", "revision": "0", "title.zh": "我起的名字", "summary.zh": "要点"},
    )
    assert late.status_code == 409
    assert "我起的名字" in html(late)
    assert lessons_of()[0][0] == "no-stock", "theirs stays"


@pytest.mark.parametrize("do", ["put:own", "put:own/none/0", "put:none/real-user/0", "up:none", "dance", "lesson:none"])
def test_a_click_that_no_page_offers_is_not_found(desk: FlaskClient, do: str) -> None:
    assert clicked(desk, do).status_code == 404
    assert revision(("course", "first-steps")) == 0


def test_a_name_is_asked_for_and_what_was_typed_stays(desk: FlaskClient) -> None:
    refused = desk.post("/desk/studio", data={"title": " ", "tier": "bronze"})
    assert refused.status_code == 422
    assert "title-error" in html(refused)


# Publication


def mark(name: tuple[str, str]) -> str:
    return f"{name[0]}/{name[1]}@{revision(name)}"


def test_a_draft_is_looked_at_and_published(desk: FlaskClient, zhou: Person, client_of: Clients, tang: Person) -> None:
    write(zhou, OWN, titled("用过才说"))
    page = html(desk.get("/desk/studio/publication/first-steps"))
    assert "<del>只推自己用过的</del><ins>用过才说</ins>" in page
    assert "用过才说" not in html(client_of(tang).get("/lessons/own"))
    done = desk.post("/desk/studio/publication/first-steps", data={"mark": mark(OWN), "note": "改名"})
    assert done.status_code == 303
    assert "用过才说" in html(client_of(tang).get("/lessons/own"))
    assert "改名" in html(desk.get("/desk/studio/history/lesson/own"))


def test_sent_twice_it_is_published_once(desk: FlaskClient, zhou: Person, session: Session) -> None:
    write(zhou, OWN, titled("用过才说"))
    sent = {"mark": mark(OWN)}
    assert desk.post("/desk/studio/publication/first-steps", data=sent).status_code == 303
    assert desk.post("/desk/studio/publication/first-steps", data=sent).status_code == 409
    assert published(session).release == 2


def test_a_version_of_before_becomes_the_draft_and_is_published_again(desk: FlaskClient, zhou: Person) -> None:
    write(zhou, OWN, titled("用过才说"))
    desk.post("/desk/studio/publication/first-steps", data={"mark": mark(OWN)})
    first = re.search(r'name="version" value="(\d+)"', html(desk.get("/desk/studio/history/lesson/own?release=1")))
    assert first
    back = {"version": first[1], "revision": str(opened(OWN).revision)}
    assert desk.post("/desk/studio/history/lesson/own/restoration", data=back).status_code == 303
    assert opened(OWN).content["title"]["zh"] == "只推自己用过的"


@pytest.mark.parametrize("at", ["2026-09-14T09:00", "yesterday", "2026-13-01T09:00"])
def test_a_time_that_is_past_or_none_is_refused_with_what_was_typed(desk: FlaskClient, zhou: Person, at: str) -> None:
    write(zhou, OWN, titled("用过才说"))
    sent = {"mark": mark(OWN), "at": at, "note": "写给历史"}
    refused = desk.post("/desk/studio/publication/first-steps", data=sent)
    assert refused.status_code == 422
    assert at in html(refused)
    assert "写给历史" in html(refused)


def test_a_release_is_scheduled_shown_and_called_off(desk: FlaskClient, zhou: Person) -> None:
    write(zhou, OWN, titled("用过才说"))
    desk.post("/desk/studio/publication/first-steps", data={"mark": mark(OWN), "at": "2026-09-20T08:00"})
    page = html(desk.get("/desk/studio/publication/first-steps"))
    off = re.search(r'action="(/desk/studio/publication/first-steps/scheduled/\d+/cancellation)"', page)
    assert off
    desk.post(off[1])
    assert "cancellation" not in html(desk.get("/desk/studio/publication/first-steps"))


@ON_SQLITE
def test_pages_of_the_studio_take_eight_statements_at_most(desk: FlaskClient, zhou: Person) -> None:
    write(zhou, OWN, titled("用过才说"))
    for path in (
        "/desk/studio",
        "/desk/studio/courses/first-steps",
        "/desk/studio/publication/first-steps",
        "/desk/studio/history/lesson/own",
        "/desk/studio/translation/lesson/own",
        "/desk/studio/lessons/own/preview",
        "/desk/packs",
    ):
        with statements() as seen:
            assert desk.get(path).status_code == 200, path
        assert len(seen) <= 8, (path, seen)


# Translation


def test_the_missing_english_is_written_beside_the_chinese(desk: FlaskClient) -> None:
    name = ("lesson", "red-lines")
    page = html(desk.get("/desk/studio/translation/lesson/red-lines"))
    assert page.count("<textarea") > 5
    desk.post("/desk/studio/translation/lesson/red-lines", data={"revision": "0", "blocks.0.md": "At ten past eight …"})
    assert opened(name).content["blocks"][0]["md"]["en"] == "At ten past eight …"


def test_english_for_an_older_chinese_is_named_and_can_be_confirmed(desk: FlaskClient, zhou: Person) -> None:
    write(zhou, OWN, lambda content: content["blocks"][0]["md"].update(zh="周四晚上九点半，群里有人问起。"))
    assert opened(OWN).content["blocks"][0]["outdated"]
    page = html(desk.get("/desk/studio/translation/lesson/own"))
    assert 'value="blocks.0"' in page
    sent = {"revision": str(opened(OWN).revision), "right": "blocks.0"}
    assert desk.post("/desk/studio/translation/lesson/own", data=sent).status_code == 303
    assert "outdated" not in opened(OWN).content["blocks"][0]


def test_a_translation_of_an_older_save_is_not_lost(desk: FlaskClient, wu: Person) -> None:
    write(wu, OWN, titled("吴老师写的"))
    late = desk.post("/desk/studio/translation/lesson/own", data={"revision": "0", "blocks.0.md": "My words"})
    assert late.status_code == 409
    assert "My words" in html(late)


# Previews


def test_the_preview_is_the_learners_own_page_and_records_nothing(
    desk: FlaskClient, zhou: Person, session: Session
) -> None:
    write(zhou, OWN, titled("用过才说"))
    shown = desk.get("/desk/studio/lessons/own/preview?theme=dark&lang=en")
    assert 'data-theme="dark"' in html(shown)
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "用过才说" in html(desk.get("/desk/studio/lessons/own/preview?lang=zh"))
    judged = desk.post("/desk/studio/lessons/own/preview/checks/own-check", data={"answer": "b"})
    assert judged.status_code == 303
    assert "verdict right" in html(desk.get(judged.location))
    assert desk.post("/desk/studio/lessons/own/preview/completion").location.startswith(
        "/desk/studio/lessons/no-stock/"
    )
    assert session.query(Fact).count() == 0


def test_a_link_shows_it_on_a_phone_for_two_hours(
    desk: FlaskClient, client_of: Clients, zhou: Person, clock: Clock
) -> None:
    write(zhou, OWN, titled("用过才说"))
    link = re.search(r"http://localhost(/preview/[^<\"]+)", html(desk.get("/desk/studio/lessons/own/phone")))
    assert link
    phone = client_of(None)
    assert "用过才说" in html(phone.get(link[1]))
    assert phone.get(link[1].replace("/own", "/no-stock")).status_code == 200, "it goes on from lesson to lesson"
    assert phone.get(link[1][:-8] + "x/own").status_code == 404
    clock.move(minutes=121)
    assert phone.get(link[1]).status_code == 404


def test_a_link_of_somebody_who_may_no_longer_write_shows_nothing(
    desk: FlaskClient, client_of: Clients, zhou: Person
) -> None:
    link = re.search(r"http://localhost(/preview/[^<\"]+)", html(desk.get("/desk/studio/lessons/own/phone")))
    assert link
    with db.writing() as session:
        session.get_one(Person, zhou.id).role = "trainee"
    assert client_of(None).get(link[1]).status_code == 404


# Packs


def zipped(files: dict[str, bytes | str]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, held in files.items():
            archive.writestr(name, held)
    out.seek(0)
    return out


def upload(desk: FlaskClient, to: str, field: str, file: io.BytesIO, **more: str) -> TestResponse:
    return desk.post(to, data={field: (file, "x.zip"), **more}, content_type="multipart/form-data")


def test_a_course_goes_out_and_comes_back_as_it_was(desk: FlaskClient) -> None:
    out = desk.get("/desk/packs/first-steps.zip", buffered=True)
    names = zipfile.ZipFile(io.BytesIO(out.data)).namelist()
    assert "first-steps/course.yaml" in names
    assert out.data == desk.get("/desk/packs/first-steps.zip", buffered=True).data, "the same content is the same file"
    looked = upload(desk, "/desk/packs/imports", "pack", io.BytesIO(out.data))
    assert looked.status_code == 200
    assert "publish" not in re.findall(r'action="([^"]+confirmation)"', html(looked))


def test_a_changed_pack_is_looked_at_then_published(desk: FlaskClient, session: Session) -> None:
    out = desk.get("/desk/packs/first-steps.zip", buffered=True).data
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        files: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    lesson = "first-steps/1-real-user/01-own.md"
    files[lesson] = bytes(files[lesson]).replace("只推自己用过的".encode(), "用过才说".encode(), 1)  # type: ignore[arg-type]
    looked = upload(desk, "/desk/packs/imports", "pack", zipped(files))
    token = re.search(r'name="token" value="([^"]+)"', html(looked))
    assert token
    assert published(session).release == 1
    session.rollback()
    assert desk.post("/desk/packs/imports/confirmation", data={"token": token[1]}).status_code == 303
    assert published(session).lessons["own"].title["zh"] == "用过才说"
    again = desk.post("/desk/packs/imports/confirmation", data={"token": token[1]})
    assert again.status_code == 410


def test_what_was_changed_on_both_sides_is_named_and_nothing_is_written(
    desk: FlaskClient, zhou: Person, session: Session
) -> None:
    out = desk.get("/desk/packs/first-steps.zip", buffered=True).data
    write(zhou, OWN, titled("这里改的"))
    desk.post("/desk/studio/publication/first-steps", data={"mark": mark(OWN)})
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        files: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    lesson = "first-steps/1-real-user/01-own.md"
    files[lesson] = bytes(files[lesson]).replace("只推自己用过的".encode(), "包里改的".encode(), 1)  # type: ignore[arg-type]
    looked = upload(desk, "/desk/packs/imports", "pack", zipped(files))
    assert looked.status_code == 422
    assert "confirmation" not in html(looked)
    assert published(session).lessons["own"].title["zh"] == "这里改的"


@pytest.mark.parametrize(
    "files",
    [
        {"../evil.md": "x"},
        {"/etc/passwd": "x"},
        {"a.md": "x", "A.md": "x"},
        {"bomb.md": b"0" * 30_000_000},
    ],
    ids=["traversal", "absolute", "case", "bomb"],
)
@ON_SQLITE
def test_an_archive_that_would_do_harm_is_refused(desk: FlaskClient, files: dict[str, Any], app: Flask) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in files.items():
            archive.writestr(name, held)
    for to, field in (("/desk/packs/imports", "pack"), ("/desk/packs/markdown", "folder")):
        out.seek(0)
        refused = upload(desk, to, field, io.BytesIO(out.getvalue()), tier="bronze")
        assert refused.status_code == 422
        assert f'id="{field}-error"' in html(refused)


def test_what_only_the_brand_may_change_a_trainer_does_not_bring_in(
    desk: FlaskClient, client_of: Clients, lu: Person
) -> None:
    whole = client_of(lu).get("/desk/packs/academy.zip", buffered=True)
    assert whole.status_code == 200
    assert desk.get("/desk/packs/academy.zip").status_code == 404
    looked = upload(desk, "/desk/packs/imports", "pack", io.BytesIO(whole.data))
    assert looked.status_code == 422
    assert "ladder" in html(looked)


def test_markdown_files_become_a_course_and_what_was_left_is_named(desk: FlaskClient, session: Session) -> None:
    files = {"guide/1.md": "# 开头\n\n字\n\n![图](a.png)\n\n![远](https://x.example/b.png)", "guide/a.png": PNG}
    made = upload(desk, "/desk/packs/markdown", "folder", zipped(files), title="公开课", tier="bronze")
    assert "https://x.example/b.png" in html(made)
    courses = session.query(Draft).filter_by(kind="course").all()
    assert [course.content["title"]["zh"] for course in courses] == ["公开课"]


def test_a_copy_is_a_draft_under_keys_of_its_own(desk: FlaskClient, session: Session) -> None:
    to = desk.post("/desk/packs/clones", data={"course": "first-steps"})
    key = to.location.rsplit("/", 1)[-1]
    assert "（副本）" in html(desk.get(f"/desk/studio/courses/{key}"))
    assert published(session).release == 1


# Files


def test_a_picture_is_cut_encoded_anew_and_asks_for_words(desk: FlaskClient) -> None:
    to = "/desk/studio/lessons/own/blocks/1/files/file"
    sent = {"file": (io.BytesIO(PNG), "a.png"), "shape": "wide", "revision": "0"}
    refused = desk.post(to, data=sent, content_type="multipart/form-data")
    assert refused.status_code == 422
    kept = re.search(r'name="kept" value="([^"]+)"', html(refused))
    assert kept
    done = desk.post(to, data={"kept": kept[1], "alt": "一支护臀膏", "revision": "0"})
    assert done.status_code == 303
    block = opened(OWN).content["blocks"][1]
    assert (block["file"], block["alt"]["zh"]) == (kept[1], "一支护臀膏")
    assert kept[1].endswith(".jpg")


@pytest.mark.parametrize("held", [b"", b"just words", b"<svg onload='x'/>", b"\x89PNG\r\n\x1a\nbroken"])
@ON_SQLITE
def test_what_is_no_picture_is_refused_with_the_reason(desk: FlaskClient, held: bytes) -> None:
    sent = {"file": (io.BytesIO(held), "a.png"), "alt": "图", "revision": "0"}
    to = "/desk/studio/lessons/own/blocks/1/files/file"
    assert desk.post(to, data=sent, content_type="multipart/form-data").status_code == 422


def video(desk: FlaskClient, zhou: Person) -> str:
    """The address at which the file of a video block is chosen."""
    block = {"type": "video", "title": {"zh": "三类不能说"}, "file": ""}
    write(zhou, OWN, lambda content: content["blocks"].append(block))
    return f"/desk/studio/lessons/own/blocks/{len(opened(OWN).content['blocks']) - 1}/files/file"


MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 5000


def test_an_upload_that_was_cut_off_goes_on_where_it_stopped(desk: FlaskClient, zhou: Person, session: Session) -> None:
    to = video(desk, zhou)
    begun = desk.post("/desk/studio/uploads", headers={"Upload-Length": str(len(MP4)), "Tus-Resumable": "1.0.0"})
    assert begun.status_code == 201
    kind = {"content_type": "application/offset+octet-stream"}
    first = desk.patch(begun.location, data=MP4[:1900], headers={"Upload-Offset": "0"}, **kind)
    assert first.headers["Upload-Offset"] == "1900"
    early = desk.post(to, data={"upload": begun.location, "revision": str(opened(OWN).revision)})
    assert early.status_code == 422, "half a file is no file"
    assert desk.patch(begun.location, data=MP4, headers={"Upload-Offset": "0"}, **kind).status_code == 409
    assert desk.head(begun.location).headers["Upload-Offset"] == "1900"
    desk.patch(begun.location, data=MP4[1900:], headers={"Upload-Offset": "1900"}, **kind)
    done = desk.post(to, data={"upload": begun.location, "revision": str(opened(OWN).revision)})
    assert done.status_code == 303
    name = opened(OWN).content["blocks"][-1]["file"]
    part = desk.get(f"/lesson-files/{name}", headers={"Range": "bytes=4-7"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"ftyp")


def test_a_video_that_is_a_text_is_refused(desk: FlaskClient, zhou: Person) -> None:
    to = video(desk, zhou)
    sent = {"file": (io.BytesIO(b"not a film" * 100), "film.mp4"), "revision": str(opened(OWN).revision)}
    assert desk.post(to, data=sent, content_type="multipart/form-data").status_code == 422


def test_nobody_goes_on_with_anothers_upload(
    desk: FlaskClient, client_of: Clients, wu: Person, session: Session
) -> None:
    begun = desk.post("/desk/studio/uploads", headers={"Upload-Length": "100"})
    assert client_of(wu).head(begun.location).status_code == 404
    assert session.query(Upload).count() == 1


@pytest.mark.parametrize("length", ["0", "-1", "x", str(2 * 1024**3 + 1)])
@ON_SQLITE
def test_an_upload_of_no_size_or_too_large_is_refused_at_once(desk: FlaskClient, length: str) -> None:
    assert desk.post("/desk/studio/uploads", headers={"Upload-Length": length}).status_code == 413
