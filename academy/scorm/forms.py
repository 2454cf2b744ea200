"""What staff upload and type about a package, and why a file is refused."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from academy.files.archives import Unfit
from academy.scorm.manifest import LONGEST_TITLE
from academy.text.line import plain


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


UNFIT: dict[str, Any] = {
    "large": _("This file is too large: at most 300 MB. Videos are better kept beside the package, in the lesson."),
    "kind": _("This is no ZIP file. Please export the course as “SCORM 1.2” and upload the ZIP as it is."),
    "broken": _("This ZIP file is damaged and can’t be opened. Please export it once more."),
    "damaged": _("“%(about)s” in the ZIP is damaged. Please export the package once more."),
    "files": _("There are too many files in this ZIP: at most 10,000 are possible."),
    "path": _("“%(about)s” would lie outside the package: names must not begin with / or hold .. or invisible signs."),
    "link": _("“%(about)s” is a link to another place. A package holds plain files only."),
    "locked": _("“%(about)s” is encrypted. Please save the ZIP without a password."),
    "method": _(
        "“%(about)s” is packed in a way that browsers can’t read. Please zip it in the ordinary way (deflate)."
    ),
    "twice": _("“%(about)s” is in the ZIP twice, or differs from another name by capital letters only."),
    "bomb": _("“%(about)s” unpacks to more than a hundred times its size. Such files are refused."),
    "unpacked": _("Unpacked this would be more than 1 GB. Please split the package."),
    "bare": _("There is no imsmanifest.xml in this ZIP, so it is no SCORM package. Export it as “SCORM 1.2”."),
    "folder": _(
        "The imsmanifest.xml is in the folder “%(about)s”. Please zip what is in that folder, not the folder itself."
    ),
    "aicc": _("This is an AICC package. Please export the course as “SCORM 1.2”."),
    "xapi": _("This is an xAPI or cmi5 package. Please export the course as “SCORM 1.2”."),
    "2004": _("This is a SCORM 2004 package (%(about)s). Please export the course as “SCORM 1.2”."),
    "schema": _("The manifest doesn’t say that this is SCORM 1.2 (%(about)s). Please export it as “SCORM 1.2”."),
    "manifest": _("The imsmanifest.xml can’t be read. Please export the package once more."),
    "entities": _("The imsmanifest.xml defines a document type or entities of its own, which is refused."),
    "empty": _("The table of contents of this package is empty: there is nothing to play."),
    "items": _("The table of contents is too long: at most 200 lines are possible."),
    "resource": _("The line “%(about)s” of the table of contents leads to nothing in the manifest."),
    "page": _("The file “%(about)s”, with which the package begins, is not in the ZIP."),
    "outside": _("The line “%(about)s” leads out of the package. Everything must be in the ZIP."),
    "mastery": _("The mastery score of “%(about)s” is no number from 0 to 100."),
}
"""What to say by the reason of `Unfit`."""


def why(error: Unfit) -> str:
    """What is wrong with an upload, in the reader's language."""
    return str(UNFIT[error.reason] % {"about": error.about or "–"})


def _line(text: str | None) -> str:
    return plain(text or "")


_MOST = Length(max=LONGEST_TITLE, message=_("%(max)d characters at most"))


class UploadForm(FlaskForm):
    """A ZIP, and what it is to be called if not as it says itself."""

    file = FileField(_("SCORM 1.2 package (.zip)"))
    title = StringField(_("Title"), [_MOST], [_line])
    named = BooleanField(_("Tell the package the learner’s display name; otherwise it only gets a number"))

    def validate_file(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Please choose a file."))


class NameForm(FlaskForm):
    """What a package is called in both languages."""

    zh = StringField(
        _("Title in Chinese"),
        [DataRequired(_("Please fill this in.")), _MOST],
        [_line],
    )
    en = StringField(_("Title in English"), [_MOST], [_line])
    named = BooleanField(_("Tell the package the learner’s display name; otherwise it only gets a number"))
