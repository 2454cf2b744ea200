"""What became of a text, in stretches that a person can read. Pure."""

import re
from difflib import SequenceMatcher

KEPT, CUT, NEW = ("kept", "cut", "new")

_CLAUSE = re.compile(r"[^，。！？；,!?;\n]*[，。！？；,!?;\n]+|[^，。！？；,!?;\n]+")


def became(before: str, after: str) -> list[tuple[str, str]]:
    """What became of a text, clause by clause: stretches that were `kept`, `cut` or `new`."""
    old, new = _CLAUSE.findall(before), _CLAUSE.findall(after)
    found: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append((KEPT, "".join(new[c:d])))
            continue
        found += [(kind, "".join(part)) for kind, part in ((CUT, old[a:b]), (NEW, new[c:d])) if part]
    return found
