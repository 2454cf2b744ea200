"""Saving, publishing and discarding drafts of the ladder and of the rewards that come with it."""

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from academy.catalog import drafts
from academy.catalog.actions import Overtaken, digest, publish, take_turn
from academy.catalog.content import Catalog
from academy.catalog.drafts import Redrafted, open_drafts
from academy.catalog.models import Release
from academy.catalog.pack import Pack, Source
from academy.catalog.queries import published
from academy.ladder.checks import remarks, uses
from academy.ladder.queries import NAMES, Edited, is_changed, occupied, opened, versions, with_pair
from academy.ladder.rules import Content
from academy.people.actions import audit
from academy.people.actions import take_turn as hold_moves
from academy.people.models import Person
from academy.tiers.pack import check_ladder
from academy.web.errors import Refused
from academy.web.reading import pick


class InUse(Refused):
    """A tier that can't go, because people stand on it or something names it."""

    title = _("This tier is still in use")


class Unfinished(Exception):
    """What is being edited can't be published; `remarks` say why."""


def save(session: Session, staff: Person, edited: Edited) -> tuple[int, int]:
    """Keep what somebody has made of the ladder; its revisions then. Raises `Redrafted`, having kept nothing.

    What is as it is published needs no draft.
    """
    catalog = published(session)
    now = opened(session, catalog)
    if now.revisions != edited.revisions or (now.at is None and now.versions != edited.versions):
        raise Redrafted(open_drafts(session, catalog, *NAMES)[NAMES[0]])
    if now.pair == edited.pair and now.versions == edited.versions:
        return edited.revisions
    same = not is_changed(catalog, edited.pair) and edited.versions == versions(catalog)
    for name, content, revision, version in zip(NAMES, edited.contents, edited.revisions, edited.versions, strict=True):
        drafts.save(session, staff, name, {} if same else content, revision, version)
    first, second = edited.revisions
    return first + 1, second + 1


def discard(session: Session, staff: Person, edited: Edited) -> None:
    """Forget what was being edited. Raises `Redrafted`."""
    for name, revision, version in zip(NAMES, edited.revisions, versions(published(session)), strict=True):
        drafts.discard(session, staff, name, revision, version)


def release(session: Session, staff: Person, revisions: tuple[int, int]) -> Release | None:
    """Publish the draft as one release; None if nothing differs.

    Raises `Redrafted` if it isn't the draft that was looked at, `Overtaken` if it began from a version that is no
    longer published, `Unfinished` and `InUse`.
    """
    take_turn(session)
    catalog = published(session)
    edited = opened(session, catalog)
    if edited.revisions != revisions:
        raise Redrafted(open_drafts(session, catalog, *NAMES)[NAMES[0]])
    for name, version, content in zip(NAMES, edited.versions, edited.contents, strict=True):
        now = catalog.documents[name]
        if now.version_id != version and digest(now.content) != digest(content):
            raise Overtaken(now)
    if not is_changed(catalog, edited.pair):
        return None
    draft = with_pair(catalog, edited.pair)
    if any(remark.blocks for remark in remarks(draft)) or _breaks_packs(edited.pair.ladder):
        raise Unfinished
    # Nobody may be promoted into a tier between our looking and its end.
    hold_moves(session)
    for tier in catalog.one("ladder")["tiers"]:
        if all(tier["key"] != kept["key"] for kept in edited.pair.ladder["tiers"]):
            spare(session, draft, tier["key"], pick(tier["title"]))
    changed = {
        name: dict(content)
        for name, content in zip(NAMES, edited.contents, strict=True)
        if digest(content) != digest(catalog.one(*name))
    }
    done = publish(session, changed, origin="studio", by_id=staff.id)
    discard(session, staff, edited)
    audit(session, staff, "ladder.published", f"release/{done.id}")
    return done


def _breaks_packs(ladder: Content) -> bool:
    """Whether it breaks the rules of packs, and so could be neither exported nor imported again."""
    source = Source("academy.yaml", {}, [])
    check_ladder(Pack(), source, {"ladder": dict(ladder)})
    return bool(source.problems)


def spare(session: Session, draft: Catalog, tier: str, title: str) -> None:
    """Let a tier go only if nobody stands on it and nothing names it. Raises `InUse`, which says where it is used."""
    people, cohorts = occupied(session, tier)
    named = [*([_("%(n)s people", n=people)] if people else []), *cohorts, *uses(draft, tier)]
    if named:
        raise InUse(
            _("%(tier)s can’t go as long as it is used by: %(where)s.", tier=title, where=_(", ").join(map(str, named)))
        )
