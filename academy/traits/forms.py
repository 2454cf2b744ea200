"""What staff type about a trainee, and the sheet that they bring."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind

from academy.text.sheets import MOST_BYTES
from academy.traits.rules import ATTRIBUTE, CHANNEL, MOST_VALUE, TAG, Noted, normal, number, objection
from academy.web import dry_runs


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


KINDS = {CHANNEL: _("Channel"), TAG: _("Tag"), ATTRIBUTE: _("Attribute")}

OBJECTIONS = {
    "key": _("1 to 40 characters, and no formula"),
    "private": _(
        "We keep no birth dates, no children’s names, no ID, phone or WeChat numbers: what is not kept can’t get lost. "
        "For a child’s age write a band of months, e.g. 宝宝7-12月."
    ),
}

UNREADABLE = dry_runs.UNREADABLE | {
    "empty": _("There is nobody in this file."),
    "columns": _("No column is headed “手机号” or “Phone”. The template shows what a list looks like."),
    "rows": _("More than 50,000 people are in this file. Please split it."),
}


class TraitForm(FlaskForm):
    """A channel, a tag, or an attribute with its value."""

    kind = SelectField(_("Kind"), choices=[SelectChoice(kind, word) for kind, word in KINDS.items()])
    key = StringField(_("Name"), filters=[lambda typed: normal(typed or "")])
    value = StringField(_("Value"))

    @property
    def noted(self) -> Noted:
        """What was typed; only of a valid form."""
        value = (number(self.value.data or "") or 0) if self.kind.data == ATTRIBUTE else 1
        return Noted(self.kind.data, self.key.data or "", value)

    def validate_key(self, field: Field) -> None:
        if why := objection(self.noted):
            raise ValidationError(OBJECTIONS[why])

    def validate_value(self, field: Field) -> None:
        if self.kind.data == ATTRIBUTE and number(field.data or "") is None:
            raise ValidationError(gettext("A whole number from 0 to %(most)s", most=MOST_VALUE))


class ImportForm(FlaskForm):
    """A sheet from the brand's CRM."""

    file = FileField(_("List, .xlsx or .csv"))

    def read(self) -> bytes:
        """What was uploaded, up to one byte too many."""
        return self.file.data.stream.read(MOST_BYTES + 1) if self.file.data else b""
