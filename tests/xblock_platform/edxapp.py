"""Our stand-ins for the functions that lti_consumer imports from Open edX.

They are named as in `lti_consumer.plugin.compat`, which every caller reaches by attribute, so
`install` puts them there. What compat already survives without Open edX is left alone.
"""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from crum import get_current_user
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from lti_consumer.exceptions import LtiError
from lti_consumer.plugin import compat
from opaque_keys.edx.keys import CourseKey, UsageKey

from xblock_platform.course import COURSE, CourseBlock, load_block
from xblock_platform.models import Profile

AUTHORS = {"global_staff", "instructor", "staff"}


def load_enough_xblock(location: UsageKey) -> CourseBlock:
    """Return the block, bound to nobody."""
    return load_block(location)


def load_block_as_user(location: UsageKey) -> CourseBlock:
    """Return the block, bound to the user of the request."""
    return load_block(location, get_current_user())


def get_user_from_external_user_id(external_user_id: str) -> User:
    """Return the user whom the tool names; as in Open edX, an unknown one is an `LtiError`."""
    try:
        return Profile.objects.get(external_user_id=external_user_id).user
    except Profile.DoesNotExist as exc:
        raise LtiError("Invalid User") from exc
    except ValidationError as exc:
        raise LtiError("Invalid userID") from exc


def user_has_access(
    user: User | AnonymousUser, action: str, block: CourseBlock, course_key: CourseKey
) -> bool:
    """Return whether the user may see the block: all members may."""
    return _role(user) is not None


def user_course_access(
    course: SimpleNamespace, user: User | AnonymousUser, action: str, **checks: Any
) -> bool:
    """Return whether the user may enter the course."""
    return _role(user) is not None


def user_has_studio_write_access(user: User | AnonymousUser, course_key: CourseKey) -> bool:
    """Return whether the user may change the course, as saving deep links does."""
    return _role(user) in AUTHORS


def get_course_by_id(course_key: CourseKey) -> SimpleNamespace:
    """Return the only course."""
    return COURSE


def batch_get_or_create_externalids(users: Iterable[User]) -> dict[int, Profile]:
    """Return, for each user's id, an object with their `external_user_id`."""
    return {user.id: user.profile for user in users}


def get_course_members(course_key: CourseKey) -> dict[int, dict[str, Any]]:
    """Return the members, in the form of Open edX's course API."""
    return {
        profile.user_id: {
            "id": profile.user_id,
            "username": profile.user.username,
            "email": profile.user.email,
            "name": profile.name,
            "roles": [profile.role],
        }
        for profile in Profile.objects.select_related("user")
    }


def install() -> None:
    """Put the functions above where lti_consumer looks for them."""
    for function in (
        load_enough_xblock,
        load_block_as_user,
        get_user_from_external_user_id,
        user_has_access,
        user_course_access,
        user_has_studio_write_access,
        get_course_by_id,
        batch_get_or_create_externalids,
        get_course_members,
    ):
        if not hasattr(compat, function.__name__):
            raise AttributeError(f"lti_consumer no longer asks for {function.__name__}")
        setattr(compat, function.__name__, function)


def _role(user: User | AnonymousUser) -> str | None:
    profile = Profile.objects.filter(user_id=user.pk).first()
    return profile.role if profile else None
