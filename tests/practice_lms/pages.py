"""What people see: choose who you are, the course, an activity in a frame, the gradebook,
registering a tool."""

from __future__ import annotations

import secrets
import time
from urllib.parse import urlencode

from flask import (
    Blueprint,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from tests.practice_lms.campus import COPY_ID, COURSE_ID, COURSES, PEOPLE, Person
from tests.practice_lms.messages import Messages, RequestRefused
from tests.practice_lms.services import add_line_item, grade_in_gradebook
from tests.practice_lms.store import Record

pages = Blueprint("pages", __name__)


def _messages() -> Messages:
    messages: Messages = current_app.extensions["practice_lms"]
    return messages


def _person() -> Person:
    """Who the visitor plays: ``who`` of the query. This LMS signs nobody in."""
    return PEOPLE.get(request.values.get("who", "")) or abort(404)


def _course() -> str:
    """The course that the visitor is in."""
    course = request.values.get("course", COURSE_ID)
    return course if course in COURSES else abort(404)


def _in(course: str, kind: str) -> dict[str, Record]:
    """The links or line items of a course."""
    found = _messages().store.all(kind).items()
    return {one: record for one, record in found if record.get("course", COURSE_ID) == course}


@pages.app_context_processor
def everywhere() -> dict[str, object]:
    return {"courses": COURSES, "people": PEOPLE.values()}


@pages.errorhandler(RequestRefused)
def refused(error: RequestRefused) -> ResponseReturnValue:
    return render_template("refused.html", reason=str(error)), 400


@pages.get("/")
def home() -> ResponseReturnValue:
    return render_template("home.html", tools=_messages().store.all("tools"))


@pages.get("/course")
def course() -> ResponseReturnValue:
    return render_template(
        "course.html",
        person=_person(),
        course=_course(),
        links=_in(_course(), "links"),
        tools=_messages().store.all("tools"),
        can_be_copied=_course() == COURSE_ID and not _in(COPY_ID, "links"),
    )


@pages.post("/course/copy")
def copy_course() -> ResponseReturnValue:
    """Next year's course: the same links with ids of their own, and nobody's work."""
    if not _person().is_teacher:
        abort(403)
    store = _messages().store
    columns = {item.get("resourceLinkId"): item for item in _in(COURSE_ID, "line items").values()}
    for link_id, link in _in(COURSE_ID, "links").items():
        copy_id = secrets.token_hex(6)
        history = [link_id, *link.get("copied_from", [])]
        new = {**link, "course": COPY_ID, "copied_from": history, "line_item": None}
        store.put("links", copy_id, new)
        if link_id in columns:
            add_line_item(store, {**columns[link_id], "course": COPY_ID, "resourceLinkId": copy_id})
    return redirect(url_for("pages.course", who=_person().id, course=COPY_ID))


@pages.get("/activity/<link_id>")
def activity(link_id: str) -> ResponseReturnValue:
    link = _messages().store.get("links", link_id) or abort(404)
    frame = url_for(
        "pages.launch", link_id=link_id, locale=request.args.get("locale"), who=_person().id
    )
    return render_template(
        "activity.html",
        person=_person(),
        course=link.get("course", COURSE_ID),
        title=link["title"],
        frame=frame,
    )


@pages.get("/launch/<link_id>")
def launch(link_id: str) -> ResponseReturnValue:
    """Begins a resource launch: redirects to the tool's login."""
    store = _messages().store
    link = store.get("links", link_id) or abort(404)
    tool = _tool(link["client_id"])
    message = {
        "type": "resource",
        "id": link_id,
        "course": link.get("course", COURSE_ID),
        "target_link_uri": link["url"],
        "locale": request.args.get("locale"),
    }
    return redirect(_messages().login_url(tool, _person(), message))


@pages.route("/auth", methods=["GET", "POST"])
def authenticate() -> ResponseReturnValue:
    """The tool's authentication request: answered with a form that posts the token to the tool."""
    url, fields = _messages().authenticate(request.values)
    return render_template("post.html", url=url, fields=fields)


@pages.get("/add/<client_id>")
def add(client_id: str) -> ResponseReturnValue:
    """The picker of a tool, in a frame."""
    if not _person().is_teacher:
        abort(403)
    course, who = _course(), _person()
    frame = url_for("pages.launch_picker", client_id=client_id, who=who.id, course=course)
    return render_template(
        "activity.html", person=who, course=course, title="Add content", frame=frame
    )


@pages.get("/launch-picker/<client_id>")
def launch_picker(client_id: str) -> ResponseReturnValue:
    store = _messages().store
    tool = _tool(client_id)
    person = _person()
    if not person.is_teacher:
        abort(403)
    request_id = secrets.token_urlsafe(12)
    asked = {"person": person.id, "client_id": client_id, "course": _course()}
    store.put("deep linking", request_id, asked)
    message = {
        "type": "deep-linking",
        "id": request_id,
        "course": _course(),
        "target_link_uri": _target_link_uri(tool),
        "locale": request.args.get("locale"),
    }
    return redirect(_messages().login_url(tool, person, message))


def _tool(client_id: str) -> Record:
    return _messages().store.get("tools", client_id) or abort(404)


def _target_link_uri(tool: Record) -> str:
    configuration = tool["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    return str(configuration["target_link_uri"])


@pages.post("/deep-linking/<request_id>")
def deep_linking_return(request_id: str) -> ResponseReturnValue:
    """Takes the links that a tool's picker sends back; the page leaves the frame."""
    store = _messages().store
    asked = store.take("deep linking", request_id)
    if asked is None:
        raise RequestRefused("this selection was already taken, or never asked for")
    items = _messages().content_items(request.form.get("JWT", ""), request_id)
    for item in items:
        link_id = secrets.token_hex(6)
        link = {
            "client_id": asked["client_id"],
            "course": asked["course"],
            "title": item.get("title") or "Untitled",
            "text": item.get("text", ""),
            "url": item.get("url") or _target_link_uri(_tool(asked["client_id"])),
            "custom": item.get("custom", {}),
            "line_item": None,
        }
        store.put("links", link_id, link)
        if item.get("lineItem"):
            label = item["lineItem"].get("label") or link["title"]
            column = {**item["lineItem"], "label": label, "resourceLinkId": link_id}
            add_line_item(store, {**column, "course": asked["course"]})
    course_url = url_for("pages.course", who=asked["person"], course=asked["course"])
    return render_template("leave_frame.html", url=course_url, count=len(items))


@pages.post("/links")
def add_link() -> ResponseReturnValue:
    """Adds a link by hand, as trainers do where a tool has no picker: custom parameters are
    lines of ``name=value``; a grade column comes with it."""
    if not _person().is_teacher:
        abort(403)
    form = request.form
    pairs = (line.partition("=") for line in form.get("custom", "").splitlines() if "=" in line)
    link_id = secrets.token_hex(6)
    link = {
        "client_id": form["client_id"],
        "course": _course(),
        "title": form["title"],
        "text": "",
        "url": form.get("url") or _target_link_uri(_tool(form["client_id"])),
        "custom": {name.strip(): value.strip() for name, _, value in pairs},
        "line_item": None,
    }
    store = _messages().store
    store.put("links", link_id, link)
    column = {"label": form["title"], "scoreMaximum": 100, "resourceLinkId": link_id}
    add_line_item(store, {**column, "course": _course()})
    return redirect(url_for("pages.course", who=_person().id, course=_course()))


@pages.post("/links/<link_id>/remove")
def remove_link(link_id: str) -> ResponseReturnValue:
    if not _person().is_teacher:
        abort(403)
    _messages().store.remove("links", link_id)
    return redirect(url_for("pages.course", who=_person().id, course=_course()))


@pages.get("/gradebook")
def gradebook() -> ResponseReturnValue:
    """Every learner's grade of each line item: as the tool sent it, or as the trainer set it."""
    store = _messages().store
    items = _in(_course(), "line items")
    posted, overrides = store.all("scores"), store.all("overrides")
    learners = [person for person in PEOPLE.values() if not person.is_teacher]
    rows = []
    for person in learners:
        cells = []
        for item_id, item in items.items():
            place = f"{item_id} {person.id}"
            grade = grade_in_gradebook(store, item_id, item, person.id)
            cells.append((item_id, item, posted.get(place), grade, place in overrides))
        rows.append((person, cells))
    return render_template(
        "gradebook.html", person=_person(), course=_course(), items=items.values(), rows=rows
    )


@pages.post("/gradebook")
def override_grade() -> ResponseReturnValue:
    """The trainer sets a grade by hand, which then stands; empty: the tool's score counts again."""
    if not _person().is_teacher:
        abort(403)
    store, form = _messages().store, request.form
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
    return redirect(url_for("pages.gradebook", who=_person().id, course=_course()))


@pages.get("/gradebook.json")
def grades() -> ResponseReturnValue:
    """The gradebook for scripts: each column's label and its grades by person."""
    store = _messages().store
    columns = []
    for item_id, item in store.all("line items").items():
        grades = {who: grade_in_gradebook(store, item_id, item, who) for who in PEOPLE}
        found = {who: grade for who, grade in grades.items() if grade is not None}
        columns.append({"label": item["label"], "grades": found})
    return jsonify(columns)


@pages.get("/tools")
def tools() -> ResponseReturnValue:
    """The registered tools as JSON, for scripts."""
    return jsonify(list(_messages().store.all("tools").values()))


@pages.get("/tools/register")
def register_tool() -> ResponseReturnValue:
    """Registers a tool by its URL: opens it with our configuration and a one-use token."""
    url = request.args.get("url", "")
    if not url:
        return render_template("register.html")
    token = secrets.token_urlsafe(24)
    _messages().store.put("registration tokens", token, {"made": time.time()})
    query = {
        "openid_configuration": f"{_messages().base_url}/.well-known/openid-configuration",
        "registration_token": token,
    }
    return redirect(f"{url}{'&' if '?' in url else '?'}{urlencode(query)}")
