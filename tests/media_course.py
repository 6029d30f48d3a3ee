"""A course that shows every kind of medium, each made on the spot."""

from __future__ import annotations

from pathlib import Path

from tests.media_samples import audio, drawing, exif, photo, saved, video
from tests.unit.content.courses import CourseFolder, make_course

PAGES = """
::: figure photo.jpg
alt: A market
credit: Somebody
:::

::: figure chart.png
alt: A chart
credit: Somebody
:::

::: figure small.png
alt: A small chart
credit: Somebody
:::

::: video visit.mp4
title: A visit
captions: visit.vtt
transcript: visit.md
online: https://video.example.org/visit
credit: Somebody
:::

::: video short.webm
title: A short video
captions: visit.vtt
poster: photo.jpg
transcript_text: Nothing is said.
credit: Somebody
:::

::: audio talk.mp3
title: A talk
transcript_text: Hello, *everybody*.
credit: Somebody
:::

::: download grid.csv
title: A grid
:::

::: download photo.jpg
title: The photo itself
:::
"""
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.500\nHello\n"


def make_media_course(root: Path) -> CourseFolder:
    """One unit in English and French: photo, drawings, videos, sound, downloads."""
    course = make_course(root)
    media = root / "media"
    media.mkdir()
    (media / "photo.jpg").write_bytes(
        saved(photo(2400, 1600), "JPEG", quality=92, exif=exif(orientation=1))
    )
    (media / "chart.png").write_bytes(saved(drawing(1600, 900), "PNG", compress_level=0))
    (media / "small.png").write_bytes(saved(drawing(300, 200), "PNG"))
    (media / "grid.csv").write_text("a,b\n", "utf-8")
    (media / "visit.md").write_text("We **see** a press.\n", "utf-8")
    (media / "visit.vtt").write_text(CAPTIONS, "utf-8")
    video(media / "visit.mp4", seconds=3, size=(640, 360), black_until=0.5)
    video(media / "short.webm", seconds=2, codec="libvpx", sound="libopus", size=(320, 240))
    audio(media / "talk.mp3", seconds=2, codec="libmp3lame")
    course.page(PAGES)
    return course
