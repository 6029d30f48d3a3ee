"""A login or launch as it comes in, and what may be answered to it, as plain values: most of them
need no more of HTTP than this (``lti_tool.web.door``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Response
from werkzeug.sansio.http import parse_cookie

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The addresses, as Flask writes them.
LOGIN, LAUNCH = "/lti/<public_id>/login", "/lti/launch"
#: A page, made inside of Flask.
Page = Callable[[], Response]


@dataclass(frozen=True, slots=True)
class Redirect:
    """``cookies`` are whole ``Set-Cookie`` headers (``security.cookie``)."""

    url: str = field(repr=False)
    status: int
    cookies: tuple[str, ...] = field(default=(), repr=False)


class Visit:
    """``fields`` are those of the query and the form, once they have been read; ``registration_id``
    is noted as soon as it is known; ``begun`` is of ``time.perf_counter``."""

    __slots__ = ("_environ", "begun", "cookies", "fields", "registration_id")

    def __init__(self, environ: WSGIEnvironment, begun: float) -> None:
        self._environ = environ
        self.begun = begun
        self.cookies: Mapping[str, str] = parse_cookie(environ.get("HTTP_COOKIE"))
        self.fields: Mapping[str, str] = {}
        self.registration_id: int | None = None

    def header(self, name: str) -> str | None:
        found: str | None = self._environ.get("HTTP_" + name.upper().replace("-", "_"))
        return found
