"""A verified token's claims → ``Launch`` (LTI Core 1.3 §5.3–5.4, Deep Linking 2.0 §3.4).

What a launch rests on is refused where it is missing or of the wrong type; what it can do without
is left out. PyLTI1p3's own validators have the last word on the message's shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from pylti1p3.cookie import CookieService
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_tool.lti import claims as c
from lti_tool.lti import service_claims as services
from lti_tool.lti.legacy import legacy_claim
from lti_tool.lti.platform import KnownDeployment, Platform
from lti_tool.lti.refusals import refuse
from lti_tool.lti.roles import administers, is_instructor, may_place
from lti_tool.lti.text import identifier, mapping, origin_of, text, texts, web_url
from lti_tool.lti.token import SignedClaims, issued_at

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING_SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
FOR_USER = LTI + "for_user"
VERSION = "1.3.0"
#: What platforms write, and the name that it has inside the tool.
MESSAGE_TYPES: Mapping[str, c.MessageType] = MappingProxyType(
    {
        c.RESOURCE_LINK: c.RESOURCE_LINK,
        c.DEEP_LINKING: c.DEEP_LINKING,
        c.SUBMISSION_REVIEW: c.SUBMISSION_REVIEW,
        **dict.fromkeys(c.DATA_PRIVACY_NAMES, c.DATA_PRIVACY),
    }
)
LANGUAGE_LIMIT = 35
CUSTOM_COUNT = 100


class Message(MessageLaunch[Request, ToolConfAbstract[Request], SessionService, CookieService]):
    """PyLTI1p3's launch over claims that are verified already: none of its own token, state and
    nonce handling takes place."""

    def __init__(self, claims: Mapping[str, Any]) -> None:
        self._jwt = cast(Any, {"body": claims})
        self._validated = True
        self._auto_validation = False

    def _get_request_param(self, key: str) -> str:
        raise NotImplementedError

    def check(self) -> None:
        """Run the validator of the message type."""
        try:
            self.validate_message()
        except LtiException as error:
            raise refuse("claim.malformed", str(error)) from None
        except (AttributeError, KeyError, TypeError):
            raise refuse("claim.malformed") from None


def deployment_id_of(claims: SignedClaims) -> str:
    """§5.3.3."""
    found = identifier(claims.get(LTI + "deployment_id"))
    if found is None:
        raise refuse("claim.deployment")
    return found


def launch_of(
    claims: SignedClaims,
    registration: Platform,
    tool_origin: str,
    deployment_of: Callable[[str], KnownDeployment],
) -> c.Launch:
    """The typed launch of verified claims, or ``LaunchRejected``. ``deployment_of`` gives the
    deployment of an id, which may be new: it is asked once nothing else is left to refuse."""
    message_type = _message_type(claims)
    deployment_id = deployment_id_of(claims)
    sub = _sub(claims, registration)
    roles = _roles(claims)
    context = _context(claims)
    target = _target(claims, tool_origin, message_type)
    deep_linking = _deep_linking(claims) if message_type == c.DEEP_LINKING else None
    about = message_type in (c.SUBMISSION_REVIEW, c.DATA_PRIVACY)
    for_user = _for_user(claims) if about else None
    ags = services.ags(claims)
    if message_type == c.SUBMISSION_REVIEW and (ags is None or ags.line_item is None):
        raise refuse("claim.line-item")  # the one that was opened (Submission Review §3.1)
    resource_link = _link_of(claims, message_type)
    _check_shape(claims, message_type)
    presentation = mapping(claims.get(LTI + "launch_presentation"))
    return c.Launch(
        registration=registration,
        deployment=deployment_of(deployment_id),
        message_type=message_type,
        target_link_uri=target,
        sub=sub,
        name=_name(claims),
        roles=roles,
        is_instructor=is_instructor(roles),
        may_place=may_place(roles),
        context=context,
        resource_link=resource_link,
        deep_linking=deep_linking,
        ags=ags,
        nrps=services.nrps(claims),
        custom=_custom(claims),
        locale=text(presentation.get("locale") or claims.get("locale"), LANGUAGE_LIMIT),
        return_url=web_url(presentation.get("return_url")),
        document_target=text(presentation.get("document_target"), 20),
        platform=_platform(claims),
        issued_at=issued_at(claims),
        administers=administers(roles),
        for_user=for_user,
        groups=services.groups(claims),
        notices=services.notices(claims),
        legacy=legacy_claim(claims, registration.client_id),
    )


def _check_shape(claims: SignedClaims, message_type: c.MessageType) -> None:
    """What PyLTI1p3's validators have to say."""
    checked: dict[str, Any] = {"sub": "anonymous", **claims, LTI + "message_type": message_type}
    checked["sub"] = checked["sub"] or "anonymous"
    if message_type == c.DEEP_LINKING:
        # Where the platform takes no link of ours, the picker says so, with a way back.
        settings = mapping(claims.get(DEEP_LINKING_SETTINGS))
        checked[DEEP_LINKING_SETTINGS] = {**settings, "accept_types": ["ltiResourceLink"]}
    Message(checked).check()


