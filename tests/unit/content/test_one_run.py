"""One run shows every problem of a course, and none that only follows from another."""

from pathlib import Path

import pytest

from content.files import MAX_TEXT_BYTES
from tests.unit.content.courses import PAGE, QUESTIONS, UNIT, CourseFolder

UNIT_YAML = f"{UNIT}/unit.yaml"
FRENCH = PAGE.replace(".en.", ".fr.")
NOT_UTF_8 = b"id: caf\xe9\n"
TOO_LARGE = b"#" * (MAX_TEXT_BYTES + 1)


def found(course: CourseFolder) -> set[tuple[str, str]]:
    return {(problem.path, problem.code) for problem in course.problems()}


def spoil(course: CourseFolder, path: str, how: bytes | str | None, tmp_path: Path) -> str:
    """Make ``path`` unreadable; returns the code of that problem."""
    if isinstance(how, bytes):
        course.write(path, how)
        return "file.too-large" if how == TOO_LARGE else "file.encoding"
    course.remove(path)
    if how == "link":
        (tmp_path / "elsewhere").write_text("x")
        (course.root / path).symlink_to(tmp_path / "elsewhere")
        return "file.symlink"
    return "file.missing"


WAYS = pytest.mark.parametrize(
    "how", [None, "link", NOT_UTF_8, TOO_LARGE], ids=["missing", "link", "encoding", "large"]
)


@WAYS
@pytest.mark.parametrize("path", ["course.yaml", UNIT_YAML])
def test_pages_are_read_without_the_file_that_lists_them(
    course: CourseFolder, path: str, how: bytes | str | None, tmp_path: Path
) -> None:
    code = spoil(course, path, how, tmp_path)
    course.page("::: exemple Title\nText\n:::")

    assert found(course) == {
        (path, code),
        (PAGE, "directive.unknown"),
        (FRENCH, "directive.unknown"),
    }


def test_pages_are_read_without_both_files_that_list_them(course: CourseFolder) -> None:
    course.remove("course.yaml").remove(UNIT_YAML).page("[x](term:nobody)")

    assert found(course) == {
        ("course.yaml", "file.missing"),
        (UNIT_YAML, "file.missing"),
        (PAGE, "link.dead"),
        (FRENCH, "link.dead"),
    }


def test_a_unit_file_with_an_error_in_its_yaml_does_not_hide_its_pages(
    course: CourseFolder,
) -> None:
    course.replace(UNIT_YAML, "summary: {", "summary: [").page("::: exemple Title\nText\n:::")
    course.write(f"{UNIT}/pages/notes.md", "No page has this name.")

    assert found(course) == {
        (UNIT_YAML, "yaml.syntax"),
        (PAGE, "directive.unknown"),
        (FRENCH, "directive.unknown"),
    }


def test_media_are_not_called_unused_where_no_unit_is_known(course: CourseFolder) -> None:
    course.remove("course.yaml").write("media/a.txt", "x")
    (course.root / "units").rename(course.root / "unit")
    assert course.codes() == ["file.missing"]


def test_nothing_is_unknown_or_unused_where_no_language_is_known(course: CourseFolder) -> None:
    course.remove("course.yaml").write(f"{UNIT}/guide.en.md", "## Timing\n")
    for path in (course.root / UNIT / "pages").iterdir():
        path.unlink()
    assert course.codes() == ["file.missing"]


@pytest.mark.parametrize("how", ["link", NOT_UTF_8, TOO_LARGE], ids=["link", "encoding", "large"])
def test_an_unreadable_glossary_makes_no_term_dead(
    course: CourseFolder, how: bytes | str, tmp_path: Path
) -> None:
    code = spoil(course, "glossary.yaml", how, tmp_path)
    assert found(course) == {("glossary.yaml", code)}


@pytest.mark.parametrize("path", [PAGE, QUESTIONS, f"{UNIT}/guide.en.md"])
def test_a_file_too_large_to_read_is_not_called_unused(course: CourseFolder, path: str) -> None:
    course.write(f"{UNIT}/guide.en.md", "## Timing\n").write(f"{UNIT}/guide.fr.md", "## Durée\n")
    course.write(path, TOO_LARGE)
    assert found(course) == {(path, "file.too-large")}


def test_a_check_is_not_called_unused_where_its_page_cannot_be_read(course: CourseFolder) -> None:
    pages = [f"{UNIT}/pages/two.{language}.md" for language in ("en", "fr")]
    for page in pages:
        course.write(page, TOO_LARGE)
    assert found(course) == {(page, "file.too-large") for page in pages}


def test_checks_without_questions_yaml(course: CourseFolder) -> None:
    course.remove(QUESTIONS)
    assert [(p.path, p.code) for p in course.problems()] == [
        (QUESTIONS, "file.missing"),
        (UNIT_YAML, "quiz.unscored"),
    ]


def test_every_alias_and_tag_is_reported(course: CourseFolder) -> None:
    course.replace(UNIT_YAML, "id: start", "id: &a !!str start")
    course.replace(UNIT_YAML, "eqf_level: 5", "eqf_level: !!int 5")
    course.replace(UNIT_YAML, "workload_minutes: 30", "workload_minutes: *a")

    assert [(p.line, p.code) for p in course.problems()] == [
        (1, "yaml.alias"),
        (1, "yaml.tag"),
        (7, "yaml.alias"),
        (8, "yaml.tag"),
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [("drawin.svg", ": did you mean “drawing.svg”?"), ("unlike.mp3", ""), ("others.svg", "")],
)
def test_a_missing_medium_is_told_where_to_go(course: CourseFolder, name: str, near: str) -> None:
    course.write("units/02-other/media/others1.svg", "x")
    course.page(f"::: figure {name}\nalt: a\ncredit: c\n:::")

    hints = {problem.hint for problem in course.problems() if problem.code == "media.missing"}

    assert hints == {f"put the file into {UNIT}/media, or correct the name{near}"}


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("term:member", "term:zzzz", "use one of these: member"),
        ("page:two", "page:zzzz", "use one of these: one, two"),
    ],
)
def test_a_dead_link_is_told_what_there_is(
    course: CourseFolder, old: str, new: str, hint: str
) -> None:
    course.replace(PAGE, old, new)
    assert course.only("link.dead").hint == hint


def test_a_dead_link_is_told_that_there_is_nothing_yet(course: CourseFolder) -> None:
    course.write("glossary.yaml", "# none\n")
    assert course.only("link.dead").hint == "define it first (none is defined), or remove it"
