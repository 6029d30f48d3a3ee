"""The gradebook: what the tool sent, what the trainer set, and from a grade to the work behind it
(Submission Review 1.0)."""

from __future__ import annotations

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tests.practice_lms.campus import PEOPLE, Person
from tests.practice_lms.messages import RequestRefused
from tests.practice_lms.pages import current_course, pages, person, records_of, tool_of
from tests.practice_lms.services import grade_in_gradebook, messages
from tests.practice_lms.store import Record

__all__ = ["pages"]


@pages.get("/gradebook")
def gradebook() -> ResponseReturnValue:
    """Every learner's grade of each line item: as the tool sent it, or as the trainer set it."""
    store = messages().store
    items = records_of(current_course(), "line items")
    posted, overrides = store.all("scores"), store.all("overrides")
    rows = []
    for learner in (one for one in PEOPLE.values() if not one.is_teacher):
        cells = []
        for item_id, item in items.items():
            place = f"{item_id} {learner.id}"
            grade = grade_in_gradebook(store, item_id, item, learner.id)
            cells.append((item_id, item, posted.get(place), grade, place in overrides))
        rows.append((learner, cells))
    return render_template(
        "gradebook.html", person=person(), course=current_course(), items=items.values(), rows=rows
    )


@pages.post("/gradebook")
def override_grade() -> ResponseReturnValue:
    """The trainer sets a grade by hand, which then stands; empty: the tool's score counts again."""
    if not person().is_teacher:
        abort(403)
    store, form = messages().store, request.form
    item = store.get("line items", form.get("line_item", "")) or abort(404)
    learner = PEOPLE.get(form.get("learner", "")) or abort(404)
    place = f"{form['line_item']} {learner.id}"
    if not form.get("grade"):
        store.remove("overrides", place)
    else:
        grade = form.get("grade", type=float)
        if grade is None or not 0 <= grade <= item["scoreMaximum"]:
            raise RequestRefused(f"a grade is a number from 0 to {item['scoreMaximum']}")
        store.put("overrides", place, {"grade": grade})
    return redirect(url_for("pages.gradebook", who=person().id, course=current_course()))


@pages.get("/gradebook.json")
def grades() -> ResponseReturnValue:
    """The gradebook for scripts: each column's label and its grades by person."""
    store = messages().store
    columns = []
    for item_id, item in store.all("line items").items():
        grades = {who: grade_in_gradebook(store, item_id, item, who) for who in PEOPLE}
        found = {who: grade for who, grade in grades.items() if grade is not None}
        columns.append({"label": item["label"], "grades": found})
    return jsonify(columns)


@pages.get("/review/<line_item_id>/<learner_id>")
def review(line_item_id: str, learner_id: str) -> ResponseReturnValue:
    """What a learner handed in, in the tool, for the trainer or the learner."""
    item, learner = _reviewed(line_item_id, learner_id)
    return render_template(
        "activity.html",
        person=person(),
        course=current_course(),
        title=f"{learner.name}: {item['label']}",
        frame=url_for(
            "pages.launch_review",
            line_item_id=line_item_id,
            learner_id=learner_id,
            who=person().id,
            course=current_course(),
        ),
        back=url_for("pages.gradebook", who=person().id, course=current_course()),
    )


@pages.get("/launch-review/<line_item_id>/<learner_id>")
def launch_review(line_item_id: str, learner_id: str) -> ResponseReturnValue:
    item, learner = _reviewed(line_item_id, learner_id)
    link = messages().store.get("links", item.get("resourceLinkId", "")) or abort(404)
    message = {
        "type": "review",
        "id": item["resourceLinkId"],
        "about": learner.id,
        "course": current_course(),
        "back": "gradebook",
        "target_link_uri": item["submissionReview"].get("url") or link["url"],
    }
    return redirect(messages().login_url(tool_of(link["client_id"]), person(), message))


def _reviewed(line_item_id: str, learner_id: str) -> tuple[Record, Person]:
    """A line item whose tool shows what was handed in, and whose work it is."""
    item = messages().store.get("line items", line_item_id) or abort(404)
    learner = PEOPLE.get(learner_id) or abort(404)
    if not item.get("submissionReview"):
        raise RequestRefused("the line item has no submission review")
    if not (person().is_teacher or person() == learner):
        abort(403)
    return item, learner
