"""Sessions whose age is told by the academy's clock."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from academy import clock
from academy.web.origins import on_player

RENEWED_AFTER = timedelta(days=1)
"""How old a cookie becomes before it is sent anew, so that it lasts while somebody comes back."""


class ClockSigner(TimestampSigner):
    """A signer that takes the time from `academy.clock`."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


class ClockSession(SecureCookieSession):
    """A session that knows when its cookie was signed."""

    signed_at: datetime | None = None


@lru_cache(maxsize=4096)
def _signed(serializer: URLSafeTimedSerializer, cookie: str) -> tuple[bytes, datetime]:
    """What a cookie holds, and when it was signed: whoever comes back is not checked again. Raises `BadSignature`."""
    signer = serializer.make_signer(serializer.salt)
    assert isinstance(signer, TimestampSigner)
    payload, at = signer.unsign(cookie, return_timestamp=True)
    return payload, at.astimezone(UTC)


class ClockSessions(SecureCookieSessionInterface):
    """Signed cookies that expire by `academy.clock`, renewed once a day."""

    session_class = ClockSession

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        serializer = super().get_signing_serializer(app)
        if serializer:
            serializer.signer = ClockSigner
        return serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie or on_player(app, request):
            return ClockSession()
        serializer = self._serializer(app)
        if serializer is None:
            return super().open_session(app, request)
        try:
            payload, at = _signed(serializer, cookie)
        except BadSignature:
            return ClockSession()
        if not timedelta() <= clock.now() - at <= app.permanent_session_lifetime:
            return ClockSession()
        session = ClockSession(serializer.load_payload(payload))
        session.signed_at = at
        return session

    @lru_cache(maxsize=8)  # noqa: B019 one of these lives as long as its app
    def _serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self.get_signing_serializer(app)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        at = getattr(session, "signed_at", None)
        old = at is not None and session.permanent and clock.now() - at > RENEWED_AFTER
        return session.modified or old
