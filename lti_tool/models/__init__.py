"""The tables, a module a subject. Everything belongs to a registration; tenant = (registration,
deployment)."""

from lti_tool.models.base import Base, UtcDateTime, db, now
from lti_tool.models.learning import (
    Attempt,
    DeliveryState,
    LineItemResult,
    ScoreDelivery,
    UnitProgress,
    UnitVersion,
)
from lti_tool.models.operation import (
    AuditEntry,
    DataRequest,
    Job,
    JobState,
    LaunchRefusal,
    Notice,
    PackageBuild,
)
from lti_tool.models.operators import Operator
from lti_tool.models.people import (
    Context,
    Enrolment,
    Group,
    GroupMember,
    LaunchSession,
    ResourceLink,
    User,
)
from lti_tool.models.registrations import (
    Deployment,
    Invite,
    LegacyConsumer,
    Registration,
    RegistrationStatus,
)
from lti_tool.models.security import ConsumedNonce, SigningKey

__all__ = [
    "Attempt",
    "AuditEntry",
    "Base",
    "ConsumedNonce",
    "Context",
    "DataRequest",
    "DeliveryState",
    "Deployment",
    "Enrolment",
    "Group",
    "GroupMember",
    "Invite",
    "Job",
    "JobState",
    "LaunchRefusal",
    "LaunchSession",
    "LegacyConsumer",
    "LineItemResult",
    "Notice",
    "Operator",
    "PackageBuild",
    "Registration",
    "RegistrationStatus",
    "ResourceLink",
    "ScoreDelivery",
    "SigningKey",
    "UnitProgress",
    "UnitVersion",
    "User",
    "UtcDateTime",
    "db",
    "now",
]
