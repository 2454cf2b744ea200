"""Samples: somebody invented on a design, whose serial and code open a page that says so."""

from dataclasses import dataclass

from academy import clock
from academy.achievements.certificates.queries import picture
from academy.achievements.certificates.rules import SAMPLE, WATERMARKS, Design, Field, Paper
from academy.catalog.content import Catalog
from academy.catalog.parts import Part
from academy.tiers.rules import ladder

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


@dataclass(frozen=True)
class Sample:
    """Who is put on a sample: one of `NAMES`, and whether it is marked as a proof."""

    name: str
    proof: bool = False


def drawn(catalog: Catalog, document: Part) -> Design:
    """A design with its pictures; KeyError, TypeError or ValueError where parts are missing."""
    return Design.of(document, catalog.one("brand"), picture)


def sample(catalog: Catalog, document: Part, who: Sample, verify_url: str) -> Paper:
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


def _figures(catalog: Catalog, document: Part) -> dict[str, Field]:
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
