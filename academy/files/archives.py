"""ZIPs that people upload: what is refused when one comes in, and its files, read out of it as they are asked for."""

import re
import stat
import unicodedata
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from struct import pack, unpack
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MOST_BYTES = 300 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_FILES = 10_000
MOST_DIRECTORY = MOST_FILES * 400
"""Bytes of a ZIP's table of contents; Python reads it whole before anybody can count."""
MOST_RATIO = 100
"""How much larger than packed a file may be; text and silence pack well, but not as well as this."""
SMALL = 1024 * 1024
"""Bytes below which it doesn't matter how well a file packs."""
LONGEST_NAME = 240

_ENCRYPTED, _UTF8 = 0x1, 0x800
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"


class Unfit(ValueError):
    """Why a ZIP is not taken, as a word; `about` names the part that is wrong."""

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__(reason, about)
        self.reason = reason
        self.about = about


@dataclass(frozen=True, eq=False)
class Archive:
    """A ZIP and its files by name; upper and lower case are one, as on the machines that packages are made on."""

    zip: ZipFile
    files: Mapping[str, ZipInfo]

    def find(self, name: str) -> ZipInfo | None:
        """The file of a name."""
        return self.files.get(folded(name))

    def deflated(self, file: ZipInfo) -> bytes:
        """A deflated file as gzip, put together from what is in the ZIP without unpacking it."""
        with open(str(self.zip.filename), "rb") as packed:
            packed.seek(file.header_offset)
            name, extra = unpack("<26xHH", packed.read(30))
            packed.seek(name + extra, 1)
            body = packed.read(file.compress_size)
        return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + pack("<II", file.CRC, file.file_size & 0xFFFFFFFF)


def folded(name: str) -> str:
    """What two names have in common that differ only by case, or by how their accents are written."""
    return unicodedata.normalize("NFC", name).casefold()


def checked(file: IO[bytes]) -> Archive:
    """An upload that can be kept. Raises `Unfit`."""
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise Unfit("large")
    _check_directory(file, size)
    try:
        packed = ZipFile(file)
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unfit("broken") from error
    found = Archive(packed, _files(packed))
    _check_sizes(found)
    _check_whole(found)
    return found


@lru_cache(maxsize=16)
def opened(path: Path) -> Archive:
    """A kept archive; it never changes, so it stays open."""
    packed = ZipFile(path)
    return Archive(packed, _files(packed))


def name_of(info: ZipInfo) -> str:
    """The name of an entry: with slashes, and in GBK where it was zipped on a Chinese Windows, which doesn't say so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            with suppress(UnicodeDecodeError):
                name = raw.decode(encoding)
                break
    return name.replace("\\", "/")


def _check_directory(file: IO[bytes], size: int) -> None:
    """Where the table of contents ends, as `zipfile` looks for it, and that it is not too long to be read."""
    file.seek(max(size - 0xFFFF - 22, 0))
    tail = file.read()
    last = len(tail) - 22
    at = last if last >= 0 and tail[last : last + 4] == _END and tail[-2:] == b"\0\0" else tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise Unfit("kind")
    entries, length = unpack("<HI", tail[at + 10 : at + 16])
    # The long form is for archives larger than any that we take.
    if _END_64 in tail[max(at - 20, 0) : at] or entries > MOST_FILES or length > MOST_DIRECTORY:
        raise Unfit("files")


def _files(packed: ZipFile) -> dict[str, ZipInfo]:
    found: dict[str, ZipInfo] = {}
    if len(packed.infolist()) > MOST_FILES:
        raise Unfit("files")
    for info in packed.infolist():
        name = name_of(info)
        if _leads_out(name):
            raise Unfit("path", name[:LONGEST_NAME])
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Unfit("link", name)
        if name.endswith("/"):
            continue
        if info.flag_bits & _ENCRYPTED:
            raise Unfit("locked", name)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Unfit("method", name)
        if folded(name) in found:
            raise Unfit("twice", name)
        found[folded(name)] = info
    return found


def _leads_out(name: str) -> bool:
    unseen = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name)
    absolute = name.startswith("/") or re.match(r"[A-Za-z]:", name)
    return bool(not name or len(name) > LONGEST_NAME or unseen or absolute or ".." in name.split("/"))


def _check_sizes(archive: Archive) -> None:
    whole = 0
    for info in archive.files.values():
        whole += info.file_size
        if info.file_size > max(SMALL, info.compress_size * MOST_RATIO):
            raise Unfit("bomb", name_of(info))
    if whole > MOST_UNPACKED:
        raise Unfit("unpacked")


def _check_whole(archive: Archive) -> None:
    """That each file can be read, and is what its check sum says: nobody should find out in the middle of a lesson."""
    for info in archive.files.values():
        try:
            with archive.zip.open(info) as file:
                while file.read(1024 * 1024):
                    pass
        except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise Unfit("damaged", name_of(info)) from error
