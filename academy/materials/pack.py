"""Materials as folders: load and check."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from academy.catalog.pack import Pack, Source, key, name_in, read_yaml, text
from academy.files.pictures import MOST_BYTES, NotAPicture, reencode
from academy.materials.rules import KINDS, MOST_BLANK, MOST_PICTURES, MOST_TEXT
from academy.text import yaml
from academy.text.typed import AD, blanks, fill
from academy.text.wording import hints

AREA = "material"
SVG, RASTER = ".svg", (".png", ".jpg", ".webp")

# Who says what she has seen herself fills in what that was.
_FIRST_PERSON = re.compile("我家|我们家|我用|我试|我给|我买|我看到|我发现|我觉得")


def load_materials(pack: Pack, root: Path) -> None:
    """Read all materials below a folder, once ladder and word list have been read."""
    for path in sorted((root / "materials").glob("*/material.yaml")):
        if read := read_yaml(pack, root, path):
            _material(pack, path.parent, *read)


def _material(pack: Pack, folder: Path, data: Any, source: Source) -> None:
    if not isinstance(data, dict):
        source.wrong((), "must be a mapping")
        return
    material_key = key(pack, source, data, ("key",), "material")
    if data.get("kind") not in KINDS:
        source.wrong(("kind",), f"must be one of {', '.join(KINDS)}")
    tier = key(pack, source, data, ("tier",))
    if tier and f"tier/{tier}" not in pack.keys:
        source.wrong(("tier",), f"there is no tier {tier}")
    if not isinstance(data.get("ad"), bool):
        source.wrong(("ad",), "must be true or false")
    content = {
        "key": material_key,
        "kind": data.get("kind"),
        "title": text(source, data, ("title",), both=True),
        "summary": text(source, data, ("summary",), both=True),
        "tier": tier,
        "ad": data.get("ad"),
        "tags": _tags(source, data),
        "text": _text(source, data),
        "pictures": _pictures(pack, source, data, folder),
    }
    _check_wording(pack, source, content)
    pack.documents["material", material_key] = content
    pack.sources["material", material_key] = source


def _tags(source: Source, data: dict[str, Any]) -> list[str]:
    tags = data.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag.strip() for tag in tags):
        source.wrong(("tags",), "must be a list of words")
        return []
    return tags


def _text(source: Source, data: dict[str, Any]) -> str:
    written = data.get("text")
    if not isinstance(written, str) or not written.strip():
        source.wrong(("text",), "must be a text")
        return ""
    written = written.strip()
    if len(written) > MOST_TEXT:
        source.wrong(("text",), f"has {len(written)} characters, at most {MOST_TEXT} are possible")
    found = blanks(written)
    without = fill(written.replace(AD, ""), dict.fromkeys(found, ""))
    if re.search("[【】]", without) or not all(0 < len(blank.strip("【】 ")) <= MOST_BLANK for blank in found):
        source.wrong(("text",), f"a blank is a word of at most {MOST_BLANK} characters between 【 and 】")
    if not found and (said := _FIRST_PERSON.search(written)):
        source.wrong(("text",), f"“{said[0]}” tells what somebody saw herself, so it needs a blank, e.g. 【月龄】")
    return written


def _check_wording(pack: Pack, source: Source, content: dict[str, Any]) -> None:
    rules = pack.documents.get(("words", "academy"), {}).get("rules", [])
    for field, said in (("title", "\n".join(content["title"].values())), ("text", content["text"])):
        for hint in hints(said, rules):
            source.wrong((field,), f"says “{hint.words}”: {hint.why['zh']}")


def _pictures(pack: Pack, source: Source, data: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    listed = data.get("pictures", [])
    if not isinstance(listed, list) or len(listed) > MOST_PICTURES:
        source.wrong(("pictures",), f"must be a list of at most {MOST_PICTURES} pictures")
        return []
    return [_picture(pack, source, data, folder, i) for i in range(len(listed))]


def _picture(pack: Pack, source: Source, data: dict[str, Any], folder: Path, i: int) -> dict[str, Any]:
    at: yaml.Path = ("pictures", i)
    written = data["pictures"][i]
    name = written.get("file") if isinstance(written, dict) else None
    picture = {"file": "", "alt": text(source, data, (*at, "alt"), both=True), "width": 1, "height": 1}
    if not isinstance(name, str) or "/" in name or not (folder / name).is_file():
        source.wrong((*at, "file"), f"there is no picture {name}")
        return picture
    file = folder / name
    if file.suffix not in (SVG, *RASTER):
        source.wrong((*at, "file"), "must be svg, png, jpg or webp")
        return picture
    try:
        width, height = _size(file)
    except (NotAPicture, ElementTree.ParseError, ValueError) as error:
        source.wrong((*at, "file"), f"can't be drawn: {error}")
        return picture
    if not 1 / 3 <= width / height <= 3:
        source.wrong((*at, "file"), f"is {width:g} by {height:g}: one side is more than three times the other")
        return picture
    pack.pictures[AREA, name_in(file)] = file
    return {**picture, "file": name_in(file), "width": round(width), "height": round(height)}


def _size(file: Path) -> tuple[float, float]:
    """How large a picture is; a drawing says it by its viewBox."""
    data = file.read_bytes()
    if file.suffix != SVG:
        photo = reencode(data)
        return photo.width, photo.height
    if len(data) > MOST_BYTES:
        raise NotAPicture("large")
    box = re.split(r"[\s,]+", ElementTree.fromstring(data).get("viewBox", "").strip())  # noqa: S314 a pack is ours
    width, height = (float(side) for side in box[2:]) if len(box) == 4 else (0.0, 0.0)
    if not (width >= 1 and height >= 1):
        raise ValueError("it has no viewBox of four numbers")
    return width, height
