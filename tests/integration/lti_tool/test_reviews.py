"""Submission reviews: from a grade to the work behind it, for those who may see it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.browsing import arrives, refusal
from tests.conformance.platform import ABSENT, AGS, AGS_SCOPES, INSTRUCTOR, LEARNER, LTI
from tests.integration.lti_tool.conftest import Campus, Person

OTHER = {"id": "course-2", "title": "Another course"}


def review(campus: Campus, about: Any = "ann", **changes: Any) -> dict[str, Any]:
    fixed: dict[str, Any] = {
        "message_type": "LtiSubmissionReviewRequest",
        LTI + "for_user": {"user_id": about},
        "sub": "teacher-1",
        "roles": [INSTRUCTOR],
    }
    return campus.platform.claims(**{**fixed, **changes})


def worked(campus: Campus, sub: str = "ann", right: str = "a") -> Person:
    learner = campus.learner(sub, name=f"Learner {sub}")
    answers = {"q1": right, "q2": "b"}
    body = {"number": 1, "answers": answers}
    answer = learner.api("POST", "/units/first/hand-in", body)
    assert answer.status_code == 200, answer.text
    return learner


def opened(campus: Campus, claims: dict[str, Any]) -> tuple[Person, str]:
    """Where the review led to, and its page."""
    person = campus.enter(claims)
    assert person.page == "review"
    answer = person.get(f"/review/{person.handle}")
    if answer.status_code == 303:
        answer = person.get(answer.headers["Location"])
    assert answer.status_code == 200, answer.text[:1000]
    return person, answer.text


def test_a_teacher_sees_a_learners_attempt(campus: Campus) -> None:
    worked(campus)
    worked(campus, "ben", "b")
    _, page = opened(campus, review(campus))
    assert "Learner ann" in page
    assert "Learner ben" not in page
    assert "Who decides?" in page
    assert "Members" in page
    assert "told-a" in page
    assert "50" in page


def test_without_a_link_the_line_item_finds_it(campus: Campus) -> None:
    worked(campus)
    _, page = opened(campus, review(campus, resource_link=ABSENT))
    assert "told-a" in page


def test_a_learner_sees_their_own(campus: Campus) -> None:
    worked(campus)
    worked(campus, "ben", "b")
    claims = review(campus, sub="ann", roles=[LEARNER], resource_link=ABSENT)
    person, page = opened(campus, claims)
    assert "told-a" in page
    # Neither the teacher's pages nor another's work open with it.
    assert person.get(f"/teach/{person.handle}").status_code == 403


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sub": "ben", "roles": [LEARNER]}, "launch.review-of-others"),
        ({"sub": "ben", "roles": []}, "launch.review-of-others"),
        ({"resource_link": ABSENT, "context": ABSENT}, "launch.review-of-others"),
        ({LTI + "for_user": ABSENT}, "claim.for-user"),
        ({LTI + "for_user": {}}, "claim.for-user"),
        ({LTI + "for_user": "ann"}, "claim.for-user"),
        ({LTI + "for_user": {"user_id": 7}}, "claim.for-user"),
        ({LTI + "for_user": {"user_id": "x" * 256}}, "claim.for-user"),
        ({AGS: ABSENT}, "claim.line-item"),
        ({AGS: {"scope": AGS_SCOPES, "lineitem": "javascript:1"}}, "claim.line-item"),
        ({"resource_link": {"id": ""}}, "claim.resource-link"),
        ({"resource_link": "link-1"}, "claim.resource-link"),
    ],
)
def test_refused(campus: Campus, changes: dict[str, Any], code: str) -> None:
    worked(campus)
    answer = campus.browser().launch(review(campus, **changes))
    assert refusal(answer) == code


@pytest.mark.parametrize(
    "changes",
    [
        {"about": "nobody-we-know"},
        {"about": "teacher-1"},
        {"context": OTHER},
        {"context": OTHER, "resource_link": ABSENT},
        {"resource_link": ABSENT, AGS: {"scope": [], "lineitem": "https://lms.example/9"}},
    ],
    ids=["unknown", "a teacher", "another course", "a foreign line item", "an unknown line item"],
)
def test_nothing_to_see(campus: Campus, changes: dict[str, Any]) -> None:
    worked(campus)
    _, page = opened(campus, review(campus, **changes))
    assert "Nothing has been handed in yet" in page
    assert "Learner ann" not in page
    assert "told-a" not in page


def test_other_sessions_open_no_review(campus: Campus) -> None:
    for person in (worked(campus), campus.teacher(), campus.picker()):
        assert person.get(f"/review/{person.handle}").status_code == 404


def test_a_review_is_no_way_to_pick_or_to_play_for_others(campus: Campus) -> None:
    worked(campus)
    person = campus.enter(review(campus))
    assert person.get(f"/pick/{person.handle}").status_code == 404
    assert person.get(f"/privacy/{person.handle}").status_code == 404
    arrives(campus.browser().launch(review(campus)), "review")
    assert person.state()["attempts"] == [], "a teacher's preview, not the learner's work"
