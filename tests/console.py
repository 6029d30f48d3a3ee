"""An operator of the tool at its console, by HTTP: signs in with both factors, sends forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests
from flask import Flask
from passlib.totp import TOTP

from lti_tool.db import writing
from lti_tool.services import audit, operators
from lti_tool.web.admin import console_of

COOKIE = "__Secure-sse-console"


def forget_tries(app: Flask) -> None:
    """Let the limit of tries begin anew: all the tests come from one address."""
    for limiter in console_of(app).extensions["limiter"]:
        limiter.reset()


@dataclass
class Operator:
    """``secret`` is the authenticator app's key, once it is set up; ``steps`` how many codes were
    used, each being good once."""

    app: Flask
    url: str
    email: str = ""
    password: str = field(default_factory=operators.new_password)
    secret: str = ""
    cookie: str | None = None
    token: str = ""

    def hired(self) -> Operator:
        """With an account, made as the command makes it."""
        self.email = f"{uuid4().hex[:8]}@campus.example"
        with self.app.app_context(), writing() as session:
            operators.add(session, self.email, self.password, audit.COMMAND_LINE)
        return self

    def signed_in(self) -> Operator:
        """Hired, with the app set up, inside."""
        self.hired()
        forget_tries(self.app)
        assert self.give_password().headers["Location"] == "/admin/account/authenticator"
        self.get("/account/authenticator")
        shown = self.post("/account/authenticator", setup="authenticator")
        found = re.search(r'<code id="key"[^>]*>([\w-]+)<', shown.text)
        assert found, shown.text[:2000]
        self.secret = found[1].replace("-", "")
        assert self.give_code().headers["Location"] == "/admin/"
        assert self.get("/").status_code == 200
        return self

    def give_password(self, password: str | None = None) -> requests.Response:
        self.get("/sign-in")
        return self.post("/sign-in", email=self.email, password=password or self.password)

    def code(self, ahead: int = 0) -> str:
        """What the app shows now, or ``ahead`` half minutes later."""
        app = TOTP(self.secret)
        return app.generate(app.normalize_time(None) + 30 * ahead).token

    def give_code(self, code: str | None = None) -> requests.Response:
        return self.post("/sign-in/code", code=code or self.code())

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **form: Any) -> requests.Response:
        """With the token of the last page that had a form."""
        return self.request("POST", path, data={"csrf_token": self.token, **form})

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        answer = requests.request(
            method,
            f"{self.url}/admin{path}",
            headers=headers,
            allow_redirects=False,
            timeout=60,
            **options,
        )
        # Secure, over plain http: browsers make an exception for this machine, requests does not.
        for line in answer.raw.headers.getlist("Set-Cookie"):
            name, _, value = line.partition("=")
            if name == COOKIE:
                self.cookie = value.partition(";")[0] or None
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        if found:
            self.token = found[1]
        return answer

    def follow(self, answer: requests.Response) -> requests.Response:
        """The page after a change."""
        assert answer.status_code in (302, 303), answer.text[:3000]
        location = urlsplit(answer.headers["Location"])
        query = f"?{location.query}" if location.query else ""
        return self.get(location.path.removeprefix("/admin") + query)
