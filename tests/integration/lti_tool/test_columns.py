"""One gradebook column for a link, however many workers need it at once; on both databases, and
with a platform on real HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_network

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from lti_tool.lti.keys import Signer
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import (
    Context,
    DeliveryState,
    Deployment,
    Registration,
    ResourceLink,
    ScoreDelivery,
    User,
    now,
)
from lti_tool.outbound import Outbound
from lti_tool.services.deliveries import (
    Transaction,
    columns,
    deliver_platform,
    sending,
    write_delivery,
)
from tests.conformance.emulators import Moodle
from tests.conformance.platform import AGS_SCOPES, Answer, Request, rsa_key, running_platform
from tests.databases import KINDS, Databases, engine_of

WORKERS = 50


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    with databases.new(request.param) as url:
        yield url


@pytest.fixture
def platform() -> Iterator[Moodle]:
    with running_platform(Moodle) as platform:
        yield platform


class Office:
    """Fifty learners of one link, a score of each, and workers on engines of their own."""

    def __init__(self, url: str, platform: Moodle) -> None:
        self.url, self.platform = url, platform
        outbound = Outbound((ip_network("127.0.0.0/8"),))
        self.tokens = ServiceTokens(outbound, lambda: Signer("tool-key", rsa_key("tool")))

    def prepare(self, line_item: str | None = None, part: str = "unit") -> None:
        names = {
            "auth_url": f"{self.platform.url}/auth",
            "token_url": f"{self.platform.url}/token",
            "jwks_url": f"{self.platform.url}/jwks",
        }
        registration = Registration(
            public_id="p",
            name="n",
            issuer=self.platform.issuer,
            client_id="c",
            product="moodle",
            **names,
        )
        link = ResourceLink(
            context=Context(
                deployment=Deployment(registration=registration, deployment_id="d"), context_id="k"
            ),
            resource_link_id="link-1",
            title="What makes it SSE?",
            course_id="small",
            unit_id="first",
            part=part,
            line_item_url=line_item,
            line_items_url=f"{self.platform.url}/lineitems?type_id=1",
            ags_scopes=AGS_SCOPES,
        )
        people = [User(registration=registration, sub=f"user-{n}") for n in range(WORKERS)]
        with self.engine() as engine, Session(engine) as session:
            session.add_all([link, *people])
            session.flush()
            for person in people:
                write_delivery(session, person, link, Decimal(50), True, now())
            session.commit()

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """One that has a connection for each worker, so that they really are at it at once."""
        with engine_of(self.url, connections=WORKERS // 2) as engine:
            yield engine

    def transactions(self, engine: Engine) -> Transaction:
        @contextmanager
        def transaction() -> Iterator[Session]:
            with Session(engine) as session:
                session.connection(execution_options={"writes": True})
                yield session
                session.commit()

        return transaction

    def deliver_all(self) -> None:
        """Workers at once, each with one score after the other, half of them on another engine:
        as two processes on one database."""
        start = threading.Barrier(WORKERS)
        with self.engine() as one, self.engine() as other:

            def work(number: int) -> None:
                transaction = self.transactions(one if number % 2 else other)
                start.wait(240)
                while self._waiting(one):
                    if not deliver_platform(transaction, self.tokens, now, 1, share=1).delivered:
                        time.sleep(0.2)

            with ThreadPoolExecutor(WORKERS) as pool:
                list(pool.map(work, range(WORKERS)))

    def _waiting(self, engine: Engine) -> int:
        with Session(engine) as session:
            due = select(func.count()).where(ScoreDelivery.state == DeliveryState.DUE)
            return int(session.scalar(due) or 0)

    def states(self) -> set[str]:
        with self.engine() as engine, Session(engine) as session:
            return set(session.scalars(select(ScoreDelivery.state)))

    def tries(self) -> set[int]:
        with self.engine() as engine, Session(engine) as session:
            return set(session.scalars(select(ScoreDelivery.tries)))

    def line_item(self) -> str | None:
        with self.engine() as engine, Session(engine) as session:
            return session.scalars(select(ResourceLink.line_item_url)).one()

    def made(self) -> int:
        return sum(request.method == "POST" for request in self.platform.asked("/lineitems"))


@pytest.fixture
def office(url: str, platform: Moodle, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(sending, "COLUMN_WAIT", timedelta(milliseconds=50))
    return Office(url, platform)


def everything_arrived(office: Office) -> None:
    assert office.states() == {DeliveryState.DELIVERED}
    assert {user for _, user in office.platform.scores} == {f"user-{n}" for n in range(WORKERS)}
    assert "DELETE" not in {request.method for request in office.platform.requests}


def test_fifty_workers_make_one_column(office: Office) -> None:
    office.prepare()
    office.deliver_all()
    everything_arrived(office)
    assert office.made() == 1
    assert len(office.platform.line_items) == 1
    assert office.tries() == {1}, "waiting for the column is no try"


@pytest.mark.parametrize(
    ("part", "resource_id"), [("unit", "small/first"), ("quiz", "small/first/quiz")]
)
def test_a_unit_and_its_quiz_alone_have_columns_of_their_own(
    office: Office, part: str, resource_id: str
) -> None:
    for number, other in (("7", "small/first"), ("8", "small/first/quiz")):
        address = f"{office.platform.url}/lineitems/{number}/lineitem?type_id=1"
        of_another_link = {"id": address, "resourceLinkId": "link-2", "resourceId": other}
        office.platform.line_items[number] = of_another_link
    office.prepare(part=part)
    office.deliver_all()
    everything_arrived(office)
    (made,) = (item for key, item in office.platform.line_items.items() if key not in ("7", "8"))
    assert (made["resourceLinkId"], made["resourceId"]) == ("link-1", resource_id)


def test_a_column_that_was_deleted_is_made_once_more(office: Office) -> None:
    office.prepare(f"{office.platform.url}/lineitems/9/lineitem?type_id=1")
    office.deliver_all()
    everything_arrived(office)
    assert office.made() == 1
    assert office.line_item() == office.platform.line_items["1"]["id"]


def test_a_column_that_was_replaced_is_found(office: Office) -> None:
    """Behind a full page of others', of the same link that with our resource id."""
    for number in range(1, 71):
        item = {"id": f"{office.platform.url}/lineitems/{number}/lineitem?type_id=1"}
        ours = {"resourceLinkId": "link-1", "resourceId": "small/first" if number == 70 else "x"}
        office.platform.line_items[str(number)] = {**item, **ours}
    office.prepare(f"{office.platform.url}/lineitems/99/lineitem?type_id=1")
    office.deliver_all()
    everything_arrived(office)
    assert office.made() == 0
    assert office.line_item() == office.platform.line_items["70"]["id"]


