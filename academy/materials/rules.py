"""Materials as values: their seven kinds, whom they are open to, what finds them, and the finished text. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from academy.catalog.content import Catalog, Document, Text
from academy.text.typed import AD, blanks, fill
from academy.tiers.rules import ladder

KINDS: Mapping[str, Text] = {
    "product": {"zh": "产品", "en": "Product"},
    "persona": {"zh": "人设", "en": "Persona"},
    "expertise": {"zh": "专业", "en": "Expertise"},
    "closing": {"zh": "成交文案", "en": "Closing"},
    "life": {"zh": "生活", "en": "Life"},
    "brand": {"zh": "品牌", "en": "Brand"},
    "campaign": {"zh": "活动发售", "en": "Campaign"},
}
NINE, WORDS = FORMS = ("nine", "words")
"""A set of nine pictures, or words alone."""

MOST_TEXT, MOST_PICTURES, MOST_BLANK, MOST_FILLED = 1000, 9, 20, 60


@dataclass(frozen=True)
class Picture:
    """A picture of a set; `file` is its source in the file room."""

    file: str
    alt: Text
    width: int
    height: int


@dataclass(frozen=True)
class Material:
    """What a trainee may take: a text whose blanks she fills, and up to nine pictures."""

    key: str
    version: int
    kind: str
    title: Text
    summary: Text
    tier: str
    ad: bool
    tags: tuple[str, ...]
    text: str
    pictures: tuple[Picture, ...]

    @cached_property
    def blanks(self) -> tuple[str, ...]:
        """Its blanks, each once, in the order of the text."""
        return tuple(dict.fromkeys(blanks(self.text)))

    @property
    def form(self) -> str:
        return NINE if len(self.pictures) == MOST_PICTURES else "" if self.pictures else WORDS

    @cached_property
    def headline(self) -> str:
        """What it is found by before anything else, as `folded`."""
        return folded("\n".join((*self.title.values(), *self.tags, *KINDS[self.kind].values())))

    @cached_property
    def shown(self) -> str:
        """All that those read who may not take it."""
        return "\n".join((self.headline, folded("\n".join(self.summary.values()))))

    @cached_property
    def whole(self) -> str:
        return "\n".join((self.shown, folded(self.text)))

    def finished(self, filled: Mapping[str, str]) -> str:
        """The text with its blanks filled, marked as advertising where it must be; KeyError for a blank not filled."""
        text = fill(self.text, filled)
        return text if not self.ad or AD in text else text + AD

    @classmethod
    def of(cls, document: Document) -> "Material":
        content: Mapping[str, Any] = document.content
        return cls(
            content["key"],
            document.version_id,
            content["kind"],
            content["title"],
            content["summary"],
            content["tier"],
            content["ad"],
            tuple(content["tags"]),
            content["text"],
            tuple(Picture(p["file"], p["alt"], p["width"], p["height"]) for p in content["pictures"]),
        )


@lru_cache(maxsize=16)
def materials(catalog: Catalog) -> Mapping[str, Material]:
    """The published materials by key, the newest first."""
    found = [Material.of(document) for (kind, _), document in catalog.documents.items() if kind == "material"]
    return {material.key: material for material in sorted(found, key=lambda material: -material.version)}


def is_open(catalog: Catalog, material: Material, tier: str | None) -> bool:
    """Whether a trainee of a tier may take it; to staff, who have none, everything is open."""
    rungs = [rung.key for rung in ladder(catalog).tiers]
    return tier is None or rungs.index(material.tier) <= rungs.index(tier)


@dataclass(frozen=True)
class Hit:
    """A material that was found, and whether it is open to her who looked for it."""

    material: Material
    open: bool


def search(catalog: Catalog, tier: str | None, words: str = "", kind: str = "", form: str = "") -> list[Hit]:
    """The materials in which all words occur: open ones first, then those found by their title, then the newest.

    What is not open to her is not found by its text, which she may not read.
    """
    wanted = folded(words).split()
    hits = []
    for material in materials(catalog).values():
        if (kind and material.kind != kind) or (form and material.form != form):
            continue
        open_ = is_open(catalog, material, tier)
        if all(word in (material.whole if open_ else material.shown) for word in wanted):
            hits.append(Hit(material, open_))
    return sorted(hits, key=lambda hit: (not hit.open, not all(word in hit.material.headline for word in wanted)))


def folded(text: str) -> str:
    """A text as it is compared: without case, wide letters narrow."""
    return unicodedata.normalize("NFKC", text).casefold()
