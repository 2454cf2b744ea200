"""What a file is by what it begins with, whatever its name says."""

from pathlib import Path
from zipfile import BadZipFile, ZipFile

HEAD = 64
MOST_CAPTIONS = 1024 * 1024


def kind_of(path: Path) -> str | None:
    """The ending that a file should have; None for what we know nothing of."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[4:8] == b"ftyp":
        return "m4a" if head[8:12] in (b"M4A ", b"M4B ") else None if head[8:12] == b"qt  " else "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "webm"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "mp3"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT") and path.stat().st_size <= MOST_CAPTIONS:
        return "vtt" if _is_text(path) else None
    return None


def _office(path: Path) -> str | None:
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, NotImplementedError):
        return None
    for folder, ending in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in names):
            return None if any(name.endswith("vbaProject.bin") for name in names) else ending
    return "zip"


def _is_text(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return True
