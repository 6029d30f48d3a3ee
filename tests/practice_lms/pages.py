"""What people see: choose who you are, the course, an activity in a frame, the gradebook,
registering a tool."""

from __future__ import annotations

import secrets
import time
from urllib.parse import urlencode

from flask import (
    Blueprint,
    abort,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from tests.practice_lms.campus import COPY_ID, COURSE_ID, COURSES, PEOPLE, Person
from tests.practice_lms.messages import RequestRefused
from tests.practice_lms.notices import tell_of_copy
from tests.practice_lms.services import add_line_item, messages
from tests.practice_lms.store import Record

pages = Blueprint("pages", __name__)


def person() -> Person:
    """Who the visitor plays: ``who`` of the query. This LMS signs nobody in."""
    return PEOPLE.get(request.values.get("who", "")) or abort(404)


def current_course() -> str:
    """The course that the visitor is in."""
    course = request.values.get("course", COURSE_ID)
    return course if course in COURSES else abort(404)


def records_of(course: str, kind: str) -> dict[str, Record]:
    """The links or line items of a course."""
    found = messages().store.all(kind).items()
    return {one: record for one, record in found if record.get("course", COURSE_ID) == course}


@pages.app_context_processor
def everywhere() -> dict[str, object]:
    return {"courses": COURSES, "people": PEOPLE.values()}


@pages.errorhandler(RequestRefused)
def refused(error: RequestRefused) -> ResponseReturnValue:
    return render_template("refused.html", reason=str(error)), 400


@pages.get("/")
def home() -> ResponseReturnValue:
    store = messages().store
    return render_template("home.html", tools=store.all("tools"), hears=store.all("handlers"))


@pages.get("/course")
def course() -> ResponseReturnValue:
    return render_template(
        "course.html",
        person=person(),
        course=current_course(),
        links=records_of(current_course(), "links"),
        tools=messages().store.all("tools"),
        told=request.args.getlist("told"),
        can_be_copied=current_course() == COURSE_ID and not records_of(COPY_ID, "links"),
    )


@pages.post("/course/copy")
def copy_course() -> ResponseReturnValue:
    """Next year's course: the same links with ids of their own, and nobody's work."""
    if not person().is_teacher:
        abort(403)
    store = messages().store
    columns = {
        item.get("resourceLinkId"): item for item in records_of(COURSE_ID, "line items").values()
    }
    for link_id, link in records_of(COURSE_ID, "links").items():
        copy_id = secrets.token_hex(6)
        history = [link_id, *link.get("copied_from", [])]
        new = {**link, "course": COPY_ID, "copied_from": history, "line_item": None}
        store.put("links", copy_id, new)
        if link_id in columns:
            add_line_item(store, {**columns[link_id], "course": COPY_ID, "resourceLinkId": copy_id})
    told = tell_of_copy(messages(), COPY_ID, COURSE_ID)
    return redirect(url_for("pages.course", who=person().id, course=COPY_ID, told=told))


@pages.get("/activity/<link_id>")
def activity(link_id: str) -> ResponseReturnValue:
    link = messages().store.get("links", link_id) or abort(404)
    frame = url_for(
        "pages.launch", link_id=link_id, locale=request.args.get("locale"), who=person().id
    )
    return render_template(
        "activity.html",
        person=person(),
        course=link.get("course", COURSE_ID),
        title=link["title"],
        frame=frame,
        back=url_for("pages.course", who=person().id, course=link.get("course", COURSE_ID)),
    )


@pages.get("/launch/<link_id>")
def launch(link_id: str) -> ResponseReturnValue:
    """Begins a resource launch: redirects to the tool's login."""
    store = messages().store
    link = store.get("links", link_id) or abort(404)
    tool = tool_of(link["client_id"])
    message = {
        "type": "resource",
        "id": link_id,
        "course": link.get("course", COURSE_ID),
        "target_link_uri": link["url"],
        "locale": request.args.get("locale"),
    }
    return redirect(messages().login_url(tool, person(), message))


@pages.route("/auth", methods=["GET", "POST"])
def authenticate() -> ResponseReturnValue:
    """The tool's authentication request: answered with a form that posts the token to the tool."""
    url, fields = messages().authenticate(request.values)
    return render_template("post.html", url=url, fields=fields)


@pages.get("/add/<client_id>")
def add(client_id: str) -> ResponseReturnValue:
    """The picker of a tool, in a frame."""
    if not person().is_teacher:
        abort(403)
    course, who = current_course(), person()
    return render_template(
        "activity.html",
        person=who,
        course=course,
        title="Add content",
        frame=url_for("pages.launch_picker", client_id=client_id, who=who.id, course=course),
        back=url_for("pages.course", who=who.id, course=course),
    )


@pages.get("/launch-picker/<client_id>")
def launch_picker(client_id: str) -> ResponseReturnValue:
    store = messages().store
    tool = tool_of(client_id)
    trainer = person()
    if not trainer.is_teacher:
        abort(403)
    request_id = secrets.token_urlsafe(12)
    asked = {"person": trainer.id, "client_id": client_id, "course": current_course()}
    store.put("deep linking", request_id, asked)
    message = {
        "type": "deep-linking",
        "id": request_id,
        "course": current_course(),
        "target_link_uri": _target_link_uri(tool),
        "locale": request.args.get("locale"),
    }
    return redirect(messages().login_url(tool, trainer, message))


def tool_of(client_id: str) -> Record:
    return messages().store.get("tools", client_id) or abort(404)


def _target_link_uri(tool: Record) -> str:
    configuration = tool["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    return str(configuration["target_link_uri"])


@pages.post("/deep-linking/<request_id>")
def deep_linking_return(request_id: str) -> ResponseReturnValue:
    """Takes the links that a tool's picker sends back; the page leaves the frame."""
    store = messages().store
    asked = store.take("deep linking", request_id)
    if asked is None:
        raise RequestRefused("this selection was already taken, or never asked for")
    items = messages().content_items(request.form.get("JWT", ""), request_id)
    for item in items:
        link_id = secrets.token_hex(6)
        link = {
            "client_id": asked["client_id"],
            "course": asked["course"],
            "title": item.get("title") or "Untitled",
            "text": item.get("text", ""),
            "url": item.get("url") or _target_link_uri(tool_of(asked["client_id"])),
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
    if not person().is_teacher:
        abort(403)
    form = request.form
    pairs = (line.partition("=") for line in form.get("custom", "").splitlines() if "=" in line)
    link_id = secrets.token_hex(6)
    link = {
        "client_id": form["client_id"],
        "course": current_course(),
        "title": form["title"],
        "text": "",
        "url": form.get("url") or _target_link_uri(tool_of(form["client_id"])),
        "custom": {name.strip(): value.strip() for name, _, value in pairs},
        "line_item": None,
    }
    store = messages().store
    store.put("links", link_id, link)
    column = {"label": form["title"], "scoreMaximum": 100, "resourceLinkId": link_id}
    add_line_item(store, {**column, "course": current_course()})
    return redirect(url_for("pages.course", who=person().id, course=current_course()))


@pages.post("/links/<link_id>/remove")
def remove_link(link_id: str) -> ResponseReturnValue:
    if not person().is_teacher:
        abort(403)
    messages().store.remove("links", link_id)
    return redirect(url_for("pages.course", who=person().id, course=current_course()))


@pages.get("/tools")
def tools() -> ResponseReturnValue:
    """The registered tools as JSON, for scripts."""
    return jsonify(list(messages().store.all("tools").values()))


@pages.get("/tools/register")
def register_tool() -> ResponseReturnValue:
    """Registers a tool by its URL: opens it with our configuration and a one-use token. People see
    it in a frame, which the tool may have closed (LTI Dynamic Registration 1.0 §3.6)."""
    url = request.args.get("url", "")
    if not url:
        return render_template("register.html")
    if "framed" in request.args:
        frame = url_for("pages.register_tool", url=url)
        home = url_for("pages.home")
        return render_template("activity.html", title="Register a tool", frame=frame, back=home)
    token = secrets.token_urlsafe(24)
    messages().store.put("registration tokens", token, {"made": time.time()})
    query = {
        "openid_configuration": f"{messages().base_url}/.well-known/openid-configuration",
        "registration_token": token,
    }
    return redirect(f"{url}{'&' if '?' in url else '?'}{urlencode(query)}")
