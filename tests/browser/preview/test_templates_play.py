"""Each template of ``new`` plays to the end, in an LMS that finds nothing to complain of."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from content.load import load_course
from scorm_builder.starter import TEMPLATES, make_course
from tests.browser.preview.conftest import shown
from tests.browser.preview.test_preview_lms import fact, faults
from tests.learner import Learner, right_answer
from tests.previewing import running_preview

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("template", "language"), list(zip(TEMPLATES, ("en", "ar", "fr", "ar"), strict=True))
)
def test_it_plays(chromium: Browser, tmp_path: Path, template: str, language: str) -> None:
    make_course(tmp_path / "my", template=template, languages=[language])
    unit = load_course(tmp_path / "my").units[0]
    with running_preview(tmp_path / "my") as preview:
        page = chromium.new_page()
        page.goto(f"{preview.address}?medium=scorm12&unit={unit.id}")
        shown(page)
        learner = Learner(page.frames[1], unit)
        learner.arrive()
        learner.read_on(to="quiz")
        asked = (
            page.frames[1]
            .locator(".is-current [data-question]")
            .evaluate_all("all => all.map((one) => one.dataset.question)")
        )
        answers = {one.id: right_answer(one, language) for one in unit.quiz if one.id in asked}
        assert answers
        assert len(answers) == (5 if template == "quiz" else len(unit.quiz))
        learner.answer_quiz(answers)
        assert learner.hand_in() == 100
        assert "passed" in fact(page, "Status")
        assert faults(page) == "None so far."
        page.close()
