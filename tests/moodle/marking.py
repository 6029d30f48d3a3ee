"""What teachers do about marks, tried on the real Moodle: attempts granted and set back, grades set
by hand, dates of an activity, figures."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import FrameLocator, expect

from tests import learner
from tests.moodle import gradebook, lti, teaching
from tests.moodle.advantage import Advantage
from tests.moodle.journey import LANGUAGE

#: What the teacher writes over a grade.
BY_HAND = Decimal("12.00")


class Marking:
    def __init__(self, advantage: Advantage) -> None:
        self.advantage, self.journey, self.report = advantage, advantage.journey, advantage.report
        self.course, self.activity = advantage.course, advantage.activity
        self.teacher, self.student = advantage.teacher, advantage.student
        self.person = advantage.person

    def try_again(self) -> None:
        """The best attempt counts: in the tool, and in Moodle's gradebook."""
        unit, score = self.journey.unit, self.journey.scores["lti"]
        with self.report.step("A worse attempt lowers no grade", "student", "teacher") as step:
            player = self.advantage.player(self.activity, unit)
            player.try_again()
            first = unit.quiz[0]
            player.answer(first.id, learner.right_answer(first, LANGUAGE))
            worse = player.hand_in(incomplete=True)
            assert worse < score, f"{worse} is no worse than {score}"
            teaching.until(lambda: self._told("2/", "Sent"), "the second attempt")
            held = gradebook.grade(self.teacher, self.course, self.person.id, self.journey.title)
            step.note(f"The player says {worse}; the gradebook holds {held}.")
            assert held == score, f"the gradebook holds {held}"
        with self.report.step("Grant an attempt", "teacher") as step:
            frame = teaching.learner(self.teacher, self.activity, self.person.name)
            frame.get_by_role("button", name="Grant").first.click()
            expect(frame.locator("dl.facts")).to_contain_text("(1 granted)")
            step.note(teaching.words(frame.locator("dl.facts").first))
        with self.report.step("A better attempt raises the grade", "student", "teacher") as step:
            player = self.advantage.player(self.activity, unit)
            player.try_again()
            player.answer_quiz({q.id: learner.right_answer(q, LANGUAGE) for q in unit.quiz})
            best = player.hand_in()
            assert best == 100, f"all right answers give {best}"
            self._await_grade(self.journey.title, best)
            step.note(f"The gradebook holds {best}.")

    def look_at_figures(self) -> None:
        """Item analysis, and the learners as a file."""
        with self.report.step("See how the questions did", "teacher") as step:
            frame = teaching.tab(self.teacher, self.activity, "Questions")
            asked = frame.locator("section.question.panel[id]").count()
            step.note(teaching.words(frame.get_by_text("Figures from").first))
            assert asked == len(self.journey.unit.quiz), f"{asked} questions are shown"
            answers = teaching.words(frame.locator("dl.figures dd").first)
            assert answers == "1", f"{answers} first attempts are counted"
            rows = teaching.rows_of(
                teaching.download(self.teacher, frame.get_by_role("link", name="Download as CSV"))
            )
            step.note(f"The file has {len(rows)} lines.")
            assert len(rows) >= asked, "the file lacks questions"
        with self.report.step("Download the learners as a table", "teacher") as step:
            frame = teaching.learners(self.teacher, self.activity)
            link = frame.get_by_role("link", name="Download this table")
            rows = teaching.rows_of(teaching.download(self.teacher, link))
            found = {row["Learner"]: row["Score"] for row in rows}
            step.note(str(found))
            assert Decimal(found[self.person.name]) == 100, "not the best score"
            assert found[self.journey.idle_person.name] == "", "a score of who has not begun"

    def override(self) -> None:
        """What a teacher writes into Moodle's gradebook stays, and the tool says so."""
        title = self.journey.title
        with self.report.step("Override the grade in Moodle", "teacher"):
            gradebook.override(self.teacher, self.course, self.person.id, title, BY_HAND)
            self._await_grade(title, BY_HAND)
        with self.report.step("The tool shows that Moodle holds another grade", "teacher") as step:

            def differs() -> bool:
                frame = self._gradebook()
                if teaching.row(frame, self.person.name).count():
                    return True
                again = frame.get_by_role("button", name="Read it now")
                if again.count():
                    again.click()
                return False

            teaching.until(differs, "the difference", seconds=180)
            told = teaching.words(teaching.row(self._gradebook(), self.person.name))
            step.note(told)
            assert str(BY_HAND).removesuffix(".00") in told, f"“{told}” does not tell {BY_HAND}"

    def set_back(self) -> None:
        """Reset and undo; a score sent in between changes no grade that was set by hand."""
        unit = self.journey.unit
        with self.report.step("Reset a learner", "teacher") as step:
            frame = teaching.learner(self.teacher, self.activity, self.person.name)
            frame.get_by_role("link", name="Reset").click()
            frame.get_by_role("button", name="Reset").click()
            expect(frame.get_by_role("status")).to_contain_text("can be put back")
            step.note(teaching.words(frame.locator("dl.facts").first))
        with self.report.step(
            "A score sent anew leaves a grade set by hand", "student", "teacher"
        ) as step:
            player = self.advantage.player(self.activity, unit)
            assert player.where == "quiz", f"it opens on {player.where}"
            player.answer_quiz(self.journey.answers)
            told = player.hand_in()
            assert told == self.journey.scores["lti"], f"the same answers now give {told}"
            teaching.until(
                lambda: self._told(f"{told.normalize()} ", "Sent"),
                "the delivery of the score",
            )
            held = gradebook.grade(self.teacher, self.course, self.person.id, self.journey.title)
            step.note(f"{told} was sent; the gradebook holds {held}.")
            assert held == BY_HAND, f"the gradebook holds {held}"
        with self.report.step("Undo the reset", "teacher") as step:
            frame = teaching.learner(self.teacher, self.activity, self.person.name)
            frame.get_by_role("button", name="Undo").click()
            expect(frame.locator("dl.facts").first).to_contain_text("100")
            step.note(teaching.words(frame.locator("dl.facts").first))

    def close(self) -> None:
        """Dates of a link: closed, then not open yet."""
        unit = self.advantage.programme.units[1]
        for title, dates, told in (
            ("closed", ("2026-01-05T09:00", "2026-01-06T09:00"), "The time for handing in is over"),
            ("not open yet", ("2090-01-05T09:00", "2090-01-06T09:00"), "is not open yet"),
        ):
            with self.report.step(f"The dates say: {title}", "teacher", "student") as step:
                activity = self.advantage.activities[unit.title[LANGUAGE]]
                frame = teaching.tab(self.teacher, activity, "Options")
                frame.locator("#spoc").check()
                for field, value in zip(("#opens_at", "#closes_at"), dates, strict=True):
                    frame.locator(field).fill(value)
                frame.get_by_role("button", name="Save the options").click()
                expect(frame.get_by_role("status")).to_contain_text("Saved")
                seen = lti.launch(self.student, activity)
                expect(seen.get_by_text(told).first).to_be_visible()
                step.note(teaching.words(seen.get_by_text(told).first))

    def _gradebook(self) -> FrameLocator:
        frame = teaching.learners(self.teacher, self.activity)
        frame.get_by_role("link", name="Compare with the gradebook").click()
        expect(frame.get_by_role("heading", level=2)).to_contain_text("Compare")
        return frame

    def _told(self, *texts: str) -> bool:
        """Whether the teacher's page tells all this of the student."""
        frame = teaching.learners(self.teacher, self.activity)
        told = teaching.words(teaching.row(frame, self.person.name))
        return all(text in told for text in texts)

    def _await_grade(self, title: str, value: Decimal) -> None:
        teaching.until(
            lambda: gradebook.grade(self.teacher, self.course, self.person.id, title) == value,
            f"the grade {value}",
        )
