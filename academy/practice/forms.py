"""What is typed and chosen for a hand-in, and for its verdict."""

from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, Field, IntegerField, TextAreaField, ValidationError

from academy.catalog.content import Practice
from academy.files.pictures import NotAPicture
from academy.practice.pictures import Kept, take, unsign
from academy.practice.rules import MOST_COMMENT, MOST_PEOPLE
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


class HandInForm(FlaskForm):
    """A text and its pictures; after `validate` all good pictures are kept, whatever else was wrong."""

    text = TextAreaField(_("Your words"), filters=[tidy])
    pictures = MultipleFileField(_("Photos"))
    mine = BooleanField(_("I took these photos myself, and they show no child’s face"))
    people = IntegerField(_("People in your group"))
    named = BooleanField(_("My group may be announced as an example in the class, with my display name"))

    def __init__(self, practice: Practice, trainee_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
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

    def validate_mine(self, field: Field) -> None:
        if self.kept and not field.data:
            raise ValidationError(gettext("Please confirm this before you hand in photos."))


class VerdictForm(FlaskForm):
    """A comment, which must say something where a hand-in is returned, and where a group is accepted its people."""

    comment = TextAreaField(_("Comment"), filters=[tidy])
    people = IntegerField(_("People that you count in her group"))
    needed = False
    counts = False

    def validate_people(self, field: Field) -> None:
        field.errors = []
        if self.counts:
            _check_people(field)

    def validate_comment(self, field: Field) -> None:
        if self.needed and not field.data:
            raise ValidationError(gettext("Say what to change, so that she can hand in again."))
        if len(field.data) > MOST_COMMENT:
            raise ValidationError(
                gettext("%(n)s characters, at most %(most)s are possible.", n=len(field.data), most=MOST_COMMENT)
            )
