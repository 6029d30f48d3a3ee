"""What ``check`` and ``build`` say of media that cannot be played, or not everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from content.model import Course
from content.problems import Problem
from scorm_builder.cli import main
from scorm_builder.media.inspecting import inspect_media
from scorm_builder.media.room import MediaRoom
from tests.media_samples import audio, photo, saved, video
from tests.unit.content.courses import CourseFolder, make_course

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:00.900\nHello\n"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaRoom]:
    with MediaRoom(tmp_path_factory.mktemp("cache")) as room:
        yield room


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    course = make_course(tmp_path / "course").write("media/v.vtt", CAPTIONS)
    (course.root / "media").mkdir(exist_ok=True)
    return course


def with_video(course: CourseFolder, name: str = "v.mp4", **how: Any) -> CourseFolder:
    video(course.root / "media" / name, **({"seconds": 1, "size": (160, 90)} | how))
    return course.page(
        f"::: video {name}\ntitle: V\ncaptions: v.vtt\ncredit: c\ntranscript_text: t\n:::"
    )


def with_audio(course: CourseFolder, name: str, **how: Any) -> CourseFolder:
    audio(course.root / "media" / name, seconds=1, **how)
    course.remove("media/v.vtt")
    return course.page(f"::: audio {name}\ntitle: V\ncredit: c\ntranscript_text: t\n:::")


def found(course: CourseFolder, room: MediaRoom) -> tuple[Problem, ...]:
    loaded: Course = course.load()
    return inspect_media(loaded, loaded.units, loaded.languages, room.fitted())


def codes(course: CourseFolder, room: MediaRoom) -> list[tuple[str, str]]:
    return [(one.severity, one.code) for one in found(course, room)]


def test_good_media_have_no_problems(course: CourseFolder, room: MediaRoom) -> None:
    assert codes(with_video(course), room) == []


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"codec": "libx265"}, "H.265"),
        ({"codec": "mpeg2video"}, "MPEG-2"),
        ({"codec": "mpeg4"}, "DivX"),
        ({"sound": "ac3"}, "Dolby"),
        ({"pixels": "yuv444p"}, "yuv444p"),
        ({"codec": "libvpx", "name": "v.webm", "sound": "libopus"}, ""),
    ],
)
def test_codecs_that_not_every_browser_plays(
    course: CourseFolder, room: MediaRoom, how: dict[str, Any], said: str
) -> None:
    problems = found(with_video(course, **how), room)
    if not said:
        assert problems == ()
        return
    (problem,) = problems
    assert (problem.severity, problem.code) == ("error", "media.codec")
    assert said in problem.message
    assert "H.264" in problem.hint
    assert problem.path == "media/v.mp4"


def test_a_film_of_another_kind_under_a_good_name(course: CourseFolder, room: MediaRoom) -> None:
    avi = with_video(course, "v.mp4", kind="avi", codec="mpeg4", sound=None, options={"a": "b"})
    assert codes(avi, room) == [("warning", "media.unplayable")]


def test_a_webm_called_mp4(course: CourseFolder, room: MediaRoom) -> None:
    named = with_video(course, kind="webm", codec="libvpx", sound="libopus", options={"a": "b"})
    assert codes(named, room) == [("warning", "media.wrong-ending")]


def test_a_picture_under_another_ending(course: CourseFolder, room: MediaRoom) -> None:
    course.remove("media/v.vtt").write("media/p.jpg", saved(photo(300, 200), "PNG"))
    course.page("::: figure p.jpg\nalt: a\ncredit: c\n:::")
    (problem,) = found(course, room)
    assert (problem.severity, problem.code) == ("warning", "media.wrong-ending")
    assert ".png" in problem.hint


def test_a_phones_video_that_tells_the_place(course: CourseFolder, room: MediaRoom) -> None:
    told = with_video(course, location="+36.8065+010.1815/")
    assert codes(told, room) == [("warning", "media.located")]


def test_ogg_is_not_for_everybody(course: CourseFolder, room: MediaRoom) -> None:
    ogg = with_audio(course, "talk.ogg", codec="libopus")
    assert codes(ogg, room) == [("warning", "media.rare-codec")]


def test_a_video_that_starts_late(course: CourseFolder, room: MediaRoom) -> None:
    how = {"options": {"brand": "mp42"}, "size": (1280, 720), "seconds": 1, "sound": None}
    with_video(course, **how)
    path = course.root / "media/v.mp4"
    data = path.read_bytes()
    # A box that nobody reads makes it long enough to matter.
    size = 2_100_000
    path.write_bytes(data + size.to_bytes(4, "big") + b"free" + b"\0" * (size - 8))
    assert ("warning", "media.starts-late") in codes(course, room)


def test_captions_that_go_on_after_the_end(course: CourseFolder, room: MediaRoom) -> None:
    with_video(course)
    course.write("media/v.vtt", CAPTIONS + "\n00:05.000 --> 00:07.000\nStill here\n")
    (problem,) = found(course, room)
    assert (problem.code, problem.path, problem.line) == (
        "media.captions-late",
        "media/v.vtt",
        6,
    )


def test_noise_is_a_warning_and_builds(
    course: CourseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(tmp_path / "cache"))
    with_video(course).write("media/v.mp4", b"\x93" * 5000)
    checked = run("check", course.root, "--json")
    assert [one["code"] for one in json.loads(checked.stdout)] == ["media.unplayable"]
    assert checked.exit_code == 0
    assert run("check", course.root, "--strict").exit_code == 1
    built = run("build", course.root, "--output", tmp_path / "out")
    assert built.exit_code == 0, built.stderr
    assert "media.unplayable" in built.stderr


def test_a_cut_picture_stops_check_and_build_with_its_name(
    course: CourseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(tmp_path / "cache"))
    data = saved(photo(1600, 1200), "JPEG", quality=90)
    course.write("media/cut.jpg", data[: len(data) // 2]).remove("media/v.vtt")
    course.page("::: figure cut.jpg\nalt: a\ncredit: c\n:::")
    checked = run("check", course.root, "--json")
    (problem,) = json.loads(checked.stdout)
    assert (problem["path"], problem["code"]) == ("media/cut.jpg", "media.damaged")
    assert checked.exit_code == 1
    built = run("build", course.root, "--output", tmp_path / "out")
    assert built.exit_code == 1
    assert "media/cut.jpg" in built.stderr
    assert not (tmp_path / "out").exists()


def test_without_the_cache_nothing_is_known_and_nothing_stays(
    course: CourseFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(tmp_path / "cache"))
    with_video(course)
    built = run("build", course.root, "--no-cache", "--output", tmp_path / "out")
    assert built.exit_code == 0, built.stderr
    assert not list(tmp_path.glob("cache/media/*"))
    assert run("build", course.root, "--output", tmp_path / "out").exit_code == 0
    assert list(tmp_path.glob("cache/media/??/*/result.json"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])
