"""Course folders made to read elsewhere, to eat memory, or to break."""

import os
import socket
import time
import tracemalloc
from pathlib import Path

import pytest

from content.files import MAX_TEXT_BYTES, CourseFiles
from content.findings import Findings
from tests.unit.content.courses import PAGE, QUESTIONS, SVG, UNIT, CourseFolder

FIGURE = "::: figure {}\nalt: a\ncredit: c\n:::"


@pytest.mark.parametrize(
    "path", ["course.yaml", "glossary.yaml", QUESTIONS, f"{UNIT}/unit.yaml", PAGE]
)
def test_files_behind_links_are_not_read(course: CourseFolder, tmp_path: Path, path: str) -> None:
    target = (course.root / path).rename(tmp_path / "secret")
    (course.root / path).symlink_to(target)

    problems = course.problems()

    assert (path, "file.symlink") in [(problem.path, problem.code) for problem in problems]
    with pytest.raises(Exception, match="symbolic link"):
        course.load()


@pytest.mark.parametrize("folder", [f"{UNIT}/pages", f"{UNIT}/media", UNIT, "units"])
def test_folders_behind_links_are_not_entered(
    course: CourseFolder, tmp_path: Path, folder: str
) -> None:
    target = (course.root / folder).rename(tmp_path / "elsewhere")
    (course.root / folder).symlink_to(target)
    assert (folder, "file.symlink") in [(p.path, p.code) for p in course.problems()]


def test_a_link_in_a_circle_ends(course: CourseFolder) -> None:
    (course.root / "media").mkdir()
    (course.root / "media" / "loop").symlink_to(course.root)
    course.only("file.symlink")


def test_media_behind_links(course: CourseFolder) -> None:
    (course.root / UNIT / "media" / "passwd.txt").symlink_to("/etc/passwd")
    course.page("::: download passwd.txt\ntitle: t\n:::")
    assert course.only("file.symlink").path == f"{UNIT}/media/passwd.txt"


def test_a_link_put_there_after_the_scan_is_refused(course: CourseFolder, tmp_path: Path) -> None:
    findings = Findings()
    files = CourseFiles.scan(course.root, findings)
    other = tmp_path / "other.yaml"
    other.write_text("id: other")
    (course.root / "course.yaml").unlink()
    (course.root / "course.yaml").symlink_to(other)
    assert files.text("course.yaml") is None
    (course.root / "glossary.yaml").unlink()
    other.rename(course.root / "glossary.yaml")
    assert files.text("glossary.yaml") is None
    assert {problem.code for problem in findings.sorted()} == {"file.unreadable"}


