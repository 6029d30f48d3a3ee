"""A ``Result`` as the server gives it to the player: the shape that ``grading/grade.js`` makes."""

from __future__ import annotations

from typing import Any

from content.grading import Result
from content.model import Question
from content.render.inline import inline_html

#: The part under which grading passes the model answer of an unscored short text.
MODEL = "model"


def result_as_json(result: Result, question: Question, language: str) -> dict[str, Any]:
    """``{credit, parts, feedback, model_answer_html?}``: what was chosen, never what was right."""
    told = [{"part": part, "html": inline_html(text, language)} for part, text in result.feedback]
    answer: dict[str, Any] = {
        "credit": None if result.credit is None else str(result.credit),
        "parts": dict(result.parts),
        "feedback": [one for one in told if question.scored or one["part"] != MODEL],
    }
    model = [one["html"] for one in told if not question.scored and one["part"] == MODEL]
    if model:
        answer["model_answer_html"] = model[0]
    return answer
