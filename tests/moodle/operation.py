"""What the tool's operators do, tried against the real Moodle: suspension, the console, the erasure
of one person, bringing a registration up to date."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cached_property

from passlib.totp import TOTP  # type: ignore[import-untyped]
from playwright.sync_api import FrameLocator, expect

from tests import learner, tool
from tests.moodle import course, gradebook, lti, registration, teaching
from tests.moodle.advantage import Advantage
from tests.moodle.journey import LANGUAGE

REFUSED = "This page could not be opened"


class Operation:
    """``settings`` are the environment of the tool's commands."""

    def __init__(self, advantage: Advantage, settings: Mapping[str, str]) -> None:
        self.advantage, self.journey, self.settings = advantage, advantage.journey, settings
        self.report, self.activity = advantage.report, advantage.activity
        self.teacher, self.student = advantage.teacher, advantage.student

    @cached_property
    def number(self) -> str:
        """The registration's, as the commands name it."""
        return str(json.loads(self._command("registrations", "list", "--json"))[0]["id"])

    def suspend(self) -> None:
        with (
            self.report.step("Suspend the platform: no page, no launch", "student") as step,
            self.journey.people.refused(),
        ):
            opened = lti.launch(self.student, self.activity)
            learner.Learner(opened, self.journey.unit).arrive()
            self._command("registrations", "suspend", self.number)
            opened.locator("html").evaluate("() => window.location.reload()")
            step.note(f"The page that was open: {self._refusal(opened, 'session.suspended')}")
            launched = lti.launch(self.student, self.activity)
            step.note(f"A launch: {self._refusal(launched, 'registration.suspended')}")
        with self.report.step("Resume: launches work again", "student"):
            self._command("registrations", "resume", self.number)
            again = lti.launch(self.student, self.activity)
            learner.Learner(again, self.journey.unit).arrive()

    def sign_in(self) -> None:
        """The console, with a password and an authenticator app."""
        with self.report.step("Sign in to the console", "operator") as step:
            address = f"operator-{self.journey.stamp}@example.com"
            account = json.loads(self._command("operators", "add", address, "--json"))
            page = self.journey.people.page("operator")
            page.goto(account["url"])
            page.get_by_label("E-mail address").fill(address)
            page.get_by_label("Password").fill(account["password"])
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name="Show the picture to scan").click()
            secret = page.locator("#key").inner_text().replace("-", "")
            app = TOTP(secret)
            page.get_by_label("Code").fill(app.generate(time.time()).token)
            page.get_by_role("button", name="Finish").click()
            page.get_by_role("link", name="Platforms").first.click()
            row = page.locator("table tbody tr").first
            expect(row).to_contain_text(self.teacher.url)
            step.note(teaching.words(row))
            self.report.photograph(step, "operator")
            row.get_by_role("link").first.click()
            expect(page.locator("main")).to_contain_text(self._facts()["client_id"])

    def erase(self) -> None:
        """One learner, by command: the tool forgets, Moodle's grade stays."""
        person = self.advantage.person
        with (
            self.report.step("Erase one learner", "student", "teacher") as step,
            self.journey.people.refused(),
        ):
            title = self.journey.title
            before = gradebook.grade(self.teacher, self.advantage.course, person.id, title)
            opened = lti.launch(self.student, self.activity)
            learner.Learner(opened, self.journey.unit).arrive()
            self._command("people", "erase", self.number, person.id, "--yes")
            opened.locator("html").evaluate("() => window.location.reload()")
            step.note(f"The page that was open: {self._refusal(opened, 'session.expired')}")
            frame = teaching.learners(self.teacher, self.activity)
            row = teaching.row(frame, person.name)
            # Read again, the platform's list brings the name back, without any work.
            told = teaching.words(row) if row.count() else "not listed"
            step.note(f"The teacher's page: {told}")
            assert told == "not listed" or "Not started" in told, "their work is still listed"
            after = gradebook.grade(self.teacher, self.advantage.course, person.id, title)
            step.note(f"Moodle's gradebook holds {after}.")
            assert before == after, f"the grade was {before} and is {after}"

    def bring_up_to_date(self) -> None:
        """An invitation that updates, given to Moodle for the tool that it has."""
        with self.report.step("Bring the registration up to date", "admin") as step:
            old, before = self._facts(), self._people()
            invite = tool.invite(self.settings, "--update", self.number)
            frame, _ = registration.begin(self.journey.admin, invite, update=self.journey.tool)
            told = frame.get_by_role("heading", level=1)
            expect(told).to_contain_text("up to date?")
            frame.get_by_role("button", name="Bring up to date").click()
            expect(told).to_have_text("The registration is up to date")
            self.report.photograph(step, "admin")
            frame.get_by_role("button", name="Close").click()
            registration.await_closed(self.journey.admin)
            now = self._facts()
            step.note(f"client id {old['client_id']}, then {now['client_id']}")
            assert old["id"] == now["id"], "it is another registration"
            assert self._people() == before, "people were lost or made"
        with self.report.step("Old activities work after the update", "teacher", "student"):
            learner.Learner(lti.launch(self.student, self.activity), self.journey.unit).arrive()
            frame = teaching.learners(self.teacher, self.activity)
            assert teaching.row(frame, self.journey.idle_person.name).count(), "people are gone"
        with self.report.step("Pick and launch after the update", "teacher", "student") as step:
            unit, title = self.journey.unit, "Picked after the update"
            picker = lti.begin_picking(self.teacher, self.advantage.course, self.journey.tool)
            picker.get_by_label(self.journey.title).first.check()
            picker.get_by_role("button", name="Add to the course").click()
            lti.picked(self.teacher)
            self.teacher.page.fill("#id_name", title)
            lti.save(self.teacher)
            made = course.external_tools(self.teacher, self.advantage.course)[title]
            player = learner.Learner(lti.launch(self.student, made), unit)
            player.arrive()
            assert player.where == unit.pages[0].id, f"it opens on {player.where}"
            step.note(f"“{title}” shows {unit.title[LANGUAGE]}.")

    def _refusal(self, frame: FrameLocator, code: str) -> str:
        expect(frame.get_by_role("heading", level=1)).to_have_text(REFUSED)
        expect(frame.locator("#code")).to_have_text(code)
        return teaching.words(frame.locator(".lead"))

    def _people(self) -> int:
        rows = json.loads(self._command("people", "list", "--json"))
        return int(next(row["people"] for row in rows if str(row["registration"]) == self.number))

    def _facts(self) -> dict[str, str]:
        return dict(json.loads(self._command("registrations", "show", self.number, "--json")))

    def _command(self, *arguments: str) -> str:
        return tool.lti_tool(*arguments, env=self.settings)
