"""Files as people bring them."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook


def xlsx(*rows: Sequence[Any]) -> bytes:
    """A workbook with one sheet of these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows: Iterable[str], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(rows).encode(encoding)
