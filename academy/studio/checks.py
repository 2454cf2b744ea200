"""What keeps a document from being published, and what to think twice about, each at its place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from academy.achievements.pack import check_achievements
from academy.catalog.blocks import texts_in
from academy.catalog.content import Catalog
from academy.catalog.pack import Pack, Source, problems_of
from academy.composing import checks as composing
from academy.composing.trees import Tree
from academy.criteria.language import Leaf
from academy.criteria.pack import check_criterion
from academy.studio.rules import ASSESSMENT, COURSE, LESSON, QUIZ, UNLOCK, UPDATE, Content, Name, names_in
from academy.text.wording import Hint, found
from academy.tiers.pack import check_benefits, check_ladder
from academy.web.reading import pick

Path = tuple[str | int, ...]

OWN = ("course.completed", "stage.completed", "lesson.completed", "quiz.passed")
"""What can be done in a course only once it is open."""

EXAMPLES = ("dont", "mistake")
"""Blocks that show what not to say, where the words of the list belong."""


@dataclass(frozen=True)
class Remark:
    """Something to point out in a document, and where; what `blocks` can't be published."""

    name: Name
    path: Path
    why: Any
    blocks: bool = True
    hint: Hint | None = None
    """What the list of words names there."""

    @property
    def level(self) -> str:
        """How grave a word is; one of level `block` is published only with somebody's reason."""
        return self.hint.level if self.hint else ""

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
    if name[0] in (QUIZ, ASSESSMENT, UPDATE):
        lessons = {key for kind, key in catalog.documents if kind == LESSON}
        for i, question in enumerate(content["questions"]):
            if (lesson := question.get("lesson")) is not None and lesson not in lessons:
                why = _("There is no lesson “%(key)s” any more.", key=lesson)
                yield Remark(name, ("questions", i, "lesson"), why)
    if name[0] == LESSON:
        for i, block in enumerate(content["blocks"]):
            if block["type"] == "scorm" and ("package", block["package"]) not in catalog.documents:
                yield Remark(name, ("blocks", i, "package"), _("Please choose a package that is there."))
    if name[0] == COURSE:
        for kind, key in names_in(content)[1:]:
            if (kind, key) not in catalog.documents:
                yield Remark(name, (), _("“%(key)s” has nothing in it yet.", key=key))
        for said in of_unlock(catalog, content, content[UNLOCK]):
            yield Remark(name, (UNLOCK,), said.why, said.blocks)


def of_unlock(catalog: Catalog, course: Content, tree: Tree | None) -> Iterator[composing.Remark]:
    """What there is to say about a criterion by which a course would open."""
    if tree is None:
        return
    where: dict[Leaf, str] = {}
    yield from composing.checked(catalog, UNLOCK, tree, where, heads=False)
    own = {course["key"], *(stage["key"] for stage in course["stages"]), *(key for _kind, key in names_in(course))}
    for leaf, address in where.items():
        if leaf.kind in OWN and leaf.topic in own:
            yield composing.Remark(address, _("The course would wait for itself."), blocks=False)


def _doubted(catalog: Catalog, name: Name, content: Content) -> Iterator[Remark]:
    """What the list of words names; nothing of it is certain, so nothing of it blocks."""
    if name[0] != LESSON:
        return
    rules = catalog.one("words")["rules"]
    shown: list[tuple[Path, Any]] = [((field,), content[field]) for field in ("title", "summary")]
    shown += [
        (("blocks", i), _shown(block)) for i, block in enumerate(content["blocks"]) if block["type"] not in EXAMPLES
    ]
    for path, held in shown:
        for where, words in _said(held, path):
            yield from (Remark(name, where, _why(hint), blocks=False, hint=hint) for hint in found(words, rules))
    for i, block in enumerate(content["blocks"]):
        if _unmarked(block):
            why = _("What is published for this has to be marked 广告. Say so in the task.")
            yield Remark(name, ("blocks", i, "task"), why, blocks=False)


