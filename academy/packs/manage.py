"""Content in and out by the browser: packs as ZIPs, folders of Markdown, and a course once more."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import IO, Any, BinaryIO, cast

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from academy import clock
from academy.catalog import drafts
from academy.catalog.blocks import PICTURES
from academy.catalog.pack import Pack
from academy.catalog.queries import on_page
from academy.db import db
from academy.files import FileRoom
from academy.files.archives import Archive, Unfit, checked, name_of
from academy.files.pictures import NotAPicture, look_at
from academy.packs import actions, markdown
from academy.packs.actions import Clash, Coming, Conflict, Unwritable, compared
from academy.packs.cloning import cloned
from academy.people.actions import audit
from academy.people.models import Person
from academy.text.codes import new_code
from academy.text.line import plain
from academy.tiers.rules import ladder
from academy.web import dry_runs
from academy.web.access import needs

bp = Blueprint("packs", __name__, url_prefix="/desk/packs")

AREA, CHECKS = "packs", "packchecks"
COURSES = ("course", "lesson", "update", "quiz", "assessment", "package")
"""What whoever writes content may bring in; the rest of an academy takes the brand."""

UNFIT: Mapping[str, Any] = {
    "large": lazy_gettext("This file is too large: at most 300 MB."),
    "kind": lazy_gettext("This is no ZIP file."),
    "broken": lazy_gettext("This ZIP is damaged and can’t be read."),
    "damaged": lazy_gettext("“%(about)s” in this ZIP is damaged."),
    "files": lazy_gettext("There are too many files in this ZIP."),
    "path": lazy_gettext("“%(about)s” would lie outside the folder."),
    "link": lazy_gettext("“%(about)s” is a link, not a file."),
    "locked": lazy_gettext("“%(about)s” is locked with a password."),
    "method": lazy_gettext("“%(about)s” is packed in a way that we can’t read. Please zip it plainly."),
    "twice": lazy_gettext("“%(about)s” is in this ZIP twice, but for upper and lower case."),
    "bomb": lazy_gettext("“%(about)s” would become far too large when unpacked."),
    "unpacked": lazy_gettext("Unpacked, this ZIP would be larger than 1 GB."),
}
"""What to say by the reason of `Unfit`."""

LEFT: Mapping[str, Any] = {
    "many": lazy_gettext("more than %(n)s files: this one and those after it", n=markdown.MOST_LESSONS),
    "encoding": lazy_gettext("is not written in UTF-8"),
    "large": lazy_gettext("is too long for a lesson"),
    "empty": lazy_gettext("holds nothing to read"),
    "html": lazy_gettext("HTML is not taken along; its words are"),
    "table": lazy_gettext("a table: please look how it reads"),
    "elsewhere": lazy_gettext("a picture from another website: please save it and put it in"),
    "missing": lazy_gettext("a picture that is not in the folder"),
    "kind": lazy_gettext("no picture that we show (svg, png, jpg, webp)"),
    "broken": lazy_gettext("a damaged picture, or a far too large one"),
    "alt": lazy_gettext("a picture without words for those who can’t see it: please write them"),
}
"""What to say of something that was not taken along."""


@bp.get("")
@needs("content.edit")
def index() -> str:
    """The ways in and out."""
    return _index()


def _index(errors: Mapping[str, str] | None = None) -> str:
    now = on_page()
    return render_template(
        "packs/index.html",
        courses=now.courses,
        exams=list(now.assessments.values()),
        tiers=ladder(now).tiers,
        errors=errors or {},
    )


@bp.get("/<key>.zip")
@needs("content.edit")
def take(key: str) -> ResponseReturnValue:
    """A published course or assessment as a pack."""
    now = on_page()
    try:
        documents = actions.part(now, key)
    except KeyError:
        abort(404)
    return _sent(documents, key)


@bp.get("/academy.zip")
@needs("pack.import")
def take_all() -> ResponseReturnValue:
    """The whole academy as a pack."""
    return _sent({name: dict(document.content) for name, document in on_page().documents.items()}, "academy")


def _sent(documents: Mapping[actions.Name, dict[str, Any]], name: str) -> ResponseReturnValue:
    # What is sent closes it.
    out: IO[bytes] = SpooledTemporaryFile(max_size=16 * 1024 * 1024)  # noqa: SIM115
    try:
        actions.archive(on_page(), _room(), documents, out)
    except Unwritable as error:
        return _index({"export": _("This can’t be written as a pack: %(why)s", why=str(error))}), 409
    out.seek(0)
    return send_file(out, "application/zip", as_attachment=True, download_name=f"{name}-{clock.today()}.zip")


@bp.post("/imports")
@needs("content.edit")
def check() -> ResponseReturnValue:
    """The dry run of a pack: what is wrong with it, and what it would change."""
    file = request.files.get("pack")
    try:
        archive = checked(file.stream if file else BytesIO())
    except Unfit as error:
        return _index({"pack": _why(error)}), 422
    name = _room().receive(AREA, cast(BinaryIO, archive.zip.fp), ".zip")
    token = dry_runs.keep(CHECKS, current_user.id, {"file": name})
    with _unpacked(archive) as root:
        return _dry_run(root, token)


@bp.post("/imports/confirmation")
@needs("content.edit")
def confirm() -> ResponseReturnValue:
    """Publish what was looked at; a pack that was changed meanwhile by others is looked at once more."""
    staff_id, token = current_user.id, request.form.get("token", "")
    kept = dry_runs.opened(CHECKS, staff_id, token)
    if kept is None:
        return _index({"pack": _("That was too long ago, or done already. Please choose the file once more.")}), 410
    path = _room().path(AREA, kept.holds["file"])
    if not path.is_file():
        return _index({"pack": _("That was too long ago, or done already. Please choose the file once more.")}), 410
    with path.open("rb") as file, _unpacked(checked(file)) as root:
        pack = actions.read(root, on_page())
        if pack.problems or _pictures_wrong(pack) or _not_hers(pack):
            return _dry_run(root, token)
        try:
            with db.writing() as session:
                note = _("Import of a pack")
                release = actions.publish_pack(session, _room(), pack, note, by_id=staff_id)
                if release:
                    audit(session, session.get_one(Person, staff_id), "pack.imported", f"release/{release.id}")
        except (Conflict, Clash):
            return _dry_run(root, token)
    kept.path.unlink(missing_ok=True)
    flash(_("Published.") if release else _("Nothing differs from what is published."), "ok")
    return redirect(url_for("packs.index"), 303)


def _dry_run(root: Path, token: str) -> ResponseReturnValue:
    now = on_page()
    pack = actions.read(root, now)
    problems = [*pack.problems, *_pictures_wrong(pack)]
    coming = compared(db.session(), now, pack) if not problems else Coming({}, {}, [], [])
    clash = sorted(now.after(coming.documents).repeated - now.repeated) if coming.documents else []
    status = 422 if problems or coming.conflicts or clash or _not_hers(pack) else 200
    page = render_template(
        "packs/check.html",
        token=token,
        pack=pack,
        problems=problems,
        coming=coming,
        clash=clash,
        foreign=_not_hers(pack),
        there=now.documents,
    )
    return page, status


def _not_hers(pack: Pack) -> list[str]:
    """The kinds of document in a pack that only the brand may bring in."""
    if current_user.may("pack.import"):
        return []
    return sorted({kind for kind, _key in pack.documents if kind not in COURSES})


@dataclass(frozen=True)
class Wrong:
    """A picture of a pack that can't be shown."""

    file: str
    reason: Any
    line: int = 1
    field: str = "file"


