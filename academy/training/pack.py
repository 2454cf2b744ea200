"""Checking the academy's training scripts in a pack."""

from collections.abc import Mapping
from typing import Any

from academy.catalog.blocks import texts_in
from academy.catalog.pack import Pack, Source, items, key, text, whole
from academy.text.wording import BLOCK, hints
from academy.text.yaml import Path
from academy.training.rules import (
    BLOCKS,
    DRAW,
    FEWEST_CHOICES,
    FEWEST_GAMES,
    GAMES,
    MOST_BLOCK,
    MOST_CHOICE,
    MOST_CHOICES,
    MOST_GAMES,
    MOST_PROMPT,
    MOST_TITLE,
    MOST_VALUE,
    PEOPLE,
    POLL,
    QUESTION,
    SECONDS,
    is_money,
)

_SCRIPT = {"key", "title", "blocks", "games"}
_GAME = {
    POLL: {"kind", "after", "prompt", "choices"},
    QUESTION: {"kind", "after", "prompt", "choices", "right", "seconds"},
    DRAW: {"kind", "after", "prompt", "people", "prize", "value"},
}


def check_scripts(pack: Pack, source: Source, data: Mapping[str, Any]) -> None:
    """Note what is wrong with `scripts`."""
    if "scripts" not in data:
        return
    for i in items(source, data, ("scripts",)):
        at: Path = ("scripts", i)
        found = data["scripts"][i]
        if not isinstance(found, dict):
            source.wrong(at, "must be a mapping")
            continue
        for name in set(found) - _SCRIPT:
            source.wrong((*at, name), "is no part of a script")
        key(pack, source, data, (*at, "key"), "script")
        _line(source, data, (*at, "title"), MOST_TITLE)
        blocks = found.get("blocks")
        if not isinstance(blocks, dict) or set(blocks) != set(BLOCKS):
            source.wrong((*at, "blocks"), f"must hold {', '.join(BLOCKS)}")
        else:
            for block in BLOCKS:
                _line(source, data, (*at, "blocks", block), MOST_BLOCK)
        games = items(source, data, (*at, "games"))
        if games and not FEWEST_GAMES <= len(games) <= MOST_GAMES:
            source.wrong((*at, "games"), f"must be {FEWEST_GAMES} or {MOST_GAMES}")
        for n in games:
            _game(source, data, (*at, "games", n), found["games"][n])
        said = "\n".join(words for part in texts_in(found) for words in part.values() if isinstance(words, str))
        for hint in hints(said, pack.documents["words", "academy"]["rules"]):
            if hint.level == BLOCK:
                source.wrong(at, f"says “{hint.words}”: {hint.why['en']}")


def _game(source: Source, data: Mapping[str, Any], at: Path, game: Any) -> None:
    kind = game.get("kind") if isinstance(game, dict) else None
    if kind not in GAMES:
        source.wrong((*at, "kind"), f"must be one of {', '.join(GAMES)}")
        return
    for name in set(game) - _GAME[kind]:
        source.wrong((*at, name), f"is no part of a {kind}")
    _line(source, data, (*at, "prompt"), MOST_PROMPT)
    whole(source, data, (*at, "after"), 1, len(BLOCKS))
    if kind == DRAW:
        whole(source, data, (*at, "people"), *PEOPLE)
        if "prize" in game:
            prize = _line(source, data, (*at, "prize"), MOST_CHOICE)
            whole(source, data, (*at, "value"), 1, MOST_VALUE)
            if any(map(is_money, prize.values())):
                source.wrong((*at, "prize"), "is money, and a draw for money is a lottery")
        return
    choices = items(source, data, (*at, "choices"))
    if choices and not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES:
        source.wrong((*at, "choices"), f"must be {FEWEST_CHOICES} to {MOST_CHOICES}")
    for n in choices:
        _line(source, data, (*at, "choices", n), MOST_CHOICE)
    if kind == QUESTION:
        # From 0, the first choice.
        whole(source, data, (*at, "right"), 0, max(len(choices) - 1, 0))
        whole(source, data, (*at, "seconds"), *SECONDS)


def _line(source: Source, data: Any, at: Path, most: int) -> dict[str, str]:
    found = text(source, data, at)
    if any(len(words) > most for words in found.values()):
        source.wrong(at, f"has at most {most} characters")
    return found
