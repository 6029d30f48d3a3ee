"""The gradebook read back, and the products' ways with scores; by a platform on real HTTP, on both
databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_network

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.lti.keys import Signer
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import (
    Context,
    DeliveryState,
    Deployment,
    Job,
    LineItemResult,
    Registration,
    ResourceLink,
    ScoreDelivery,
    User,
    now,
)
from lti_tool.outbound import Outbound
from lti_tool.services import results
from lti_tool.services.deliveries import Round, deliver_due, write_delivery, write_start
from tests.conformance.emulators import PRODUCTS, Canvas, Emulator, Moodle, OpenEdx
from tests.conformance.platform import AGS_SCOPES, Answer, rsa_key, running_platform
from tests.databases import KINDS, Databases, engine_of

PEOPLE = 60


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    with databases.new(request.param) as url, engine_of(url) as engine:
        yield engine


class School:
    """One link with a column on a product's platform."""

    def __init__(self, engine: Engine, platform: Emulator) -> None:
        self.engine, self.platform = engine, platform
        outbound = Outbound((ip_network("127.0.0.0/8"),))
        self.tokens = ServiceTokens(outbound, lambda: Signer("tool-key", rsa_key("tool")))
        item = f"{platform.url}/lineitems/1/lineitem?type_id=1"
        platform.line_items["1"] = {"id": item, "resourceLinkId": "link-1"}
        names = ("auth", "token", "jwks")
        registration = Registration(
            public_id="p",
            name="n",
            issuer=platform.issuer,
            client_id="c",
            product=platform.product,
            **{f"{name}_url": f"{platform.url}/{name}" for name in names},
        )
        link = ResourceLink(
            context=Context(
                deployment=Deployment(registration=registration, deployment_id="d"), context_id="k"
            ),
            resource_link_id="link-1",
            course_id="small",
            unit_id="first",
            line_item_url=item,
            line_items_url=f"{platform.url}/lineitems?type_id=1",
            ags_scopes=AGS_SCOPES,
        )
        people = [User(registration=registration, sub=f"user-{n}") for n in range(PEOPLE)]
        with self.transaction() as session:
            session.add_all([link, *people])

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            session.connection(execution_options={"writes": True})
            yield session
            session.commit()

    def score(self, number: int, value: str) -> None:
        with self.transaction() as session:
            user = session.scalars(select(User).where(User.sub == f"user-{number}")).one()
            link = session.scalars(select(ResourceLink)).one()
            write_delivery(session, user, link, Decimal(value), True, now())

    def start(self, number: int) -> bool:
        with self.transaction() as session:
            user = session.scalars(select(User).where(User.sub == f"user-{number}")).one()
            link = session.scalars(select(ResourceLink)).one()
            return write_start(session, user, link, now()) is not None

    def deliver(self) -> Round:
        total, done = Round(), deliver_due(self.transaction, self.tokens, now)
        while done.total:
            total, done = total + done, deliver_due(self.transaction, self.tokens, now)
        return total

    def read(self) -> int:
        return results.read_results(self.transaction, self.tokens, 1, now)

    def differences(self) -> dict[str, tuple[str, Decimal | None]]:
        with Session(self.engine) as session:
            link = session.scalars(select(ResourceLink)).one()
            found = results.differences(session, link)
            return {one.user.sub: (one.kind, one.held) for one in found}

    def held(self, number: int) -> object:
        return self.platform.grades().get(f"user-{number}")


@pytest.fixture
def school(engine: Engine) -> Iterator[School]:
    with running_platform(Moodle) as platform:
        yield School(engine, platform)


def test_what_a_teacher_changed_and_what_is_missing(school: School) -> None:
    for number in range(PEOPLE):
        school.score(number, "66.67")
    assert school.deliver() == Round(delivered=PEOPLE)
    assert school.differences() == {}, "it was never read"
    gradebook = school.platform.scores
    gradebook["1", "user-1"] = {**gradebook["1", "user-1"], "scoreGiven": 10}
    gradebook["1", "user-2"] = {**gradebook["1", "user-2"], "scoreGiven": 9, "scoreMaximum": 10}
    gradebook["1", "user-3"] = {**gradebook["1", "user-3"], "scoreGiven": 6.67, "scoreMaximum": 10}
    gradebook["1", "user-4"] = {**gradebook["1", "user-4"], "scoreGiven": None}
    gradebook["1", "a stranger"] = gradebook["1", "user-5"]
    assert school.read() == PEOPLE
    assert school.differences() == {
        "user-1": ("lower", Decimal(10)),
        "user-2": ("higher", Decimal(90)),
        "user-4": ("missing", None),
    }
    del gradebook["1", "user-5"]
    gradebook["1", "user-1"] = {**gradebook["1", "user-1"], "scoreGiven": 66.67}
    school.read()
    assert set(school.differences()) == {"user-2", "user-4", "user-5"}
    with Session(school.engine) as session:
        assert len(session.scalars(select(LineItemResult)).all()) == PEOPLE - 2


