"""The way out of a refusal, where a session is open: to the pages that it belongs to, else to the
LMS's course."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for

from lti_tool.languages import N_
from lti_tool.lti.text import web_url
from lti_tool.models import LaunchSession
from lti_tool.services.launches import PICKER

TO_COURSE = N_("Back to the course")
#: By the part of the tool: the page that one comes from there, and what leads to it.
_PAGES = {
    "teach": ("teach.teach", N_("Back to the teaching pages")),
    "me": ("me.me", N_("Back to my progress")),
    "pick": ("pick.pick", N_("Back to the choice")),
}


@dataclass(frozen=True, slots=True)
class WayBack:
    """``inside``: one of the tool's own pages, which opens where the refusal stands."""

    url: str
    text: str
    inside: bool = False


@dataclass(frozen=True, slots=True)
class _Opened:
    """The open session as plain values: a refusal may come after its row can be read no more."""

    handle: str
    parts: tuple[str, ...]
    return_url: str | None


def note_session(handle: str, found: LaunchSession) -> None:
    """Remember the session that the answer being made is for."""
    if found.kind == PICKER:
        parts: tuple[str, ...] = ("pick",)
    else:
        parts = ("teach", "me") if found.is_instructor else ("me",)
    g.opened = _Opened(handle, parts, found.return_url)


def way_back(return_url: str | None = None) -> WayBack | None:
    """To ``return_url`` where a refusal names it; else by the open session. A page that is itself
    refused leads to the LMS, not to itself. None where neither is known."""
    opened: _Opened | None = g.get("opened")
    if opened is not None and return_url is None:
        if request.blueprint in opened.parts:
            endpoint, text = _PAGES[request.blueprint]
            url = url_for(endpoint, handle=opened.handle)
            if request.method != "GET" or request.path != url:
                return WayBack(url, text, inside=True)
        return_url = opened.return_url
    course = web_url(return_url)
    return WayBack(course, TO_COURSE) if course else None
