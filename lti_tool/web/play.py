"""``/play/<handle>``: the unit, as one document that can be reloaded."""

from __future__ import annotations

import threading
from collections import OrderedDict

from flask import Blueprint, Response, make_response, redirect, request, url_for
from markupsafe import escape
from sqlalchemy.orm import Session

from content.model import Course, Unit
from content.render import render_document
from lti_tool.db import writing
from lti_tool.languages import NAMES
from lti_tool.models import LaunchSession, db
from lti_tool.security import nonce
from lti_tool.services import learning, versions
from lti_tool.services.launches import PICKER
from lti_tool.services.link_options import options_of
from lti_tool.web.banner import banner
from lti_tool.web.i18n import choose
from lti_tool.web.media import media_base, player_base
from lti_tool.web.pages import asset_url, frame_targets, page, theme_url
from lti_tool.web.sessions import open_session, session_form_token, switch_language
from lti_tool.web.unit import find_unit, language_of, window_of, work_of

blueprint = Blueprint("play", __name__)

#: Stand in a rendered document where each answer has its own; neither can occur in a course.
_NONCE = "nonce-of-this-answer-8d1f0c"
_HANDLE = "handle-of-this-launch-8d1f0c"
_ORIGINS = "origins-of-this-answer-8d1f0c"
_BANNER = "<!-- banner-of-this-answer-8d1f0c -->"
_KEPT = 24

_documents: OrderedDict[tuple[str, ...], str] = OrderedDict()
_lock = threading.Lock()


@blueprint.get("/play/<handle>")
def play(handle: str) -> Response:
    found = open_session(handle)
    if found.kind == PICKER:
        return _go("pick.pick", handle)
    place = find_unit(found)
    if place is None:
        if found.is_instructor:
            return _go("teach.teach", handle)
        if switch_language(found, request.args.get("language")):
            return _go("play.play", handle)
        return _no_unit(found, handle)
    course, unit = place
    wish = request.args.get("language")
    if wish is not None:
        fixed = options_of(found.link).language if found.link else None
        if wish in course.languages and wish != found.language and not fixed:
            with writing():
                found.language = wish
        return _go("play.play", handle)
    if window_of(found) == "early":
        return _not_open(found, course, unit, handle)
    return _document(found, course, unit, handle)


def _no_unit(found: LaunchSession, handle: str) -> Response:
    chosen = found.link is not None and found.link.unit_id is not None
    return page(
        "no_unit.html",
        404 if chosen else 200,
        handle=handle,
        chosen=chosen,
        return_url=_back(found),
    )


def _document(found: LaunchSession, course: Course, unit: Unit, handle: str) -> Response:
    work = work_of(found, course, unit)
    session: Session = db.session()
    began = None if found.is_instructor else learning.open_version(session, work)
    version = began or versions.present_digest(course, unit)
    shown, language = unit, work.language
    if began is not None:
        then = versions.unit_of_version(session, began, unit)
        shown = versions.with_quiz_of(unit, then)
        if language not in then.title:
            both = tuple(item for item in course.languages if item in then.title)
            language = choose(found.language, both, language)
    if version != found.version_digest and not found.is_instructor:
        with writing() as session:
            if began is None:
                versions.keep_version(session, course, unit)
            found.version_digest = version
    above = banner(found, handle, language)
    place = _BANNER if above else ""
    html = _rendered(course, shown, language, version, _may_switch(found), place)
    html = html.replace(_BANNER, above)
    html = html.replace(_NONCE, nonce()).replace(_HANDLE, handle)
    html = html.replace(_ORIGINS, escape(frame_targets()))
    return make_response(html)


def _not_open(found: LaunchSession, course: Course, unit: Unit, handle: str) -> Response:
    """What stands here until the link's dates begin."""
    assert found.link is not None
    return page(
        "play/not_open.html",
        handle=handle,
        title=unit.title[language_of(found, course)],
        options=options_of(found.link),
        preview=found.is_instructor,
        form_token=session_form_token("teach", handle),
        return_url=_back(found),
    )


def _may_switch(found: LaunchSession) -> bool:
    """Whether the learner chooses the language: not where the link is fixed to one."""
    return found.link is None or options_of(found.link).language is None


def _rendered(
    course: Course, unit: Unit, language: str, version: str, switch: bool, banner_place: str
) -> str:
    """The document, made once for each version and language: what differs from answer to answer
    (nonce, handle, banner, origins) is put in afterwards."""
    own = (str(unit.attempts), str(unit.mastery_score), str(len(unit.pages)))
    key = (course.digest, version, language, player_base(), str(switch), banner_place, *own)
    with _lock:
        html = _documents.get(key)
    if html is None:
        base = media_base(course)
        html = render_document(
            course,
            language=language,
            units=[unit],
            medium="lti",
            player_base=player_base(),
            media_url=lambda path: base + path,
            keys=False,
            config={
                "api": "/api",
                "handle": _HANDLE,
                "me": url_for("me.me", handle=_HANDLE),
                "languages": _languages(course) if switch else [],
            },
            nonce=_NONCE,
            banner=banner_place,
        ).html
        head = (
            f'<script src="{asset_url("frame.js")}" data-origins="{_ORIGINS}"'
            f' nonce="{_NONCE}"></script>\n'
        )
        theme = theme_url()
        if theme:
            head += f'<link rel="stylesheet" href="{theme}">\n'
        html = html.replace("</head>", f"{head}</head>", 1)
        with _lock:
            _documents[key] = html
            while len(_documents) > _KEPT:
                _documents.popitem(last=False)
    return html


def _languages(course: Course) -> list[dict[str, str]]:
    """The languages of the course, as links to this document in each."""
    url = url_for("play.play", handle=_HANDLE)
    return [
        {"tag": tag, "name": NAMES.get(tag, tag), "url": f"{url}?language={tag}"}
        for tag in course.languages
    ]


def _go(endpoint: str, handle: str) -> Response:
    return make_response(redirect(url_for(endpoint, handle=handle), 303))


def _back(found: LaunchSession) -> str | None:
    """Back to the course, where the platform said how (only to web addresses)."""
    url = found.return_url or ""
    return url if url.startswith(("https://", "http://")) else None
