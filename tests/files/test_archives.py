"""What is refused of an upload, each with its reason."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_STORED, ZipFile, ZipInfo

import pytest

from academy.files import archives as archive
from academy.files.archives import Unfit, checked
from academy.scorm.manifest import manifest_of, parsed
from tests.scorm.packages import linked, manifest, one_page, packed, sample

HEAD = manifest(("一", "index.html", "sco", ""))


def refused(file: io.BytesIO) -> tuple[str, str]:
    """Why an upload is refused."""
    with pytest.raises(Unfit) as found:
        manifest_of(checked(file))
    return found.value.reason, found.value.about


@pytest.mark.parametrize(
    "name",
    ["../evil.html", "a/../../evil.html", "/etc/passwd", "C:/evil.html", "..\\evil.html", "a\x00.html", "a\u202e"],
)
def test_a_name_that_leads_out_of_the_package_is_refused(name: str) -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as made:
        made.writestr("imsmanifest.xml", HEAD)
        info = ZipInfo("x")
        info.filename = name
        made.writestr(info, "x")
    assert refused(out)[0] == "path"


def test_a_link_is_refused_by_name() -> None:
    assert refused(linked("secret.html", "/etc/passwd")) == ("link", "secret.html")


def test_an_encrypted_entry_is_refused_by_name() -> None:
    data = bytearray(packed({"imsmanifest.xml": HEAD, "a.html": "x"}, ZIP_STORED).getvalue())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refused(io.BytesIO(bytes(data))) == ("locked", "a.html")


def test_two_names_that_differ_by_case_alone_are_refused() -> None:
    assert refused(packed({"imsmanifest.xml": HEAD, "A.html": "x", "a.html": "y"})) == ("twice", "a.html")


def test_a_file_that_unpacks_to_a_hundred_times_its_size_is_refused() -> None:
    assert refused(packed({"imsmanifest.xml": HEAD, "bomb.bin": bytes(30_000_000)})) == ("bomb", "bomb.bin")


def test_a_file_that_is_larger_than_it_says_is_found_out() -> None:
    data = bytearray(packed({"imsmanifest.xml": HEAD, "bomb.bin": bytes(30_000_000)}).getvalue())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    assert refused(io.BytesIO(bytes(data))) == ("damaged", "bomb.bin")


def test_more_than_a_gigabyte_in_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 1000)
    assert refused(packed({"imsmanifest.xml": HEAD, "a.txt": "ab" * 300, "b.txt": "cd" * 300}))[0] == "unpacked"


def test_a_hundred_thousand_files_are_refused_before_they_are_counted_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowd = packed({f"{n}": "" for n in range(100_000)}, ZIP_STORED)
    monkeypatch.setattr(archive, "ZipFile", lambda _file: pytest.fail("it was opened"))
    assert refused(crowd)[0] == "files"


def test_a_count_that_lies_helps_nobody() -> None:
    data = bytearray(packed({f"{n}": "" for n in range(12_000)}, ZIP_STORED).getvalue())
    data[-14:-10] = struct.pack("<HH", 3, 3)
    assert refused(io.BytesIO(bytes(data)))[0] == "files"


def test_an_archive_of_the_long_form_is_refused() -> None:
    data = packed({"imsmanifest.xml": HEAD}).getvalue()
    assert refused(io.BytesIO(data[:-22] + b"PK\x06\x07" + bytes(16) + data[-22:]))[0] == "files"


def test_one_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 100)
    assert refused(sample())[0] == "large"


@pytest.mark.parametrize("cut", [20, 200, 2000])
def test_an_upload_that_was_cut_is_refused(cut: int) -> None:
    assert refused(io.BytesIO(sample().getvalue()[:-cut]))[0] in ("kind", "broken")


def test_a_file_whose_bytes_were_changed_is_named() -> None:
    data = bytearray(packed({"imsmanifest.xml": HEAD, "index.html": "x" * 50}, ZIP_STORED).getvalue())
    at = data.index(b"x" * 50)
    data[at] = ord("y")
    assert refused(io.BytesIO(bytes(data))) == ("damaged", "index.html")


def test_a_method_that_browsers_cannot_read_is_refused() -> None:
    assert refused(packed({"imsmanifest.xml": HEAD, "a": "x" * 99}, ZIP_BZIP2))[0] == "method"


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"PK", bytes(100), b"PK\x05\x06" + bytes(10)])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert refused(io.BytesIO(data))[0] in ("kind", "bare")


def test_names_that_a_chinese_windows_wrote_are_read() -> None:
    name = "课程.html"
    data = packed({"imsmanifest.xml": manifest(("一", name, "sco", "")), "xxxx.html": "x"}).getvalue()
    found = checked(io.BytesIO(data.replace(b"xxxx.html", name.encode("gbk"))))
    assert manifest_of(found).items[0].href == f"{name}?from=manifest"


def test_what_is_in_the_zip_goes_out_as_gzip_without_being_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(sample().getvalue())
    held = archive.opened(path)
    found = held.find("CONTENT/Lesson.HTML")
    assert found
    assert zlib.decompress(held.deflated(found), 31) == held.zip.read(found)


# The manifest

OTHERS: list[tuple[str, Callable[[], io.BytesIO]]] = [
    ("bare", lambda: packed({"index.html": "x"})),
    ("folder", lambda: packed({"course/imsmanifest.xml": HEAD})),
    ("aicc", lambda: packed({"course.au": "x", "course.crs": "x"})),
    ("xapi", lambda: packed({"tincan.xml": "x"})),
    ("2004", lambda: packed({"imsmanifest.xml": manifest(("一", "a", "sco", ""), version="2004 3rd Edition")})),
    ("2004", lambda: packed({"imsmanifest.xml": manifest(("一", "a", "sco", ""), version="CAM 1.3")})),
    ("manifest", lambda: packed({"imsmanifest.xml": "<manifest>"})),
    ("manifest", lambda: packed({"imsmanifest.xml": "<a>" * 5000 + "</a>" * 5000})),
    ("schema", lambda: packed({"imsmanifest.xml": "<html/>"})),
    ("empty", lambda: packed({"imsmanifest.xml": manifest()})),
    ("page", lambda: packed({"imsmanifest.xml": HEAD})),
    ("outside", lambda: packed({"imsmanifest.xml": manifest(("一", "https://evil.example/", "sco", ""))})),
    ("outside", lambda: packed({"imsmanifest.xml": manifest(("一", "../../a.html", "sco", ""))})),
    ("outside", lambda: packed({"imsmanifest.xml": manifest(("一", "javascript:alert(1)", "sco", ""))})),
    ("mastery", lambda: one_page(more="<adlcp:masteryscore>many</adlcp:masteryscore>")),
    ("resource", lambda: packed({"imsmanifest.xml": HEAD.replace('identifier="res-1"', 'identifier="res-9"')})),
]


@pytest.mark.parametrize(("reason", "file"), OTHERS)
def test_what_is_no_package_of_scorm_1_2_is_told_apart(reason: str, file: Callable[[], io.BytesIO]) -> None:
    assert refused(file())[0] == reason


def test_a_manifest_with_entities_is_refused() -> None:
    laughs = '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    spy = '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for declared in (laughs, spy, "<!DOCTYPE m>"):
        assert refused(packed({"imsmanifest.xml": HEAD.replace("?>", f"?>{declared}", 1)}))[0] == "entities"
    with pytest.raises(Unfit, match="manifest"):
        parsed(b"<a>&b;</a>")


def test_the_sample_is_read_whole() -> None:
    found = manifest_of(checked(sample()))
    assert found.title == "宝宝护理 · 互动课"
    assert [(item.title, item.sco, item.mastery, item.launch) for item in found.items] == [
        ("第一课", True, None, "从学堂来"),
        ("图解", False, None, ""),
        ("小测", True, 80, ""),
    ]
    assert found.items[0].href == "content/Lesson.html?from=manifest"
