"""Videos and sounds looked into: length, size, a still that shows something, the sound alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageStat

from content.model import MediaFile
from content.showing import Recording
from scorm_builder.media.fitted import Fitted
from scorm_builder.media.sniff import container, starts_late
from scorm_builder.media.store import Store
from scorm_builder.media.unfit import UnfitError
from scorm_builder.media.workshop import Workshop
from tests.media_samples import audio, video


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with Workshop(Store(tmp_path_factory.mktemp("store"))) as workshop:
        yield workshop


def medium(path: Path) -> MediaFile:
    return MediaFile(f"media/{path.name}", path, path.stat().st_size)


@pytest.mark.parametrize("black", [0.5, 1, 2])
@pytest.mark.parametrize("keys", [None, 500])
def test_a_video_tells_its_length_and_size_and_gives_a_still(
    workshop: Workshop, tmp_path: Path, black: float, keys: int | None
) -> None:
    """Also where the only key frame is the black one at the beginning."""
    how: dict[str, Any] = {"options": {"brand": "mp42"}, "black_until": black, "keys": keys}
    media = medium(video(tmp_path / "visit.mp4", seconds=3, **how))
    recording = Fitted(workshop).recording(media)
    assert (recording.file, recording.sound) == (media, None)
    assert (recording.seconds, recording.width, recording.height) == (3, 320, 180)
    assert recording.poster
    with Image.open(recording.poster.widest.source) as still:
        assert still.size == (320, 180)
        assert ImageStat.Stat(still.convert("L")).stddev[0] > 15, "the still is black"


def test_a_video_that_is_black_all_along_has_a_black_still(
    workshop: Workshop, tmp_path: Path
) -> None:
    media = medium(video(tmp_path / "night.mp4", seconds=1, black_until=9, sound=None))
    assert Fitted(workshop).recording(media).poster


@pytest.mark.parametrize("turn", [90, -90, 180])
def test_a_phones_video_stands_upright(workshop: Workshop, tmp_path: Path, turn: int) -> None:
    media = medium(video(tmp_path / f"phone{turn}.mp4", seconds=1, rotation=turn))
    recording = Fitted(workshop).recording(media)
    wanted = (320, 180) if turn == 180 else (180, 320)
    assert (recording.width, recording.height) == wanted


def test_the_light_edition_has_the_sound_of_a_video(workshop: Workshop, tmp_path: Path) -> None:
    media = medium(video(tmp_path / "talk.mp4", seconds=4, size=(640, 360)))
    recording = Fitted(workshop, light=True).recording(media)
    assert recording.file is None
    assert recording.sound
    with av.open(str(recording.sound.source)) as sound:
        assert not sound.streams.video
        assert sound.streams.audio[0].codec_context.name == "aac"
        assert sound.streams.audio[0].codec_context.layout.name == "mono"
        assert abs((sound.duration or 0) / 1e6 - 4) < 0.2
    assert not starts_late(recording.sound.source)


def test_a_silent_video_gives_no_sound(workshop: Workshop, tmp_path: Path) -> None:
    media = medium(video(tmp_path / "silent.mp4", seconds=1, sound=None))
    recording = Fitted(workshop, light=True).recording(media)
    assert (recording.file, recording.sound) == (None, None)
    assert recording.poster


def test_the_light_edition_has_smaller_sounds(workshop: Workshop, tmp_path: Path) -> None:
    media = medium(audio(tmp_path / "talk.m4a", seconds=6))
    full = Fitted(workshop).recording(media)
    assert (full.file, full.seconds, full.poster) == (media, 6, None)
    light = Fitted(workshop, light=True).recording(media)
    assert light.file
    assert light.sound is None
    assert light.file == media or light.file.size < media.size


def test_the_sound_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    media = medium(video(tmp_path / "talk.mp4", seconds=2))
    made = []
    for run in range(2):
        with Workshop(Store(tmp_path / f"store-{run}")) as workshop:
            recording = Fitted(workshop, light=True).recording(media)
            assert recording.sound
            assert recording.poster
            made.append(
                [one.source.read_bytes() for one in (recording.sound, recording.poster.widest)]
            )
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [
        ("a.mp4", "libx264", "mp4"),
        ("a.webm", "libvpx", "webm"),
        ("a.m4a", "aac", "mp4"),
        ("a.ogg", "libopus", "ogg"),
        ("a.mp3", "libmp3lame", "mp3"),
        ("a.avi", "mpeg4", None),
        ("a.wmv", "wmv2", None),
    ],
)
def test_the_head_tells_the_container(
    tmp_path: Path, name: str, codec: str, kind: str | None
) -> None:
    path = tmp_path / name
    if path.suffix in (".m4a", ".ogg", ".mp3"):
        audio(path, seconds=0.5, codec=codec)
    else:
        sounds = {".webm": "libopus", ".mp4": "aac"}
        video(path, seconds=0.5, codec=codec, sound=sounds.get(path.suffix))
    assert container(path) == kind


def test_an_index_at_the_end_is_seen(tmp_path: Path) -> None:
    assert starts_late(video(tmp_path / "late.mp4", seconds=0.5, options={"brand": "mp42"}))
    assert not starts_late(video(tmp_path / "early.mp4", seconds=0.5))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\x18ftypmp42",
        b"\0\0\0\x18ftypmp42" + b"\0" * 5000,
        b"\x1aE\xdf\xa3" + b"\xff" * 5000,
        b"OggS" + b"\1" * 500,
        b"ID3" + b"\0" * 500,
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\x93" * 4000,
    ],
)
def test_hostile_recordings_are_given_as_they_are(
    workshop: Workshop, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "hostile.mp4"
    path.write_bytes(data)
    media = medium(path)
    assert Fitted(workshop).recording(media) == Recording(original=media, file=media)


def test_every_cut_of_a_video_is_survived(workshop: Workshop, tmp_path: Path) -> None:
    whole = video(tmp_path / "whole.mp4", seconds=1).read_bytes()
    for part in range(1, 10):
        path = tmp_path / f"cut-{part}.mp4"
        path.write_bytes(whole[: len(whole) * part // 10])
        recording = Fitted(workshop).recording(medium(path))
        assert recording.file == recording.original


def test_a_worker_that_dies_costs_its_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = medium(video(tmp_path / "good.mp4", seconds=1))
    slow = medium(video(tmp_path / "slow.mp4", seconds=1.5))
    with Workshop(Store(tmp_path / "store")) as workshop:
        with monkeypatch.context() as patched:
            patched.setitem(
                __import__("scorm_builder.media.workshop", fromlist=["_SECONDS"])._SECONDS,
                "recording",
                0.0,
            )
            with pytest.raises(UnfitError) as caught:
                workshop.make("recording", slow.source, {"width": 960, "quality": 80}, "mp4")
            assert caught.value.code == "media.too-costly"
        assert Fitted(workshop).recording(good).seconds == 1
        assert Fitted(workshop).recording(slow).seconds == 2