@pytest.mark.parametrize("kind", ["fifo", "socket"])
@pytest.mark.parametrize("path", [PAGE, f"{UNIT}/media/drawing.svg", "course.yaml"])
def test_pipes_and_sockets_do_not_hang(
    course: CourseFolder, kind: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.remove(path)
    if kind == "fifo":
        os.mkfifo(course.root / path)
    else:
        monkeypatch.chdir((course.root / path).parent)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(Path(path).name)
    assert (path, "file.special") in [(p.path, p.code) for p in course.problems()]


@pytest.mark.parametrize("path", [PAGE, "course.yaml", QUESTIONS, f"{UNIT}/media/drawing.svg"])
def test_a_hundred_megabytes_are_not_read(course: CourseFolder, path: str) -> None:
    with (course.root / path).open("r+b") as stream:
        stream.truncate(100 * 1024 * 1024)

    tracemalloc.start()
    problems = course.problems()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (path, "file.too-large") in [(p.path, p.code) for p in problems]
    assert peak < 8 * 1024 * 1024


def test_the_largest_text_is_read(course: CourseFolder) -> None:
    filler = "# " + "x" * (MAX_TEXT_BYTES - len((course.root / "course.yaml").read_bytes()) - 2)
    course.write("course.yaml", (course.root / "course.yaml").read_text("utf-8") + filler)
    assert course.problems() == ()
    course.write("course.yaml", (course.root / "course.yaml").read_text("utf-8") + "x")
    assert course.codes() == ["file.too-large"]


def test_a_page_that_would_take_the_parser_ages(course: CourseFolder) -> None:
    course.write(PAGE, "---\ntitle: One\n---\n" + "![" * 50_000)
    assert "page.too-long" in course.codes()


@pytest.mark.parametrize(
    "text",
    [
        "::: case " + " " * 60_000 + "x\nText\n:::",
        "::: case " + "{" * 60_000 + "\nText\n:::",
        "](" * 30_000,
        "a:" * 30_000,
        "<span " + "a " * 30_000 + ">",
        ":" * 60_000,
        "<u2>\n" * 12_000,
        "".join(":" * (3 + level) + " case\n" for level in range(250, 0, -1)),
    ],
    ids=["spaces", "braces", "brackets", "colons", "attributes", "fence", "tags", "nested"],
)
def test_pages_made_to_be_slow(course: CourseFolder, text: str) -> None:
    course.write(PAGE.replace(".en.", ".fr."), f"---\ntitle: Un\n---\n{text}\n")
    started = time.process_time()
    course.problems()
    assert time.process_time() - started < 10


@pytest.mark.parametrize("text", ["[", "{", "- ", "? ", "a: [", "? - "])
def test_yaml_that_nests_without_end(course: CourseFolder, text: str) -> None:
    course.write("glossary.yaml", text * 100_000)
    assert course.codes()[0].startswith("yaml.")


def test_the_billion_laughs(course: CourseFolder) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    course.write("glossary.yaml", "\n".join(lines))
    assert set(course.codes()) == {"yaml.alias"}


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['true']",
        "- !!python/name:os.system",
        "- id: !<tag:x> a",
        "- <<: {id: a}",
        "- id: &x a\n  term: *x",
        "- {a: 1, a: 2}",
        "--- a\n--- b",
        "%YAML 9.9\n---\na",
        "\x01",
        "- ? {a: b}\n  : c",
        "-\t- a",
        '- "\\b"',
        '- "\\0"',
        '- "\\uFFFF"',
        '- "\\uD800"',
    ],
)
def test_yaml_tricks_are_problems(course: CourseFolder, text: str) -> None:
    course.write("glossary.yaml", text)
    assert course.problems()
    assert all(problem.path in ("glossary.yaml", PAGE, PAGE.replace(".en", ".fr"))
               for problem in course.problems())  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "line", "column"),
    [
        (b"---\ntitle: One\n---\nCaf\xe9\n", 4, 4),
        (b"\xef\xbb\xbf---\ntitle: \xff\n---\nx\n", 2, 8),
        ("---\ntitle: é\n---\nx\n".encode("utf-16"), 1, 1),
        (b"---\ntitle: One\n---\n\xed\xa0\x80", 4, 1),
        (b"---\ntitle: One\n---\n\xc0\xaf", 4, 1),
        ("---\ntitle: é".encode() + b"\xa0", 2, 9),
        (b"---\ntitle: One\n---\nx\x00y", 4, 2),
        (b"---\ntitle: One\x08\n---\nx", 2, 11),
        (b"---\ntitle: One\n---\nx\x1b[0m", 4, 2),
        (b"\x89PNG\r\n\x1a\n\0\0", 1, 1),
    ],
)
def test_wrong_encodings_are_found_at_their_place(
    course: CourseFolder, raw: bytes, line: int, column: int
) -> None:
    course.write(PAGE, raw)
    (problem,) = (p for p in course.problems() if p.code == "file.encoding")
    assert (problem.path, problem.line, problem.column) == (PAGE, line, column)


@pytest.mark.parametrize(
    "folder", ["../course", "/etc", "01-start/../../x", "..", ".", "a/b", "a\\b", "C:\\x", ""]
)
def test_unit_folders_lead_nowhere_else(course: CourseFolder, folder: str) -> None:
    course.replace("course.yaml", "units: [01-start]", f"units: ['{folder}']")
    assert {"file.outside", "field.type"} & set(course.codes())


@pytest.mark.parametrize(
    "name",
    [
        "../../course.yaml",
        "../unit.yaml",
        "..",
        "/etc/passwd",
        "~/x.svg",
        "C:\\x.svg",
        "file:///etc/passwd",
        "https://example.org/x.png",
        "//example.org/x.png",
        "data:image/png;base64,AAAA",
        "a/../drawing.svg",
        ".hidden.svg",
        "x\u202egnp.svg",
    ],
)
@pytest.mark.parametrize("use", [FIGURE, "::: download {}\ntitle: t\n:::"])
def test_media_names_lead_nowhere_else(course: CourseFolder, name: str, use: str) -> None:
    course.page(use.format(name))
    assert set(course.codes()) == {"file.outside"}


