"""Beyond the certification: Dynamic Registration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from lti_tool.db import writing
from lti_tool.services import invites
from tests.conformance.beyond import row
from tests.conformance.browsing import Browser, arrives
from tests.conformance.conftest import Tool
from tests.conformance.platform import Answer


@row("beyond", "Dynamic registration: other hosts, refusals, used invitations, foreign addresses")
class TestDynamicRegistration:
    @pytest.fixture
    def invitation(self, tool: Tool) -> Callable[..., str]:
        from datetime import timedelta

        from lti_tool.models import now

        def make(**options: bool) -> str:
            given = {"hold": False, "auto": True, **options}
            with tool.app.app_context(), writing() as session:
                made = invites.invite(session, lifetime=timedelta(hours=1), now=now(), **given)
            return f"/register/{made.token}"

        return make

    def register(self, browser: Browser, path: str, **params: str) -> requests.Response:
        given = {
            "openid_configuration": f"{browser.platform.url}/.well-known/openid-configuration",
            "registration_token": "reg-token",
            **params,
        }
        return browser.request("GET", path, params=given)

    @pytest.fixture
    def visitor(self, tool: Tool, platform: Any) -> Browser:
        return Browser(tool.url, "", platform)

    def test_the_platform_registers_and_launches(
        self, visitor: Browser, invitation: Callable[..., str]
    ) -> None:
        answer = self.register(visitor, invitation())
        assert answer.status_code == 200
        assert "org.imsglobal.lti.close" in answer.text
        document = visitor.platform.registered
        assert document is not None
        assert document["redirect_uris"] == [visitor.launch_url]
        tool = document["https://purl.imsglobal.org/spec/lti-tool-configuration"]
        assert tool["domain"] == urlsplit(visitor.base).netloc
        visitor.public_id = urlsplit(document["initiate_login_uri"]).path.split("/")[2]
        arrives(visitor.launch(), "play")

    @pytest.mark.parametrize(
        "changes",
        [
            {"issuer": "https://evil.example"},
            {"issuer": "http://127.0.0.2:1"},
            {"registration_endpoint": None},
        ],
    )
    def test_an_issuer_on_another_host(
        self, visitor: Browser, invitation: Callable[..., str], changes: dict[str, Any]
    ) -> None:
        platform = visitor.platform
        path = "/.well-known/openid-configuration"
        platform.answers[path].append(Answer(200, {**platform.configuration(), **changes}))
        answer = self.register(visitor, invitation())
        assert 400 <= answer.status_code < 500
        assert "registration." in answer.text
        assert platform.registered is None

    @pytest.mark.parametrize(
        "refused",
        [
            Answer(400, b"Invalid domain", {"Content-Type": "text/plain"}),
            Answer(401, {"error": "invalid_token"}),
            Answer(422, {"errors": [{"redirect_uris": "odd"}]}),
            Answer(500, b"<html>crash", {"Content-Type": "text/html"}),
            Answer(200, b"no json"),
        ],
    )
    def test_a_platform_that_refuses(
        self, visitor: Browser, invitation: Callable[..., str], refused: Answer
    ) -> None:
        visitor.platform.answers["/register"].append(refused)
        path = invitation()
        answer = self.register(visitor, path)
        assert 400 <= answer.status_code < 500
        assert "registration." in answer.text
        assert "<html>crash" not in answer.text
        assert self.register(visitor, path).status_code == 200, "the invitation is given back"

    def test_an_invitation_serves_once(
        self, visitor: Browser, invitation: Callable[..., str]
    ) -> None:
        path = invitation()
        assert self.register(visitor, path).status_code == 200
        assert 400 <= self.register(visitor, path).status_code < 500

    @pytest.mark.parametrize(
        "url", ["file:///etc/passwd", "http://169.254.169.254/", "x", "https://10.0.0.1/"]
    )
    def test_addresses_that_are_none_of_a_platform(
        self, visitor: Browser, invitation: Callable[..., str], url: str
    ) -> None:
        answer = self.register(visitor, invitation(), openid_configuration=url)
        assert 400 <= answer.status_code < 500
