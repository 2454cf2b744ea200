"""What staff say about a violation, and about lifting one."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import DataRequired, Length, Regexp

from academy.criteria.language import VIOLATIONS
from academy.journal.conduct import RULES
from academy.text.typed import tidy
from academy.web.reading import pick


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


MOST_NOTE = 500
_MOST = Length(max=MOST_NOTE, message=_("500 characters at most"))


class CaseForm(FlaskForm):
    """A violation: which rule, how grave, what happened. `number` tells a form that is sent twice."""

    number = HiddenField(validators=[Regexp(r"^[1-9]\d{0,5}$")])
    rule = SelectField(_("Which rule was broken"))
    kind = RadioField(
        _("How grave it is"),
        choices=list(map(SelectChoice, VIOLATIONS, (_("Minor"), _("Serious")))),
    )
    note = TextAreaField(
        _("What happened in this case"), [DataRequired(_("Say what happened, so that she can answer.")), _MOST], [tidy]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rule.choices = [SelectChoice(key, pick(words)) for key, words in RULES.items()]


class LiftingForm(FlaskForm):
    """Why a violation is lifted."""

    note = TextAreaField(_("Why it is lifted"), [DataRequired(_("Say why, so that she can read it.")), _MOST], [tidy])
