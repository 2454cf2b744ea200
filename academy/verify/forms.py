"""What the public types to check a certificate."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from academy.text.codes import LENGTH, normal_code
from academy.verify.rules import normal_serial


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


class Search(FlaskForm):
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
