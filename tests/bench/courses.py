"""The courses that builds are measured with: noise for media, always the same."""

from __future__ import annotations

import random
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """``video_mb`` MB of video beside ``images`` pictures of 150 kB."""

    name: str
    pages: int
    images: int
    questions: int
    video_mb: int = 0
    languages: tuple[str, ...] = ("en",)


SMALL = Case("small", 10, 10, 15)
MEDIUM = Case("medium", 200, 400, 300)
LARGE = Case("large", 200, 400, 300, video_mb=1500)
THREE = Case("medium-3", 200, 400, 300, languages=("en", "fr", "ar"))


def make_course(case: Case, folder: Path) -> list[Path]:
    """A course of that size, with noise for pictures, always the same; the files it is made of."""
    noise = random.Random(case.name)
    unit = folder / "units" / "01-unit"
    for place in (unit / "pages", unit / "media"):
        place.mkdir(parents=True)
    pages = [f"page-{number}" for number in range(case.pages)]
    _write(folder / "course.yaml", _COURSE.replace("[en]", f"[{', '.join(case.languages)}]"), case)
    _write(unit / "unit.yaml", _UNIT.format(pages=", ".join(pages)), case)
    questions = "".join(_QUESTION.format(number=number) for number in range(case.questions))
    _write(unit / "questions.yaml", "quiz:\n" + questions, case)
    for number in range(case.images):
        (unit / "media" / f"image-{number}.png").write_bytes(_png(noise, 220))
    videos = []
    for number in range(case.video_mb // 100):
        videos.append(f"video-{number}.mp4")
        with (unit / "media" / videos[-1]).open("wb") as file:
            for _ in range(100):
                file.write(noise.randbytes(1 << 20))
        (unit / "media" / f"video-{number}.vtt").write_text(_CAPTIONS, "utf-8")
    share = -(-case.images // case.pages)
    for number, page in enumerate(pages):
        text = f"---\ntitle: Page {number}\n---\n" + _TEXT * 6
        for image in range(number * share, min(case.images, (number + 1) * share)):
            text += _FIGURE.format(number=image)
        if number < len(videos):
            text += _VIDEO.format(number=number)
        for language in case.languages:
            (unit / "pages" / f"{page}.{language}.md").write_text(text, "utf-8")
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _write(path: Path, text: str, case: Case) -> None:
    """YAML with each text in all languages of ``case``."""

    def everywhere(found: re.Match[str]) -> str:
        return "{" + ", ".join(f"{language}: {found[1]}" for language in case.languages) + "}"

    path.write_text(re.sub(r"\{en: ([^{}]+)\}", everywhere, text), "utf-8")


def _png(noise: random.Random, side: int) -> bytes:
    """A valid PNG of noise, which nothing can compress."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\0" + noise.randbytes(side * 3) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


_COURSE = """format: 1
id: bench
version: "1"
languages: [en]
title: {en: Bench}
description: {en: A course to measure with.}
licence: CC-BY-SA-4.0
authors: [Nobody]
competences: [{id: c1, title: {en: Measuring}}]
target_groups: [{id: g1, title: {en: Builders}}]
units: [01-unit]
"""
_UNIT = """id: unit
title: {{en: A unit}}
summary: {{en: Pages and questions.}}
outcomes: [{{id: o1, text: {{en: Measure.}}}}]
competences: [c1]
target_groups: [g1]
workload_minutes: 60
eqf_level: 5
pages: [{pages}]
"""
_QUESTION = """- id: q{number}
  type: single-choice
  outcome: o1
  prompt: {{en: What is the answer to question {number}?}}
  choices:
    - {{id: a, correct: true, text: {{en: This one.}}, feedback: {{en: "Yes, for a good reason."}}}}
    - {{id: b, text: {{en: That one.}}, feedback: {{en: "No, and here is why."}}}}
    - {{id: c, text: {{en: None.}}, feedback: {{en: One of them is right.}}}}
"""
_TEXT = """## A heading

The members of a **cooperative** decide together. Each of them has *one vote*, whatever the share.

- They elect a board.
- They read the accounts.

"""
_FIGURE = """
::: figure image-{number}.png
alt: Noise, number {number}.
caption: Picture {number}
credit: Nobody
:::
"""
_VIDEO = """
::: video video-{number}.mp4
captions: video-{number}.vtt
transcript_text: Noise.
title: Video {number}
credit: Nobody
:::
"""
_CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nNoise\n"
