"""The tables, a module a subject. Everything belongs to a registration; tenant = (registration,
deployment)."""

from lti_tool.models.base import Base, UtcDateTime, db, now
from lti_tool.models.learning import (
    Attempt,
    DeliveryState,
    ScoreDelivery,
    UnitProgress,
    UnitVersion,
)
from lti_tool.models.people import Context, Enrolment, LaunchSession, ResourceLink, User
from lti_tool.models.registrations import Deployment, Invite, Registration, RegistrationStatus
from lti_tool.models.security import ConsumedNonce, LoginState, SigningKey

__all__ = [
    "Attempt",
    "Base",
    "ConsumedNonce",
    "Context",
    "DeliveryState",
    "Deployment",
    "Enrolment",
    "Invite",
    "LaunchSession",
    "LoginState",
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
