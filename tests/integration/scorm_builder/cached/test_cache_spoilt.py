"""Whatever became of the cache: spoilt, full, of other code or shared, it changes no byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from scorm_builder import code_version
from scorm_builder.cache import Cache
from scorm_builder.cli import main
from tests.scorm_builds import assert_as_clean, build, edit_a_page, outputs, unchanged


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def forge(path: Path) -> None:
    """The hash fits, the content is not ours."""
    data = b"\xff" * 64
    path.write_bytes(sha256(data).digest() + data)


@pytest.mark.parametrize("spoil", [damage, cut, empty, forge, Path.unlink])
def test_a_spoilt_cache_is_no_cache(
    course: Path, tmp_path: Path, cache: Path, spoil: Callable[[Path], None]
) -> None:
    build(course, tmp_path / "out")
    kept = [path for path in (cache / "build").iterdir() if path.is_file()]
    assert {path.name.partition("-")[0] for path in kept} == {
        *("known", "stamp", "media", "revision")
    }
    for path in kept:
        spoil(path)
    edit_a_page(course)
    assert_as_clean(course, tmp_path)
    assert unchanged(build(course, tmp_path / "out"))


def test_a_cache_that_others_may_write_is_not_gone_by(
    course: Path, tmp_path: Path, cache: Path
) -> None:
    build(course, tmp_path / "out")
    for path in (cache / "build").iterdir():
        path.chmod(0o666)
    assert not unchanged(build(course, tmp_path / "out"))


def test_the_cache_is_private(course: Path, tmp_path: Path, cache: Path) -> None:
    build(course, tmp_path / "out")
    assert (cache / "build").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (cache / "build").iterdir()} == {0o600}


@pytest.mark.parametrize("place", ["file/cache", "/dev/full/cache", "/proc/cache"])
def test_a_cache_that_cannot_be_written_is_done_without(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(tmp_path / place))
    assert_as_clean(course, tmp_path)
    assert not unchanged(build(course, tmp_path / "out"))


def test_a_full_disk_keeps_nothing_half(
    course: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("scorm_builder.cache.Path.replace", full)
        Cache(cache).write("known", "a", [1])
    assert Cache(cache).read("known", "a") is None
    assert list((cache / "build").iterdir()) == []


def test_the_cache_is_bounded(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scorm_builder.cache._LIMIT", 1000)
    for number in range(20):
        Cache(cache).write("known", str(number), "x" * 300)
        os.utime(cache / "build" / f"known-{number}", (number, number))
    assert sum(path.stat().st_size for path in (cache / "build").iterdir()) <= 1400
    assert Cache(cache).read("known", "19") == "x" * 300


def test_other_code_knows_nothing(
    course: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(course, tmp_path / "out")
    for module in ("stamp", "knowledge"):
        monkeypatch.setattr(f"scorm_builder.{module}.code_version", lambda: "other")
    assert not unchanged(build(course, tmp_path / "out"))
    assert unchanged(build(course, tmp_path / "out"))


def test_the_version_of_the_code_goes_with_the_players_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    known = code_version.code_version.__wrapped__()
    line = code_version._line
    monkeypatch.setattr(
        code_version,
        "_line",
        lambda path, info: line(path, info) + "x" * path.endswith("player/styles/look.css"),
    )
    assert code_version.code_version.__wrapped__() != known


def test_two_builds_at_once_share_a_cache(course: Path, tmp_path: Path, cache: Path) -> None:
    build(course, tmp_path / "clean", "--no-cache")
    expected = outputs(tmp_path / "clean")

    def run(number: int) -> None:
        done[number] = subprocess.run(
            [
                *[sys.executable, "-m", "scorm_builder", "build", str(course)],
                *["--output", str(tmp_path / "out")],
            ],
            capture_output=True,
        ).returncode

    for _ in range(2):
        done = dict.fromkeys(range(3), 1)
        threads = [threading.Thread(target=run, args=(number,)) for number in done]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(done.values()) == {0}
        assert outputs(tmp_path / "out") == expected
        edit_a_page(course)
        build(course, tmp_path / "clean", "--no-cache")
        expected = outputs(tmp_path / "clean")


def test_a_signed_output_is_checked_by_its_key(course: Path, tmp_path: Path, cache: Path) -> None:
    from scorm_builder.minisign import PublicKey
    from scorm_builder.signing import SIGNATURE, SUMS

    runner = CliRunner(env={"SCORM_BUILDER_KEY_PASSWORD": "open"})
    made = runner.invoke(main, ["keys", "new", str(tmp_path / "mine")])
    assert made.exit_code == 0, made.stderr
    secret, public = (Path(line) for line in made.stdout.splitlines())
    assert secret.stat().st_mode & 0o777 == 0o600
    again = runner.invoke(main, ["keys", "new", str(tmp_path / "mine")])
    assert again.exit_code == 1
    arguments = ["build", str(course), "--output", str(tmp_path / "out"), "--language", "en"]
    built = runner.invoke(main, [*arguments, "--sign", str(secret)])
    assert built.exit_code == 0, built.stderr
    (package,) = (tmp_path / "out").iterdir()
    with zipfile.ZipFile(package) as archive:
        signature = archive.read(SIGNATURE).decode()
        comment = PublicKey.parse(public.read_text()).verify(archive.read(SUMS), signature)
        assert archive.namelist()[-2:] == [SUMS, SIGNATURE]
    assert comment == f"file:{SUMS} package:{package.name}"
    good = runner.invoke(main, ["validate", str(package), "--public-key", str(public)])
    assert good.exit_code == 0, good.stdout
    every = [*arguments, "--sign", str(secret), "--format", "all"]
    every += ["--tool", "https://campus.example.org"]
    every += ["--json"]
    built = runner.invoke(main, every)
    assert built.exit_code == 0, built.stderr
    made_of = {one["format"]: one for one in map(json.loads, built.stdout.splitlines())}
    lone = {name for name, one in made_of.items() if one["signature"]}
    assert lone == {"single", "thincc"}
    for one in made_of.values():
        judged = runner.invoke(
            main, ["validate", one["path"], "--public-key", str(public), "--json"]
        )
        assert judged.exit_code == 0, judged.stdout
        assert [seal["state"] for seal in json.loads(judged.stdout)["seals"]] == (
            ["good"] if one["format"] in lone else ["good", "good"]
        )
    again = runner.invoke(main, every)
    assert f"nothing has changed: {len(made_of)} outputs as left" in again.stderr
    Path(made_of["single"]["signature"]).unlink()
    assert "nothing has changed" not in runner.invoke(main, every).stderr
    assert Path(made_of["single"]["signature"]).is_file()
    wrong = CliRunner(env={"SCORM_BUILDER_KEY_PASSWORD": "wrong"})
    refused = wrong.invoke(main, [*arguments, "--no-cache", "--sign", str(secret)])
    assert refused.exit_code == 1
    assert "wrong password" in refused.stderr
