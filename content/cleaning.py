"""The last gate before a page: only elements and attributes that we make ourselves go through."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

from content.inline import INLINE_TAGS
from content.memo import KNOWN, key_of

if TYPE_CHECKING:
    import nh3

_TEXT_TAGS = {
    "p",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "hr",
}
_TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}
_OWN_TAGS = {"a", "section", "div", "details", "summary"}
_MEDIA_TAGS = {"figure", "figcaption", "img", "video", "audio", "track"}
TAGS = _TEXT_TAGS | _TABLE_TAGS | _OWN_TAGS | _MEDIA_TAGS | INLINE_TAGS.keys()
ATTRIBUTES: dict[str, set[str]] = {
    "a": {
        "href",
        "rel",
        "target",
        "download",
        "data-page",
        "data-term",
        "data-unit",
        "aria-haspopup",
    },
    "abbr": {"title"},
    "audio": {"controls", "preload", "src"},
    "code": {"class"},
    "div": {"class", "data-check"},
    "figure": {"class"},
    "details": {"class", "open"},
    "h3": {"class", "id"},
    "img": {"src", "srcset", "sizes", "alt", "loading", "decoding", "width", "height"},
    "ol": {"start"},
    "p": {"class"},
    "section": {"class", "data-block", "aria-label", "aria-labelledby"},
    "small": {"class"},
    "span": {"class"},
    "th": {"class", "scope"},
    "td": {"class"},
    "track": {"kind", "src", "srclang", "label", "default"},
    "video": {"controls", "preload", "src", "poster", "playsinline", "width", "height"},
}
for _tag in ("a", "audio", "figure", "video"):
    ATTRIBUTES[_tag] = ATTRIBUTES[_tag] | {"class", "aria-label"}
for _tag in TAGS:
    ATTRIBUTES[_tag] = ATTRIBUTES.get(_tag, set()) | {"lang", "dir", "data-line"}
_URLS = frozenset({"src", "poster"})
_PLAIN = re.compile(r"[A-Za-z0-9 _:.-]*", re.ASCII)
#: One of several widths, in the one way in which we write them.
_CANDIDATE = re.compile(r"(\S+) \d+w", re.ASCII)
_EXTERNAL = re.compile(r"(https?://|mailto:)", re.I)


#: The addresses that may be loaded by what is being cleaned.
_given_out: ContextVar[Collection[str]] = ContextVar("_given_out")


def clean(html: str, urls: Collection[str]) -> str:
    """``html`` without anything that is not on the lists above.

    ``urls`` are the addresses of media that were given out for this page: no other may be loaded.
    Links may also go to ``#…`` within the document and outside by http, https and mailto.
    """
    key = key_of("clean", "\n".join(sorted(urls)), html)
    known: str | None = KNOWN.get(key)
    if known is None:
        token = _given_out.set(frozenset(urls))
        try:
            known = _cleaner().clean(html)
        finally:
            _given_out.reset(token)
        KNOWN.put(key, known, len(known) + 100)
    return known


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    """The attribute's value; None takes it away."""
    if name in _URLS:
        return value if value in _given_out.get() else None
    if name == "srcset":
        each = [_CANDIDATE.fullmatch(part) for part in value.split(", ")]
        return value if all(one and one[1] in _given_out.get() for one in each) else None
    if name == "href":
        fine = value in _given_out.get() or value.startswith("#") or _EXTERNAL.match(value)
        return value if fine else None
    if name in ("class", "id") or name.startswith("data-"):
        return value if _PLAIN.fullmatch(value) else None
    return value
