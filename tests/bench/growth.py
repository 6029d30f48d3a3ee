"""What a launch, a hand-in and the teacher's page cost as the database grows: they should not."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.bench.launches import served
from tests.conformance.browsing import Browser
from tests.conformance.platform import INSTRUCTOR, LEARNER, Platform, running_platform

COURSE = {"course": "sse-management", "unit": "a1"}
#: Learners in each course of the bulk, and attempts of each.
LEARNERS, ATTEMPTS = 100, 2
ROUNDS = 30


def table(sizes: tuple[int, ...] = (1_000, 1_000_000)) -> str:
    lines = [
        "| attempts in the database | launch ms | hand-in ms | teacher's page ms |",
        "|---|---|---|---|",
    ]
    found = [_measure(size) for size in sizes]
    for size, row in zip(sizes, found, strict=True):
        lines.append(f"| {size:,} | {row[0]:.1f} | {row[1]:.1f} | {row[2]:.1f} |")
    last, first = found[-1], found[0]
    ratios = " | ".join(f"{b / a:.2f}" for a, b in zip(first, last, strict=True))
    return "\n".join([*lines, f"| ratio | {ratios} |"])


def _measure(attempts: int) -> tuple[float, float, float]:
    """Medians, in milliseconds, of one browser that asks one thing after the other."""
    with (
        running_platform() as platform,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        served("tool", platform, Path(folder), None) as (port, _),
    ):
        base = f"http://127.0.0.1:{port}"
        teacher = Browser(base, "bench", platform)
        page = _launch(teacher, platform, "teacher", INSTRUCTOR)
        _fill(Path(folder) / "lti-tool.sqlite3", attempts)
        learners = [Browser(base, "bench", platform) for _ in range(ROUNDS)]
        places: list[str] = []

        def arrive(number: int) -> None:
            places.append(_launch(learners[number], platform, f"learner-{number}", LEARNER))

        def hand_in(number: int) -> None:
            handle = places[number].rpartition("/")[2]
            answer = learners[number].request(
                "POST",
                "/api/units/a1/hand-in",
                json={"number": 1, "answers": {}},
                headers={"Authorization": f"Bearer {handle}"},
            )
            assert answer.status_code == 200, answer.text

        def look(_: int) -> None:
            assert teacher.request("GET", page).status_code == 200

        return _median(arrive), _median(hand_in), _median(look)


def _launch(browser: Browser, platform: Platform, user: str, role: str) -> str:
    answer = browser.launch(platform.claims(sub=user, roles=[role], custom=COURSE))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def _median(act: Callable[[int], None]) -> float:
    times = []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        act(number)
        times.append(time.perf_counter() - begun)
    return median(times) * 1000


def _fill(path: Path, attempts: int) -> None:
    """Other courses of the same platform, each with its learners and their attempts and scores."""
    database = sqlite3.connect(path, timeout=60)
    people = attempts // ATTEMPTS
    courses = max(people // LEARNERS, 1)
    values = {"people": people, "courses": courses, "attempts": ATTEMPTS, "now": "2026-01-01"}
    with database:
        for statement in _ROWS:
            database.execute(_COUNT + statement, values)
    database.execute("ANALYZE")
    database.close()


_COUNT = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    " WHERE i < max(:people, :courses)) "
)
_ROWS = (
    """INSERT INTO unit_versions (digest, course_id, unit_id, snapshot, created_at)
       SELECT 'bulk', 'sse-management', 'a1', '{}', :now FROM n LIMIT 1""",
    """INSERT INTO users (id, registration_id, sub, created_at)
       SELECT 1000 + i, 1, 'bulk-' || i, :now FROM n WHERE i <= :people""",
    """INSERT INTO contexts (id, deployment_pk, context_id)
       SELECT 1000 + i, 1, 'bulk-' || i FROM n WHERE i <= :courses""",
    """INSERT INTO resource_links
         (id, context_pk, resource_link_id, course_id, unit_id, ags_scopes, part, options,
          created_at)
       SELECT 1000 + i, 1000 + i, 'link', 'sse-management', 'a1', '[]', 'unit', '{}', :now
       FROM n WHERE i <= :courses""",
    """INSERT INTO enrolments (context_pk, user_id, is_instructor, last_launch_at)
       SELECT 1001 + (i - 1) % :courses, 1000 + i, 0, :now FROM n WHERE i <= :people""",
    """INSERT INTO unit_progress
         (id, user_id, link_pk, page, seen, started_at, updated_at, extra_attempts)
       SELECT 1000 + i, 1000 + i, 1001 + (i - 1) % :courses, NULL, '[]', :now, :now, 0
       FROM n WHERE i <= :people""",
    """INSERT INTO attempts
         (progress_pk, number, version_digest, language, answers, earned, possible, value,
          started_at, handed_in_at)
       SELECT 1000 + i, k, 'bulk', 'en', '{}', '5', '10', '50.00', :now, :now
       FROM n, (SELECT 1 AS k UNION SELECT 2) WHERE i <= :people AND k <= :attempts""",
    """INSERT INTO score_deliveries
         (registration_id, user_id, link_pk, value, completed, timestamp, submitted_at, state,
          tries, due_at, created_at)
       SELECT 1, 1000 + i, 1001 + (i - 1) % :courses, '50.00', 1, :now, :now, 'delivered', 1,
              :now, :now
       FROM n WHERE i <= :people""",
)
