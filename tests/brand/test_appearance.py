"""The brand dresses its academy: what is refused, what is kept, what everybody sees at once."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from academy.achievements.certificates import queries as certificates
from academy.achievements.certificates.models import Certificate
from academy.art.colour import Colour
from academy.brand.actions import BRAND, dress
from academy.catalog.actions import Overtaken, publish
from academy.catalog.models import Version
from academy.catalog.queries import published
from academy.db import db
from academy.files.pictures import MOST_LOGO_BYTES, NotAPicture, reencode_logo
from academy.packs.actions import Conflict, export, publish_pack, read
from academy.people.models import Audit, Person
from tests.achievements.story import almost_silver
from tests.conftest import ON_SQLITE, html
from tests.phone import did, statements

Clients = Callable[[Person | None], FlaskClient]
ENGLISH = {"Accept-Language": "en"}


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGBA") -> io.BytesIO:
    """A green picture file, half transparent where it can be."""
    out = io.BytesIO()
    Image.new(mode, size, (40, 120, 60, 128) if mode == "RGBA" else (40, 120, 60)).save(out, kind)
    out.seek(0)
    return out


def worn(session: Session) -> dict[str, object]:
    """The brand as it is published now."""
    session.rollback()
    found = dict(published(session).one("brand"))
    session.rollback()
    return found


def typed(client: FlaskClient, **changed: object) -> dict[str, object]:
    """What the form holds when it is opened, with some of it changed."""
    page = html(client.get("/desk/brand"))
    version = page.split('name="version" type="hidden" value="')[1].split('"')[0]
    kept = page.split('name="kept" value="')[1].split('"')[0] if 'name="kept"' in page else None
    filled: dict[str, object] = {
        "version": version,
        "colour": "#c4305d",
        "name": "鹿芽",
        "academy_zh": "鹿芽学堂",
        "academy_en": "Luya Academy",
        "company": "鹿芽有限公司",
        "hotline": "400-000-0000",
        "seal": "鹿芽之印",
    }
    return filled | ({"kept": kept} if kept else {}) | changed


def save(client: FlaskClient, **changed: object) -> TestResponse:
    return client.post("/desk/brand", data=typed(client, **changed), headers=ENGLISH)


def test_a_colour_is_published_and_everybody_wears_it_at_once(
    client_of: Clients, lu: Person, tang: Person, session: Session
) -> None:
    before, phone = worn(session), client_of(tang)
    assert f"/brand.css?v={Colour('#c4305d').version}" in html(phone.get("/"))
    desk = client_of(lu)
    assert save(desk, colour="2E8B57").location == "/desk/brand"
    assert "Everybody sees it from the next page on." in html(desk.get("/desk/brand", headers=ENGLISH))
    assert worn(session) == {**before, "colour": "#2e8b57"}
    page = html(phone.get("/"))
    assert f'href="/brand.css?v={Colour("#2e8b57").version}"' in page
    assert f'<meta name="theme-color" content="{Colour("#2e8b57").fill}">' in page
    version = session.scalars(select(Version).where(Version.kind == "brand").order_by(Version.id.desc())).first()
    assert version is not None
    assert version.origin == "studio"
    (noted,) = session.scalars(select(Audit).where(Audit.action == "brand.dressed"))
    assert (noted.staff_id, noted.subject) == (lu.id, f"release/{version.release_id}")


@ON_SQLITE
def test_the_style_is_public_tiny_and_kept_for_good_only_under_its_own_version(client_of: Clients, lu: Person) -> None:
    stranger = client_of(None)
    old, new = Colour("#c4305d").version, Colour("#ffd400").version
    style = stranger.get(f"/brand.css?v={old}")
    assert style.mimetype == "text/css"
    assert style.text == ":root{--brand-h:8;--brand-c:0.185;--brand-hex:#c4305d}"
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in style.headers
    assert stranger.get(f"/brand.css?v={new}").headers["Cache-Control"] == "no-cache"
    save(client_of(lu), colour="#ffd400")
    assert stranger.get(f"/brand.css?v={old}").headers["Cache-Control"] == "no-cache"
    assert "immutable" in stranger.get(f"/brand.css?v={new}").headers["Cache-Control"]


@ON_SQLITE
def test_an_academy_without_content_is_styled_too(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("academy.catalog.queries._load", lambda session, release: pytest.fail("nothing to load"))
    monkeypatch.setattr("academy.brand.queries.on_page", lambda: type("Empty", (), {"release": 0}))
    assert client_of(None).get("/brand.css").text.startswith(":root{--brand-h:8;")


@ON_SQLITE
def test_a_logo_takes_the_mascots_place_as_a_transparent_png(
    client_of: Clients, lu: Person, tang: Person, zhou: Person, session: Session
) -> None:
    assert 'class="logo"' not in html(client_of(tang).get("/"))
    assert save(client_of(lu), logo=(picture(size=(1200, 600)), "logo.png")).status_code == 303
    address = f"/brand/{worn(session)['logo']}"
    for who, path in ((tang, "/"), (zhou, "/desk"), (None, "/sign-in"), (None, "/v")):
        page = html(client_of(who).get(path))
        assert f'<img class="logo" src="{address}" alt="">' in page, path
        assert f'<link rel="icon" href="{address}" type="image/png">' in page, path
    response = client_of(None).get(address)
    assert (response.mimetype, response.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with Image.open(io.BytesIO(response.data)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("PNG", "RGBA", (512, 256))
        assert shown.getchannel("A").getextrema() == (128, 128)


@ON_SQLITE
@pytest.mark.parametrize("name", ["0" * 40 + ".png", "..%2f..%2fdevelopment-key", "logo.png", "0" * 40 + ".svg"])
def test_there_is_no_logo_of_another_name(client_of: Clients, name: str) -> None:
    assert client_of(None).get(f"/brand/{name}").status_code == 404


@ON_SQLITE
def test_a_logo_is_kept_by_saving_again_and_taken_off_by_unticking_it(
    client_of: Clients, lu: Person, session: Session
) -> None:
    desk = client_of(lu)
    save(desk, logo=(picture("JPEG", mode="RGB"), "me.jpg"))
    first = worn(session)["logo"]
    save(desk, name="山野")
    assert worn(session)["logo"] == first
    save(desk, logo=(picture("WEBP"), "other.webp"))
    assert worn(session)["logo"] != first
    save(desk, kept="")
    assert "logo" not in worn(session)


BOMB = io.BytesIO()
Image.new("1", (5000, 5000)).save(BOMB, "PNG")


@ON_SQLITE
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "can’t be taken: please choose a PNG, JPEG or WebP. An SVG",
        ),
        (b"MZ\x90", "can’t be taken"),
        (b"", "is empty"),
        (picture().read()[:80], "is damaged"),
        (BOMB.getvalue(), "is larger than 2 MB or 16 megapixels"),
    ],
)
def test_what_is_no_logo_is_refused_at_its_field_and_nothing_typed_is_lost(
    client_of: Clients, lu: Person, session: Session, data: bytes, said: str
) -> None:
    before = worn(session)
    response = save(client_of(lu), logo=(io.BytesIO(data), "mark.png"), company="山野茶业有限公司")
    assert response.status_code == 422
    page = html(response)
    assert f"“mark.png” {said}" in page
    assert 'aria-describedby="logo-error' in page
    assert "山野茶业有限公司" in page
    assert worn(session) == before


def test_a_logo_of_more_than_two_megabytes_is_not_even_opened() -> None:
    with pytest.raises(NotAPicture, match="large"):
        reencode_logo(picture().read().ljust(MOST_LOGO_BYTES + 1, b"\0"))


@ON_SQLITE
def test_a_good_logo_survives_what_else_was_wrong(client_of: Clients, lu: Person, session: Session) -> None:
    desk = client_of(lu)
    response = save(desk, logo=(picture(), "mark.png"), colour="greenish")
    assert response.status_code == 422
    page = html(response)
    assert "Three or six digits from 0 to f" in page
    assert 'value="greenish"' in page
    kept = page.split('name="kept" value="')[1].split('"')[0]
    assert save(desk, kept=kept, colour="#0a8").status_code == 303
    assert (worn(session)["logo"], worn(session)["colour"]) == (kept, "#00aa88")


@ON_SQLITE
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("academy_zh", "中国育儿学堂", "“中国” would make certificates look like those of the state"),
        ("academy_zh", "国 家级学堂", "“国家”"),
        ("academy_en", "National Academy", "“national”"),
        ("name", "全国学堂", "“全国”"),
        ("seal", "国家之印", "“国家”"),
        ("seal", "鹿芽学堂之印", "A seal holds one to four characters."),
        ("seal", "", "Please fill this in."),
        ("company", " \u200b\x00 ", "Please fill this in."),
        ("company", "长" * 31, "31 characters, at most 30"),
        ("hotline", "4" * 31, "31 characters, at most 30"),
        ("colour", "#12345", "Three or six digits"),
        ("colour", "#fff;}*{display:none", "Three or six digits"),
    ],
)
def test_what_may_not_stand_there_is_named_at_its_field(
    client_of: Clients, lu: Person, session: Session, field: str, value: str, said: str
) -> None:
    before = worn(session)
    response = save(client_of(lu), **{field: value})
    assert response.status_code == 422
    assert said in html(response)
    assert f'aria-describedby="{field}-error' in html(response)
    assert worn(session) == before


@ON_SQLITE
def test_a_registered_company_may_have_china_in_its_name(client_of: Clients, lu: Person, session: Session) -> None:
    assert save(client_of(lu), company="鹿芽（中国）有限公司").status_code == 303
    assert worn(session)["company"] == "鹿芽（中国）有限公司"


def test_certificates_keep_the_brand_that_they_were_issued_under(
    client_of: Clients, lu: Person, tang: Person, session: Session
) -> None:
    with db.writing() as s:
        s.get_one(Person, tang.id).legal_name = "林晓棠"
        almost_silver(s, tang.id, but={"pledge.signed"})
    did(tang.id, "pledge.signed", "koc", "2026-09")
    save(client_of(lu), company="山野茶业有限公司", seal="山野")
    session.rollback()
    design = certificates.design(session, session.scalars(select(Certificate)).one())
    assert (design.issuer.company, design.seal) == ("鹿芽有限公司", "鹿芽之印")


@ON_SQLITE
def test_what_is_not_chosen_here_stays(client_of: Clients, lu: Person, session: Session) -> None:
    before = worn(session)
    save(client_of(lu), hotline="400-111-2222")
    after = worn(session)
    assert {name for name in after if after[name] != before[name]} == {"hotline"}
    assert after.keys() == before.keys()


def test_saving_what_is_there_already_publishes_nothing(client_of: Clients, lu: Person, session: Session) -> None:
    desk = client_of(lu)
    once = typed(desk, colour="#2e8b57")
    assert [desk.post("/desk/brand", data=once, headers=ENGLISH).status_code for _ in range(2)] == [303, 303]
    assert "Nothing was changed." in html(desk.get("/desk/brand", headers=ENGLISH))
    assert session.query(Version).filter_by(kind="brand").count() == 2


def test_who_was_overtaken_sees_both_and_loses_nothing(client_of: Clients, lu: Person, session: Session) -> None:
    mine, hers = client_of(lu), client_of(lu)
    opened = typed(mine, colour="#2e8b57", company="山野茶业有限公司", logo=(picture(), "mark.png"))
    save(hers, colour="#1677ff", hotline="400-111-2222")
    response = mine.post("/desk/brand", data=opened, headers=ENGLISH)
    assert response.status_code == 409
    page = html(response)
    assert "鹿芽运营 published another appearance on 14 Sep 10:00" in page
    for shown in ("#1677ff", "#2e8b57", "400-111-2222", "400-000-0000", "山野茶业有限公司"):
        assert f"<td>{shown}</td>" in page
    assert "<td>鹿芽之印</td>" not in page
    assert worn(session)["colour"] == "#1677ff"
    version = page.split('name="version" type="hidden" value="')[1].split('"')[0]
    kept = page.split('name="kept" value="')[1].split('"')[0]
    again = {name: value for name, value in opened.items() if name != "logo"} | {"version": version, "kept": kept}
    assert mine.post("/desk/brand", data=again).status_code == 303
    assert (worn(session)["colour"], worn(session)["logo"]) == ("#2e8b57", kept)


@pytest.mark.parametrize("version", ["", "0", "x", "99999999999999999999"])
def test_a_forged_version_overwrites_nothing(client_of: Clients, lu: Person, session: Session, version: str) -> None:
    assert save(client_of(lu), version=version, colour="#123456").status_code == 409
    assert worn(session)["colour"] == "#c4305d"


def test_of_two_who_save_in_the_same_moment_one_is_overtaken(app: Flask, lu: Person, session: Session) -> None:
    version, ends = str(published(session).version_id("brand")), []
    session.rollback()

    def late() -> None:
        with app.app_context():
            try:
                with db.writing() as s:
                    dress(s, s.get_one(Person, lu.id), {"colour": "#222222"}, version)
            except Overtaken as overtaken:
                ends.append(overtaken.theirs.content["colour"])

    other = Thread(target=late)
    with db.writing() as s:
        dress(s, s.get_one(Person, lu.id), {"colour": "#111111"}, version)
        other.start()
        other.join(0.5)
    other.join()
    assert ends == ["#111111"]
    assert worn(session)["colour"] == "#111111"


@ON_SQLITE
def test_trying_on_shows_the_sample_and_publishes_nothing(client_of: Clients, lu: Person, session: Session) -> None:
    before = worn(session)
    response = save(client_of(lu), colour="ffd400", academy_zh="山野学堂", logo=(picture(), "mark.png"), **{"try": "1"})
    page = html(response)
    assert response.status_code == 200
    assert 'href="/desk/brand/sample.css?colour=%23ffd400"' in page
    assert "as a deep ochre" in page
    assert page.count("山野学堂") == 3, "in the field and on both phones"
    assert 'name="kept" value="' in page
    assert worn(session) == before


@ON_SQLITE
def test_the_sample_follows_what_is_typed_and_waits_for_what_is_no_colour_yet(client_of: Clients, lu: Person) -> None:
    desk = client_of(lu)
    sample = desk.get("/desk/brand/sample?colour=%23fd0&academy_zh=<b>山野", headers=ENGLISH)
    assert "sample.css?colour=%23ffdd00" in html(sample)
    assert "&lt;b&gt;山野" in sample.text
    assert 'data-theme="light"' in sample.text
    assert 'data-theme="dark"' in sample.text
    assert desk.get("/desk/brand/sample?colour=%23ffd4").status_code == 204
    style = desk.get("/desk/brand/sample.css?colour=%23ffd400")
    assert style.text.startswith(".sample{--brand-h:94;")
    assert "}*" not in desk.get("/desk/brand/sample.css?colour=%7D*%7B").text


@ON_SQLITE
def test_only_the_brand_dresses(client_of: Clients, zhou: Person, tang: Person) -> None:
    for who in (zhou, tang):
        for path in ("/desk/brand", "/desk/brand/sample?colour=fff", "/desk/brand/sample.css?colour=fff"):
            assert client_of(who).get(path).status_code == 404
        assert client_of(who).post("/desk/brand", data={"colour": "#fff"}).status_code == 404
    assert "/desk/brand" not in html(client_of(zhou).get("/desk"))


def test_the_page_needs_few_statements(client_of: Clients, lu: Person) -> None:
    desk = client_of(lu)
    desk.get("/desk/brand")
    with statements() as seen:
        desk.get("/desk/brand")
    assert len(seen) <= 6, seen


def test_a_logo_travels_in_a_pack(app: Flask, client_of: Clients, lu: Person, session: Session, tmp_path: Path) -> None:
    save(client_of(lu), logo=(picture(), "mark.png"), colour="#2e8b57")
    before, files = worn(session), app.extensions["files"]
    pack = export(published(session), files, tmp_path / "out")
    assert "  logo: logo.png\n" in (tmp_path / "out/academy.yaml").read_text("utf-8")
    assert pack.documents[BRAND] == before
    name = str(before["logo"])
    files.path("brand", name).unlink()
    with db.writing() as s:
        publish(s, {BRAND: {**before, "colour": "#000000"}}, origin="pack")
    with db.writing() as s:
        assert publish_pack(s, files, read(tmp_path / "out"), "back")
    assert worn(session) == before
    assert files.path("brand", name).is_file()


@ON_SQLITE
@pytest.mark.parametrize("named", ["gone.png", "../logo.png", "logo.svg", 7])
def test_a_pack_whose_logo_is_no_png_beside_it_says_so(
    app: Flask, session: Session, tmp_path: Path, named: object
) -> None:
    export(published(session), app.extensions["files"], tmp_path / "out")
    path = tmp_path / "out/academy.yaml"
    (tmp_path / "logo.png").write_bytes(picture().read())
    (tmp_path / "out/logo.svg").write_text("<svg/>", "utf-8")
    path.write_text(path.read_text("utf-8").replace("brand:\n", f"brand:\n  logo: {json.dumps(named)}\n", 1), "utf-8")
    (problem,) = read(tmp_path / "out").problems
    assert str(problem) == f"academy.yaml:2: brand.logo: there is no PNG {named} beside this file"


@ON_SQLITE
def test_a_pack_whose_colour_is_none_says_so(app: Flask, session: Session, tmp_path: Path) -> None:
    export(published(session), app.extensions["files"], tmp_path / "out")
    path = tmp_path / "out/academy.yaml"
    path.write_text(path.read_text("utf-8").replace("#c4305d", "pink"), "utf-8")
    assert [problem.field for problem in read(tmp_path / "out").problems] == ["brand.colour"]


def test_importing_the_same_pack_again_leaves_what_was_chosen_in_the_browser(
    app: Flask, client_of: Clients, lu: Person, session: Session, tmp_path: Path
) -> None:
    files = app.extensions["files"]
    export(published(session), files, tmp_path / "out")
    save(client_of(lu), colour="#2e8b57")
    session.rollback()
    with db.writing() as s:
        assert publish_pack(s, files, read(tmp_path / "out"), "again") is None
    assert worn(session)["colour"] == "#2e8b57"
    path = tmp_path / "out/academy.yaml"
    path.write_text(path.read_text("utf-8").replace("#c4305d", "#112233"), "utf-8")
    with pytest.raises(Conflict) as conflict, db.writing() as s:
        publish_pack(s, files, read(tmp_path / "out"), "changed on both sides")
    assert conflict.value.names == ["brand/academy"]
