"""What staff type about cohorts, trainers, rosters and appointments."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import DataRequired, Length, Optional

from academy import clock
from academy.files.pictures import MOST_BYTES as MOST_PICTURE_BYTES
from academy.files.pictures import NotAPicture, Reencoded, reencode
from academy.people.rules import RECRUITING, TIER, email_address, phone_number
from academy.roster.rules import MOST_NUMBER, MOST_RULES, MOST_TITLE
from academy.text.line import plain
from academy.text.sheets import MOST_BYTES
from academy.text.typed import tidy
from academy.web import dry_runs


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


MOST_SEATS = 2_000

PHASE_NAMES = {
    "recruiting": _("Finding members"),
    "before": _("Getting ready"),
    "training": _("In training"),
    "closing": _("Last days of training"),
    "ended": _("Training has ended"),
}

REFUSED_PICTURE = {
    "empty": _("Please choose the picture."),
    "large": _("This picture is larger than 10 MB or 50 megapixels. Please choose a smaller one."),
    "kind": _("This is not a picture that we can open: JPEG, PNG, WebP or GIF."),
    "broken": _("This picture is damaged and can’t be opened. Please take it again."),
}

UNREADABLE = dry_runs.UNREADABLE | {
    "empty": _("There is nobody in this file."),
    "columns": _("No column is headed “手机号” or “Phone”. The template shows what a list looks like."),
    "rows": _("More than 20,000 people are in this file. Please split it."),
}


def _line(text: str | None) -> str:
    return plain(text or "")


def _number(text: str) -> int | None:
    return int(text) if text else None


class Named(FlaskForm):
    """What a cohort is called, who leads it, and how many it takes."""

    title = StringField(
        _("Name"),
        [
            DataRequired(_("What is the cohort called?")),
            Length(max=MOST_TITLE, message=_("%(max)d characters at most")),
        ],
        [_line],
    )
    number = IntegerField(_("Number"), [Optional()])
    trainer_id = SelectField(_("Trainer"), coerce=_number)
    capacity = IntegerField(_("Seats"), default=50)

    def validate_number(self, field: Field) -> None:
        if field.data is not None and not 1 <= field.data <= MOST_NUMBER:
            raise ValidationError(gettext("A whole number from 1 to %(most)s", most=MOST_NUMBER))

    def validate_capacity(self, field: Field) -> None:
        if field.data is not None and not 1 <= field.data <= MOST_SEATS:
            raise ValidationError(gettext("A cohort has 1 to 2,000 seats"))

    @property
    def typed(self) -> dict[str, Any]:
        """The values as an action takes them; only of a valid form."""
        return {name: self[name].data for name in ("title", "number", "trainer_id", "capacity")}


class CohortForm(Named):
    """A cohort; its kind and its tier are chosen once, as those who learn in it are of that tier."""

    kind = RadioField(
        _("Kind"),
        choices=[
            SelectChoice(TIER, _("Class of a tier")),
            SelectChoice(RECRUITING, _("Recruiting group: candidates apply, both sides choose")),
        ],
        default=TIER,
    )
    tier = SelectField(_("Tier"))
    open = BooleanField(_("Open: it takes newcomers"), default=True)
    external = BooleanField(_("From outside: who joins through it is an external distributor, with a timed assessment"))

    @property
    def typed(self) -> dict[str, Any]:
        return super().typed | {"open": self.open.data, "external": self.external.data}


class NextForm(Named):
    """The next cohort like one."""

    first = DateField(_("First day"))

    def validate_first(self, field: Field) -> None:
        if field.data and not timedelta() <= field.data - clock.today() <= timedelta(days=366):
            raise ValidationError(gettext("Please choose a day to come, within a year"))


class RulesForm(FlaskForm):
    """What a cohort asks of its members."""

    rules = TextAreaField(
        _("Rules of the group"), [Length(max=MOST_RULES, message=_("%(max)d characters at most"))], [tidy]
    )


class GroupQrForm(FlaskForm):
    """The picture that leads to a cohort's group outside; after `validate`, `taken` is what is kept of it."""

    picture = FileField(_("Picture of the QR code"))
    until = DateField(_("Works until"))
    taken: Reencoded

    def validate_picture(self, field: Field) -> None:
        data = field.data.stream.read(MOST_PICTURE_BYTES + 1) if field.data else b""
        try:
            self.taken = reencode(data)
        except NotAPicture as error:
            raise ValidationError(str(REFUSED_PICTURE[error.reason])) from error

    def validate_until(self, field: Field) -> None:
        if field.data and not timedelta() < field.data - clock.today() <= timedelta(days=366):
            raise ValidationError(gettext("Please choose a day to come, within a year"))

    @property
    def ends(self) -> datetime:
        """At this hour of its last day; only of a valid form."""
        return datetime.combine(self.until.data, clock.local(clock.now()).time(), clock.ZONE)  # type: ignore[arg-type]


class TransferForm(FlaskForm):
    """The class to which a trainee moves; why is one of a few words, as the trail of what staff did names nobody."""

    cohort = SelectField(_("Her new class"), coerce=int)
    reason = SelectField(
        _("Reason"),
        choices=[
            SelectChoice("", _("None given")),
            SelectChoice("asked", _("She asked for it")),
            SelectChoice("time", _("The times suit her better")),
            SelectChoice("size", _("The classes are evened out")),
            SelectChoice("trainer", _("Another trainer suits better")),
        ],
        default="",
    )


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