def _pictures_wrong(pack: Pack) -> list[Wrong]:
    drawn = [path for path in pack.pictures.values() if path.suffix[1:] in PICTURES and path.suffix != ".svg"]
    return [Wrong(path.name, LEFT["broken"]) for path in drawn if not _is_whole(path)]


def _is_whole(path: Path) -> bool:
    try:
        look_at(path)
    except NotAPicture:
        return False
    return True


@bp.post("/markdown")
@needs("content.edit")
def bring() -> ResponseReturnValue:
    """A new course out of a ZIP of Markdown files, as a draft; what could not be taken along is named."""
    staff_id, file = current_user.id, request.files.get("folder")
    title, tier = plain(request.form.get("title", ""))[:40], request.form.get("tier", "")
    if tier not in ladder(on_page()):
        return _index({"tier": _("Please choose a tier.")}), 422
    try:
        archive = checked(file.stream if file else BytesIO())
    except Unfit as error:
        return _index({"folder": _why(error)}), 422
    with _unpacked(archive) as root:
        taken = markdown.read(root)
        broken = {name for name, path in taken.files.items() if path.suffix != ".svg" and not _is_whole(path)}
        for name in broken:
            taken.left.append(markdown.Left(taken.files.pop(name).name, "", "broken"))
        if not taken.stages:
            return _index({"folder": _("There is no Markdown file with something to read in it.")}), 422
        for name, path in taken.files.items():
            _room().copy("lesson", name, path)
    documents = markdown.course(taken, broken, title or _("New course"), tier, lambda: f"course-{new_code().lower()}")
    key = next(key for kind, key in documents if kind == "course")
    with db.writing() as session:
        _draft(session, staff_id, documents)
    if taken.left:
        return render_template("packs/brought.html", key=key, left=taken.left, words=LEFT, lessons=len(documents) - 1)
    flash(_("All of it was taken along. Nobody sees it before you publish."), "ok")
    return redirect(url_for("outlines.show", key=key), 303)


