"""Our own fonts are there, and a missing one shows."""

import subprocess
import sys
from pathlib import Path

import pytest

from academy.text.fonts import lacking, missing_fonts, outline, unprintable, use_our_fonts

ROOT = Path(__file__).parents[2]


def test_all_faces_for_print_are_found() -> None:
    assert missing_fonts() == []


def test_a_missing_configuration_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/nowhere/fonts.conf")
    assert missing_fonts() == ["/nowhere/fonts.conf"]
    monkeypatch.delenv("FONTCONFIG_FILE")
    assert missing_fonts() == ["FONTCONFIG_FILE"]


def test_missing_faces_are_named(tmp_path: Path) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text("<fontconfig></fontconfig>")
    # fontconfig reads its configuration once a process
    said = subprocess.run(
        [sys.executable, "-c", "from academy.text.fonts import missing_fonts; print(missing_fonts())"],
        env={"FONTCONFIG_FILE": str(empty), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Noto Serif SC 200" in said
    assert "LXGW WenKai 80" in said


def test_an_operators_choice_of_fonts_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/etc/their.conf")
    use_our_fonts(ROOT)
    assert missing_fonts() == ["/etc/their.conf"]


def test_rare_hanzi_are_drawn_by_the_second_face() -> None:
    assert lacking("林𠮷䶮", "Noto Serif SC") == "𠮷"
    assert unprintable("林晓棠𠮷䶮〇·Nguyễn김") == ""
    assert unprintable("林ไ") == "ไ"


def test_a_letter_has_an_outline() -> None:
    assert outline("鹿").path.startswith("M")
    assert outline("鹿").height > 500
    assert outline("𠮷").path
    assert outline("ไ").path == ""
