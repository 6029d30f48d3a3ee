"""A course of a Moodle site: made, filled with people, deleted."""

from __future__ import annotations

from dataclasses import dataclass

from tests.moodle.site import Person, Site, query


@dataclass(frozen=True)
class MoodleCourse:
    id: str
    short_name: str


def create(site: Site, full_name: str, short_name: str) -> MoodleCourse:
    site.go("/course/edit.php?category=1")
    site.page.fill("#id_fullname", full_name)
    site.page.fill("#id_shortname", short_name)
    site.submit("#id_saveanddisplay")
    return MoodleCourse(query(site.page.url, "id"), short_name)


def enrol(site: Site, course: MoodleCourse, person: Person, role: str) -> None:
    """Enrol as ``role``, by its English name."""
    page = site.page
    site.go(f"/user/index.php?id={course.id}")
    site.settle()
    page.locator(".enrolusersbutton input[type=submit], .enrolusersbutton button").first.click()
    dialog = page.locator(".modal.show")
    dialog.locator("input[role=combobox]").first.fill(person.name)
    dialog.locator(f'[role=listbox] [role=option]:has-text("{person.name}")').first.click()
    dialog.locator(f'.form-autocomplete-selection [data-value="{person.id}"]').first.wait_for()
    dialog.locator("select[name=roletoassign]").select_option(label=role)
    with page.expect_response(lambda response: "/enrol/manual/ajax.php" in response.url):
        dialog.locator("button[data-action=save]").click()
    page.locator(f'#participants tr:has-text("{person.name}")').first.wait_for()


def import_into(site: Site, source: MoodleCourse, target: MoodleCourse) -> None:
    """Copy everything in ``source`` but its people's work into ``target``, as teachers do for a new
    year."""
    page = site.page
    site.go(f"/backup/import.php?id={target.id}")
    page.fill("input[name=search]", source.short_name)
    page.click("input[name=searchcourses], [type=submit][value=Search]")
    page.check(f'input[name=importid][value="{source.id}"]')
    page.locator("form input[type=submit][value=Continue]").last.click()
    page.locator("[name=oneclickbackup]").click()
    page.get_by_text("Import complete").wait_for()


def external_tools(site: Site, course: MoodleCourse) -> dict[str, str]:
    """The course's external-tool activities: number by name."""
    site.go(f"/course/view.php?id={course.id}")
    links = site.page.locator('a.aalink[href*="/mod/lti/view.php?id="]').all()
    found = {}
    for link in links:
        # The name is followed by the activity's kind, for screen readers alone.
        name = link.evaluate("a => (a.querySelector('.instancename') || a).firstChild.textContent")
        found[name.strip()] = query(link.get_attribute("href") or "", "id")
    return found


def delete(site: Site, course: MoodleCourse) -> None:
    site.go(f"/course/delete.php?id={course.id}")
    site.submit("form[action*='course/delete.php'] [type=submit]")