@bp.post("/clones")
@needs("content.edit")
def clone() -> ResponseReturnValue:
    """A published course once more, as a draft under keys of its own."""
    staff_id, now, key = current_user.id, on_page(), request.form.get("course", "")
    if ("course", key) not in now.documents:
        return _index({"course": _("Please choose a course.")}), 422
    titles = {locale: _copied(words, locale) for locale, words in now.one("course", key)["title"].items()}
    part = actions.part(now, key)
    documents = cloned(part, key, lambda: f"course-{new_code().lower()}", titles)
    with db.writing() as session:
        _draft(session, staff_id, documents)
    flash(_("Here is the copy. Nobody sees it before you publish."), "ok")
    return redirect(url_for("outlines.show", key=next(iter(documents))[1]), 303)


def _copied(title: str, locale: str) -> str:
    return f"{title}（副本）" if locale == "zh" else f"{title} (copy)"


def _draft(session: Any, staff_id: int, documents: Mapping[actions.Name, Any]) -> None:
    staff = session.get_one(Person, staff_id)
    for name, content in documents.items():
        drafts.save(session, staff, name, content, 0, None)


# Archives


def _room() -> FileRoom:
    room: FileRoom = current_app.extensions["files"]
    return room


def _why(error: Unfit) -> str:
    return str(UNFIT[error.reason] % {"about": error.about or "–"})


@contextmanager
def _unpacked(archive: Archive) -> Iterator[Path]:
    """The files of an archive in a folder of their own; whatever wraps all of them in one folder is taken off."""
    with TemporaryDirectory() as folder:
        for info in archive.files.values():
            path = Path(folder, name_of(info))
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.zip.open(info) as held, path.open("wb") as to:
                shutil.copyfileobj(held, to)
        root = Path(folder)
        inside = [one for one in root.iterdir() if one.name != "__MACOSX"]
        wrapped = len(inside) == 1 and inside[0].is_dir() and not (inside[0] / "course.yaml").is_file()
        yield inside[0] if wrapped and not (inside[0] / "assessment.yaml").is_file() else root


def sweep() -> None:
    """Remove the packs that nobody confirmed for a day."""
    _room().sweep(AREA, clock.now() - dry_runs.LIFE)
