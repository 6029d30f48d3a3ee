"""The whole trial, step by step: an administrator, a teacher and students on one Moodle."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import FrameLocator, expect

from content.grading import grade, score
from content.model import Unit
from tests import learner
from tests.moodle import course, gradebook, lti, registration, scorm
from tests.moodle.browser import People
from tests.moodle.course import MoodleCourse
from tests.moodle.report import Report
from tests.moodle.site import Person, Site

LANGUAGE = "en"


@dataclass
class Made:
    """What there is to clean up."""

    courses: list[MoodleCourse] = field(default_factory=list)
    tool: str | None = None
    people: list[Person] = field(default_factory=list)


class Journey:
    def __init__(self, people: People, report: Report, url: str, unit: Unit) -> None:
        self.people, self.report, self.url, self.unit = people, report, url, unit
        self.tool_origin = "/no/tool/yet/"
        self.stamp = secrets.token_hex(3)
        self.made = Made()
        #: The number of the SCORM activity made last.
        self.last_activity = ""
        self.scores: dict[str, Decimal] = {}
        self.answers = learner.script(unit, LANGUAGE)
        self.title = unit.title[LANGUAGE]

    def prepare(self, user: str, password: str) -> None:
        """A course with a teacher and three students, one of whom never opens anything."""
        with self.report.step("Sign in as the administrator", "admin") as step:
            self.admin = self._site("admin")
            self.admin.log_in(user, password)
            self.report.facts["Moodle"] = self.admin.release()
            step.note(f"Moodle {self.report.facts['Moodle']}")
        with self.report.step("Make a course, a teacher and students", "admin") as step:
            self.course = course.create(
                self.admin, f"SSE trial {self.stamp}", f"sse-trial-{self.stamp}"
            )
            self.made.courses.append(self.course)
            teacher = self._person("Tarek", "Teacher", LANGUAGE)
            student = self._person("Salma", "Student", LANGUAGE)
            assert teacher, "this Moodle lacks English"
            assert student, "this Moodle lacks English"
            self.teacher_person, self.student_person = teacher, student
            idle = self._person("Idris", "Idle", LANGUAGE)
            assert idle, "this Moodle lacks English"
            self.idle_person = idle
            self.arabic_person = self._person("Amina", "Arabic", "ar")
            course.enrol(self.admin, self.course, self.teacher_person, "Teacher")
            for person in (self.student_person, self.idle_person, self.arabic_person):
                if person:
                    course.enrol(self.admin, self.course, person, "Student")
            if self.arabic_person is None:
                step.note("This Moodle has no Arabic language pack: Arabic is not tried.")
        with self.report.step("Sign in as the teacher and as the student", "teacher", "student"):
            self.teacher = self._site("teacher")
            self.teacher.log_in(self.teacher_person.username, self.teacher_person.password)
            self.student = self._site("student")
            self.student.log_in(self.student_person.username, self.student_person.password)

    def through_lti(self, invite: str) -> None:
        """Register, pick, launch, take the unit, look at the grade and at the teacher's page."""
        parts = urlsplit(invite)
        self.tool_origin = f"{parts.scheme}://{parts.netloc}"
        self._register(invite)
        activity = self.activity = self._pick()

        def open_player() -> FrameLocator:
            return lti.launch(self.student, activity)

        def leave() -> None:
            self.student.go(f"/course/view.php?id={self.course.id}")

        with self.report.step("Launch as a student, in the frame", "student") as step:
            frame = open_player()
            learner.Learner(frame, self.unit).arrive()
            kept = lti.keeps_third_party_cookies(frame)
            step.note(f"The frame can keep third-party cookies: {'yes' if kept else 'no'}.")
        self._take("External tool", "lti", open_player, leave)
        with self.report.step("The grade is in the gradebook (LTI)", "teacher"):
            self._grade("lti", self.title)
        with self.report.step("The teacher sees who has done what", "teacher") as step:
            frame = lti.launch(self.teacher, activity)
            row = frame.locator("tr", has_text=self.student_person.name).first
            told = " ".join(row.inner_text(timeout=40_000).split())
            step.note(told)
            assert str(self.scores["lti"]) in told, f"{self.scores['lti']} is not in “{told}”"
        if self.arabic_person:
            self._arabic(activity, self.arabic_person)

    def through_scorm(self, name: str, package: Path) -> None:
        """Import a package, take it with breaks, look at what Moodle recorded and at the grade."""
        title = f"{self.title} ({name})"
        with self.report.step(f"Import the {name} package", "teacher") as step:
            activity = scorm.import_package(self.teacher, self.course, title, package)
            step.note(f"{package.name}, {package.stat().st_size:,} bytes")
        self.last_activity = activity
        self.play_package(name, title, activity)

    def play_package(self, name: str, title: str, activity: str) -> None:
        """Take the package in the activity of that number and title, as above."""

        def open_player() -> FrameLocator:
            return scorm.play(self.student, activity)

        def leave() -> None:
            scorm.leave(self.student)

        self._take(name, name, open_player, leave)
        with self.report.step(f"Moodle has recorded the {name} attempt", "teacher") as step:
            leave()
            kept = scorm.recorded(self.teacher, activity, self.student_person.id)
            wanted = {
                key: kept[key]
                for key in kept
                if key.endswith(("status", "raw", "scaled")) and "objectives" not in key
            }
            step.note(", ".join(f"{key} = {value}" for key, value in wanted.items()))
            raw = scorm.raw_score(kept)
            assert raw == self.scores[name], f"score.raw is {raw}, not {self.scores[name]}"
        with self.report.step(f"The grade is in the gradebook ({name})", "teacher"):
            self._grade(name, title)

    def compare(self) -> None:
        """The three scores, and what ``content.grading`` says of the same answers."""
        with self.report.step("The scores are the same") as step:
            results = {
                question.id: grade(question, self.answers.get(question.id), LANGUAGE)
                for question in self.unit.quiz
            }
            self.scores["content.grading"] = score(self.unit.quiz, results).value
            step.note(", ".join(f"{name}: {value}" for name, value in self.scores.items()))
            assert len(self.scores) >= 4, "not every way was gone to its end"
            assert len(set(self.scores.values())) == 1, "the scores differ"

    def listen(self) -> None:
        """Our documents, in the tool's frame and in packages, have made no browser complain."""
        with self.report.step("No errors in our pages") as step:
            others = [error for error in self.people.errors if not self._is_ours(error)]
            step.note(f"{len(others)} in Moodle's own pages are passed over.")
            ours = sorted({error for error in self.people.errors if self._is_ours(error)})
            assert not ours, "; ".join(ours)

    def _is_ours(self, error: str) -> bool:
        return "/mod_scorm/content/" in error or self.tool_origin in error

    def clean_up(self) -> None:
        with self.report.step("Clean up") as step:
            for made in self.made.courses:
                course.delete(self.admin, made)
                step.note(f"{made.short_name} is deleted.")
            if self.made.tool:
                registration.delete(self.admin, self.made.tool)
                step.note("The tool is deleted.")
            for person in self.made.people:
                self.admin.delete_person(person)
                step.note(f"{person.name} is deleted.")

    def _register(self, invite: str) -> None:
        with self.report.step("Register the tool by its URL", "admin") as step:
            frame, before = registration.begin(self.admin, invite)
            told = frame.get_by_role("heading", level=1)
            told.wait_for()
            if "not registered" in told.inner_text():
                raise RuntimeError(" ".join(frame.locator("main").inner_text().split()))
            frame.get_by_role("button", name="Register").click()
            expect(told).to_have_text("The tool is registered")
            self.report.photograph(step, "admin")
            frame.get_by_role("button", name="Close").click()
            self.made.tool = self.tool = registration.await_card(self.admin, before)
            step.note(str(registration.details(self.admin, self.tool)))
        with self.report.step("Activate the tool and offer it to teachers", "admin"):
            registration.activate(self.admin, self.tool)
            registration.show_in_chooser(self.admin, self.tool)

    def _pick(self) -> str:
        with self.report.step(f"Pick “{self.title}” by deep linking", "teacher") as step:
            picker = lti.begin_picking(self.teacher, self.course, self.tool)
            picker.get_by_label(self.title).first.check()
            self.report.photograph(step, "teacher")
            picker.get_by_role("button", name="Add to the course").click()
            filled = lti.picked(self.teacher)
            step.note(str(filled))
            assert filled["name"] == self.title, f"the activity is called {filled['name']}"
            return lti.save(self.teacher)

    def _take(
        self,
        title: str,
        key: str,
        open_player: Callable[[], FrameLocator],
        leave: Callable[[], None],
    ) -> None:
        with self.report.step(f"{title}: take the unit, leaving it twice", "student") as step:
            told = learner.take(open_player, leave, self.unit, LANGUAGE, self.answers)
            step.note(f"The player says {told}.")
            self.scores[key] = told

    def _grade(self, key: str, activity: str) -> None:
        found = gradebook.await_grade(self.teacher, self.course, self.student_person.id, activity)
        assert found == self.scores[key], f"the gradebook has {found}, not {self.scores[key]}"

    def _arabic(self, activity: str, person: Person) -> None:
        with self.report.step("Launch in Arabic", "arabic") as step:
            site = self._site("arabic")
            site.log_in(person.username, person.password, language=None)
            frame = lti.launch(site, activity)
            learner.Learner(frame, self.unit).arrive()
            html = frame.locator("html")
            expect(html).to_have_attribute("lang", "ar")
            expect(html).to_have_attribute("dir", "rtl")
            step.note(frame.locator(".view.is-current h1").inner_text())

    def _person(self, first: str, role: str, language: str) -> Person | None:
        username = f"sse-{role.lower()}-{self.stamp}"
        person = self.admin.new_person(username, first, f"{role} {self.stamp}", language)
        if person:
            self.made.people.append(person)
        return person

    def _site(self, name: str) -> Site:
        return Site(self.people.page(name), self.url)
