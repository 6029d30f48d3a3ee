"""What designers do with packages in Moodle: other editions, several activities, a new version
while learners are under way, Arabic, Common Cartridges, and what the phone app asks for."""

from __future__ import annotations

import re
import shutil
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from playwright.sync_api import FrameLocator, expect

from content.load import load_course
from tests import learner, tool
from tests.moodle import cartridge, gradebook, scorm
from tests.moodle.journey import LANGUAGE, Journey

_UPDATED = "A page of the second version"


class Packages:
    """``course`` is the folder of the course, ``scratch`` where copies and packages may lie."""

    def __init__(self, journey: Journey, course: Path, scratch: Path) -> None:
        self.journey, self.report = journey, journey.report
        self.source, self.scratch = course, scratch
        self.unit = journey.unit

    def editions(self) -> None:
        """SCORM 2004's older editions are what they are, and keep score, status and state."""
        for name in ("scorm2004-2nd", "scorm2004-3rd"):
            package = self._build(self.source, name)
            self.journey.through_scorm(name, package)
            with self.report.step(f"Moodle has read {name} as SCORM 2004", "teacher") as step:
                kept = scorm.recorded(
                    self.journey.teacher, self.journey.last_activity, self.journey.student_person.id
                )
                assert "cmi.success_status" in kept, f"Moodle keeps {sorted(kept)}"
                step.note(f"cmi.success_status = {kept['cmi.success_status']}")

    def in_arabic(self) -> None:
        """The Arabic packages play from right to left and give the same score."""
        for name in ("scorm12", "scorm2004"):
            title = f"{self.unit.title['ar']} ({name})"
            with self.report.step(f"Import the Arabic {name} package", "teacher"):
                package = self._build(self.source, name, language="ar")
                activity = scorm.import_package(
                    self.journey.teacher, self.journey.course, title, package
                )
            self._play(f"Arabic {name}", title, activity, "ar")

    def update(self, name: str) -> None:
        """Learners' work outlives a new version whose pages were edited, renamed and reordered."""
        site, person = self.journey.teacher, self.journey.student_person
        folder = self.scratch / f"edited-{name}"
        shutil.copytree(self.source, folder)
        title = f"{self.journey.title} (updated {name})"
        with self.report.step(f"Import version 1 ({name})", "teacher"):
            first = self._build(folder, name)
            activity = scorm.import_package(site, self.journey.course, title, first)
            old = first.read_bytes()
        told = self._play(f"version 1 of {name}", title, activity, LANGUAGE)
        before = scorm.recorded(site, activity, person.id)
        with self.report.step(f"Import version 2 over it ({name})", "teacher") as step:
            _edit(folder, self.unit.folder)
            second = self._build(folder, name)
            assert second.read_bytes() != old, "nothing has changed"
            scorm.update_package(site, activity, second)
            step.note("A page was retitled, two changed places, one is new.")
        with self.report.step(f"Go on where version 1 was left ({name})", "student") as step:
            frame = scorm.play(self.journey.student, activity)
            learner.Learner(frame, self.unit).arrive()
            frame.locator("#contents-button, [aria-controls=contents]").first.click()
            expect(frame.locator("body")).to_contain_text(_UPDATED)
            seen = frame.locator("nav .is-seen, nav [data-seen]").count()
            step.note(f"{seen} pages of the contents are marked as read.")
            scorm.leave(self.journey.student)
        with self.report.step(f"Every track is still there ({name})", "teacher") as step:
            after = scorm.recorded(site, activity, person.id)
            lost = sorted(set(before) - set(after))
            assert not lost, f"Moodle has lost {lost}"
            raw = scorm.raw_score(after)
            assert raw == told, f"the score is {raw}, not {told}"
            found = gradebook.grade(site, self.journey.course, person.id, title)
            assert found == told, f"the grade is {found}, not {told}"
            step.note(f"{len(after)} elements, score.raw = {raw}")

    def several_activities(self, folder: Path, name: str) -> None:
        """``--sco unit``: one package, one activity a unit, each with its own track."""
        course = load_course(folder)
        title = f"{course.title[LANGUAGE]} ({name}, by unit)"
        site, student = self.journey.teacher, self.journey.student

        def open_player() -> FrameLocator:
            return scorm.play(student, activity)

        def leave() -> None:
            scorm.leave(student)

        with self.report.step(f"Import {course.id} as one SCO a unit ({name})", "teacher"):
            package = self._build(folder, name, unit=None, extra=["--sco", "unit"])
            activity = scorm.import_package(site, self.journey.course, title, package)
        with self.report.step(f"Take each of its units ({name})", "student") as step:
            for unit in course.units:
                answers = learner.script(unit, LANGUAGE)
                told = learner.take(open_player, leave, unit, LANGUAGE, answers)
                leave()
                step.note(f"{unit.title[LANGUAGE]}: {told}")
        with self.report.step(f"Moodle keeps a track for each ({name})", "teacher") as step:
            tracks = scorm.tracks(site, activity, self.journey.student_person.id)
            step.note(", ".join(tracks))
            assert len(tracks) == len(course.units), f"tracks of {tracks}"

    def cartridges(self) -> None:
        """Moodle makes a course of a cartridge, in English and in Arabic: its pages, its quiz."""
        for language in (LANGUAGE, "ar"):
            title = load_course(self.source).title[language]
            with self.report.step(f"Restore the cartridge cc11 ({language})", "admin") as step:
                package = self._build(self.source, "cc11", language=language, unit=None)
                made = cartridge.restore(self.journey.admin, package, title)
                self.journey.made.courses.append(made)
                found = cartridge.activities(self.journey.admin, made)
                kinds = {kind: len(ones) for kind, ones in found.items()}
                step.note(str(kinds))
                units = load_course(self.source).units
                assert kinds["page"] >= sum(len(unit.pages) for unit in units)
                assert kinds["quiz"] == sum(bool(unit.quiz) for unit in units)
            with self.report.step(f"Read a page of it ({language})", "admin") as step:
                number, name = found["page"][1]
                self.journey.admin.go(f"/mod/page/view.php?id={number}")
                body = self.journey.admin.page.locator("[role=main] [lang]").first
                expect(body).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
                broken = self.journey.admin.page.evaluate(
                    "[...document.querySelectorAll('[role=main] img')]"
                    ".filter((i) => i.complete && !i.naturalWidth).length"
                )
                assert not broken, f"{broken} pictures of “{name}” are not shown"
                step.note(name)
            with self.report.step(f"Try its quiz ({language})", "admin") as step:
                number, name = found["quiz"][0]
                asked = cartridge.try_quiz(self.journey.admin, number)
                step.note(f"{name}: {asked} questions")
                assert asked >= len(units[0].quiz)

    def phone_app(self) -> None:
        """What Moodle's app needs to take a package along: SCORM 1.2, a zip, a free download."""
        with self.report.step("Ask as the phone app does", "admin") as step:
            found = scorm.as_the_app(
                self.journey.admin, self.journey.student_person, self.journey.course
            )
            if found is None:
                step.note("The mobile services cannot be switched on here: not tried.")
                return
            wanted = [one for one in found if one["version"] == "SCORM_1.2"]
            assert wanted, f"no SCORM 1.2 among {[one['version'] for one in found]}"
            for one in wanted:
                assert not one["protectpackagedownloads"], "the download is protected"
                with zipfile.ZipFile(BytesIO(one["package"])) as package:
                    assert package.testzip() is None
                    assert "imsmanifest.xml" in package.namelist()
            step.note(f"{len(wanted)} packages can be taken along.")

    def _play(self, key: str, title: str, activity: str, language: str) -> Decimal:
        """Take the activity as the student, leaving it twice; the score, which Moodle has too."""
        student, person = self.journey.student, self.journey.student_person

        def open_player() -> FrameLocator:
            return scorm.play(student, activity)

        def leave() -> None:
            scorm.leave(student)

        with self.report.step(f"{key}: take the unit, leaving it twice", "student") as step:
            answers = learner.script(self.unit, language)
            told = learner.take(open_player, leave, self.unit, language, answers)
            step.note(f"The player says {told}.")
            leave()
        with self.report.step(f"{key}: the grade is in the gradebook", "teacher"):
            found = gradebook.await_grade(
                self.journey.teacher, self.journey.course, person.id, title
            )
            assert found == told, f"the gradebook has {found}, not {told}"
        return told

    def _build(
        self,
        course: Path,
        name: str,
        *,
        language: str = LANGUAGE,
        unit: str | None = "",
        extra: list[str] | None = None,
    ) -> Path:
        chosen = self.unit.id if unit == "" else unit
        return tool.build_one(course, name, language, chosen, self.scratch / "dist", extra or [])


def _edit(course: Path, unit: str) -> None:
    """Edit the text and the title of a page, let two pages change places, add one at the end."""
    folder = course / "units" / unit
    listed = folder / "unit.yaml"
    text = listed.read_text("utf-8")
    found = re.search(r"^pages: \[([^\]]+)\]|^pages:\n((?:  - .+\n)+)", text, re.M)
    assert found, f"{listed} lists no pages"
    names = re.findall(r"[a-z][a-z0-9-]*", found[1] or found[2])
    names[1], names[2] = names[2], names[1]
    changed = f"pages: [{', '.join([*names, 'second-version'])}]\n"
    listed.write_text(text[: found.start()] + changed + text[found.end() :].lstrip("\n"), "utf-8")
    for page in sorted((folder / "pages").glob(f"{names[0]}.*.md")):
        language = page.name.split(".")[1]
        old = page.read_text("utf-8")
        page.write_text(
            re.sub(r"^title: .*$", "title: Version 2", old, count=1, flags=re.M), "utf-8"
        )
        new = folder / "pages" / f"second-version.{language}.md"
        new.write_text(f"---\ntitle: {_UPDATED}\n---\nNew in version 2.\n", "utf-8")
