"""Building against plain zipping of the same files and copying them, measured in one run.

    python -m tests.bench.build            small and medium courses
    python -m tests.bench.build --large    and medium with 1.5 GB of video

Prints a Markdown table. Times differ between machines; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

_ZIP = """
import sys, zipfile
stored = (".png", ".mp4")
with zipfile.ZipFile(sys.argv[2], "w") as archive:
    for name in open(sys.argv[1], encoding="utf-8").read().splitlines():
        kind = zipfile.ZIP_STORED if name.endswith(stored) else zipfile.ZIP_DEFLATED
        archive.write(name, name.lstrip("/"), kind)
"""
_COPY = """
import os, shutil, sys
os.makedirs(sys.argv[2])
for number, name in enumerate(open(sys.argv[1], encoding="utf-8").read().splitlines()):
    shutil.copyfile(name, os.path.join(sys.argv[2], str(number)))
"""


@dataclass(frozen=True, order=True)
class Run:
    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Case:
    """``media`` MB of video beside ``images`` pictures of 150 kB."""

    name: str
    pages: int
    images: int
    questions: int
    video_mb: int = 0


CASES = (Case("small", 10, 10, 15), Case("medium", 200, 400, 300))
LARGE = Case("large", 200, 400, 300, video_mb=1500)


def measured(arguments: list[str], times: int = 3) -> Run:
    """Wall time and peak memory of a process, the best of some runs."""
    runs = []
    for _ in range(times):
        begun = time.perf_counter()
        with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{arguments[:4]} failed with {process.returncode}")
        runs.append(Run(time.perf_counter() - begun, usage.ru_maxrss / 1024))
    return min(runs)


def compare(case: Case, folder: Path) -> str:
    """One row of the table."""
    course = folder / case.name
    files = make_course(case, course)
    listing = folder / f"{case.name}.txt"
    listing.write_text("\n".join(map(str, files)), "utf-8")
    output = str(folder / f"{case.name}-dist")
    build = measured(
        [sys.executable, "-m", "scorm_builder", "build", str(course), "--output", output]
    )
    zipped = measured([sys.executable, "-c", _ZIP, str(listing), str(folder / "plain.zip")])
    copies = [f"{folder}/{case.name}-copy-{number}" for number in range(2)]
    copy = min(measured([sys.executable, "-c", _COPY, str(listing), to], 1) for to in copies)
    return (
        f"| {case.name} | {build.seconds:.2f} s / {build.megabytes:.0f} MB "
        f"| {zipped.seconds:.2f} s / {zipped.megabytes:.0f} MB | {copy.seconds:.2f} s "
        f"| {build.seconds / zipped.seconds:.1f} | {build.seconds / copy.seconds:.1f} "
        f"| {build.megabytes / zipped.megabytes:.1f} |"
    )


def make_course(case: Case, folder: Path) -> list[Path]:
    """A course of that size, with noise for pictures, always the same; the files it is made of."""
    noise = random.Random(case.name)
    unit = folder / "units" / "01-unit"
    for place in (unit / "pages", unit / "media"):
        place.mkdir(parents=True)
    pages = [f"page-{number}" for number in range(case.pages)]
    (folder / "course.yaml").write_text(_COURSE, "utf-8")
    (unit / "unit.yaml").write_text(_UNIT.format(pages=", ".join(pages)), "utf-8")
    questions = "".join(_QUESTION.format(number=number) for number in range(case.questions))
    (unit / "questions.yaml").write_text("quiz:\n" + questions, "utf-8")
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
        (unit / "pages" / f"{page}.en.md").write_text(text, "utf-8")
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


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


def table(*, large: bool = False) -> str:
    """The Markdown table of all cases."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        rows = [compare(case, Path(name)) for case in (*CASES, *([LARGE] if large else []))]
    head = "| course | scorm-builder build | plain zip | copy | ÷ zip | ÷ copy | memory ÷ zip |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--large", action="store_true", help="with 1.5 GB of video")
    sys.stdout.write(table(large=parser.parse_args().large) + "\n")


if __name__ == "__main__":
    main()
