"""What waits between the dry run of an import and its confirmation.

Of the upload only phone numbers and names are kept, as a file outside the database: 20,000 people are too many for a
form. The form carries the file's name, signed for whoever uploaded it. The file goes when it is confirmed; one that
nobody confirms goes with the first import after a day.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from academy import clock
from academy.files import FileRoom
from academy.roster.rules import Candidate
from academy.web.sessions import ClockSigner

AREA = "roster"
LIFE = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """Phone number and name of those to invite to a cohort, and the file to remove once it is done."""

    path: Path
    cohort_id: int
    people: list[tuple[str, str]]


def keep(staff_id: int, cohort_id: int, candidates: Iterable[Candidate]) -> str:
    """Keep whom to invite to a cohort; a word that only this member of staff can confirm with."""
    room: FileRoom = current_app.extensions["files"]
    room.sweep(AREA, clock.now() - LIFE)
    kept = {"cohort": cohort_id, "people": [(one.phone, one.name) for one in candidates], "salt": secrets.token_hex()}
    return str(_signer(staff_id).dumps(room.put(AREA, json.dumps(kept).encode(), ".json")))


def opened(staff_id: int, token: str) -> Kept | None:
    """What waits behind a word; None if it was confirmed, is older than a day, or is not hers."""
    room: FileRoom = current_app.extensions["files"]
    try:
        path = room.path(AREA, _signer(staff_id).loads(token, max_age=int(LIFE.total_seconds())))
        kept = json.loads(path.read_bytes())
    except (BadData, FileNotFoundError):
        return None
    return Kept(path, kept["cohort"], [(phone, name) for phone, name in kept["people"]])


def _signer(staff_id: int) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=f"roster-import-{staff_id}", signer=ClockSigner)
