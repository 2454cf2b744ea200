"""Sessions whose age is told by the academy's clock."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from academy import clock


class ClockSigner(TimestampSigner):
    """A signer that takes the time from `academy.clock`."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


class ClockSessions(SecureCookieSessionInterface):
    """Signed cookies that expire by `academy.clock`."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        serializer = super().get_signing_serializer(app)
        if serializer:
            serializer.signer = ClockSigner
        return serializer
