"""What somebody typed as a serial. Pure."""

import re
import unicodedata


def normal_serial(text: str) -> str:
    """A serial as it is stored, from what somebody typed: case, width, blanks and dashes put right."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[^\w-]", "", re.sub(r"[‐-―−_]", "-", plain))
