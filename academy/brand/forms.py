"""What is typed and chosen for the academy's appearance."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, HiddenField, StringField, ValidationError

from academy.achievements.certificates.rules import graphemes, wording_problem
from academy.art.colour import colour
from academy.files import FileRoom
from academy.files.pictures import MOST_LOGO_BYTES, NotAPicture, reencode_logo
from academy.text.line import plain

AREA = "brand"


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


REFUSED = {
    "empty": _("“%(name)s” is empty. Please choose it once more."),
    "large": _("“%(name)s” is larger than 2 MB or 16 megapixels. Please choose a smaller one."),
    "kind": _(
        "“%(name)s” can’t be taken: please choose a PNG, JPEG or WebP. An SVG can carry programs; export it as PNG."
    ),
    "broken": _("“%(name)s” is damaged and can’t be opened. Please export it again."),
}


def _line(typed: str | None) -> str:
    return plain(typed or "")


def _filled(most: int) -> Callable[[FlaskForm, Field], None]:
    def check(form: FlaskForm, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Please fill this in."))
        if len(field.data) > most:
            raise ValidationError(
                gettext("%(n)s characters, at most %(most)s are possible.", n=len(field.data), most=most)
            )

    return check


def _own_words(form: FlaskForm, field: Field) -> None:
    words = wording_problem(field.data)
    if words:
        raise ValidationError(
            gettext(
                "“%(words)s” would make certificates look like those of the state. Please leave it out.", words=words
            )
        )


class AppearanceForm(FlaskForm):
    """The academy's appearance; after `validate` a good logo is kept, whatever else was wrong."""

    version = HiddenField()
    logo = FileField(_("Logo"))
    colour = StringField(_("Colour"), filters=[_line])
    name = StringField(_("Short name of the brand"), [_filled(12), _own_words], filters=[_line])
    academy_zh = StringField(_("Name of the academy, Chinese"), [_filled(20), _own_words], filters=[_line])
    academy_en = StringField(_("Name of the academy, English"), [_filled(40), _own_words], filters=[_line])
    company = StringField(_("Full company name"), [_filled(30)], filters=[_line])
    hotline = StringField(_("Hotline"), [_filled(30)], filters=[_line])
    seal = StringField(_("Words of the seal"), [_filled(20), _own_words], filters=[_line])

    def __init__(self, kept: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kept = kept if kept and found(kept) else None

    def validate_logo(self, field: Field) -> None:
        if field.data:
            try:
                data = reencode_logo(field.data.stream.read(MOST_LOGO_BYTES + 1))
            except NotAPicture as error:
                raise ValidationError(REFUSED[error.reason] % {"name": field.data.filename}) from error
            self.kept = _room().put(AREA, data, ".png")

    def validate_colour(self, field: Field) -> None:
        meant = colour(field.data)
        if meant is None:
            raise ValidationError(gettext("Three or six digits from 0 to f, like #c4305d."))
        field.data = meant.hex

    def validate_seal(self, field: Field) -> None:
        if len(graphemes(field.data)) > 4:
            raise ValidationError(gettext("A seal holds one to four characters."))

    @property
    def looks(self) -> dict[str, Any]:
        """The parts of the brand's document that are chosen here."""
        return {
            "logo": self.kept,
            "colour": self.colour.data,
            "name": self.name.data,
            "academy": {"zh": self.academy_zh.data, "en": self.academy_en.data},
            "company": self.company.data,
            "hotline": self.hotline.data,
            "seal": self.seal.data,
        }


def typed(brand: Mapping[str, Any]) -> dict[str, str]:
    """What to type for the appearance of a brand, by field."""
    plain = {name: brand[name] for name in ("colour", "name", "company", "hotline", "seal")}
    return plain | {f"academy_{locale}": name for locale, name in brand["academy"].items()}


def found(logo: str) -> Path | None:
    """Where a logo is, if there is one of that name."""
    try:
        path = _room().path(AREA, logo)
    except ValueError:
        return None
    return path if path.is_file() else None


def _room() -> FileRoom:
    room: FileRoom = current_app.extensions["files"]
    return room
