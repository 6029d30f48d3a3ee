"""What machines ask of the tool: whether it lives, whether it can work, how it is doing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from lti_tool.app import create_app
from lti_tool.db import writing
from lti_tool.models import db, now
from lti_tool.services import heartbeat
from lti_tool.settings import load_settings
from lti_tool.worker.loop import beat
from tests.databases import KINDS, Databases
from tests.integration.lti_tool.conftest import METRICS_TOKEN, SECRET, Campus
from tests.integration.lti_tool.test_learning import HALF, hand_in


def read_metrics(campus: Campus) -> dict[str, float]:
    """Every sample, by name and labels."""
    answer = requests.get(
        f"{campus.tool.url}/metrics",
        headers={"Authorization": f"Bearer {METRICS_TOKEN}"},
        timeout=30,
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_metrics_count_launches_requests_and_scores(campus: Campus) -> None:
    before = read_metrics(campus)

    def grown(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    learner = campus.learner("metrics-sub", name="Metrics Name", email="metrics@campus.example")
    learner.document()
    hand_in(learner, 1, HALF)
    wrong = campus.platform.claims(aud="another tool")
    assert campus.browser().launch(wrong).status_code >= 400
    learner.get("/no/such/metrics-page")
    after = read_metrics(campus)
    assert grown('lti_tool_launches_total{outcome="accepted"}') == 1
    outcomes = [n for n in after if n.startswith("lti_tool_launches_total") and grown(n)]
    assert len(outcomes) == 2, outcomes  # the other is the code of the refusal
    play = 'lti_tool_request_seconds_count{route="/play/<handle>",status="2xx"}'
    assert grown(play) == 1
    assert grown('lti_tool_request_seconds_count{route="(no route)",status="4xx"}') == 1
    assert grown('lti_tool_deliveries{state="due"}') == 1
    assert after["lti_tool_oldest_due_score_seconds"] >= 0
    assert after["lti_tool_database_up"] == 1
    text = "\n".join(after)
    for secret in ("metrics-sub", "Metrics Name", "metrics@", learner.handle, "metrics-page"):
        assert secret not in text
    # Labels of few values: routes, classes of status, codes, states.
    labels = {name for line in after for name in re.findall(r'(\w+)="', line)}
    assert labels == {"route", "status", "le", "outcome", "state"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "é"}])
def test_metrics_are_for_who_has_the_token(campus: Campus, header: dict[str, str]) -> None:
    headers = {name: value.encode() for name, value in header.items()}
    answer = requests.get(f"{campus.tool.url}/metrics", headers=headers, timeout=30)
    assert answer.status_code == 403
    assert "lti_tool_" not in answer.text


def test_ready_tells_of_the_worker(campus: Campus) -> None:
    answer = requests.get(f"{campus.tool.url}/ready", timeout=30)
    beat(campus.tool.app)
    seen = requests.get(f"{campus.tool.url}/ready", timeout=30)
    with campus.tool.app.app_context(), writing() as session:
        heartbeat.beat(session, now() - heartbeat.LATE - timedelta(minutes=1))
    late = requests.get(f"{campus.tool.url}/ready", timeout=30)
    assert [item.status_code for item in (answer, seen, late)] == [200, 200, 200]
    assert seen.json() == {
        "status": "ready",
        "checks": {"database": "ok", "tables": "ok", "courses": "ok", "worker": "ok"},
    }
    assert late.json()["checks"]["worker"] == "not seen lately"


@pytest.fixture(params=KINDS)
def empty(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> Iterator[dict[str, Any]]:
    with databases.new(request.param, empty=True) as url:
        yield {"database_url": url, "data_dir": tmp_path, "secret_key": SECRET}


def served(**settings: Any) -> Flask:
    return create_app(load_settings(log_level="error", **settings))


def test_without_tables_it_lives_but_is_not_ready(empty: dict[str, Any]) -> None:
    app = served(**empty)
    client = app.test_client()
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert answer.json["checks"]["tables"].startswith("at nothing, needed is 00")
    assert client.get("/metrics").status_code == 404  # nobody set who may read it
    with app.app_context():
        db.engine.dispose()


def test_without_a_database_it_says_so_and_nothing_more(tmp_path: Path) -> None:
    url = "postgresql+psycopg://tool:hidden-password@127.0.0.1:9/none"
    app = served(database_url=url, secret_key=SECRET, metrics_token=METRICS_TOKEN)
    client = app.test_client()
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["checks"]["database"]) == (503, "not reachable")
    assert "hidden-password" not in answer.text
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 200
    assert "lti_tool_database_up 0.0" in answer.text


def test_without_courses_it_is_not_ready(empty: dict[str, Any], tmp_path: Path) -> None:
    from lti_tool.db import upgrade_database

    (tmp_path / "none").mkdir()
    app = served(**{**empty, "courses": (tmp_path / "none",)})
    upgrade_database(app)
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.json["checks"]["courses"]) == (503, "none can be read")
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("10.1.2.3", {}, 200),
        ("10.1.2.3", {"X-Forwarded-For": "10.1.2.3"}, 403),
        ("10.1.2.3", {"Via": "1.1 proxy"}, 403),
        ("192.0.2.1", {}, 403),
        ("192.0.2.1", {"X-Forwarded-For": "10.1.2.3"}, 403),
    ],
)
def test_metrics_for_networks(
    tmp_path: Path, peer: str, headers: dict[str, str], status: int
) -> None:
    from ipaddress import ip_network

    app = served(data_dir=tmp_path, metrics_networks=(ip_network("10.0.0.0/8"),))
    answer = app.test_client().get(
        "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": peer}
    )
    assert answer.status_code == status
    with app.app_context():
        db.engine.dispose()
