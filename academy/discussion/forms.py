"""What is written under a lesson, and why it is reported or taken down."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from academy.discussion.rules import LEAST, MOST, MOST_REASON, REASONS
from academy.text.typed import tidy


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


class PostForm(FlaskForm):
    """A question or an answer: plain text, with its line breaks."""

    text = TextAreaField(filters=[tidy])

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text.label.text = label

    def validate_text(self, field: Field) -> None:
        length = len(field.data)
        if not length:
            raise ValidationError(gettext("Write something first."))
        if length < LEAST:
            raise ValidationError(
                gettext("%(n)s characters so far, at least %(least)s are needed.", n=length, least=LEAST)
            )
        if length > MOST:
            raise ValidationError(gettext("%(n)s characters, at most %(most)s are possible.", n=length, most=MOST))


_READ = Regexp(r"^[1-9]\d{0,8}$", message=_("Please reload the page and read it again."))


class LettingForm(FlaskForm):
    """Let it through, in the version that was read."""

    version = HiddenField(validators=[_READ])


class RemovalForm(LettingForm):
    """Why a post is taken down."""

    reason = TextAreaField(
        _("Why it is not shown"),
        [
            DataRequired(_("Say why, so that she can read it.")),
            Length(max=MOST_REASON, message=_("300 characters at most")),
        ],
        [tidy],
    )


REASONS_SAID = tuple(
    zip(
        REASONS,
        (
            _("It shows a phone number, a face or other private matters"),
            _("It is unkind or hurts somebody"),
            _("It advertises, or asks for money"),
            _("It is wrong or promises too much"),
            _("Something else"),
        ),
        strict=True,
    )
)


class ReportForm(FlaskForm):
    """Why a post is reported."""

    reason = RadioField(
        _("What is the matter with it?"),
        [InputRequired(_("Please choose what is the matter."))],
        choices=[SelectChoice(key, said) for key, said in REASONS_SAID],
    )
