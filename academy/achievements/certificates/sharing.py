"""Links that open one certificate's PDF for a week, in a browser where nobody is signed in."""

from datetime import timedelta

from flask_babel import lazy_gettext as _
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from academy.achievements.certificates.models import Certificate
from academy.achievements.certificates.queries import Held, held
from academy.people.models import Person
from academy.web.errors import Refused
from academy.web.sessions import ClockSigner

LIFE = timedelta(days=7)


class LinkExpired(Refused):
    """The link's week is over."""

    status = 410


def token(key: str, certificate: Certificate) -> str:
    """A signed word for an address that opens this certificate from now on for a week."""
    return str(_serializer(key).dumps([certificate.id, certificate.links]))


def opened(session: Session, key: str, token: str) -> Held | None:
    """The paper that a token opens; None if it is forged or withdrawn, or its holder was erased; `LinkExpired` if it
    is old."""
    try:
        said = _serializer(key).loads(token, max_age=int(LIFE.total_seconds()))
    except SignatureExpired:
        raise LinkExpired(
            _("A link to a certificate works for 7 days. Its holder copies a new one from the certificate’s page.")
        ) from None
    except BadData:
        return None
    if not isinstance(said, list):
        return None
    id, links = said
    living = select(Person.id).where(Person.id == Certificate.trainee_id, Person.erased_at.is_(None)).exists()
    return next(iter(held(session, Certificate.id == id, Certificate.links == links, living)), None)


def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="certificate.shared", signer=ClockSigner)
