"""What people type about their own accounts."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from academy.achievements.forms import SALUTATIONS
from academy.people.rules import NAME_MOST, PASSWORD_MAX, PASSWORD_MIN, email_address, is_name, phone_number
from academy.text.line import plain


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


def refuse(field: Field, message: Any) -> None:
    """Put what only the database knew at the field."""
    field.errors = [*field.errors, message]


def _line(text: str | None) -> str:
    return plain(text or "")


def _password(label: Any, complaint: Any) -> PasswordField:
    return PasswordField(label, [InputRequired(complaint)])


def _new_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [
            InputRequired(_("Please choose a password")),
            Length(PASSWORD_MIN, PASSWORD_MAX, _("A password has 8 to 128 characters")),
        ],
    )


def _contact(label: Any) -> StringField:
    return StringField(label, [DataRequired(_("Please type your phone number or e-mail"))], [_line])


def contact_of(typed: str) -> str:
    """What somebody typed to say who she is, in the one way in which tries are counted."""
    return phone_number(typed) or email_address(typed) or typed


class SignIn(FlaskForm):
    """Who, and the password."""

    contact = _contact(_("Phone number or e-mail"))
    password = _password(_("Password"), _("Please type your password"))


class SignUp(FlaskForm):
    """A new trainee: nothing that teaching her does not need."""

    contact = _contact(_("Phone number or e-mail"))
    name = StringField(
        _("Display name"),
        [
            DataRequired(_("How should your classmates call you?")),
            Length(max=NAME_MOST, message=_("20 characters at most")),
        ],
        [_line],
    )
    password = _new_password(_("Password"))
    code = StringField(_("Class invitation code"), filters=[_line])
    consent = BooleanField(_("I have read and accept the terms and the privacy notice"))

    def validate_contact(self, field: StringField) -> None:
        typed = field.data or ""
        if not phone_number(typed) and not email_address(typed):
            raise ValidationError(_("That is neither a mobile number of 11 digits nor an e-mail address"))

    def validate_name(self, field: StringField) -> None:
        _check_name(field)

    def validate_consent(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(_("Please read both and tick the box if you agree"))


class Profile(FlaskForm):
    """What classmates see, and how she is addressed."""

    name = StringField(
        _("Display name"),
        [
            DataRequired(_("How should your classmates call you?")),
            Length(max=NAME_MOST, message=_("20 characters at most")),
        ],
        [_line],
    )
    salutation = RadioField(_("How should we address you?"), choices=SALUTATIONS, default="女士")

    def validate_name(self, field: StringField) -> None:
        _check_name(field)


def _check_name(field: StringField) -> None:
    if not is_name(field.data or ""):
        raise ValidationError(_("How should your classmates call you?"))


class Password(FlaskForm):
    """A new password, by the present one."""

    present = _password(_("Present password"), _("Please type your present password"))
    new = _new_password(_("New password"))


class Reset(FlaskForm):
    """A new password, by a one-time code from the trainer."""

    contact = _contact(_("Phone number or e-mail"))
    code = StringField(_("Reset code"), [DataRequired(_("Ask your trainer for a code"))], [_line])
    new = _new_password(_("New password"))


class Confirmation(FlaskForm):
    """That it is she who asks, and not somebody who found her phone."""

    present = _password(_("Present password"), _("Please type your present password"))


class Erasure(Confirmation):
    """That she means it."""

    understood = BooleanField(_("I understand that this can’t be undone and that vouchers I have not used are lost"))

    def validate_understood(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(_("Please tick the box if you want that"))
