"""Captions: what is read, and where what is wrong with them is said to be."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.captions import Cue, read_captions
from content.findings import Findings, Mark
from tests.unit.content.courses import CourseFolder

GOOD = """WEBVTT - A visit

NOTE
made by hand

STYLE
::cue { color: yellow }

first
00:01.000 --> 00:04.500 align:start line:90%
<v Amina>We are <i>twelve</i> members.

01:00:05.000 --> 01:00:09.000
Two lines
of &lt;text&gt;
"""


def read(text: str) -> tuple[tuple[Cue, ...], list[tuple[int, str]]]:
    findings = Findings()
    cues = read_captions(text, Mark("visit.vtt"), findings)
    return cues, [(problem.line, problem.code) for problem in findings.sorted()]


def test_good_captions() -> None:
    cues, problems = read(GOOD)
    assert problems == []
    assert cues == (
        Cue(1000, 4500, "<v Amina>We are <i>twelve</i> members.", 10),
        Cue(3_605_000, 3_609_000, "Two lines\nof &lt;text&gt;", 13),
    )


BAD, ODD = "media.bad-captions", "media.odd-captions"
CUE = "\n\n00:01.000 --> 00:02.000\nx\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", (1, BAD)),
        ("webvtt\n" + CUE, (1, BAD)),
        ("WEBVTTX\n" + CUE, (1, BAD)),
        ("1\n00:00:01,000 --> 00:00:02,000\nSubRip\n", (1, BAD)),
        ("WEBVTT\n00:01.000 --> 00:02.000\nx\n", (2, BAD)),
        ("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nx\n", (3, BAD)),
        ("WEBVTT\n\n0:01.000 --> 0:02.000\nx\n", (3, BAD)),
        ("WEBVTT\n\n00:01.00 --> 00:02.00\nx\n", (3, BAD)),
        ("WEBVTT\n\n00:61.000 --> 01:02.000\nx\n", (3, BAD)),
        ("WEBVTT\n\n00:01.000-->00:02.000\nx\n", (3, BAD)),
        ("WEBVTT\n\n٠٠:٠١.٠٠٠ --> 00:02.000\nx\n", (3, BAD)),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nx\n", (3, BAD)),
        ("WEBVTT\n\none\n00:02.000 --> 00:01.000\nx\n", (4, BAD)),
        ("WEBVTT" + CUE + "\nText of its own\n", (6, BAD)),
        ("WEBVTT\n\n00:01.000 --> 00:03.000\nx\n00:03.000 --> 00:04.000\ny\n", (5, BAD)),
        ("WEBVTT\n\nSTYLE\n::cue { background: url(https://example.org/x) }" + CUE, (4, BAD)),
        ("WEBVTT\n\nSTYLE\n@import 'x'" + CUE, (4, BAD)),
        ("WEBVTT\n", (1, ODD)),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n", (3, ODD)),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 middle\nx\n", (3, ODD)),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nx" + CUE, (6, ODD)),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<font color='red'>x</font>\n", (4, ODD)),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "much " * 30, (4, ODD)),
        ("WEBVTT" + CUE + "\nSTYLE\n::cue {}\n", (6, ODD)),
    ],
)
def test_what_is_wrong_and_where(text: str, problem: tuple[int, str]) -> None:
    assert problem in read(text)[1], read(text)


def test_a_comma_is_explained() -> None:
    findings = Findings()
    read_captions("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nx\n", Mark("a.vtt"), findings)
    assert ".srt" in findings.sorted()[0].hint


def test_times_and_karaoke_in_a_cue_are_fine() -> None:
    cue = "WEBVTT\n\n00:01.000 --> 00:03.000\n<00:01.500><c.loud>now</c> <lang fr>oui</lang>\n"
    assert read(cue)[1] == []


def test_a_file_full_of_slips_gives_a_handful_of_problems() -> None:
    assert len(read("WEBVTT\n\n" + "nothing\n\n" * 5000)[1]) == 20


def test_a_course_tells_of_its_captions_with_their_lines(course: CourseFolder) -> None:
    course.write("media/v.mp4", b"x").write("media/v.vtt", "WEBVTT\r\n\r\n00:01 --> 00:02\r\nx\r\n")
    course.page("::: video v.mp4\ntitle: V\ncaptions: v.vtt\ncredit: c\ntranscript_text: t\n:::")
    problem = next(one for one in course.problems() if one.code == BAD)
    assert (problem.path, problem.line) == ("media/v.vtt", 3)


def test_captions_in_another_language_than_the_page(course: CourseFolder) -> None:
    course.write("media/v.mp4", b"x").write("media/v.en.vtt", f"WEBVTT{CUE}")
    course.page("::: video v.mp4\ntitle: V\ncaptions: v.en.vtt\ncredit: c\ntranscript_text: t\n:::")
    problem = course.only("media.captions-language")
    assert problem.path.endswith("one.fr.md")


_lines = st.one_of(
    st.text(),
    st.sampled_from(
        ["WEBVTT", "NOTE", "STYLE", "REGION", "", "-->", "00:01.000 --> 00:02.000", "<v", "x > y"]
    ),
)


@given(st.lists(_lines).map("\n".join))
@example("WEBVTT\n\n-->")
def test_any_text_is_read_without_harm(text: str) -> None:
    cues, problems = read(text)
    assert all(0 <= cue.start < cue.end for cue in cues)
    assert cues or problems
    assert all(0 < line <= text.count("\n") + 2 for line, _ in problems)


_texts = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=15)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(500, 9000), _texts), min_size=1))
def test_what_is_well_written_is_read_back(rows: list[tuple[int, int, str]]) -> None:
    def time(ms: int) -> str:
        return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"

    rows.sort()
    cues = "".join(f"\n{time(at)} --> {time(at + long)}\n{text}\n" for at, long, text in rows)
    found, problems = read("WEBVTT\n" + cues)
    assert [(cue.start, cue.end - cue.start, cue.text) for cue in found] == rows
    assert problems == []
