"""Names and Role Provisioning Services 2.0: a context's members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lti_tool.lti.paging import below, pages
from lti_tool.lti.platform import Platform
from lti_tool.lti.roles import is_instructor
from lti_tool.lti.text import identifier, mapping, text, texts
from lti_tool.lti.tokens import ServiceTokens

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
CONTAINER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@dataclass(frozen=True, slots=True)
class Member:
    """One member; ``sub`` equals the ``sub`` of that person's launches (§2.2)."""

    sub: str
    name: str | None
    email: str | None
    roles: tuple[str, ...]
    is_instructor: bool
    active: bool


def members(
    tokens: ServiceTokens,
    platform: Platform,
    memberships_url: str,
    *,
    role: str | None = None,
    resource_link_id: str | None = None,
) -> tuple[Member, ...]:
    """Every member, all pages; only those with ``role``, or with access to one link (§2.4.1, §3).
    Filtered here too, since Moodle's next link drops the role."""
    query = {"role": role, "rlid": resource_link_id}
    url = below(memberships_url, "", {k: v for k, v in query.items() if v})
    found: dict[str, Member] = {}
    for page in pages(tokens, platform, [SCOPE], url, CONTAINER_TYPE):
        listed = mapping(page).get("members")
        for value in listed if isinstance(listed, list) else ():
            member = _member(mapping(value))
            if member is not None and (role is None or _has(member, role)):
                found.setdefault(member.sub, member)
    return tuple(found.values())


def _has(member: Member, role: str) -> bool:
    short = role.rpartition("#")[2]
    return any(item.rpartition("#")[2] == short for item in member.roles)


def _member(value: dict[str, Any]) -> Member | None:
    sub = identifier(value.get("user_id"))
    if sub is None:
        return None
    roles = texts(value.get("roles"))
    parts = (text(value.get(key), 255) for key in ("given_name", "family_name"))
    name = text(value.get("name"), 255) or text(" ".join(p for p in parts if p), 255)
    return Member(
        sub=sub,
        name=name,
        email=text(value.get("email"), 320),
        roles=roles,
        is_instructor=is_instructor(roles),
        active=value.get("status", "Active") == "Active",
    )
