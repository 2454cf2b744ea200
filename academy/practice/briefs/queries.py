"""Reads: which briefs are open to a trainee, and what she has made of them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from academy import clock
from academy.catalog.content import Catalog
from academy.criteria.explain import met
from academy.criteria.language import Criterion, parse
from academy.practice.models import HandIn
from academy.practice.rules import ACCEPTED, WAITING, Brief, briefs


@dataclass(frozen=True)
class Offer:
    """A brief as one trainee sees it: what it asks of her before it opens, and her pieces, the newest first."""

    brief: Brief
    locked: Criterion | None
    pieces: list[HandIn]

    @property
    def left(self) -> int:
        """How many more pieces it takes from her this month."""
        since = clock.beginning(clock.today().replace(day=1))
        given = sum(piece.at >= since and piece.state in (WAITING, ACCEPTED) for piece in self.pieces)
        return max(self.brief.limit - given, 0)

    @property
    def runs(self) -> bool:
        """Whether it takes new pieces today."""
        return self.brief.runs(clock.today())


def opens(session: Session, catalog: Catalog, brief: Brief, trainee_id: int) -> bool:
    """Whether a trainee meets what a brief asks for."""
    return brief.criterion is None or met(session, catalog, [parse(brief.criterion)], trainee_id)[0]


def board(session: Session, catalog: Catalog, trainee_id: int) -> list[Offer]:
    """The briefs that run, and those over to which she has handed in, which come last."""
    guarded = [(key, parse(one.criterion)) for key, one in briefs(catalog).items() if one.criterion]
    answers = met(session, catalog, [criterion for _key, criterion in guarded], trainee_id)
    locked = {key: criterion for (key, criterion), open_ in zip(guarded, answers, strict=True) if not open_}
    hers = select(HandIn).where(HandIn.trainee_id == trainee_id, HandIn.practice.in_(briefs(catalog)))
    pieces: dict[str, list[HandIn]] = {}
    for piece in session.scalars(hers.order_by(HandIn.number.desc())):
        pieces.setdefault(piece.practice, []).append(piece)
    offers = [Offer(brief, locked.get(key), pieces.get(key, [])) for key, brief in briefs(catalog).items()]
    return sorted((offer for offer in offers if offer.runs or offer.pieces), key=lambda offer: not offer.runs)
