"""One or more units in one language → one HTML document that works from ``file://`` too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from content.ids import short_hash
from content.markup import PageContext, render_page
from content.model import Course, MediaFile, Page, Unit, direction
from content.render.assets import HEAD_SCRIPTS, STYLES, Medium, body_scripts
from content.render.inline import inline_html
from content.render.questions import public_question
from content.render.strings import player_strings, words_in

#: Version of the JSON in ``#course-data``.
DATA_VERSION = 1
_BLOCK_TITLE = re.compile(r'<h3( class="block-title"[^>]*>)(.*?)</h3>', re.S)
_CHECKS = re.compile(r'data-check="([^"]+)"')
_TERMS = re.compile(r'data-term="([^"]+)"')


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """``media`` are the files that the document shows, each once, in order of appearance."""

    html: str
    media: tuple[MediaFile, ...]


def render_document(
    course: Course,
    *,
    language: str,
    units: Sequence[Unit],
    medium: Medium,
    player_base: str,
    media_url: Callable[[str], str],
    keys: bool,
    config: Mapping[str, object],
    nonce: str | None = None,
    banner: str = "",
) -> RenderedDocument:
    """The document of ``units`` of ``course`` in ``language``.

    ``player_base`` stands before the names of ``player_files``, ``media_url`` gives the address of
    a media path. With ``keys`` the document holds what it needs to grade by itself. ``banner`` is
    HTML that the medium puts above everything; nobody cleans it.
    """
    used: dict[str, None] = {}

    def noted_url(path: str) -> str:
        used.setdefault(path)
        return media_url(path)

    words = words_in(language)
    views = [_unit_view(course, unit, language, noted_url) for unit in units]
    _number_pages(views, words)
    questions = {
        unit.id: {
            "quiz": [public_question(one, language=language, keys=keys) for one in unit.quiz],
            "checks": [public_question(one, language=language, keys=keys) for one in unit.checks],
        }
        for unit in units
    }
    shown = json.dumps(questions, ensure_ascii=False).replace('\\"', '"')
    pages = "".join(page["html"] for view in views for page in view["pages"])
    glossary = _glossary(course, language, set(_TERMS.findall(pages + shown)))
    data = {
        "version": DATA_VERSION,
        "digest": course.digest,
        "language": language,
        "direction": direction(language),
        "languages": list(course.languages),
        "medium": medium,
        "config": dict(config),
        "course": {
            "id": course.id,
            "title": course.title[language],
            "mastery_score": format(course.mastery_score, "f"),
        },
        "units": [
            _unit_data(unit, view, language) | questions[unit.id]
            for unit, view in zip(units, views, strict=True)
        ],
        "glossary": {
            term["id"]: {"term": term["term"], "definition_html": str(term["html"])}
            for term in glossary
        },
        "strings": dict(player_strings(language)),
    }
    html = (
        _environment()
        .get_template("document.html")
        .render(
            language=language,
            direction=direction(language),
            title=(units[0] if len(units) == 1 else course).title[language],
            course_title=course.title[language],
            medium=medium,
            player_base=player_base,
            nonce_attribute=Markup(' nonce="{}"').format(nonce) if nonce else "",
            styles=STYLES,
            head_scripts=HEAD_SCRIPTS,
            scripts=body_scripts(medium),
            units=views,
            glossary=glossary,
            word=words,
            banner=Markup(banner),  # noqa: S704 - the medium's own
            data=Markup(script_json(data)),  # noqa: S704 - escaped by script_json
        )
    )
    files = {media.path: media for media in course.media}
    return RenderedDocument(html, tuple(files[path] for path in used if path in files))


def raise_titles(html: str) -> str:
    """Titles of blocks before a page's first heading, one level up: no level may be left out."""
    before, heading, after = html.partition("<h2")
    return _BLOCK_TITLE.sub(r"<h2\1\2</h2>", before) + heading + after


def script_json(data: object) -> str:
    """JSON that may stand in a ``<script>`` element: it cannot end it, whatever the data."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("content.render"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def _unit_view(
    course: Course, unit: Unit, language: str, media_url: Callable[[str], str]
) -> dict[str, Any]:
    """What the template shows of a unit."""
    pages: list[dict[str, Any]] = []
    for page in unit.pages:
        context = PageContext(
            course=course,
            unit=unit,
            language=language,
            page_id=f"{unit.id}-{page.id}",
            words=words_in(language),
            media_url=media_url,
        )
        html = raise_titles(render_page(page.body[language], context=context))
        pages.append(
            {
                "id": page.id,
                "view": f"{unit.id}/{page.id}",
                "title": page.title[language],
                "html": Markup(html),  # noqa: S704 - cleaned by content.markup
                "outcomes": [] if pages else [one.text[language] for one in unit.outcomes],
            }
        )
    return {
        "id": unit.id,
        "title": unit.title[language],
        "pages": pages,
        "quiz": bool(unit.quiz),
    }


def _number_pages(views: Sequence[dict[str, Any]], words: Callable[..., str]) -> None:
    """Each page's place in its unit, and the ways on and back."""
    for view in views:
        for number, page in enumerate(view["pages"], 1):
            page["place"] = words("page", n=number, total=len(view["pages"]))
    line: list[dict[str, Any]] = []
    for view in views:
        line.extend(view["pages"])
        if view["quiz"]:
            line.append({"view": f"{view['id']}/quiz", "title": words("quiz")})
    for index, page in enumerate(line):
        page["previous"] = line[index - 1] if index else None
        page["next"] = line[index + 1] if index + 1 < len(line) else None


def _unit_data(unit: Unit, view: Mapping[str, Any], language: str) -> dict[str, Any]:
    outcomes = {question.id: question.outcome for question in unit.checks}

    def page_data(page: Page, html: str) -> dict[str, Any]:
        about = dict.fromkeys(outcomes.get(check) for check in _CHECKS.findall(html))
        return {
            "id": page.id,
            "h": short_hash(page.id),
            "title": page.title[language],
            "outcomes": [outcome for outcome in about if outcome],
        }

    return {
        "id": unit.id,
        "h": short_hash(unit.id),
        "title": unit.title[language],
        "mastery_score": format(unit.mastery_score, "f"),
        "attempts": unit.attempts,
        "pages": [
            page_data(page, shown["html"])
            for page, shown in zip(unit.pages, view["pages"], strict=True)
        ],
        "outcomes": [{"id": one.id, "text": one.text[language]} for one in unit.outcomes],
    }


def _glossary(course: Course, language: str, wanted: set[str]) -> list[dict[str, Any]]:
    """The terms that the document refers to, and those that their definitions refer to."""
    found: dict[str, dict[str, Any]] = {}
    terms = {term.id: term for term in course.glossary}
    queue = sorted(wanted & terms.keys())
    while queue:
        term = terms[queue.pop()]
        html = inline_html(term.definition, language)
        found[term.id] = {
            "id": term.id,
            "term": term.term[language],
            "html": Markup(html),  # noqa: S704 - cleaned by content.markup
        }
        queue.extend(sorted((set(_TERMS.findall(html)) & terms.keys()) - found.keys() - set(queue)))
    return sorted(found.values(), key=lambda term: str(term["term"]).casefold())
