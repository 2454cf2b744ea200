"""What a script holds, how its session goes step by step, who is drawn, and how long somebody was there. Pure."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

BLOCKS = ("pain", "strength", "solution", "step")
"""痛点 · 品牌KOC优势 · 解决的问题 · 转化"""

GAMES = POLL, QUESTION, DRAW = ("poll", "question", "draw")
FEWEST_GAMES, MOST_GAMES = 2, 3
FEWEST_CHOICES, MOST_CHOICES = 2, 6
SECONDS = (10, 120)
PEOPLE = (1, 10)
MOST_TITLE, MOST_BLOCK, MOST_PROMPT, MOST_CHOICE = 60, 1000, 120, 40
MOST_VALUE = 50_000
"""The most that the first prize of a draw may be worth, in yuan, by law."""
MONEY = ("现金", "奖金", "红包", "转账", "话费", "cash", "money")
"""What is no prize with us: a draw for money is a lottery."""

FASTEST = 3

COUNTS = timedelta(minutes=5)
"""How long a sign of life counts, unless the next one comes sooner."""
ATTENDED = 80
"""The percent of a session from which on one was there."""
FORGOTTEN = timedelta(hours=8)
"""After which a session that nobody ended is over."""

Say = Callable[[Any], str]


@dataclass(frozen=True)
class Game:
    """A poll, a quick question, or a draw; it comes after the nth block."""

    kind: str
    after: int
    prompt: str
    choices: tuple[str, ...] = ()
    right: int = 0
    seconds: int = 30
    people: int = 1
    prize: str = ""
    value: int = 0

    @classmethod
    def of(cls, data: Mapping[str, Any], say: Say = str) -> "Game":
        """A game as it is kept, its texts in one language."""
        said = {name: say(data[name]) for name in ("prompt", "prize") if name in data}
        return cls(**{**data, **said, "choices": tuple(map(say, data.get("choices", ())))})


@dataclass(frozen=True)
class Script:
    """A script in one language: its four blocks by key, and its games in the order of the blocks."""

    title: str
    blocks: Mapping[str, str]
    games: tuple[Game, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any], say: Say = str) -> "Script":
        blocks = {key: say(data["blocks"].get(key, "")) for key in BLOCKS}
        return cls(say(data["title"]), blocks, tuple(Game.of(game, say) for game in data["games"]))

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of it."""
        return {"title": self.title, "blocks": dict(self.blocks), "games": [_kept(game) for game in self.games]}

    @property
    def texts(self) -> str:
        """All that is said or shown to a class."""
        return "\n".join([self.title, *self.blocks.values(), *(words for game in self.games for words in _words(game))])

    @property
    def empty(self) -> list[str]:
        """The blocks that nothing has been written for."""
        return [key for key in BLOCKS if not self.blocks[key]]

    @property
    def is_whole(self) -> bool:
        """Whether others can lead a class with it: four blocks, two or three games."""
        return not self.empty and FEWEST_GAMES <= len(self.games) <= MOST_GAMES

    def put(self, n: int, game: Game) -> "Script":
        """The script with a game in the nth place from 0, or as its last one."""
        games = [*self.games[:n], game, *self.games[n + 1 :]]
        return replace(self, games=tuple(sorted(games, key=lambda one: one.after)))

    def without(self, n: int) -> "Script":
        """The script without its nth game from 0."""
        return replace(self, games=(*self.games[:n], *self.games[n + 1 :]))


_OF_KIND = {
    POLL: ("choices",),
    QUESTION: ("choices", "right", "seconds"),
    DRAW: ("people", "prize", "value"),
}


def _kept(game: Game) -> dict[str, Any]:
    names = ("kind", "after", "prompt", *_OF_KIND[game.kind])
    held = {name: value for name, value in asdict(game).items() if name in names}
    return {**held, "choices": list(game.choices)} if "choices" in held else held


def _words(game: Game) -> Iterable[str]:
    return (game.prompt, *game.choices, game.prize)


@dataclass(frozen=True)
class Step:
    """What the big screen shows at once: the way in (`join`), a block, a game with its number from 1, or the `end`."""

    kind: str
    block: str = ""
    n: int = 0


def steps(script: Script | None) -> list[Step]:
    """A session from its first screen to its last."""
    found = [Step("join")]
    for place, key in enumerate(BLOCKS, 1):
        if script and script.blocks[key]:
            found.append(Step("block", block=key))
        found += [Step("game", n=n) for n, game in enumerate(script.games if script else (), 1) if game.after == place]
    return [*found, Step("end")]


# Draws


def is_money(prize: str) -> bool:
    """Whether a prize is money by another name."""
    return any(word in prize.casefold() for word in MONEY)


def seal(seed: str) -> str:
    """What is shown of a seed before the draw: whoever sees the seed afterwards can tell that it was this one."""
    return hashlib.sha256(seed.encode()).hexdigest()


def lot(seed: str, ticket: int) -> str:
    """The lot of a ticket; the lowest are drawn. Nobody else's being there changes it."""
    return hashlib.sha256(f"{seed}:{ticket}".encode()).hexdigest()


def drawn(seed: str, tickets: Collection[int], people: int) -> list[int]:
    """The tickets that are drawn, the lowest lot first."""
    return sorted(tickets, key=lambda ticket: lot(seed, ticket))[:people]


# Attendance


def counted(last: datetime, now: datetime, begins: datetime | None, ends: datetime | None) -> int:
    """The seconds that somebody was there from her last sign of life on, within the session."""
    if begins is None:
        return 0
    until = min(now, last + COUNTS, ends or now)
    return max(round((until - max(last, begins)).total_seconds()), 0)


def percent(seconds: int, begins: datetime, ends: datetime) -> int:
    """Seconds as a share of a session, 0 to 100."""
    whole = max(int((ends - begins).total_seconds()), 1)
    return min(100 * seconds // whole, 100)
