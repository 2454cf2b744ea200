"""What staff choose: whom certificates are issued to, and what is printed of them."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, Field, RadioField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import Optional

from academy import clock
from academy.catalog.content import Catalog
from academy.people.models import Cohort
from academy.registry.batches import Filter, document
from academy.registry.rules import earliest
from academy.text.line import plain
from academy.text.sheets import MOST_BYTES
from academy.tiers.rules import ladder
from academy.web import dry_runs
from academy.web.reading import day, pick

COHORT, FILTER, SHEET, HAND = WAYS = ("cohort", "filter", "sheet", "hand")


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


UNREADABLE = dry_runs.UNREADABLE | {
    "empty": _("There is nobody in this file."),
    "columns": _("No column is headed “手机号” or “Phone”. The template shows what a list looks like."),
    "rows": _("More than 50,000 people are in this file. Please split it."),
}


class Choice(FlaskForm):
    """Which certificate, and to whom: a class, a filter, a sheet, or one trainee with a reason."""

    design = SelectField(_("Certificate"))
    way = RadioField(
        _("To whom"),
        choices=[
            SelectChoice(COHORT, _("Everybody in a class")),
            SelectChoice(FILTER, _("Whoever fits a filter")),
            SelectChoice(SHEET, _("The people on a sheet")),
            SelectChoice(HAND, _("One trainee, by hand")),
        ],
        default=COHORT,
    )
    cohort = SelectField(_("Cohort"), coerce=int, validate_choice=False)
    tier = SelectField(_("Tier"), validate_choice=False)
    trait = SelectField(_("Channel or tag"), validate_choice=False)
    meets = SelectField(_("Meets the conditions of"), validate_choice=False)
    file = FileField(_("List, .xlsx or .csv"))
    contact = StringField(_("Phone number or e-mail address"), filters=[lambda typed: plain(typed or "")])
    reason = StringField(_("Reason"), filters=[lambda typed: plain(typed or "")])

    def __init__(self, catalog: Catalog, cohorts: list[Cohort], traits: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        designs = [one for one in catalog.one("designs")["designs"] if not one.get("retired")]
        named = [SelectChoice(one["key"], pick(one.get("name", one["title"]))) for one in designs]
        anybody = SelectChoice("", gettext("All"))
        self.design.choices = named
        self.cohort.choices = [SelectChoice(one.id, one.name) for one in cohorts]
        self.tier.choices = [anybody, *(SelectChoice(one.key, pick(one.title)) for one in ladder(catalog).tiers)]
        self.trait.choices = [anybody, *(SelectChoice(f"{kind}:{key}", key) for kind, key in traits)]
        rules = {one["key"] for one in designs if "criterion" in one}
        self.meets.choices = [SelectChoice("", gettext("No conditions")), *(one for one in named if one.value in rules)]

    @property
    def wanted(self) -> Filter:
        """Which trainees are asked for, of a class or by a filter."""
        if self.way.data == COHORT:
            return Filter(cohort=self.cohort.data)
        kind, _colon, key = (self.trait.data or "").partition(":")
        return Filter(tier=self.tier.data or None, trait=(kind, key) if key else None, design=self.meets.data or None)

    @property
    def title(self) -> str:
        """What the batch is called, after how its people were chosen."""
        if self.way.data == SHEET:
            return plain(self.file.data.filename or "") or gettext("The people on a sheet")
        if self.way.data == COHORT:
            return _label(self.cohort)
        chosen = [_label(field) for field in (self.tier, self.trait, self.meets) if field.data]
        return " · ".join(chosen) or gettext("All trainees")

    def read(self) -> bytes:
        """What was uploaded, up to one byte too many."""
        return self.file.data.stream.read(MOST_BYTES + 1) if self.file.data else b""

    def validate_cohort(self, field: SelectField) -> None:
        if self.way.data == COHORT:
            _known(field)

    def validate_meets(self, field: SelectField) -> None:
        if self.way.data == FILTER:
            for one in (self.tier, self.trait, field):
                _known(one)

    def validate_reason(self, field: Field) -> None:
        if self.way.data == HAND and not field.data:
            raise ValidationError(gettext("Please give a reason."))
        if len(field.data) > 200:
            raise ValidationError(gettext("200 characters at most"))


def _known(field: SelectField) -> None:
    if (field.data or "") not in [choice.value for choice in field.choices]:  # type: ignore[union-attr]
        raise ValidationError(gettext("Please choose one of these."))


def _label(field: SelectField) -> str:
    return next(str(choice.label) for choice in field.choices if choice.value == field.data)  # type: ignore[union-attr]


class Terms(FlaskForm):
    """Which day the papers bear, and whether their holders are told."""

    issued_on = DateField(_("Date on the certificate"), [Optional()])
    notify = BooleanField(_("Tell the trainees"), default=True)

    def __init__(self, catalog: Catalog, design: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.latest = clock.today()
        self.earliest = earliest(self.latest, document(catalog, design).get("valid_days"))

    def validate_issued_on(self, field: DateField) -> None:
        if field.raw_data and field.raw_data[0] and not field.data:
            raise ValidationError(gettext("Please choose a day."))
        if field.data and not self.earliest <= field.data <= self.latest:
            raise ValidationError(
                gettext("From %(first)s to %(last)s", first=day(self.earliest), last=day(self.latest))
            )
