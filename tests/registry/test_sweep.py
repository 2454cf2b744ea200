"""Uploads that nothing names are swept away after a week; what any draft or version names stays."""

import io
import os
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from academy import clock
from academy.registry.jobs import KEPT, sweep
from tests.conftest import ON_SQLITE
from tests.registry.test_designs import Editor, designs, png
from tests.registry.test_designs import editor as editor


def seals(app: Flask) -> dict[str, Path]:
    """The pictures in the file room, by name."""
    return {path.name: path for path in (app.extensions["files"].root / "certificate").glob("*/*")}


def aged(app: Flask) -> None:
    """Let a week pass for all of them."""
    for path in seals(app).values():
        then = (clock.now() - KEPT).timestamp() - 1
        os.utime(path, (then, then))


def upload(side: int) -> tuple[io.BytesIO, str]:
    return io.BytesIO(png(lambda pen: pen.rectangle((20, 20, side, side), fill="red"))), "seal.png"


@ON_SQLITE
def test_a_picture_that_was_only_tried_is_gone_after_a_week(app: Flask, editor: Editor) -> None:
    editor.send("try", seal_picture=upload(120))
    assert len(seals(app)) == 1
    sweep()
    assert len(seals(app)) == 1
    aged(app)
    sweep()
    assert not seals(app)


def test_what_a_draft_or_an_earlier_version_names_is_kept(app: Flask, editor: Editor, session: Session) -> None:
    editor.send(seal_picture=upload(120))
    editor.open()
    aged(app)
    sweep()
    (first,) = seals(app)
    assert editor.send("publish").status_code == 303
    editor.open()
    del editor.fields["kept_seal"]
    editor.send("publish", seal_picture=upload(140))
    second = designs(session)["silver-honor"]["seal"]["picture"]
    assert second != first
    aged(app)
    sweep()
    assert set(seals(app)) == {first, second}
    assert editor.client.get(f"{editor.address}.png").status_code == 200


@ON_SQLITE
def test_what_was_given_up_and_is_uploaded_again_is_as_good_as_new(app: Flask, editor: Editor) -> None:
    editor.send("try", seal_picture=upload(120))
    aged(app)
    editor.send("try", seal_picture=upload(120))
    sweep()
    assert len(seals(app)) == 1


@ON_SQLITE
def test_the_brand_s_logo_is_kept_while_any_version_names_it(app: Flask, editor: Editor, session: Session) -> None:
    room = app.extensions["files"]
    lost = room.put("brand", png(), ".png")
    then = (clock.now() - KEPT).timestamp() - 1
    os.utime(room.path("brand", lost), (then, then))
    sweep()
    assert not room.path("brand", lost).exists()
