"""Login and launch by the functions themselves, no web in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session

from lti_tool.errors import LaunchRejected
from lti_tool.lti.claims import Launch
from lti_tool.lti.keysets import Keysets
from lti_tool.lti.login_state import LoginRedirect, begin_login
from lti_tool.lti.verify import verify_launch
from lti_tool.models import Registration
from tests.conformance.platform import ABSENT, LTI, Platform

ORIGIN = "https://tool.example"
LAUNCH_URL = f"{ORIGIN}/lti/launch"


@dataclass
class Launcher:
    session: Session
    platform: Platform
    registration: Registration
    keysets: Keysets = field(repr=False)

    def login(self, now: datetime | None = None, **changes: str | None) -> LoginRedirect:
        params: dict[str, str | None] = {
            "iss": self.platform.issuer,
            "login_hint": "7",
            "target_link_uri": LAUNCH_URL,
            "client_id": self.platform.client_id,
            "lti_message_hint": '{"cmid":3}',
            **changes,
        }
        login = begin_login(
            self.session,
            self.registration,
            {name: value for name, value in params.items() if value is not None},
            launch_url=LAUNCH_URL,
            tool_origin=ORIGIN,
            now=now or datetime.now(UTC),
        )
        self.session.commit()
        return login

    def verify(
        self,
        login: LoginRedirect,
        id_token: str | None,
        *,
        now: datetime | None = None,
        **changes: Any,
    ) -> Launch:
        given = {"state": login.state, "browser_secret": login.browser_secret, **changes}
        try:
            launch = verify_launch(
                self.session,
                self.keysets,
                id_token=id_token,
                tool_origin=ORIGIN,
                now=now or datetime.now(UTC),
                **given,
            )
            self.session.commit()
            return launch
        except BaseException:
            self.session.rollback()
            raise

    def launch(
        self, claims: dict[str, Any] | None = None, *, now: datetime | None = None, **signing: Any
    ) -> Launch:
        """Log in, have the platform sign ``claims`` and verify them."""
        login = self.login(now)
        claims = fill(claims or self.platform.claims(), login)
        return self.verify(login, self.platform.sign(claims, **signing), now=now)

    def refused(self, claims: dict[str, Any] | None = None, **signing: Any) -> LaunchRejected:
        with pytest.raises(LaunchRejected) as caught:
            self.launch(claims, **signing)
        assert 400 <= caught.value.status < 500
        assert caught.value.remedy
        return caught.value


def nonce_of(login: LoginRedirect) -> str:
    return parse_qs(urlsplit(login.url).query)["nonce"][0]


def fill(claims: dict[str, Any], login: LoginRedirect) -> dict[str, Any]:
    """The claims that only the login knows, where they were not set otherwise."""
    filled = dict(claims)
    if filled.get("nonce") is ABSENT:
        filled["nonce"] = nonce_of(login)
    if filled.get(LTI + "target_link_uri") is ABSENT:
        filled[LTI + "target_link_uri"] = LAUNCH_URL
    return filled
