"""Scripts in a pack."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from academy import ROOT
from academy.packs.actions import read
from academy.text.wording import hints
from academy.training.rules import Script


@pytest.fixture
def academy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "courses", tmp_path / "pack")
    return tmp_path / "pack"


def changed(folder: Path, **wrong: Any) -> list[str]:
    """What is wrong with a pack whose first script has something else in some places."""
    path = folder / "academy.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    for place, value in wrong.items():
        *way, last = [int(step) if step.isdecimal() else step for step in place.split("__")]
        held = data["scripts"][0]
        for step in way:
            held = held[step]
        if value is None:
            del held[last]
        else:
            held[last] = value
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return [f"{problem.field}: {problem.reason}" for problem in read(folder).problems]


def test_the_shipped_template_is_whole_says_nothing_listed_and_is_there_in_both_languages() -> None:
    (shipped,) = read(ROOT / "courses").documents["scripts", "academy"]["scripts"]
    words = read(ROOT / "courses").documents["words", "academy"]["rules"]
    for locale in ("zh", "en"):
        script = Script.of(shipped, lambda text: text[locale])  # noqa: B023
        assert script.is_whole
        assert {game.kind for game in script.games} == {"poll", "question", "draw"}
        assert hints(script.texts, words) == []


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("blocks__step", None, "scripts.0.blocks: must hold pain, strength, solution, step"),
        ("blocks__step", "", "scripts.0.blocks.step: has no zh"),
        ("games__1", None, ""),
        ("games", [], "scripts.0.games: must be a list"),
        ("games__0__choices", ["一"], "scripts.0.games.0.choices: must be 2 to 6"),
        ("games__0__after", 5, "scripts.0.games.0.after: must be a whole number from 1 to 4"),
        ("games__0__kind", "race", "scripts.0.games.0.kind: must be one of poll, question, draw"),
        ("games__1__right", 3, "scripts.0.games.1.right: must be a whole number from 0 to 2"),
        ("games__2__prize", "红包", "scripts.0.games.2.prize: is money"),
        ("games__2__colour", "red", "scripts.0.games.2.colour: is no part of a draw"),
        ("chorus", "la", "scripts.0.chorus: is no part of a script"),
        ("blocks__step__zh", "月入过万", "scripts.0: says “月入”"),
        ("key", "Big Key", "scripts.0.key: must be a key"),
    ],
)
def test_what_is_wrong_in_a_script_is_named(academy: Path, place: str, value: Any, said: str) -> None:
    found = changed(academy, **{place: value})
    assert any(problem.startswith(said) for problem in found) if said else found == []


def test_a_prize_of_more_than_the_law_allows_is_refused(academy: Path) -> None:
    found = changed(academy, games__2__prize="婴儿车", games__2__value=50_001)
    assert found == ["scripts.0.games.2.value: must be a whole number from 1 to 50000"]
