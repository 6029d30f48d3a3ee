"""A learner's browser, as much of it as a launch needs: it keeps cookies and follows nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.conformance import evidence
from tests.conformance.platform import ABSENT, LTI, Platform

TIMEOUT = 30
CODE = re.compile(r"\b(token|claim|launch|login|request|registration|deployment)\.[a-z][a-z-]+")


@dataclass(frozen=True)
class Login:
    """A login on its way through the platform."""

    location: str

    def __getitem__(self, name: str) -> str:
        return parse_qs(urlsplit(self.location).query)[name][0]


@dataclass
class Browser:
    """``public_id`` is the registration's; ``base`` the tool's address."""

    base: str
    public_id: str
    platform: Platform
    cookies: dict[str, str] = field(default_factory=dict)
    #: Every request, for the log of evidence.
    exchanges: list[evidence.Exchange] = field(default_factory=list)

    @property
    def launch_url(self) -> str:
        return f"{self.base}/lti/launch"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request. The cookies are Secure, which the client library does not send by plain
        http, as browsers do to this machine: so they are kept here."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**({"Cookie": cookies} if cookies else {}), **options.pop("headers", {})}
        answer = requests.request(
            method,
            path if path.startswith("http") else self.base + path,
            headers=headers,
            allow_redirects=False,
            timeout=TIMEOUT,
            **options,
        )
        for line in answer.raw.headers.getlist("Set-Cookie"):
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        self.exchanges.append(evidence.of_answer(answer, options.get("data")))
        return answer

    def ask_login(self, method: str = "POST", **changes: Any) -> requests.Response:
        fields = {
            "iss": self.platform.issuer,
            "login_hint": "7",
            "target_link_uri": self.launch_url,
            "client_id": self.platform.client_id,
            "lti_message_hint": "3",
            **changes,
        }
        kept = {name: value for name, value in fields.items() if value is not ABSENT}
        place = "data" if method == "POST" else "params"
        return self.request(method, f"/lti/{self.public_id}/login", **{place: kept})

    def login(self, method: str = "POST", **changes: Any) -> Login:
        answer = self.ask_login(method, **changes)
        assert answer.status_code in (302, 303), answer.text
        return Login(answer.headers["Location"])

    def sign(self, login: Login, claims: Mapping[str, Any], **signing: Any) -> str:
        filled = dict(claims)
        if filled.get("nonce") is ABSENT:
            filled["nonce"] = login["nonce"]
        if filled.get(LTI + "target_link_uri") is ABSENT:
            filled[LTI + "target_link_uri"] = self.launch_url
        return self.platform.sign(filled, **signing)

    def post(self, **fields: Any) -> requests.Response:
        return self.request("POST", "/lti/launch", data=fields)

    def launch(self, claims: Mapping[str, Any] | None = None, **signing: Any) -> requests.Response:
        login = self.login()
        token = self.sign(login, claims or self.platform.claims(), **signing)
        return self.post(state=login["state"], id_token=token)


def refusal(answer: requests.Response) -> str:
    """The code on a refusal's page: 4xx, a page for people, no way in."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:500])
    assert "Location" not in answer.headers
    assert "html" in answer.headers["Content-Type"]
    for handle in ("/play/", "/teach/", "/pick/"):
        assert handle not in answer.text
    found = CODE.search(answer.text)
    assert found, answer.text
    return found[0]


def arrives(answer: requests.Response, page: str) -> str:
    """Where a launch went: ``page`` and a handle."""
    assert answer.status_code == 303, (answer.status_code, answer.text[:2000])
    location = urlsplit(answer.headers["Location"]).path
    assert location.startswith(f"/{page}/"), location
    return location