@pytest.mark.parametrize(
    "name",
    ["page.html", "code.js", "a.xhtml", "a.svgz", "a.zip", "a.exe", "noending", "a.php", "a.mjs"],
)
def test_media_that_could_run_are_refused(course: CourseFolder, name: str) -> None:
    course.write(f"{UNIT}/media/{name}", "x")
    assert course.only("media.type").path == f"{UNIT}/media/{name}"


@pytest.mark.parametrize(
    "name", ["é.png", "a b.svg", "a'b.svg", "-a.svg", "a\u202eb.svg", "x" * 101]
)
def test_media_names_are_plain(course: CourseFolder, name: str) -> None:
    course.write(f"{UNIT}/media/{name}", SVG)
    course.only("file.name")


@pytest.mark.parametrize(
    "name",
    [
        "drawing.svg:Zone.Identifier",
        "Thumbs.db",
        "desktop.ini",
        "Desktop.ini",
        ".DS_Store",
        "~$Handout.docx",
        "drawing.svg~",
        "notes.txt.swp",
    ],
)
def test_what_systems_leave_beside_files_is_passed_over(course: CourseFolder, name: str) -> None:
    for folder in ("", "media/", f"{UNIT}/", f"{UNIT}/media/", f"{UNIT}/pages/"):
        course.write(f"{folder}{name}", "[ZoneTransfer]\r\nZoneId=3\r\n")
    assert course.codes() == []


def test_folders_that_are_no_courses_are_passed_over(course: CourseFolder) -> None:
    """Built packages and environments lie in a repository too, links and all."""
    course.write("dist/2026/11/a-folder/media/units/01/media/deep/drawing.svg", SVG)
    (course.root / "venv/bin").mkdir(parents=True)
    (course.root / "venv/bin/python").symlink_to("/usr/bin/python3")
    assert course.codes() == []


@pytest.mark.parametrize("name", ["CON.svg", "aux/drawing.svg", "com1.svg", "a" * 101 + ".svg"])
def test_names_that_some_systems_cannot_have(course: CourseFolder, name: str) -> None:
    course.write(f"media/{name}", SVG)
    course.only("file.name")


def test_a_problem_is_one_line_whatever_the_name(course: CourseFolder) -> None:
    course.write("media/a\nb\x1b[2J\u202egvs.svg", SVG)
    [problem] = course.problems()
    assert str(problem).startswith(r"media/a\nb\x1b[2J\u202egvs.svg: error file.name: ")


def test_an_ending_that_the_editor_has_added_is_named(course: CourseFolder) -> None:
    course.write(f"{UNIT}/pages/three.en.md.txt", "---\ntitle: Three\n---\nText\n")
    [problem] = course.problems()
    assert problem.code == "page.unlisted"
    assert "rename it to “three.en.md”" in problem.hint


def test_names_that_are_not_text(course: CourseFolder) -> None:
    with open(os.fsencode(course.root) + b"/media-\xff.svg", "w") as stream:
        stream.write("x")
    course.only("file.name")


def test_names_that_differ_in_capitals_only(course: CourseFolder) -> None:
    course.write(f"{UNIT}/media/Drawing.svg", SVG)
    assert "file.case-collision" in course.codes()


def test_unreadable_files(course: CourseFolder) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (course.root / PAGE).chmod(0)
    assert "file.unreadable" in course.codes()


def test_deep_folders(course: CourseFolder) -> None:
    course.write("media/" + "/".join("abcdefghijkl") + "/x.txt", "x")
    course.only("file.too-deep")


def test_too_many_files(course: CourseFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.files.MAX_FILES", 20)
    for number in range(30):
        course.write(f"media/{number:02}", "x")
    assert "file.too-many" in course.codes()


def test_a_flood_of_problems_ends_and_still_refuses(course: CourseFolder) -> None:
    course.page("<u2>\n" * 3000 + "\n[x](term:dead)")
    assert len(course.problems()) <= 2000
    with pytest.raises(Exception, match="error"):
        course.load()


def test_pictures_that_are_none(course: CourseFolder) -> None:
    for name in ("a.png", "a.jpg", "a.gif", "a.webp"):
        course.write(f"{UNIT}/media/{name}", "<script>alert(1)</script>")
    assert course.codes().count("media.unreadable") == 4


def test_captions_that_are_none(course: CourseFolder) -> None:
    course.write(f"{UNIT}/media/a.vtt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    assert "media.bad-captions" in course.codes()
