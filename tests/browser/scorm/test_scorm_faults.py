"""A package in an LMS that is missing, or that sees the learner again after an update.

The rest of what goes wrong, in every medium: tests/browser/faults.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from content.model import Course, ShortText, Unit
from tests.learner import Learner
from tests.scorm_packages.lms import Launch, Lms
from tests.scorm_packages.playing import clean, right_answers, started

pytestmark = pytest.mark.browser
Packaged = Callable[[Course], Path]

#: What does not hang on the dialect is tried in one; what does, in both.
both = pytest.mark.parametrize("version", ["scorm12", "scorm2004"], indirect=True)


@pytest.fixture(params=["scorm12"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def notices(learner: Learner) -> str:
    return learner.place.locator("#notices").inner_text()


@pytest.mark.parametrize("faults", [None, {"Initialize": "false"}], ids=["no-api", "no-start"])
def test_without_an_lms_it_plays_for_as_long_as_the_tab_lives_and_says_so(
    lms: Lms,
    context: BrowserContext,
    version: str,
    unit: Unit,
    faults: dict[str, Any] | None,
) -> None:
    """Nobody is named: the next person at the computer must not see it."""
    launch = Launch("unit", version, api=faults is not None, faults=faults or {})
    session = lms.open(context, launch)
    learner = started(session, unit)
    assert learner.words("notice.no-lms") in notices(learner)
    learner.read_on(to="quiz")
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100
    session.page.reload()
    learner = started(session, unit)
    assert learner.where == "result"
    assert learner.score() == 100
    assert session.errors == []
    kept = "Object.entries(localStorage).filter(([key]) => key.startsWith('sse:small'))"
    assert session.page.evaluate(kept) == []
    session.page.close()
    session = lms.open(context, launch)
    assert started(session, unit).where == unit.pages[0].id


def test_an_api_beyond_a_foreign_window_is_borne(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    """The package's frame stands in a page of another site: looking there throws."""
    page = context.new_page()
    page.goto(f"{lms.url}/around/package/unit/index.html")
    learner = Learner(page.frame_locator("iframe"), unit)
    learner.arrive()
    assert learner.words("notice.no-lms") in notices(learner)


@pytest.mark.parametrize("fault", ["false", "throw"])
def test_an_lms_that_does_not_start_is_played_without(
    lms: Lms, context: BrowserContext, version: str, unit: Unit, fault: str
) -> None:
    session = lms.open(context, Launch("unit", version, faults={"Initialize": fault}))
    learner = started(session, unit)
    assert learner.words("notice.no-lms") in notices(learner)
    learner.read_on(to="quiz")
    record = session.leave()
    assert {call[0] for call in record["calls"]} == {"Initialize"}
    assert session.errors == []


