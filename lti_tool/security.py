"""Secrets that travel (handles, form tokens), cookies, and the headers of every answer."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Response, g

BROWSER_COOKIE = "sse_browser"

#: In every answer, whatever its page says.
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "unsafe-none"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)

#: All that an answer has that shows nothing.
REDIRECT_HEADERS = (
    *_ALWAYS,
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
    ("Content-Length", "0"),
)

#: Pages that name nobody and do nothing may be framed by anybody: a refusal must be readable.
ANYWHERE = ("*",)


def new_secret() -> str:
    """128 random bits, as base64url."""
    return secrets.token_urlsafe(16)


def form_token(secret_key: str, purpose: str, handle: str) -> str:
    """A token that only our own page for ``handle`` can hold (against forged forms)."""
    return hmac.new(
        secret_key.encode(), f"form:{purpose}:{handle}".encode(), hashlib.sha256
    ).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are one, in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def origin(url: str | None) -> str | None:
    """``https://host:port`` of a URL; None for what is no web address."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        return None
    if not all(letter.isalnum() or letter in ".-_:" for letter in host) or not host.isascii():
        return None
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def origins(urls: Iterable[str | None]) -> tuple[str, ...]:
    """The distinct origins of ``urls``, in their order."""
    found = (origin(url) for url in urls)
    return tuple(dict.fromkeys(item for item in found if item))


def nonce() -> str:
    """The nonce of the answer being made; scripts and styles without it do not run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_frames(ancestors: Iterable[str]) -> None:
    """Say who may frame the answer being made; nobody may unless said."""
    g.frame_ancestors = tuple(ancestors)


def allow_form_to(url: str) -> None:
    """Let the answer's form go to another site's address (the deep-linking response), and from
    there on where that site redirects it: browsers hold redirects to ``form-action`` too."""
    target = origin(url)
    if target:
        further = ("https:",) if target.startswith("https:") else ()
        g.form_targets = (*g.get("form_targets", ()), target, *further)


def allow_inner_frames() -> None:
    """Let the answer being made show other pages of the tool in frames of its own."""
    g.inner_frames = True


def set_headers(response: Response) -> Response:
    """The ``after_request`` of every answer."""
    headers = response.headers
    for name, value in _ALWAYS:
        headers.add(name, value)
    given = {name.lower() for name in headers.keys()}  # noqa: SIM118 - it has several of a name
    if "referrer-policy" not in given:
        headers.add("Referrer-Policy", "no-referrer")
    if "content-security-policy" not in given:
        headers.add("Content-Security-Policy", _policy())
    if "cache-control" not in given:
        headers.add("Cache-Control", "no-store")
    return response


def cookie(name: str, value: str, *, max_age: int) -> str:
    """``Set-Cookie`` of a cookie that a browser keeps in a cross-site frame, for that site's frames
    alone. ``name`` and ``value`` are the tool's own, of letters, digits, ``-`` and ``_``."""
    return (
        f"{name}={value}; Max-Age={max_age}; Secure; HttpOnly; Path=/; SameSite=None; Partitioned"
    )


def _policy() -> str:
    key = nonce()
    ancestors = " ".join(g.get("frame_ancestors", ())) or "'none'"
    targets = " ".join(("'self'", *g.get("form_targets", ())))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{key}'",
            f"style-src 'self' 'nonce-{key}'",
            "img-src 'self' data:",
            "media-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            *(("frame-src 'self'",) if g.get("inner_frames") else ()),
            "base-uri 'none'",
            f"form-action {targets}",
            f"frame-ancestors {ancestors}",
        )
    )
