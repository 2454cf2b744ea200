"""Whether every interface text is there in Chinese: `python -m tests.house.translations`.

With `--update` the catalogue is brought up to what the code says: new texts come in empty, gone ones go.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
ZH = ROOT / "academy/translations/zh/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2)}
METHODS = [("academy/**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def said() -> Catalog:
    """All texts that code and templates say."""
    found = Catalog(locale="zh", project="academy")
    for name, line, message, comments, context in extract_from_dir(
        str(ROOT), METHODS, OPTIONS, keywords=KEYWORDS, directory_filter=_ours
    ):
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def _ours(folder: str) -> bool:
    return Path(folder).name not in {".venv", "node_modules", "static", "instance", ".git"}


def known() -> Catalog:
    """All texts that have a translation."""
    with ZH.open("rb") as file:
        return read_po(file, locale="zh")


def problems() -> list[str]:
    """What is missing, fuzzy, or translated though nobody says it."""
    code, zh = said(), known()
    found = []
    for message in code:
        if not message.id:
            continue
        there = zh.get(message.id)
        if there is None or not _whole(there):
            found.append(f"missing: {message.id!r} ({message.locations[0][0]}:{message.locations[0][1]})")
        elif there.fuzzy:
            found.append(f"fuzzy: {message.id!r}")
        else:
            found += [f"{there.id!r}: {error}" for error in there.check(zh)]
    found += [f"nobody says: {message.id!r}" for message in zh if message.id and code.get(message.id) is None]
    return found


def _whole(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else message.string
    return bool(strings) and all(strings)


def update() -> None:
    """Bring the catalogue up to what the code says, keeping translations."""
    zh = known() if ZH.exists() else Catalog(locale="zh")
    fresh = Catalog(
        locale="zh", project="academy", charset="utf-8", header_comment="# 界面文字：English msgids, 中文", fuzzy=False
    )
    fresh.creation_date = fresh.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # no change without a change
    for message in said():
        if message.id:
            there = zh.get(message.id)
            fresh.add(message.id, there.string if there else "")
    ZH.parent.mkdir(parents=True, exist_ok=True)
    with ZH.open("wb") as file:
        write_po(file, fresh, sort_output=True, omit_header=False, width=120)


if __name__ == "__main__":
    if "--update" in sys.argv:
        update()
    wrong = problems()
    print("\n".join(wrong) or "zh: complete")
    sys.exit(bool(wrong))
