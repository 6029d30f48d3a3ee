"""The strict API itself: what it must see, it sees. Otherwise its silence would prove nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.scorm_packages.lms import SCRIPTS

pytestmark = pytest.mark.browser

#: Version and calls → what the strict API says of them.
Violations = Callable[[str, object], list[str]]
#: An LMS that takes everything.
LENIENT = """([version, calls]) => {
  const inner = new Proxy({}, { get: (_, name) => (...args) => /Get/.test(name) ? '' : 'true' });
  const { api, record } = strictApi(version, inner, {}, {}, { commit() {}, ended() {} });
  for (const [name, ...args] of calls) api[name](...args);
  return record.violations;
}"""
BEGIN = {"scorm12": ["LMSInitialize", ""], "scorm2004": ["Initialize", ""]}
SET = {"scorm12": "LMSSetValue", "scorm2004": "SetValue"}
FIRST = "cmi.interactions.0."

BREACHES = [
    ("scorm12", [("cmi.suspend_data", "x" * 4097)]),
    ("scorm12", [("cmi.suspend_data", "é")]),
    ("scorm12", [("cmi.core.session_time", "00:00:01.5")]),
    ("scorm12", [("cmi.core.lesson_status", "unknown")]),
    ("scorm12", [("cmi.core.lesson_status", "passed"), ("cmi.core.lesson_status", "incomplete")]),
    ("scorm12", [("cmi.core.score.raw", "101")]),
    ("scorm12", [("cmi.core.score.raw", 50)]),
    ("scorm12", [("cmi.core.student_name", "me")]),
    ("scorm12", [("cmi.progress_measure", "1")]),
    ("scorm12", [(FIRST + "type", "choice")]),
    ("scorm12", [(FIRST + "id", "a b")]),
    ("scorm12", [(FIRST + "id", "a"), (FIRST + "student_response", "a")]),
    ("scorm12", [("cmi.interactions.1.id", "a")]),
    ("scorm12", [(FIRST + "id", "a"), (FIRST + "type", "choice"), (FIRST + "result", "incorrect")]),
    (
        "scorm12",
        [(FIRST + "id", "a"), (FIRST + "type", "choice"), (FIRST + "student_response", "ab")],
    ),
    ("scorm2004", [("cmi.suspend_data", "x" * 64001)]),
    ("scorm2004", [("cmi.session_time", "PT1.123S")]),
    ("scorm2004", [("cmi.session_time", "00:00:01")]),
    ("scorm2004", [("cmi.score.scaled", "1.1")]),
    ("scorm2004", [("cmi.completion_status", "passed")]),
    ("scorm2004", [("cmi.success_status", "passed"), ("cmi.success_status", "unknown")]),
    ("scorm2004", [(FIRST + "id", "a"), (FIRST + "timestamp", "2026-01-01T10:00:00Z")]),
    ("scorm2004", [(FIRST + "id", "a"), (FIRST + "type", "choice"), (FIRST + "result", "wrong")]),
    (
        "scorm2004",
        [(FIRST + "id", "a"), (FIRST + "type", "choice"), (FIRST + "learner_response", "a-b")],
    ),
    ("scorm2004", [("cmi.objectives.0.id", "a"), ("cmi.objectives.1.id", "a")]),
]


@pytest.fixture
def violations(context: BrowserContext) -> Violations:
    page = context.new_page()
    page.add_script_tag(path=SCRIPTS["/strict_api.js"])
    return lambda version, calls: page.evaluate(LENIENT, [version, calls])


def test_each_breach_is_seen_and_nothing_else(violations: Violations) -> None:
    for version, values in BREACHES:
        calls = [[SET[version], element, value] for element, value in values]
        assert len(violations(version, [BEGIN[version], *calls])) == 1, (version, values)
        assert violations(version, [BEGIN[version], *calls[:-1]]) == [], (version, values[:-1])


@pytest.mark.parametrize(
    "calls",
    [
        [["LMSSetValue", "cmi.suspend_data", "x"]],
        [["LMSInitialize", ""], ["LMSInitialize", ""]],
        [["LMSInitialize", ""], ["LMSFinish", ""], ["LMSCommit", ""]],
        [["LMSInitialize", ""], ["LMSFinish", ""], ["LMSFinish", ""]],
        [["LMSInitialize", "now"]],
        [["LMSInitialize", ""], ["LMSGetValue", "cmi.core.exit"]],
        [["LMSInitialize", ""], ["LMSGetValue", "cmi.location"]],
    ],
)
def test_calls_out_of_turn_are_seen(violations: Violations, calls: object) -> None:
    assert len(violations("scorm12", calls)) == 1
