"""Every reason to refuse a login or a launch: its stable code, what to tell people, what the
administrator does next. One table, so that pages, commands and documentation cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from lti_tool.errors import LaunchRejected
from lti_tool.languages import N_


@dataclass(frozen=True, slots=True)
class Refusal:
    message: str
    remedy: str
    status: int = 400


REPORT = N_(
    "The platform sent a message that breaks the LTI 1.3 standard. Tell the platform's "
    "administrator this code; they find the platform's message in its own logs."
)
CHECK = N_(
    "Compare issuer, client id and keyset URL of the registration with what the platform "
    "shows for this tool (lti-tool registrations show)."
)

REFUSALS: MappingProxyType[str, Refusal] = MappingProxyType(
    {
        # The request itself
        "request.repeated-field": Refusal("A field was sent twice.", REPORT),
        "request.field-too-long": Refusal("A field is longer than it may be.", REPORT),
        # The login
        "login.issuer-missing": Refusal("The login names no platform (iss).", REPORT),
        "login.issuer-unknown": Refusal(
            "The login comes from another platform than the one registered at this address.",
            N_(
                "Enter the login URL that this tool shows for your platform, or register the "
                "platform."
            ),
            403,
        ),
        "login.hint-missing": Refusal("The login names no user (login_hint).", REPORT),
        "login.client-unknown": Refusal(
            "The login names another client id than the registration.", CHECK, 403
        ),
        "login.target-foreign": Refusal(
            "The login asks for an address outside this tool.",
            N_("Set the tool URL in the platform to an address of this tool."),
        ),
        # The registration
        "registration.unknown": Refusal(
            "No learning platform is registered at this address.",
            N_("Enter the login URL that the tool shows for your platform, or register it."),
            404,
        ),
        "registration.pending": Refusal(
            "The registration of this platform waits for approval.",
            N_("The tool's administrator approves it: lti-tool registrations approve NUMBER"),
            403,
        ),
        "registration.suspended": Refusal(
            "The registration of this platform is suspended.",
            N_("Ask the tool's administrator why."),
            403,
        ),
        "deployment.pending": Refusal(
            "This deployment of the tool waits for approval.",
            N_("The tool's administrator approves it: lti-tool registrations approve NUMBER"),
            403,
        ),
        "deployment.suspended": Refusal(
            "This deployment of the tool is suspended.",
            N_("Ask the tool's administrator why."),
            403,
        ),
        # State and browser
        "launch.state-missing": Refusal(
            "The learning platform did not send back what the tool gave it for this launch.",
            N_(
                "Nothing is wrong where somebody reloaded or kept this address. Where it happens "
                "at each launch, the platform does not send back the state of the login: tell its "
                "administrator."
            ),
        ),
        "launch.state-unknown": Refusal(
            "This launch was used before, or it took too long.",
            N_(
                "Where it happens at each launch, see whether the platform or a proxy sends the "
                "launch twice, and whether all servers of the tool share one database."
            ),
            401,
        ),
        "launch.state-expired": Refusal(
            "The launch took more than ten minutes.",
            N_(
                "Where it happens at each launch, see what holds people up between login and "
                "launch in the platform: a second sign-in, a page to confirm."
            ),
            401,
        ),
        "launch.cookie-missing": Refusal(
            "The browser did not keep the cookie that ties the launch to it.",
            N_(
                "Open the activity in a new window, or allow this site's cookies inside the "
                "platform."
            ),
            401,
        ),
        "launch.picker-needs-cookie": Refusal(
            N_("Choosing content needs a cookie that the browser did not keep."),
            N_(
                "Allow this site's cookies inside the platform. Choosing content cannot move to "
                "a window of its own."
            ),
            401,
        ),
        "launch.other-browser": Refusal(
            "The launch was begun in another browser.",
            N_(
                "Where it happens at each launch, see whether an app of the platform opens the "
                "login in another browser than the launch."
            ),
            403,
        ),
        # Who launches
        "launch.role-may-not-pick": Refusal(
            "Only people who teach or design this course can choose units for it.",
            N_("Give this person a teaching or designing role in the course."),
            403,
        ),
        "launch.review-of-others": Refusal(
            "Only teachers of the course see the work of others.",
            N_("Give this person a teaching role in the course."),
            403,
        ),
        "launch.role-may-not-administer": Refusal(
            "Only administrators of the platform have to do with people's data.",
            N_("Open this page as an administrator of the institution or the platform."),
            403,
        ),
        "launch.id-too-long": Refusal(
            "An id of this launch is longer than it may be.",
            N_("Tell the platform's vendor: LTI Core 1.3 allows 255 characters."),
        ),
        # The platform's own refusal (OAuth 2.0 §4.2.2.1)
        "launch.platform-refused": Refusal(
            "The platform refused the launch.",
            N_("Look up the platform's message in its logs; often its session had ended."),
        ),
        # The token
        "token.missing": Refusal("The launch carries no id_token.", REPORT),
        "token.too-long": Refusal("The id_token is longer than it may be.", REPORT),
        "token.malformed": Refusal("The id_token is no JSON Web Token.", REPORT),
        "token.algorithm": Refusal("The id_token is not signed with RS256.", REPORT, 401),
        "token.kid-missing": Refusal("The id_token does not name its key (kid).", REPORT, 401),
        "token.kid-unknown": Refusal(
            "The id_token is signed with a key that the platform does not publish.", CHECK, 401
        ),
        "token.keyset-unreadable": Refusal(
            "The platform's keys cannot be read at the moment.",
            N_(
                "Check that this server reaches the keyset URL of the registration "
                "(lti-tool doctor tries it)."
            ),
            424,
        ),
        "token.signature": Refusal("The id_token's signature is wrong.", CHECK, 401),
        "token.expired": Refusal(
            "The id_token has expired.",
            N_(
                "Open the activity again. Where that does not help, compare the clocks of platform "
                "and tool."
            ),
            401,
        ),
        "token.too-old": Refusal(
            "The id_token was issued too long ago.",
            N_("Compare the clocks of platform and tool."),
            401,
        ),
        "token.from-the-future": Refusal(
            "The id_token is not valid yet.", N_("Compare the clocks of platform and tool."), 401
        ),
        "token.time-missing": Refusal(
            "The id_token lacks exp or iat, or they are no times.", REPORT
        ),
        "token.issuer": Refusal("The id_token is another platform's.", CHECK, 401),
        "token.audience": Refusal("The id_token is meant for another tool.", CHECK, 401),
        "token.nonce": Refusal(
            "The id_token belongs to another login.",
            N_(
                "Where it happens at each launch, the platform does not send back the nonce of the "
                "login as it was: tell its administrator."
            ),
            401,
        ),
        "token.replayed": Refusal(
            "This id_token was used before.",
            N_(
                "Nothing is wrong where somebody went back or reloaded. Where it happens at each "
                "launch, see whether the platform or a proxy sends the launch twice."
            ),
            401,
        ),
        # The claims
        "claim.version": Refusal("The message is not LTI 1.3.0.", REPORT),
        "claim.message-type": Refusal(
            "The tool does not know this kind of message.",
            N_(
                "Use the tool as an activity (resource link), for choosing content (deep linking), "
                "for looking at handed-in work (submission review) or for requests about a "
                "person's data."
            ),
        ),
        "claim.deployment": Refusal("The message names no deployment.", REPORT),
        "claim.target": Refusal(
            "The message asks for no address of this tool.",
            N_("Set the tool URL in the platform to an address of this tool."),
        ),
        "claim.resource-link": Refusal("The message names no resource link.", REPORT),
        "claim.sub": Refusal(
            "The message names no user.",
            N_(
                "Share the user's id with the tool, or allow anonymous launches for this "
                "registration."
            ),
        ),
        "claim.roles": Refusal("The message has no list of roles.", REPORT),
        "claim.context": Refusal("The message's course is malformed.", REPORT),
        "claim.notice": Refusal("The message is no notice.", REPORT),
        "claim.for-user": Refusal("The message does not say whom it is about.", REPORT),
        "claim.line-item": Refusal("The message names no column of the gradebook.", REPORT),
        "claim.deep-linking": Refusal("The message lacks the deep linking settings.", REPORT),
        "claim.malformed": Refusal("The message breaks the LTI 1.3 standard.", REPORT),
    }
)


def refuse(code: str, detail: str = "", registration: int | None = None) -> LaunchRejected:
    """The error of ``code``; ``detail`` (never personal data) is added to its message;
    ``registration`` is the number that its remedy calls NUMBER."""
    known = REFUSALS[code]
    message = f"{known.message} ({detail})" if detail else known.message
    return LaunchRejected(code, message, known.remedy, known.status, registration, detail)
