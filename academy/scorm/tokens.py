"""What opens the player: words that are signed, expire, and allow one thing each."""

import hmac
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Self

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from academy.web.sessions import ClockSigner


@dataclass(frozen=True)
class Token:
    """Something that is allowed to whoever has the word for it."""

    def word(self) -> str:
        """What stands in an address."""
        return str(_signer(type(self)).dumps(list(asdict(self).values())))

    @classmethod
    def read(cls, word: str) -> Self | None:
        """What a word allows; None if it was changed, made for something else, or is too old."""
        try:
            held: list[Any] = _signer(cls).loads(word, max_age=int(LIFE[cls].total_seconds()))
        except BadData:
            return None
        return cls(*held)


@dataclass(frozen=True)
class Entry(Token):
    """To open the player for a playthrough, or for staff to try a version, framed by the academy at `origin`."""

    person: int
    epoch: int
    playthrough: int | None
    version: int
    origin: str
    locale: str


@dataclass(frozen=True)
class Save(Token):
    """To save what is told in one launch of one playthrough, and nothing else."""

    person: int
    epoch: int
    playthrough: int
    launch: int


@dataclass(frozen=True)
class Files(Token):
    """To read the files of a package, framed by the academy at `origin`."""

    file: str
    origin: str


LIFE: dict[type[Token], timedelta] = {
    Entry: timedelta(minutes=10),
    Save: timedelta(hours=1),
    Files: timedelta(hours=12),
}


def pseudonym(person_id: int) -> str:
    """What a package knows a person by: always the same, and nobody learns from it who she is."""
    secret = str(current_app.secret_key).encode()
    return hmac.digest(secret, f"scorm/student/{person_id}".encode(), "sha256").hex()[:32]


def _signer(kind: type[Token]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.secret_key or "", salt=f"scorm-{kind.__name__.lower()}", signer=ClockSigner
    )
