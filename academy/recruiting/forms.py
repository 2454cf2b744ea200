"""What a candidate writes, what staff write to her, and what an application page says."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import DataRequired, Length

from academy.people.rules import NAME_MOST, is_name, phone_number
from academy.text.line import plain
from academy.text.typed import tidy


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


MOST_WHY, MOST_NOTE, MOST_WORDING = 500, 300, 1000

CHANNEL_NAMES = {
    "baby": _("Mother and baby"),
    "beauty": _("Beauty"),
    "food": _("Food"),
    "home": _("Home"),
    "digital": _("Electronics"),
    "other": _("Something else"),
    "": _("I have not shared yet"),
}


def _line(text: str | None) -> str:
    return plain(text or "")


def _at_most(number: int) -> Length:
    return Length(max=number, message=_("%(max)d characters at most"))


class Words(FlaskForm):
    """What she says of herself; nothing that choosing her does not need."""

    name = StringField(
        _("Display name"),
        [
            DataRequired(_("How should your classmates call you?")),
            Length(max=NAME_MOST, message=_("20 characters at most")),
        ],
        [_line],
    )
    why = TextAreaField(
        _("Why would you like to join?"), [DataRequired(_("A sentence or two will do")), _at_most(MOST_WHY)], [tidy]
    )
    channel = SelectField(
        _("What do you share about most?"), choices=[SelectChoice(key, name) for key, name in CHANNEL_NAMES.items()]
    )

    def validate_name(self, field: Field) -> None:
        if not is_name(field.data):
            raise ValidationError(gettext("How should your classmates call you?"))


class ApplicationForm(Words):
    """The same with her number, and what she agrees to."""

    phone = StringField(_("Phone number"), filters=[_line])
    rules = BooleanField(_("I have read the rules of the group and keep to them"))
    consent = BooleanField(_("I have read and accept the terms and the privacy notice"))

    def validate_phone(self, field: Field) -> None:
        if not phone_number(field.data):
            raise ValidationError(gettext("That is no mobile number of 11 digits"))

    def validate_rules(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Please read the rules and tick the box if you keep to them"))

    def validate_consent(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Please read both and tick the box if you agree"))


class DecisionForm(FlaskForm):
    """A few words to those whom a decision is about."""

    note = TextAreaField(_("A few words to her"), [_at_most(MOST_NOTE)], [tidy])


class WordingForm(FlaskForm):
    """What an application page says of duties and honours, a line each."""

    duties = TextAreaField(_("Duties"), [_at_most(MOST_WORDING)], [tidy])
    honours = TextAreaField(_("Honours"), [_at_most(MOST_WORDING)], [tidy])
