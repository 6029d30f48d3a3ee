"""The address of the LTI tool that a thin cartridge links to."""

from __future__ import annotations

from urllib.parse import urlsplit

_HERE = {"localhost", "127.0.0.1", "::1"}


def wrong_with(address: str) -> str | None:
    """What is wrong with ``address``; None where nothing is. Whoever follows its links does so from
    an LMS: it must be encrypted, but on one's own computer, and lead everybody to the same place.
    """
    if any(letter.isspace() or not letter.isprintable() for letter in address):
        return "it has blanks or control characters in it"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        return f"it is no address: {error}"
    if not parts.hostname or port == 0:
        return "it is no whole address: write it as https://campus.example.org"
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        return "it must begin with https:// (http:// is for localhost alone)"
    if "@" in parts.netloc:
        return "it has a name or password in it, which everybody would read"
    if "?" in address or "#" in address:
        return "it goes on behind a ? or #: leave that out"
    return None
