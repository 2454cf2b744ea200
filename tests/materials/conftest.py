"""A small pack of materials beside the one that ships."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from academy import ROOT
from academy.catalog.actions import publish
from academy.catalog.dump import to_yaml
from academy.catalog.queries import published
from academy.db import db
from academy.packs.actions import read

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 {height}">'
    '<rect width="120" height="120" fill="{fill}"/></svg>'
)
TEXT = "入秋早晚凉。\n我家【月龄】，【场景】用了【多久】，我看到【变化】。\n用法看包装。"
FILLED = {"【月龄】": "14 个月", "【场景】": "换尿裤时", "【多久】": "两个月", "【变化】": "膏体偏稠"}

Write = Callable[..., Path]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A pack without courses: the brand's own words, and no material yet."""
    folder = tmp_path / "pack"
    folder.mkdir()
    shutil.copy(ROOT / "courses/academy.yaml", folder)
    return folder


@pytest.fixture
def write(root: Path) -> Write:
    """Write a material into the pack; its file."""

    def written(key: str = "cream", drawings: int = 0, **fields: Any) -> Path:
        folder = root / "materials" / key
        folder.mkdir(parents=True)
        for n in range(1, drawings + 1):
            drawing = SVG.format(height=120, fill=f"#{n * 1234567 % 0xFFFFFF:06x}")
            (folder / f"{n}.svg").write_text(drawing, "utf-8")
        material = {
            "key": key,
            "kind": "product",
            "title": {"zh": "护臀膏这样用", "en": "How to use the cream"},
            "summary": {"zh": "换季时发", "en": "When the season turns"},
            "tier": "bronze",
            "ad": True,
            "tags": ["护臀"],
            "text": TEXT,
            "pictures": [
                {"file": f"{n}.svg", "alt": {"zh": f"第 {n} 张", "en": f"No. {n}"}} for n in range(1, drawings + 1)
            ],
        }
        path = folder / "material.yaml"
        path.write_text(to_yaml({**material, **fields}), "utf-8")
        return path

    return written


@pytest.fixture
def given(app: Flask, session: Session, root: Path) -> Callable[[], None]:
    """Publish what was written into the pack; materials that ship are withdrawn."""

    def publish_it() -> None:
        pack = read(root)
        assert [problem for problem in pack.problems if problem.file.startswith("materials/")] == []
        for (area, _), file in pack.pictures.items():
            app.extensions["files"].put(area, file.read_bytes(), file.suffix)
        mine = {name: document for name, document in pack.documents.items() if name[0] == "material"}
        shipped = {name: None for name in published(session).documents if name[0] == "material"}
        session.rollback()
        with db.writing() as s:
            publish(s, {**shipped, **mine}, origin="studio")

    return publish_it


def photo(width: int, height: int) -> bytes:
    """A photo as a camera gives it: on its side, and telling where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "at home"
    kept = io.BytesIO()
    Image.effect_noise((height, width), 60).convert("RGB").save(kept, "JPEG", exif=exif)
    return kept.getvalue()
