"""Packages as documents: what is published of one, and how it travels in a pack."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from academy.catalog.pack import Pack, Source, key, name_in, read_yaml, text
from academy.files.archives import Unfit, checked
from academy.scorm.manifest import Manifest, manifest_of

AREA = "package"


def document(
    name: str, title: Mapping[str, str], named: bool, file: str, size: int, manifest: Manifest
) -> dict[str, Any]:
    """A package as it is published; `named` says whether it learns the display names of those who play it."""
    return {
        "key": name,
        "title": dict(title),
        "named": named,
        "file": file,
        "bytes": size,
        "identifier": manifest.identifier,
        "items": manifest.rows,
    }


def load_packages(pack: Pack, root: Path) -> None:
    """Read all packages below a folder."""
    for path in sorted((root / "packages").glob("*/package.yaml")):
        if read := read_yaml(pack, root, path):
            _package(pack, path.with_suffix(".zip"), *read)


def _package(pack: Pack, path: Path, data: Any, source: Source) -> None:
    package_key = key(pack, source, data, ("key",), "package")
    if not isinstance(data, dict) or not path.is_file():
        source.wrong((), "must be a mapping, with a package.zip beside it")
        return
    if not isinstance(data.get("named", False), bool):
        source.wrong(("named",), "must be true or false")
    try:
        with path.open("rb") as file:
            manifest = manifest_of(checked(file))
    except Unfit as error:
        source.wrong((), f"package.zip can't be played: {error.reason} {error.about}".rstrip())
        return
    name = name_in(path)
    title = text(source, data, ("title",))
    named = data.get("named", False) is True
    pack.pictures[AREA, name] = path
    pack.documents["package", package_key] = document(package_key, title, named, name, os.path.getsize(path), manifest)
    pack.sources["package", package_key] = source
