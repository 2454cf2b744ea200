"""A document as its editor's form holds it."""

from collections.abc import Iterator, Mapping
from typing import Any

from academy.studio.forms import LOCALES


def fields_of(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A form that holds a document: what `document_of` reads back."""
    found = list(_fields(content, ""))
    return [*found, ("whole", "1")]


def _fields(held: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(held, Mapping):
        for name, inner in held.items():
            if name in ("question", "practice") and isinstance(inner, Mapping):
                yield from ((field.replace(f"{at}.type", f"{at}.asks"), said) for field, said in _fields(inner, at))
            elif name == "options":
                yield from _fields(inner, f"{at}.{name}")
                yield from ((f"{at}.right", option["key"]) for option in inner if option["right"])
            elif name in ("items", "checks"):
                for locale in LOCALES:
                    yield f"{at}.{name}.{locale}", "\n".join(line.get(locale, "") for line in inner)
            elif name not in ("outdated", "right"):
                yield from _fields(inner, f"{at}.{name}" if at else name)
    elif isinstance(held, list):
        for n, inner in enumerate(held):
            yield from _fields(inner, f"{at}.{n}")
    elif held is not False and held is not None:
        yield at, "1" if held is True else str(held)
