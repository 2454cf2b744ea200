"""What a person wrote and allowed is in her copy of her data, and goes with her account."""

import io
import json
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from academy.account.erasure import erase
from academy.db import db
from academy.people.models import Cohort, Person
from academy.practice import actions
from academy.practice.actions import Terms
from academy.practice.models import HandIn, Licence, PeerReview, Phrase, Remark
from academy.practice.peers.actions import review
from tests.conftest import PASSWORD
from tests.practice.conftest import TEXT
from tests.practice.test_hand_in import verdict
from tests.practice.test_peers import KIND, accepted

Clients = Callable[[Person | None], FlaskClient]


def told(tang: Person, aduo: Person, zhou: Person) -> int:
    """小棠 and 阿朵 review each other; 小棠's UGC has a remark and a licence."""
    hers, other = accepted(tang, zhou), accepted(aduo, zhou)
    with db.writing() as session:
        review(session, tang.id, "first-words", other, {"own": 5}, KIND)
        review(session, aduo.id, "first-words", hers, {"own": 4}, "小棠写得真好，我学到了。")
        piece, _ = actions.hand_in(
            session,
            tang.id,
            "autumn-care",
            TEXT,
            [],
            link="https://xhslink.com/a/1",
            checks=["我自己用过"],
            terms=Terms("brand", 12, True),
        )
        staff = session.get_one(Person, zhou.id)
        actions.remark(session, staff, piece.id, 0, 2, "小棠，这里再具体些。")
        actions.keep_phrase(session, staff, "光线", "靠窗拍。", False)
        actions.entrust(session, staff, piece.id, zhou.id)
    return piece.id


def test_the_copy_holds_what_was_ticked_allowed_and_said(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person
) -> None:
    piece = told(tang, aduo, zhou)
    before = _copy(client_of(tang))
    assert before["hand_ins"][-1]["remarks"] == []
    verdict(zhou, piece, "accepted", "好")
    data = _copy(client_of(tang))
    shown = data["hand_ins"][-1]
    assert (shown["task"], shown["link"], shown["ticked"]) == ("brief", "https://xhslink.com/a/1", ["我自己用过"])
    assert shown["licence"] == {"scope": "brand", "months": 12, "portrait": True, "withdrawn_at": None}
    assert shown["remarks"] == [{"passage": "我家", "text": "小棠，这里再具体些。"}]
    assert [one["comment"] for one in data["peer_reviews"]["by_you"]] == [KIND]
    assert [one["comment"] for one in data["peer_reviews"]["to_you"]] == ["小棠写得真好，我学到了。"]
    assert "阿朵" not in json.dumps(data["peer_reviews"], ensure_ascii=False)
    assert _copy(client_of(zhou))["phrases"] == [{"title": "光线", "text": "靠窗拍。", "for_all_trainers": False}]


def _copy(client: FlaskClient) -> dict[str, Any]:
    with (
        client.post("/me/data", data={"present": PASSWORD}) as response,
        ZipFile(io.BytesIO(response.data)) as packed,
    ):
        return json.loads(packed.read("data.json"))  # type: ignore[no-any-return]


def test_with_the_account_goes_what_she_wrote_and_what_may_name_her_and_the_licence_is_recalled(
    client_of: Clients, tang: Person, aduo: Person, zhou: Person, lu: Person, session: Session
) -> None:
    piece = told(tang, aduo, zhou)
    verdict(zhou, piece, "accepted", "小棠，好")
    with db.writing() as writing:
        erase(writing, tang.id)
    session.rollback()
    session.expire_all()
    hers = session.query(HandIn).filter_by(trainee_id=tang.id).all()
    assert {(one.text, one.link, one.comment, one.shared, *one.checks) for one in hers} == {("", "", "", False)}
    assert session.query(Remark).count() == session.query(PeerReview).count() == 0
    assert session.query(Licence).one().withdrawn_at is not None
    page = client_of(lu).get("/desk/ugc").get_data(as_text=True)
    assert "recalled" in page
    assert "小棠" not in page


def test_what_a_trainer_kept_goes_with_her_and_what_waited_for_her_goes_back(
    tang: Person, aduo: Person, zhou: Person, wu: Person, session: Session
) -> None:
    piece = told(tang, aduo, zhou)
    with db.writing() as writing:
        actions.keep_phrase(writing, writing.get_one(Person, wu.id), "好", "好", True)
        actions.entrust(writing, writing.get_one(Person, zhou.id), piece, wu.id)
        writing.query(Cohort).filter_by(trainer_id=wu.id).update({"open": False})
    with db.writing() as writing:
        erase(writing, wu.id)
    session.rollback()
    session.expire_all()
    assert session.get_one(HandIn, piece).owner_id is None
    assert [row.owner_id for row in session.query(Phrase)] == [zhou.id]
