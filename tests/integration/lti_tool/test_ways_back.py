"""Whoever is refused something while a session is open gets back: to the pages that they come
from, else to the LMS. And a number that no database holds is an address that is unknown."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from werkzeug.routing import IntegerConverter

from lti_tool.db import writing
from lti_tool.models import LaunchSession
from lti_tool.web.admin import console_of
from tests.conformance.platform import ABSENT, NRPS
from tests.integration.lti_tool.conftest import Campus, Tool

LARGEST = 2**31 - 1
_MODULES = {"teach": "teach.overview", "me": "me"}
TEACHING, MINE, CHOICE = (
    "Back to the teaching pages",
    "Back to my progress",
    "Back to the choice",
)


def way(url: str, text: str, inside: bool = True) -> str:
    target = "" if inside else ' target="_top" rel="noopener"'
    return f'<a class="button" href="{url}"{target}>{text}</a>'


def to_course(campus: Campus) -> str:
    return way(f"{campus.platform.url}/return", "Back to the course", inside=False)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/learner/1/take-back", "learner.unknown"),
        ("/send/1", "delivery.unknown"),
        ("/roster", "roster.none"),
    ],
)
def test_from_a_form_of_a_teacher(campus: Campus, path: str, code: str) -> None:
    teacher = campus.teacher(**{NRPS: ABSENT})
    base = f"/teach/{teacher.handle}"
    token = teacher.form_token(f"{base}/options")
    answer = teacher.post(base + path, data={"form_token": token})
    assert code in answer.text
    assert way(base, TEACHING) in answer.text
    forged = teacher.post(base + path, data={"form_token": "0" * 64})
    assert "form.forged" in forged.text
    assert way(base, TEACHING) in forged.text


def test_from_a_teaching_page(campus: Campus) -> None:
    teacher = campus.teacher(sub="lost")
    base = f"/teach/{teacher.handle}"
    answer = teacher.get(f"{base}/learner/2147483647")
    assert answer.status_code == 404
    assert "learner.unknown" in answer.text
    assert way(base, TEACHING) in answer.text


def test_from_my_page(campus: Campus) -> None:
    learner = campus.learner("my-ways")
    base = f"/me/{learner.handle}"
    unknown = learner.get(f"{base}/activity/2147483647")
    assert unknown.status_code == 404
    assert "unit.unknown" in unknown.text
    assert way(base, MINE) in unknown.text
    forged = learner.post(f"{base}/data", data={"form_token": "x"})
    assert forged.status_code == 403
    assert way(base, MINE) in forged.text


def test_from_the_picker(campus: Campus) -> None:
    picker = campus.picker()
    base = f"/pick/{picker.handle}"
    forged = picker.post(base, data={"form_token": "x"})
    assert forged.status_code == 403
    assert way(base, CHOICE) in forged.text


def test_no_page_leads_to_itself_or_to_where_it_is_refused(campus: Campus) -> None:
    """A learner at a teacher's page, anybody at another kind of session's page."""
    learner = campus.learner("curious")
    for part in ("teach", "pick"):
        answer = learner.get(f"/{part}/{learner.handle}")
        assert answer.status_code in (403, 404)
        assert to_course(campus) in answer.text
    picker = campus.picker()
    for part in ("teach", "me"):
        answer = picker.get(f"/{part}/{picker.handle}")
        assert answer.status_code == 404
        assert 'class="button" href="/' not in answer.text


@pytest.mark.parametrize("part", ["teach", "me"])
def test_where_the_tool_breaks(campus: Campus, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """By what was noted before: the database may be the reason."""
    teacher = campus.teacher(sub="broken")

    def breaks(_: LaunchSession, __: Any) -> NoReturn:
        raise RuntimeError("row 7")

    monkeypatch.setattr(f"lti_tool.web.{_MODULES[part]}.switch_language", breaks)
    answer = teacher.get(f"/{part}/{teacher.handle}")
    assert answer.status_code == 500
    assert "tool.crashed" in answer.text
    assert to_course(campus) in answer.text


def test_an_address_of_the_lms_that_is_none_leads_nowhere(campus: Campus, tool: Tool) -> None:
    learner = campus.learner("nowhere")
    with tool.app.app_context(), writing() as session:
        for row in session.query(LaunchSession).order_by(LaunchSession.id.desc()).limit(1):
            row.return_url = "javascript:alert(1)"
    answer = learner.get(f"/teach/{learner.handle}")
    assert answer.status_code == 403
    assert "javascript:" not in answer.text


def test_every_number_in_an_address_fits_the_database(tool: Tool) -> None:
    apps = (tool.app, console_of(tool.app))
    found = {
        (rule.rule, converter.max)
        for app in apps
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if isinstance(converter, IntegerConverter)
    }
    assert len(found) > 10
    assert {most for _, most in found} == {LARGEST}, found


def test_a_number_that_no_database_holds(campus: Campus) -> None:
    learner, teacher = campus.learner("numbers"), campus.teacher()
    for number in (2**31, 2**63, 10**19, 10**400):
        for person, path in (
            (learner, f"/me/{learner.handle}/activity/{number}"),
            (teacher, f"/teach/{teacher.handle}/learner/{number}"),
        ):
            answer = person.get(path)
            assert answer.status_code == 404, path[:60]
            assert "page.unknown" in answer.text
