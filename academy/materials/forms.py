"""What is filled into a material."""

from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Regexp

from academy.materials.rules import MOST_FILLED
from academy.text.line import plain


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


class FillForm(FlaskForm):
    """A line for each blank, named by it: 【月龄】."""

    @property
    def filled(self) -> dict[str, str]:
        return {name: words for name, words in self.data.items() if name != "csrf_token"}


@lru_cache(maxsize=256)
def fill_form(blanks: tuple[str, ...]) -> type[FillForm]:
    """The form of a text with these blanks."""
    return type("BlanksForm", (FillForm,), {blank: _line(blank, n) for n, blank in enumerate(blanks)})


def _line(blank: str, n: int) -> StringField:
    return StringField(
        blank.strip("【】"),
        id=f"blank-{n}",
        filters=[lambda typed: plain(typed or "")],
        validators=[
            DataRequired(_("Fill this in with what is true for you.")),
            Length(max=MOST_FILLED, message=_("At most %(max)d characters.")),
            Regexp("[^【】]*$", message=_("Write it without the brackets 【 and 】.")),
        ],
    )
