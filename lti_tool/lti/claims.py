"""A launch as typed, frozen values (LTI Core 1.3 §5.3–5.4). Nothing unverified has these types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from lti_tool.lti.platform import KnownDeployment, Platform

RESOURCE_LINK: Final = "LtiResourceLinkRequest"
DEEP_LINKING: Final = "LtiDeepLinkingRequest"
SUBMISSION_REVIEW: Final = "LtiSubmissionReviewRequest"
#: Some platforms write the other; inside the tool it has the first name.
DATA_PRIVACY: Final = "DataPrivacyLaunchRequest"
DATA_PRIVACY_NAMES = (DATA_PRIVACY, "LtiDataPrivacyLaunchRequest")
MessageType = Literal[
    "LtiResourceLinkRequest",
    "LtiDeepLinkingRequest",
    "LtiSubmissionReviewRequest",
    "DataPrivacyLaunchRequest",
]


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
class GroupsClaim:
    """The course's groups that the launch offers (Course Groups 1.0 §3)."""

    groups_url: str
    sets_url: str | None


@dataclass(frozen=True, slots=True)
class NoticesClaim:
    """The platform notification service of this deployment (PNS 1.0 §3): where to subscribe, and
    to what one can."""

    url: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForUserClaim:
    """Whom a submission review or a data-privacy launch is about (Submission Review 1.0 §3.2)."""

    user_id: str


@dataclass(frozen=True, slots=True)
class LegacyClaim:
    """What the platform called these things in LTI 1.1 (LTI 1.3 Migration Guide §6.1), None where
    the ids have not changed. Not to be believed before ``signature``, over ``signed_text`` with
    the secret of consumer ``key``, has been checked."""

    key: str
    signature: str = field(repr=False)
    signed_text: str = field(repr=False)
    user_id: str | None
    context_id: str | None
    resource_link_id: str | None


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """What a deep linking answer must respect (Deep Linking 2.0 §3.4.1). ``accept_line_item`` is
    None where the platform does not say whether it makes gradebook columns; ``targets`` are the
    ways in which it can show what is chosen: ``iframe``, ``window``, ``embed``."""

    return_url: str = field(repr=False)  # carries Moodle's session key
    accept_types: tuple[str, ...]
    accept_multiple: bool
    accept_line_item: bool | None
    data: str | None = field(default=None, repr=False)
    targets: tuple[str, ...] = ()

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
            accept_line_item=value["accept_line_item"],
            data=value["data"],
            targets=tuple(value.get("targets", ())),
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
    ``resource_link`` is set for resource link launches, and for submission reviews where the line
    item belongs to a link; ``deep_linking`` for deep linking; ``for_user`` for submission reviews
    and data-privacy launches. ``administers`` comes from the institution's and the system's roles
    and counts in data-privacy launches alone."""

    registration: Platform
    deployment: KnownDeployment
    message_type: MessageType
    target_link_uri: str
    sub: str | None
    name: str | None = field(repr=False)
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
    administers: bool = False
    for_user: ForUserClaim | None = None
    groups: GroupsClaim | None = None
    notices: NoticesClaim | None = None
    legacy: LegacyClaim | None = None
