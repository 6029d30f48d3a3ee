"""Captions: WebVTT, read strictly and judged line by line (W3C WebVTT, §4 “Syntax”).

Browsers say nothing of what they cannot read: they drop the cue, or the whole file, and who does
not hear is left with nothing. So each slip is a problem with its line. The libraries there are
stop at the first one, or tell no line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from content.findings import Findings, Mark

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+(\S.*?))?[ \t]*", re.ASCII)
_SETTING = re.compile(r"(vertical|line|position|size|align|region):\S+", re.ASCII)
_TAG = re.compile(r"<(/?)([A-Za-z]+)?([^<>]*)>")
#: What may stand in a cue; a time in angle brackets may too, and has no name.
_TAGS = frozenset({"b", "c", "i", "lang", "ruby", "rt", "u", "v"})
_CALLS_OUT = re.compile(r"url\s*\(|@import|\\|image-set", re.I)
#: What can be read before it is gone: two lines of about 40 characters, with room to spare.
_LONGEST = 160
_FASTEST = 40
_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Cue:
    """``start`` and ``end`` in milliseconds; ``line`` is that of its times in the file."""

    start: int
    end: int
    text: str
    line: int


def read_captions(text: str, mark: Mark, findings: Findings) -> tuple[Cue, ...]:
    """The cues of a WebVTT text with ``\\n`` line ends, in the file's order.

    Adds ``media.bad-captions`` for what browsers refuse or drop, and ``media.odd-captions`` for
    what they show in another way than was meant; at most some twenty of them.
    """
    reader = _Reader(mark, findings)
    reader.read(text.split("\n"))
    return tuple(reader.cues)


class _Reader:
    def __init__(self, mark: Mark, findings: Findings) -> None:
        self.cues: list[Cue] = []
        self._mark = mark
        self._findings = findings
        self._left = _AT_MOST

    def _bad(self, line: int, message: str, hint: str) -> None:
        if self._left > 0:
            self._findings.error(self._mark.at(line), "media.bad-captions", message, hint)
        self._left -= 1

    def _odd(self, line: int, message: str, hint: str) -> None:
        if self._left > 0:
            self._findings.warning(self._mark.at(line), "media.odd-captions", message, hint)
        self._left -= 1

    def read(self, lines: Sequence[str]) -> None:
        if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]) or "-->" in lines[0]:
            self._bad(
                1, "captions must begin with the word WEBVTT", "save them in the WebVTT format"
            )
            return
        blocks = list(_blocks(lines))
        for number, (line, block) in enumerate(blocks):
            if number == 0 and line == 1:
                # The header runs to the first empty line; old exports put metadata there.
                timed = [at for at, text in enumerate(block) if "-->" in text]
                if timed:
                    self._bad(
                        line + timed[0],
                        "a cue stands in the file's head, where it is not read",
                        "put an empty line after WEBVTT",
                    )
                continue
            self._block(line, block)
        if not self.cues and self._left == _AT_MOST:
            self._odd(1, "there is not a single cue in these captions", "write them")

    def _block(self, line: int, block: Sequence[str]) -> None:
        at = next((number for number, text in enumerate(block[:2]) if "-->" in text), None)
        if at is not None:
            self._cue(line + at, block[at], block[at + 1 :])
        elif block[0].startswith("NOTE") and block[0][4:5] in ("", " ", "\t"):
            return
        elif block[0].rstrip() in ("STYLE", "REGION"):
            self._style(line, block)
        else:
            self._bad(
                line,
                f"“{block[0][:40]}” belongs to no cue: there are no times above it",
                "write times such as 00:01.000 --> 00:04.000 above it, leave no empty line inside "
                "a cue, and begin comments with NOTE",
            )

    def _style(self, line: int, block: Sequence[str]) -> None:
        if self.cues:
            self._odd(line, "styles after the first cue are not read", "move them up")
        for at, text in enumerate(block):
            if _CALLS_OUT.search(text):
                self._bad(
                    line + at,
                    "this style could load something from outside",
                    "remove it: captions are text",
                )

    def _cue(self, line: int, timing: str, text: Sequence[str]) -> None:
        found = _TIMING.fullmatch(timing)
        if found is None:
            hint = "write 00:01.000 --> 00:04.000: a point before exactly three digits"
            if re.search(r"\d,\d{3}", timing):
                hint += "; a comma stands there in SubRip files (.srt), not in WebVTT"
            self._bad(line, f"“{timing[:60]}” are no times", hint)
            return
        start, end = _milliseconds(found.groups()[:4]), _milliseconds(found.groups()[4:8])
        if end <= start:
            self._bad(
                line, "the cue ends before it begins, and is never shown", "correct its times"
            )
            return
        for setting in (found.group(9) or "").split():
            if not _SETTING.fullmatch(setting):
                self._odd(
                    line,
                    f"“{setting[:40]}” after the times means nothing",
                    "remove it; known are vertical, line, position, size, align and region",
                )
        if self.cues and start < self.cues[-1].start:
            self._odd(
                line,
                f"this cue begins before the one of line {self.cues[-1].line}",
                "put the cues in the order of their times",
            )
        cue = Cue(start, end, "\n".join(text), line)
        self.cues.append(cue)
        self._text(cue)

    def _text(self, cue: Cue) -> None:
        line = cue.line + 1
        if not cue.text.strip():
            self._odd(cue.line, "this cue has no text", "write it, or remove the cue")
        for at, text in enumerate(cue.text.split("\n")):
            if "-->" in text:
                self._bad(line + at, "times inside a cue", "put an empty line before them")
                return
        for closing, name, rest in _TAG.findall(cue.text):
            timed = not name and re.fullmatch(_TIME, rest)
            if not timed and name.lower() not in _TAGS and (name or not closing):
                self._odd(
                    line,
                    f"<{closing}{name}{rest[:20]}> means nothing in captions and is left out",
                    "remove it; known are <b> <i> <u> <v Name> <c.class> <lang xx> <ruby> <rt>",
                )
        shown = unescape(_TAG.sub("", cue.text)).strip()
        seconds = (cue.end - cue.start) / 1000
        if len(shown) > _LONGEST or len(shown) > 20 + _FASTEST * seconds:
            self._odd(
                line,
                f"{len(shown)} characters in {seconds:.1f} s are more than can be read",
                "split the cue, or shorten its text",
            )


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line and lines of everything between empty lines."""
    block: list[str] = []
    for number, line in enumerate(lines, 1):
        if line:
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield len(lines) - len(block) + 1, block


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
