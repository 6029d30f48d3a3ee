"""The strict check of a launch: from two form fields and a secret of the browser to a typed
``Launch``. Nothing here reads or writes the database: what is known of the platform is given, and
that a state serves once is seen to by whoever opens the session (``services.admission``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from lti_tool.errors import LaunchRejected
from lti_tool.lti.claims import Launch
from lti_tool.lti.keysets import Keysets
from lti_tool.lti.login_state import check_usable
from lti_tool.lti.message import LTI, launch_of
from lti_tool.lti.platform import KnownDeployment, Platform
from lti_tool.lti.states import LoginState
from lti_tool.lti.text import mapping, web_url
from lti_tool.lti.token import SignedClaims, UnverifiedToken, check_token, issued_at, valid_until


@dataclass(frozen=True, slots=True)
class Proof:
    """A launch that has passed every check, and what makes it count once: the nonce is to be
    remembered until ``remember_until`` (LTI Security Framework §5.1.3 (9))."""

    launch: Launch
    claims: SignedClaims = field(repr=False)
    nonce: str = field(repr=False)
    remember_until: datetime
    issued_at: datetime


def verify(
    keysets: Keysets,
    platform: Platform,
    login: LoginState,
    token: UnverifiedToken,
    deployment_of: Callable[[str], KnownDeployment],
    *,
    tool_origin: str,
    now: datetime,
) -> Proof:
    """The proof of a launch that belongs to ``login``, or ``LaunchRejected``. The keyset may have
    to be fetched: no transaction should be open. For ``deployment_of`` see ``launch_of``."""
    check_usable(platform)
    claims = check_token(keysets, platform, token, login.nonce, now)
    with leading_back(claims):
        launch = launch_of(claims, platform, tool_origin, deployment_of)
    return Proof(
        launch=launch,
        claims=claims,
        nonce=login.nonce,
        remember_until=max(valid_until(claims), login.expires_at),
        issued_at=issued_at(claims),
    )


@contextmanager
def leading_back(claims: SignedClaims) -> Iterator[None]:
    """What is refused within has a way back: the platform's own address, as its signed launch
    names it (LTI Core §5.4.4). What an unverified token says leads nowhere."""
    try:
        yield
    except LaunchRejected as error:
        presentation = mapping(claims.get(LTI + "launch_presentation"))
        error.return_url = web_url(presentation.get("return_url"))
        raise
