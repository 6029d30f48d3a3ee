"""Containers that come in pages (AGS 2.0 §3.2.4, NRPS 2.0 §2.4; RFC 8288 as platforms write it)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import requests

from lti_tool.errors import PlatformError
from lti_tool.lti.platform import Platform
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.outbound import json_of

#: Ten thousand members come in 200 pages of 50.
MAX_PAGES = 2000
_LINK = re.compile(r"<\s*([^>]*?)\s*>([^<]*)")
_NEXT = re.compile(r";\s*rel\s*=\s*[\"'“”]?\s*(?:[\w-]+\s+)*next\b", re.IGNORECASE)


def pages(
    tokens: ServiceTokens,
    platform: Platform,
    scopes: Sequence[str],
    url: str,
    accept: str,
    *,
    whole: bool = False,
) -> Iterator[Any]:
    """The JSON of each page, following the links to the next. Links that lead back, or to ever
    further pages, end it; with ``whole`` they are an error, since what was read is not known to be
    all. Raises ``PlatformError``."""
    seen: set[str] = set()
    following: str | None = url
    while following is not None and following not in seen and len(seen) < MAX_PAGES:
        seen.add(following)
        response = tokens.call(platform, scopes, "GET", following, headers={"Accept": accept})
        body = json_of(response)
        if body is None:
            raise PlatformError(
                "service.malformed", "the platform's answer is not JSON", retryable=True
            )
        yield body
        following = next_page(response, following)
    if whole and following is not None:
        raise PlatformError(
            "service.endless",
            "the platform's pages lead back to themselves or do not end",
            retryable=False,
        )


def next_page(response: requests.Response, base: str) -> str | None:
    """The link of relation ``next``. Moodle writes curly quotes and ``&amp;``; the URL keeps its
    case."""
    header = response.headers.get("Link", "")
    with suppress(UnicodeError):
        header = header.encode("latin-1").decode("utf-8")
    for target, parameters in _LINK.findall(header):
        if _NEXT.search(parameters):
            return urljoin(base, html.unescape(target))
    return None


def below(url: str, name: str, query: Mapping[str, str] | None = None) -> str:
    """``url`` with ``/name`` put before its query, and ``query`` added to it: the line item
    ``…/lineitem?type_id=1`` has its scores at ``…/lineitem/scores?type_id=1``."""
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/{name}" if name else parts.path
    joined = "&".join(part for part in (parts.query, urlencode(query or {})) if part)
    return urlunsplit(parts._replace(path=path, query=joined))
