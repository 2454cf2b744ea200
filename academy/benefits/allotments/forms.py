"""A sheet of figures for a month, and what is said of its lines."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField

from academy import clock
from academy.benefits.allotments.rules import Misfit, months
from academy.text.sheets import MOST_BYTES
from academy.web import dry_runs
from academy.web.reading import month

UNREADABLE: dict[str, Any] = dry_runs.UNREADABLE | {
    "empty": lazy_gettext("There are no figures in this file."),
    "columns": lazy_gettext("A column is missing. The template shows which ones a sheet has."),
    "rows": lazy_gettext("More than 50,000 lines are in this file. Please split it."),
}


class ImportForm(FlaskForm):
    """Figures of a month that is over."""

    month: Any = SelectField(lazy_gettext("Month"))  # type: ignore[arg-type]
    file: Any = FileField(lazy_gettext("Sheet, .xlsx or .csv"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.month.choices = [(one, month(one)) for one in months(clock.today())]

    def read(self) -> bytes:
        """What was uploaded, up to one byte too many."""
        return self.file.data.stream.read(MOST_BYTES + 1) if self.file.data else b""


def column(name: str) -> str:
    """A column of a sheet in words."""
    return {
        "users": _("Users"),
        "orders": _("Orders"),
        "asked": _("Asked"),
        "served": _("Served"),
        "complaints": _("Complaints"),
    }[name]


def why(misfit: Misfit) -> str:
    """Why a line is left out."""
    match misfit.why:
        case "who":
            return _("neither a mobile number of 11 digits nor a trainee number")
        case "figure":
            return _("%(column)s: no whole number from 0 to 1,000,000", column=column(misfit.where))
        case "orders":
            return _("more orders than customers")
        case "served":
            return _("more served than asked")
        case "complaints":
            return _("more complaints than asked")
        case "repeated":
            return _("stands further up already")
        case "unknown":
            return _("no trainee has this number")
        case "tier":
            return _("her tier has no customer groups")
        case _:
            return _("other figures of this month are recorded; what is recorded stays as it is")
