"""The console for everybody: axe on every page, both widths, both directions; the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lti_tool.db import writing
from lti_tool.models import Registration
from tests.console import Operator

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/",
    "/registrations/",
    "/registrations/1",
    "/registrations/1/edit",
    "/registrations/1/delete",
    "/registrations/invite",
    "/registrations/new?lms=moodle&base=https://campus.example.org",
    "/registrations/new?lms=canvas",
    "/scores/?registration=1",
    "/jobs/",
    "/refusals/",
    "/keys/",
    "/storage/",
    "/people/",
    "/audit/",
    "/account",
)


def assert_good(page: Page, where: str) -> None:
    """No violation that axe finds, and nothing to scroll to sideways."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate(
        "axe.run(document, { preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',"
        " 'wcag21aa', 'wcag22aa', 'best-practice'] })"
    )
    found = [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in result["violations"]
        for node in one["nodes"]
    ]
    assert not found, f"{where}:\n" + "\n".join(found)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), where


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 1280, "light"), ("ar", 390, "dark"), ("en", 390, "light"), ("ar", 1280, "dark")],
)
def test_axe_finds_nothing_on_any_page(
    visit: Visit, operator: Operator, language: str, width: int, scheme: str
) -> None:
    page = visit("/", language, width, scheme)
    for path in PAGES:
        page.goto(f"{operator.url}/admin{path}")
        assert page.locator("h1").count() == 1, path
        assert_good(page, path)


@pytest.mark.parametrize("width", [360, 1024])
def test_a_name_that_cannot_be_broken_makes_no_page_wider(
    visit: Visit, operator: Operator, width: int
) -> None:
    with operator.app.app_context(), writing() as session:
        row = session.get_one(Registration, 1)
        before, row.name = row.name, "W" * 255
    page = visit("/", width=width)
    found: dict[str, int] = {}
    for path in PAGES:
        page.goto(f"{operator.url}/admin{path}")
        root = "document.documentElement"
        found[path] = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    with operator.app.app_context(), writing() as session:
        session.get_one(Registration, 1).name = before
    assert {path: wider for path, wider in found.items() if wider > 0} == {}


def test_outside_too(visit: Visit) -> None:
    page = visit("/sign-in", width=390, scheme="dark", signed_in=False)
    assert_good(page, "sign in")
    page.get_by_label("E-mail address").fill("nobody@campus.example")
    page.get_by_label("Password").fill("something else")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    assert_good(page, "a wrong password")


@pytest.mark.parametrize(("language", "word"), [("en", "Menu"), ("ar", None)])
def test_a_phone_has_the_menu_behind_one_line(
    visit: Visit, language: str, word: str | None
) -> None:
    page = visit("/jobs/", language, 390)
    summary = page.locator("header nav summary:visible")
    expect(summary).to_have_count(1)
    if word is not None:
        expect(summary).to_have_text(word)
    assert page.locator("header.console").evaluate("node => node.offsetHeight") < 200
    expect(page.locator("header nav a:visible")).to_have_count(0)
    summary.press("Enter")
    links = page.locator("header nav a:visible")
    expect(links).to_have_count(9)
    assert_good(page, "the menu")
    expect(page.locator("header nav a[aria-current=page]:visible")).to_have_count(1)
    links.nth(6).click()
    expect(page).to_have_url(re.compile("/admin/storage/$"))
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("header nav summary:visible")).to_have_count(0)
    expect(page.locator("header nav a:visible")).to_have_count(9)


def test_times_follow_the_readers_clock(visit: Visit) -> None:
    page = visit("/audit/")
    expect(page.locator("main > p.hint:visible").last).to_contain_text("the clock of this device")


def test_a_form_with_mistakes_leads_to_its_fields_by_keyboard(visit: Visit) -> None:
    page = visit("/registrations/new?lms=moodle")
    page.get_by_label("Client id").evaluate("field => field.form.noValidate = true")
    page.get_by_label("Client id").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert_good(page, "a form with mistakes")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Issuer")).to_be_focused()
    described = page.get_by_label("Issuer").get_attribute("aria-describedby") or ""
    assert "issuer-error" in described


def test_tables_sort_and_filter_by_keyboard(visit: Visit) -> None:
    page = visit("/registrations/")
    names = page.locator("tbody th a")
    first = names.first.inner_text()
    page.get_by_role("link", name="Name", exact=False).first.focus()
    page.keyboard.press("Enter")
    expect(names.last).to_have_text(first)
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    page.get_by_label("Search").fill("tunis")
    page.keyboard.press("Enter")
    expect(names).to_have_count(1)
    page.get_by_role("link", name="Show all").click()
    expect(names).to_have_count(3)


def test_values_are_copied(visit: Visit, operator: Operator) -> None:
    page = visit("/registrations/1")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.reload()
    page.locator("#our-login + button").click()
    expect(page.locator("#our-login ~ [role=status]")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{operator.url}/lti/{1:016x}/login"


def test_a_platform_is_suspended_and_deleted_by_keyboard(visit: Visit) -> None:
    page = visit("/registrations/2")
    page.get_by_role("button", name="Approve").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("may launch now")
    page.get_by_role("button", name="Suspend at once").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("suspended")
    page.get_by_role("link", name="Delete this platform").click()
    page.get_by_label("To delete it, write its name").fill("another")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    name = page.locator("#name-hint").inner_text()
    page.get_by_label("To delete it, write its name").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("deleted")
    expect(page.locator("tbody th a")).to_have_count(2)
