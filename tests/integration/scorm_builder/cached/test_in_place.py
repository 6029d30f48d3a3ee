"""Archives that are edited where they lie: whoever reads them, whatever ends the build and whoever
builds beside it, nobody sees anything but a whole version, and none is lost."""

from __future__ import annotations

import mmap
import os
import random
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest

from scorm_builder import in_place, placing
from scorm_builder.identity import Identity
from scorm_builder.placing import put_in_place, sweep
from tests.leases import LEASES
from tests.scorm_builds import build, edit_a_page

MEDIA = random.Random(1).randbytes(100_000)
OLD, NEW = b"old texts" * 9_000, b"new texts" * 10_000


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(in_place, "_LEAST", 1)
    target = tmp_path / "course.zip"
    target.write_bytes(MEDIA + OLD)
    target.chmod(0o644)
    os.utime(target, (1e9, 1e9))
    return target


def write(last: in_place.Edited, texts: bytes) -> None:
    os.lseek(last.handle, last.length, os.SEEK_SET)
    for at in range(0, len(texts), 10_000):
        assert os.write(last.handle, texts[at : at + 10_000])
    os.ftruncate(last.handle, last.length + len(texts))
    last.written()


def edit(target: Path, texts: bytes = NEW) -> bool:
    """Whether it was edited in place."""
    with in_place.edited(target, Identity.of(target.stat()), len(MEDIA)) as last:
        if last is None:
            return False
        write(last, texts)
        put_in_place(last.path, target)
    return True


def alone(target: Path) -> bool:
    return [path.name for path in target.parent.iterdir()] == [target.name]


@LEASES
@pytest.mark.parametrize("texts", [NEW, NEW[:100]])
def test_what_follows_the_media_is_exchanged(archive: Path, texts: bytes) -> None:
    before = archive.stat()
    assert edit(archive, texts)
    assert archive.read_bytes() == MEDIA + texts
    assert archive.stat().st_ino == before.st_ino
    assert archive.stat().st_mtime_ns > before.st_mtime_ns
    assert archive.stat().st_mode & 0o777 == 0o644
    assert alone(archive)


@contextmanager
def open_to_read(target: Path) -> Iterator[None]:
    with target.open("rb"):
        yield


@contextmanager
def open_to_write(target: Path) -> Iterator[None]:
    with target.open("r+b"):
        yield


