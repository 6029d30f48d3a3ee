"""Identifiers that authors give, and the short form under which a player remembers them."""

from __future__ import annotations

import base64
import difflib
import hashlib
import re
from collections.abc import Iterable

ID_PATTERN = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)
#: Longest identifier: it becomes part of file names and of manifest identifiers.
MAX_ID_LENGTH = 64
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)


def is_id(text: str) -> bool:
    """Whether ``text`` is lower-case ASCII letters, digits and hyphens, starting with a letter."""
    return len(text) <= MAX_ID_LENGTH and ID_PATTERN.fullmatch(text) is not None


def is_language_tag(text: str) -> bool:
    """Whether ``text`` has the shape of a tag such as ``en`` or ``pt-BR`` (RFC 5646)."""
    return _LANGUAGE_TAG.fullmatch(text) is not None


def short_hash(identifier: str) -> str:
    """The first 18 bits of the SHA-256 of ``identifier``, as three base64url characters.

    Packed into suspend data, where SCORM 1.2 leaves 4,096 characters for everything.
    """
    digest = hashlib.sha256(identifier.encode()).digest()
    return base64.urlsafe_b64encode(digest[:3]).decode()[:3]


def nearest(word: str, known: Iterable[str]) -> str:
    """“did you mean …?” with the nearest of ``known``; empty where none is near."""
    near = difflib.get_close_matches(word[:80], list(known), n=1, cutoff=0.5)
    return f"did you mean “{near[0]}”?" if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that proposes the nearest of ``known``, or lists them; for hints."""
    names = list(known)
    if not names:
        return "define it first (none is defined), or remove it"
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return nearest(word, names) or f"use one of these: {shown}"
