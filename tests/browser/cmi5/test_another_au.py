"""An AU that we did not write, made with xAPI.js's cmi5 library, before the LMS of these tests.

What it says is without fault there, so that the faults which that LMS finds are faults; and ours
says the same of a session.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from content.model import Unit
from tests.browser.cmi5.conftest import Begin
from tests.scorm_packages.lrs import Cmi5Launch, Cmi5Lms
from tests.scorm_packages.playing import right_answers
from tests.scorm_packages.statement_rules import DEFINED, is_defined, verb_of

pytestmark = pytest.mark.browser
LIBRARY = Path(__file__).parents[2] / "node" / "node_modules" / "@xapi" / "cmi5" / "dist"
#: A session from its first word to its last; the score is that of a learner without a slip.
SESSION = """async () => {
  const au = new Cmi5();
  await au.initialize();
  await au.interactionChoice('quiz', 'votes', ['one'], ['one'],
    [{id: 'one', description: {en: 'One'}}, {id: 'ten', description: {en: 'Ten'}}]);
  await au.complete();
  await au.pass(1);
  await au.terminate();
}"""


def shapes(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each statement that cmi5 defines: all that does not depend on who says it when."""
    return {
        verb_of(one): {
            "members": sorted(one.keys() - {"version"}),
            "actor": one["actor"],
            "result": {key: one["result"][key] for key in one["result"] if key != "duration"}
            if "result" in one
            else {},
            "has duration": "duration" in one.get("result", {}),
            "extensions": {
                key: value
                for key, value in one["context"]["extensions"].items()
                if not key.endswith("sessionid")
            },
            "categories": sorted(
                each["id"] for each in one["context"]["contextActivities"]["category"]
            ),
        }
        for one in statements
        if is_defined(one)
    }


def test_another_au_is_without_fault_and_ours_says_the_same(
    lms: Cmi5Lms, context: BrowserContext, begin: Begin, unit: Unit, tmp_path: Path
) -> None:
    site = tmp_path / "other"
    site.mkdir()
    shutil.copy(LIBRARY / "Cmi5.umd.js", site / "cmi5.js")
    (site / "index.html").write_text(
        "<!doctype html><html lang='en'><title>Another</title><script src='cmi5.js'></script>"
    )
    lms.upload("other", site)
    launch = Cmi5Launch("unit", mastery=0.7)
    another = "00000000-0000-4000-8000-000000000002"
    page = lms.open(context, replace(launch, package="other", registration=another))
    page.evaluate(SESSION)
    assert lms.verbs() == ["initialized", "answered", "completed", "passed", "terminated"]
    assert lms.violations == []
    theirs = shapes(lms.sessions[-1].facts.statements)
    page.close()

    page = lms.open(context, launch)
    learner = begin(page)
    learner.read_on(to="quiz")
    learner.answer_quiz(right_answers(unit))
    learner.hand_in()
    lms.wait_for("passed")
    lms.leave(page)
    assert lms.violations == []
    assert theirs.keys() == {*DEFINED} - {"failed"}
    assert shapes(lms.sessions[-1].facts.statements) == theirs
