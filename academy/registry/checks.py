"""What is wrong with the criteria of a design that is being edited."""

from collections.abc import Iterator

from flask_babel import gettext as _

from academy.catalog.content import Catalog
from academy.catalog.parts import Part
from academy.composing.checks import Remark, checked
from academy.journal.validity import WARNING
from academy.registry.rules import RENEWAL, SLOTS, tree_of


def remarks(draft: Catalog, design: Part) -> Iterator[Remark]:
    """All that there is to say about the criteria of a design, which is in the draft of the catalog."""
    for slot in SLOTS:
        if tree := tree_of(design, slot):
            yield from checked(draft, slot, tree, {}, heads=False)
    if RENEWAL in design and (design.get("valid_days") or 0) <= WARNING.days:
        yield Remark(
            f"{RENEWAL}/",
            _("What is valid for %(n)s days or fewer, or without end, is not issued anew.", n=WARNING.days),
        )
