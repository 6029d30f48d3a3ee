"""Videos and sounds looked into, with FFmpeg's libraries. Runs in the worker alone.

The container is told by the caller, who has seen the file's head: a text that names other files (a
playlist) is never taken for a video.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.video.frame import VideoFrame
from PIL import Image, ImageStat

from scorm_builder.media.pictures import poster
from scorm_builder.media.unfit import damaged, is_full

#: FFmpeg's demuxer for each container that ``sniff`` tells apart.
_DEMUXERS = {"mp4": "mp4", "webm": "matroska", "ogg": "ogg", "mp3": "mp3"}
_FILES_ONLY = {"protocol_whitelist": "file"}
#: Where in a video a good still is looked for, as parts of its length.
_PLACES = (0.1, 0.25, 0.5, 0.75, 0.0)
_MOST_FRAMES = 300
_DARK, _BRIGHT, _FLAT = 30, 225, 15


def look_into(source: Path, container: str, how: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Length, size and codecs; and, of a video, a still in ``folder``. Raises ``UnfitError``."""
    try:
        with _opened(source, container) as media:
            sound = media.streams.audio[0] if media.streams.audio else None
            facts: dict[str, Any] = {
                "seconds": _seconds(media),
                "sound": sound.codec_context.name if sound else None,
                "picture": None,
                "located": _located(media),
            }
            if media.streams.video and not _is_cover(media.streams.video[0]):
                context = media.streams.video[0].codec_context
                facts["picture"] = context.name
                facts["pixels"] = context.pix_fmt
                facts |= _still(media, how, folder)
            return facts
    except (av.FFmpegError, ValueError, OverflowError) as error:
        if isinstance(error, OSError) and is_full(error):
            raise
        raise damaged("recording") from error


def _located(media: Any) -> bool:
    """Phones write the place into what they record (ISO 6709)."""
    notes = [media.metadata, *(stream.metadata for stream in media.streams)]
    return any("location" in key.lower() for found in notes for key in found)


def _opened(source: Path, container: str) -> Any:
    media = av.open(str(source), format=_DEMUXERS[container], options=dict(_FILES_ONLY))
    for stream in media.streams.video:
        stream.codec_context.thread_count = 1
    return media


def _is_cover(stream: Any) -> bool:
    """The picture on a song is no video."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _seconds(media: Any) -> int | None:
    if media.duration:
        return max(1, round(float(media.duration) / 1_000_000))
    found = [float(one.duration * one.time_base) for one in media.streams if one.duration]
    longest = max(found, default=0.0)
    return max(1, round(longest)) if longest else None


def _still(media: Any, how: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The size at which the video is shown, and the first of some frames that is neither dark nor
    blank, or else the one with most to see."""
    best: tuple[float, Image.Image] | None = None
    for place in _PLACES:
        frame = _frame_at(media, place)
        if frame is None:
            continue
        image = _upright(frame)
        statistics = ImageStat.Stat(image.convert("L").resize((64, 64)))
        mean, spread = statistics.mean[0], statistics.stddev[0]
        good = _DARK <= mean <= _BRIGHT and spread >= _FLAT
        if best is None or good or spread > best[0]:
            best = (spread, image)
        if good:
            break
    if best is None:
        raise damaged("video")
    image = best[1]
    kind, data, size = poster(image, how["width"], how["quality"])
    (folder / f"poster.{kind}").write_bytes(data)
    still = {"name": f"poster.{kind}", "width": size[0], "height": size[1]}
    return {"width": image.width, "height": image.height, "poster": still}


def _frame_at(media: Any, place: float) -> VideoFrame | None:
    """The frame at that part of the video. Seeking leads to the key frame before it, which may be
    the black beginning: from there on, frames are decoded, up to a limit."""
    start = (media.start_time or 0) / 1_000_000
    wanted = start + (media.duration or 0) / 1_000_000 * place
    frame = None
    try:
        media.seek(int(wanted * 1_000_000))
        for frame in islice(media.decode(media.streams.video[0]), _MOST_FRAMES):
            if frame.time is not None and frame.time >= wanted:
                break
    except av.FFmpegError:
        return frame
    return frame


def _upright(frame: Any) -> Image.Image:
    image: Image.Image = frame.to_image()
    shape = frame.sample_aspect_ratio if hasattr(frame, "sample_aspect_ratio") else None
    if shape and shape != 1:
        image = image.resize((max(1, round(image.width * shape)), image.height))
    turned = frame.rotation % 360
    return image.rotate(turned, expand=True) if turned else image


def take_sound(
    source: Path, container: str, how: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    """The sound of a recording as ``sound.m4a`` of one channel. Raises ``UnfitError``."""
    try:
        with _opened(source, container) as media:
            if not media.streams.audio:
                raise damaged("recording")
            _transcode(media, how, folder / "sound.m4a")
    except (av.FFmpegError, ValueError, OverflowError) as error:
        if isinstance(error, OSError) and is_full(error):
            raise
        raise damaged("recording") from error
    return {"name": "sound.m4a"}


def _transcode(media: Any, how: Mapping[str, Any], target: Path) -> None:
    rate = how["samples_per_second"]
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(target), "w", format="mp4", options=options) as output:
        stream = output.add_stream("aac", rate=rate, layout="mono", options={"flags": "+bitexact"})
        stream.bit_rate = how["bits_per_second"]
        stream.codec_context.open()
        resampler = AudioResampler(
            format="fltp", layout="mono", rate=rate, frame_size=stream.codec_context.frame_size
        )
        for frame in media.decode(media.streams.audio[0]):
            frame.pts = None
            for piece in resampler.resample(frame):
                output.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
