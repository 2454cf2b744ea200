"""The manifest of a package: what is in it, in which order, and how it begins. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.parsers import expat

from academy.files.archives import Archive, Unfit
from academy.text.line import plain

MANIFEST = "imsmanifest.xml"
MOST_MANIFEST = 2 * 1024 * 1024
MOST_ITEMS = 200
DEEPEST = 100
LONGEST_TITLE = 120


@dataclass
class Element:
    """An element of the manifest; names go without their namespaces, which packages often get wrong."""

    name: str
    attributes: Mapping[str, str]
    inside: list["Element"] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator["Element"]:
        return (one for one in self.inside if one.name == name)

    def first(self, *names: str) -> "Element | None":
        """The first element at a path."""
        found: Element | None = self
        for name in names:
            found = next(found.all(name), None) if found else None
        return found

    def said(self, *names: str) -> str:
        """The text at a path; nothing where there is no such element."""
        found = self.first(*names)
        return found.text.strip() if found else ""


@dataclass(frozen=True)
class Item:
    """One line of the table of contents: a heading, a SCO that reports, or an asset that is only looked at."""

    title: str
    depth: int
    href: str | None = None
    sco: bool = False
    mastery: float | None = None
    launch: str = ""
    max_time: str = ""
    limit: str = ""


@dataclass(frozen=True)
class Manifest:
    """What a package says of itself."""

    identifier: str
    title: str
    items: tuple[Item, ...]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The items as JSON, without what they leave out."""
        return [{name: value for name, value in asdict(item).items() if value not in (None, "")} for item in self.items]


def manifest_of(archive: Archive) -> Manifest:
    """The manifest of an archive, whose pages are all there. Raises `Unfit`."""
    info = archive.find(MANIFEST)
    if info is None:
        raise _without_manifest(archive)
    if info.file_size > MOST_MANIFEST:
        raise Unfit("manifest")
    data = archive.zip.read(info)
    root = parsed(data)
    _check_version(root, data)
    organizations = root.first("organizations")
    if organizations is None:
        raise Unfit("manifest")
    all_ = list(organizations.all("organization"))
    default = organizations.attributes.get("default")
    chosen = next((one for one in all_ if one.attributes.get("identifier") == default), all_[0] if all_ else None)
    if chosen is None:
        raise Unfit("empty")
    items = tuple(_items(chosen, _resources(root), archive, 0))
    if not any(item.href for item in items):
        raise Unfit("empty")
    if len(items) > MOST_ITEMS:
        raise Unfit("items")
    title = _line(chosen.said("title")) or items[0].title
    return Manifest(root.attributes.get("identifier", "")[:200], title, items)


def parsed(data: bytes) -> Element:
    """XML as elements. Raises `Unfit` for what is none, and for a document type, in which entities would be."""
    stack: list[Element] = [Element("", {})]

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise Unfit("manifest")
        element = Element(_local(name), {_local(key): value for key, value in attributes.items()})
        stack[-1].inside.append(element)
        stack.append(element)

    def say(text: str) -> None:
        stack[-1].text += text

    def refuse(*_declared: object) -> None:
        raise Unfit("entities")

    reader = expat.ParserCreate(namespace_separator=" ")
    reader.buffer_text = True
    reader.StartElementHandler = begin
    reader.EndElementHandler = lambda _name: stack.pop()
    reader.CharacterDataHandler = say
    reader.StartDoctypeDeclHandler = refuse
    reader.EntityDeclHandler = refuse
    try:
        reader.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise error if isinstance(error, Unfit) else Unfit("manifest") from error
    return stack[0].inside[0]


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _line(text: str) -> str:
    return plain(text)[:LONGEST_TITLE]


def _without_manifest(archive: Archive) -> Unfit:
    names = list(archive.files)
    deeper = next((name for name in names if name.endswith(f"/{MANIFEST}")), None)
    if deeper:
        return Unfit("folder", deeper.removesuffix(f"/{MANIFEST}"))
    if any(name.endswith((".au", ".crs", ".cst")) for name in names):
        return Unfit("aicc")
    if any(name.endswith(("tincan.xml", "cmi5.xml")) for name in names):
        return Unfit("xapi")
    return Unfit("bare")


def _check_version(root: Element, data: bytes) -> None:
    said = root.said("metadata", "schemaversion")
    # Not every tool fills this in; the namespaces tell as well.
    if re.search(r"2004|1\.3", said) or (not said.startswith("1.2") and re.search(rb"adlcp_v1p3|imsss", data)):
        raise Unfit("2004", said)
    if not said.startswith("1.2") and b"adlcp" not in data:
        raise Unfit("schema", said[:40])


def _resources(root: Element) -> dict[str, tuple[str, bool]]:
    """Where each resource begins, and whether it is a SCO."""
    found = {}
    resources = root.first("resources")
    outer = root.attributes.get("base", "")
    for one in resources.all("resource") if resources else ():
        base = urljoin(outer, (resources.attributes if resources else {}).get("base", ""))
        href = urljoin(urljoin(base, one.attributes.get("base", "")), one.attributes.get("href", ""))
        sco = one.attributes.get("scormtype", "").lower() == "sco"
        found[one.attributes.get("identifier", "")] = (href, sco)
    return found


def _items(under: Element, resources: Mapping[str, tuple[str, bool]], archive: Archive, depth: int) -> Iterator[Item]:
    for one in under.all("item"):
        title = _line(one.said("title")) or "…"
        reference = one.attributes.get("identifierref")
        shown = one.attributes.get("isvisible", "true").lower() != "false"
        if reference and shown:
            if reference not in resources:
                raise Unfit("resource", title)
            href, sco = resources[reference]
            yield Item(
                title,
                depth,
                _page(archive, href, one.attributes.get("parameters", ""), title),
                sco,
                _mastery(one, title),
                one.said("datafromlms")[:4096],
                one.said("maxtimeallowed")[:20],
                one.said("timelimitaction")[:40],
            )
        elif shown:
            yield Item(title, depth)
        yield from _items(one, resources, archive, depth + 1)


def _page(archive: Archive, href: str, parameters: str, title: str) -> str:
    """The address of an item's page within the package, with its parameters; the file must be there."""
    parts = urlsplit(href)
    name = unquote(parts.path)
    if parts.scheme or parts.netloc or name.startswith("/") or ".." in name.split("/"):
        raise Unfit("outside", title)
    if archive.find(name) is None:
        raise Unfit("page", name or title)
    query = "&".join(part for part in (parts.query, parameters.lstrip("?&")) if part and not part.startswith("#"))
    return name + (f"?{query}" if query else "")


def _mastery(item: Element, title: str) -> float | None:
    said = item.said("masteryscore")
    if not said:
        return None
    try:
        found = float(said)
    except ValueError:
        found = -1
    if not 0 <= found <= 100:
        raise Unfit("mastery", title)
    return found