def test_a_worker_that_died_while_it_made_the_column_leaves_no_second(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the platform's answer and the row: whoever comes next finds it."""
    office.prepare()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(columns, "_let_go", die)
        with office.engine() as engine, pytest.raises(KeyboardInterrupt):
            deliver_platform(office.transactions(engine), office.tokens, now, 1, share=1)
    assert office.made() == 1
    with office.engine() as engine, Session(engine) as session:
        session.scalars(select(ResourceLink)).one().line_item_locked_until = now()
        locked = select(ScoreDelivery).where(ScoreDelivery.locked_until.is_not(None))
        session.scalars(locked).one().locked_until = now()
        session.commit()
    office.deliver_all()
    everything_arrived(office)
    assert office.made() == 1


def test_a_user_whom_the_platform_does_not_know_is_final_and_alone(office: Office) -> None:
    office.platform.line_items["1"] = {
        "id": f"{office.platform.url}/lineitems/1/lineitem?type_id=1",
        "resourceLinkId": "link-1",
    }
    office.prepare(office.platform.line_items["1"]["id"])
    usual = office.platform._score

    def score(number: str, request: Request) -> Answer:
        unknown = request.json["userId"] == "user-7"
        return Answer(404, b"no such user") if unknown else usual(number, request)

    office.platform._score = score  # type: ignore[method-assign]
    office.deliver_all()
    assert office.states() == {DeliveryState.DELIVERED, DeliveryState.FAILED}
    assert len(office.platform.scores) == WORKERS - 1
    assert office.made() == 0
