"""The file room: content-addressed files outside the database."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

NAME = re.compile(r"[0-9a-f]{40}\.(?:svg|jpg|png|webp|json|pdf|zip|csv|xlsx|docx|pptx|mp4|webm|mp3|m4a|vtt)")


def named_in(documents: object) -> set[str]:
    """The names of files that stand in some documents, wherever they do."""
    return set(NAME.findall(json.dumps(documents)))


class FileRoom:
    """Files by area and name in one folder; a name is the digest of what the file holds, or of what it is made from."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, area: str, data: bytes, suffix: str) -> str:
        """Keep a file; its name. The same data twice is one file."""
        name = hashlib.sha256(data).hexdigest()[:40] + suffix
        self.keep(area, name, data)
        return name

    def keep(self, area: str, name: str, data: bytes) -> None:
        """Keep a file under its name; one that is there is as good as new, for whoever sweeps."""
        try:
            os.utime(self.path(area, name))
        except FileNotFoundError:
            with self.filled(area, name) as file:
                file.write(data)

    def receive(self, area: str, file: BinaryIO, suffix: str) -> str:
        """Keep an upload, which may be larger than the memory, under the digest of what it holds; its name."""
        file.seek(0)
        name = hashlib.file_digest(file, "sha256").hexdigest()[:40] + suffix  # type: ignore[arg-type]
        file.seek(0)
        with self.filled(area, name) as out:
            shutil.copyfileobj(file, out)
        return name

    def copy(self, area: str, name: str, source: Path) -> None:
        """Keep a file that lies elsewhere under its name, unless it is there; it may be larger than the memory."""
        if not self.path(area, name).exists():
            with source.open("rb") as held, self.filled(area, name) as file:
                shutil.copyfileobj(held, file)

    @contextmanager
    def filled(self, area: str, name: str) -> Iterator[BinaryIO]:
        """Write a file that is there once it is whole: whoever reads sees all of it or none, even if we are killed."""
        path = self.path(area, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, half = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            os.replace(half, path)
        except BaseException:
            Path(half).unlink(missing_ok=True)
            raise

    def remove(self, area: str, name: str) -> None:
        """Forget a file; it may be gone already."""
        self.path(area, name).unlink(missing_ok=True)

    def path(self, area: str, name: str) -> Path:
        """Where a file is; ValueError for a name that no file can have."""
        if not NAME.fullmatch(name) or not area.isalpha():
            raise ValueError(name)
        return self.root / area / name[:2] / name

    def sweep(self, area: str, before: datetime, kept: Collection[str] = ()) -> None:
        """Remove the files of an area that were put there before an instant, but for those `kept`."""
        for path in (self.root / area).glob("*/*"):
            if path.name not in kept and path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
