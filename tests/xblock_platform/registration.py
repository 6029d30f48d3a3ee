"""What the two sides must know of each other."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from lti_consumer.models import CourseAllowPIISharingInLTIFlag, Lti1p3Passport, LtiConfiguration
from lti_consumer.utils import (
    get_lms_lti_access_token_link,
    get_lms_lti_keyset_link,
    get_lms_lti_launch_link,
    get_lti_api_base,
)

from xblock_platform.course import COURSE_KEY, PLACEMENTS

PASSPORT_NAME = "the tool"
# Hard-coded in lti_consumer: it has one deployment for each client id.
DEPLOYMENT_ID = "1"


@dataclass(frozen=True)
class Tool:
    """The tool's side of a registration."""

    login_url: str
    launch_url: str
    jwks_url: str
    deep_linking_url: str = ""
    redirect_urls: tuple[str, ...] = ()


@transaction.atomic
def register_tool(tool: Tool, client_id: str | None = None) -> None:
    """Place the tool in the course, or change where it answers; ids and keys never change.

    The placements share one passport, hence one client id and one key set.
    """
    passport, _ = Lti1p3Passport.objects.update_or_create(
        name=PASSPORT_NAME,
        defaults={"lti_1p3_tool_keyset_url": tool.jwks_url}
        | ({"lti_1p3_client_id": client_id} if client_id else {}),
    )
    for placement in PLACEMENTS.values():
        LtiConfiguration.objects.update_or_create(
            location=placement.location,
            defaults={
                "version": LtiConfiguration.LTI_1P3,
                "config_store": LtiConfiguration.CONFIG_ON_DB,
                "lti_1p3_passport": passport,
                "lti_1p3_oidc_url": tool.login_url,
                "lti_1p3_launch_url": tool.launch_url,
                "lti_1p3_redirect_uris": list(tool.redirect_urls),
                "lti_advantage_ags_mode": placement.ags_mode,
                "lti_advantage_deep_linking_enabled": True,
                "lti_advantage_deep_linking_launch_url": tool.deep_linking_url or tool.launch_url,
                "lti_advantage_enable_nrps": True,
            },
        )
    CourseAllowPIISharingInLTIFlag.objects.create(
        course_id=COURSE_KEY, enabled=settings.PLACEMENT_SHARES_PERSONAL_DATA
    )


def describe() -> dict[str, str]:
    """Return what the tool's administrator has to copy, and where to click."""
    base = get_lti_api_base()
    passport = Lti1p3Passport.objects.get(name=PASSPORT_NAME)

    def launch(**query: str) -> str:
        return f"{base}/launch?{urlencode(query)}"

    return {
        "issuer": base,
        "client_id": passport.lti_1p3_client_id,
        "deployment_id": DEPLOYMENT_ID,
        "auth_url": get_lms_lti_launch_link(),
        "token_url": get_lms_lti_access_token_link(passport.passport_id),
        "jwks_url": get_lms_lti_keyset_link(passport.passport_id),
        "student_launch_url": launch(user="student1", role="student"),
        "instructor_launch_url": launch(user="instructor1", role="instructor"),
        "deep_linking_launch_url": launch(
            user="instructor1", role="instructor", target="deep_linking"
        ),
        "grades_url": f"{base}/grades",
        "tool_url": f"{base}/tool",
    }
