"""Links that open one certificate's PDF for a week, in a browser where nobody is signed in."""

from datetime import timedelta

from flask_babel import lazy_gettext as _
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from academy.achievements.certificates.models import Certificate
from academy.people.models import Person
from academy.web.errors import Refused
from academy.web.sessions import ClockSigner

LIFE = timedelta(days=7)


class LinkExpired(Refused):
    """The link's week is over."""

    status = 410


def token(key: str, certificate: Certificate) -> str:
    """A signed word for an address that opens this certificate from now on for a week."""
    return str(_serializer(key).dumps(certificate.id))


def opened(session: Session, key: str, token: str) -> Certificate | None:
    """The certificate that a token opens; None if it is forged or its holder was erased, `LinkExpired` if it is old."""
    try:
        id = _serializer(key).loads(token, max_age=int(LIFE.total_seconds()))
    except SignatureExpired:
        raise LinkExpired(
            _("A link to a certificate works for 7 days. Its holder copies a new one from the certificate’s page.")
        ) from None
    except BadData:
        return None
    found = session.get(Certificate, id)
    if found is None or session.get_one(Person, found.trainee_id).erased_at:
        return None
    return found


def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="certificate.shared", signer=ClockSigner)
