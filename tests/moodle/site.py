"""A Moodle site, seen by one person: signing in, and the people whom its administrator makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

OLDEST = (4, 5)


@dataclass(frozen=True)
class Person:
    """``id`` is Moodle's number."""

    id: str
    username: str
    password: str
    name: str


class Site:
    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url.rstrip("/")

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def settle(self) -> None:
        """Wait until the page's scripts have taken hold, by the count that Moodle's own tests use:
        before that a form goes off without them."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function("window.M?.util?.pending_js?.length === 0")

    def log_in(self, username: str, password: str, *, language: str | None = "en") -> None:
        """Sign in; ``language`` None leaves the person's own language."""
        self.go("/login/index.php")
        self.settle()  # a script makes the password's field anew
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        with self.page.expect_navigation():
            self.page.click("#loginbtn")
        if "/login/index.php" in self.page.url:
            said = self.page.locator(".loginerrors, [role=alert], .alert-danger").all_inner_texts()
            raise RuntimeError(f"Moodle did not let {username} in: {' '.join(said) or 'no reason'}")
        if language:
            self.go(f"/?lang={language}")

    def release(self) -> str:
        """The release, such as ``4.5.6``; RuntimeError where it is too old to be driven."""
        self.go("/my/")
        footer = self.page.locator("footer").first.text_content() or ""
        found = re.search(r"Version (\d+)\.(\d+)[\w.+]*", footer)
        if not found:
            raise RuntimeError("the release is not shown: is this a Moodle, and you its manager?")
        if (int(found[1]), int(found[2])) < OLDEST:
            raise RuntimeError(f"Moodle {found[0]} is older than 4.5")
        return found[0].split()[-1]

    def new_person(self, username: str, first: str, last: str, language: str) -> Person | None:
        """Make a person whose language is ``language``; None where Moodle lacks that language."""
        page = self.page
        self.go("/user/editadvanced.php?id=-1")
        if not page.locator(f'#id_lang option[value="{language}"]').count():
            return None
        person = Person("", username, f"Aa1-{username}!", f"{first} {last}")
        self.settle()  # the password's field is made by scripts
        page.fill("#id_username", username)
        reveal = page.locator("[data-passwordunmask=edit]")
        if reveal.count():
            reveal.first.click()
        page.fill("#id_newpassword", person.password)
        page.fill("#id_firstname", first)
        page.fill("#id_lastname", last)
        page.fill("#id_email", f"{username}@example.com")
        page.evaluate("lang => { document.querySelector('#id_lang').value = lang }", language)
        expect(page.locator("#id_newpassword")).to_have_value(person.password)
        self.submit("#id_submitbutton")
        return Person(self._id_of(person.name), username, person.password, person.name)

    def delete_person(self, person: Person) -> None:
        self.go(f"/admin/user.php?delete={person.id}&sesskey={self.session_key()}")
        self.submit("form[action*='admin/user.php'] [type=submit], [data-type=delete]")

    def _id_of(self, name: str) -> str:
        found = self.call("core_user_search_identity", {"query": name})["list"]
        if len(found) != 1:
            raise RuntimeError(f"{len(found)} people are called {name}")
        return str(found[0]["id"])

    def session_key(self) -> str:
        return str(self.page.evaluate("M.cfg.sesskey"))

    def call(self, method: str, arguments: dict[str, object]) -> Any:
        """Ask one of the web services that Moodle's own pages use."""
        answer = self.page.request.post(
            f"{self.url}/lib/ajax/service.php?sesskey={self.session_key()}",
            data=[{"index": 0, "methodname": method, "args": arguments}],
        ).json()
        if not isinstance(answer, list) or answer[0]["error"]:
            raise RuntimeError(f"{method}: {answer}")
        return answer[0]["data"]

    def submit(self, selector: str) -> None:
        """Press a form's button and see that Moodle took it."""
        with self.page.expect_navigation():
            self.page.locator(selector).last.click()
        wrong = self.page.locator(
            ".is-invalid:visible, .errorbox:visible, .invalid-feedback:visible"
        )
        if wrong.count():
            raise RuntimeError(f"Moodle refused: {' '.join(self.texts(wrong))}")

    @staticmethod
    def texts(places: Locator) -> list[str]:
        return [" ".join(text.split()) for text in places.all_inner_texts() if text.strip()]


def query(url: str, name: str) -> str:
    """The value of a parameter in the query of ``url``."""
    values = parse_qs(urlsplit(url).query).get(name)
    if not values:
        raise RuntimeError(f"{url} has no {name}")
    return values[0]
