"""The table as it is edited: a row a class of products with a rate for each tier, rights as lines, the allotment."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count, zip_longest
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from academy import clock
from academy.benefits.rules import is_wording, per_mille
from academy.catalog.content import Text
from academy.catalog.queries import on_page
from academy.text.line import plain
from academy.text.wording import hints
from academy.tiers.benefits import MOST_RATE, MOST_USERS, Benefits
from academy.tiers.rules import Tier
from academy.web.reading import pick

MOST_CLASSES = 12
MOST_RIGHTS = 8
MOST_LETTERS = 60
RATES = ("orders", "service", "complaints")


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


def _line(typed: str | None) -> str:
    return plain(typed or "")


def _lines(typed: str | None) -> str:
    return "\n".join(filter(None, map(plain, (typed or "").splitlines())))


def _words(form: Form, field: Field) -> None:
    """Refuse lines that are too long, and the listed words, among which are promises of income."""
    if any(len(line) > MOST_LETTERS for line in field.data.splitlines()):
        raise ValidationError(gettext("At most %(n)s characters in a line.", n=MOST_LETTERS))
    for hint in hints(field.data, on_page().one("words")["rules"]):
        raise ValidationError(gettext("“%(words)s”: %(why)s", words=hint.words, why=pick(hint.why)))


def _percent(most: int) -> Callable[[Form, Field], None]:
    def check(form: Form, field: Field) -> None:
        rate = per_mille(field.data)
        if rate is None:
            raise ValidationError(gettext("“%(typed)s” is no number with one decimal at most.", typed=field.data))
        if rate < 0:
            raise ValidationError(gettext("Less than nothing can’t be published."))
        if rate > most:
            raise ValidationError(gettext("At most %(n)s per cent are possible.", n=most // 10))

    return check


def _users(form: Form, field: Field) -> None:
    if form["tier"].data and not (field.data and 1 <= field.data <= MOST_USERS):
        raise ValidationError(gettext("A number from 1 to %(n)s.", n=MOST_USERS))


class ClassForm(Form):
    """A class of products. A row without anything in it is a free one."""

    key = HiddenField()
    title_zh = StringField(_("Chinese"), [_words], [_line])
    title_en = StringField(_("English"), [_words], [_line])
    hint_zh = StringField(_("Chinese"), [_words], [_line])
    hint_en = StringField(_("English"), [_words], [_line])
    rates = FieldList(StringField(validators=[_percent(MOST_RATE)], filters=[_line]), max_entries=20)
    remove = BooleanField(_("Remove"))

    @property
    def is_gone(self) -> bool:
        words = (self.title_zh, self.title_en, self.hint_zh, self.hint_en, *self.rates)
        return self.remove.data or not (self.key.data or any(field.data for field in words))

    def validate(self, extra_validators: Any = None) -> bool:
        return self.is_gone or super().validate(extra_validators)

    def validate_title_zh(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("A class needs a title."))

    def validate_hint_zh(self, field: Field) -> None:
        if self.hint_en.data and not field.data:
            raise ValidationError(gettext("Please say it in Chinese, too."))


class RightsForm(Form):
    """The rights of a tier, one a line; each English line stands for the Chinese one in the same place."""

    zh = TextAreaField(_("Chinese"), [_words], [_lines])
    en = TextAreaField(_("English"), [_words], [_lines])

    def validate_zh(self, field: Field) -> None:
        if len(field.data.splitlines()) > MOST_RIGHTS:
            raise ValidationError(gettext("At most %(n)s lines.", n=MOST_RIGHTS))

    def validate_en(self, field: Field) -> None:
        if field.data and len(field.data.splitlines()) != len(_said(self.zh).splitlines()):
            raise ValidationError(gettext("As many lines as in Chinese, please, or none."))


class AllotmentForm(Form):
    """The allotment of customers; without a tier there is none."""

    tier = SelectField(_("From which tier on"))
    users = IntegerField(_("Customers at first"), [_users])
    raised = IntegerField(_("Customers after a good month"), [_users])
    orders = StringField(_("Orders, at least"), [_percent(1000)], [_line])
    service = StringField(_("Service, at least"), [_percent(1000)], [_line])
    complaints = StringField(_("Complaints, at most"), [_percent(1000)], [_line])

    def validate(self, extra_validators: Any = None) -> bool:
        # Without a tier nobody asks what the rest says, but that there is such a tier, somebody does.
        return super().validate(extra_validators) if self.tier.data else self.tier.validate(self)

    def validate_raised(self, field: Field) -> None:
        if self.users.data and field.data and field.data < self.users.data:
            raise ValidationError(gettext("Not less than at first."))


class BenefitsForm(FlaskForm):
    """The whole table, for the tiers of the ladder. `published` is the newest version, empty for none."""

    version = HiddenField()
    ladder = HiddenField()
    start = DateField(_("Holds from"))
    classes = FieldList(FormField(ClassForm), max_entries=MOST_CLASSES)
    rights = FieldList(FormField(RightsForm), max_entries=20)
    allotment = FormField(AllotmentForm)

    def __init__(self, tiers: Sequence[Tier], published: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tiers, self.published = tiers, published
        self.base = Benefits.of(published) if published else None
        self.allotment.form.tier.choices = [("", gettext("None")), *((tier.key, pick(tier.title)) for tier in tiers)]
        if not self.is_submitted() and len(self.classes) < MOST_CLASSES:
            self.classes.append_entry()
        for row in self.classes:
            _as_many(row.form.rates, len(tiers))
        _as_many(self.rights, len(tiers))

    def validate_ladder(self, field: Field) -> None:
        if field.data != ladder_of(self.tiers):
            raise ValidationError(gettext("The tiers have changed meanwhile. Please open this page anew."))

    def validate_classes(self, field: Field) -> None:
        if all(row.form.is_gone for row in self.classes):
            raise ValidationError(gettext("At least one class is needed."))

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        new = Benefits.of(self.content)
        if new.start < clock.today() and not (self.base and is_wording(self.base, new)):
            self.start.errors = [gettext("What has changed can begin today or later.")]
            return False
        return True

    @property
    def content(self) -> dict[str, Any]:
        """The document that was typed; only of a valid form."""
        rows = [row.form for row in self.classes if not row.form.is_gone]
        keys = self._keys([_said(row.key) for row in rows])
        typed = {
            "from": str(self.start.data),
            "classes": [_class(key, row) for key, row in zip(keys, rows, strict=True)],
            "tiers": [
                {"key": tier.key, "rates": {key: _rate(row.rates[n]) for key, row in zip(keys, rows, strict=True)}}
                | _named("rights", _rights(self.rights[n].form))
                for n, tier in enumerate(self.tiers)
            ],
        } | _named("allotment", self._allotment())
        # What holds already does not begin anew.
        if self.base and self.base.start <= clock.today() and typed | {"from": str(self.base.start)} == self.published:
            return dict(self.published)
        return typed

    def _keys(self, typed: Sequence[str]) -> list[str]:
        """The key of each row: its own where it is published, else one that is free."""
        known = {one.key for one in self.base.classes} if self.base else set()
        free = (f"class-{n}" for n in count(1) if f"class-{n}" not in known)
        keys: list[str] = []
        for key in typed:
            keys.append(key if key in known and key not in keys else next(free))
        return keys

    def _allotment(self) -> dict[str, Any]:
        form = self.allotment.form
        if not form.tier.data:
            return {}
        rates = {name: _rate(form[name]) for name in RATES}
        return {"tier": form.tier.data, "users": form.users.data, "raised": form.raised.data} | rates


def ladder_of(tiers: Sequence[Tier]) -> str:
    """The tiers that a form was made for."""
    return ",".join(tier.key for tier in tiers)


def filled(tiers: Sequence[Tier], content: Mapping[str, Any]) -> dict[str, Any]:
    """What to type for a published version; for the first one, almost nothing."""
    if not content:
        return {"start": clock.today()}
    table = Benefits.of(content)
    allotment = content.get("allotment", {})
    return {
        "start": max(clock.today(), table.start),
        "classes": [
            {
                "key": one.key,
                "title_zh": one.title["zh"],
                "title_en": one.title.get("en", ""),
                "hint_zh": one.hint["zh"] if one.hint else "",
                "hint_en": one.hint.get("en", "") if one.hint else "",
                "rates": [_typed(table.rates.get(tier.key, {}).get(one.key)) for tier in tiers],
            }
            for one in table.classes
        ],
        "rights": [_typed_rights(table.rights.get(tier.key, ())) for tier in tiers],
        "allotment": {**allotment, **{name: _typed(allotment.get(name)) for name in RATES}},
    }


def _typed_rights(rights: Sequence[Text]) -> dict[str, str]:
    english = [right.get("en", "") for right in rights]
    return {"zh": "\n".join(right["zh"] for right in rights), "en": "\n".join(english) if all(english) else ""}


def _typed(rate: int | None) -> str:
    return "" if rate is None else f"{rate // 10}.{rate % 10}".removesuffix(".0")


def _said(field: Field) -> str:
    return field.data or ""


def _rate(field: Field) -> int | None:
    return per_mille(_said(field))


def _class(key: str, row: ClassForm) -> dict[str, Any]:
    title, hint = _text(row.title_zh, row.title_en), _text(row.hint_zh, row.hint_en)
    return {"key": key, "title": title} | _named("hint", hint)


def _rights(form: RightsForm) -> list[dict[str, str]]:
    pairs = zip_longest(_said(form.zh).splitlines(), _said(form.en).splitlines(), fillvalue="")
    return [{"zh": zh} | _named("en", en) for zh, en in pairs]


def _text(zh: Field, en: Field) -> dict[str, Any]:
    return _named("zh", zh.data) | _named("en", en.data)


def _named(name: str, value: Any) -> dict[str, Any]:
    """What there is, under its name; nothing where there is nothing."""
    return {name: value} if value else {}


def _as_many(fields: "FieldList[Any]", number: int) -> None:
    while len(fields) < number:
        fields.append_entry()
    while len(fields) > number:
        fields.pop_entry()
