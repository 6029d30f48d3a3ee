"""What the doctor says of the tool at work: each finding brought about, and taken away again."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool import doctor_operation
from lti_tool.doctor_operation import at_work, broker, certificate, disk, kept, open_metrics
from lti_tool.findings import Finding
from lti_tool.models import (
    Context,
    Deployment,
    Job,
    Registration,
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.services import heartbeat
from lti_tool.settings import load_settings
from tests.certificates import make_certificate

NOW = datetime.now(UTC)


def levels(found: Iterator[Finding]) -> dict[str, str]:
    return {item.check: item.level for item in found}


@contextmanager
def secured(folder: Path, days: int, name: str = "localhost") -> Iterator[tuple[str, Path]]:
    """A server with a certificate that ends in so many days; its URL and its authority's file."""
    file = make_certificate(folder, days, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            plain, _ = listener.accept()
            with plain, context.wrap_socket(plain, server_side=True) as stream:
                stream.recv(1)
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://localhost:{listener.getsockname()[1]}", file
    listener.close()
    thread.join(10)


@pytest.mark.parametrize(
    ("days", "name", "level", "said"),
    [
        (60, "localhost", "ok", "good until"),
        (7, "localhost", "problem", "ends "),
        (-2, "localhost", "problem", "expired"),
        (60, "elsewhere.example", "problem", "will not trust it"),
    ],
)
def test_the_certificate(tmp_path: Path, days: int, name: str, level: str, said: str) -> None:
    with secured(tmp_path, days, name) as (url, authority):
        settings = load_settings(public_url=url, data_dir=tmp_path, ca_bundle=authority)
        found = list(certificate(settings, NOW))
    assert [(item.check, item.level) for item in found] == [("certificate", level)]
    assert said in found[0].message.lower()


def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    with secured(tmp_path, 60) as (url, _):
        found = list(certificate(load_settings(public_url=url, data_dir=tmp_path), NOW))
    assert [item.level for item in found] == ["problem"]


def test_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(data_dir=tmp_path)
    monkeypatch.setattr(doctor_operation, "LITTLE_DISK", 0)
    assert levels(disk(settings)) == {"disk": "ok"}
    monkeypatch.setattr(doctor_operation, "LITTLE_DISK", float("inf"))
    assert levels(disk(settings)) == {"disk": "problem"}


def test_who_may_read_the_metrics(tmp_path: Path) -> None:
    def said(*networks: str) -> dict[str, str]:
        given = tuple(ip_network(network) for network in networks)
        return levels(open_metrics(load_settings(data_dir=tmp_path, metrics_networks=given)))

    assert said() == {}
    assert said("10.0.0.0/8") == {"metrics": "ok"}
    assert said("10.0.0.0/8", "::/0") == {"metrics": "problem"}


def test_a_broker_that_cannot_be_used(tmp_path: Path) -> None:
    def said(url: str, **values: str) -> str:
        (found,) = broker(
            load_settings(data_dir=tmp_path, secret_key="x" * 32, broker_url=url, **values)
        )
        assert (found.check, found.level) == ("broker", "problem")
        return found.message

    assert list(broker(load_settings(data_dir=tmp_path))) == []
    assert "SQLite is for one" in said("redis://localhost/0")
    database = {"database_url": "postgresql://x:y@127.0.0.1:1/z"}
    for kind in ("redis", "amqp"):
        message = said(f"{kind}://tool:hidden@127.0.0.1:1/0", **database)
        assert "cannot be reached" in message
        assert "hidden" not in message


def test_what_is_kept(tmp_path: Path) -> None:
    (usual,) = kept(load_settings(data_dir=tmp_path))
    assert "people for good" in usual.message
    (strict,) = kept(load_settings(data_dir=tmp_path, forget_people_months=6, keep_audit_days=0))
    assert "people 6 months after" in strict.message
    assert "audit log for good" in strict.message


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        urls = dict.fromkeys(("auth_url", "token_url", "jwks_url"), "https://lms.example/x")
        row = Registration(public_id="p", name="Campus", issuer="i", client_id="c", **urls)
        session.add(row)
        session.flush()
        deployment = Deployment(registration_id=row.id, deployment_id="d")
        session.add_all([deployment, User(registration_id=row.id, sub="u")])
        session.flush()
        context = Context(deployment_pk=deployment.id, context_id="c")
        session.add(context)
        session.flush()
        session.add(ResourceLink(context_pk=context.id, resource_link_id="l"))
        session.flush()
        yield session


def delivery(session: Session, state: str, age: timedelta, number: int) -> None:
    moment = NOW - age
    session.add(
        ScoreDelivery(
            registration_id=1,
            user_id=1,
            link_pk=1,
            value="50.00",
            state=state,
            timestamp=moment.replace(microsecond=0) + timedelta(seconds=number),
            submitted_at=moment,
            created_at=moment,
        )
    )
    session.flush()


def test_a_tool_that_is_well(session: Session) -> None:
    heartbeat.beat(session, NOW)
    delivery(session, "delivered", timedelta(days=2), 1)
    delivery(session, "due", timedelta(minutes=5), 2)
    found = list(at_work(session, NOW))
    assert {item.level for item in found} == {"ok"}
    assert "1 delivered, 1 on their way" in {item.message for item in found}


def test_the_worker(session: Session) -> None:
    assert levels(at_work(session, NOW))["worker"] == "advice"  # a tool that was just set up
    heartbeat.beat(session, NOW - timedelta(hours=1))
    assert levels(at_work(session, NOW))["worker"] == "problem"
    heartbeat.beat(session, NOW)
    assert levels(at_work(session, NOW))["worker"] == "ok"


def test_scores_that_wait_and_that_failed(session: Session) -> None:
    delivery(session, "due", timedelta(hours=2), 1)
    assert levels(at_work(session, NOW))["scores"] == "problem"
    delivery(session, "failed", timedelta(hours=2), 2)
    said = [item.message for item in at_work(session, NOW) if item.check == "scores"]
    assert [text.split(",")[0] for text in said] == ["1 did not reach an LMS", "1 wait"]


def test_jobs_that_failed(session: Session) -> None:
    assert "jobs" not in levels(at_work(session, NOW))
    session.add(Job(kind="roster", key="1", state="failed"))
    session.flush()
    assert levels(at_work(session, NOW))["jobs"] == "advice"
