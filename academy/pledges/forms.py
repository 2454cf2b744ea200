"""What is needed to sign."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from academy.pledges.rules import MOST_NAME


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


class SignForm(FlaskForm):
    """A tick, a name, and the version that was read."""

    version = HiddenField()
    agreed = BooleanField(
        _("I have read every line and will keep to it"),
        validators=[InputRequired(_("Tick this when you have read it."))],
    )
    name = StringField(
        _("Your name"),
        filters=[lambda typed: (typed or "").strip()],
        validators=[
            DataRequired(_("Sign with your name, the way your classmates know you.")),
            Length(max=MOST_NAME, message=_("At most %(max)d characters.")),
        ],
    )
