"""A build keeps the lock file of identifiers, or is bound by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from tests.scorm_commands import run


def lock_of(course: Path) -> dict[str, object]:
    return dict(json.loads((course / "scorm-builder.lock").read_text("utf-8")))


def rename_page(course: Path) -> None:
    """As an author might who does not know better: the file and its mention."""
    unit = course / "units/01-first-steps"
    for path in sorted(unit.glob("pages/who-decides.*.md")):
        path.rename(path.with_name(path.name.replace("who-decides", "who-votes")))
    for path in (unit / "unit.yaml", *unit.glob("pages/*.md")):
        text = path.read_text("utf-8").replace("page:who-decides", "page:who-votes")
        path.write_text(text.replace("[who-decides,", "[who-votes,"), "utf-8")


def test_a_build_keeps_the_lock_and_tells_before_an_identifier_vanishes(
    course: Path, tmp_path: Path
) -> None:
    first = run("build", course, "--language", "en", "--output", tmp_path / "a")
    assert first.exit_code == 0, first.stderr
    assert "scorm-builder.lock has changed; keep it with the course" in first.stderr
    before = (course / "scorm-builder.lock").read_bytes()
    again = run("build", course, "--language", "en", "--output", tmp_path / "b", "--locked")
    assert again.exit_code == 0, again.stderr
    assert "scorm-builder.lock" not in again.stderr
    files = [next((tmp_path / name).iterdir()).read_bytes() for name in "ab"]
    assert files[0] == files[1]

    rename_page(course)
    assert run("check", course).exit_code == 0
    refused = run("build", course, "--output", tmp_path / "c")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "lock.vanished" in refused.stderr
    assert "- page first-steps/who-decides" in refused.stderr
    assert "+ page first-steps/who-votes" in refused.stderr
    assert not (tmp_path / "c").exists()
    assert (course / "scorm-builder.lock").read_bytes() == before

    accepted = run("build", course, "--accept-changes", "--output", tmp_path / "d")
    assert accepted.exit_code == 0, accepted.stderr
    assert "who-votes" in json.dumps(lock_of(course))
    assert '"who-decides"' not in json.dumps(lock_of(course))


def test_locked_refuses_what_is_not_in_the_lock(course: Path, tmp_path: Path) -> None:
    result = run("build", course, "--locked", "--output", tmp_path / "out")
    assert result.exit_code == 1
    assert "lock.outdated" in result.stderr
    assert not (course / "scorm-builder.lock").exists()


def test_locked_and_accepted_changes_contradict_each_other(course: Path) -> None:
    result = run("build", course, "--locked", "--accept-changes")
    assert result.exit_code == 2
    assert "one of the two" in result.stderr


def test_a_build_that_divides_the_course_otherwise_warns_once(course: Path, tmp_path: Path) -> None:
    def build(*options: str) -> Result:
        return run("build", course, "--language", "en", "--output", tmp_path / "out", *options)

    first = build()
    assert first.exit_code == 0, first.stderr
    assert "WARNING" not in first.stderr
    assert lock_of(course)["sco"] == ["course"]

    refused = build("--sco", "unit", "--locked")
    assert refused.exit_code == 1
    assert "each unit as an activity of its own (--sco unit)" in refused.stderr

    divided = build("--sco", "unit")
    assert divided.exit_code == 0, divided.stderr
    assert "WARNING: this build makes each unit an activity of its own" in divided.stderr
    assert "attempts and scores stay behind or are deleted" in divided.stderr
    assert lock_of(course)["sco"] == ["course", "unit"]

    for options in (["--sco", "unit"], ["--sco", "unit", "--no-cache"], ["--locked"]):
        again = build(*options)
        assert again.exit_code == 0, again.stderr
        assert "WARNING" not in again.stderr


@pytest.mark.parametrize("options", [["--format", "web"], ["--unit", "first-steps"]])
def test_what_is_no_package_of_the_whole_course_says_nothing_of_its_division(
    course: Path, tmp_path: Path, options: list[str]
) -> None:
    built = run("build", course, "--language", "en", "--output", tmp_path / "out", *options)
    assert built.exit_code == 0, built.stderr
    assert "sco" not in lock_of(course)
