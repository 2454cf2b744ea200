"""Which addresses may be returned to. Pure."""

from urllib.parse import urlsplit


def local_path(target: str | None) -> str | None:
    """A path of this site, query included; None for whatever leads elsewhere, however it is dressed up."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    # Browsers read a backslash as a slash and skip control characters.
    if "\\" in target or any(ord(letter) < 0x21 or ord(letter) == 0x7F for letter in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
