"""SCORM activities: importing a package, playing it, what Moodle recorded."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator

from tests.moodle.course import MoodleCourse
from tests.moodle.site import Person, Site, query
from tests.moodle.uploads import upload


def import_package(site: Site, course: MoodleCourse, name: str, package: Path) -> str:
    """Make a SCORM activity of ``package``; its number."""
    page = site.page
    site.go(f"/course/modedit.php?add=scorm&course={course.id}&section=1&return=0")
    site.settle()
    page.fill("#id_name", name)
    upload(site, package, field="packagefile")
    page.locator("a.collapseexpand").first.click()
    page.select_option("#id_popup", "0")  # in the same window
    page.select_option("#id_grademethod", "1")  # the highest grade
    page.select_option("#id_maxgrade", "100")
    site.submit("#id_submitbutton")
    return query(page.url, "id")


def update_package(site: Site, activity: str, package: Path) -> None:
    """Put a new version in the place of the activity's package."""
    site.go(f"/course/modedit.php?update={activity}&return=0")
    site.settle()
    upload(site, package, field="packagefile")
    site.submit("#id_submitbutton")


def play(site: Site, activity: str) -> FrameLocator:
    """The player in its frame: of several SCOs Moodle opens the first that is not completed."""
    site.go(f"/mod/scorm/view.php?id={activity}")
    with site.page.expect_navigation():
        enter = "#scormviewform button[type=submit], #scormviewform input[type=submit]"
        site.page.locator(enter).last.click()
    return site.page.frame_locator("iframe#scorm_object")


def leave(site: Site) -> None:
    site.page.get_by_role("link", name="Exit activity").click()
    site.page.wait_for_url("**/course/view.php*")


def tracks(site: Site, activity: str, person: str) -> list[str]:
    """The SCOs of which Moodle keeps something of the person's first attempt, by title."""
    site.go(f"/mod/scorm/report/userreport.php?id={activity}&user={person}&attempt=1")
    rows = site.page.locator("main table tr, #region-main table tr")
    kept = rows.filter(has=site.page.locator('a[href*="userreporttracks.php"]'))
    return [site.texts(row.locator("td, th"))[0] for row in kept.all()]


def recorded(site: Site, activity: str, person: str) -> dict[str, str]:
    """The data-model elements that Moodle keeps of the person's first attempt, and their values."""
    site.go(f"/mod/scorm/report/userreport.php?id={activity}&user={person}&attempt=1")
    details = site.page.locator('a[href*="userreporttracks.php"]').first.get_attribute("href")
    site.page.goto(details or "")
    rows = site.page.locator("main table tr, #region-main table tr").all()
    cells = [site.texts(row.locator("th, td")) for row in rows]
    return {row[0]: row[-1] for row in cells if len(row) >= 2 and row[0]}


def raw_score(kept: Mapping[str, str]) -> Decimal:
    """The attempt's score among its ``recorded`` elements; objectives have scores of their own."""
    return Decimal(kept.get("cmi.score.raw") or kept["cmi.core.score.raw"])


def as_the_app(admin: Site, person: Person, course: MoodleCourse) -> list[dict[str, Any]] | None:
    """The course's SCORM activities as Moodle's app reads them for ``person``, each with the bytes
    of its package; None where the administrator may not switch the app's services on."""
    admin.go("/admin/search.php?query=enablemobilewebservice")
    box = admin.page.locator("#id_s__enablemobilewebservice")
    if not box.count():
        return None
    if not box.is_checked():
        box.check()
        admin.submit("#adminsettings [type=submit]")
    ask = admin.page.request
    token = ask.post(
        f"{admin.url}/login/token.php",
        form={
            "username": person.username,
            "password": person.password,
            "service": "moodle_mobile_app",
        },
    ).json()
    found = ask.post(
        f"{admin.url}/webservice/rest/server.php",
        form={
            "wstoken": token["token"],
            "wsfunction": "mod_scorm_get_scorms_by_courses",
            "moodlewsrestformat": "json",
            "courseids[0]": course.id,
        },
    ).json()
    for one in found["scorms"]:
        address = f"{one['packageurl']}?token={token['token']}"
        one["package"] = ask.get(address).body()
    activities: list[dict[str, Any]] = found["scorms"]
    return activities
