"""SCORM activities: importing a package, playing it, what Moodle recorded."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import FrameLocator

from tests.moodle.course import MoodleCourse
from tests.moodle.site import Site, query


def import_package(site: Site, course: MoodleCourse, name: str, package: Path) -> str:
    """Make a SCORM activity of ``package``; its number."""
    page = site.page
    site.go(f"/course/modedit.php?add=scorm&course={course.id}&section=1&return=0")
    site.settle()
    page.fill("#id_name", name)
    _upload(site, package)
    page.locator("a.collapseexpand").first.click()
    page.select_option("#id_popup", "0")  # in the same window
    page.select_option("#id_grademethod", "1")  # the highest grade
    page.select_option("#id_maxgrade", "100")
    site.submit("#id_submitbutton")
    return query(page.url, "id")


def _upload(site: Site, package: Path) -> None:
    """Into the form's draft area, as the file picker does it."""
    page = site.page
    repository = re.search(r'"id":"?(\d+)"?,"name":"[^"]*","type":"upload"', page.content())
    if repository is None:
        raise RuntimeError("this Moodle offers no upload of files (the repository is switched off)")
    answer = page.request.post(
        f"{site.url}/repository/repository_ajax.php?action=upload",
        multipart={
            "sesskey": site.session_key(),
            "repo_id": repository[1],
            "itemid": page.input_value("input[name=packagefile]"),
            "ctx_id": str(page.evaluate("M.cfg.contextid")),
            "env": "filemanager",
            "title": package.name,
            "author": "",
            "license": "unknown",
            "savepath": "/",
            "maxbytes": "-1",
            "areamaxbytes": "-1",
            "accepted_types[]": ".zip",
            "repo_upload_file": {
                "name": package.name,
                "mimeType": "application/zip",
                "buffer": package.read_bytes(),
            },
        },
    )
    if not answer.ok or "error" in answer.json():
        raise RuntimeError(f"the upload of {package.name} failed: {answer.text()[:300]}")


def play(site: Site, activity: str) -> FrameLocator:
    site.go(f"/mod/scorm/view.php?id={activity}")
    with site.page.expect_navigation():
        enter = "#scormviewform button[type=submit], #scormviewform input[type=submit]"
        site.page.locator(enter).last.click()
    return site.page.frame_locator("iframe#scorm_object")


def leave(site: Site) -> None:
    site.page.get_by_role("link", name="Exit activity").click()
    site.page.wait_for_url("**/course/view.php*")


def recorded(site: Site, activity: str, person: str) -> dict[str, str]:
    """The data-model elements that Moodle keeps of the person's first attempt, and their values."""
    site.go(f"/mod/scorm/report/userreport.php?id={activity}&user={person}&attempt=1")
    details = site.page.locator('a[href*="userreporttracks.php"]').first.get_attribute("href")
    site.page.goto(details or "")
    rows = site.page.locator("main table tr, #region-main table tr").all()
    cells = [site.texts(row.locator("th, td")) for row in rows]
    return {row[0]: row[-1] for row in cells if len(row) >= 2 and row[0]}
