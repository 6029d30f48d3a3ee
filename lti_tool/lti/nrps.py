"""Names and Role Provisioning Services 2.0: a context's members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import PlatformError
from lti_tool.lti.paging import below, pages
from lti_tool.lti.platform import Platform
from lti_tool.lti.roles import is_instructor
from lti_tool.lti.text import identifier, mapping, text, texts
from lti_tool.lti.tokens import ServiceTokens

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
CONTAINER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
#: Asked for; platforms give fewer, more, or all at once. Without it Moodle sends all at once,
#: however many.
PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class Member:
    """One member; ``sub`` equals the ``sub`` of that person's launches (§2.2). Names only where
    the platform shares them. ``groups`` are the ids of their groups, where these were asked for
    (Course Groups 1.0 §4)."""

    sub: str
    name: str | None
    is_instructor: bool
    active: bool
    groups: tuple[str, ...] = ()


def member_pages(
    tokens: ServiceTokens, platform: Platform, memberships_url: str, *, groups: bool = False
) -> Iterator[tuple[Member, ...]]:
    """Every member, page by page as they come (§2.4). A page is read when it is asked for. Raises
    ``PlatformError``, also where the pages are not known to be all."""
    query = {"limit": str(PAGE_SIZE), **({"groups": "true"} if groups else {})}
    url = below(memberships_url, "", query)
    for page in pages(tokens, platform, [SCOPE], url, CONTAINER_TYPE, whole=True):
        listed = mapping(page).get("members")
        if not isinstance(listed, list):
            raise PlatformError(
                "service.malformed", "the platform's answer has no members", retryable=True
            )
        found = (_member(mapping(value)) for value in listed)
        yield tuple(member for member in found if member is not None)


def _member(value: dict[str, Any]) -> Member | None:
    sub = identifier(value.get("user_id"))
    if sub is None:
        return None
    parts = (text(value.get(key), 255) for key in ("given_name", "family_name"))
    name = text(value.get("name"), 255) or text(" ".join(p for p in parts if p), 255)
    return Member(
        sub=sub,
        name=name,
        is_instructor=is_instructor(texts(value.get("roles"))),
        active=str(value.get("status") or "Active").lower() == "active",
        groups=_groups(value.get("group_enrollments")),
    )


def _groups(value: object) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else []
    found = (group_id(mapping(entry).get("group_id")) for entry in entries)
    return tuple(dict.fromkeys(item for item in found if item is not None))


def group_id(value: object) -> str | None:
    """The id of a group: a string, though Moodle writes numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return identifier(value)
