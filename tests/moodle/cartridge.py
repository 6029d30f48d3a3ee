"""Common Cartridges: made a course of by Moodle's restore."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import expect

from tests.moodle.course import MoodleCourse
from tests.moodle.site import Site
from tests.moodle.uploads import upload


def restore(site: Site, cartridge: Path, title: str, *, seconds: float = 240) -> MoodleCourse:
    """A new course of ``cartridge``, which calls itself ``title``; for an administrator.

    Moodle restores in the background where its administrator has said so: then its cron must run.
    """
    page = site.page
    before = _courses(site, title)
    site.go("/backup/restorefile.php?contextid=1")
    site.settle()
    upload(site, cartridge, field="backupfile")
    site.submit("#id_submitbutton")
    _continue(site, "Common Cartridge")
    page.locator(".bcs-new-course input[name=targetid]").first.check()
    page.locator(".bcs-new-course input[type=submit]").click()
    for stage in ("Settings", "Schema", "Review"):
        _continue(site, stage)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for number in set(_courses(site, title)) - set(before):
            site.go(f"/course/view.php?id={number}")
            if page.locator("li.activity").count():
                return MoodleCourse(number, _courses(site, title)[number])
        time.sleep(3)
    raise RuntimeError(f"the course was not there after {seconds:.0f} s: does Moodle's cron run?")


def _continue(site: Site, stage: str) -> None:
    """Go on from the page of that stage."""
    expect(site.page.locator("#region-main, main").first).to_contain_text(stage)
    site.page.locator("#region-main [type=submit]:visible, main [type=submit]:visible").last.click()
    site.page.wait_for_load_state()


def _courses(site: Site, title: str) -> dict[str, str]:
    """The courses that say ``title``: short names by number."""
    site.go("/my/")
    arguments: dict[str, object] = {"criterianame": "search", "criteriavalue": title}
    found = site.call("core_course_search_courses", arguments)["courses"]
    return {str(one["id"]): one["shortname"] for one in found if one["fullname"].startswith(title)}


def activities(site: Site, course: MoodleCourse) -> dict[str, list[tuple[str, str]]]:
    """What the course holds: number and name by kind, such as ``page`` and ``quiz``."""
    site.go(f"/course/view.php?id={course.id}")
    found: dict[str, list[tuple[str, str]]] = {}
    for place in site.page.locator("li.activity").all():
        kind = place.get_attribute("class") or ""
        name = place.locator(".instancename").first.evaluate("e => e.firstChild.textContent")
        number = (place.get_attribute("data-id") or "").strip()
        for word in kind.split():
            if word.startswith("modtype_"):
                found.setdefault(word.removeprefix("modtype_"), []).append((number, name.strip()))
    return found


def try_quiz(site: Site, number: str) -> int:
    """Preview the quiz and answer nothing; how many questions it asked."""
    site.go(f"/mod/quiz/view.php?id={number}")
    site.page.get_by_role("button", name="Preview quiz").click()
    site.page.wait_for_load_state()
    return site.page.locator(".qnbutton").count()
