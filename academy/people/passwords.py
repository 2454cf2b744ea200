"""Passwords, by argon2id. Hashing is slow on purpose: never call it inside a writing transaction."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_nobody: list[str] = []


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one behind the hash; takes as long when there is no account."""
    if not _nobody:
        _nobody.append(_hasher.hash("nobody"))
    try:
        return _hasher.verify(password_hash or _nobody[0], password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
