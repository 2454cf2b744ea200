"""What waits between the dry run of an import and its confirmation, and what is said of a file that is none.

What was read is kept as a file outside the database: thousands of lines are too many for a form. The form carries the
file's name, signed for whoever uploaded it. The file goes when it is confirmed; one that nobody confirms goes with the
first import into the same area after a day.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Response, current_app, send_file
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from academy import clock
from academy.files import FileRoom
from academy.text.sheets import written
from academy.web.sessions import ClockSigner

LIFE = timedelta(days=1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

UNREADABLE: dict[str, Any] = {
    "large": _("This file is too large: at most 5 MB. Please split it."),
    "kind": _("This is neither an .xlsx nor a .csv file. In Excel or WPS: save as .xlsx, without a password."),
    "broken": _("This file is damaged and can’t be read. Please save it once more as .xlsx."),
}
"""What to say by the reason of `Unreadable`; the other reasons depend on what should have stood there."""


@dataclass(frozen=True)
class Kept:
    """What a dry run left to be confirmed, and the file to remove once it is done."""

    path: Path
    holds: Mapping[str, Any]


def keep(area: str, staff_id: int, holds: Mapping[str, Any]) -> str:
    """Keep what waits; a word that only this member of staff can confirm with."""
    room: FileRoom = current_app.extensions["files"]
    room.sweep(area, clock.now() - LIFE)
    data = json.dumps({**holds, "salt": secrets.token_hex()}).encode()
    return str(_signer(area, staff_id).dumps(room.put(area, data, ".json")))


def opened(area: str, staff_id: int, token: str) -> Kept | None:
    """What waits behind a word; None if it was confirmed, is older than a day, or is not hers."""
    room: FileRoom = current_app.extensions["files"]
    try:
        path = room.path(area, _signer(area, staff_id).loads(token, max_age=int(LIFE.total_seconds())))
        return Kept(path, json.loads(path.read_bytes()))
    except (BadData, FileNotFoundError):
        return None


def left_out(kept: Kept) -> Response:
    """All lines of a dry run that are left out, each with the reason, as a sheet; `wrong` holds them."""
    rows = [[gettext("Line"), gettext("What stands there"), gettext("Why")], *kept.holds["wrong"]]
    name = f"{gettext('Left out')}-{clock.today()}.xlsx"
    return send_file(written(rows, (8, 24, 60)), XLSX, as_attachment=True, download_name=name)


def _signer(area: str, staff_id: int) -> URLSafeTimedSerializer:
    salt = f"{area}-import-{staff_id}"
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=salt, signer=ClockSigner)
