"""What keeps a document from being published, and what to think twice about, each at its place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _

from academy.achievements.pack import check_achievements
from academy.catalog.blocks import key_of, texts_in
from academy.catalog.content import Catalog
from academy.catalog.pack import Pack, Source, problems_of
from academy.criteria.pack import check_criterion
from academy.studio.rules import ASSESSMENT, COURSE, LESSON, QUIZ, Content, Name, names_in
from academy.text.wording import Hint, hints
from academy.tiers.pack import check_benefits, check_ladder
from academy.web.reading import pick

Path = tuple[str | int, ...]

EXAMPLES = ("dont", "mistake")
"""Blocks that show what not to say, where the words of the list belong."""


@dataclass(frozen=True)
class Remark:
    """Something to point out in a document, and where; what `blocks` can't be published."""

    name: Name
    path: Path
    why: Any
    blocks: bool = True

    @property
    def field(self) -> str:
        """The path as the name of a field in a form."""
        return ".".join(map(str, self.path))


def remarks(catalog: Catalog, names: Iterable[Name]) -> list[Remark]:
    """All that there is to say about some documents of a catalog as it is to be published."""
    return [remark for name in names if name in catalog.documents for remark in of(catalog, name)]


def of(catalog: Catalog, name: Name) -> list[Remark]:
    """All that there is to say about one document."""
    content = catalog.documents[name].content
    found = [Remark(name, problem.path, problem.reason) for problem in problems_of(name[0], content)]
    return [*found, *_unknown(catalog, name, content), *_doubted(catalog, name, content)]


def _unknown(catalog: Catalog, name: Name, content: Content) -> Iterator[Remark]:
    """What a document names and isn't there."""
    if name[0] in (QUIZ, ASSESSMENT):
        lessons = {key for kind, key in catalog.documents if kind == LESSON}
        for i, question in enumerate(content["questions"]):
            if (lesson := question.get("lesson")) is not None and lesson not in lessons:
                why = _("There is no lesson “%(key)s” any more.", key=lesson)
                yield Remark(name, ("questions", i, "lesson"), why)
    for key in _keys(content):
        if _taken(catalog)[key] > 1:
            yield Remark(name, (), _("The key “%(key)s” is there twice.", key=key))
    if name[0] == COURSE:
        for kind, key in names_in(content)[1:]:
            if (kind, key) not in catalog.documents:
                yield Remark(name, (), _("“%(key)s” has nothing in it yet.", key=key))


def _doubted(catalog: Catalog, name: Name, content: Content) -> Iterator[Remark]:
    """What the list of words names; nothing of it is certain, so nothing of it blocks."""
    if name[0] != LESSON:
        return
    rules = catalog.one("words")["rules"]
    for field in ("title", "summary"):
        yield from (Remark(name, (field,), _why(hint), blocks=False) for hint in _hints(content[field], rules))
    for i, block in enumerate(content["blocks"]):
        if block["type"] not in EXAMPLES:
            for hint in _hints(_shown(block), rules):
                yield Remark(name, ("blocks", i), _why(hint), blocks=False)


def _shown(block: Content) -> Content:
    """What a block says to be believed: of a question, not the options that are to be found wrong."""
    if block["type"] != "check":
        return block
    question = block["question"]
    return {name: held for name, held in question.items() if name != "options"}


def _hints(held: Any, rules: Iterable[Mapping[str, Any]]) -> list[Hint]:
    return hints("\n".join(words for text in texts_in(held) for words in text.values()), rules)


def _why(hint: Hint) -> str:
    return _("“%(words)s”: %(why)s", words=hint.words, why=pick(hint.why))


def left_behind(before: Catalog, after: Catalog) -> list[Remark]:
    """What would be gone although a tier, a badge, a certificate or another course still asks for it."""
    documents = {name: dict(document.content) for name, document in after.documents.items()}
    pack = Pack(documents, keys=dict.fromkeys(_things(after), ""))
    source = Source("academy", {}, [])
    data: dict[str, Any] = {kind: content for (kind, key), content in documents.items() if key == "academy"}
    for check in (check_ladder, check_benefits, check_achievements):
        check(pack, source, data)
    for (kind, key), document in after.documents.items():
        if kind == COURSE and document.content["unlock"] is not None:
            data[key] = document.content
            check_criterion(pack, source, document.content["unlock"], (key, "unlock"))
    for quiz in after.quizzes.values():
        data[quiz.key] = {"title": quiz.title}
        pack.named += [(source, (quiz.key,), f"lesson/{asked.lesson}") for asked in quiz.questions if asked.lesson]
    gone = _things(before) - _things(after)
    return [
        Remark(
            (COURSE, ""),
            (),
            _("“%(who)s” still asks for “%(what)s”.", who=_holder(data, path), what=_titled(before, name)),
        )
        for _source, path, name in dict.fromkeys((None, path, name) for _s, path, name in pack.named if name in gone)
    ]


def _things(catalog: Catalog) -> set[str]:
    """Whatever of its courses a criterion may name, as packs name it."""
    return {
        *(f"course/{key}" for key in catalog.course),
        *(f"stage/{key}" for key in catalog.stages),
        *(f"lesson/{key}" for key in catalog.lessons),
        *(f"quiz/{key}" for key in catalog.quizzes),
        *(f"practice/{key}" for key in catalog.practices),
    }


def _titled(catalog: Catalog, name: str) -> str:
    kind, _slash, key = name.partition("/")
    held: dict[str, Mapping[str, Any]] = {
        "course": catalog.course,
        "stage": catalog.stages,
        "lesson": catalog.lessons,
        "quiz": catalog.quizzes,
        "practice": catalog.practices,
    }
    return pick(held[kind][key].title)


def _holder(data: Any, path: Path) -> str:
    """What the thing around a path is called."""
    called = str(path[0])
    for step in path:
        data = data[step]
        if isinstance(data, Mapping) and (title := data.get("title") or data.get("name")):
            called = pick(title)
    return called


@lru_cache(maxsize=4)
def _taken(catalog: Catalog) -> Counter[str]:
    """How often each key of a question, practice or session is there: what is known of trainees hangs on it."""
    return Counter(key for document in catalog.documents.values() for key in _keys(document.content))


def _keys(content: Any) -> Iterator[str]:
    yield from (question["key"] for question in content.get("questions", ()))
    blocks = content.get("blocks", ())
    yield from (key for block in blocks if isinstance(block, Mapping) and (key := key_of(block)))
