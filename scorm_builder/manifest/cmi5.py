"""The course structure of cmi5 (specification, sections 13 and 14): ``cmi5.xml``.

Ids are IRIs made of the author's ids and nothing else, so that an LMS that is given a new version
knows the course, its units and outcomes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lxml import etree

from content.model import LocalizedText, Unit
from scorm_builder.formats.cmi5 import COURSE_STRUCTURE
from scorm_builder.manifest.facts import Activity
from scorm_builder.manifest.tree import Element, child, default_namespace, serialise
from scorm_builder.names import TITLE_LIMIT, identifier, xml_text
from scorm_builder.order import Order

NAME = "cmi5.xml"
_SUMMARY_LIMIT = 1000


def course_structure(order: Order, activities: Sequence[Activity]) -> bytes:
    """One AU an activity, in the order of the units; outcomes are its objectives."""
    course, unit = order.course, order.unit
    subject = unit or course
    root = etree.Element(
        f"{{{COURSE_STRUCTURE}}}courseStructure", nsmap=default_namespace(COURSE_STRUCTURE)
    )
    about = child(root, "course", attributes={"id": iri("course", order, unit)})
    _text(about, "title", subject.title, order, TITLE_LIMIT)
    summary = unit.summary if unit else course.description
    _text(about, "description", summary, order, _SUMMARY_LIMIT)
    _objectives(root, order)
    for activity in activities:
        _assignable_unit(root, order, activity)
    return serialise(root)


def iri(kind: str, order: Order, unit: Unit | None, part: str = "") -> str:
    """Such as ``urn:sse-campus:au.sse-management.a1``."""
    ids = identifier(kind, order.course, unit)
    return f"urn:sse-campus:{ids}" + (f".{part}" if part else "")


def _objectives(root: Element, order: Order) -> None:
    found = [(unit, outcome) for unit in order.units for outcome in unit.outcomes]
    if not found:
        return
    objectives = child(root, "objectives")
    for unit, outcome in found:
        names = {"id": iri("objective", order, unit, outcome.id)}
        objective = child(objectives, "objective", attributes=names)
        _text(objective, "title", outcome.text, order, TITLE_LIMIT)
        _text(objective, "description", outcome.text, order, _SUMMARY_LIMIT)


def _assignable_unit(root: Element, order: Order, activity: Activity) -> None:
    """``masteryScore`` is the mark by which the player says passed or failed; it reaches the player
    through the LMS, which may put another in its place (13.1.4, 10.2.4)."""
    unit = activity.units[0] if order.divided else order.unit
    subject = unit or order.course
    judged = any(one.quiz for one in activity.units)
    names = {
        "id": iri("au", order, unit),
        "moveOn": _move_on(judged),
        "launchMethod": "AnyWindow",
    }
    if judged:
        mark = (subject.mastery_score / 100).quantize(Decimal("0.0001")).normalize()
        names["masteryScore"] = f"{mark:f}"
    au = child(root, "au", attributes=names)
    _text(au, "title", subject.title, order, TITLE_LIMIT)
    summary = unit.summary if unit else order.course.description
    _text(au, "description", summary, order, _SUMMARY_LIMIT)
    ids = [iri("objective", order, u, o.id) for u in activity.units for o in u.outcomes]
    if ids:
        objectives = child(au, "objectives")
        for one in ids:
            child(objectives, "objective", attributes={"idref": one})
    child(au, "url", activity.launch)


def _move_on(judged: bool) -> str:
    """When the LMS takes the AU for done, and the course with it. The author has set a mark: who
    has read everything and stays below it has not reached it, and who has passed the quiz alone has
    not read the rest. (In SCORM these are two statuses; cmi5 knows one answer, and an LMS may
    choose another ``moveOn`` or waive the AU.)"""
    return "CompletedAndPassed" if judged else "Completed"


def _text(parent: Element, name: str, text: LocalizedText, order: Order, limit: int) -> None:
    """In every language that learners can choose in the package."""
    element = child(parent, name)
    for language in order.languages:
        words = xml_text(text[language], limit)
        child(element, "langstring", words, {"lang": language})
