"""External-tool activities: picking a unit by deep linking, launching it in its frame."""

from __future__ import annotations

from playwright.sync_api import FrameLocator

from tests.moodle.course import MoodleCourse
from tests.moodle.site import Site, query

FRAME = "#contentframe"


def begin_picking(site: Site, course: MoodleCourse, tool: str) -> FrameLocator:
    """Add an activity of the tool and open its picker, in Moodle's dialogue."""
    site.go(f"/course/modedit.php?add=lti&return=0&course={course.id}&typeid={tool}&section=0")
    site.page.locator("[name=selectcontent]").wait_for()
    site.settle()
    site.page.click("[name=selectcontent]")
    return site.page.frame_locator("#contentitem-page-iframe")


def picked(site: Site) -> dict[str, str]:
    """What the tool's answer filled into the activity's form."""
    site.page.wait_for_function("document.querySelector('#id_name').value !== ''")
    fields = ("name", "grade[modgrade_point]", "instructorcustomparameters", "lineitemresourceid")
    return {name: site.page.input_value(f'[name="{name}"]') for name in fields}


def save(site: Site) -> str:
    """Save the activity; its number."""
    site.submit("#id_submitbutton2")
    link = site.page.locator('a[href*="/mod/lti/view.php?id="]').last.get_attribute("href")
    return query(link or "", "id")


def picked_several(site: Site) -> list[str]:
    """What the tool's answer of several links will make, as Moodle tells it."""
    told = site.page.locator('[data-attribute="dynamic-import"] li')
    told.first.wait_for()
    return site.texts(told)


def save_several(site: Site) -> None:
    """Have Moodle make the activities, one after the other."""
    with site.page.expect_navigation(url="**/course/view.php*"):
        site.page.locator("#id_submitbutton2").click()


def launch(site: Site, activity: str) -> FrameLocator:
    site.go(f"/mod/lti/view.php?id={activity}")
    return site.page.frame_locator(FRAME)


def keeps_third_party_cookies(frame: FrameLocator) -> bool:
    """Whether the frame could set a cookie that is not partitioned: False is what we test with."""
    return bool(
        frame.locator("html").evaluate(
            """() => {
                document.cookie = 'sse_probe=1; Secure; SameSite=None; Path=/';
                const kept = document.cookie.includes('sse_probe');
                document.cookie = 'sse_probe=; Secure; SameSite=None; Path=/; Max-Age=0';
                return kept;
            }"""
        )
    )
