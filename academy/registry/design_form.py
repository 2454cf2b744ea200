"""What is typed and chosen in the editor of a design."""

import io
from collections.abc import Callable, Mapping
from math import atan2, tau
from typing import Any

from flask import current_app, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from PIL import Image
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import Optional

from academy.achievements.certificates.queries import AREAS
from academy.achievements.certificates.rules import (
    BOTH,
    CHINESE,
    DIGITS,
    EN,
    LANDSCAPE,
    LENGTHS,
    PORTRAIT,
    TEXTS,
    ZH,
)
from academy.catalog.content import Catalog
from academy.catalog.parts import Part
from academy.composing import trees
from academy.files import FileRoom
from academy.files.pictures import MOST_LOGO_BYTES, NotAPicture, reencode_logo
from academy.registry.rules import SLOTS, tree_of, with_tree
from academy.text.line import plain
from academy.tiers.rules import ladder
from academy.web.reading import pick

AREA = AREAS[0]
LOCALES = (ZH, EN)
COUNTED = ("lesson.completed", "handin.accepted", "checkin.done", "quiz.passed")


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


PAPERS = {
    "gold": _("Feather gold"),
    "vermilion": _("Vermilion"),
    "turquoise": _("Turquoise"),
    "plain": _("Plain white"),
}
FIELDS = {
    "name": _("name"),
    "salutation": _("salutation"),
    "course": _("course"),
    "tier": _("tier"),
    "score": _("score"),
    "count": _("count"),
    "date": _("date"),
    "serial": _("serial"),
    "issuer": _("issuer"),
}
COUNTS = {
    "lesson.completed": _("lessons completed"),
    "handin.accepted": _("hand-ins accepted"),
    "checkin.done": _("check-ins"),
    "quiz.passed": _("quizzes passed"),
}
REFUSED = {
    "empty": _("“%(name)s” is empty. Please choose it once more."),
    "large": _("“%(name)s” is larger than 2 MB or 16 megapixels. Please choose a smaller one."),
    "kind": _(
        "“%(name)s” can’t be taken: please choose a PNG, JPEG or WebP. An SVG can carry programs; export it as PNG."
    ),
    "broken": _("“%(name)s” is damaged and can’t be opened. Please export it again."),
    "round": _(
        "“%(name)s” is a round seal. Round seals imitate those of offices; please choose a square one, without a star."
    ),
}
PROBLEMS = {
    "text-missing": _("Please write this too: the certificate is in this language."),
    "field-unknown": _("This names a field that has no source. Choose one below, or take it out."),
    "seal-length": _("A seal holds one to four characters."),
    "signatory-length": _("Please say who signs, in at most 30 characters."),
    "days-range": _("From 30 to 3650 days, or empty for no end."),
    "too-wide": _("This is too wide for the sheet even in its smallest size. Please shorten it."),
    "too-high": _("All this wording is too much for the sheet even in its smallest size. Please shorten it."),
}


def said(problem: str) -> str:
    """A problem of a design in words; what is no key of one is wording that imitates the state's."""
    if problem.endswith("-too-long"):
        chinese, english = LENGTHS[problem.removesuffix("-too-long")]
        return gettext("At most %(zh)s characters in Chinese, %(en)s in English.", zh=chinese, en=english)
    if problem in PROBLEMS:
        return str(PROBLEMS[problem])
    return gettext(
        "“%(words)s” would make certificates look like those of the state. Please leave it out.", words=problem
    )


def chosen(named: Mapping[str, Any]) -> list[SelectChoice]:
    """Choices by value, each with its name."""
    return [SelectChoice(value, name) for value, name in named.items()]


def _line(typed: str | None) -> str:
    return plain(typed or "")


