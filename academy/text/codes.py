"""Short codes that people read off paper and type: no look-alikes, no case, dashes as they please. Pure."""

import hashlib
import secrets
import unicodedata

# One member of each family of look-alikes is kept (Q for O and 0, 1 for I and L, V for U), so that a misread
# letter can be put right.
ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_LOOK_ALIKES = str.maketrans("0OILU", "QQ11V")


def new_code() -> str:
    """A code that nobody can guess: one of 31 ** 8."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal_code(text: str) -> str:
    """A code as it is stored, from what somebody typed: case, width, blanks, dashes and look-alikes put right."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    return "".join(letter for letter in plain if letter in ALPHABET)


def printed_code(code: str) -> str:
    """A code in two groups, as it is printed: 7KQ4-M2VX."""
    return f"{code[:4]}-{code[4:]}"


def code_digest(code: str) -> str:
    """What is kept of a code that is told only once."""
    return hashlib.sha256(normal_code(code).encode()).hexdigest()


def new_token() -> str:
    """A word for a link that nobody can guess."""
    return secrets.token_urlsafe(24)


def token_digest(token: str) -> str:
    """What is kept of such a word."""
    return hashlib.sha256(token.encode()).hexdigest()
