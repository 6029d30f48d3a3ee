"""The course shelf: changes are taken up, broken versions never."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from content.load import inspect_course
from content.model import Course
from content.problems import Problem
from lti_tool.services.courses import CourseShelf
from tests.integration.lti_tool.course import break_course, write_course


def test_a_folder_of_courses_or_a_course(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "small")
    for folders in ([tmp_path], [folder]):
        shelf = CourseShelf(folders)
        assert [course.id for course in shelf.courses()] == ["small"]
        assert shelf.unit("small", "first") is not None
        assert shelf.unit("small", "nope") is None
        assert shelf.unit(None, None) is None
        assert shelf.faulty() == ()


def test_a_change_is_taken_up_and_a_broken_one_is_not(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "small")
    shelf = CourseShelf([tmp_path], interval=0)
    first = shelf.courses()[0].digest
    write_course(folder, right="b")
    second = shelf.courses()[0].digest
    assert second != first
    break_course(folder)
    assert shelf.courses()[0].digest == second
    faulty = shelf.faulty()[0]
    assert faulty.served
    assert any(problem.path.endswith("unit.yaml") for problem in faulty.problems)
    write_course(folder)
    assert shelf.courses()[0].digest == first
    assert shelf.faulty() == ()


def test_a_course_broken_from_the_start_is_listed_and_not_served(tmp_path: Path) -> None:
    break_course(write_course(tmp_path / "small"))
    shelf = CourseShelf([tmp_path])
    assert shelf.courses() == ()
    assert not shelf.faulty()[0].served


def test_two_courses_of_one_id_and_folders_without_any(tmp_path: Path) -> None:
    write_course(tmp_path / "a")
    write_course(tmp_path / "b")
    shelf = CourseShelf([tmp_path, tmp_path / "nothing"])
    assert len(shelf.courses()) == 1
    assert {item.problems[0].code for item in shelf.faulty()} == {"course.id-taken", "file.missing"}


def test_nobody_waits_while_one_reads(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "small")
    reading, go_on = threading.Event(), threading.Event()
    go_on.set()

    def slowly(path: Path) -> tuple[Course | None, tuple[Problem, ...]]:
        reading.set()
        assert go_on.wait(60)
        return inspect_course(path)

    shelf = CourseShelf([tmp_path], interval=0, inspect=slowly)
    old = shelf.courses()[0].digest
    write_course(folder, right="b")
    reading.clear()
    go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(shelf.courses)
        assert reading.wait(60)
        assert shelf.courses()[0].digest == old
        go_on.set()
        assert reader.result(60)[0].digest != old


def test_looking_is_rare(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "small")
    shelf = CourseShelf([tmp_path], interval=60)
    digest = shelf.courses()[0].digest
    write_course(folder, right="b")
    for _ in range(1000):
        assert shelf.courses()[0].digest == digest
