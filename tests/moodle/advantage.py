"""What teachers and learners do beside taking a unit: every step on the real Moodle, after
``Journey.through_lti``."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import FrameLocator, expect

from content.model import Course, Unit
from tests import learner
from tests.moodle import course, gradebook, lti, scorm, teaching
from tests.moodle.course import MoodleCourse
from tests.moodle.journey import LANGUAGE, Journey


class Advantage:
    """``programme`` is a second course of the tool, of several units."""

    def __init__(self, journey: Journey, programme: Course) -> None:
        self.journey, self.report, self.programme = journey, journey.report, programme
        self.course, self.activity = journey.course, journey.activity
        self.teacher, self.student = journey.teacher, journey.student
        self.person = journey.student_person
        self.activities: dict[str, str] = {}

    def player(self, activity: str, unit: Unit) -> learner.Learner:
        """The student in front of the player, ready."""
        player = learner.Learner(lti.launch(self.student, activity), unit)
        player.arrive()
        return player

    def pick_several(self) -> None:
        """One answer of the picker makes all units of a programme, and the quiz of another."""
        unit, quiz = self.journey.unit, f"Quiz: {self.journey.title}"
        wanted = [quiz, *(one.title[LANGUAGE] for one in self.programme.units)]
        with self.report.step("Pick a whole programme and only a quiz", "teacher") as step:
            picker = lti.begin_picking(self.teacher, self.course, self.journey.tool)
            picker.get_by_label(f"Only its quiz: {self.journey.title}").check()
            picker.locator(f"#programme-{self.programme.id}").check()
            self.report.photograph(step, "teacher")
            picker.get_by_role("button", name="Add to the course").click()
            step.note("; ".join(lti.picked_several(self.teacher)))
            self.report.photograph(step, "teacher")
            lti.save_several(self.teacher)
            self.activities = course.external_tools(self.teacher, self.course)
            missing = sorted(set(wanted) - self.activities.keys())
            assert not missing, f"not made: {missing}"
        with self.report.step("Take the quiz that was picked alone", "student") as step:
            player = self.player(self.activities[quiz], unit)
            assert player.where == "quiz", f"it opens on {player.where}"
            player.answer_quiz(self.journey.answers)
            told = player.hand_in()
            step.note(f"The player says {told}.")
            assert told == self.journey.scores["lti"], "the whole unit gave another score"
        with self.report.step("The quiz has a grade of its own", "teacher"):
            found = gradebook.await_grade(self.teacher, self.course, self.person.id, quiz)
            assert found == told, f"the gradebook has {found}, not {told}"

    def reload_and_go_back(self) -> None:
        """In the frame, with third-party cookies blocked."""
        with self.report.step("Reload and go back in the frame", "student") as step:
            unit = self.programme.units[0]
            frame = lti.launch(self.student, self.activities[unit.title[LANGUAGE]])
            player = learner.Learner(frame, unit)
            player.arrive()
            last = unit.pages[-1].id
            player.read_on(to=last)
            frame.locator("html").evaluate("() => window.location.reload()")
            player.arrive()
            assert player.where == last, f"after a reload it opens on {player.where}"
            player.read_on(to="quiz")
            self._back()
            expect(frame.locator(f'.view.is-current[data-view$="/{last}"]')).to_be_visible()
            self._to_my_page(frame)
            self._back()
            player.arrive()
            step.note(f"Back from “My progress” the player is on {player.where}.")

    def look_at_my_page(self) -> None:
        """The learner's own page: all units of the course, what Moodle was told, their data."""
        with self.report.step("See my progress over the course's units", "student") as step:
            score = self.journey.scores["lti"]
            frame = lti.launch(self.student, self.activity)
            learner.Learner(frame, self.journey.unit).arrive()
            self._to_my_page(frame)
            units = frame.locator("ul.mine > li")
            for title in (self.journey.title, self.programme.units[0].title[LANGUAGE]):
                expect(units.filter(has_text=title).first).to_be_visible()
            own = teaching.words(units.filter(has_text=self.journey.title).first)
            step.note(own)
            assert "Passed" in own, "the unit is not told as passed"
            assert "Arrived" in own, "it does not say that the score arrived"
            self.report.photograph(step, "student")
            file = teaching.download(
                self.student, frame.get_by_role("button", name="Download my data")
            )
            held = json.loads(Path(file.path()).read_text(encoding="utf-8"))
            sent = [Decimal(row["score"]) for row in held["scores_sent"] if row["score"]]
            step.note(f"The file tells of {len(held['units'])} units and the scores {sent}.")
            assert score in sent, "the score is not in the file"
            frame.get_by_role("link", name="My answers and scores").first.click()
            expect(frame.locator("details.attempt").first).to_be_visible()

    def read_the_roster(self) -> None:
        """Who never opened the tool is on the teacher's page all the same."""
        person = self.journey.idle_person
        with self.report.step("The roster shows who has not started", "teacher") as step:

            def listed() -> bool:
                frame = teaching.learners(self.teacher, self.activity)
                return teaching.row(frame, person.name).count() == 1

            teaching.until(listed, f"{person.name} on the teacher's page")
            frame = teaching.learners(self.teacher, self.activity)
            told = teaching.words(teaching.row(frame, person.name))
            step.note(told)
            assert "Not started" in told, f"{person.name} is told as “{told}”"

    def take_as_package(self) -> None:
        """The unit as SCORM, from the teacher's page into the same Moodle."""
        title, name = f"{self.journey.title} (downloaded)", "downloaded package"
        with self.report.step("Download the unit as SCORM and import it", "teacher") as step:
            frame = teaching.tab(self.teacher, self.activity, "Download")
            frame.get_by_role("button", name="Build the package").click()
            link = frame.get_by_role("link", name="Download the package")
            link.wait_for(timeout=180_000)
            self.report.photograph(step, "teacher")
            file = teaching.download(self.teacher, link)
            package = self.report.folder / file.suggested_filename
            file.save_as(package)
            made = scorm.import_package(self.teacher, self.course, title, package)
            step.note(f"{package.name}, {package.stat().st_size:,} bytes")
        self.journey.play_package(name, title, made)

    def copy_the_course(self) -> None:
        """Moodle's own import; then a student comes first."""
        admin, title = self.journey.admin, self.journey.title
        with self.report.step("Copy the course", "admin") as step:
            stamp = self.journey.stamp
            copied = course.create(admin, f"SSE copy {stamp}", f"sse-copy-{stamp}")
            self.journey.made.courses.append(copied)
            course.enrol(admin, copied, self.journey.teacher_person, "Teacher")
            course.enrol(admin, copied, self.person, "Student")
            course.import_into(admin, self.course, copied)
            activities = course.external_tools(admin, copied)
            step.note(", ".join(activities))
        with self.report.step("A student comes first to the copy", "student", "teacher") as step:
            told = self._take_in(copied, activities[title])
            step.note(f"The player says {told}.")
        with self.report.step("The copy has none of the old learners' work", "teacher") as step:
            frame = teaching.learners(self.teacher, activities[title])
            shown = teaching.words(teaching.row(frame, self.person.name))
            step.note(shown)
            assert "1/" in shown, f"“{shown}” does not tell one attempt"
            others = teaching.row(frame, self.journey.idle_person.name).count()
            assert not others, "somebody of the old course is listed"

    def _take_in(self, copied: MoodleCourse, activity: str) -> Decimal:
        """Take the copied unit: the score that the player and the copy's gradebook tell."""
        unit = self.journey.unit
        player = self.player(activity, unit)
        assert player.where == unit.pages[0].id, f"the copy opens on {player.where}"
        player.read_on(to="quiz")
        player.answer_quiz(self.journey.answers)
        told = player.hand_in()
        assert told == self.journey.scores["lti"], f"the same answers now give {told}"
        found = gradebook.await_grade(self.teacher, copied, self.person.id, self.journey.title)
        assert found == told, f"the copy's gradebook has {found}, not {told}"
        return told

    def _back(self) -> None:
        """As the browser's button: the frame's own steps are among the page's."""
        self.student.page.evaluate("() => window.history.back()")

    def _to_my_page(self, frame: FrameLocator) -> None:
        link = frame.locator('a[href*="/me/"]').first
        link.evaluate("link => link.click()")  # it may be in a menu that is closed
        expect(frame.get_by_role("heading", level=1)).to_contain_text("My progress")
