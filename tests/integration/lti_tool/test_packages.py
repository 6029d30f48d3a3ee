"""The unit of a link as a SCORM package: built by the worker, streamed by the server."""

from __future__ import annotations

import re
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from content.load import load_course
from lti_tool.db import writing
from lti_tool.models import Job, JobState, PackageBuild, db, now
from lti_tool.services import package_cache, packages
from lti_tool.services.jobs import do_due
from lti_tool.tool import tool_of
from lti_tool.worker.handlers import handlers
from scorm_builder.formats import FORMATS
from scorm_builder.verify import verify_package
from tests.integration.lti_tool.conftest import Campus, Person, Tool
from tests.integration.lti_tool.course import break_course, write_course


@pytest.fixture(autouse=True)
def nothing_built(tool: Tool) -> None:
    with tool.app.app_context(), writing() as session:
        session.query(PackageBuild).delete()
        session.query(Job).delete()
    shutil.rmtree(folder(tool), ignore_errors=True)


def build(campus: Campus) -> int:
    """A worker's round, for packages alone; how many were built or failed."""
    app = campus.tool.app
    with app.app_context():
        mine = {packages.KIND: handlers(app)[packages.KIND]}
        return do_due(writing, mine, now)


def folder(tool: Tool) -> Path:
    return packages.folder_of(tool_of(tool.app).settings.data_dir)


def ask(teacher: Person, form: str = "scorm12", language: str = "en") -> requests.Response:
    path = f"/teach/{teacher.handle}/download"
    data = {"form_token": teacher.form_token(path), "format": form, "language": language}
    return teacher.post(path, data=data)


def state(teacher: Person, form: str = "scorm12", language: str = "en") -> str:
    query = {"format": form, "language": language}
    answer = teacher.get(f"/teach/{teacher.handle}/download/state", params=query)
    return str(answer.json()["state"])


def page(teacher: Person, form: str = "scorm12", language: str = "en") -> str:
    query = {"format": form, "language": language}
    return teacher.get(f"/teach/{teacher.handle}/download", params=query).text


def address(teacher: Person, form: str = "scorm12", language: str = "en") -> str:
    found = re.search(r'href="(/teach/[^"]+\.zip)"', page(teacher, form, language))
    assert found
    return found[1]


def test_what_is_on_offer_is_what_the_builder_makes_in_one_file() -> None:
    for name, title in packages.FORMATS.items():
        assert FORMATS[name].title == title
        assert FORMATS[name].suffix in (".zip", ".imscc")


