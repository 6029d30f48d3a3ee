"""A folder under units/ → ``Unit``, with the places of its parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from content.choices import report_duplicates
from content.files import CourseFiles
from content.findings import Mark
from content.ids import did_you_mean, is_id
from content.loaded import Inline, LoadedUnit
from content.metadata import Defaults, read_fields, read_licence, read_mastery
from content.model import Outcome, Page, Question, Unit
from content.questions import read_question
from content.quiz_rules import read_rules
from content.reader import Fields, Reading
from content.source import split_front_matter

Marks = dict[tuple[str, str], Mark]


def read_unit(
    files: CourseFiles, reading: Reading, folder: str, mark: Mark, defaults: Defaults
) -> LoadedUnit | None:
    """The unit in ``units/<folder>``, which ``mark`` names; None if there is no such folder."""
    base = f"units/{folder}"
    if base not in files.folders:
        if base not in files.refused:
            known = [path.removeprefix("units/") for path in files.folders if path.count("/") == 1]
            reading.findings.error(
                mark,
                "unit.missing",
                f"there is no folder “{base}”",
                did_you_mean(folder, [name for name in known if f"units/{name}" in files.folders]),
            )
        return None
    own = Reading(reading.languages, reading.findings)
    return _UnitReader(files, own, folder).read(defaults)


@dataclass(slots=True)
class _UnitReader:
    files: CourseFiles
    reading: Reading
    folder: str
    marks: Marks = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"units/{self.folder}"

    def read(self, defaults: Defaults) -> LoadedUnit:
        fields = read_fields(self.files, self.reading, f"{self.base}/unit.yaml")
        outcomes = self._outcomes(fields)
        known = [outcome.id for outcome in outcomes]
        rules = read_rules(fields, self.marks)
        pools = None if fields.broken else [pool.id for pool in rules.pools]
        quiz, checks, all_questions = self._questions(None if fields.broken else known, pools)
        unit = Unit(
            id=fields.identifier(),
            folder=self.folder,
            title=fields.localized("title"),
            summary=fields.localized("summary"),
            outcomes=outcomes,
            competences=self._references(fields, "competences", defaults.competences),
            target_groups=self._references(fields, "target_groups", defaults.target_groups),
            workload_minutes=fields.integer("workload_minutes", 1, 100_000),
            eqf_level=fields.integer("eqf_level", 1, 8),
            licence=read_licence(fields, defaults.licence),
            authors=tuple(text for text, _ in fields.texts("authors", required=False))
            or defaults.authors,
            mastery_score=read_mastery(fields, defaults.mastery_score),
            attempts=fields.integer("attempts", 1, 100, 2),
            pages=self._pages(fields),
            quiz=quiz,
            checks=checks,
            guide=self._guide(),
            rules=rules,
        )
        fields.done()
        return LoadedUnit(
            self.base,
            unit,
            fields.at("id"),
            not fields.broken,
            all_questions,
            self.marks,
            self.reading.inlines,
            self.heads,
        )

    def _outcomes(self, fields: Fields) -> tuple[Outcome, ...]:
        children = fields.children("outcomes", "outcome")
        outcomes = []
        for child in children:
            outcome = Outcome(child.identifier(), child.localized("text"))
            child.done()
            outcomes.append(outcome)
            self.marks.setdefault(("outcome", outcome.id), child.at("id"))
        marks = [child.at("id") for child in children]
        report_duplicates(
            zip([outcome.id for outcome in outcomes], marks, strict=True), fields, "outcome"
        )
        return tuple(outcomes)

    def _references(
        self, fields: Fields, key: str, known: tuple[str, ...] | None
    ) -> tuple[str, ...]:
        """Ids that course.yaml defines."""
        found = []
        for text, mark in fields.texts(key, required=False):
            if known is not None and text not in known:
                self.reading.findings.error(
                    mark,
                    "id.unknown",
                    f"course.yaml lists no “{text[:80]}” under “{key}”",
                    did_you_mean(text, known),
                )
            found.append(text)
        return tuple(found)

    def _questions(
        self, outcomes: list[str] | None, pools: list[str] | None
    ) -> tuple[tuple[Question, ...], tuple[Question, ...], bool]:
        path = f"{self.base}/questions.yaml"
        if path not in self.files.entries and path not in self.files.refused:
            return (), (), True
        fields = read_fields(self.files, self.reading, path)
        found: dict[str, tuple[Question, ...]] = {}
        ids: list[tuple[str, Mark]] = []
        complete = not fields.broken
        for key in ("quiz", "checks"):
            questions = []
            for child in fields.children(key, "question", required=False):
                placed = read_question(child, outcomes, graded=key == "quiz", pools=pools)
                if placed is None:
                    complete = False
                    continue
                questions.append(placed.question)
                ids.append((placed.question.id, placed.mark))
                self.marks.setdefault(("question", placed.question.id), placed.mark)
            found[key] = tuple(questions)
        report_duplicates(ids, fields, "question")
        fields.done()
        return found["quiz"], found["checks"], complete

    def _pages(self, fields: Fields) -> tuple[Page, ...]:
        pages: dict[str, Page] = {}
        for text, mark in self._page_files() if fields.broken else fields.texts("pages"):
            if not is_id(text):
                self.reading.findings.error(
                    mark,
                    "id.invalid",
                    f"“{text[:80]}” cannot be the id of a page",
                    "write the file's name without language and ending, such as shared-criteria",
                )
            elif text in pages:
                self.reading.findings.error(
                    mark, "id.duplicate", f"the page “{text}” stands twice", "keep one of them"
                )
            else:
                self.marks["page", text] = mark
                pages[text] = self._page(text, mark)
        return tuple(pages.values())

    def _page_files(self) -> list[tuple[str, Mark]]:
        """The pages that the names of the files tell, where unit.yaml cannot list them."""
        folder = f"{self.base}/pages"
        found: dict[str, Mark] = {}
        for entry in self.files.within(folder):
            name, _, language = entry.path.removesuffix(".md").rpartition(".")
            page_id = name.removeprefix(f"{folder}/")
            if language in self.reading.languages and is_id(page_id):
                found.setdefault(page_id, Mark(entry.path))
        return list(found.items())

    def _page(self, page_id: str, mark: Mark) -> Page:
        titles: dict[str, str] = {}
        bodies: dict[str, str] = {}
        paths: dict[str, str] = {}
        lines: dict[str, int] = {}
        for language in self._present(f"pages/{page_id}", mark, "page"):
            path = f"{self.base}/pages/{page_id}.{language}.md"
            text = self.files.text(path)
            if text is None:
                continue
            front = split_front_matter(text, Mark(path), self.reading.findings)
            head = Fields(self.reading, front.fields, Mark(path, 1, 1), "page's front matter")
            head.broken = head.broken or front.broken
            titles[language] = head.text("title")
            self.reading.inlines.append(Inline(titles[language], language, head.at("title")))
            head.done()
            bodies[language], paths[language] = front.body, path
            lines[language] = front.body_line
            self.heads[path] = text.removesuffix(front.body)
            if not front.body.strip():
                self.reading.findings.error(
                    Mark(path),
                    "page.empty",
                    "the page has no text below its front matter",
                    "write the page, or take it out of unit.yaml",
                )
        return Page(page_id, titles, bodies, paths, lines)

    def _guide(self) -> dict[str, str]:
        if not any(
            f"{self.base}/guide.{language}.md" in self.files.entries
            for language in self.reading.languages
        ):
            return {}
        guide = {}
        for language in self._present("guide", Mark(self.base), "trainer guide"):
            text = self.files.text(f"{self.base}/guide.{language}.md")
            if text is not None:
                guide[language] = text
        return guide

    def _present(self, stem: str, mark: Mark, kind: str) -> list[str]:
        """The languages in which ``<stem>.<language>.md`` stands; the others are problems."""
        present, absent = [], []
        for language in self.reading.languages:
            path = f"{self.base}/{stem}.{language}.md"
            if path in self.files.entries:
                present.append(language)
            elif path not in self.files.refused:
                absent.append(path)
        if not present and absent:
            self.reading.findings.error(
                mark,
                "page.missing",
                f"the {kind} “{stem.rpartition('/')[2]}” has no file “{absent[0]}”",
                "create the file, or take its name out of the list; if you renamed the file, give "
                "it this name again",
            )
        elif absent:
            for path in absent:
                self.reading.findings.error(
                    Mark(path),
                    "translation.missing-file",
                    f"the {kind} is not there in this language",
                    "translate it, or take the language out of course.yaml",
                )
        return present
