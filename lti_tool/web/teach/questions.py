"""How the quiz's questions did: difficulty, discrimination, and who chose what."""

from __future__ import annotations

from flask import Response, request

from content.snapshot import question_type
from lti_tool.models import db
from lti_tool.services import item_analysis
from lti_tool.services.item_analysis import Analysis
from lti_tool.services.item_statistics import FEW, GROUP_SHARE, SMALL
from lti_tool.web.csv_file import csv_file
from lti_tool.web.pages import page, page_words
from lti_tool.web.teach.access import Place, blueprint, open_place
from lti_tool.web.teach.question_rows import QuestionRows, rows_of


@blueprint.get("/teach/<handle>/questions")
def questions(handle: str) -> Response:
    """Each question's figures, of first attempts or, with ``attempts=all``, of all."""
    place = open_place(handle)
    every = _every()
    analysis = _analyse(place, every)
    return page(
        "teach/questions.html",
        200,
        **place.shown(),
        every=every,
        analysis=analysis,
        questions=[rows_of(one, place.language) for one in analysis.questions],
        content_language=place.language,
        few=FEW,
        small=SMALL,
        group_share=100 * GROUP_SHARE,
        most=item_analysis.MOST_ATTEMPTS,
    )


@blueprint.get("/teach/<handle>/questions.csv")
def questions_file(handle: str) -> Response:
    """The same figures, a line an option."""
    place = open_place(handle)
    analysis = _analyse(place, _every())
    gettext = page_words().gettext
    header = [
        gettext("Number"),
        gettext("Question"),
        gettext("Type"),
        gettext("Answers"),
        gettext("Mean share of points"),
        gettext("Discrimination"),
        gettext("Method"),
        gettext("Part"),
        gettext("Option"),
        gettext("Text"),
        gettext("Right"),
        gettext("Chosen"),
        gettext("Upper group"),
        gettext("Lower group"),
    ]
    rows = (line for one in analysis.questions for line in _lines(rows_of(one, place.language)))
    return csv_file(f"{place.unit.id}-questions.csv", header, rows)


def _lines(rows: QuestionRows) -> list[list[object]]:
    figures = rows.figures
    start: list[object] = [
        figures.number or "",
        figures.question.id,
        question_type(figures.question),
        figures.answers,
        _rounded(figures.difficulty),
        _rounded(figures.discrimination),
        figures.method if figures.discrimination is not None else "",
    ]
    return [
        [
            *start,
            part.id,
            option.code,
            option.plain,
            int(option.count.right),
            option.count.count,
            option.count.upper,
            option.count.lower,
        ]
        for part in rows.parts
        for option in part.options
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _every() -> bool:
    return request.args.get("attempts") == "all"


def _analyse(place: Place, every: bool) -> Analysis:
    return item_analysis.analyse(
        db.session(), place.link, place.course, place.unit, every_attempt=every
    )
