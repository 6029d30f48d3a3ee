"""The door that every login and launch comes in by, in front of Flask: the fields are read, the
steps of ``lti_tool.web.lti`` taken, a redirect answered. What needs a page (a rung of the ladder, a
refusal) goes on to Flask, which takes longer for a request than all else that a login does
(docs/decisions/0010-the-login-is-in-its-state.md)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.formparser import FormDataParser
from werkzeug.urls import iri_to_uri

from lti_tool.lti.login_state import only_once
from lti_tool.models import db
from lti_tool.security import REDIRECT_HEADERS
from lti_tool.tool import tool_of
from lti_tool.web import health, lti, requests
from lti_tool.web.visit import LAUNCH, LOGIN, Page, Redirect, Visit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOGIN = re.compile(r"/lti/([^/]+)/login")
_STATUS = {302: "302 Found", 303: "303 See Other"}


class Door:
    """WSGI: logins and launches are answered here, all else by ``inner``."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self._inner = inner
        self._tool = tool_of(app)
        with app.app_context():
            self._engine = db.engine
        self._notes = [requests.note]
        if health.metrics_are_on(self._tool.settings):
            self._notes.append(health.count)
        self._parser = FormDataParser(
            max_content_length=app.config["MAX_CONTENT_LENGTH"],
            max_form_memory_size=app.config["MAX_FORM_MEMORY_SIZE"],
            max_form_parts=app.config["MAX_FORM_PARTS"],
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        found = _LOGIN.fullmatch(path)
        if found is not None and method in ("GET", "HEAD", "POST"):
            route, public_id = LOGIN, _text(found[1])
        elif path == LAUNCH and method == "POST":
            route, public_id = LAUNCH, None
        else:
            return self._inner(environ, start_response)
        visit = Visit(environ, time.perf_counter())
        rest: Page | Exception
        try:
            visit.fields = only_once(self._sent(environ, method, public_id is not None))
            if public_id is None:
                answer = lti.launch(self._tool, self._engine, visit)
            else:
                answer = lti.login(self._tool, self._engine, public_id, visit)
            if isinstance(answer, Redirect):
                for note in self._notes:
                    note(method, route, answer.status, visit.begun)
                return _redirect(answer, start_response)
            rest = answer
        except Exception as error:  # Flask answers it as it answers every other
            rest = error
        environ[lti.REST] = (visit, rest)
        return self._inner(environ, start_response)

    def _sent(self, environ: WSGIEnvironment, method: str, query: bool) -> list[tuple[str, str]]:
        """Every field as often as it was sent: in the body, and in a login in the query too."""
        found = []
        if query:
            found += parse_qsl(_text(environ.get("QUERY_STRING", "")), keep_blank_values=True)
        if method == "POST":
            _, form, _ = self._parser.parse_from_environ(environ)
            found += form.items(multi=True)
        return found


def _redirect(answer: Redirect, start_response: StartResponse) -> Iterable[bytes]:
    """Without a body: it would only repeat the address with its secrets."""
    url = answer.url if answer.url.isascii() else iri_to_uri(answer.url)
    cookies = [("Set-Cookie", cookie) for cookie in answer.cookies]
    start_response(_STATUS[answer.status], [("Location", url), *cookies, *REDIRECT_HEADERS])
    return ()


def _text(value: str) -> str:
    """What WSGI hands over byte by byte (PEP 3333, "Unicode Issues")."""
    return value if value.isascii() else value.encode("latin-1").decode("utf-8", "replace")


def init_app(app: Flask) -> None:
    """Mount the door in front of ``app``."""
    app.wsgi_app = Door(app, app.wsgi_app)  # type: ignore[method-assign]
