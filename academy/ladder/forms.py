"""What is typed and clicked in the editor of the ladder.

The form carries the documents that it was filled with, signed: whatever others do meanwhile, what was typed can be told
from what stood there.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeSerializer
from wtforms import Field, TextAreaField, ValidationError

from academy.art.palette import METALS
from academy.composing import trees
from academy.composing.trees import number
from academy.ladder.differences import Pair
from academy.ladder.queries import Edited
from academy.ladder.rules import Content, slots, tree_of, with_approval, with_tree
from academy.text.line import plain
from academy.text.typed import tidy
from academy.tiers.rules import HIGHEST, ONE

TEXTS = ("title", "class_name", "line")
LOCALES = ("zh", "en")
MOST_TYPED = 200
MOST_SAID = 500


def sealed(now: Edited) -> str:
    """What the form is filled with, for the form to carry."""
    kept = [now.pair.ladder, now.pair.rewards, now.revisions, now.versions]
    return str(_signer().dumps(kept))


def sent() -> Edited:
    """What the form of this request was filled with, and what was typed since; 400 if it isn't from us."""
    try:
        ladder, rewards, revisions, versions = _signer().loads(request.form.get("kept", ""))
    except BadData:
        abort(400)
    return Edited(typed(Pair(ladder, rewards), request.form), tuple(revisions), tuple(versions))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="ladder", serializer=json)


def typed(pair: Pair, form: Mapping[str, str]) -> Pair:
    """The documents with what was typed into the form that showed them; what it doesn't hold stays."""
    ladder: Content = {**pair.ladder, "tiers": [_tier(tier, form) for tier in pair.ladder["tiers"]]}
    for slot in slots(ladder):
        ladder = _criterion(ladder, slot, form)
    return Pair(
        _settings(ladder, form), {**pair.rewards, "rewards": [_reward(r, form) for r in pair.rewards["rewards"]]}
    )


def _tier(tier: Content, form: Mapping[str, str]) -> Content:
    at = f"tier-{tier['key']}"
    new = {**tier, **{field: _text(tier[field], f"{at}/{field}", form) for field in TEXTS}}
    if form.get(f"{at}/metal") in METALS:
        new["metal"] = form[f"{at}/metal"]
    if form.get(f"{at}/feathers") in ("1", "2", "3", "4", "5"):
        new["feathers"] = int(form[f"{at}/feathers"])
    return new


def _text(old: Mapping[str, str], at: str, form: Mapping[str, str]) -> Mapping[str, str]:
    new = {locale: form.get(f"{at}.{locale}", old.get(locale, "")) for locale in LOCALES}
    return {locale: text if text == old.get(locale) else _line(text) for locale, text in new.items()}


def _line(text: str) -> str:
    return plain(text)[:MOST_TYPED]


def _criterion(ladder: Content, slot: str, form: Mapping[str, str]) -> Content:
    tree = trees.typed(slot, tree_of(ladder, slot), form)
    if slot.startswith("into-") and f"{slot}:waits" in form:
        tree = with_approval(tree, slot.removeprefix("into-"), f"{slot}:approval" in form)
    return with_tree(ladder, slot, tree)


def _settings(ladder: Content, form: Mapping[str, str]) -> Content:
    if form.get("settings/step") not in (ONE, HIGHEST):
        return ladder
    new: dict[str, Any] = {**ladder}
    if form["settings/step"] != ladder.get("step", ONE):
        new["step"] = form["settings/step"]
    review = {
        "on": "settings/review" in form,
        "protect_days": number(form.get("settings/protect_days", "")),
        "warn_days": number(form.get("settings/warn_days", "")),
    }
    if review != {"on": False, "protect_days": 90, "warn_days": 7} | ladder.get("review", {}):
        new["review"] = review
    new.pop("external", None)
    if "settings/external" in form:
        new["external"] = {
            "assessment": _line(form.get("settings/assessment", "")),
            "days": number(form.get("settings/days", "")),
            "tiers": "settings/tiers" in form,
        }
    return new


def _reward(reward: Content, form: Mapping[str, str]) -> Content:
    at = f"reward-{reward['key']}"
    if f"{at}/title.zh" not in form:
        return reward
    new: dict[str, Any] = {**reward, "title": _text(reward["title"], f"{at}/title", form)}
    value = number(form.get(f"{at}/value", "0"))
    if value != reward.get("value", 0):
        new["value"] = value
    return new


# What is said


def _(text: str) -> Any:
    """A text in the reader's language; the types of WTForms know plain strings only."""
    return lazy_gettext(text)


def _enough(form: FlaskForm, field: Field) -> None:
    if not field.data:
        raise ValidationError(gettext("Please fill this in."))
    if len(field.data) > MOST_SAID:
        raise ValidationError(
            gettext("%(n)s characters, at most %(most)s are possible.", n=len(field.data), most=MOST_SAID)
        )


class Said(FlaskForm):
    """A trainee's word, or what staff answer."""

    said = TextAreaField(_("What you would like to say"), [_enough], filters=[tidy])
