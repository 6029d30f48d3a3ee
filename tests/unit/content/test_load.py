"""load_course and inspect_course on whole folders."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from content.load import inspect_course, load_course
from content.model import SingleChoice
from content.problems import ContentError
from tests.unit.content.courses import PAGE, QUESTIONS, SVG, UNIT, CourseFolder

UNIT_YAML = f"{UNIT}/unit.yaml"


def test_a_good_course_has_no_problems(course: CourseFolder) -> None:
    assert course.problems() == ()


def test_values_arrive(course: CourseFolder) -> None:
    loaded = course.load()

    assert (loaded.id, loaded.version, loaded.languages) == ("tiny", "1.0", ("en", "fr"))
    assert loaded.title == {"en": "Tiny", "fr": "Petit"}
    assert loaded.default_language == "en"
    (unit,) = loaded.units
    assert (unit.id, unit.folder, unit.eqf_level, unit.workload_minutes) == (
        "start",
        "01-start",
        5,
        30,
    )
    assert (unit.licence, unit.authors) == ("CC-BY-SA-4.0", ("Somebody",))
    assert [page.id for page in unit.pages] == ["one", "two"]
    assert unit.pages[0].body["en"].startswith("A [member]")
    assert unit.pages[0].body_line["en"] == 4
    assert unit.pages[0].paths["fr"] == f"{UNIT}/pages/one.fr.md"
    (media,) = loaded.media
    assert (media.path, media.width, media.height) == (f"{UNIT}/media/drawing.svg", 40, 20)
    assert media.size == len(SVG)
    question = unit.question("q1")
    assert isinstance(question, SingleChoice)
    assert [choice.correct for choice in question.choices] == [True, False]


def test_what_is_not_said_has_defaults(course: CourseFolder) -> None:
    loaded = course.load()

    assert loaded.mastery_score == loaded.units[0].mastery_score == Decimal(70)
    assert loaded.units[0].attempts == 2
    assert loaded.units[0].quiz[0].points == 1
    assert loaded.units[0].guide == {}


def test_units_may_differ_from_their_course(course: CourseFolder) -> None:
    course.replace("course.yaml", "authors:", "mastery_score: 60\nauthors:")
    assert course.load().units[0].mastery_score == 60

    course.replace(
        UNIT_YAML, "pages:", "mastery_score: 80.5\nattempts: 3\nlicence: CC0-1.0\npages:"
    )
    unit = course.load().units[0]
    assert (unit.mastery_score, unit.attempts, unit.licence) == (Decimal("80.5"), 3, "CC0-1.0")


def test_words_that_yaml_would_turn_stay_words(course: CourseFolder) -> None:
    course.replace("course.yaml", "en: Tiny", "en: no").replace("course.yaml", '"1.0"', "1.10")
    course.replace("course.yaml", "authors: [Somebody]", "authors: [2024-01-31, 0x1F]")

    loaded = course.load()

    assert (loaded.title["en"], loaded.version) == ("no", "1.10")
    assert loaded.authors == ("2024-01-31", "0x1F")


def test_windows_line_ends_and_a_bom_are_no_problem(course: CourseFolder) -> None:
    for path in ("course.yaml", PAGE, QUESTIONS):
        raw = (course.root / path).read_bytes().replace(b"\n", b"\r\n")
        course.write(path, b"\xef\xbb\xbf" + raw)

    assert course.problems() == ()
    assert "\r" not in course.load().units[0].pages[0].body["en"]


def test_the_digest_changes_with_every_file_that_makes_the_course(course: CourseFolder) -> None:
    seen = {course.load().digest}
    assert course.load().digest in seen
    for path in ("course.yaml", "glossary.yaml", UNIT_YAML, QUESTIONS):
        course.write(path, (course.root / path).read_bytes() + b"\n# changed\n")
        seen.add(course.load().digest)
    course.page("More.")
    seen.add(course.load().digest)
    course.write(f"{UNIT}/media/drawing.svg", SVG + "\n")
    seen.add(course.load().digest)
    assert len(seen) == 7
    course.write("README.md", "About").write(".hidden", "x")
    assert course.load().digest in seen


def test_the_digest_of_texts_leaves_out_media(course: CourseFolder) -> None:
    """A sharper picture is no new version for who has answered."""
    course.write(f"{UNIT}/media/drawing.svg", SVG)
    before = course.load()
    course.write(f"{UNIT}/media/drawing.svg", SVG + "\n")
    after = course.load()
    assert after.digest != before.digest
    assert after.text_digest == before.text_digest
    course.page("More.")
    assert course.load().text_digest != before.text_digest


def test_the_same_files_elsewhere_have_the_same_digest(
    course: CourseFolder, tmp_path: Path
) -> None:
    first = course.load().digest
    moved = course.root.rename(tmp_path / "elsewhere")
    assert load_course(moved).digest == first


def test_all_problems_come_in_one_run_each_with_its_place(course: CourseFolder) -> None:
    course.replace("course.yaml", "id: tiny", "id: Tiny Course")
    course.replace(UNIT_YAML, "eqf_level: 5", "eqf_level: nine")
    course.replace(QUESTIONS, "correct: true, ", "")
    course.replace(PAGE, "page:two", "page:three")
    course.remove(f"{UNIT}/pages/two.fr.md")

    with pytest.raises(ContentError) as caught:
        course.load()

    assert [(p.path, p.line, p.column, p.code) for p in caught.value.problems] == [
        ("course.yaml", 2, 5, "id.invalid"),
        (PAGE, 4, 47, "link.dead"),
        (f"{UNIT}/pages/two.fr.md", 0, 0, "translation.missing-file"),
        (QUESTIONS, 7, 7, "question.no-correct"),
        (UNIT_YAML, 8, 12, "field.value"),
    ]
    assert all(problem.message and problem.hint for problem in caught.value.problems)


def test_problems_are_plain_data(course: CourseFolder) -> None:
    problem = course.replace(PAGE, "term:member", "term:membre").only("link.dead")

    assert json.loads(json.dumps(problem.as_dict())) == {
        "severity": "error",
        "code": "link.dead",
        "path": PAGE,
        "line": 4,
        "column": 12,
        "message": "there is no glossary entry “membre”",
        "hint": "did you mean “member”?",
    }


def test_warnings_do_not_keep_a_course_from_loading(course: CourseFolder) -> None:
    course.write(f"{UNIT}/media/unused.txt", "x")

    loaded, problems = inspect_course(course.root)

    assert loaded is not None
    assert [(p.code, p.severity) for p in problems] == [("media.unused", "warning")]
    assert course.load() == loaded


def test_no_folder(tmp_path: Path) -> None:
    loaded, problems = inspect_course(tmp_path / "nothing")
    assert loaded is None
    assert [problem.code for problem in problems] == ["file.missing"]


def test_an_empty_folder(tmp_path: Path) -> None:
    problem = inspect_course(tmp_path)[1][0]
    assert (problem.path, problem.code) == ("course.yaml", "file.missing")


@pytest.mark.parametrize(
    ("there", "asked", "says"),
    [
        ("my-course/course.yaml", "", "is it “my-course” in here"),
        ("my-course/course.yaml", "my-course/units/01", "is it “my-course”, of which"),
        ("Course.yaml", "", "rename “Course.yaml” to course.yaml"),
        ("course.yaml.txt", "", "rename “course.yaml.txt” to course.yaml"),
        ("notes.txt", "", "scorm-builder new"),
    ],
)
def test_a_folder_that_is_no_course_says_where_one_is(
    tmp_path: Path, there: str, asked: str, says: str
) -> None:
    for path in (there, f"{asked}/x.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    problems = inspect_course(tmp_path / asked)[1]
    [missing] = [problem for problem in problems if problem.code == "file.missing"]
    assert says in missing.hint


def test_a_course_of_one_language_and_no_extras(course: CourseFolder) -> None:
    course.remove("glossary.yaml").remove(QUESTIONS).replace("course.yaml", "[en, fr]", "[en]")
    for name in ("course.yaml", UNIT_YAML):
        text = (course.root / name).read_text("utf-8")
        course.write(name, re.sub(r", fr: [^}]*", "", text))
    for name in ("one", "two"):
        course.remove(f"{UNIT}/pages/{name}.fr.md")
        course.write(f"{UNIT}/pages/{name}.en.md", "---\ntitle: T\n---\nText\n")
    course.remove(f"{UNIT}/media/drawing.svg")

    assert course.codes() == ["quiz.unscored"]
    assert course.load().languages == ("en",)


def test_a_trainer_guide(course: CourseFolder) -> None:
    course.write(f"{UNIT}/guide.en.md", "## Timing\n")
    assert course.only("translation.missing-file").path == f"{UNIT}/guide.fr.md"

    course.write(f"{UNIT}/guide.fr.md", "## Durée\n")
    assert course.load().units[0].guide == {"en": "## Timing\n", "fr": "## Durée\n"}


@pytest.mark.parametrize(
    ("path", "old", "new", "code", "line"),
    [
        ("course.yaml", "format: 1", "format: 2", "course.format", 1),
        ("course.yaml", "version: ", "verson: ", "field.unknown", 3),
        ("course.yaml", "id: tiny\n", "", "field.missing", 1),
        ("course.yaml", "id: tiny\n", "id:\n", "field.missing", 2),
        ("course.yaml", "id: tiny\n", "id: ~\n", "field.missing", 2),
        ("course.yaml", "id: tiny\n", "id: ' '\n", "field.missing", 2),
        (UNIT_YAML, "workload_minutes: 30", "workload_minutes:", "field.missing", 7),
        (PAGE, "title: One", "title:", "field.missing", 2),
        ("course.yaml", "id: tiny", "id: [tiny]", "field.type", 2),
        ("course.yaml", "id: tiny", f"id: {'x' * 65}", "id.invalid", 2),
        ("course.yaml", "id: tiny", "id: été", "id.invalid", 2),
        ("course.yaml", "[en, fr]", "[en, fr, english]", "language.invalid", 4),
        ("course.yaml", "[en, fr]", "[en, fr, fr]", "id.duplicate", 4),
        ("course.yaml", "en: Tiny, ", "", "translation.missing", 5),
        ("course.yaml", "en: Tiny", "en: ''", "translation.missing", 5),
        ("course.yaml", "en: Tiny", "de: Klein, en: Tiny", "translation.unknown-language", 5),
        ("course.yaml", "{en: Tiny, fr: Petit}", "Tiny", "field.type", 5),
        ("course.yaml", "CC-BY-SA-4.0", "Creative Commons", "field.value", 7),
        ("course.yaml", "[Somebody]", "[]", "field.missing", 8),
        ("course.yaml", "units: [01-start]", "units: [01-start, 02-more]", "unit.missing", 11),
        ("course.yaml", "units: [01-start]", "units: [01-start, 01-start]", "id.duplicate", 11),
        ("course.yaml", "authors:", "mastery_score: 101\nauthors:", "field.value", 8),
        ("course.yaml", "authors:", "mastery_score: 7e1\nauthors:", "field.value", 8),
        ("glossary.yaml", "definition:", "definiton:", "field.unknown", 3),
        (UNIT_YAML, "[c1]", "[c1, c2]", "id.unknown", 6),
        (UNIT_YAML, "eqf_level: 5", "eqf_level: 9", "field.value", 8),
        (UNIT_YAML, "eqf_level: 5", "eqf_level: 5.0", "field.value", 8),
        (UNIT_YAML, "workload_minutes: 30", "workload_minutes: ٣٠", "field.value", 7),
        (UNIT_YAML, "pages: [one, two]", "pages: [one, two, two]", "id.duplicate", 9),
        (UNIT_YAML, "pages: [one, two]", "pages: [one, two, six]", "page.missing", 9),
        (UNIT_YAML, "pages: [one, two]", "pages: [one, two, ../x]", "id.invalid", 9),
        (UNIT_YAML, "summary: {", "summary: [", "yaml.syntax", 3),
        (UNIT_YAML, "id: start", "id: start\nid: end", "field.duplicate", 2),
        (UNIT_YAML, "id: start", "id: &a start", "yaml.alias", 1),
        (UNIT_YAML, "id: start", "id: !!str start", "yaml.tag", 1),
        (UNIT_YAML, "id: start", "\tid: start", "yaml.syntax", 1),
        (UNIT_YAML, "id: start", f"id: {'[' * 20}{']' * 20}", "yaml.depth", 1),
        (UNIT_YAML, "en: Start", "en: Start: now", "yaml.syntax", 2),
        (PAGE, "title: One", "titel: One", "field.unknown", 2),
        (PAGE, "---\ntitle: One\n---\n", "", "page.front-matter", 1),
        (PAGE, "title: One\n---\n", "title: One\n", "page.front-matter", 1),
        (QUESTIONS, "outcome: tell", "outcome: told", "id.unknown", 4),
    ],
)
def test_one_mistake_is_found_at_its_place(
    course: CourseFolder, path: str, old: str, new: str, code: str, line: int
) -> None:
    course.replace(path, old, new)

    found = [problem for problem in course.problems() if problem.code == code]

    assert (path, line) in [(problem.path, problem.line) for problem in found], course.problems()
    assert all(problem.severity == "error" for problem in found)


def test_a_broken_unit_is_not_blamed_for_what_others_need_of_it(course: CourseFolder) -> None:
    course.replace("course.yaml", "[01-start]", "[01-start, 02-next]")
    course.write("units/02-next/unit.yaml", "id: [broken")
    course.page("See [the next unit](unit:next).")

    assert course.codes() == ["yaml.syntax"]


def test_a_broken_course_file_does_not_hide_what_is_wrong_elsewhere(course: CourseFolder) -> None:
    course.write("course.yaml", "id: [broken").replace(PAGE, "page:two", "page:three")
    course.replace(QUESTIONS, "type: true-false", "type: true-flase")

    assert course.codes() == ["yaml.syntax", "link.dead", "question.type"]


def test_a_course_without_languages_is_told_once(course: CourseFolder) -> None:
    course.replace("course.yaml", "languages: [en, fr]\n", "")
    assert course.codes() == ["field.missing"]


def test_a_broken_glossary_does_not_make_every_term_dead(course: CourseFolder) -> None:
    course.write("glossary.yaml", "- id: [broken")
    assert course.codes() == ["yaml.syntax"]


def test_a_glossary_that_is_no_list(course: CourseFolder) -> None:
    course.write("glossary.yaml", "id: member")
    assert course.codes() == ["field.type"]


def test_broken_questions_do_not_make_every_check_dead(course: CourseFolder) -> None:
    course.replace(QUESTIONS, "type: true-false", "type: true-flase")
    assert "true-false" in course.only("question.type").hint


def test_empty_files(course: CourseFolder) -> None:
    course.write("course.yaml", "")
    assert course.codes() == ["file.empty"]
    course.write("course.yaml", "# only a comment\n")
    assert course.codes() == ["file.empty"]
    course.write("course.yaml", "just words")
    assert course.codes() == ["field.type"]


def test_an_empty_page(course: CourseFolder) -> None:
    course.write(PAGE, "---\ntitle: One\n---\n\n")
    assert "page.empty" in course.codes()


def test_two_units_with_one_id(course: CourseFolder) -> None:
    course.replace("course.yaml", "[01-start]", "[01-start, 02-copy]")
    for path in sorted((course.root / UNIT).rglob("*")):
        if path.is_file():
            course.write(f"units/02-copy/{path.relative_to(course.root / UNIT)}", path.read_bytes())

    problem = course.only("id.duplicate")

    assert (problem.path, problem.line) == ("units/02-copy/unit.yaml", 1)
