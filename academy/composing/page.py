"""HTTP for one condition of a criterion: chosen among all kinds there are, filled in, and put in its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from academy.catalog.content import Catalog
from academy.catalog.drafts import Redrafted
from academy.composing import conditions, trees
from academy.composing.trees import Place, Tree
from academy.criteria.language import Invalid, parse
from academy.web.errors import Refused


class Moved(Refused):
    """The condition that was to be changed isn't there any more."""

    title = lazy_gettext("This condition is not there any more")

    def __init__(self) -> None:
        super().__init__(lazy_gettext("Somebody has changed the draft meanwhile. Nothing was changed by you."))


@dataclass(frozen=True)
class Bench:
    """A draft whose criteria are put together on a page of their own.

    `address` makes the address of that page, `back` that of the editor at a slot, `mark` tells one state of the draft
    from another. `tree` and `keep` are the criterion of a slot; `tree` raises LookupError, `keep` raises `Redrafted`.
    """

    here: str
    catalog: Catalog
    mark: str
    families: Mapping[str, tuple[str, ...]]
    address: Callable[..., str]
    back: Callable[[str], str]
    name: Callable[[str], str]
    by: Callable[[], str | None]
    tree: Callable[[str], Tree | None]
    keep: Callable[[str, Tree | None], None]


def compose(opened: Callable[[], Bench]) -> ResponseReturnValue:
    """Choose a condition to add to a group, or change one that is there. Raises `Moved`."""
    bench = opened()
    if "at" not in request.values:
        return redirect(bench.back(""), 303)
    at, adds = request.values["at"], request.values.get("do") != "edit"
    slot, place, there = _there(bench, at)
    what = request.values.get("what", "") if adds else conditions.what_of(there)
    if not what:
        return _choices(bench, at, slot)
    try:
        conditions.asked(what)
    except KeyError:
        abort(404)
    if request.method == "GET":
        return _condition(bench, at, adds, what, conditions.empty(what) if adds else conditions.filled(there))
    form = request.form.to_dict()
    leaf = conditions.built(what, form)
    try:
        parse(leaf)
    except Invalid as error:
        field, why = conditions.reason(error)
        return _condition(bench, at, adds, what, form, {field: why}), 422
    if request.form.get("revisions") != bench.mark:
        return _condition(bench, at, adds, what, form, overtaken=True), 409
    change = trees.added if adds else trees.replaced
    tree = trees.edited(bench.tree(slot), lambda all_: change(all_, place, leaf))
    if not adds and form.get("group") in trees.GROUPS:
        tree = trees.edited(tree, lambda all_: trees.wrapped(all_, place, form["group"]))
    try:
        bench.keep(slot, tree)
    except Redrafted:
        return _condition(opened(), at, adds, what, form, overtaken=True), 409
    return redirect(bench.back(slot), 303)


def _there(bench: Bench, at: str) -> tuple[str, Place, Tree]:
    try:
        slot, place = trees.located(at)
        there = trees.node(trees.as_all(bench.tree(slot)), place)
    except LookupError:
        if request.method == "POST":
            raise Moved from None
        abort(404)
    if request.values.get("do") == "edit" and trees.is_group(there):
        abort(404)
    return slot, place, there


def _choices(bench: Bench, at: str, slot: str) -> str:
    return render_template(
        "composing/choices.html",
        bench=bench,
        at=at,
        slot=slot,
        family_name=conditions.family_name,
        name_of=conditions.name_of,
        icon_of=conditions.icon_of,
    )


def _condition(
    bench: Bench,
    at: str,
    adds: bool,
    what: str,
    form: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    overtaken: bool = False,
) -> str:
    ask = conditions.asked(what)
    return render_template(
        "composing/condition.html",
        bench=bench,
        at=at,
        slot=at.partition("/")[0],
        adds=adds,
        what=what,
        ask=ask,
        form=dict.fromkeys(conditions.empty(what), "") | dict(form),
        errors=errors or {},
        overtaken=overtaken,
        by=(bench.by() or gettext("Somebody")) if overtaken else None,
        name=conditions.name_of(what),
        icon_name=conditions.icon_of(what),
        things=conditions.things(bench.catalog, what, form.get("key") or form.get("thing", "")),
        counted=conditions.counted(bench.catalog) if ask.ratio else [],
    )
