"""The course: its members, and the blocks in which the tool is placed.

The blocks are lti_consumer's own `LtiConsumerXBlock`; only the runtime below them is ours.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from lti_consumer.lti_xblock import LtiConsumerXBlock
from lti_consumer.models import LtiConfiguration
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.field_data import DictFieldData
from xblock.fields import ScopeIds
from xblock.reference.user_service import UserService, XBlockUser
from xblock.runtime import MemoryIdManager, Runtime

from xblock_platform.models import Grade, Profile

COURSE_KEY = CourseKey.from_string("course-v1:SSE+CAMPUS+2026")
COURSE = SimpleNamespace(
    display_name_with_default="Social and Solidarity Economy",
    display_org_with_default="SSE",
    lti_passports=[],
)
BLOCK_TYPE = "lti_consumer"
FIRST_MEMBERS = {"student1": "student", "student2": "student", "instructor1": "instructor"}


@dataclass(frozen=True)
class Placement:
    """A block that launches the tool: in LTI's words, a resource link."""

    title: str
    ags_mode: str
    points: float

    @property
    def location(self) -> UsageKey:
        """Return the usage key, which is also the resource link's id."""
        return COURSE_KEY.make_usage_key(BLOCK_TYPE, self.ags_mode)


# One for each way in which Open edX offers line items: made by the platform, or by the tool.
PLACEMENTS = {
    placement.ags_mode: placement
    for placement in (
        Placement("Unit graded here", LtiConfiguration.LTI_ADVANTAGE_AGS_DECLARATIVE, 10.0),
        Placement("Unit graded by you", LtiConfiguration.LTI_ADVANTAGE_AGS_PROGRAMMATIC, 10.0),
    )
}


def enrol(username: str, role: str | None = None) -> User:
    """Return the member, made on first sight; a role that is given replaces the one they had."""
    user, _ = User.objects.get_or_create(
        username=username, defaults={"email": f"{username}@example.org"}
    )
    Profile.objects.update_or_create(
        user=user,
        defaults={"role": role} if role else {},
        create_defaults={"role": role or "student", "name": f"Member {username}"},
    )
    return user


class CourseBlock(LtiConsumerXBlock):
    """The block with the fields that Open edX mixes into every block of a course."""

    start = None
    due = None
    graceperiod = None


class CurrentUser(UserService):
    """Tells a block who is looking at it, under the names that edx-platform uses."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self._user = user

    def get_current_user(self) -> XBlockUser:
        """Return the member with the attributes that lti_consumer reads."""
        profile = self._user.profile
        current = XBlockUser(
            is_current_user=True, emails=[self._user.email], full_name=profile.name
        )
        current.opt_attrs = {
            "edx-platform.is_authenticated": True,
            "edx-platform.user_id": self._user.id,
            "edx-platform.username": self._user.username,
            "edx-platform.user_is_staff": profile.role == "global_staff",
            "edx-platform.user_role": profile.role,
        }
        return current

    def get_external_user_id(self, type_name: str) -> str:
        """Return the id under which other systems know the member."""
        return str(self._user.profile.external_user_id)


class NoRebinding:
    """The LMS loads a learner's state before a grade is set; our blocks keep none."""

    def rebind_noauth_module_to_user(self, block: LtiConsumerXBlock, user: User) -> None:
        """Do nothing."""


class LmsRuntime(Runtime):
    """As much of a runtime as LTI 1.3 needs: services, and grades that reach the gradebook."""

    def publish(
        self, block: LtiConsumerXBlock, event_type: str, event_data: dict[str, Any]
    ) -> None:
        """Write down a grade."""
        if event_type == "grade":
            Grade.objects.create(
                user_id=event_data["user_id"],
                resource_link_id=str(block.scope_ids.usage_id),
                earned=event_data["value"],
                possible=event_data["max_value"],
            )

    def handler_url(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: handlers serve LTI 1.1 and Studio."""
        raise NotImplementedError

    resource_url = local_resource_url = handler_url


def load_block(location: UsageKey, user: User | AnonymousUser | None = None) -> CourseBlock:
    """Return the block at a location, bound to a member if one is looking at it."""
    placement = next(p for p in PLACEMENTS.values() if p.location == location)
    services: dict[str, object] = {"rebind_user": NoRebinding()}
    if user and user.is_authenticated:
        services["user"] = CurrentUser(user)
    share = settings.PLACEMENT_SHARES_PERSONAL_DATA
    fields = {
        "ask_to_send_email": share,
        "ask_to_send_full_name": share,
        "ask_to_send_username": share,
        "config_type": "database",
        "custom_parameters": settings.PLACEMENT_CUSTOM_PARAMETERS,
        "display_name": placement.title,
        "has_score": True,
        "lti_version": LtiConfiguration.LTI_1P3,
        "weight": placement.points,
    }
    ids = MemoryIdManager()
    return CourseBlock(
        LmsRuntime(id_reader=ids, id_generator=ids, services=services),
        field_data=DictFieldData(fields),
        scope_ids=ScopeIds(user.id if user else None, BLOCK_TYPE, location, location),
    )
