"""What the practice LMS offers beside launches, each tried as its people would by hand: a
registration that closes itself, groups, a copied course, and from a grade to the work behind it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from content.model import Unit
from tests.browser.practice.conftest import Trial
from tests.learner import script, take
from tests.tool import eventually, invite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("practice")]


def roster(page: Page, trial: Trial) -> str:
    """What the trainer's list of learners in the tool says, once the members have been read."""

    def read() -> str | None:
        text = trial.open(page, "leila").locator("main").inner_text()
        return text if "Marc Fabre" in text else None

    return eventually(read)


def test_the_registration_closes_itself(trial: Trial, page: Page) -> None:
    url = invite(trial.settings, "--auto-approve")
    page.goto(f"{trial.lms}/tools/register")
    page.get_by_label("Registration URL of the tool").fill(url)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Who would you like to be?")).to_be_visible()
    assert page.url == f"{trial.lms}/"
    assert trial.client_id in page.locator("main").inner_text()


def test_groups_reach_the_trainers_list(trial: Trial, page: Page) -> None:
    trial.register("--auto-approve").raise_for_status()
    trial.pick(page)
    roster(page, trial)
    frame = trial.open(page, "leila")
    groups = frame.get_by_label("Group", exact=True)
    expect(groups.get_by_role("option")).to_have_count(3)
    groups.select_option(label="Workshops: Thursday group")
    frame.get_by_role("button", name="Show", exact=True).click()
    table = frame.locator("main table")
    expect(table).to_contain_text("Karim Trabelsi")
    expect(table).not_to_contain_text("Marc Fabre")


def test_from_a_grade_to_the_work(trial: Trial, page: Page, unit: Unit) -> None:
    trial.register("--auto-approve").raise_for_status()
    trial.pick(page)

    def leave() -> None:
        page.goto(f"{trial.lms}/course?who=marc")

    take(lambda: trial.open(page, "marc"), leave, unit, "fr", script(unit, "fr"))
    grade = re.compile(str(eventually(lambda: trial.grade("marc"))).replace(".", "[.,]"))
    for who in ("leila", "marc"):
        page.goto(f"{trial.lms}/gradebook?who={who}")
        page.locator("[data-learner=marc] a.review").last.click()
        shown = page.frame_locator("#tool").locator("main")
        expect(shown).to_contain_text(grade)
    # A learner has a way to their own work alone.
    page.goto(f"{trial.lms}/gradebook?who=amina")
    assert page.locator("a.review").count() == 0


def test_a_copied_course_is_announced_and_works(trial: Trial, page: Page) -> None:
    trial.register("--auto-approve").raise_for_status()
    trial.pick(page)
    roster(page, trial)  # whatever the launch asked for is done by now

    def subscribed() -> bool | None:
        page.goto(trial.lms)
        line = page.locator("li", has_text=trial.client_id).inner_text()
        return True if "is told of copied courses" in line else None

    assert eventually(subscribed)
    page.goto(f"{trial.lms}/course?who=leila")
    page.get_by_role("button", name="Copy this course").click()
    expect(page.get_by_role("status").last).to_contain_text("was told of the copy: 200")
    page.goto(f"{trial.lms}/course?who=salma&course=sse-2027")
    page.locator(".cards a").last.click()
    expect(page.frame_locator("#tool").locator("body.is-ready")).to_be_visible()
