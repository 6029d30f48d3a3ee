"""The same score: one learner, the same answers, through LTI and in both packages."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page

from content.model import Course, Unit
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from tests.browser.practice.conftest import Trial
from tests.learner import Learner, script, take
from tests.scorm_packages.lms import Launch, Lms, Session
from tests.tool import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("practice")]

LANGUAGE = "fr"  # Marc reads French


def through_lti(trial: Trial, page: Page, unit: Unit) -> Decimal:
    trial.register("--auto-approve").raise_for_status()
    trial.pick(page)

    def enter() -> FrameLocator:
        return trial.open(page, "marc")

    def leave() -> None:
        page.goto(f"{trial.lms}/course?who=marc")

    told = take(enter, leave, unit, LANGUAGE, script(unit, LANGUAGE))
    graded = eventually(lambda: trial.grade("marc"))
    assert graded == told
    return graded


def in_a_package(
    context: BrowserContext, course: Course, unit: Unit, version: str, folder: Path
) -> Decimal:
    package = build_package(
        Order(course=course, form=FORMATS[version], languages=(LANGUAGE,), unit=unit), folder
    ).path
    sessions: list[Session] = []
    with Lms() as lms:
        lms.upload("a1", package)

        def enter() -> FrameLocator:
            sessions.append(lms.open(context, Launch("a1", version)))
            return sessions[-1].sco

        def leave() -> None:
            assert sessions[-1].leave()["violations"] == []

        take(enter, leave, unit, LANGUAGE, script(unit, LANGUAGE))
        raw = Decimal(sessions[-1].value("score.raw") or "-1")
        leave()
    return raw


def test_the_gradebook_and_both_packages_tell_the_same_score(
    trial: Trial, context: BrowserContext, page: Page, course: Course, unit: Unit, tmp_path: Path
) -> None:
    graded = through_lti(trial, page, unit)
    assert 70 < graded < 100
    assert in_a_package(context, course, unit, "scorm12", tmp_path) == graded
    assert in_a_package(context, course, unit, "scorm2004", tmp_path) == graded


def test_the_frame_is_of_another_site_and_keeps_no_third_party_cookie(
    trial: Trial, page: Page, unit: Unit
) -> None:
    if not trial.grade("marc"):
        trial.register("--auto-approve").raise_for_status()
        trial.pick(page)
    frame = trial.open(page, "eleni")
    Learner(frame, unit).arrive()
    kept = frame.locator("html").evaluate(
        "() => { document.cookie = 'probe=1; Secure; SameSite=None; Path=/';"
        " return document.cookie.includes('probe'); }"
    )
    assert kept is False
