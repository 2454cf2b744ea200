"""What the public types to check a certificate."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from academy.achievements.certificates.rules import NAME_LENGTH
from academy.text.codes import LENGTH, normal_code
from academy.verify.rules import normal_serial


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


class _Open(FlaskForm):
    """A form that anybody may send from anywhere: it changes nothing of anybody's."""

    class Meta(FlaskForm.Meta):
        csrf = False


class Search(_Open):
    """Serial and code, as they are printed."""

    serial = StringField(
        _("Serial number"),
        [
            DataRequired(_("Please type the serial number printed on the certificate")),
            Length(max=60, message=_("A serial number is much shorter")),
        ],
    )
    code = StringField(
        _("Check code"),
        [
            DataRequired(_("Please type the check code printed beside the QR code")),
            Length(max=60, message=_("A check code has 8 letters and digits")),
        ],
    )

    def validate_serial(self, field: StringField) -> None:
        if not normal_serial(field.data or ""):
            raise ValidationError(_("Please type the serial number printed on the certificate"))

    def validate_code(self, field: StringField) -> None:
        if len(normal_code(field.data or "")) != LENGTH:
            raise ValidationError(_("A check code has 8 letters and digits"))


class Name(_Open):
    """The name that a visitor believes to be the holder's."""

    name = StringField(validators=[DataRequired(), Length(max=NAME_LENGTH)])
