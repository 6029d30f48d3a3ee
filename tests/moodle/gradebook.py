"""The course's grades, as its teacher sees them."""

from __future__ import annotations

import time
from decimal import Decimal, InvalidOperation

from tests.moodle.course import MoodleCourse
from tests.moodle.site import Site


def grade(site: Site, course: MoodleCourse, person: str, activity: str) -> Decimal | None:
    """The person's grade in the activity of that name; None where there is none."""
    page = site.page
    site.go(f"/grade/report/grader/index.php?id={course.id}")
    item = page.locator(f'th[data-itemid]:has-text("{activity}")').first.get_attribute(
        "data-itemid"
    )
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
