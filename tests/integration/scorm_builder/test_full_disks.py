"""Disks that are full where the builder keeps things, or where it writes: said, never a traceback,
and nothing that was built before is lost."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from content.memo import KNOWN
from scorm_builder import placing
from scorm_builder.cache import Cache
from scorm_builder.cli import main
from scorm_builder.errors import BuildError
from scorm_builder.media import store, workshop
from scorm_builder.placing import draft_file, draft_folder, put_in_place
from scorm_builder.signing import SUMS
from scorm_builder.starter import make_course
from tests.fonts import small_font
from tests.media_samples import photo, saved

PAGES = "units/01-first-steps/pages"
THEME = "fonts: {heading: {file: small.ttf, licence: OFL-1.1}}\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "cache"
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(folder))
    store._temporary.cache_clear()  # another test's lies where there is room
    yield folder
    KNOWN.forget()
    store._temporary.cache_clear()


@pytest.fixture
def course(tmp_path: Path, cache: Path) -> Path:
    """With a photo that must be made smaller, and a font that must be made smaller."""
    folder = tmp_path / "course"
    make_course(folder)
    media = folder / "units/01-first-steps/media"
    (media / "photo.jpg").write_bytes(saved(photo(2000, 1500), "JPEG", quality=95))
    for page in (folder / PAGES).glob("an-assembly.*.md"):
        text = "\n::: figure photo.jpg\nalt: A market\ncredit: Somebody\n:::\n"
        page.write_text(page.read_text("utf-8") + text, "utf-8")
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "small.ttf").write_bytes(small_font())
    (folder / "theme.yaml").write_text(THEME, "utf-8")
    return folder


def run(course: Path, output: Path, *options: str) -> Result:
    KNOWN.forget()
    arguments = ["build", str(course), "--language", "en", "--output", str(output), *options]
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Let nothing larger than a kilobyte be written below ``folders``: by workers, to whom the
    system says so, and by the builder itself."""
    ask, write_bytes = workshop._Worker.ask, Path.write_bytes

    def full(path: Path) -> bool:
        return any(path.is_relative_to(folder) for folder in folders)

    def limited(self: workshop._Worker, task: dict[str, Any], seconds: float) -> Any:
        most = 1000 if full(Path(task["folder"])) else resource.RLIM_INFINITY
        limits = (most, resource.RLIM_INFINITY)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, limits)
        return ask(self, task, seconds)

    def write(self: Path, data: bytes) -> int:
        if full(self):
            raise OSError(28, "No space left on device", str(self))
        return write_bytes(self, data)

    monkeypatch.setattr(workshop._Worker, "ask", limited)
    monkeypatch.setattr(Path, "write_bytes", write)


def test_where_the_cache_is_full_the_build_goes_on_without_it(
    course: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run(course, tmp_path / "roomy")
    assert expected.exit_code == 0, expected.stderr
    shutil.rmtree(cache)
    with monkeypatch.context() as patch:
        fill(patch, cache)
        result = run(course, tmp_path / "full")
    assert result.exit_code == 0, result.stderr
    assert files(tmp_path / "full") == files(tmp_path / "roomy")
    # It is not held against the picture when there is room again.
    again = run(course, tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    assert files(tmp_path / "again") == files(tmp_path / "roomy")


@pytest.mark.parametrize("kept", [(), ("--no-cache",)])
def test_where_there_is_no_room_at_all_it_says_so(
    course: Path,
    tmp_path: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    kept: tuple[str, ...],
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    fill(monkeypatch, cache, temporary)
    result = run(course, tmp_path / "out", *kept)
    assert result.exit_code == 1
    assert f"nothing can be written to {temporary}" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


def test_what_cannot_be_kept_is_said_once(
    course: Path,
    tmp_path: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scorm_builder.cache.Path.replace", full)
    caplog.set_level("WARNING")  # an LTI tool that another test made may have asked for less
    kept = Cache(cache)
    for name in "abc":
        kept.write("known", name, [1])
    assert [record.message for record in caplog.records] == [
        f"warning: nothing can be kept in {cache / 'build'} (No space left on device): "
        "the next build begins anew"
    ]


def test_what_the_system_refuses_while_an_output_is_planned_is_said(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error", "somewhere")

    monkeypatch.setattr("scorm_builder.build.plan_package", refuse)
    result = run(course, tmp_path / "out")
    assert result.exit_code == 1
    assert "somewhere: Input/output error" in result.stderr


class Exchange:
    """An output, a folder or a large file, that is built again and again."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.target = folder / f"course-en-{kind}"
        self._is_folder = kind == "folder"
        self.put("first")

    def draft(self) -> AbstractContextManager[Path]:
        return draft_folder(self.target) if self._is_folder else draft_file(self.target)

    def put(self, text: str) -> None:
        with self.draft() as draft:
            (draft / SUMS if self._is_folder else draft).write_text(text)
            put_in_place(draft, self.target)

    @property
    def text(self) -> str:
        return (self.target / SUMS if self._is_folder else self.target).read_text()


@pytest.fixture(params=["folder", "scorm12.zip"])
def exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Exchange:
    monkeypatch.setattr(placing, "_LARGE", 1)
    return Exchange(tmp_path, request.param)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_an_earlier_output_outlives_a_build_that_is_killed(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    replace, done = Path.replace, []

    def killed(self: Path, other: Path) -> Path:
        if len(done) == steps:
            raise KeyboardInterrupt
        done.append(self)
        return replace(self, other)

    with monkeypatch.context() as patch:
        # As the system ends a process: nothing is cleaned up.
        patch.setattr(Path, "replace", killed)
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        if steps < 2:
            with pytest.raises(KeyboardInterrupt):
                exchange.put("second")
        else:
            exchange.put("second")
    expected = "second" if steps == 2 else "first"
    # Days later, when what was left behind is swept.
    now = time.time
    monkeypatch.setattr(placing.time, "time", lambda: now() + 3 * placing._STALE_AFTER)
    with pytest.raises(ValueError, match="cannot be built"), exchange.draft():
        raise ValueError("cannot be built")
    assert exchange.text == expected
    exchange.put("third")
    assert exchange.text == "third"
    assert [path.name for path in tmp_path.iterdir()] == [exchange.target.name]


def test_what_cannot_be_exchanged_stays(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def refused(self: Path, other: Path) -> Path:
        if self.suffix == ".part":
            raise OSError(28, "No space left on device")
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(BuildError, match="No space left"):
        exchange.put("second")
    assert exchange.text == "first"
    assert os.listdir(tmp_path) == [exchange.target.name]


def test_what_another_build_has_just_moved_away_is_left_to_it(
    exchange: Exchange, tmp_path: Path
) -> None:
    moved = tmp_path / f".{exchange.target.name}-abcdefgh.old"
    exchange.target.rename(moved)
    with pytest.raises(ValueError, match="cannot be built"), exchange.draft():
        raise ValueError("cannot be built")
    assert moved.exists()
    assert not exchange.target.exists()
