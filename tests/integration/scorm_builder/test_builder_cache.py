"""Whatever was built before, and whatever became of the cache: the bytes are those of a clean
build."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from content.memo import KNOWN
from scorm_builder import apprentice, code_version, headstart, identity
from scorm_builder.cache import Cache
from scorm_builder.cli import main
from scorm_builder.starter import make_course
from tests.bench.courses import Case
from tests.bench.courses import make_course as make_bench_course

PAGE = "units/01-first-steps/pages/an-assembly.en.md"
PICTURE = "units/01-first-steps/media/one-vote.svg"
QUESTIONS = "units/01-first-steps/questions.yaml"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "cache"
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(folder))
    monkeypatch.setattr(headstart, "_LEAST", 1)
    yield folder
    KNOWN.forget()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    make_course(folder)
    media = folder / "units/01-first-steps/media"
    (media / "sheet.pdf").write_bytes(b"%PDF-1.4 first" + bytes(200_000))
    page = folder / PAGE
    download = "\n::: download sheet.pdf\ntitle: A sheet\ncredit: Nobody\n:::\n"
    page.write_text(page.read_text("utf-8") + download, "utf-8")
    french = folder / PAGE.replace(".en.", ".fr.")
    french.write_text(french.read_text("utf-8") + download, "utf-8")
    arabic = folder / PAGE.replace(".en.", ".ar.")
    if arabic.exists():
        arabic.write_text(arabic.read_text("utf-8") + download, "utf-8")
    return folder


def build(course: Path, output: Path, *options: str) -> Result:
    # As in a process of its own: nothing is known but what lies in the cache.
    KNOWN.forget()
    arguments = ["build", str(course), "--output", str(output), *options]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result


def outputs(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unchanged(result: Result) -> bool:
    return "nothing has changed" in result.stderr


def assert_as_clean(course: Path, tmp_path: Path, *options: str) -> None:
    """A build with what is known makes what a build without it makes."""
    build(course, tmp_path / "out", *options)
    shutil.rmtree(tmp_path / "clean", ignore_errors=True)
    build(course, tmp_path / "clean", "--no-cache", *options)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "clean")


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def edit_a_page(course: Path) -> None:
    (course / PAGE).write_text((course / PAGE).read_text("utf-8") + "\nMore *words*.\n", "utf-8")


def change_a_title(course: Path) -> None:
    replaced(course / PAGE, "title: ", "title: New ")


def change_the_unit(course: Path) -> None:
    unit = course / "units/01-first-steps/unit.yaml"
    replaced(unit, "workload_minutes: ", "workload_minutes: 1")


def change_a_question(course: Path) -> None:
    replaced(course / QUESTIONS, "type: single-choice", "type: single-choice\n    points: 3")


def change_the_glossary(course: Path) -> None:
    path = course / "glossary.yaml"
    path.write_text(path.read_text("utf-8").replace("en: ", "en: Truly ", 2), "utf-8")


def replace_media_with_as_many_bytes_and_the_old_time(course: Path) -> None:
    path = course / "units/01-first-steps/media/sheet.pdf"
    before = path.stat()
    path.write_bytes(b"%PDF-1.4 other" + bytes(200_000))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def exchange_media_by_renaming(course: Path) -> None:
    path = course / "units/01-first-steps/media/sheet.pdf"
    other = path.with_name("other.pdf")
    other.write_bytes(b"%PDF-1.4 third" + bytes(200_000))
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


def draw_another_picture(course: Path) -> None:
    replaced(course / PICTURE, "<svg", "<!-- anew --><svg")


def change_the_version(course: Path) -> None:
    replaced(course / "course.yaml", 'version: "', 'version: "9.')


def rename_media(course: Path) -> None:
    path = course / "units/01-first-steps/media/sheet.pdf"
    path.rename(path.with_name("paper.pdf"))
    for page in course.glob("units/01-first-steps/pages/an-assembly.*.md"):
        replaced(page, "sheet.pdf", "paper.pdf")


def remove_media(course: Path) -> None:
    (course / "units/01-first-steps/media/sheet.pdf").unlink()
    for page in course.glob("units/01-first-steps/pages/an-assembly.*.md"):
        text = page.read_text("utf-8")
        page.write_text(text.partition("\n::: download")[0] + "\n", "utf-8")


EDITS = [
    edit_a_page,
    change_a_title,
    change_the_unit,
    change_a_question,
    change_the_glossary,
    replace_media_with_as_many_bytes_and_the_old_time,
    exchange_media_by_renaming,
    draw_another_picture,
    change_the_version,
    rename_media,
    remove_media,
]


@pytest.mark.parametrize("edit", EDITS)
def test_after_an_edit_the_bytes_are_those_of_a_clean_build(
    course: Path, tmp_path: Path, cache: Path, edit: Callable[[Path], None]
) -> None:
    build(course, tmp_path / "out")
    before = outputs(tmp_path / "out")
    assert unchanged(build(course, tmp_path / "out"))
    edit(course)
    assert_as_clean(course, tmp_path)
    assert outputs(tmp_path / "out") != before


def test_edits_one_after_the_other(course: Path, tmp_path: Path, cache: Path) -> None:
    for edit in EDITS[:-1]:
        edit(course)
        assert_as_clean(course, tmp_path)


def test_languages_come_and_go(course: Path, tmp_path: Path, cache: Path) -> None:
    build(course, tmp_path / "out")
    french = course / "course.yaml"
    whole = french.read_text("utf-8")
    for options in (["--language", "fr"], ["--language", "en"], ["--together"]):
        shutil.rmtree(tmp_path / "out")
        assert_as_clean(course, tmp_path, *options)
    assert french.read_text("utf-8") == whole


def test_other_options_are_other_builds(course: Path, tmp_path: Path, cache: Path) -> None:
    build(course, tmp_path / "out")
    result = build(course, tmp_path / "out", "--format", "scorm2004")
    assert not unchanged(result)
    assert unchanged(build(course, tmp_path / "out", "--format", "scorm2004"))
    assert not unchanged(build(course, tmp_path / "elsewhere"))
    assert unchanged(build(course, tmp_path / "out"))


def test_it_says_again_what_was_built_and_warned_of(
    course: Path, tmp_path: Path, cache: Path
) -> None:
    replaced(course / QUESTIONS, "checks:", "checks:\n")
    (course / "units/01-first-steps/pages/stray.en.md").write_text("---\ntitle: A\n---\nA\n")
    first = build(course, tmp_path / "out", "--json")
    again = build(course, tmp_path / "out", "--json")
    assert unchanged(again)
    assert again.stdout == first.stdout
    assert "page.unlisted" in first.stderr
    assert "page.unlisted" in again.stderr
    assert all(json.loads(line)["path"] for line in again.stdout.splitlines())


def test_new_files_and_folders_are_seen(course: Path, tmp_path: Path, cache: Path) -> None:
    build(course, tmp_path / "out")
    (course / "units" / "02-new").mkdir()
    assert not unchanged(build(course, tmp_path / "out"))
    assert unchanged(build(course, tmp_path / "out"))
    (course / ".hidden").write_text("a")
    assert unchanged(build(course, tmp_path / "out"))


def test_an_output_that_was_touched_is_built_again(
    course: Path, tmp_path: Path, cache: Path
) -> None:
    build(course, tmp_path / "out", "--language", "en")
    (package,) = (tmp_path / "out").iterdir()
    before, info = package.read_bytes(), package.stat()
    package.write_bytes(before[:-1] + b"x")
    os.utime(package, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert not unchanged(build(course, tmp_path / "out", "--language", "en"))
    assert package.read_bytes() == before
    package.unlink()
    assert not unchanged(build(course, tmp_path / "out", "--language", "en"))
    assert package.read_bytes() == before


def test_files_too_young_to_be_known_by_their_times_are_compared(
    course: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a file system that keeps whole seconds: the times of an edit may be the old ones."""
    monkeypatch.setattr(identity, "_FINE", 3600)
    known = identity.Identity.of

    def coarse(info: os.stat_result) -> identity.Identity:
        return known(info)._replace(modified=known(info).modified // 10**13, inode=1)

    build(course, tmp_path / "out")
    assert unchanged(build(course, tmp_path / "out"))
    monkeypatch.setattr(identity.Identity, "of", coarse)
    for edit in (edit_a_page, replace_media_with_as_many_bytes_and_the_old_time):
        edit(course)
        assert_as_clean(course, tmp_path)


def test_media_are_taken_over_from_the_last_version(
    course: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []
    take = headstart.Headstart.take

    def noted(self: headstart.Headstart, target: Path) -> object:
        found = take(self, target)
        taken.append(found is not None)
        return found

    monkeypatch.setattr(headstart.Headstart, "take", noted)
    build(course, tmp_path / "out", "--language", "en")
    edit_a_page(course)
    build(course, tmp_path / "out", "--language", "en")
    assert taken == [False, True]
    (package,) = (tmp_path / "out").iterdir()
    package.write_bytes(package.read_bytes())
    edit_a_page(course)
    build(course, tmp_path / "out", "--language", "en")
    assert taken == [False, True, False]
    build(course, tmp_path / "clean", "--language", "en", "--no-cache")
    assert outputs(tmp_path / "out") == outputs(tmp_path / "clean")


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
        lambda path, info: line(path, info) + "x" * path.endswith("player/styles/base.css"),
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


ENVIRONMENTS: Sequence[tuple[dict[str, str], int, str]] = [
    ({"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}, 0o022, "1"),
    ({"PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}, 0o077, "3"),
]


def test_bytes_depend_on_nothing_but_the_course(course: Path, tmp_path: Path, cache: Path) -> None:
    """Not on folders, orders of files, times, seeds, locales, time zones, masks and jobs."""
    made = []
    for number, (environment, mask, jobs) in enumerate(ENVIRONMENTS):
        copy = tmp_path / f"place {number}" / "course"
        copy.mkdir(parents=True)
        files = sorted(path for path in course.rglob("*") if path.is_file())
        for path in files if number else reversed(files):
            target = copy / path.relative_to(course)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            os.utime(target, (number * 1e9, number * 1e9))
        output = tmp_path / f"out-{number}"
        subprocess.run(
            [
                *[sys.executable, "-c"],
                f"import os; os.umask({mask}); from scorm_builder.cli import main; main()",
                *["build", str(copy), "--output", str(output), "--jobs", jobs, "--no-cache"],
                *["--format", "scorm12", "--format", "scorm2004", "--format", "folder"],
            ],
            env=os.environ | environment,
            check=True,
            capture_output=True,
        )
        made.append(outputs(output))
        modes = {path.stat().st_mode & 0o777 for path in output.rglob("*") if path.is_file()}
        assert modes == {0o644}
    assert made[0] == made[1]


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


UNNEEDED = {
    *("pydantic", "xmlschema", "PIL", "av", "fontTools", "sqlalchemy", "flask"),
    *("cryptography", "watchfiles", "requests"),
}


@pytest.mark.parametrize("command", ["build", "check", "--help"])
def test_libraries_that_a_path_does_not_need_are_not_loaded(
    course: Path, tmp_path: Path, cache: Path, command: str
) -> None:
    arguments = {
        "build": ["build", str(course), "--output", str(tmp_path / "out")],
        "check": ["check", str(course)],
        "--help": ["--help"],
    }[command]
    code = (
        "import sys; from scorm_builder.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit as done: assert not done.code\n"
        f"loaded = {UNNEEDED!r} & set(sys.modules)\nsys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_build_with_nothing_to_do_loads_next_to_nothing(
    course: Path, tmp_path: Path, cache: Path
) -> None:
    build(course, tmp_path / "out")
    arguments = ["build", str(course), "--output", str(tmp_path / "out")]
    heavy = {"lxml", "yaml", "jinja2", "markdown_it", "nh3", "content.load", "scorm_builder.build"}
    code = (
        "import sys; from scorm_builder.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit as done: assert not done.code\n"
        f"loaded = {heavy!r} & set(sys.modules)\nsys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "nothing has changed" in done.stderr


def test_a_second_process_changes_no_byte(tmp_path: Path, cache: Path) -> None:
    """Sixty pages: enough for one that parses beside the first, with what it warns of."""
    folder = tmp_path / "sixty"
    make_bench_course(Case("sixty", 60, 2, 3), folder)
    page = folder / "units/01-unit/pages/page-55.en.md"
    page.write_text(page.read_text("utf-8") + "\n[here](https://example.org/)\n", "utf-8")
    said = {}
    for jobs in ("1", "2"):
        done = subprocess.run(
            [
                *[sys.executable, "-m", "scorm_builder", "build", str(folder), "--no-cache"],
                *["--output", str(tmp_path / jobs), "--jobs", jobs],
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        said[jobs] = [line for line in done.stderr.splitlines() if "link.text" in line]
    assert outputs(tmp_path / "1") == outputs(tmp_path / "2")
    assert len(said["1"]) == 1
    assert said["1"] == said["2"]


def test_pages_are_parsed_here_where_the_second_process_dies(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sixty"
    make_bench_course(Case("sixty", 60, 2, 3), folder)
    build(folder, tmp_path / "clean", "--no-cache", "--jobs", "1")

    def die(share: object, writing: int) -> None:
        os._exit(1)

    monkeypatch.setattr(apprentice, "_work", die)
    build(folder, tmp_path / "out", "--jobs", "2")
    assert outputs(tmp_path / "out") == outputs(tmp_path / "clean")
