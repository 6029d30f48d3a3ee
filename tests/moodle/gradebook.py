"""The course's grades, as its teacher sees them."""

from __future__ import annotations

import time
from decimal import Decimal, InvalidOperation

from tests.moodle.course import MoodleCourse
from tests.moodle.site import Site


def _item(site: Site, course: MoodleCourse, activity: str) -> str:
    """The number of the activity's column; the page is the grader report then."""
    site.go(f"/grade/report/grader/index.php?id={course.id}")
    named = site.page.locator(".gradeitemheader").get_by_text(activity, exact=True)
    heading = site.page.locator("th[data-itemid]", has=named).first
    return heading.get_attribute("data-itemid") or ""


def override(site: Site, course: MoodleCourse, person: str, activity: str, value: Decimal) -> None:
    """Set the person's grade by hand, as a teacher may: the tool's scores change it no more."""
    item = _item(site, course, activity)
    site.go(f"/grade/edit/tree/grade.php?courseid={course.id}&itemid={item}&userid={person}")
    site.settle()
    site.page.check("#id_overridden")
    site.page.fill("#id_finalgrade", str(value))
    site.submit("#id_submitbutton")


def grade(site: Site, course: MoodleCourse, person: str, activity: str) -> Decimal | None:
    """The person's grade in the activity of that name; None where there is none."""
    page = site.page
    item = _item(site, course, activity)
    cell = page.locator(f'tr[data-uid="{person}"] td[data-itemid="{item}"]')
    value = cell.locator(".gradevalue").first.inner_text().strip()
    try:
        return Decimal(value.replace(",", "."))
    except InvalidOperation:
        return None


def await_grade(
    site: Site, course: MoodleCourse, person: str, activity: str, *, seconds: float = 60
) -> Decimal:
    """The grade, looked for again until it is there: scores travel after the answers."""
    until = time.monotonic() + seconds
    while (found := grade(site, course, person, activity)) is None:
        if time.monotonic() > until:
            raise RuntimeError(f"no grade for “{activity}” after {seconds:.0f} seconds")
        time.sleep(2)
    return found
