"""Designs as the brand edits them: each has its own draft, and is published in the one document of them all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.queries import picture
from academy.achievements.certificates.rules import SAMPLE, WATERMARKS, Design, Field, Paper, design_problems
from academy.catalog import drafts
from academy.catalog.actions import Overtaken, digest, publish, take_turn
from academy.catalog.content import Catalog
from academy.catalog.drafts import Redrafted
from academy.catalog.models import Draft, Release, Version
from academy.catalog.queries import published
from academy.people.actions import audit
from academy.people.models import Person
from academy.tiers.rules import ladder

Document = Mapping[str, Any]

KIND, DESIGNS = "design", ("designs", "academy")
SAMPLE_CODE, SAMPLE_SCORE = "SAMPLE00", 92

# The usual name, the longest that a certificate takes, and one of the rarest letters.
NAMES = {
    "usual": ("林晓棠", "Tang Lin"),
    "longest": (
        "阿不都热西提·阿不都克力木·买买提依明·艾则孜汗·吐尔逊江·努尔买买提·库尔班江",
        "Alexandria Wilhelmina-Montgomery O'Brien",
    ),
    "rarest": ("𠮷䶮", "𠮷䶮"),
}


class Unfinished(Exception):
    """What is being edited can't be published; `problems` say why, by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True)
class Edited:
    """One design as somebody edits it, the revision of its draft, and the version of all designs that it began from."""

    document: Document
    revision: int
    version: int
    at: datetime | None = None
    by_id: int | None = None

    @property
    def key(self) -> str:
        return str(self.document["key"])


def one(catalog: Catalog, key: str) -> Document | None:
    """A published design."""
    return next((design for design in catalog.one(*DESIGNS)["designs"] if design["key"] == key), None)


def opened(session: Session, catalog: Catalog, key: str) -> Edited | None:
    """A design as it is being edited now; None if there is none. One statement."""
    draft = session.get(Draft, (KIND, key), populate_existing=True)
    if draft and draft.content:
        return Edited(draft.content, draft.revision, draft.version_id, draft.at, draft.by_id)
    document = one(catalog, key)
    if document is None:
        return None
    return Edited(document, draft.revision if draft else 0, catalog.version_id(*DESIGNS))


def save(session: Session, staff: Person, edited: Edited) -> int:
    """Keep what somebody has made of a design; its revision then. Raises `Redrafted`.

    What is as it is published needs no draft.
    """
    catalog = published(session)
    now = opened(session, catalog, edited.key)
    if now and now.revision == edited.revision and now.document == edited.document and now.version == edited.version:
        return now.revision
    same = edited.document == one(catalog, edited.key)
    content = {} if same else edited.document
    drafts.save(session, staff, (KIND, edited.key), content, edited.revision, edited.version)
    return edited.revision + 1


def discard(session: Session, staff: Person, edited: Edited) -> None:
    """Forget what was being edited. Raises `Redrafted`."""
    drafts.discard(session, staff, (KIND, edited.key), edited.revision, published(session).version_id(*DESIGNS))


def copy(session: Session, staff: Person, key: str, title: str) -> Edited | None:
    """Begin a design from another one: with its looks and words, but given by hand until it has a criterion."""
    catalog = published(session)
    source = opened(session, catalog, key)
    if source is None:
        return None
    taken = set(session.scalars(select(Draft.key).where(Draft.kind == KIND)))
    taken |= {design["key"] for design in catalog.one(*DESIGNS)["designs"]}
    number = next(n for n in range(2, 1000) if f"{key[:30]}-{n}" not in taken)
    without = {part: what for part, what in source.document.items() if part not in ("criterion", "renewal", "name")}
    document = {**without, "key": f"{key[:30]}-{number}", "name": {"zh": title, "en": title}}
    new = Edited(document, 0, catalog.version_id(*DESIGNS))
    return replace(new, revision=save(session, staff, new))


