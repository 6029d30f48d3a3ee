"""What operators look after: scores, background work, refusals, keys, people, storage."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import requests
from sqlalchemy import delete, select

from lti_tool.db import writing
from lti_tool.models import (
    AuditEntry,
    Context,
    DataRequest,
    DeliveryState,
    Deployment,
    Job,
    JobState,
    LaunchRefusal,
    Registration,
    ResourceLink,
    ScoreDelivery,
    User,
    db,
    now,
)
from lti_tool.services import jobs
from tests.conformance.platform import Platform
from tests.console import Operator
from tests.integration.lti_tool.conftest import Campus, Tool
from tests.integration.lti_tool.console.conftest import CampusOf
from tests.integration.lti_tool.console.rows import audited, find


def test_scores_are_sent_again_one_or_all(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    campus = Campus(tool, platform)
    campus.learner()
    row = find(tool, platform)
    with tool.app.app_context(), writing() as session:
        user = session.scalars(select(User).where(User.registration_id == row.id)).one()
        link = session.scalars(
            select(ResourceLink)
            .join(ResourceLink.context)
            .join(Context.deployment)
            .where(Deployment.registration_id == row.id)
        ).one()
        for second in range(3):
            session.add(
                ScoreDelivery(
                    registration_id=row.id,
                    user_id=user.id,
                    link_pk=link.id,
                    value="50.00",
                    timestamp=now().replace(microsecond=0) + timedelta(seconds=second),
                    submitted_at=now(),
                    state=DeliveryState.FAILED,
                    tries=30,
                    last_error="token.refused-400: the platform answered: invalid_client",
                )
            )
        session.flush()
        first = session.scalars(
            select(ScoreDelivery.id).where(ScoreDelivery.registration_id == row.id)
        ).first()
    listed = operator.get(f"/scores/?registration={row.id}&state=failed").text
    assert "3 entries" in listed
    assert "does not know the client id" in listed
    assert "user-1" not in listed
    operator.post(f"/scores/{first}/resend")
    assert "2 entries" in operator.get(f"/scores/?registration={row.id}&state=failed").text
    page = operator.follow(operator.post("/scores/resend", registration=str(row.id)))
    assert "sent again at once: 3" in page.text
    with tool.app.app_context():
        rows = db.session.scalars(
            select(ScoreDelivery).where(ScoreDelivery.registration_id == row.id)
        ).all()
        assert {(one.state, one.tries) for one in rows} == {(DeliveryState.DUE, 0)}
    assert operator.post("/scores/999999999/resend").status_code == 404
    assert audited(tool, operator, "scores.resent")[-1].detail == {"count": 3}


def test_work_that_failed_is_tried_again(operator: Operator, tool: Tool) -> None:
    with tool.app.app_context(), writing() as session:
        jobs.ask_for(session, "console-test", "1", now=now(), payload={"a": 1})
        session.flush()
        job = jobs.find(session, "console-test", "1")
        assert job is not None
        job.state, job.tries, job.last_error = JobState.FAILED, 12, "service.refused-403: no"
        number = job.id
    assert "lets the tool in, but not to this service" in operator.get("/jobs/?state=failed").text
    operator.post(f"/jobs/{number}/retry")
    with tool.app.app_context(), writing() as session:
        again = session.get(Job, number)
        assert again is not None
        assert (again.state, again.tries, again.payload) == (JobState.DUE, 0, {"a": 1})
        session.delete(again)


def test_work_that_comes_again_is_told_as_planned(operator: Operator, tool: Tool) -> None:
    with tool.app.app_context(), writing() as session:
        jobs.ask_for(session, "planned-test", "1", now=now(), due_at=now() + timedelta(hours=1))
        jobs.ask_for(session, "waiting-test", "1", now=now())
    try:
        rows = operator.get("/jobs/").text.split("<tr>")
        (planned,) = [row for row in rows if "planned-test" in row]
        (waiting,) = [row for row in rows if "waiting-test" in row]
        assert "Planned" in planned
        assert "Waiting" not in planned
        assert "<time" in planned.partition("Next time")[2]
        assert "Waiting" in waiting
    finally:
        with tool.app.app_context(), writing() as session:
            session.execute(delete(Job).where(Job.kind.in_(["planned-test", "waiting-test"])))


def test_refusals_by_reason_with_the_next_step(
    operator: Operator, tool: Tool, known: Registration
) -> None:
    with tool.app.app_context(), writing() as session:
        for _ in range(3):
            session.add(LaunchRefusal(registration_id=known.id, code="registration.pending"))
        old = now() - timedelta(days=30)
        session.add(LaunchRefusal(registration_id=known.id, code="token.issuer", at=old))
    page = operator.get(f"/refusals/?registration={known.id}").text
    assert f"lti-tool registrations approve {known.id}" in page
    assert re.search(r'class="figure">\s*3\s*<', page)
    assert "token.issuer" not in page


def test_a_new_key_signs_and_five_stay(operator: Operator, tool: Tool) -> None:
    for _ in range(6):
        assert operator.post("/keys/rotate").status_code == 303
    keys = requests.get(f"{tool.url}/lti/jwks", timeout=30).json()["keys"]
    assert len(keys) == 5
    page = operator.get("/keys/").text
    assert page.count("In the keyset until") == 4
    assert keys[0]["kid"] in page


def test_a_person_is_exported_and_erased(
    operator: Operator, tool: Tool, platform: Platform
) -> None:
    campus = Campus(tool, platform)
    campus.learner("somebody-else-7")
    row = find(tool, platform)
    asked: dict[str, Any] = {"registration": str(row.id), "sub": "somebody-else-7"}
    unknown = operator.post("/people/", **{**asked, "sub": "nobody"}, what="export")
    assert unknown.status_code == 404
    given = operator.post("/people/", **asked, what="export")
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.json()["person"]["sub"] == "somebody-else-7"
    operator.get("/people/")
    assert operator.post("/people/", **asked, what="erase", again="x").status_code == 422
    assert operator.post("/people/", **asked, what="erase", again=asked["sub"]).status_code == 303
    with tool.app.app_context():
        people = select(User.id).where(User.registration_id == row.id)
        assert db.session.scalars(people).all() == []
        requests_made = select(DataRequest.kind).where(DataRequest.registration_id == row.id)
        assert set(db.session.scalars(requests_made)) == {"export", "erasure"}
        entries = db.session.scalars(select(AuditEntry)).all()
        assert not [entry for entry in entries if "somebody" in f"{entry.subject}{entry.detail}"]


def test_tables_bear_any_question(operator: Operator) -> None:
    for query in (
        "?sort=nonsense&page=-4",
        "?sort=-name&page=999999",
        "?q=%25_%27%22%3Cscript%3E%00&state=x&registration=9999999999999",
        "?registration=x&actor=%F0%9F%98%80",
    ):
        for path in ("/registrations/", "/scores/", "/jobs/", "/refusals/", "/audit/", "/people/"):
            page = operator.get(path + query)
            assert page.status_code == 200, path + query
            assert "<script>" not in page.text.replace("<script nonce", "")


def test_storage_counts_by_platform(
    operator: Operator, tool: Tool, campus: Campus, campus_of: CampusOf
) -> None:
    """Each platform's own, and nobody else's."""
    other = campus_of()
    for number, hands_in in (("stored-1", True), ("stored-2", True), ("stored-3", False)):
        learner = campus.learner(number)
        if hands_in:
            body = {"number": 1, "answers": {"q1": "a"}}
            assert learner.api("POST", "/units/first/hand-in", body).status_code == 200
    campus.learner("stored-3")
    with tool.app.app_context():
        number = db.session.scalar(
            select(Registration.id).where(Registration.public_id == campus.public_id)
        )
    page = operator.get("/storage/").text
    assert "score_deliveries" in page
    assert (number, "3", "2", "2", "4") in shares(page)
    assert (other, "0", "0", "0", "0") in shares(page)


def shares(page: str) -> list[tuple[int | str, ...]]:
    """Number of the platform, people, attempts, scores, sessions."""
    rows = re.findall(r'<a href="/admin/registrations/(\d+)">(.*?)</tr>', page)
    return [(int(row), *re.findall(r'class="figure">([\d,]+)<', rest)) for row, rest in rows]
