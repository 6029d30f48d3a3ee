"""Login and launch by the functions themselves, no web in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.direct import Direct, directly
from lti_tool.errors import LaunchRejected
from lti_tool.lti.claims import Launch
from lti_tool.lti.keysets import Keysets
from lti_tool.lti.login_state import LoginRedirect, begin_login
from lti_tool.lti.states import check_browser, open_state
from lti_tool.lti.token import read_token
from lti_tool.models import Registration
from lti_tool.services.admission import open_launch, verify_launch
from lti_tool.services.known import find_platform, look_up, place_of
from tests.conformance.platform import ABSENT, LTI, Platform

ORIGIN = "https://tool.example"
SECRET = "a secret of more than thirty-two characters"
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
        engine = self.session.get_bind()
        assert isinstance(engine, Engine)
        known = find_platform(engine, self.registration.public_id, params.get("lti_deployment_id"))
        assert known is not None
        return begin_login(
            known.platform,
            known.deployment,
            {name: value for name, value in params.items() if value is not None},
            secret_key=SECRET,
            launch_url=LAUNCH_URL,
            tool_origin=ORIGIN,
            now=now or datetime.now(UTC),
        )

    def verify(
        self,
        login: LoginRedirect,
        id_token: str | None,
        *,
        now: datetime | None = None,
        **changes: Any,
    ) -> Launch:
        """Check the launch and open its session, as the tool does."""
        given = {"state": login.state, "browser_secret": login.browser_secret, **changes}
        engine, moment = self.session.get_bind(), now or datetime.now(UTC)
        assert isinstance(engine, Engine)
        self.session.rollback()
        state = open_state(given["state"], SECRET, moment)
        check_browser(state, given["browser_secret"])

        def work(connection: Direct) -> Launch:
            token = read_token(id_token)
            known = look_up(connection, place_of(state, token))
            verified = verify_launch(
                connection, self.keysets, state, token, known, tool_origin=ORIGIN, now=moment
            )
            open_launch(connection, verified, None, "secret", timedelta(hours=1), moment)
            return verified.launch

        return directly(engine, work)

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
