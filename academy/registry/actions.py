"""Making and publishing designs: each is edited as a draft of its own, in the one document of them all."""

from dataclasses import replace

from sqlalchemy.orm import Session

from academy.achievements.certificates.rules import Design, design_problems
from academy.catalog.models import Release
from academy.catalog.parts import Edited, Parts
from academy.catalog.queries import published
from academy.composing.drafts import with_part
from academy.people.actions import audit
from academy.people.models import Person
from academy.registry.checks import remarks

DESIGNS = Parts("design", ("designs", "academy"))

# What a copy begins without.
ITS_OWN = ("key", "name", "criterion", "renewal", "retired")


class Unfinished(Exception):
    """What is being edited can't be published; its remarks say why."""


def copy(session: Session, staff: Person, key: str, title: str) -> Edited | None:
    """Begin a design from another one: with its looks and words, but given by hand until it has a criterion."""
    catalog = published(session)
    source = DESIGNS.opened(session, catalog, key)
    if source is None:
        return None
    taken = {*DESIGNS.sketches(session), *(design["key"] for design in DESIGNS.all(catalog))}
    number = next(n for n in range(2, 1000) if f"{key[:30]}-{n}" not in taken)
    looks = {part: what for part, what in source.part.items() if part not in ITS_OWN}
    design = {"key": f"{key[:30]}-{number}", "name": {"zh": title, "en": title}, **looks}
    new = Edited(design, 0, catalog.version_id(*DESIGNS.name))
    return replace(new, revision=DESIGNS.save(session, staff, new))


def release(session: Session, staff: Person, key: str, revision: int) -> Release | None:
    """Publish a design's draft; None if nothing differs. Raises `Redrafted`, `Overtaken` and `Unfinished`."""
    catalog, edited = DESIGNS.ready(session, key, revision)
    draft = with_part(DESIGNS, catalog, edited.part)
    wrong = design_problems(Design.of(edited.part, catalog.one("brand")))
    if wrong or any(remark.blocks for remark in remarks(draft, edited.part)):
        raise Unfinished
    done = DESIGNS.release(session, staff, catalog, edited)
    if done:
        audit(session, staff, "design.published", f"design/{key}"[:60])
    return done
