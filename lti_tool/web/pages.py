"""What every page has: the language of who reads it, the look, a nonce."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

from flask import Flask, Response, abort, g, make_response, render_template, request, send_file
from flask_babel import Babel, refresh  # type: ignore[import-untyped]

from content.render.assets import LOOK
from lti_tool.languages import LANGUAGES, TRANSLATIONS
from lti_tool.security import nonce
from lti_tool.tool import current_tool
from lti_tool.web.i18n import Words, locale_name, words

STATIC = Path(str(resources.files("lti_tool.web") / "static"))
THEME = "theme.css"


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=lambda: locale_name(page_words().language),
        timezone_selector=lambda: page_words().timezone,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)
    app.add_url_rule("/assets/<digest>/<name>", "assets", asset)


def page_words() -> Words:
    """The interface language of the answer being made: the session's, else the browser's."""
    if "words" not in g:
        settings = current_tool().settings
        wish = request.accept_languages.best_match(list(LANGUAGES))
        g.words = words(wish, settings.language, settings.timezone)
    found: Words = g.words
    return found


def speak(wish: str | None) -> None:
    """Make the answer in the language nearest to ``wish``, where one is wished."""
    if wish:
        g.words = words(wish, page_words().language, page_words().timezone)
        refresh()


def page(template: str, status: int = 200, **values: object) -> Response:
    return make_response(render_template(template, **values), status)


def frame_targets() -> str:
    """The origins whose pages may frame the answer being made, and so are told its height;
    separated by spaces."""
    return " ".join(g.get("frame_ancestors", ()))


def asset(digest: str, name: str) -> Response:
    """A style sheet or script of the pages, kept by browsers for as long as its name stands."""
    found = _files().get(name)
    if found is None:
        abort(404)
    path, present = found
    response = send_file(path, max_age=0)
    if digest == present:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def asset_url(name: str) -> str:
    return f"/assets/{_files()[name][1]}/{name}"


def theme_url() -> str | None:
    """The operator's own style sheet, where there is one."""
    return asset_url(THEME) if THEME in _files() else None


def _files() -> dict[str, tuple[Path, str]]:
    return _files_of(current_tool().settings.theme)


@cache
def _files_of(theme: Path | None) -> dict[str, tuple[Path, str]]:
    """By name: where the file is, and its digest."""
    paths = {path.name: path for path in STATIC.iterdir() if path.suffix in (".css", ".js")}
    paths[LOOK.name] = LOOK
    if theme is not None:
        paths[THEME] = theme.absolute()
    return {
        name: (path, hashlib.sha256(path.read_bytes()).hexdigest()[:16])
        for name, path in paths.items()
    }


def _context() -> dict[str, object]:
    settings = current_tool().settings
    return {
        "words": page_words(),
        "nonce": nonce,
        "asset_url": asset_url,
        "theme_url": theme_url(),
        "frame_targets": frame_targets(),
        "tool_name": settings.tool_name,
        "contact": settings.contact,
        "interface_languages": LANGUAGES,
    }