@pytest.mark.parametrize("form", packages.FORMATS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_asked_for_built_and_downloaded(
    campus: Campus, tmp_path: Path, form: str, language: str
) -> None:
    teacher = campus.teacher()
    first = teacher.get(f"/teach/{teacher.handle}/download").text
    assert "The answer keys are inside" in first
    assert all(title in first for title in packages.FORMATS.values())
    asked = ask(teacher, form, language)
    assert asked.status_code == 303
    assert state(teacher, form, language) == "waiting"
    waiting = page(teacher, form, language)
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "is being built" in waiting
    assert ".zip" not in waiting

    assert build(campus) == 1

    assert state(teacher, form, language) == "ready"
    ready = page(teacher, form, language)
    assert "http-equiv" not in ready
    answer = teacher.get(address(teacher, form, language))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    name = f"small-first-{language}-{form}{FORMATS[form].suffix}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    file = tmp_path / name
    file.write_bytes(answer.content)
    report = verify_package(file)
    assert report.valid, report.problems
    assert report.format == form


def test_what_a_cartridge_cannot_say_is_told(campus: Campus, course: Path) -> None:
    """Its quiz is the platform's own, which knows no order drawn anew and no tolerance."""
    unit = course / "units/01-first/unit.yaml"
    before = unit.read_text("utf-8")
    unit.write_text(f"{before}\nquiz:\n  order: shuffled\n", "utf-8")
    try:
        teacher = campus.teacher()
        for form, told in (("scorm12", False), ("cc11", True)):
            ask(teacher, form)
            assert build(campus) == 1
            assert ("the quiz of first" in page(teacher, form)) is told
    finally:
        unit.write_text(before, "utf-8")


def test_nothing_is_written_into_the_course(campus: Campus, course: Path) -> None:
    """Its identifiers are its authors' to keep: the tool may not even be able to write there."""
    before = {path: path.stat().st_mtime_ns for path in course.rglob("*")}
    ask(campus.teacher())
    assert build(campus) == 1
    assert {path: path.stat().st_mtime_ns for path in course.rglob("*")} == before


def test_in_pieces(campus: Campus) -> None:
    teacher = campus.teacher()
    ask(teacher)
    build(campus)
    path = address(teacher)
    whole = teacher.get(path)
    middle = teacher.get(path, headers={"Range": "bytes=10-19"})
    assert middle.status_code == 206
    assert middle.content == whole.content[10:20]
    assert middle.headers["Content-Range"] == f"bytes 10-19/{len(whole.content)}"
    rest = teacher.get(path, headers={"Range": "bytes=10-", "If-Range": whole.headers["ETag"]})
    assert whole.content[:10] + rest.content == whole.content
    stale = teacher.get(path, headers={"Range": "bytes=10-19", "If-Range": '"another"'})
    assert stale.status_code == 200
    assert teacher.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
    again = teacher.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304


def test_one_build_serves_all_who_ask(campus: Campus) -> None:
    teachers = [campus.teacher(f"asks-{n}", context={"id": f"course-{n}"}) for n in range(3)]
    for teacher in teachers:
        ask(teacher)
        assert state(teacher) == "waiting"
    assert build(campus) == 1
    bodies = {teacher.get(address(teacher)).content for teacher in teachers}
    assert len(bodies) == 1
    ask(teachers[0])
    assert build(campus) == 0, "it is there already"


def test_many_ask_at_once_and_two_workers_build(campus: Campus) -> None:
    teachers = [campus.teacher(f"at-once-{n}") for n in range(4)]
    for target in (ask, lambda _: build(campus)):
        threads = [threading.Thread(target=target, args=(teacher,)) for teacher in teachers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {state(teacher) for teacher in teachers} == {"ready"}
    with campus.tool.app.app_context():
        assert db.session.query(Job).filter_by(kind="package").count() == 1


def test_a_new_version_is_another_package(campus: Campus, course: Path) -> None:
    teacher = campus.teacher()
    ask(teacher)
    build(campus)
    old = address(teacher)
    write_course(course, prompt="Who decides now?")
    assert state(teacher) == "absent"
    assert teacher.get(old).status_code == 200, "a download that has begun can be finished"
    ask(teacher)
    build(campus)
    assert address(teacher) != old


def test_problems_are_shown_with_file_and_line(campus: Campus, course: Path) -> None:
    teacher = campus.teacher()
    ask(teacher)
    break_course(course)
    assert build(campus) == 1
    shown = page(teacher)
    assert "The package could not be built" in shown
    assert re.search(r"units/01-first/unit\.yaml:\d+:\d+: error", shown)
    assert ".zip" not in shown
    with campus.tool.app.app_context():
        job = db.session.query(Job).filter_by(kind="package").one()
        assert job.state == JobState.FAILED, "trying again cannot help"
    write_course(course)
    ask(teacher)
    assert build(campus) == 1
    assert state(teacher) == "ready"


def test_a_course_that_changed_on_the_way(campus: Campus, course: Path) -> None:
    teacher = campus.teacher()
    ask(teacher)
    before = tool_of(campus.tool.app).shelf.course("small")
    write_course(course, prompt="Changed meanwhile?")
    assert build(campus) == 1
    assert before is not None
    wish = packages.Wish("small", before.digest, "first", "scorm12", "en")
    with campus.tool.app.app_context():
        found = packages.look(db.session(), folder(campus.tool), wish)
    assert found.state == "failed"
    assert "changed meanwhile" in (found.error or "")
    assert load_course(course).digest != before.digest


def test_a_file_that_is_not_on_this_machine(campus: Campus) -> None:
    teacher = campus.teacher()
    ask(teacher)
    build(campus)
    path = address(teacher)
    shutil.rmtree(folder(campus.tool))
    assert state(teacher) == "elsewhere"
    assert "this server does not have the file" in page(teacher)
    assert teacher.get(path).status_code == 404
    ask(teacher)
    assert build(campus) == 1
    assert teacher.get(path).status_code == 200


def test_what_was_used_longest_ago_goes_first(campus: Campus) -> None:
    teacher = campus.teacher()
    for language in ("en", "fr"):
        ask(teacher, language=language)
        build(campus)
    paths = {language: address(teacher, language=language) for language in ("en", "fr")}
    root = folder(campus.tool)
    (root / "leftover").mkdir()
    (root / "leftover" / ".draft.part").write_bytes(b"x" * 1000)
    with campus.tool.app.app_context(), writing() as session:
        for row in session.query(PackageBuild):
            row.used_at = now() - timedelta(hours=1 if row.language == "en" else 2)
    english = len(teacher.get(paths["en"]).content)  # which is a use
    with campus.tool.app.app_context(), writing() as session:
        later = now() + timedelta(hours=1)
        gone = package_cache.sweep(session, root, english + 1100, "no such key", later)
    assert gone == 1
    assert teacher.get(paths["fr"]).status_code == 404
    assert teacher.get(paths["en"]).status_code == 200
    assert state(teacher, language="fr") == "absent"
    with campus.tool.app.app_context(), writing() as session:
        assert package_cache.sweep(session, root, 0, "no such key", now()) == 2
    assert list(root.iterdir()) == []


def test_what_has_just_been_built_stays(campus: Campus) -> None:
    teacher = campus.teacher()
    ask(teacher)
    build(campus)
    key = address(teacher).rpartition("/")[2].removesuffix(".zip")
    with campus.tool.app.app_context(), writing() as session:
        assert package_cache.sweep(session, folder(campus.tool), 0, key, now()) == 0
    assert state(teacher) == "ready"


class TestRefused:
    def test_learners(self, campus: Campus) -> None:
        teacher = campus.teacher()
        ask(teacher)
        build(campus)
        key = address(teacher).rpartition("/")[2]
        learner = campus.learner()
        base = f"/teach/{learner.handle}/download"
        for path in ("", "/state?format=scorm12&language=en", f"/{key}"):
            answer = learner.get(base + path)
            assert answer.status_code == 403
            assert "session.not-instructor" in answer.text
        assert learner.post(base, data={"format": "scorm12", "language": "en"}).status_code == 403
        # Nor with a teacher's form, nor under a teacher's name in the address alone.
        token = teacher.form_token(f"/teach/{teacher.handle}/download")
        data = {"format": "scorm12", "language": "en", "form_token": token}
        assert learner.post(base, data=data).status_code == 403

    def test_forged_and_wrong_forms(self, campus: Campus) -> None:
        teacher, other = campus.teacher("t-a"), campus.teacher("t-b")
        path = f"/teach/{teacher.handle}/download"
        fields = {"format": "scorm12", "language": "en"}
        foreign = other.form_token(f"/teach/{other.handle}/download")
        for token in ("", "x", foreign):
            answer = teacher.post(path, data={**fields, "form_token": token})
            assert answer.status_code == 403
        token = teacher.form_token(path)
        for change in (
            {"format": "../../etc"},
            {"format": "scorm12\0"},
            {"format": ""},
            {"language": "xx"},
            {"language": "../fr"},
        ):
            answer = teacher.post(path, data={**fields, **change, "form_token": token})
            assert answer.status_code == 404
        # Another unit cannot be asked for: it is the link's, whatever the form says.
        extra = {"unit": "other", "course": "other", "unit_id": "x"}
        teacher.post(path, data={**fields, **extra, "form_token": token})
        with campus.tool.app.app_context():
            rows = db.session.query(PackageBuild).all()
            assert [(row.course_id, row.unit_id) for row in rows] == [("small", "first")]

    def test_other_units_packages(self, campus: Campus) -> None:
        teacher = campus.teacher()
        ask(teacher)
        build(campus)
        path = address(teacher)
        with campus.tool.app.app_context(), writing() as session:
            session.query(PackageBuild).update({"unit_id": "another"})
        assert teacher.get(path).status_code == 404

    @pytest.mark.parametrize(
        "name",
        [
            "../../../../etc/passwd",
            "..%2f..%2fetc%2fpasswd.zip",
            "%2e%2e/secret.zip",
            "A" * 64 + ".zip",
            "0" * 63 + ".zip",
            "0" * 64 + "%0a.zip",
            "0" * 64 + ".zip%00",
        ],
    )
    def test_tricks_with_paths(self, campus: Campus, name: str) -> None:
        teacher = campus.teacher()
        answer = teacher.get(f"/teach/{teacher.handle}/download/{name}")
        assert answer.status_code in (400, 404)
        assert "root:" not in answer.text

    @pytest.mark.parametrize(
        "file", ["../../secret.zip", "/etc/passwd", "x/../../secret.zip", ".hidden.zip", "a.zip\n"]
    )
    def test_a_row_that_names_another_file(self, campus: Campus, file: str) -> None:
        teacher = campus.teacher()
        ask(teacher)
        build(campus)
        path = address(teacher)
        root = folder(campus.tool)
        (root.parent / "secret.zip").write_text("secret")
        with campus.tool.app.app_context(), writing() as session:
            session.query(PackageBuild).update({"file": file})
        assert teacher.get(path).status_code == 404
        assert state(teacher) == "elsewhere"

    def test_pickers_and_links_without_a_unit(self, campus: Campus) -> None:
        picker = campus.picker()
        assert picker.get(f"/teach/{picker.handle}/download").status_code == 404
        bare = campus.teacher(custom={}, resource_link={"id": "no-unit"})
        assert bare.get(f"/teach/{bare.handle}/download").status_code == 404
