"""``lti-tool scores`` on rows that wait and that failed, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from lti_tool.db import writing
from lti_tool.models import DeliveryState, Registration, ScoreDelivery, db
from lti_tool.tool import tool_of
from lti_tool.worker.loop import deliver
from tests.conformance.platform import Answer
from tests.integration.lti_tool.conftest import SECRET, Campus

LTI_TOOL = Path(sys.executable).parent / "lti-tool"
RIGHT = {"number": 1, "answers": {"q1": "a", "q2": "a"}}


def scores(campus: Campus, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = tool_of(campus.tool.app).settings
    environment = {
        **os.environ,
        "LTI_TOOL_DATABASE_URL": settings.database_url,
        "LTI_TOOL_DATA_DIR": str(settings.data_dir),
        "LTI_TOOL_SECRET_KEY": SECRET,
        "LTI_TOOL_LOG_LEVEL": "error",
    }
    return subprocess.run(
        [LTI_TOOL, "scores", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def listed(campus: Campus, *arguments: str) -> list[dict[str, Any]]:
    """Those of this test's platform."""
    done = scores(campus, "list", "--json", "--limit", "1000", *arguments)
    assert done.returncode == 0, done.stderr
    with campus.tool.app.app_context():
        own = db.session.scalar(
            select(Registration.id).where(Registration.public_id == campus.public_id)
        )
    return [item for item in json.loads(done.stdout) if item["registration"] == own]


@pytest.fixture
def open_scores(campus: Campus) -> dict[str, int]:
    """One that was given up, one that waits, one that arrived. What other tests left due in the
    database that they share is not sent meanwhile."""
    with campus.tool.app.app_context(), writing() as session:
        due = ScoreDelivery.state == DeliveryState.DUE
        session.execute(update(ScoreDelivery).where(due).values(state=DeliveryState.SUPERSEDED))
    numbers = {}
    for name, status in (("failed", 403), ("waiting", 503), ("arrived", 200)):
        learner = campus.learner(f"{name}-1")
        if status != 200:
            campus.platform.answers["/lineitems/1/lineitem/scores"].append(Answer(status))
        assert learner.api("POST", "/units/first/hand-in", RIGHT).status_code == 200
        assert deliver(campus.tool.app).total == 1
        with campus.tool.app.app_context():
            last = select(ScoreDelivery.id).order_by(ScoreDelivery.id.desc()).limit(1)
            numbers[name] = db.session.scalars(last).one()
    return numbers


def test_the_list_shows_what_is_open_with_its_cause(
    campus: Campus, open_scores: dict[str, int]
) -> None:
    found = {item["id"]: item for item in listed(campus)}
    assert set(found) == {open_scores["failed"], open_scores["waiting"]}
    failed, waiting = found[open_scores["failed"]], found[open_scores["waiting"]]
    assert (failed["state"], failed["next_try"]) == ("failed", None)
    assert (waiting["state"], waiting["tries"], waiting["score"]) == ("waiting", 1, "100.00")
    assert failed["error"].startswith("service.")
    assert waiting["error"].startswith("service.")
    assert waiting["next_try"]
    assert [item["id"] for item in listed(campus, "--failed")] == [open_scores["failed"]]
    assert [item["id"] for item in listed(campus, "--waiting")] == [open_scores["waiting"]]
    plain = scores(campus, "list", "--limit", "1000").stdout
    assert f"{open_scores['failed']:>6}  failed " in plain
    assert "given up" in plain
    assert "Amina" not in plain
    assert "failed-1" not in plain


def test_scores_are_sent_again_by_number(campus: Campus, open_scores: dict[str, int]) -> None:
    numbers = [open_scores[name] for name in ("failed", "arrived")]
    done = scores(campus, "send-again", *map(str, numbers), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"sent_again": [numbers[0]], "not_open": [numbers[1]]}
    assert f"No score that waits or failed has the number {numbers[1]}." in done.stderr
    assert deliver(campus.tool.app).delivered == 1
    assert campus.platform.scores["1", "failed-1"]["scoreGiven"] == 100
    assert ("1", "waiting-1") not in campus.platform.scores
    done = scores(campus, "send-again", str(open_scores["waiting"]))
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 scores are due now" in done.stderr
    assert deliver(campus.tool.app).delivered == 1
    assert listed(campus) == []


def test_all_scores_are_sent_again(campus: Campus, open_scores: dict[str, int]) -> None:
    done = scores(campus, "send-again", "--all", "--json")
    assert done.returncode == 0, done.stderr
    sent = json.loads(done.stdout)
    assert {open_scores["failed"], open_scores["waiting"]} <= set(sent["sent_again"])
    assert open_scores["arrived"] not in sent["sent_again"]
    assert sent["not_open"] == []
    assert deliver(campus.tool.app).delivered == 2
    assert listed(campus) == []
    posts = campus.platform.asked("/lineitems/1/lineitem/scores")
    for name in ("failed-1", "waiting-1"):
        # The same score with the same time, not a new one.
        said = [request.body for request in posts if request.json["userId"] == name]
        assert len(said) == 2
        assert len(set(said)) == 1


def test_a_score_that_is_not_there(campus: Campus) -> None:
    gone = scores(campus, "send-again", "987654")
    assert (gone.returncode, gone.stdout) == (1, "")
    assert gone.stderr == "lti-tool: No score that waits or failed has the number 987654.\n"


@pytest.mark.parametrize("arguments", [(), ("--all", "1"), ("one",)])
def test_wrong_calls(campus: Campus, arguments: tuple[str, ...]) -> None:
    assert scores(campus, "send-again", *arguments).returncode == 2


def test_a_unit_without_a_quiz_is_told_once_when_all_of_it_was_seen(
    campus: Campus, course: Path
) -> None:
    questions = course / "units" / "01-first" / "questions.yaml"
    text = questions.read_text(encoding="utf-8")
    questions.write_text(text[text.index("checks:") :], encoding="utf-8")
    learner = campus.learner("reader-1")
    put = {"page": "one", "seen": ["one"]}
    assert learner.api("PUT", "/units/first/progress", put).status_code == 200
    assert deliver(campus.tool.app).total == 0
    for _ in range(2):
        put = {"page": "two", "seen": ["one", "two"]}
        assert learner.api("PUT", "/units/first/progress", put).status_code == 200
        deliver(campus.tool.app)
    campus.learner("reader-1").api("PUT", "/units/first/progress", put)
    assert deliver(campus.tool.app).total == 0
    (post,) = campus.platform.asked("/lineitems/1/lineitem/scores")
    assert (post.json["scoreGiven"], post.json["scoreMaximum"]) == (100, 100)
    assert post.json["activityProgress"] == "Completed"
    assert post.json["gradingProgress"] == "FullyGraded"
