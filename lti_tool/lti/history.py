"""Where a copied course or link comes from, as platforms tell it (LTI Core 1.3 §5.4.6, appendix D:
``Context.id.history`` and ``ResourceLink.id.history``)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from lti_tool.lti.text import identifier

CONTEXT_HISTORY = "context_history"
LINK_HISTORY = "link_history"
#: Custom parameters of every launch, asked for at registration and in each deep-linking item.
VARIABLES: dict[str, str] = {
    CONTEXT_HISTORY: "$Context.id.history",
    LINK_HISTORY: "$ResourceLink.id.history",
}
#: Ancestors looked at: a course copied every term for years has few more.
LIMIT = 20


def substituted(value: str | None) -> bool:
    """Whether a custom parameter has a value: platforms leave variables that they do not know as
    they stand (§5.4.6)."""
    return bool(value) and not str(value).startswith("$")


def ancestors(custom: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The ids in parameter ``name``, the latest ancestor first: URL-encoded, with commas between.
    Empty where the platform did not fill it in."""
    value = custom.get(name)
    if value is None or not substituted(value):
        return ()
    found = (identifier(unquote(part.strip())) for part in value.split(","))
    return tuple(dict.fromkeys(item for item in found if item is not None))[:LIMIT]
