"""The unit of a link as a SCORM package: asked for, waited for, downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Response, abort, jsonify, make_response, redirect, request, send_file, url_for

from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.languages import N_
from lti_tool.models import db, now
from lti_tool.services import packages
from lti_tool.services.packages import FORMATS, Package, Wish
from lti_tool.tool import current_tool
from lti_tool.web.pages import page
from lti_tool.web.teach.access import Place, blueprint, open_form, open_place


@blueprint.get("/teach/<handle>/download")
def download(handle: str) -> Response:
    """The choice of format and language and, where the query names both, how far that package
    is."""
    place = open_place(handle)
    wish = _wish(place, request.args)
    return page(
        "teach/download.html",
        200,
        **place.shown(),
        formats=FORMATS,
        languages=place.course.languages,
        chosen_format=wish.format if wish else next(iter(FORMATS)),
        chosen_language=wish.language if wish else place.language,
        package=_look(wish) if wish else None,
        faulty=[one for one in current_tool().shelf.faulty() if one.folder == place.course.root],
        moment=now(),
    )


@blueprint.post("/teach/<handle>/download")
def ask_package(handle: str) -> Response:
    """Have the package built."""
    place = open_form(handle)
    wish = _wish(place, request.form)
    if wish is None:
        raise RequestRefused("package.unknown", N_("There is no such package of this unit."), 404)
    with writing() as session:
        packages.ask(session, _folder(), wish, now())
    url = url_for("teach.download", handle=handle, format=wish.format, language=wish.language)
    return make_response(redirect(url, 303))


@blueprint.get("/teach/<handle>/download/state")
def package_state(handle: str) -> Response:
    """For the page's script, which waits."""
    wish = _wish(open_place(handle), request.args)
    if wish is None:
        abort(404)
    return jsonify(state=_look(wish).state)


@blueprint.get("/teach/<handle>/download/<key>.zip")
def package_file(handle: str, key: str) -> Response:
    """The package, whole or in the pieces that are asked for (RFC 9110 §14)."""
    place = open_place(handle)
    found = packages.find_file(db.session(), _folder(), key, place.course.id, place.unit.id)
    if found is None:
        raise RequestRefused("package.gone", N_("This package is not here any more."), 404)
    path, noted = found
    moment = now()
    if noted < moment - packages.NOTE_EVERY:
        with writing() as session:
            packages.note_use(session, key, moment)
    answer = send_file(
        path,
        mimetype="application/zip",
        as_attachment=True,
        download_name=path.name,
        conditional=True,
        etag=key,
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _wish(place: Place, fields: Mapping[str, str]) -> Wish | None:
    """What ``fields`` name, where it can be had of the link's own unit."""
    form, language = fields.get("format", ""), fields.get("language", "")
    if form not in FORMATS or language not in place.course.languages:
        return None
    return Wish.of(place.course, place.unit, form, language)


def _look(wish: Wish) -> Package:
    return packages.look(db.session(), _folder(), wish)


def _folder() -> Path:
    return packages.folder_of(current_tool().settings.data_dir)
