"""What staff type about cohorts, trainers, rosters and appointments."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, Field, IntegerField, SelectField, StringField, TimeField, ValidationError
from wtforms.validators import DataRequired, Length

from academy import clock
from academy.people.rules import email_address, phone_number
from academy.roster.sheets import MOST_BYTES
from academy.text.line import plain


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


MOST_SEATS = 2_000

UNREADABLE = {
    "empty": _("There is nobody in this file."),
    "large": _("This file is too large: at most 5 MB. Please split it."),
    "kind": _("This is neither an .xlsx nor a .csv file. In Excel or WPS: save as .xlsx, without a password."),
    "broken": _("This file is damaged and can’t be read. Please save it once more as .xlsx."),
    "columns": _("No column is headed “手机号” or “Phone”. The template shows what a list looks like."),
    "rows": _("More than 20,000 people are in this file. Please split it."),
}


def _line(text: str | None) -> str:
    return plain(text or "")


def _number(text: str) -> int | None:
    return int(text) if text else None


class CohortForm(FlaskForm):
    """A cohort; its tier is chosen once, as those who learn in it are of that tier."""

    name = StringField(
        _("Name"),
        [DataRequired(_("What is the cohort called?")), Length(max=60, message=_("60 characters at most"))],
        [_line],
    )
    tier = SelectField(_("Tier"))
    trainer_id = SelectField(_("Trainer"), coerce=_number)
    capacity = IntegerField(_("Seats"), default=50)
    open = BooleanField(_("Open: it takes newcomers"), default=True)

    def validate_capacity(self, field: Field) -> None:
        if field.data is not None and not 1 <= field.data <= MOST_SEATS:
            raise ValidationError(gettext("A cohort has 1 to 2,000 seats"))


class TrainerForm(FlaskForm):
    """A new trainer."""

    name = StringField(
        _("Name"),
        [DataRequired(_("What is the trainer called?")), Length(max=20, message=_("20 characters at most"))],
        [_line],
    )
    contact = StringField(_("Phone number or e-mail"), filters=[_line])

    def validate_contact(self, field: Field) -> None:
        if not phone_number(field.data) and not email_address(field.data):
            raise ValidationError(gettext("That is neither a mobile number of 11 digits nor an e-mail address"))


class ImportForm(FlaskForm):
    """A list of people, and the cohort that they are invited to."""

    cohort = SelectField(_("Cohort"), coerce=int)
    file = FileField(_("List, .xlsx or .csv"))

    def read(self) -> bytes:
        """What was uploaded, up to one byte too many."""
        return self.file.data.stream.read(MOST_BYTES + 1) if self.file.data else b""


class AppointmentForm(FlaskForm):
    """Something on a cohort's calendar, on the brand's clock."""

    title = StringField(
        _("What"), [DataRequired(_("What is it?")), Length(max=60, message=_("60 characters at most"))], [_line]
    )
    day = DateField(_("Day"))
    time = TimeField(_("Time"))
    link = StringField(_("Link"), [Length(max=500, message=_("500 characters at most"))], [_line])

    @property
    def at(self) -> datetime:
        """When it is; only of a valid form."""
        return datetime.combine(self.day.data, self.time.data, clock.ZONE)  # type: ignore[arg-type]

    def validate_time(self, field: Field) -> None:
        if self.day.data and field.data and not timedelta() < self.at - clock.now() < timedelta(days=366):
            raise ValidationError(gettext("Please choose a time to come, within a year"))

    def validate_link(self, field: Field) -> None:
        if field.data and not _is_safe(field.data):
            raise ValidationError(gettext("A link begins with https://"))


def _is_safe(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and " " not in link