def release(session: Session, staff: Person, key: str, revision: int) -> Release | None:
    """Publish a design's draft; None if nothing differs.

    Raises `Redrafted` if it isn't the draft that was looked at, `Overtaken` if somebody has published this design
    meanwhile, `Unfinished`.
    """
    take_turn(session)
    catalog = published(session)
    edited = opened(session, catalog, key)
    if edited is None or edited.revision != revision:
        raise Redrafted(session.get_one(Draft, (KIND, key)))
    now = one(catalog, key)
    if now == edited.document:
        return None
    if now and edited.version != catalog.version_id(*DESIGNS):
        began = session.get_one(Version, edited.version).content or {"designs": []}
        if now not in began["designs"]:
            raise Overtaken(catalog.documents[DESIGNS])
    if problems := design_problems(Design.of(edited.document, catalog.one("brand"))):
        raise Unfinished(problems)
    before = catalog.one(*DESIGNS)
    others = [edited.document if design["key"] == key else design for design in before["designs"]]
    designs = others if now else [*others, edited.document]
    done = publish(session, {DESIGNS: {**before, "designs": designs}}, origin="studio", by_id=staff.id)
    discard(session, staff, edited)
    audit(session, staff, "design.published", f"design/{key}")
    return done


# Reads


@dataclass(frozen=True)
class Listed:
    """A design in the list: what it is, how many certificates bear it, since when it is published as it is."""

    document: Document
    issued: int
    since: datetime | None
    sketched: bool


def listed(session: Session, catalog: Catalog) -> list[Listed]:
    """All designs, those never published last; three statements."""
    counted = select(Certificate.design, func.count()).group_by(Certificate.design)
    issued = {key: number for key, number in session.execute(counted)}  # noqa: C416
    sketches = {
        draft.key: draft.content for draft in session.scalars(select(Draft).where(Draft.kind == KIND)) if draft.content
    }
    since = {issue.document["key"]: issue.at for issue in reversed(issues(session))}
    designs = [dict(design) for design in catalog.one(*DESIGNS)["designs"]]
    known = {design["key"] for design in designs}
    found = [Listed(d, issued.get(d["key"], 0), since.get(d["key"]), d["key"] in sketches) for d in designs]
    return found + [Listed(content, 0, None, True) for key, content in sorted(sketches.items()) if key not in known]


@dataclass(frozen=True)
class Issue:
    """A design as a release published it, which differs from what was published before."""

    release: int
    at: datetime
    by: str | None
    document: Document


def issues(session: Session, key: str | None = None) -> list[Issue]:
    """The versions of one design, or of all, the newest first; one statement."""
    rows = session.execute(
        select(Release.id, Release.at, Person.name, Version.content)
        .join(Version, Version.release_id == Release.id)
        .outerjoin(Person, Person.id == Release.by_id)
        .where(Version.kind == DESIGNS[0], Version.key == DESIGNS[1])
        .order_by(Release.id)
    )
    last: dict[str, str] = {}
    found = []
    for id, at, by, content in rows:
        for design in (content or {"designs": []})["designs"]:
            if key in (None, design["key"]) and last.get(design["key"]) != (mark := digest(design)):
                last[design["key"]] = mark
                found.append(Issue(id, at, by, design))
    return found[::-1]


# A sample


@dataclass(frozen=True)
class Sample:
    """Who is put on a sample: one of `NAMES`, and whether it is marked as a proof."""

    name: str
    proof: bool = False


def drawn(catalog: Catalog, document: Document) -> Design:
    """A design with its pictures; KeyError, TypeError or ValueError where parts are missing."""
    return Design.of(document, catalog.one("brand"), picture)


def sample(catalog: Catalog, document: Document, who: Sample, verify_url: str) -> Paper:
    """Somebody invented on a design, whose serial and code open a page that says so."""
    zh, en = NAMES[who.name]
    return Paper(
        name=en if document.get("language") == "en" else zh,
        serial=sample_serial(catalog),
        code=SAMPLE_CODE,
        issued_on=clock.today(),
        verify_url=verify_url,
        salutation="女士",
        fields=_figures(catalog, document),
        watermark=WATERMARKS[SAMPLE] if who.proof else "",
    )


def sample_serial(catalog: Catalog) -> str:
    """The serial of every sample."""
    return f"{catalog.one('brand')['serial']}-SAMPLE-0000"


def _figures(catalog: Catalog, document: Document) -> dict[str, Field]:
    found: dict[str, Field] = {}
    tiers = {tier.key: tier.title for tier in ladder(catalog).tiers}
    if document.get("tier") in tiers:
        found["tier"] = tiers[document["tier"]]
    for name, source in document.get("fields", {}).items():
        if "course" in source:
            found[name] = catalog.course[source["course"]].title
        elif "tier" in source:
            found[name] = tiers[source["tier"]]
        else:
            found[name] = SAMPLE_SCORE
    return found
