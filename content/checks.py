"""What is only visible across files: references, translations beside each other, unused things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from content.findings import Mark
from content.ids import short_hash
from content.known_texts import page_facts, text_facts
from content.loaded import Inline, Loaded, LoadedUnit
from content.model import Page
from content.pageparse import PageParse
from content.references import References

_MAX_ALT = 125
_ROOT_FILES = ("course.yaml", "glossary.yaml", "theme.yaml")


def check_course(loaded: Loaded) -> None:
    """Add to ``loaded.findings`` what its files do not show one by one."""
    references = References(loaded)
    _check_inlines(loaded.inlines, None, references)
    for unit in loaded.units:
        _UnitChecks(loaded, unit, references).run()
    _check_unlisted(loaded)
    if loaded.units and loaded.all_units and all(map(loaded.all_pages, loaded.units)):
        references.report_unused()


def _check_inlines(
    inlines: Iterable[Inline], unit: LoadedUnit | None, references: References
) -> None:
    for inline in inlines:
        parsed = text_facts(
            inline.text,
            mark=inline.mark,
            findings=references.findings,
            language=inline.language,
        )
        references.check(parsed.references, unit, inline.language)


class _UnitChecks:
    def __init__(self, loaded: Loaded, unit: LoadedUnit, references: References) -> None:
        self.loaded = loaded
        self.findings = loaded.findings
        self.loaded_unit = unit
        self.unit = unit.unit
        self.references = references
        #: Where each check stands: id → language → marks.
        self.checks: dict[str, dict[str, list[Mark]]] = defaultdict(lambda: defaultdict(list))

    def run(self) -> None:
        _check_inlines(self.loaded_unit.inlines, self.loaded_unit, self.references)
        for page in self.unit.pages:
            self._check_page(page)
        self._check_guide()
        self._check_checks()
        self._check_quiz()
        self._check_short_hashes()

    def _check_page(self, page: Page) -> None:
        parses: dict[str, PageParse] = {}
        for language, body in page.body.items():
            parsed = page_facts(
                body,
                mark=Mark(page.paths[language]),
                findings=self.findings,
                language=language,
                first_line=page.body_line[language],
            )
            parses[language] = parsed
            self._check_parse(parsed, language)
        self._check_structure(parses)
        self._check_parity(parses)

    def _check_parse(self, parsed: PageParse, language: str) -> None:
        self.references.check(parsed.references, self.loaded_unit, language)
        for reference in parsed.references:
            if reference.kind == "check":
                self.checks[reference.target][language].append(reference.mark)
        for mark, alt in parsed.alts:
            if len(alt) > _MAX_ALT:
                self.findings.warning(
                    mark,
                    "media.long-alt",
                    f"the alt text has {len(alt)} characters; {_MAX_ALT} can be listened to",
                    "shorten it, and say the rest in the caption or the text",
                )

    def _check_structure(self, parses: Mapping[str, PageParse]) -> None:
        """Translations should have the same blocks and headings, in the same order."""
        first = next(iter(self.loaded.course.languages), "")
        if first not in parses:
            return
        wanted = [part for part, _ in parses[first].structure]
        for language, parsed in parses.items():
            found = [part for part, _ in parsed.structure]
            if found == wanted:
                continue
            place = next(
                (index for index, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b),
                min(len(found), len(wanted)),
            )
            here = f"“{found[place].strip()}”" if place < len(found) else "nothing"
            there = f"“{wanted[place].strip()}”" if place < len(wanted) else "nothing"
            mark = parsed.structure[place][1] if place < len(found) else parsed.mark
            self.findings.warning(
                mark,
                "translation.structure",
                f"part {place + 1} of the page is {here} in “{language}” and {there} in “{first}”",
                "let translations have the same blocks and headings in the same order",
            )

    def _check_parity(self, parses: Mapping[str, PageParse]) -> None:
        """A check that only some languages show would make one unit two."""
        shown = {
            language: {ref.target for ref in parsed.references if ref.kind == "check"}
            for language, parsed in parses.items()
        }
        for check in sorted(set().union(*shown.values())) if shown else ():
            for language, parsed in parses.items():
                if check not in shown[language]:
                    others = ", ".join(each for each in shown if check in shown[each])
                    self.findings.error(
                        parsed.mark,
                        "check.missing",
                        f"the check “{check}” stands on this page in {others}, not in {language}",
                        f"add “::: check {check}” and “:::” here",
                    )

    def _check_guide(self) -> None:
        for language, text in self.unit.guide.items():
            parsed = page_facts(
                text,
                mark=Mark(f"{self.loaded_unit.base}/guide.{language}.md"),
                findings=self.findings,
                language=language,
            )
            self.references.check(parsed.references, self.loaded_unit, language)

    def _check_checks(self) -> None:
        all_pages = self.loaded_unit.readable and self.loaded.all_pages(self.loaded_unit)
        for check in self.unit.checks:
            places = self.checks.get(check.id, {})
            if not places and check.id and all_pages:
                self.findings.warning(
                    self.loaded_unit.marks["question", check.id],
                    "check.unused",
                    f"no page shows the check “{check.id}”",
                    f"write “::: check {check.id}” and “:::” in a page, or remove it",
                )
            for marks in places.values():
                for mark in marks[1:]:
                    self.findings.error(
                        mark,
                        "check.repeated",
                        f"the check “{check.id}” stands a second time in this unit",
                        f"keep one; the first is in {marks[0].path}, line {marks[0].line}",
                    )

    def _check_quiz(self) -> None:
        if not (self.loaded_unit.readable and self.loaded_unit.all_questions):
            return
        if not any(question.scored for question in self.unit.quiz):
            self.findings.warning(
                self.loaded_unit.mark,
                "quiz.unscored",
                "the unit has no scored quiz item: whoever hands in gets 100",
                "add items under “quiz” in questions.yaml",
            )
            return
        self._check_pools()
        tested = {question.outcome for question in self.unit.quiz}
        for outcome in self.unit.outcomes:
            if outcome.id and outcome.id not in tested:
                self.findings.warning(
                    self.loaded_unit.marks["outcome", outcome.id],
                    "quiz.outcome-untested",
                    f"no quiz item tests the outcome “{outcome.id}”",
                    "add one, or give an item this outcome",
                )

    def _check_pools(self) -> None:
        """Every paper must weigh the same: attempts of one unit are compared."""
        for pool in self.unit.rules.pools:
            drawn = [question for question in self.unit.quiz if question.pool == pool.id]
            if pool.id and len(drawn) < pool.draw:
                self.findings.error(
                    self.loaded_unit.marks["pool", pool.id],
                    "pool.too-small",
                    f"{pool.draw} questions are to be drawn from the pool “{pool.id}”, which has "
                    f"{len(drawn)}",
                    f"write “pool: {pool.id}” in more questions, or draw fewer in unit.yaml",
                )
            for question in drawn:
                first = drawn[0]
                if (question.points, question.scored) != (first.points, first.scored):
                    self.findings.error(
                        self.loaded_unit.marks["question", question.id],
                        "pool.points",
                        f"this question weighs otherwise than the others of the pool “{pool.id}”",
                        "give all questions of a pool the same points: any of them may be drawn",
                    )

    def _check_short_hashes(self) -> None:
        """Players keep progress by short hashes: two ids of a unit must not share one."""
        seen: dict[str, tuple[str, str]] = {}
        for (kind, name), mark in self.loaded_unit.marks.items():
            if kind in ("outcome", "pool") or not name:
                continue
            other = seen.setdefault(short_hash(name), (kind, name))
            if other != (kind, name):
                self.findings.error(
                    mark,
                    "id.short-hash-collision",
                    f"the {kind} “{name}” and the {other[0]} “{other[1]}” have one short form",
                    "rename one of them: players would take one for the other",
                )


def _where_to_list(name: str) -> str:
    """What to do with a file among the pages that is none."""
    if name.endswith(".md.txt"):
        return f"rename it to “{name.removesuffix('.txt')}”: the editor has added .txt"
    return "list it under “pages” in unit.yaml; the name is <page id>.<language>.md"


def _check_unlisted(loaded: Loaded) -> None:
    """Files that look like parts of the course and are not."""
    if not loaded.course.languages:
        return  # Nothing tells which files are pages and guides.
    listed = {unit.base: unit for unit in loaded.units}
    for path in sorted(loaded.files.folders):
        if path.startswith("units/") and path.count("/") == 1 and path not in listed:
            loaded.findings.warning(
                Mark(path),
                "unit.unlisted",
                "this unit is not part of the course",
                "add the folder to “units” in course.yaml, or remove it",
            )
    for path in loaded.files.entries:
        base = "/".join(path.split("/")[:2])
        if path in loaded.files.used or path in loaded.files.refused or "/media/" in f"/{path}":
            continue
        inside = path.removeprefix(f"{base}/")
        if base in listed and inside.startswith("pages/"):
            if not listed[base].readable:
                continue
            loaded.findings.warning(
                Mark(path),
                "page.unlisted",
                "this file is not part of the unit",
                _where_to_list(inside.removeprefix("pages/")),
            )
        elif (base in listed and inside.endswith((".md", ".yaml", ".yml"))) or (
            "/" not in path and path.endswith((".yaml", ".yml")) and path not in _ROOT_FILES
        ):
            loaded.findings.warning(
                Mark(path),
                "file.unused",
                "no part of the course has this name",
                "see the layout in docs/course-format.md, or remove the file",
            )
