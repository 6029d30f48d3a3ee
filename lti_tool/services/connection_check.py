"""Tries a platform's addresses as a launch and a score would, and says in words what is wrong and
what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import urlsplit

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.languages import N_
from lti_tool.lti import ags, nrps
from lti_tool.lti.keysets import usable_keys
from lti_tool.lti.line_items import CONTAINER_TYPE, SCOPE_LINE_ITEM
from lti_tool.lti.platform import Platform
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import Context, Deployment, Registration, ResourceLink
from lti_tool.outbound import Outbound

Outcome = Literal["ok", "problem", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``name`` is what was tried, at ``url``; ``outcome`` is ``unknown`` where it could not be
    tried. ``said`` is the cause as logs have it, in English; ``remedy`` is for people."""

    name: str
    url: str
    outcome: Outcome
    message: str
    code: str = ""
    said: str = ""
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Services:
    """Service addresses that launches have told: of the newest course and activity."""

    members: str | None = None
    line_items: str | None = None


#: What an administrator does about a failure: the first whose code begins so and whose words, the
#: platform's own, hold the second text.
_REMEDIES: Sequence[tuple[str, str, str]] = (
    (
        "outbound.address-refused",
        "",
        N_(
            "The name leads to a private address, where the tool does not call. If the platform "
            "stands in your own network, name that network in the setting trusted_networks."
        ),
    ),
    (
        "outbound.scheme-refused",
        "",
        N_("Use the platform's https address. Plain http is called in trusted_networks alone."),
    ),
    (
        "outbound.tls-failed",
        "",
        N_(
            "The platform's certificate is not valid from here: expired, for another name, or of "
            "an authority of its own. Name that authority's file in the setting ca_bundle."
        ),
    ),
    (
        "outbound.redirected",
        "",
        N_("Enter the address that the redirect leads to."),
    ),
    (
        "outbound.",
        "",
        N_(
            "See that the address is spelt right, and that this machine may reach it: name "
            "service, firewall, proxy."
        ),
    ),
    (
        "keyset.no-key",
        "",
        N_(
            "The answer holds no RSA key of 2048 bits or more for signatures. Compare the address "
            "with what the platform calls its keyset URL."
        ),
    ),
    (
        "keyset.",
        "",
        N_(
            "The address does not answer with a keyset (JSON). Compare it with what the platform "
            "calls its keyset URL."
        ),
    ),
    (
        "token.",
        "invalid_client",
        N_(
            "The platform does not know the client id, does not reach the tool's keyset, or wants "
            "another audience. Compare the client id; open the tool's keyset URL from the "
            "platform's server; see that the tool is switched on there."
        ),
    ),
    (
        "token.",
        "invalid_scope",
        N_("In the platform, allow the tool to use grade and membership services."),
    ),
    (
        "token.refused-404",
        "",
        N_(
            "Nothing answers at this address. Compare it with what the platform calls its token "
            "URL."
        ),
    ),
    (
        "token.malformed",
        "",
        N_(
            "The address answers, but not as a token URL does. Compare it with what the platform "
            "calls its token URL."
        ),
    ),
    (
        "token.",
        "",
        N_(
            "Compare client id and token URL; see that the platform reaches the tool's keyset, and "
            "that the tool is switched on there. The platform's log says more."
        ),
    ),
    (
        "service.foreign-host",
        "",
        N_(
            "The platform names a service on another host than those registered. Register the "
            "platform with the addresses that it uses now."
        ),
    ),
    ("service.throttled", "", N_("The platform is busy. Try again later.")),
    (
        "service.",
        "",
        N_(
            "The platform lets the tool in, but not to this service. Allow it in the platform's "
            "settings of the tool."
        ),
    ),
    (
        "ags.",
        "",
        N_(
            "The activity takes no grades. In the platform's settings of the tool allow grades, or "
            "add the activity anew."
        ),
    ),
)
_LAST = N_("Look for this code in the tool's log.")


def remedy_for(code: str, said: str = "") -> str:
    """What an administrator does about a failed call, by its code and the platform's words."""
    for beginning, words, remedy in _REMEDIES:
        if code.startswith(beginning) and words in said:
            return remedy
    return _LAST


def known_services(session: Session, registration: Registration) -> Services:
    """Where the registration's services last were."""
    own = Deployment.registration_id == registration.id
    members = session.scalar(
        select(Context.memberships_url)
        .join(Context.deployment)
        .where(own, Context.memberships_url.is_not(None))
        .order_by(Context.id.desc())
        .limit(1)
    )
    line_items = session.scalar(
        select(ResourceLink.line_items_url)
        .join(ResourceLink.context)
        .join(Context.deployment)
        .where(own, ResourceLink.line_items_url.is_not(None))
        .order_by(ResourceLink.id.desc())
        .limit(1)
    )
    return Services(members, line_items)


def check(
    outbound: Outbound, tokens: ServiceTokens, platform: Platform, services: Services
) -> list[Finding]:
    """Try keyset and token URL, then the services that are known. No transaction is open."""
    found = [
        _try("keyset", platform.jwks_url, lambda: _keyset(outbound, platform.jwks_url)),
        _try("token", platform.token_url, lambda: tokens.probe(platform, (ags.SCOPE_SCORE,))),
    ]
    if found[-1].outcome != "ok":
        return found
    for name, url, scope, kind in (
        ("members", services.members, nrps.SCOPE, nrps.CONTAINER_TYPE),
        ("line-items", services.line_items, SCOPE_LINE_ITEM, CONTAINER_TYPE),
    ):
        if url is None:
            message = N_("No launch has told this address yet.")
            found.append(Finding(name, "", "unknown", message))
            continue
        call = _call(tokens, platform, scope, url, kind)
        found.append(_try(name, url, call))
    return found


def _try(name: str, url: str, attempt: Callable[[], object]) -> Finding:
    try:
        attempt()
    except PlatformError as error:
        return Finding(
            name,
            url,
            "problem",
            _MESSAGES[name][1],
            error.code,
            error.message,
            remedy_for(error.code, error.message),
        )
    return Finding(name, url, "ok", _MESSAGES[name][0])


def _call(
    tokens: ServiceTokens, platform: Platform, scope: str, url: str, kind: str
) -> Callable[[], requests.Response]:
    parts = urlsplit(url)
    short = parts._replace(query="&".join(filter(None, (parts.query, "limit=1")))).geturl()
    return lambda: tokens.call(platform, (scope,), "GET", short, headers={"Accept": kind})


def _keyset(outbound: Outbound, url: str) -> None:
    if not usable_keys(outbound.get(url, headers={"Accept": "application/json"})):
        raise PlatformError("keyset.no-key", "the keyset holds no usable key", retryable=False)


#: By what was tried: what to say where it worked, and where it did not.
_MESSAGES = {
    "keyset": (
        N_("The platform's keyset can be read."),
        N_("The platform's keyset cannot be read: no launch can be verified."),
    ),
    "token": (
        N_("The platform gives the tool an access token."),
        N_("The platform gives the tool no access token: no score can be sent."),
    ),
    "members": (
        N_("The list of a course's members can be read."),
        N_("The list of a course's members cannot be read."),
    ),
    "line-items": (
        N_("The grade columns of a course can be read."),
        N_("The grade columns of a course cannot be read."),
    ),
}
