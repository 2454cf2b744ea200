"""Two origins: the academy's, and that of the player, where packages run scripts that nobody here has read.

The player's routes are answered on its own host and nowhere else; on that host nothing else is, no session is
opened, and what its pages send to the academy is refused.
"""

from flask import Flask, Request, Response, abort, current_app, request

PLAYER = "player"
"""The name of the blueprint that is answered on the player's host."""


def on_player(app: Flask, asked: Request) -> bool:
    """Whether a request is made to the player's host."""
    return bool(asked.host == app.extensions["settings"].player_host)


def apart() -> Response | None:
    """Before every request: keep the two origins apart."""
    ours = request.blueprint == PLAYER
    if on_player(current_app, request):
        return None if ours else Response("404", 404, mimetype="text/plain")
    sent_by = request.headers.get("Origin")
    if ours or (sent_by and sent_by == current_app.extensions["settings"].player_origin):
        abort(404)
    return None
