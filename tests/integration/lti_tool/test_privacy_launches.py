"""Data-privacy launches: an administrator of the platform has a person's data given out, or
erased."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.models import DataRequest, Registration, User, db
from tests.conformance.browsing import refusal
from tests.conformance.platform import ABSENT, INSTRUCTOR, LTI
from tests.integration.lti_tool.conftest import Campus

VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2"
ADMINISTRATOR = f"{VOCABULARY}/institution/person#Administrator"
NAMES = ("DataPrivacyLaunchRequest", "LtiDataPrivacyLaunchRequest")


def request(campus: Campus, **changes: Any) -> dict[str, Any]:
    fixed: dict[str, Any] = {
        "message_type": NAMES[0],
        LTI + "for_user": {"user_id": "ann"},
        "sub": "admin-1",
        "roles": [ADMINISTRATOR],
        "context": ABSENT,
        "resource_link": ABSENT,
    }
    return campus.platform.claims(**{**fixed, **changes})


def worked(campus: Campus) -> None:
    learner = campus.learner("ann", name="Ann Ominous")
    body = {"number": 1, "answers": {"q1": "a"}}
    assert learner.api("POST", "/units/first/hand-in", body).status_code == 200


def known(campus: Campus, sub: str) -> bool:
    with campus.tool.app.app_context():
        query = select(User.id).join(Registration, Registration.id == User.registration_id)
        mine = query.where(Registration.public_id == campus.public_id, User.sub == sub)
        return db.session.scalar(mine) is not None


def requests_of(campus: Campus) -> list[tuple[str, str]]:
    with campus.tool.app.app_context():
        query = select(DataRequest).join(
            Registration, Registration.id == DataRequest.registration_id
        )
        rows = db.session.scalars(query.where(Registration.public_id == campus.public_id))
        return [(row.kind, row.asked_by) for row in rows]


@pytest.mark.parametrize("name", NAMES)
def test_an_export(campus: Campus, name: str) -> None:
    worked(campus)
    admin = campus.enter(request(campus, message_type=name))
    assert admin.page == "privacy"
    path = f"/privacy/{admin.handle}"
    assert "Ann Ominous" in admin.get(path).text
    assert admin.post(f"{path}/export").status_code == 403, "a form of our own alone"
    answer = admin.post(f"{path}/export", data={"form_token": admin.form_token(path)})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    value = answer.json()
    assert value["person"]["sub"] == "ann"
    assert value["units"]
    assert requests_of(campus) == [("export", "platform")]


def test_an_erasure(campus: Campus) -> None:
    worked(campus)
    campus.learner("ben")
    admin = campus.enter(request(campus))
    path = f"/privacy/{admin.handle}"
    form = {"form_token": admin.form_token(path)}
    answer = admin.post(f"{path}/erasure", data=form)
    assert answer.status_code == 400, "not without a tick"
    assert known(campus, "ann")
    answer = admin.post(f"{path}/erasure", data={**form, "sure": "yes"})
    assert answer.status_code == 200
    assert "erased" in answer.text
    assert not known(campus, "ann")
    assert known(campus, "ben")
    assert requests_of(campus) == [("erasure", "platform")]
    assert admin.get(path).status_code == 401, "the session went with the person"


def test_somebody_unknown(campus: Campus) -> None:
    admin = campus.enter(request(campus, **{LTI + "for_user": {"user_id": "nobody"}}))
    path = f"/privacy/{admin.handle}"
    page = admin.get(path)
    assert page.status_code == 200
    assert "holds nothing" in page.text
    assert "form_token" not in page.text
    assert admin.post(f"{path}/export").status_code == 404
    assert admin.post(f"{path}/erasure", data={"sure": "yes"}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roles": [INSTRUCTOR]}, "launch.role-may-not-administer"),
        ({"roles": []}, "launch.role-may-not-administer"),
        ({"roles": ["Administrator"]}, "launch.role-may-not-administer"),
        ({"roles": [f"{VOCABULARY}/membership#Administrator"]}, "launch.role-may-not-administer"),
        ({"roles": [INSTRUCTOR], "sub": "ann"}, "launch.role-may-not-administer"),
        ({LTI + "for_user": ABSENT}, "claim.for-user"),
        ({LTI + "for_user": {"user_id": None}}, "claim.for-user"),
        ({"context": {"id": "course-1"}}, "claim.malformed"),
    ],
)
def test_refused(campus: Campus, changes: dict[str, Any], code: str) -> None:
    worked(campus)
    assert refusal(campus.browser().launch(request(campus, **changes))) == code


def test_other_sessions_open_it_not(campus: Campus) -> None:
    for person in (campus.learner("ann"), campus.teacher(), campus.picker()):
        assert person.get(f"/privacy/{person.handle}").status_code == 404
        assert person.post(f"/privacy/{person.handle}/erasure").status_code == 404


def test_an_administrator_gets_no_course(campus: Campus) -> None:
    worked(campus)
    admin = campus.enter(request(campus, roles=[ADMINISTRATOR, INSTRUCTOR]))
    assert admin.get(f"/teach/{admin.handle}").status_code == 403
    assert admin.get(f"/pick/{admin.handle}").status_code == 404
