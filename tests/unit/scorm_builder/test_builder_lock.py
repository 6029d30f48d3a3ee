"""The lock file: what is kept, what is refused, and how it is said."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from content.load import load_course
from content.model import Course, Unit
from scorm_builder.identifiers import Identifiers, Kind
from scorm_builder.lock import (
    NAME,
    check_lock,
    inspect_lock,
    lock_text,
    read_lock,
    write_lock,
)
from scorm_builder.starter import make_course
from tests.unit.scorm_builder.locks import changed, refusal


def test_one_identifier_stands_on_a_line_in_order(course: Course, folder: Path) -> None:
    lines = (folder / NAME).read_text("utf-8").splitlines()
    unit = course.units[0]
    ids = [one.id for one in (*unit.outcomes, *unit.pages, *unit.quiz, *unit.checks)]
    for one in (course.id, unit.id, *ids):
        assert sum(f'"{one}"' in line for line in lines) == 1
    content = json.loads("\n".join(lines))
    parts = content["units"][unit.id]
    assert list(content) == sorted(content)
    assert all(names == sorted(names) for names in parts.values())
    assert read_lock(folder) == Identifiers.of(course)
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o644


def test_edits_titles_order_and_files_change_nothing(course: Course, folder: Path) -> None:
    unit = course.units[0]
    title = MappingProxyType({"en": "New", "fr": "Neuf"})
    pages = tuple(replace(p, title=title, body=title) for p in reversed(unit.pages))
    quiz = tuple(replace(q, prompt=title, points=9) for q in reversed(unit.quiz))
    other = changed(course, title=title, folder="99-elsewhere", pages=pages, quiz=quiz)
    assert not check_lock(folder, other)
    assert not check_lock(folder, other, locked=True)
    assert lock_text(other) == (folder / NAME).read_text("utf-8")


def test_what_appears_is_let_through_and_told(course: Course, folder: Path) -> None:
    unit = course.units[0]
    more = changed(course, pages=(*unit.pages, replace(unit.pages[0], id="more")))
    changes = check_lock(folder, more)
    assert [str(one) for one in changes.appeared] == ["page first-steps/more"]
    assert not changes.vanished
    told = refusal(folder, more, locked=True)
    assert told.code == "lock.outdated"
    assert "+ page first-steps/more" in str(told)


Change = Callable[[Course], Identifiers]
VANISHING: dict[str, tuple[Change, str, str]] = {
    "page": (
        lambda c: changed(c, pages=c.units[0].pages[1:]),
        "- page first-steps/who-decides",
        "read it again",
    ),
    "question": (
        lambda c: changed(c, quiz=c.units[0].quiz[1:]),
        "- question first-steps/",
        "answers to it are forgotten",
    ),
    "outcome": (lambda c: changed(c, outcomes=()), "- outcome first-steps/", "reports on it end"),
    "unit": (
        lambda c: changed(c, id="second-steps"),
        "- unit first-steps",
        "LMSs delete its attempts",
    ),
    "course": (
        lambda c: Identifiers.of(replace(c, id="tiny")),
        "- course small",
        "every attempt stays with the old one",
    ),
}


@pytest.mark.parametrize("kind", VANISHING)
def test_what_would_vanish_is_refused_aloud(course: Course, folder: Path, kind: str) -> None:
    change, line, lost = VANISHING[kind]
    before = (folder / NAME).read_bytes()
    told = refusal(folder, change(course))
    assert told.code == "lock.vanished"
    found = next(one for one in str(told).splitlines() if line in one)
    assert lost in found
    assert "--accept-changes" in told.hint
    assert (folder / NAME).read_bytes() == before
    assert check_lock(folder, change(course), accept=True).vanished
    assert refusal(folder, change(course), accept=True, locked=True).code == "lock.outdated"


def test_a_rename_is_recognised(course: Course, folder: Path) -> None:
    pages = course.units[0].pages
    renamed = changed(course, pages=(replace(pages[0], id="who-votes"), *pages[1:]))
    told = str(refusal(folder, renamed)).splitlines()
    at = next(n for n, line in enumerate(told) if "- page first-steps/who-decides" in line)
    assert told[at + 1].strip().startswith("if you renamed it to who-votes, rename its files")
    assert any("+ page first-steps/who-votes" in line for line in told)


def test_the_parts_of_a_unit_that_goes_are_not_listed(course: Course, folder: Path) -> None:
    told = str(refusal(folder, changed(course, id="second-steps")))
    assert "who-decides" not in told
    assert "if you renamed it to second-steps, write id: first-steps again in unit.yaml" in told


def edited(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


UNIT = "units/01-first-steps"


def renames(folder: Path, kind: str) -> str:
    """Give a part of the course another id, as an author might; what is said must be this."""
    if kind == "page":
        for path in sorted(folder.glob(f"{UNIT}/pages/who-decides.*.md")):
            path.rename(path.with_name(path.name.replace("who-decides", "who-votes")))
        edited(folder, f"{UNIT}/unit.yaml", "[who-decides,", "[who-votes,")
        for path in folder.glob(f"{UNIT}/pages/*.md"):
            path.write_text(path.read_text("utf-8").replace("page:who-decides", "page:who-votes"))
        return (
            f"if you renamed it to who-votes, rename {UNIT}/pages/who-votes.en.md to "
            f"who-decides.en.md and {UNIT}/pages/who-votes.fr.md to who-decides.fr.md, and write "
            f"who-decides in {UNIT}/unit.yaml:LINE; its title may change freely"
        )
    if kind == "unit":
        edited(folder, f"{UNIT}/unit.yaml", "id: first-steps", "id: second-steps")
        return (
            "if you renamed it to second-steps, write id: first-steps again in "
            f"{UNIT}/unit.yaml:LINE; its title and folder may change freely"
        )
    if kind == "course":
        edited(folder, "course.yaml", "id: small", "id: tiny")
        return (
            "if you renamed it to tiny, write id: small again in course.yaml:LINE; "
            "the title may change freely"
        )
    name = {"question": "questions.yaml", "outcome": "unit.yaml"}[kind]
    text = (folder / UNIT / name).read_text("utf-8")
    old = text.split("- id: ", 1)[1].split()[0]
    edited(folder, f"{UNIT}/{name}", f"- id: {old}", f"- id: {old}-2")
    if kind == "outcome":
        questions = folder / UNIT / "questions.yaml"
        questions.write_text(
            questions.read_text("utf-8").replace(f"outcome: {old}\n", f"outcome: {old}-2\n")
        )
    return (
        f"if you renamed it to {old}-2, write id: {old} again in {UNIT}/{name}:LINE; "
        "its text may change freely"
    )


@pytest.mark.parametrize("kind", ["course", "unit", "page", "question", "outcome"])
def test_a_refusal_says_file_and_line_at_which_the_track_is_kept(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "small"
    make_course(folder)
    write_lock(folder, Identifiers.of(load_course(folder)))
    words = renames(folder, kind)
    told = str(refusal(folder, Identifiers.of(load_course(folder))))
    before, after = words.split("LINE")
    [line] = [line.strip() for line in told.splitlines() if before in line]
    assert line.startswith(before)
    assert line.endswith(after)
    number = line.removeprefix(before).removesuffix(after)
    path = before.rpartition(" ")[2].rstrip(":")
    meant = (folder / path).read_text("utf-8").splitlines()[int(number) - 1]
    assert any(name in meant for name in ("who-votes", "second-steps", "tiny", "-2"))
    assert any(before in problem.hint for problem in inspect_lock(folder, of(folder)))


def of(folder: Path) -> Identifiers:
    return Identifiers.of(load_course(folder))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("page", f"to keep it, put back {UNIT}/pages/gone.en.md and {UNIT}/pages/gone.fr.md, and "),
        ("question", f"to keep it, put it back into {UNIT}/questions.yaml"),
        ("outcome", f"to keep it, put it back into {UNIT}/unit.yaml"),
    ],
)
def test_what_was_taken_out_can_be_put_back(tmp_path: Path, kind: Kind, told: str) -> None:
    folder = tmp_path / "small"
    make_course(folder)
    found = of(folder)
    [(unit, parts)] = found.units.items()
    more = {**parts, kind: parts[kind] | {"gone"}}
    write_lock(folder, Identifiers(found.course, {unit: more}))
    assert told in str(refusal(folder, found))


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ("page", "mend what is marked with -"),
        ("more", f"keep the {NAME} that it writes"),
    ],
)
def test_a_refusal_names_only_remedies_that_help(
    course: Course, folder: Path, change: str, remedy: str
) -> None:
    pages = course.units[0].pages
    now = pages[1:] if change == "page" else (*pages, replace(pages[0], id="more"))
    told = refusal(folder, changed(course, pages=now), locked=True)
    assert told.code == "lock.outdated"
    assert remedy in told.hint
    assert ("--accept-changes" in told.hint) is (change == "page")
    assert "commit" not in str(told)


def divided(course: Course, *ways: str) -> Identifiers:
    return replace(Identifiers.of(course), scos=frozenset(ways))  # type: ignore[arg-type]


def test_how_the_course_is_divided_is_kept_and_a_change_is_told(
    course: Course, folder: Path
) -> None:
    assert read_lock(folder) == divided(course)
    # A file of before says nothing of it: nothing is known to change.
    assert not check_lock(folder, divided(course, "unit"), locked=True)
    write_lock(folder, divided(course, "course"))
    assert read_lock(folder) == divided(course, "course")
    assert not check_lock(folder, divided(course, "course"), locked=True)
    assert not check_lock(folder, divided(course), locked=True)
    changes = check_lock(folder, divided(course, "unit"))
    assert changes
    assert changes.diff() == "  + each unit as an activity of its own (--sco unit)"
    assert "--sco unit" in str(refusal(folder, divided(course, "unit"), locked=True))
    write_lock(folder, divided(course, "course", "unit"))
    assert not check_lock(folder, divided(course, "unit"), locked=True)


def test_a_check_may_become_a_quiz_item(course: Course, folder: Path) -> None:
    unit: Unit = course.units[0]
    assert unit.checks
    assert not check_lock(folder, changed(course, quiz=(*unit.quiz, *unit.checks), checks=()))


def test_without_a_lock_all_is_new(course: Course, tmp_path: Path) -> None:
    changes = check_lock(tmp_path, Identifiers.of(course))
    assert [str(one) for one in changes.appeared] == ["course small", "unit first-steps"]
    assert "there is no scorm-builder.lock" in str(
        refusal(tmp_path, Identifiers.of(course), locked=True)
    )


def test_the_shipped_course_gives_up_no_identifier() -> None:
    folder = Path(__file__).parents[3] / "content/courses/sse-management"
    assert read_lock(folder)
    assert not check_lock(folder, Identifiers.of(load_course(folder))).vanished