def test_an_lms_that_starts_at_the_second_try_is_used(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    session = lms.open(context, Launch("unit", version, faults={"Initialize": 1}))
    started(session, unit)
    assert session.stored()
    clean(session.leave())


@both
def test_an_api_that_comes_after_the_package_is_waited_for(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    """Open edX's block sets it when jQuery is ready, which a package from a cache may not await."""
    session = lms.open(context, Launch("unit", version, late=True))
    learner = started(session, unit)
    assert learner.words("notice.no-lms") not in notices(learner)
    learner.read_on(to="quiz")
    clean(session.leave())
    session = lms.open(context, Launch("unit", version, late=True))
    assert started(session, unit).where == "quiz"
    clean(session.leave())


@both
def test_coming_back_after_weeks(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    session = lms.open(context, Launch("unit", version))
    started(session, unit).read_on(to="quiz")
    clean(session.leave())
    context.clock.install(time=datetime.now(UTC) + timedelta(weeks=7))
    session = lms.open(context, Launch("unit", version))
    learner = started(session, unit)
    assert learner.where == "quiz"
    context.clock.fast_forward(300 * 3600 * 1000)
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100
    clean(session.leave())


def larger(course: Course, *, texts: int) -> Course:
    """The starter unit with many unscored texts to write, more than any suspend data can hold."""
    plain = MappingProxyType({"en": "Write.", "fr": "Écrivez."})
    more = tuple(
        ShortText(
            id=f"text-{number}",
            prompt=plain,
            outcome="tell-who-decides",
            scored=False,
            accepted={},
            if_right=plain,
            if_wrong=plain,
            model_answer=plain,
        )
        for number in range(texts)
    )
    unit = course.units[0]
    return replace(course, units=(replace(unit, quiz=(*unit.quiz, *more)),), version="larger")


def test_suspend_data_never_outgrow_the_standard(
    context: BrowserContext, version: str, course: Course, packaged: Packaged
) -> None:
    course = larger(course, texts=40)
    unit = course.units[0]
    written = "Ce que j’en pense, en arabe: التضامن. " * 8
    with Lms() as lms:
        lms.upload("unit", packaged(course))
        session = lms.open(context, Launch("unit", version))
        learner = started(session, unit)
        learner.read_on(to="quiz")
        scored = {k: v for k, v in right_answers(unit).items() if not k.startswith("text-")}
        learner.answer_quiz(scored)
        learner.answer_quiz({f"text-{n}": f"{n} {written}" for n in range(40)})
        expect(session.sco.get_by_text(learner.words("save.full")).first).to_be_attached()
        session.settle()
        session.kill()
        session = lms.open(context, Launch("unit", version))
        learner = started(session, unit)
        assert learner.where == "quiz"
        assert {k: learner.given(k) for k in scored} == scored, "what counts was kept"
        learner.answer_quiz({"text-0": written})
        assert learner.hand_in() == 100
        assert len(session.stored()["cmi.suspend_data"]) <= 4096
        clean(session.leave())


@both
def test_an_update_meets_old_suspend_data(
    context: BrowserContext, version: str, course: Course, packaged: Packaged
) -> None:
    """Pages turned round, a question dropped, another changed, one new: place, score and what can
    be kept of the answers stay."""
    unit = course.units[0]
    with Lms() as lms:
        lms.upload("unit", packaged(course))
        session = lms.open(context, Launch("unit", version))
        learner = started(session, unit)
        learner.read_on(to="quiz")
        learner.answer_quiz(right_answers(unit) | {"quorum": {"value": "1"}})
        assert learner.hand_in() == 75
        learner.try_again()
        learner.answer_quiz({"votes": "one", "quorum": {"value": "20"}})
        clean(session.leave())

        votes, tasks, quorum, order = unit.quiz
        changed = replace(votes, choices=votes.choices[::-1])  # type: ignore[attr-defined]
        new = replace(quorum, id="another")
        newer = replace(unit, pages=unit.pages[::-1], quiz=(changed, quorum, new, order))
        update = replace(
            course, units=(newer,), version="2.0.0", digest="d" * 64, text_digest="d" * 64
        )
        assert tasks not in newer.quiz
        lms.upload("unit", packaged(update))
        session = lms.open(context, Launch("unit", version))
        learner = started(session, newer)
        assert session.value("score.raw") == "75"
        assert learner.where == "quiz"
        assert learner.given("quorum") == {"value": "20"}
        learner.answer_quiz(right_answers(newer))
        assert learner.hand_in() == 100
        assert Decimal(session.value("score.raw") or "") == 100
        clean(session.leave())
        assert session.errors == []


def test_suspend_data_that_nobody_can_read_are_no_dead_end(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    session = lms.open(context, Launch("unit", version))
    started(session, unit)
    session.page.evaluate(
        "key => { const kept = JSON.parse(localStorage.getItem(key));"
        " kept['cmi.suspend_data'] = 'viewed=1,2|lastviewedslide=2';"
        " localStorage.setItem(key, JSON.stringify(kept)); }",
        "lms:r1",
    )
    session.kill()
    session = lms.open(context, Launch("unit", version))
    learner = started(session, unit)
    assert learner.words("notice.unreadable") in notices(learner)
    learner.read_on(to="quiz")
    clean(session.leave())
