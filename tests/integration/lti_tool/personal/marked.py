"""A person who has left something in every table, marked so that any trace is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import inspect, select, text, update

from lti_tool.db import writing
from lti_tool.models import (
    Attempt,
    Context,
    Group,
    GroupMember,
    Job,
    LaunchRefusal,
    LaunchSession,
    LineItemResult,
    Registration,
    ResourceLink,
    UnitProgress,
    User,
    db,
    now,
)
from lti_tool.services.personal_data import (
    find_person,
)
from lti_tool.worker.loop import deliver
from tests.conformance.platform import Answer
from tests.integration.lti_tool.conftest import Campus, Person
from tests.integration.lti_tool.test_learning import HALF, RIGHT, hand_in


class Marked:
    """A person each of whose traits is found nowhere else."""

    def __init__(self, campus: Campus) -> None:
        self.mark = f"zq{uuid4().hex[:10]}"
        self.campus = campus
        self.sub = f"sub-{self.mark}"
        self.claims = {
            "sub": self.sub,
            "name": f"Name {self.mark}",
            "given_name": f"Given {self.mark}",
            "email": f"{self.mark}@campus.example",
        }

    def enters(self) -> Person:
        return self.campus.learner(**self.claims)

    @property
    def registration(self) -> int:
        with self.campus.tool.app.app_context():
            found = db.session.scalar(
                select(Registration.id).where(Registration.public_id == self.campus.public_id)
            )
            assert found
            return found

    def traces(self) -> dict[str, list[str]]:
        """The rows in which the mark stands, by table."""
        found: dict[str, list[str]] = {}
        with self.campus.tool.app.app_context():
            for table in inspect(db.engine).get_table_names():
                quoted = db.engine.dialect.identifier_preparer.quote(table)
                for row in db.session.execute(text(f"SELECT * FROM {quoted}")):
                    if self.mark in repr(tuple(row)):
                        found.setdefault(table, []).append(repr(tuple(row)))
        return found


def live(person: Marked) -> Person:
    """Everything that may happen to somebody."""
    campus, sub = person.campus, person.sub
    learner = person.enters()
    learner.api("PUT", "/units/first/progress", {"page": "two", "seen": ["one", "two"]})
    hand_in(learner, 1, HALF)
    assert deliver(campus.tool.app).delivered == 1
    failing = Answer(400, f"user {sub} ({person.mark}) cannot be graded".encode())
    campus.platform.answers["/lineitems/1/lineitem/scores"].append(failing)
    hand_in(learner, 2, RIGHT)
    deliver(campus.tool.app)
    # A login that never came back, one that was refused, and one of a teacher.
    campus.browser().login(login_hint=sub, lti_message_hint=f"hint {sub}")
    assert campus.browser().launch(campus.platform.claims(sub=sub, aud="other")).status_code >= 400
    wrong = campus.platform.claims(**{**person.claims, "roles": "no list"})
    assert campus.browser().launch(wrong).status_code >= 400
    teacher = campus.teacher()
    assert person.mark in teacher.get(f"/teach/{teacher.handle}").text
    with campus.tool.app.app_context(), writing() as session:
        user = find_person(session, person.registration, sub)
        assert user
        _write_rest(session, user, person.mark)
    return learner


def _write_rest(session: Any, user: User, mark: str) -> None:
    """What other parts write: groups, results, words of platforms about the person."""
    link = session.scalars(
        select(ResourceLink)
        .join(UnitProgress, UnitProgress.link_pk == ResourceLink.id)
        .where(UnitProgress.user_id == user.id)
    ).one()
    group = Group(context_pk=link.context_pk, group_id="g1", name="Group one")
    session.add(group)
    session.flush()
    session.add(GroupMember(group_pk=group.id, user_id=user.id))
    session.add(LineItemResult(link_pk=link.id, user_id=user.id, score="1", comment=f"For {mark}"))
    progress = session.scalars(select(UnitProgress).where(UnitProgress.user_id == user.id)).one()
    attempt = session.scalars(select(Attempt).where(Attempt.progress_pk == progress.id)).first()
    attempt.answers = {**attempt.answers, "essay": f"I am {mark}"}
    set_aside = Attempt(
        progress_pk=progress.id,
        number=2,
        version_digest=attempt.version_digest,
        language="en",
        answers={"essay": f"Set aside by {mark}"},
        set_aside_at=now(),
    )
    session.add(set_aside)
    named = f"user {user.sub} is {user.name}"
    session.execute(update(Context).where(Context.id == link.context_pk).values(roster_error=named))
    session.add(LaunchRefusal(registration_id=user.registration_id, code="x", detail=named))
    session.add(
        Job(kind="roster", key=f"of {link.context_pk}", last_error=named, payload={"context": 1})
    )
    reviewer = session.scalars(
        select(LaunchSession).where(LaunchSession.is_instructor.is_(True))
    ).first()
    session.add(
        LaunchSession(
            handle_hash=uuid4().hex,
            kind="review",
            user_id=reviewer.user_id,
            for_user_id=user.id,
            deployment_pk=reviewer.deployment_pk,
            expires_at=now() + timedelta(hours=1),
        )
    )
