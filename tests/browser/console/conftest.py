"""The console with something in every table, and an operator's browser at it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session
from waitress.server import create_server

from lti_tool.app import create_app
from lti_tool.db import upgrade_database, writing
from lti_tool.models import (
    AuditEntry,
    Context,
    DataRequest,
    DeliveryState,
    Deployment,
    Enrolment,
    Job,
    JobState,
    LaunchRefusal,
    Registration,
    RegistrationStatus,
    ResourceLink,
    ScoreDelivery,
    User,
    db,
    now,
)
from lti_tool.settings import load_settings
from lti_tool.web.admin import console_of
from tests.console import COOKIE, Operator

Visit = Callable[..., Page]


def furnish(session: Session) -> None:
    """Three platforms: one at work with scores that wait and failed, one pending, one suspended
    whose clock is off; refusals, jobs, requests."""
    moment = now()
    names = (
        "Université de Tunis",
        "Campus du Lac, avec un nom qui n'en finit pas",
        "أكاديمية التعاون",
    )
    states = (RegistrationStatus.ACTIVE, RegistrationStatus.PENDING, RegistrationStatus.SUSPENDED)
    for number, (name, status) in enumerate(zip(names, states, strict=True), 1):
        host = f"https://lms{number}.campus.example"
        row = Registration(
            public_id=f"{number:016x}",
            name=name,
            issuer=host,
            client_id=f"client-{number}",
            auth_url=f"{host}/mod/lti/auth.php",
            token_url=f"{host}/mod/lti/token.php",
            jwks_url=f"{host}/mod/lti/certs.php",
            product=("moodle", "canvas", "")[number - 1],
            status=status,
            skew_seconds=(0.2, None, -48.0)[number - 1],
            skew_at=moment,
        )
        row.deployments = [
            Deployment(deployment_id="1", status=status),
            Deployment(deployment_id="a1b2-c3d4-e5f6", status=RegistrationStatus.PENDING),
        ]
        session.add(row)
    session.flush()
    user = User(registration_id=1, sub="user-7")
    course = Context(deployment_pk=1, context_id="c", title="Économie sociale et solidaire")
    session.add_all([user, course])
    session.flush()
    link = ResourceLink(context_pk=course.id, resource_link_id="l", title="What makes it SSE?")
    session.add_all([link, Enrolment(context_pk=course.id, user_id=user.id, last_launch_at=moment)])
    session.flush()
    errors = (None, "outbound.tls-failed: lms1.campus.example has no valid certificate", "x: y")
    for number, error in enumerate(errors):
        state = DeliveryState.FAILED if error else DeliveryState.DUE
        session.add(
            ScoreDelivery(
                registration_id=1,
                user_id=user.id,
                link_pk=link.id,
                value="87.50",
                timestamp=moment.replace(microsecond=0) + timedelta(seconds=number),
                submitted_at=moment,
                state=state,
                tries=number * 7,
                due_at=moment,
                last_error=error,
            )
        )
    session.add(
        Job(
            kind="roster",
            key="1",
            registration_id=1,
            state=JobState.FAILED,
            last_error="service.refused-403: no",
        )
    )
    for code in ("launch.cookie-missing", "token.expired", "token.expired", "registration.pending"):
        session.add(LaunchRefusal(registration_id=1 + (code == "token.expired"), code=code))
    session.add(LaunchRefusal(code="login.issuer-unknown", detail="https://other.example"))
    session.add(DataRequest(registration_id=1, user_number=7, kind="erasure", asked_by="learner"))
    session.add(
        AuditEntry(
            actor="ops@campus.example",
            action="registration.renamed",
            subject="registration 1 (Tunis)",
            detail={"before": "lms1.campus.example"},
        )
    )


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """Signed in, by HTTP, at a console of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    folder: Path = tmp_path_factory.mktemp("console")
    app = create_app(load_settings(public_url=url, data_dir=folder, log_level="error"))
    upgrade_database(app)
    with app.app_context(), writing() as session:
        furnish(session)
    server = create_server(app, sockets=[listener], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Operator(app, url).signed_in()
    server.close()
    thread.join(10)
    for one in (app, console_of(app)):
        with one.app_context():
            db.engine.dispose()


@pytest.fixture
def visit(chromium: Browser, operator: Operator) -> Iterator[Visit]:
    """Opens a page of the console, signed in unless ``signed_in`` is False."""
    contexts = []

    def open_page(
        path: str,
        language: str = "en",
        width: int = 1280,
        scheme: str = "light",
        signed_in: bool = True,
    ) -> Page:
        context = chromium.new_context(
            locale=language,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        if signed_in:
            assert operator.cookie
            context.add_cookies(
                [
                    {
                        "name": COOKIE,
                        "value": operator.cookie,
                        "domain": "127.0.0.1",
                        "path": "/admin",
                        "secure": True,
                        "httpOnly": True,
                    }
                ]
            )
        page = context.new_page()
        page.goto(f"{operator.url}/admin{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
