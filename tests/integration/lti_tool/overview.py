"""What stands on the teachers' list of learners, read from its page."""

from __future__ import annotations

import html
import re

from sqlalchemy import select

from lti_tool.models import (
    ResourceLink,
    db,
)
from tests.integration.lti_tool.conftest import Campus, Person

RIGHT = {"q1": "a", "q2": "a"}


def texts(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def hand_in(person: Person, number: int, answers: dict[str, str]) -> None:
    body = {"number": number, "answers": answers}
    assert person.api("POST", "/units/first/hand-in", body).status_code == 200


def rows(page: str) -> list[str]:
    """What each row of the table says."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    return [texts(row) for row in re.findall(r"<tr.*?</tr>", body[1], re.S)] if body else []


def cards(page: str) -> dict[str, int]:
    found = re.findall(r'card-text">([^<]+)</span> <span class="card-count">(\d+)', page)
    return {html.unescape(text): int(count) for text, count in found}


def link_of(context: str) -> ResourceLink:
    found = db.session.scalars(
        select(ResourceLink)
        .join(ResourceLink.context)
        .where(ResourceLink.context.property.mapper.class_.context_id == context)
        .order_by(ResourceLink.id.desc())
    ).first()
    assert found is not None
    return found


def teacher_of(campus: Campus, context: str) -> Person:
    return campus.teacher(context={"id": context})