def _message_type(claims: SignedClaims) -> c.MessageType:
    """§5.3.1, §5.3.2."""
    if claims.get(LTI + "version") != VERSION:
        raise refuse("claim.version")
    found = claims.get(LTI + "message_type")
    known = MESSAGE_TYPES.get(found) if isinstance(found, str) else None
    if known is None:
        raise refuse("claim.message-type")
    return known


def _sub(claims: SignedClaims, registration: Platform) -> str | None:
    """§5.3.6; anonymous launches (§5.3.6.1) only where the registration allows them."""
    found = claims.get("sub")
    if found in (None, ""):
        if registration.allow_anonymous:
            return None
        raise refuse("claim.sub")
    sub = identifier(found)
    if sub is None:
        raise refuse("claim.sub", "no usable id")
    return sub


def _roles(claims: SignedClaims) -> tuple[str, ...]:
    """§5.3.7: a list of strings, possibly empty."""
    found = claims.get(LTI + "roles")
    if not isinstance(found, list) or not all(isinstance(role, str) for role in found):
        raise refuse("claim.roles")
    return tuple(role for role in found if role.isprintable())


def _target(claims: SignedClaims, tool_origin: str, message_type: str) -> str:
    """§5.3.4: an address of this tool. Deep linking need not name one (Deep Linking §3.4)."""
    found = claims.get(LTI + "target_link_uri")
    if found is None and message_type == c.DEEP_LINKING:
        return tool_origin
    url = web_url(found)
    if url is None or origin_of(url) is None or origin_of(url) != origin_of(tool_origin):
        raise refuse("claim.target")
    return url


def _resource_link(claims: SignedClaims) -> c.ResourceLinkClaim:
    """§5.3.5."""
    found = mapping(claims.get(LTI + "resource_link"))
    link_id = identifier(found.get("id"))
    if link_id is None:
        raise refuse("claim.resource-link")
    return c.ResourceLinkClaim(
        link_id, text(found.get("title"), 500), text(found.get("description"), 2000)
    )


def _link_of(claims: SignedClaims, message_type: str) -> c.ResourceLinkClaim | None:
    """The link of the launch. A submission review names one only where its line item belongs to
    one (Submission Review §3.1)."""
    if message_type == c.RESOURCE_LINK:
        return _resource_link(claims)
    if message_type == c.SUBMISSION_REVIEW and claims.get(LTI + "resource_link"):
        return _resource_link(claims)
    return None


def _for_user(claims: SignedClaims) -> c.ForUserClaim:
    """Submission Review §3.2."""
    user_id = identifier(mapping(claims.get(FOR_USER)).get("user_id"))
    if user_id is None:
        raise refuse("claim.for-user")
    return c.ForUserClaim(user_id)


def _context(claims: SignedClaims) -> c.ContextClaim | None:
    """§5.4.1: optional, but rights hang on it, so what is there must be sound."""
    found = claims.get(LTI + "context")
    if found is None or found == {}:
        return None
    context_id = identifier(mapping(found).get("id"))
    if context_id is None:
        raise refuse("claim.context")
    return c.ContextClaim(
        context_id,
        text(found.get("title"), 500),
        text(found.get("label"), 255),
        texts(found.get("type")),
    )


def _deep_linking(claims: SignedClaims) -> c.DeepLinkingSettings:
    """Deep Linking §3.4.1."""
    found = mapping(claims.get(DEEP_LINKING_SETTINGS))
    return_url = web_url(found.get("deep_link_return_url"))
    if return_url is None:
        raise refuse("claim.deep-linking", "deep_link_return_url")
    types = texts(found.get("accept_types"))
    if not types:
        raise refuse("claim.deep-linking", "accept_types")
    data = found.get("data")
    return c.DeepLinkingSettings(
        return_url=return_url,
        accept_types=types,
        accept_multiple=found.get("accept_multiple") in (True, "true"),
        accept_line_item=_yes_or_no(found.get("accept_lineitem")),
        data=data if isinstance(data, str) else None,
        targets=texts(found.get("accept_presentation_document_targets")),
    )


def _yes_or_no(value: object) -> bool | None:
    """What a platform says with a boolean or its name; None where it says nothing."""
    return True if value in (True, "true") else False if value in (False, "false") else None


def _custom(claims: SignedClaims) -> Mapping[str, str]:
    found = mapping(claims.get(LTI + "custom"))
    kept = (
        (text(key, 255), text(value, 2000)) for key, value in list(found.items())[:CUSTOM_COUNT]
    )
    return MappingProxyType({key: value for key, value in kept if key and value})


def _name(claims: SignedClaims) -> str | None:
    """``name``, else what given and family name make."""
    parts = (text(claims.get(key), 255) for key in ("given_name", "family_name"))
    return text(claims.get("name"), 255) or text(" ".join(p for p in parts if p), 255)


def _platform(claims: SignedClaims) -> c.PlatformClaim:
    found = mapping(claims.get(LTI + "tool_platform"))
    return c.PlatformClaim(
        guid=text(found.get("guid"), 255),
        product=text(found.get("product_family_code"), 64),
        version=text(found.get("version"), 64),
        name=text(found.get("name"), 255),
    )
