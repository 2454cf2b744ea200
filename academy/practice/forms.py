"""What is typed and chosen for a hand-in, and for its verdict."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind

from academy.catalog.content import Practice
from academy.files.pictures import NotAPicture
from academy.practice.actions import Terms
from academy.practice.pictures import Kept, take, unsign
from academy.practice.rules import (
    BRAND,
    LEAST_PEER,
    MONTHS,
    MOST_COMMENT,
    MOST_LINK,
    MOST_PEOPLE,
    MOST_REMARK,
    SITE,
    STARS,
    Aspect,
    is_link,
    link_in,
    sentences,
)
from academy.text.typed import blanks, tidy


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


REFUSED = {
    "empty": _("“%(name)s” is empty. Please choose it once more."),
    "large": _("“%(name)s” is larger than 10 MB or 50 megapixels. Please choose a smaller one."),
    "kind": _("“%(name)s” is not a photo that we can open: JPEG, PNG, WebP or GIF."),
    "broken": _("“%(name)s” is damaged and can’t be opened. Please take it again."),
}


def _check_people(field: Field) -> None:
    """Whether a number of people was typed, whatever else stood there."""
    if field.data is None or not 1 <= field.data <= MOST_PEOPLE:
        field.errors = []
        raise ValidationError(gettext("A whole number from 1 to %(most)s", most=MOST_PEOPLE))


def _link(typed: str | None) -> str:
    return link_in(tidy(typed))


def _must(field: Field, message: Any) -> None:
    if not field.data:
        raise ValidationError(message)


class HandInForm(FlaskForm):
    """A text, its pictures and a link; after `validate` all good pictures are kept, whatever else was wrong.

    UGC asks besides for what the law wants stated, and what the brand may do with it.
    """

    text = TextAreaField(_("Your words"), filters=[tidy])
    pictures = MultipleFileField(_("Photos"))
    mine = BooleanField(_("I took these photos myself, and they show no child’s face"))
    people = IntegerField(_("People in your group"))
    named = BooleanField(_("My group may be announced as an example in the class, with my display name"))
    link = StringField(_("Link to what you published"), filters=[_link])
    checks = SelectMultipleField(_("Self-check"), validate_choice=False)
    shared = BooleanField(_("Fellow students may read it, without my name, and tell me what they like"))
    used = BooleanField(_("I have used this product myself, and what I tell is what I saw"))
    marked = BooleanField(_("What I publish for the brand is marked 广告"))
    faceless = BooleanField(_("No child’s face is to be seen, nor anybody else’s private matters"))
    scope = RadioField(
        _("What may the brand do with it?"),
        choices=[
            SelectChoice(SITE, _("Show it inside the academy")),
            SelectChoice(BRAND, _("Also use it again in its own channels")),
        ],
        default=SITE,
    )
    months = RadioField(_("For how long?"), coerce=int, choices=[SelectChoice(n, n) for n in MONTHS], default=MONTHS[0])
    portrait = BooleanField(_("Whoever can be recognised in my photos has agreed to this"))

    def __init__(self, practice: Practice, trainee_id: int, ugc: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ugc = ugc
        if not practice.link:
            del self.link
        if not ugc:
            del self.used, self.marked, self.faceless, self.scope, self.months, self.portrait
        self.practice = practice
        self.trainee_id = trainee_id
        self.kept: list[Kept] = []
        if not practice.group:
            del self.people, self.named
        else:
            self.mine.label.text = _("These are my own, and what names or shows others is masked")

    def validate_text(self, field: Field) -> None:
        found = blanks(field.data)
        if found:
            raise ValidationError(gettext("Still to be filled in: %(blanks)s", blanks="".join(dict.fromkeys(found))))
        length, practice = len(field.data), self.practice
        if not length:
            raise ValidationError(gettext("Write a few words first."))
        if length < practice.least:
            raise ValidationError(
                gettext("%(n)s characters so far, at least %(least)s are needed.", n=length, least=practice.least)
            )
        if length > practice.most:
            raise ValidationError(
                gettext("%(n)s characters, at most %(most)s are possible.", n=length, most=practice.most)
            )

    def validate_pictures(self, field: Field) -> None:
        most = self.practice.pictures
        self.kept = unsign(request.form.getlist("kept"), self.trainee_id)
        uploads = [upload for upload in field.data or [] if upload]
        too_many = len(self.kept) + len(uploads) > most
        reasons = []
        for upload in uploads[: max(most - len(self.kept), 0)]:
            try:
                kept = take(upload)
            except NotAPicture as error:
                reasons.append(REFUSED[error.reason] % {"name": upload.filename})
                continue
            if kept not in self.kept:
                self.kept.append(kept)
        if too_many:
            reasons.append(gettext("At most %(most)s photos; the first ones are kept below.", most=most))
        if reasons:
            # One message a picture; WTForms knows only one a field.
            field.errors = [*field.errors, *reasons[:-1]]
            raise ValidationError(reasons[-1])

    def validate_people(self, field: Field) -> None:
        _check_people(field)

    def validate_link(self, field: Field) -> None:
        _must(field, gettext("Paste the link of what you published."))
        if len(field.data) > MOST_LINK:
            raise ValidationError(gettext("This link is too long; copy the short one that the app offers."))
        if not is_link(field.data):
            raise ValidationError(gettext("This is no link that we can open: it begins with https://"))

    def validate_used(self, field: Field) -> None:
        _must(field, gettext("Only what you have used yourself can be handed in."))

    def validate_marked(self, field: Field) -> None:
        _must(field, gettext("Mark it 广告 before you hand it in."))

    def validate_faceless(self, field: Field) -> None:
        _must(field, gettext("Please mask faces and private matters first."))

    @property
    def terms(self) -> Terms | None:
        """What she lets the brand do with it, if it is UGC."""
        return Terms(self.scope.data, self.months.data, self.portrait.data) if self.ugc else None

    @property
    def statements(self) -> list[str]:
        """What she states by handing in UGC, in the words that she read."""
        return [str(one.label.text) for one in (self.used, self.marked, self.faceless)] if self.ugc else []

    def validate_mine(self, field: Field) -> None:
        if self.kept and not field.data:
            raise ValidationError(gettext("Please confirm this before you hand in photos."))


class VerdictForm(FlaskForm):
    """A comment, which says something where a hand-in is returned, stars, and where a group is accepted its people."""

    comment = TextAreaField(_("Comment"), filters=[tidy])
    people = IntegerField(_("People that you count in her group"))
    needed = False
    counts = False

    def __init__(self, rubric: Sequence[Aspect] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scores = stars_in(rubric)

    def validate_people(self, field: Field) -> None:
        field.errors = []
        if self.counts:
            _check_people(field)

    def validate_comment(self, field: Field) -> None:
        if self.needed and not field.data:
            raise ValidationError(gettext("Say what to change, so that she can hand in again."))
        _check_length(field, MOST_COMMENT)


def stars_in(rubric: Sequence[Aspect]) -> dict[str, int]:
    """The stars of a form by aspect; what is none is not given."""
    typed = {aspect.key: request.form.get(f"stars-{aspect.key}", type=int) for aspect in rubric}
    return {key: stars for key, stars in typed.items() if stars and 1 <= stars <= STARS}


def _check_length(field: Field, most: int) -> None:
    if len(field.data) > most:
        raise ValidationError(gettext("%(n)s characters, at most %(most)s are possible.", n=len(field.data), most=most))


class RemarkForm(FlaskForm):
    """A remark on a passage: where the selection stands, or else the number of a sentence."""

    remark = TextAreaField(_("Remark on a passage"), filters=[tidy])

    def __init__(self, text: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.of = text
        self.passage = self._passage()

    def _passage(self) -> tuple[int, int] | None:
        start, end = (request.form.get(name, type=int) for name in ("start", "end"))
        if start is not None and end is not None and 0 <= start < end <= len(self.of):
            return start, end
        number, found = request.form.get("sentence", type=int), sentences(self.of)
        return found[number - 1] if number is not None and 1 <= number <= len(found) else None

    def validate_remark(self, field: Field) -> None:
        _must(field, gettext("Say what you think of this passage."))
        _check_length(field, MOST_REMARK)
        if self.passage is None:
            raise ValidationError(gettext("Choose the passage first."))


class PhraseForm(FlaskForm):
    """A phrase for comments, and whether all trainers may use it."""

    title = StringField(_("Short name"), filters=[tidy])
    text = TextAreaField(_("Words"), filters=[tidy])
    shared = BooleanField(_("For all trainers"))

    def validate_title(self, field: Field) -> None:
        _must(field, gettext("Give it a short name."))
        _check_length(field, 12)

    def validate_text(self, field: Field) -> None:
        _must(field, gettext("Write the words first."))
        _check_length(field, MOST_REMARK)


class PeerForm(FlaskForm):
    """A fellow student's stars and kind words."""

    comment = TextAreaField(_("What do you like, and what would you try?"), filters=[tidy])

    def __init__(self, rubric: Sequence[Aspect], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rubric = rubric
        self.scores = stars_in(rubric)

    def validate_comment(self, field: Field) -> None:
        if len(field.data) < LEAST_PEER:
            raise ValidationError(gettext("Write at least %(n)s characters, so that it helps.", n=LEAST_PEER))
        _check_length(field, MOST_REMARK)
        if len(self.scores) < len(self.rubric):
            raise ValidationError(gettext("Give stars in each line, too."))
