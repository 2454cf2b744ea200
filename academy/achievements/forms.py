"""What names a certificate may bear, and what is said about papers."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import DataRequired, Length, ValidationError

from academy.achievements.certificates.rules import clean_name, name_problem
from academy.text.fonts import unprintable
from academy.text.typed import tidy


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


MOST_SAID = 200
_MOST = Length(max=MOST_SAID, message=_("200 characters at most"))

SALUTATIONS = [
    SelectChoice("女士", _("Ms (女士)")),
    SelectChoice("先生", _("Mr (先生)")),
    SelectChoice("", _("No salutation")),
]

NAME_PROBLEMS = {
    "name-empty": _("Please write your legal name"),
    "name-too-long": _("A name on a certificate has 40 characters at most"),
    "name-digits": _("A legal name has no digits"),
    "name-letters": _("Letters and characters only, without emoji or signs; rare characters are welcome"),
    "name-start": _("A name starts with a letter or character"),
}


class LegalName(FlaskForm):
    """The name that a certificate prints."""

    legal_name = StringField(_("Legal name"))
    salutation = RadioField(_("Salutation on the certificate"), choices=SALUTATIONS, default="女士")

    def validate_legal_name(self, field: StringField) -> None:
        if problem := name_problem(field.data or ""):
            raise ValidationError(NAME_PROBLEMS[problem])
        if letters := unprintable(clean_name(field.data or "")):
            raise ValidationError(
                gettext("Our paper can't print %(letters)s; please tell your trainer", letters=letters)
            )


class Wish(LegalName):
    """Another name on a paper, and why."""

    said = TextAreaField(_("What is to be put right"), [_MOST], [tidy])


class Reason(FlaskForm):
    """Why staff revoke, restore or leave as it is."""

    said = TextAreaField(_("Reason"), [DataRequired(_("Please give a reason.")), _MOST], [tidy])