class DesignForm(FlaskForm):
    """A design; after `validate` good pictures are kept, whatever else was wrong."""

    name_zh = StringField(_("Name in lists, Chinese"), filters=[_line])
    name_en = StringField(_("Name in lists, English"), filters=[_line])
    title_zh = StringField(_("Heading, Chinese"), filters=[_line])
    title_en = StringField(_("Heading, English"), filters=[_line])
    body_zh = TextAreaField(_("Awarding words, Chinese"), filters=[_line])
    body_en = TextAreaField(_("Awarding words, English"), filters=[_line])
    subtitle_zh = StringField(_("The honor, Chinese"), filters=[_line])
    subtitle_en = StringField(_("The honor, English"), filters=[_line])
    closing_zh = StringField(_("Last sentence, Chinese"), filters=[_line])
    closing_en = StringField(_("Last sentence, English"), filters=[_line])
    paper = RadioField(_("Paper"), choices=chosen(PAPERS))
    orientation = RadioField(_("Format"), choices=chosen({LANDSCAPE: _("A4 across"), PORTRAIT: _("A4 upright")}))
    language = RadioField(
        _("Language"), choices=chosen({ZH: _("Chinese"), EN: _("English"), BOTH: _("Chinese with English")})
    )
    numerals = SelectField(
        _("Date and figures"), choices=chosen({CHINESE: "二〇二六年九月十八日", DIGITS: "2026年9月18日"})
    )
    tier = SelectField(_("Tier that it stands for"))
    course = SelectField(_("{course} is"))
    score = SelectField(_("{score} is the best result in"))
    count = SelectField(_("{count} is the number of"))
    seal = StringField(_("Characters of the seal"), filters=[_line])
    seal_picture = FileField(_("Picture instead of characters"))
    signature_name = StringField(_("Who signs"), filters=[_line])
    signature_picture = FileField(_("Signature"))
    logo = BooleanField(_("The brand’s logo on the sheet"))
    valid_days = IntegerField(_("Valid for so many days"), [Optional()])
    retired = BooleanField(_("Retired"))

    def __init__(self, catalog: Catalog, base: Part, kept: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base, self.tiers = base, {tier.key: tier for tier in ladder(catalog).tiers}
        unused = {"": _("not used")}
        self.tier.choices = chosen({"": _("none")} | {key: pick(tier.title) for key, tier in self.tiers.items()})
        self.course.choices = chosen(unused | {course.key: pick(course.title) for course in catalog.courses})
        self.score.choices = chosen(unused | {key: pick(quiz.title) for key, quiz in catalog.quizzes.items()})
        self.count.choices = chosen(unused | COUNTS)
        # A picture that is asked to be kept is one that there is.
        self.kept = {part: name for part, name in kept.items() if part in PICTURED and found(name)}

    def validate_seal_picture(self, field: Field) -> None:
        self._keep("seal", field, _refuse_round)

    def validate_signature_picture(self, field: Field) -> None:
        self._keep("signature", field)

    def _keep(self, part: str, field: Field, check: Callable[[bytes], None] = lambda _data: None) -> None:
        if field.data:
            try:
                data = reencode_logo(field.data.stream.read(MOST_LOGO_BYTES + 1))
                check(data)
            except NotAPicture as error:
                raise ValidationError(REFUSED[error.reason] % {"name": field.data.filename}) from error
            self.kept[part] = _room().put(AREA, data, ".png")

    def blame(self, problems: Mapping[str, str]) -> list[str]:
        """Say each problem at its field; those that have none here are returned."""
        rest = []
        for at, problem in problems.items():
            field = self._fields.get(AT.get(at, at.replace(".", "_")))
            if field is None:
                rest.append(said(problem))
            else:
                field.errors = [*field.errors, said(problem)]
        return rest

    @property
    def document(self) -> dict[str, Any]:
        """The design as it stands in the form; what isn't edited here stays as it was."""
        new = {part: what for part, what in self.base.items() if part not in EDITED}
        for text in ("name", *TEXTS):
            words = {locale: self[f"{text}_{locale}"].data for locale in LOCALES}
            old = self.base.get(text)
            new[text] = old if isinstance(old, str) and words == {ZH: old, EN: ""} else words
        for choice, usual in (("orientation", LANDSCAPE), ("language", ZH), ("numerals", CHINESE)):
            if self[choice].data != usual or choice in self.base:
                new[choice] = self[choice].data
        new["paper"] = self.paper.data
        new["emblem"] = self.base["emblem"]
        if tier := self.tiers.get(self.tier.data):
            new["tier"] = tier.key
            if tier.key != self.base.get("tier"):
                new["emblem"] = {"metal": tier.metal, "feathers": tier.feathers}
        if sources := self._sources():
            new["fields"] = sources
        if "seal" in self.kept:
            new["seal"] = {"picture": self.kept["seal"]}
        elif self.seal.data:
            new["seal"] = self.seal.data
        if "signature" in self.kept:
            new["signature"] = {"picture": self.kept["signature"], "name": self.signature_name.data}
        if self.logo.data:
            new["logo"] = True
        if self.valid_days.data is not None:
            new["valid_days"] = self.valid_days.data
        if self.retired.data:
            new["retired"] = True
        for slot in SLOTS:
            new = dict(with_tree(new, slot, trees.typed(slot, tree_of(new, slot), request.form)))
        return new

    def _sources(self) -> dict[str, Any]:
        old = self.base.get("fields", {})
        found = {name: source for name, source in old.items() if name not in ("course", "score", "count")}
        if self.course.data:
            found["course"] = {"course": self.course.data}
        if self.score.data:
            found["score"] = {"kind": "quiz.finished", "topic": self.score.data}
        if self.count.data:
            found["count"] = {"kind": self.count.data, "topic": "*", "of": "count"}
        # In the order in which they stood, so that what is the same reads the same.
        return {name: found[name] for name in [*(n for n in old if n in found), *(n for n in found if n not in old)]}


EDITED = {
    *("name", "paper", "orientation", "language", "numerals", "tier", "emblem", "fields"),
    *("seal", "signature", "logo", "valid_days", "retired", *TEXTS),
}
PICTURED = ("seal", "signature")
AT = {"signature.name": "signature_name"}


def typed(document: Part) -> dict[str, Any]:
    """What the form is filled with for a design."""
    found: dict[str, Any] = {}
    for text in ("name", *TEXTS):
        words = document.get(text, document["title"])
        words = {ZH: words} if isinstance(words, str) else words
        found |= {f"{text}_{locale}": words.get(locale, "") for locale in LOCALES}
    sources, seal = document.get("fields", {}), document.get("seal", "")
    return found | {
        "paper": document["paper"],
        "orientation": document.get("orientation", LANDSCAPE),
        "language": document.get("language", ZH),
        "numerals": document.get("numerals", CHINESE),
        "tier": document.get("tier", ""),
        "course": sources.get("course", {}).get("course", ""),
        "score": sources.get("score", {}).get("topic", ""),
        "count": sources.get("count", {}).get("kind", ""),
        "seal": seal if isinstance(seal, str) else "",
        "signature_name": document.get("signature", {}).get("name", ""),
        "logo": bool(document.get("logo")),
        "valid_days": document.get("valid_days"),
        "retired": bool(document.get("retired")),
    }


def pictures(document: Part) -> dict[str, str]:
    """The names of the pictures of a design."""
    held = {part: document.get(part) for part in PICTURED}
    return {part: what["picture"] for part, what in held.items() if isinstance(what, dict)}


def found(name: str) -> bool:
    """Whether there is such a picture."""
    try:
        return _room().path(AREA, name).is_file()
    except ValueError:
        return False


def _room() -> FileRoom:
    room: FileRoom = current_app.extensions["files"]
    return room


def _refuse_round(data: bytes) -> None:
    if is_round(data):
        raise NotAPicture("round")


TURNS, CELLS = 72, 96


def is_round(data: bytes) -> bool:
    """Whether a picture is a round seal: its ink runs along a circle on all sides, and leaves the corners empty."""
    with Image.open(io.BytesIO(data)) as picture:
        page = Image.new("RGBA", picture.size, "white")
        page.alpha_composite(picture.convert("RGBA"))
    ink = page.convert("L").point(lambda light: 255 if light < 200 else 0)
    box = ink.getbbox()
    if not box or not 0.85 <= (box[2] - box[0]) / (box[3] - box[1]) <= 1.18:
        return False
    cells = ink.crop(box).resize((CELLS, CELLS), Image.Resampling.BOX).tobytes()
    middle, around, corners = (CELLS - 1) / 2, set(), 0
    for place, light in enumerate(cells):
        x, y = place % CELLS - middle, place // CELLS - middle
        away = (x * x + y * y) ** 0.5 / (CELLS / 2)
        if light > 60 and away > 1.07:
            corners += 1
        elif light > 60 and away > 0.86:
            around.add(int(atan2(y, x) / tau * TURNS))
    return corners < 12 and len(around) > TURNS * 0.8