def test_a_score_that_arrived_after_the_reading_is_no_difference(school: School) -> None:
    school.score(1, "50")
    school.deliver()
    school.read()
    school.score(1, "80")
    school.deliver()
    assert school.differences() == {}


def test_arrived_scores_are_read_back_later_once(school: School) -> None:
    for number in range(30):
        school.score(number, "50")
    begun = now()
    school.deliver()
    with Session(school.engine) as session:
        (job,) = session.scalars(select(Job).where(Job.kind == results.KIND))
        assert job.key == "1"
        assert job.due_at >= begun + results.AFTER_DELIVERIES - timedelta(seconds=1)


def test_a_teacher_asks_and_gets_what_is_fresh(school: School) -> None:
    with school.transaction() as session:
        link = session.scalars(select(ResourceLink)).one()
        assert results.ask_for_results(session, link, now())
    with school.transaction() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == results.KIND))
        assert job.due_at <= now()
        session.delete(job)
    school.read()
    with school.transaction() as session:
        link = session.scalars(select(ResourceLink)).one()
        assert results.ask_for_results(session, link, now()), "just read"
        assert not session.scalars(select(Job)).all()


@pytest.mark.parametrize("way", ["no scope", "refused", "gone"])
def test_a_gradebook_that_cannot_be_read(school: School, way: str) -> None:
    school.score(1, "50")
    school.deliver()
    if way == "refused":
        school.platform.answers["/lineitems/1/lineitem/results"].append(Answer(403))
    if way == "gone":
        del school.platform.line_items["1"]
    with school.transaction() as session:
        link = session.scalars(select(ResourceLink)).one()
        if way == "no scope":
            link.ags_scopes = [scope for scope in AGS_SCOPES if "result" not in scope]
        assert results.ask_for_results(session, link, now()) is (way != "no scope")
    assert school.read() == 0
    assert school.differences() == {}


def test_a_platform_that_is_down_is_asked_again(school: School) -> None:
    school.platform.answers["/lineitems/1/lineitem/results"].append(Answer(503))
    with pytest.raises(PlatformError) as caught:
        school.read()
    assert caught.value.retryable


@pytest.mark.parametrize("kind", PRODUCTS, ids=lambda kind: kind.product)
def test_every_product_gets_the_scores_and_loses_no_grade(
    engine: Engine, kind: type[Emulator]
) -> None:
    with running_platform(kind) as platform:
        school = School(engine, platform)
        platform.not_gradable = {"user-9"}
        platform.scores["1", "user-5"] = {"scoreGiven": 7, "scoreMaximum": 10, "timestamp": "2020"}
        assert school.start(1) is (kind is OpenEdx)
        assert school.start(5) is (kind is OpenEdx)
        school.deliver()
        assert school.held(5) == 7, "a grade that a teacher gave by hand"
        for number in (1, 2, 9):
            school.score(number, "0")
        done = school.deliver()
        refuses = kind is not OpenEdx and kind.product != "sakai"
        assert (done.delivered, done.failed) == ((2, 1) if refuses else (3, 0))
        assert school.held(1) == 0, "nothing earned is a grade"
        school.score(1, "83.33")
        assert school.deliver().delivered == 1
        assert school.held(1) == 83.33
        school.read()
        assert "user-1" not in school.differences()
        assert "DELETE" not in {request.method for request in platform.requests}


@pytest.mark.parametrize("kind", [Moodle, Canvas, OpenEdx], ids=lambda kind: kind.product)
def test_a_score_sent_twice_arrives_once(engine: Engine, kind: type[Emulator]) -> None:
    """As after a crash between the platform's answer and the row."""
    with running_platform(kind) as platform:
        school = School(engine, platform)
        school.score(1, "66.67")
        school.deliver()
        before = dict(platform.scores["1", "user-1"])
        with school.transaction() as session:
            row = session.scalars(select(ScoreDelivery)).one()
            row.state, row.tries = DeliveryState.DUE, 1
        assert school.deliver() == Round(delivered=1)
        assert platform.scores["1", "user-1"] == before


def test_canvas_is_left_alone_when_it_throttles(engine: Engine) -> None:
    with running_platform(Canvas) as platform:
        school = School(engine, platform)
        platform.allowance = 5
        for number in range(30):
            school.score(number, "50")
        assert school.deliver().delivered == 5
        asked = len(platform.requests)
        assert asked <= 5 + 2 + 2, "two at a time, and their tokens"
        platform.allowance = None
        assert school.deliver() == Round(), "it is paused"
        with school.transaction() as session:
            registration = session.scalars(select(Registration)).one()
            assert registration.paused_until is not None
            assert registration.paused_until > now() + timedelta(seconds=5)
            registration.paused_until = None
            for row in session.scalars(select(ScoreDelivery)):
                row.due_at = now()
        assert school.deliver().delivered == 25
