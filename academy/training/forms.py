"""What staff type about scripts, their games and sessions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import DataRequired, Length, NumberRange, Regexp

from academy import clock
from academy.catalog.blocks import is_address
from academy.people.models import Person
from academy.people.rules import email_address, phone_number
from academy.text.codes import ALPHABET, LENGTH
from academy.text.line import plain
from academy.text.typed import tidy
from academy.training.rules import (
    BLOCKS,
    DRAW,
    FEWEST_CHOICES,
    MOST_BLOCK,
    MOST_CHOICE,
    MOST_CHOICES,
    MOST_PROMPT,
    MOST_TITLE,
    MOST_VALUE,
    PEOPLE,
    POLL,
    QUESTION,
    SECONDS,
    Game,
    Script,
    is_money,
)


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


BLOCK_NAMES = {
    "pain": _("What hurts"),
    "strength": _("What our KOCs bring"),
    "solution": _("What it solves"),
    "step": _("An honest next step"),
}
BLOCK_HINTS = {
    "pain": _("One scene from her day that she knows. No product yet, and nobody is frightened."),
    "strength": _("Used at home, for how long, in which situation. What we don’t know, we say so."),
    "solution": _("How we do it, step by step, and for whom it does not fit. Nothing is promised."),
    "step": _("One small thing for tonight, and the way to say no. No countdown, no last places."),
}
GAME_NAMES = {POLL: _("Poll"), QUESTION: _("Quick question"), DRAW: _("Draw")}
PROMPTS = {
    POLL: _("What do you ask?"),
    QUESTION: _("What do you ask?"),
    DRAW: _("What are they drawn for?"),
}
LETTERS = "ABCDEF"
MINUTES = (5, 600)


def _most(n: int) -> Length:
    return Length(max=n, message=_("%(max)d characters at most"))


def _line(text: str | None) -> str:
    return plain(text or "")


class ScriptForm(FlaskForm):
    """A script's title and its four blocks; `revision` tells whether another window saved it meanwhile."""

    revision = HiddenField(validators=[Regexp(r"^\d{1,9}$")])
    title = StringField(_("Title"), [DataRequired(_("What is this script called?")), _most(MOST_TITLE)], [_line])
    pain = TextAreaField(BLOCK_NAMES["pain"], [_most(MOST_BLOCK)], [tidy])
    strength = TextAreaField(BLOCK_NAMES["strength"], [_most(MOST_BLOCK)], [tidy])
    solution = TextAreaField(BLOCK_NAMES["solution"], [_most(MOST_BLOCK)], [tidy])
    step = TextAreaField(BLOCK_NAMES["step"], [_most(MOST_BLOCK)], [tidy])

    def words(self, games: Iterable[Game]) -> Script:
        """The script as it was typed, with the games that it has."""
        return Script(self.title.data or "", {key: self[key].data or "" for key in BLOCKS}, tuple(games))


class GameForm(FlaskForm):
    """A game of one kind; it holds the fields of that kind alone."""

    revision = HiddenField(validators=[Regexp(r"^\d{1,9}$")])
    prompt = StringField(
        validators=[DataRequired(_("Write what the class will read.")), _most(MOST_PROMPT)], filters=[_line]
    )
    after = SelectField(_("When does it come?"), coerce=int)
    choices = TextAreaField(_("Choices, one a line"), filters=[tidy])
    right = SelectField(_("Which one is right?"), coerce=int)
    seconds = IntegerField(_("Seconds to answer"), [NumberRange(*SECONDS, _("From %(min)s to %(max)s seconds"))])
    people = IntegerField(_("How many are drawn?"), [NumberRange(*PEOPLE, _("From %(min)s to %(max)s people"))])
    prize = StringField(_("Prize"), [_most(MOST_CHOICE)], [_line])
    value = IntegerField(_("What one prize is worth, in yuan"))

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.prompt.label.text = PROMPTS[kind]
        self.after.choices = [
            SelectChoice(n, gettext("After “%(block)s”", block=BLOCK_NAMES[key])) for n, key in enumerate(BLOCKS, 1)
        ]
        self.right.choices = [SelectChoice(n, letter) for n, letter in enumerate(LETTERS)]
        if kind == DRAW:
            del self.choices, self.right, self.seconds
        else:
            del self.people, self.prize, self.value
        if kind == POLL:
            del self.right, self.seconds

    @property
    def lines(self) -> list[str]:
        """The choices as typed, empty lines left out."""
        return [line for line in map(plain, (self.choices.data or "").split("\n")) if line]

    def validate_choices(self, field: Field) -> None:
        if not FEWEST_CHOICES <= len(self.lines) <= MOST_CHOICES:
            raise ValidationError(
                gettext("%(fewest)s to %(most)s choices, one a line", fewest=FEWEST_CHOICES, most=MOST_CHOICES)
            )
        if len(set(self.lines)) < len(self.lines):
            raise ValidationError(gettext("Two choices read the same"))
        if any(len(line) > MOST_CHOICE for line in self.lines):
            raise ValidationError(gettext("A choice has at most %(most)s characters", most=MOST_CHOICE))

    def validate_right(self, field: Field) -> None:
        if field.data is not None and field.data >= max(len(self.lines), 1):
            raise ValidationError(gettext("There is no such choice"))

    def validate_prize(self, field: Field) -> None:
        if is_money(field.data or ""):
            raise ValidationError(gettext("No money is drawn for here, nor what is as good as money."))

    def validate_value(self, field: Field) -> None:
        # Without a prize it may be empty, or anything.
        field.errors = []
        if self.prize.data and not 1 <= (field.data or 0) <= MOST_VALUE:
            raise ValidationError(
                gettext("Say what the prize is worth: by law at most %(most)s yuan.", most=f"{MOST_VALUE:,}")
            )

    @property
    def game(self) -> Game:
        """The game as it was typed; only of a valid form."""
        shared = {"kind": self.kind, "after": self.after.data, "prompt": self.prompt.data or ""}
        if self.kind == DRAW:
            prize = self.prize.data or ""
            worth = self.value.data if prize else 0
            return Game(**shared, people=self.people.data or 1, prize=prize, value=worth or 0)
        choices = tuple(self.lines)
        if self.kind == POLL:
            return Game(**shared, choices=choices)
        return Game(**shared, choices=choices, right=self.right.data, seconds=self.seconds.data or SECONDS[0])


