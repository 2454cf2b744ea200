"""What a write earned, said once on the page that follows."""

from collections.abc import Mapping

from flask import flash
from flask_babel import gettext as _


def gains(earned: Mapping[str, int]) -> None:
    """Say what was earned, e.g. “+10 growth · +5 feathers”; nothing if nothing was."""
    words = []
    if earned.get("growth"):
        words.append(_("+%(n)s growth", n=earned["growth"]))
    if earned.get("feathers"):
        words.append(_("+%(n)s feathers", n=earned["feathers"]))
    if words:
        flash(" · ".join(words), "earn")
