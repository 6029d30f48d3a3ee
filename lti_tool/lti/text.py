"""Reading values of any JSON type without trusting one of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

ID_LIMIT = 255
#: Marks that turn the direction of all that follows: a name could rewrite the line it stands in.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
URL_LIMIT = 2000


def text(value: object, limit: int) -> str | None:
    """``value`` where it is a string that every database can keep, cut to ``limit``; else None.
    No empty strings, no NUL (PostgreSQL), no lone surrogates (UTF-8), no marks that embed,
    override or isolate a direction (UAX #9, §2)."""
    if not isinstance(value, str) or not value.strip():
        return None
    value = value.replace("\x00", "").translate(_TURNING)
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value[:limit].strip() or None


def identifier(value: object, limit: int = ID_LIMIT) -> str | None:
    """An id: kept exactly as it was sent, so refused (None) rather than cut."""
    if not isinstance(value, str) or not value.strip() or len(value) > limit:
        return None
    return value if value.isprintable() else None


def web_url(value: object, limit: int = URL_LIMIT) -> str | None:
    """An http(s) URL with a host; None for all else (``javascript:`` above all)."""
    found = identifier(value, limit)
    return found if found is not None and _is_web_url(found) else None


# The addresses of a course come with each of its launches.
@lru_cache(maxsize=1024)
def _is_web_url(found: str) -> bool:
    if " " in found or "\\" in found:
        return False
    try:
        parts = urlsplit(found)
        parts.port  # noqa: B018  (raises where it is no number)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


@lru_cache(maxsize=1024)
def origin_of(url: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) as RFC 6454 compares them."""
    if web_url(url) is None:
        return None
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        return None
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, (parts.hostname or "").lower(), parts.port or default


def mapping(value: object) -> dict[str, Any]:
    """A JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: object, limit: int = ID_LIMIT, count: int = 200) -> tuple[str, ...]:
    """The strings of a JSON array, or none."""
    if not isinstance(value, list):
        return ()
    found = (text(item, limit) for item in value[:count])
    return tuple(item for item in found if item is not None)
