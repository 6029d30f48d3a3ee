"""What a document says in one of its languages: the pages, the questions, the words."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from content.headings import raise_titles
from content.ids import short_hash
from content.markup import render_parts
from content.model import Course, Page, Question, ShortText, Unit, direction
from content.page_context import PageContext, Words
from content.papers import has_papers
from content.render.inline import inline_html
from content.render.questions import public_question
from content.render.strings import player_strings, words_in
from content.showing import ORIGINALS, Showing

_CHECKS = re.compile(r'data-check="([^"]+)"')
_TERMS = re.compile(r'data-term="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Edition:
    """``views`` are the units as the templates show them; ``data`` is what of ``#course-data``
    depends on the language."""

    language: str
    words: Words
    views: Sequence[Mapping[str, Any]]
    glossary: Sequence[Mapping[str, Any]]
    data: Mapping[str, Any]


def page_html(
    course: Course, unit: Unit, page: Page, language: str, *, media_url: Callable[[str], str]
) -> str:
    """What stands in the document of ``course`` as one page, with ``places``."""
    context = PageContext(
        course=course,
        unit=unit,
        language=language,
        page_id=f"{unit.id}-{page.id}",
        words=words_in(language),
        media_url=media_url,
        first_line=page.body_line[language],
    )
    return raise_titles(render_parts(page.body[language], context=context).html)


def edition_of(
    course: Course,
    units: Sequence[Unit],
    language: str,
    *,
    media_url: Callable[[str], str],
    keys: bool,
    accepted: Sequence[str],
    places: bool = False,
    showing: Showing = ORIGINALS,
) -> Edition:
    """``units`` of ``course`` in ``language``. Short answers are accepted in every language of
    ``accepted``: an answer keeps its worth when the learner switches. With ``places`` each block
    tells in ``data-line`` on which line of its page's file it was written. ``showing`` chooses the
    files of each picture and recording."""
    words = words_in(language)

    def context_of(unit: Unit, page: Page) -> PageContext:
        return PageContext(
            course=course,
            unit=unit,
            language=language,
            page_id=f"{unit.id}-{page.id}",
            words=words,
            media_url=media_url,
            first_line=page.body_line[language] if places else None,
            showing=showing,
        )

    views = [_unit_view(unit, language, context_of) for unit in units]
    _number_pages(views, words)
    questions = {
        unit.id: {
            "quiz": _questions(unit.quiz, language, keys=keys, accepted=accepted),
            "checks": _questions(unit.checks, language, keys=keys, accepted=accepted),
        }
        for unit in units
    }
    shown = json.dumps(questions, ensure_ascii=False).replace('\\"', '"')
    pages = "".join(page["html"] for view in views for page in view["pages"])
    glossary = _glossary(course, language, set(_TERMS.findall(pages + shown)))
    data = {
        "language": language,
        "direction": direction(language),
        "title": (units[0] if len(units) == 1 else course).title[language],
        "print_title": _print_title(course, units, language),
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
    return Edition(language, words, views, glossary, data)


def _print_title(course: Course, units: Sequence[Unit], language: str) -> str:
    """What stands above everything on paper."""
    whole = course.title[language]
    if len(units) != 1 or units[0].title[language] == whole:
        return whole
    return f"{whole} – {units[0].title[language]}"


def _questions(
    questions: Sequence[Question], language: str, *, keys: bool, accepted: Sequence[str]
) -> list[dict[str, Any]]:
    found = []
    for question in questions:
        public = public_question(question, language=language, keys=keys)
        if keys and isinstance(question, ShortText) and question.scored:
            texts = (text for tag in accepted for text in question.accepted.get(tag, ()))
            public["key"]["accepted"] = list(dict.fromkeys((*public["key"]["accepted"], *texts)))
        found.append(public)
    return found


def _unit_view(
    unit: Unit, language: str, context_of: Callable[[Unit, Page], PageContext]
) -> dict[str, Any]:
    """What the templates show of a unit."""
    pages: list[dict[str, Any]] = []
    for page in unit.pages:
        rendered = render_parts(page.body[language], context=context_of(unit, page))
        html = raise_titles(rendered.html)
        pages.append(
            {
                "id": page.id,
                "view": f"{unit.id}/{page.id}",
                "title": page.title[language],
                "html": Markup(html),  # noqa: S704 - cleaned by content.markup
                "blocks": rendered.blocks,
                "urls": rendered.urls,
                "outcomes": [] if pages else [one.text[language] for one in unit.outcomes],
            }
        )
    return {
        "id": unit.id,
        "title": unit.title[language],
        "pages": pages,
        "quiz": bool(unit.quiz),
    }


def _number_pages(views: Sequence[dict[str, Any]], words: Words) -> None:
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
        "rules": {"papers": has_papers(unit), **dataclasses.asdict(unit.rules)},
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
