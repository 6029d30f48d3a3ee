"""A launch as typed, frozen values (LTI Core 1.3 §5.3–5.4). Nothing unverified has these types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from lti_tool.models import Deployment, Registration

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
MessageType = Literal["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]


@dataclass(frozen=True, slots=True)
class ContextClaim:
    """The LMS's course (LTI Core §5.4.1)."""

    id: str
    title: str | None = None
    label: str | None = None
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceLinkClaim:
    """The place in the course that was opened (LTI Core §5.3.5)."""

    id: str
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class AgsClaim:
    """The grade services that the launch offers (AGS 2.0 §3.1). Whether a bearer may go to these
    URLs is judged when one is sent (``Platform.owns``), so that a refusal is seen."""

    scopes: tuple[str, ...]
    line_item: str | None
    line_items: str | None


@dataclass(frozen=True, slots=True)
class NrpsClaim:
    """The roster that the launch offers (NRPS 2.0 §3.6)."""

    memberships_url: str


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """What a deep linking answer must respect (Deep Linking 2.0 §3.4.1)."""

    return_url: str = field(repr=False)  # carries Moodle's session key
    accept_types: tuple[str, ...]
    accept_multiple: bool
    accept_line_item: bool
    data: str | None = field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        """For the ``LaunchSession`` row."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> DeepLinkingSettings:
        """Back from the row."""
        return cls(
            return_url=str(value["return_url"]),
            accept_types=tuple(value["accept_types"]),
            accept_multiple=bool(value["accept_multiple"]),
            accept_line_item=bool(value["accept_line_item"]),
            data=value["data"],
        )


@dataclass(frozen=True, slots=True)
class PlatformClaim:
    """Which LMS this is (LTI Core §5.4.2)."""

    guid: str | None = None
    product: str | None = None
    version: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Launch:
    """A verified launch. ``sub`` is None where it is anonymous (LTI Core §5.3.6.1), which only
    registrations with ``allow_anonymous`` let pass. ``is_instructor`` may see who has done what;
    ``may_place`` may also pick units (content developers too). Both come from context roles only.
    ``resource_link`` is set for resource link launches, ``deep_linking`` for deep linking."""

    registration: Registration
    deployment: Deployment
    message_type: MessageType
    target_link_uri: str
    sub: str | None
    name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    roles: tuple[str, ...]
    is_instructor: bool
    may_place: bool
    context: ContextClaim | None
    resource_link: ResourceLinkClaim | None
    deep_linking: DeepLinkingSettings | None
    ags: AgsClaim | None
    nrps: NrpsClaim | None
    custom: Mapping[str, str]
    locale: str | None
    return_url: str | None = field(repr=False)
    document_target: str | None
    platform: PlatformClaim
    issued_at: datetime