def _shown(block: Content) -> Content:
    """What a block says to be believed: of a question, not what is to be found wrong in it."""
    held: Content = block.get("question") or block.get("practice") or block
    return {name: said for name, said in held.items() if block["type"] != "check" or name not in ("options", "said")}


def _unmarked(block: Content) -> bool:
    """Whether a practice asks for the address of something published, and never says that it has to be marked."""
    task = block.get("practice", {})
    said = (words for text in texts_in(task) for words in text.values())
    return bool(task.get("link")) and not any("广告" in words for words in said)


def _said(held: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """All that is said somewhere in a document, with its path."""
    if isinstance(held, str):
        if path[-1] in ("zh", "en"):
            yield path, held
        return
    inner = held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, list) else ()
    for step, one in inner:
        yield from _said(one, (*path, step))


def _why(hint: Hint) -> str:
    return _("“%(words)s”: %(why)s", words=hint.words, why=pick(hint.why))


def claims(before: Catalog, after: Catalog, names: Iterable[Name]) -> list[Remark]:
    """What the list of words forbids in some documents, and what is published of them does not say already."""
    said = {(one.name, one.hint.words) for one in remarks(before, names) if one.hint}
    new = (one for one in remarks(after, names) if one.hint and one.level == "block")
    return [one for one in new if one.hint and (one.name, one.hint.words) not in said]


def left_behind(before: Catalog, after: Catalog) -> list[Remark]:
    """What would be gone although a tier, a badge or a course still asks for it, and what would be there twice."""
    documents = {name: dict(document.content) for name, document in after.documents.items()}
    pack = Pack(documents, keys=dict.fromkeys(_of_courses(after), ""))
    source = Source("academy", {}, [])
    data: dict[str, Any] = {kind: content for (kind, key), content in documents.items() if key == "academy"}
    for check in (check_ladder, check_benefits, check_achievements):
        check(pack, source, data)
    for (kind, key), document in after.documents.items():
        if kind == COURSE and document.content["unlock"] is not None:
            data[key] = document.content
            check_criterion(pack, source, document.content["unlock"], (key, "unlock"))
    for quiz in after.all_quizzes.values():
        data[quiz.key] = {"title": quiz.title}
        pack.named += [(source, (quiz.key,), f"lesson/{asked.lesson}") for asked in quiz.questions if asked.lesson]
    twice = sorted(after.repeated - before.repeated)
    gone = _of_courses(before) - _of_courses(after)
    return [Remark((COURSE, ""), (), _("The key “%(key)s” is there twice.", key=key)) for key in twice] + [
        Remark(
            (COURSE, ""),
            (),
            _("“%(who)s” still asks for “%(what)s”.", who=_holder(data, path), what=_called(before, name)),
        )
        for _source, path, name in dict.fromkeys((None, path, name) for _s, path, name in pack.named if name in gone)
    ]


def _of_courses(catalog: Catalog) -> set[str]:
    """Whatever of its courses may be named."""
    return {name for name in catalog.names if name.partition("/")[0] in _TITLED}


_TITLED: Mapping[str, Callable[[Catalog], Mapping[str, Any]]] = {
    "course": lambda catalog: catalog.course,
    "stage": lambda catalog: catalog.stages,
    "lesson": lambda catalog: catalog.lessons,
    "quiz": lambda catalog: catalog.all_quizzes,
    "practice": lambda catalog: catalog.practices,
}


def _called(catalog: Catalog, name: str) -> str:
    kind, _slash, key = name.partition("/")
    return pick(_TITLED[kind](catalog)[key].title)


def _holder(data: Any, path: Path) -> str:
    """What the thing around a path is called."""
    called = str(path[0])
    for step in path:
        data = data[step]
        if isinstance(data, Mapping) and (title := data.get("title") or data.get("name")):
            called = pick(title)
    return called
