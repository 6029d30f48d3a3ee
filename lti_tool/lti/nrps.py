"""Names and Role Provisioning Services 2.0: a context's members."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.lti.platform import Platform
from lti_tool.lti.tokens import ServiceTokens

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@dataclass(frozen=True, slots=True)
class Member:
    """One member; ``sub`` equals the ``sub`` of that person's launches (§2.2)."""

    sub: str
    name: str | None
    email: str | None
    roles: tuple[str, ...]
    is_instructor: bool
    active: bool


def members(tokens: ServiceTokens, platform: Platform, memberships_url: str) -> tuple[Member, ...]:
    """Every member, all pages."""
    raise NotImplementedError