@contextmanager
def mapped(target: Path) -> Iterator[None]:
    with target.open("rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    yield
    held.close()


def name_twice(target: Path) -> None:
    os.link(target, target.with_name("other name"))


def move_behind_a_link(target: Path) -> None:
    elsewhere = target.parent / "elsewhere"
    target.rename(elsewhere)
    target.symlink_to(elsewhere)


def change(target: Path) -> None:
    target.write_bytes(MEDIA + b"of somebody else")


def remove(target: Path) -> None:
    target.unlink()


def put_a_folder(target: Path) -> None:
    target.unlink()
    target.mkdir()


@pytest.mark.parametrize(
    "happens",
    [
        *(open_to_read, open_to_write, mapped, name_twice, move_behind_a_link),
        *(change, remove, put_a_folder),
    ],
)
def test_what_is_not_ours_alone_is_left_alone(
    archive: Path, happens: Callable[[Path], AbstractContextManager[None] | None]
) -> None:
    known = Identity.of(archive.stat())
    with happens(archive) or nullcontext():
        before = archive.read_bytes() if archive.is_file() else None
        names = set(archive.parent.iterdir())
        if happens in (name_twice, move_behind_a_link):
            known = Identity.of(archive.stat())
        with in_place.edited(archive, known, len(MEDIA)) as last:
            assert last is None
        assert (archive.read_bytes() if archive.is_file() else None) == before
        assert set(archive.parent.iterdir()) == names


@pytest.mark.parametrize("name", ["_is_local", "_is_alone"])
def test_where_the_system_cannot_promise_it_nothing_is_edited(
    archive: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(in_place, name, lambda _: False)
    assert not edit(archive)
    assert archive.read_bytes() == MEDIA + OLD
    assert alone(archive)


@LEASES
def test_who_opens_it_meanwhile_waits_until_it_is_whole(archive: Path) -> None:
    found = []

    def read(path: Path) -> None:
        with path.open("rb") as file:  # waits here
            found.append(file.read())

    with in_place.edited(archive, Identity.of(archive.stat()), len(MEDIA)) as last:
        assert last is not None
        reader = threading.Thread(target=read, args=(last.path,))
        reader.start()
        write(last, NEW)
        reader.join()
        put_in_place(last.path, archive)
    assert found == [MEDIA + NEW]


@LEASES
def test_who_comes_just_then_sees_the_old_bytes(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the lease and the new name somebody begins to open it."""
    found = []
    rename = Path.rename

    def read() -> None:
        with (archive.parent / "link").open("rb") as file:
            found.append(file.read())

    reader = threading.Thread(target=read)

    def late(self: Path, other: Path) -> Path:
        (archive.parent / "link").symlink_to(archive)
        reader.start()
        while in_place.fcntl.fcntl(handles[0], in_place.fcntl.F_GETLEASE) == 1:
            pass
        return rename(self, other)

    handles: list[int] = []
    keep = in_place._Journal.keep

    def noted(target: Path, handle: int, length: int) -> object:
        handles.append(handle)
        return keep(target, handle, length)

    monkeypatch.setattr(Path, "rename", late)
    monkeypatch.setattr(in_place._Journal, "keep", noted)
    assert not edit(archive)
    reader.join()
    assert found == [MEDIA + OLD] == [archive.read_bytes()]


def edit_and_fail(archive: Path, error: type[BaseException], texts: bytes | None) -> None:
    with in_place.edited(archive, Identity.of(archive.stat()), len(MEDIA)) as last:
        assert last is not None
        assert not archive.exists()
        if texts is not None:
            write(last, texts)
        raise error


@LEASES
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, SystemExit, ValueError])
@pytest.mark.parametrize("texts", [None, b"", NEW[:5], NEW])
def test_whatever_ends_the_build_the_last_version_is_there(
    archive: Path, error: type[BaseException], texts: bytes | None
) -> None:
    with pytest.raises(error):
        edit_and_fail(archive, error, texts)
    assert archive.read_bytes() == MEDIA + OLD
    assert archive.stat().st_mtime == 1e9
    assert alone(archive)
    assert edit(archive)


@LEASES
def test_disks_that_fill_up_at_any_moment_lose_nothing(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = os.write, 0

    def filling(handle: int, data: bytes) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")
        return real(handle, data)

    for writes in range(100):
        left = writes
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", filling)
            try:
                done = edit(archive)
            except OSError:
                done = False
        # There is room again.
        sweep(archive)
        assert archive.read_bytes() == MEDIA + (NEW if done else OLD)
        assert alone(archive)
        if done:
            break
    assert done


def left_behind(archive: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A draft and a journal, as after a build that was killed."""
    with monkeypatch.context() as patch:
        patch.setattr(in_place._Journal, "put_back", lambda self, target: None)
        with in_place.edited(archive, Identity.of(archive.stat()), len(MEDIA)) as last:
            assert last is not None
            write(last, NEW)
    assert not archive.exists()
    (journal,) = archive.parent.glob(".*.tail")
    return last.path, journal


@LEASES
def test_what_another_build_has_put_there_since_stays(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_behind(archive, monkeypatch)
    archive.write_bytes(b"another")
    sweep(archive)
    assert archive.read_bytes() == b"another"
    assert alone(archive)


@LEASES
@pytest.mark.parametrize("damage", [b"", bytes(1000), MEDIA])
def test_half_a_journal_is_not_gone_by(
    archive: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    """The machine stopped, and not everything had been written to the disk."""
    _, journal = left_behind(archive, monkeypatch)
    journal.write_bytes(damage)
    sweep(archive)
    assert not list(archive.parent.iterdir())


@LEASES
def test_a_draft_without_its_journal_is_removed_after_a_day(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, journal = left_behind(archive, monkeypatch)
    journal.unlink()
    sweep(archive)
    assert draft.exists()
    now = placing.time.time
    monkeypatch.setattr(placing.time, "time", lambda: now() + 2 * placing._STALE_AFTER)
    sweep(archive)
    assert not draft.exists()


@LEASES
def test_a_build_that_is_alive_is_left_alone(archive: Path) -> None:
    with in_place.edited(archive, Identity.of(archive.stat()), len(MEDIA)) as last:
        assert last is not None
        write(last, NEW)
        sweep(archive)
        assert last.path.exists()
        put_in_place(last.path, archive)
    assert archive.read_bytes() == MEDIA + NEW


@LEASES
def test_what_is_exchanged_in_that_moment_is_given_back(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def late(self: Path, other: Path) -> Path:
        (archive.parent / "other").write_bytes(b"of another build")
        (archive.parent / "other").replace(archive)
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", late)
    assert not edit(archive)
    assert archive.read_bytes() == b"of another build"
    assert alone(archive)


@LEASES
@pytest.mark.parametrize("kind", ["wording", "title"])
def test_builds_that_are_killed_at_any_step(tmp_path: Path, kind: str) -> None:
    """In processes of their own; the builds that put back what they left are killed, too."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.scorm_builder.killing", tmp_path, kind],
        env=os.environ | {"SCORM_BUILDER_CACHE": str(tmp_path / "cache")},
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10


def test_builds_of_one_output_at_once(
    course: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        "from scorm_builder import in_place; in_place._LEAST = 1\n"
        "from scorm_builder.cli import main; main()"
    )
    output = tmp_path / "out"
    command = [
        sys.executable,
        "-c",
        script,
        "build",
        course,
        "--language",
        "en",
        "--output",
        output,
    ]
    build(course, output, "--language", "en")
    for _ in range(3):
        edit_a_page(course)
        several = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
        for one in several:
            _, said = one.communicate()
            assert one.returncode == 0, said
        build(course, tmp_path / "clean", "--language", "en", "--no-cache")
        (package,) = output.iterdir()
        assert package.read_bytes() == (tmp_path / "clean" / package.name).read_bytes()


@pytest.mark.parametrize("kind", ["reader", "link"])
def test_who_holds_the_last_version_keeps_it(
    course: Path, tmp_path: Path, cache: Path, kind: str
) -> None:
    build(course, tmp_path / "out", "--language", "en")
    (package,) = (tmp_path / "out").iterdir()
    before, other = package.read_bytes(), tmp_path / "other.zip"
    with package.open("rb") as reader:
        if kind == "link":
            os.link(package, other)
        beginning = reader.read(1000)
        if kind == "link":
            reader.close()
        edit_a_page(course)
        build(course, tmp_path / "out", "--language", "en")
        held = other.read_bytes() if kind == "link" else beginning + reader.read()
    assert held == before != package.read_bytes()
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
