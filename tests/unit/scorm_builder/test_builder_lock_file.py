"""The lock file as a file: broken, hostile, written by several at once, on a full disk."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.model import Course
from scorm_builder.identifiers import Identifiers
from scorm_builder.lock import (
    NAME,
    LockError,
    read_lock,
    write_lock,
)
from tests.unit.scorm_builder.locks import changed, refusal

BROKEN = {
    "not-json": ("{\n  oops\n}", 2, "not JSON"),
    "cut": (lambda text: text[: len(text) // 2], None, "not JSON"),
    "empty": ("", 1, "not JSON"),
    "list": ("[]", None, "no object"),
    "deep": ("[" * 100_000, 1, "not JSON"),
    "number": ("9" * 100_000, 1, "not JSON"),
    "nan": ('{"format": NaN}', 1, "NaN"),
    "twice": ('{\n"format": 1,\n"format": 1}', 1, "twice"),
    "later": (lambda text: text.replace('"format": 1', '"format": 2'), 4, "format is not 1"),
    "terminal": (lambda text: text.replace("who-decides", "\\u001b[2J"), None, "is no id"),
    "path": (lambda text: text.replace("who-decides", "../../etc"), None, "is no id"),
    "no-list": (lambda text: text.replace('"pages"', '"pagos"'), None, "no list pages"),
    "unit-null": ('{"format": 1, "course": "small", "units": {"a": null}}', 1, "no object"),
    "units-null": ('{"format": 1, "course": "small",\n "units": null}', 2, "no object"),
    "sco": (lambda text: text.replace('"format": 1', '"format": 1,\n"sco": ["page"]'), None, "sco"),
    "sco-deep": (lambda text: text.replace('"format": 1', '"format": 1, "sco": [{}]'), None, "sco"),
    "merge": (lambda text: "<<<<<<< HEAD\n" + text, 1, "marks of that are still there"),
    "bytes": (b'{\n"course": "\xff"}', 2, "UTF-8"),
    "large": (b" " * (5 << 20), None, "larger"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_lock_is_refused_with_line_and_remedy(
    course: Course, folder: Path, name: str
) -> None:
    content, line, words = BROKEN[name]
    path = folder / NAME
    if callable(content):
        content = content(path.read_text("utf-8"))
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    told = refusal(folder, Identifiers.of(course), accept=True)
    assert told.code == "lock.unreadable"
    assert words in told.message
    assert told.message.isprintable()
    assert told.hint
    if line is not None:
        assert told.message.startswith(f"{NAME}:{line}: ")


def test_what_windows_programs_make_of_it_is_read(folder: Path) -> None:
    path = folder / NAME
    before = read_lock(folder)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_lock(folder) == before


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_plain_file_is_not_followed(course: Course, folder: Path, kind: str) -> None:
    path = folder / NAME
    path.unlink()
    if kind == "link":
        path.symlink_to("/etc/hostname")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert refusal(folder, Identifiers.of(course)).code == "lock.unreadable"


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='{}[]:,"\\abc1 \n', max_size=60).map(str.encode))
def test_nothing_but_a_refusal_ever_comes_of_reading_rubbish(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / NAME).write_bytes(data)
        with pytest.raises(LockError):
            read_lock(Path(folder))


def _write_often(folder: str, name: str, times: int) -> None:
    units = {f"{name}-{n}": {"page": frozenset({f"p{i}" for i in range(200)})} for n in range(20)}
    for _ in range(times):
        write_lock(Path(folder), Identifiers(name, units))


def test_whoever_writes_at_once_the_file_is_always_whole(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=_write_often, args=(str(tmp_path), name, 60)) for name in ("a", "b")
    ]
    for writer in writers:
        writer.start()
    seen = set()
    while any(writer.is_alive() for writer in writers):
        found = read_lock(tmp_path)
        if found is not None:
            seen.add(found.course)
            assert len(found.units) == 20
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert seen <= {"a", "b"}
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_full_disk_leaves_the_old_file(
    course: Course, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / NAME).read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scorm_builder.lock.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_lock(folder, changed(course, id="other"))
    assert (folder / NAME).read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_lock_that_is_a_link_is_replaced_not_written_through(
    course: Course, folder: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    shutil.move(folder / NAME, precious)
    before = precious.read_bytes()
    (folder / NAME).symlink_to(precious)
    write_lock(folder, changed(course, id="other"))
    assert precious.read_bytes() == before
    assert not (folder / NAME).is_symlink()
