"""What somebody typed as a serial. Pure."""

import re
import unicodedata


def normal_serial(text: str) -> str:
    """A serial as it is stored, from what somebody typed: case, width, blanks and dashes put right."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[^\w-]", "", re.sub(r"[‐-―−_]", "-", plain))


def is_sample(serial: str) -> bool:
    """Whether this is the serial of a proof print, which was never issued."""
    return serial.endswith("-SAMPLE-0000")