def _check_address(_form: FlaskForm, field: Field) -> None:
    if field.data and not is_address(field.data):
        raise ValidationError(gettext("A link begins with https://"))


def _number(text: str) -> int | None:
    return int(text) if text else None


class PlanForm(FlaskForm):
    """A session of a class; without a day it begins now. `code` lets a form that is sent twice make one session."""

    code = HiddenField(validators=[Regexp(f"^[{ALPHABET}]{{{LENGTH}}}$")])
    cohort = SelectField(_("For which class?"), coerce=int)
    script = SelectField(_("Script"), coerce=_number)
    title = StringField(_("Title"), [DataRequired(_("What is it about?")), _most(MOST_TITLE)], [_line])
    day = DateField(_("Day"))
    time = TimeField(_("Time"))
    minutes = IntegerField(_("Minutes"), [NumberRange(*MINUTES, _("From %(min)s to %(max)s minutes"))], default=60)
    join = StringField(
        _("Link to the live room"), [Length(max=500, message=_("500 characters at most")), _check_address], [_line]
    )

    def validate_day(self, field: Field) -> None:
        # Without a day it begins now.
        if not any(field.raw_data or ()):
            field.errors = []

    def validate_time(self, field: Field) -> None:
        field.errors = []
        if bool(self.day.data) != bool(field.data):
            raise ValidationError(gettext("Give both day and time, or neither to begin now"))
        if self.at and not timedelta() < self.at - clock.now() < timedelta(days=366):
            raise ValidationError(gettext("Please choose a time to come, within a year"))

    @property
    def at(self) -> datetime | None:
        """When it is to be; None for now."""
        if not self.day.data or not self.time.data:
            return None
        return datetime.combine(self.day.data, self.time.data, clock.ZONE)


class LinksForm(FlaskForm):
    """Where a session is joined, and where it can be seen again."""

    join = StringField(
        _("Link to the live room"), [Length(max=500, message=_("500 characters at most")), _check_address], [_line]
    )
    replay = StringField(
        _("Link to the replay"), [Length(max=500, message=_("500 characters at most")), _check_address], [_line]
    )


MOST_LINES = 500


class MarksForm(FlaskForm):
    """Who attended elsewhere: a name, phone number or e-mail a line, perhaps with the minutes that she stayed."""

    people = TextAreaField(
        _("Who was there"),
        [DataRequired(_("Paste the list of the platform, a person a line.")), _most(20_000)],
        [tidy],
    )


@dataclass(frozen=True)
class Marked:
    """What a pasted list says: the percent of each whom it names, and the lines that name nobody or several."""

    people: dict[int, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def read_marks(typed: str, members: Iterable[Person], minutes: int) -> Marked:
    """Find the members of a class in a pasted list, by name, phone number or e-mail; a number after it is minutes."""
    known: dict[str, set[int]] = {}
    for one in members:
        for word in (one.name, one.phone, one.email):
            if word:
                known.setdefault(plain(word).casefold(), set()).add(one.id)
    found = Marked()
    for line in [plain(line.replace("\t", " ")) for line in typed.split("\n")][:MOST_LINES]:
        if not line:
            continue
        who, stayed = _parted(line, known)
        ids = known.get(who, set())
        if len(ids) != 1:
            found.unknown.append(line)
            continue
        (id,) = ids
        share = 100 if stayed is None else min(100 * stayed // max(minutes, 1), 100)
        found.people[id] = max(found.people.get(id, 0), share)
    return found


def _parted(line: str, known: dict[str, set[int]]) -> tuple[str, int | None]:
    """Whom a line names, and the minutes after it."""
    whole = _word(line)
    if whole in known:
        return whole, None
    name, _space, last = line.replace(",", " ").replace("，", " ").strip().rpartition(" ")
    number = last.removesuffix("分钟").removesuffix("min")
    return (_word(name), int(number)) if number.isdecimal() and len(number) <= 4 else (whole, None)


def _word(text: str) -> str:
    word = plain(text.strip(" ,，"))
    return (phone_number(word) or email_address(word) or word).casefold()
