"""The material center in a browser's hands."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.catalog.actions import publish
from academy.db import db
from academy.journal.actions import stand
from academy.journal.models import Entry, Standing
from academy.materials.queries import takers
from academy.people.models import Person
from tests.conftest import ON_SQLITE, Clock, html
from tests.materials.conftest import FILLED, SVG, Write
from tests.phone import HTMX, facts, statements

Clients = Callable[[Person | None], FlaskClient]
Given = Callable[[], None]


def links(page: str) -> list[str]:
    """The materials that a list leads to."""
    return re.findall(r'class="hit" href="/materials/([a-z0-9-]+)"', page)


@pytest.fixture
def cream(write: Write, given: Given) -> None:
    write("cream", drawings=9)
    given()


@pytest.fixture
def poster(write: Write, given: Given) -> None:
    """Something for 白银 beside what is open."""
    write("cream")
    title = {"zh": "白银海报", "en": "Silver poster"}
    write("poster", drawings=1, tier="silver", title=title, text="凭【码】领取秘密小样。")
    given()


def test_the_list_shows_what_there_is_and_that_it_earns_nothing(client_of: Clients, tang: Person, cream: None) -> None:
    page = html(client_of(tang).get("/materials"))
    assert links(page) == ["cream"]
    assert "产品 · 九宫格 · 广告" in page
    assert page.count("素材只供取用，不计成长值和羽毛") == 1
    assert re.search(r'href="/materials" aria-current="page"', page)


@ON_SQLITE
def test_there_are_twelve_a_page(client_of: Clients, tang: Person, write: Write, given: Given) -> None:
    for n in range(13):
        write(f"m-{n:02}")
    given()
    hers = client_of(tang)
    assert links(html(hers.get("/materials"))) == [f"m-{n:02}" for n in range(12, 0, -1)]
    assert links(html(hers.get("/materials?page=2&q=护臀"))) == ["m-00"]
    assert links(html(hers.get("/materials?page=99"))) == ["m-00"]
    assert links(html(hers.get("/materials?page=-3"))) == links(html(hers.get("/materials?page=x")))
    assert "/materials?q=%E6%8A%A4%E8%87%80&page=2" in html(hers.get("/materials?q=护臀")).replace("&amp;", "&")


@ON_SQLITE
def test_words_that_find_nothing_are_told_with_the_way_back(client_of: Clients, tang: Person, cream: None) -> None:
    hers = client_of(tang)
    page = html(hers.get("/materials", query_string={"q": "<b>安抚奶嘴"}))
    assert "没有找到“<b>安抚奶嘴”" in page
    assert "<b>安抚奶嘴" not in hers.get("/materials", query_string={"q": "<b>安抚奶嘴"}).get_data(as_text=True)
    assert '<a class="button soft" href="/materials">看全部素材' in page
    assert "这一类还没有素材" in html(hers.get("/materials?kind=brand"))
    assert hers.get("/materials", query_string={"q": "长" * 5000}).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("query", ["kind=poster", "form=eight", "kind=product&form=x"])
def test_a_filter_that_there_is_not_is_not_found(client_of: Clients, tang: Person, query: str) -> None:
    assert client_of(tang).get(f"/materials?{query}").status_code == 404


@ON_SQLITE
def test_an_academy_without_materials_says_what_will_be_here(client_of: Clients, tang: Person, given: Given) -> None:
    given()
    assert "还没有素材" in html(client_of(tang).get("/materials"))


@pytest.mark.parametrize("address", ["/materials", "/materials?q=护臀", "/materials/cream"])
def test_a_page_needs_few_statements(client_of: Clients, tang: Person, cream: None, address: str) -> None:
    hers = client_of(tang)
    hers.get(address)
    with statements() as seen:
        assert hers.get(address).status_code == 200
    assert len(seen) <= 4, seen


# The tier


@ON_SQLITE
def test_what_waits_for_a_tier_is_shown_without_its_text_and_pictures(
    client_of: Clients, tang: Person, poster: None
) -> None:
    hers = client_of(tang)
    page = html(hers.get("/materials"))
    assert links(page) == ["cream"]
    assert "白银海报" in page
    assert "晋级后就能取用" in page
    assert "秘密小样" not in page
    assert "/materials/poster" not in page
    assert "白银海报" not in html(hers.get("/materials?q=小样"))


@ON_SQLITE
def test_what_waits_for_a_tier_is_not_given_out(
    client_of: Clients, tang: Person, session: Session, poster: None
) -> None:
    hers, address = client_of(tang), "/materials/poster"
    answers = [
        *(
            hers.get(f"{address}{path}")
            for path in ("", "/pictures", "/pictures/1", "/thumbnails/1", "/cover", "/pictures.zip")
        ),
        *(hers.post(f"{address}/taking", data=data) for data in ({"pictures": "1"}, {"【码】": "7"})),
    ]
    for answer in answers:
        assert answer.status_code == 409
        assert "晋级白银后可以取用" in html(answer)
        assert "秘密小样" not in html(answer)
    assert facts(session, tang.id, "material.taken") == []


@ON_SQLITE
def test_promotion_opens_it(client_of: Clients, tang: Person, poster: None) -> None:
    with db.writing() as session:
        stand(session, tang.id, "silver")
    hers = client_of(tang)
    assert links(html(hers.get("/materials"))) == ["poster", "cream"]
    assert "秘密小样" in html(hers.get("/materials/poster"))
    assert hers.get("/materials/poster/thumbnails/1").status_code == 200


@ON_SQLITE
def test_staff_look_at_everything_and_nothing_is_put_on_record(
    client_of: Clients, zhou: Person, lu: Person, session: Session, poster: None
) -> None:
    for person in (zhou, lu):
        desk = client_of(person)
        page = html(desk.get("/materials"))
        assert links(page) == ["poster", "cream"]
        assert 'class="tabbar"' not in page
        assert 'href="/desk"' in page
        done = desk.post("/materials/poster/taking", data={"【码】": "7"})
        assert "凭7领取秘密小样。【广告】" in html(done)
        assert "取用过" not in html(done)
        assert desk.post("/materials/poster/taking", data={"pictures": "1"}).status_code == 303
        assert facts(session, person.id, "material.taken") == []


# Filling and taking


@ON_SQLITE
def test_each_blank_has_a_line_of_its_own(client_of: Clients, tang: Person, cream: None) -> None:
    page = html(client_of(tang).get("/materials/cream"))
    assert re.findall(r'name="(【[^"]*】)"', page) == list(FILLED)
    assert "<mark>【月龄】</mark>" in page
    assert "data-copies" not in page
    assert 'id="finished"' not in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without scripts", "with htmx"])
def test_filled_in_the_text_is_finished_and_taken(
    client_of: Clients, tang: Person, session: Session, cream: None, headers: dict[str, str]
) -> None:
    hers = client_of(tang)
    answer = hers.post("/materials/cream/taking", data=FILLED, headers=headers)
    page = html(answer)
    text = "入秋早晚凉。\n我家14 个月，换尿裤时用了两个月，我看到膏体偏稠。\n用法看包装。【广告】"
    assert f">{text}</textarea>" in page
    assert f'data-copies="{text}"' in page
    assert "词库未发现提醒，请再读一遍" in page
    assert "你 9 月 14 日取用过 · 1 人取用过" in page
    assert ("<html" in page) == (headers == {})
    ((topic, version),) = facts(session, tang.id, "material.taken")
    assert (topic, version.isdigit()) == ("cream", True)
    assert "取用过</span>" in html(hers.get("/materials"))


def test_taking_twice_is_taking_once_and_earns_nothing(
    client_of: Clients, tang: Person, aduo: Person, session: Session, cream: None, clock: Clock
) -> None:
    before = session.get_one(Standing, tang.id).growth
    session.rollback()
    for person in (tang, tang, aduo):
        client_of(person).post("/materials/cream/taking", data=FILLED)
        client_of(person).post("/materials/cream/taking", data={"pictures": "1"})
        clock.move(days=1)
    assert len(facts(session, tang.id, "material.taken")) == 1
    assert takers(session, "cream") == 2
    assert takers(session, "wipes") == 0
    assert session.query(Entry).filter_by(trainee_id=tang.id).count() == 0
    assert session.get_one(Standing, tang.id, populate_existing=True).growth == before


def test_another_version_is_taken_anew_and_she_is_counted_once(
    client_of: Clients,
    tang: Person,
    session: Session,
    cream: None,
    root: Path,
    given: Given,
    clock: Clock,
) -> None:
    hers = client_of(tang)
    hers.post("/materials/cream/taking", data=FILLED)
    path = root / "materials/cream/material.yaml"
    path.write_text(path.read_text("utf-8").replace("用法看包装", "用前看包装"), "utf-8")
    given()
    clock.move(days=2)
    page = html(hers.post("/materials/cream/taking", data=FILLED))
    assert "用前看包装" in page
    assert "你 9 月 16 日取用过 · 1 人取用过" in page
    assert len(facts(session, tang.id, "material.taken")) == 2


@ON_SQLITE
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without scripts", "with htmx"])
def test_nothing_is_copied_before_every_blank_is_filled(
    client_of: Clients, tang: Person, session: Session, cream: None, headers: dict[str, str]
) -> None:
    hers = client_of(tang)
    for typed, said in (
        (None, "填上自己家的真实情况"),
        ("", "填上自己家的真实情况"),
        (" \u3000\u200b\r\n", "填上自己家的真实情况"),
        ("长" * 61, "最多 60 个字"),
        ("【多久】", "不用写【】这对括号"),
        ("两个月【广告", "不用写【】这对括号"),
    ):
        data = {name: words for name, words in {**FILLED, "【多久】": typed}.items() if words is not None}
        answer = hers.post("/materials/cream/taking", data=data, headers=headers)
        page = html(answer)
        assert answer.status_code == 422
        assert page.count('class="error"') == 1
        assert said in page
        assert 'value="膏体偏稠"' in page
        assert 'id="finished"' not in page
        assert "data-copies" not in page
    assert facts(session, tang.id, "material.taken") == []


@ON_SQLITE
def test_fields_that_nobody_asked_for_change_nothing(client_of: Clients, tang: Person, cream: None) -> None:
    page = html(
        client_of(tang).post("/materials/cream/taking", data={**FILLED, "【品牌】": "x", "text": "x", "ad": ""})
    )
    assert "用法看包装。【广告】</textarea>" in page


@ON_SQLITE
def test_what_she_typed_is_read_against_the_word_list(client_of: Clients, tang: Person, cream: None) -> None:
    page = html(client_of(tang).post("/materials/cream/taking", data={**FILLED, "【变化】": "红的地方三天治好"}))
    assert "1 处提醒" in page
    assert "“治好”" in page
    assert "词库未发现提醒" not in page
    assert 'id="finished"' in page


@ON_SQLITE
def test_markup_that_she_types_stays_text(client_of: Clients, tang: Person, cream: None) -> None:
    answer = client_of(tang).post("/materials/cream/taking", data={**FILLED, "【变化】": '</textarea><script>"'})
    assert "<script>" not in answer.get_data(as_text=True).split('id="taking"')[1]


@ON_SQLITE
def test_words_without_blanks_are_copied_in_one_tap_and_marked_where_they_must(
    client_of: Clients, tang: Person, session: Session, write: Write, given: Given
) -> None:
    write("steps", text="洗净双手，温水清洁。")
    write("mood", text="【广告】早安。")
    given()
    hers = client_of(tang)
    assert 'data-copies="洗净双手，温水清洁。【广告】"' in html(hers.get("/materials/steps"))
    assert 'data-copies="【广告】早安。"' in html(hers.get("/materials/mood"))
    assert facts(session, tang.id, "material.taken") == []
    assert "取用过" in html(hers.post("/materials/steps/taking", headers=HTMX))
    assert [topic for topic, _ in facts(session, tang.id, "material.taken")] == ["steps"]
    assert hers.get("/materials/steps/pictures").status_code == 404
    assert hers.get("/materials/steps/cover").status_code == 404


# Pictures


def test_saving_the_pictures_is_taking_and_leads_to_them(
    client_of: Clients, tang: Person, session: Session, cream: None
) -> None:
    hers = client_of(tang)
    answer = hers.post("/materials/cream/taking", data={"pictures": "1"})
    assert (answer.status_code, answer.location) == (303, "/materials/cream/pictures")
    assert len(facts(session, tang.id, "material.taken")) == 1
    page = html(hers.get(answer.location))
    assert len(re.findall(r'<img class="shared" id="picture-\d" src="/materials/cream/pictures/\d', page)) == 9
    assert "长按图片，保存到手机" in page
    assert 'href="/materials/cream/pictures.zip"' in page


@ON_SQLITE
def test_all_pictures_come_as_one_file(client_of: Clients, tang: Person, write: Write, given: Given) -> None:
    write("cream", drawings=2)
    given()
    hers = client_of(tang)
    answer = hers.get("/materials/cream/pictures.zip")
    assert answer.mimetype == "application/zip"
    with ZipFile(io.BytesIO(answer.data)) as zip:
        assert zip.namelist() == ["cream-1.png", "cream-2.png"]
        assert zip.read("cream-2.png") == hers.get("/materials/cream/pictures/2").data


@ON_SQLITE
@pytest.mark.parametrize("path", ["pictures/0", "pictures/2", "pictures/99999999999", "thumbnails/2", "pictures/a.png"])
def test_a_picture_that_there_is_not_is_not_found(
    client_of: Clients, tang: Person, write: Write, given: Given, path: str
) -> None:
    write("cream", drawings=1)
    given()
    assert client_of(tang).get(f"/materials/cream/{path}").status_code == 404


@ON_SQLITE
def test_a_picture_is_kept_by_her_browser_alone(client_of: Clients, tang: Person, write: Write, given: Given) -> None:
    write("cream", drawings=1)
    given()
    hers = client_of(tang)
    first = hers.get("/materials/cream/pictures/1")
    assert (first.status_code, first.mimetype) == (200, "image/png")
    assert first.headers["Cache-Control"] == "private, max-age=86400"
    again = hers.get("/materials/cream/pictures/1", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client_of(None).get("/materials/cream/pictures/1").status_code == 302
    source = SVG.format(height=120, fill="#12d687").encode()
    assert source not in first.data


# Withdrawn


def test_who_took_what_is_withdrawn_is_told_and_nobody_else(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, session: Session, cream: None
) -> None:
    client_of(tang).post("/materials/cream/taking", data=FILLED)
    with db.writing() as s:
        publish(s, {("material", "cream"): None}, origin="studio")
    for path in ("", "/pictures", "/pictures/1", "/cover", "/pictures.zip"):
        answer = client_of(tang).get(f"/materials/cream{path}")
        assert answer.status_code == 410
        assert "这份素材已下架" in html(answer)
        assert "请不要再用" in html(answer)
        for other in (aduo, zhou):
            assert client_of(other).get(f"/materials/cream{path}").status_code == 404
    assert client_of(tang).post("/materials/cream/taking", data=FILLED).status_code == 410
    assert client_of(aduo).post("/materials/cream/taking", data=FILLED).status_code == 404
    assert "护臀膏这样用" not in html(client_of(tang).get("/materials"))
    assert facts(session, aduo.id, "material.taken") == []


def test_what_is_withdrawn_while_she_fills_it_in_is_not_taken(
    client_of: Clients, tang: Person, session: Session, cream: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from academy.materials import routes

    found = routes._material

    def withdrawn_just_then(key: str) -> object:
        material = found(key)
        with db.writing() as s:
            publish(s, {("material", key): None}, origin="studio")
        return material

    monkeypatch.setattr(routes, "_material", withdrawn_just_then)
    assert client_of(tang).post("/materials/cream/taking", data=FILLED).status_code == 410
    assert facts(session, tang.id, "material.taken") == []


@ON_SQLITE
def test_a_key_that_there_never_was_is_not_found(client_of: Clients, tang: Person) -> None:
    assert client_of(tang).get("/materials/nothing").status_code == 404
    assert client_of(tang).post("/materials/nothing/taking").status_code == 404


@ON_SQLITE
def test_in_english_the_shell_is_english(client_of: Clients, tang: Person, cream: None) -> None:
    hers = client_of(tang)
    hers.post("/language", data={"locale": "en"})
    page = html(hers.get("/materials"))
    assert "Product · Nine pictures · Ad" in page
    assert "How to use the cream" in page
