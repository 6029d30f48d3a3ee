"""The blocks that pages have beyond Markdown: ``::: case Title`` … ``:::``.

A markdown-it block rule. It makes tokens whose ``meta`` is the ``Directive``; blocks with Markdown
inside open and close like any container, the others are one token. Problems go to the ``Findings``
of the page being parsed (``content.pageparse``), which travels in markdown-it's ``env``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from content.findings import Mark
from content.ids import did_you_mean
from content.pageparse import PageParse

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

#: Directives with Markdown inside.
BLOCKS = ("case", "example", "key-idea", "reflection", "activity")
#: Directives that may stand inside a block.
NESTABLE = frozenset({"check", "figure", "download"})
#: The fields of the directives that have fields; required ones name the code of their absence.
FIELDS: Mapping[str, Mapping[str, str | None]] = {
    "figure": {"alt": "media.no-alt", "credit": "media.no-credit", "caption": None},
    "video": {
        "title": "field.missing",
        "captions": "media.no-captions",
        "credit": "media.no-credit",
        "transcript": None,
        "transcript_text": None,
        "poster": None,
        "online": None,
    },
    "audio": {
        "title": "field.missing",
        "credit": "media.no-credit",
        "captions": None,
        "transcript": None,
        "transcript_text": None,
    },
    "download": {"title": "field.missing", "credit": None},
    "check": {},
}
NAMES = (*BLOCKS, *FIELDS)

_FENCE = re.compile(r"(:{3,})[ \t]*(.*)")
_OPENING = re.compile(r"([^\s{}]+)[ \t]*(.*)")
_FLAG = re.compile(r"fictional|minutes=[1-9]\d{0,3}", re.ASCII)
_FIELD = re.compile(r"([A-Za-z_]+)[ \t]*:(?:[ \t]+(.*))?")
_ONLINE = re.compile(r"https://[^\s/<>\"]+(/[^\s<>\"]*)?")
_CODE_FENCE = re.compile(r"(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Field:
    text: str
    mark: Mark


@dataclass(slots=True)
class Directive:
    """``argument`` is the title of a block, the file of a medium, or the id of a check."""

    name: str
    argument: str
    mark: Mark
    fictional: bool = False
    minutes: int | None = None
    fields: dict[str, Field] = field(default_factory=dict)

    def text(self, key: str) -> str:
        found = self.fields.get(key)
        return found.text if found else ""


def directive_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Markdown-it's block rule for a line that begins with ``:::``."""
    page: PageParse = state.env["page"]
    if not page.directives or state.is_code_block(start):
        return False
    opening = _FENCE.fullmatch(_line(state, start))
    if opening is None:
        return False
    if silent:
        return True
    colons, rest = len(opening.group(1)), opening.group(2).strip()
    mark = page.mark_of(start, state.tShift[start])
    if not rest:
        page.findings.error(
            mark,
            "directive.stray-end",
            f"“{opening.group(1)}” ends a block here, but none is open",
            "remove the line, or give the outer block four colons at both ends",
        )
        state.line = start + 1
        return True
    last, closed = _find_end(state, start, end, colons, rest, mark)
    directive = _open(page, rest, mark)
    if directive is not None:
        _emit(state, directive, start, last)
    state.line = last + 1 if closed else last
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _find_end(
    state: StateBlock, start: int, end: int, colons: int, rest: str, mark: Mark
) -> tuple[int, bool]:
    """The line on which the directive ends, and whether an end stands there."""
    page: PageParse = state.env["page"]
    name = rest.split()[0]
    code: str | None = None
    for line in range(start + 1, end):
        text = _line(state, line)
        fence = _CODE_FENCE.match(text)
        if fence and code is None:
            code = fence.group(1)
        elif fence and code is not None and text.startswith(code):
            code = None
        found = _FENCE.fullmatch(text)
        if code is not None or found is None or len(found.group(1)) < colons:
            continue
        if not found.group(2) and len(found.group(1)) == colons:
            return line, True
        if found.group(2):
            page.findings.error(
                mark,
                "directive.unclosed",
                f"“{name}” is not closed before the next block on line {page.line_of(line)}",
                f"end it with a line {':' * colons}; to put one block inside another, "
                "give the outer one four colons at both ends",
            )
            return line, False
    page.findings.error(
        mark,
        "directive.unclosed",
        f"“{name}” is not closed",
        f"end it with a line that has only {':' * colons}",
    )
    return end, False


def _open(page: PageParse, rest: str, mark: Mark) -> Directive | None:
    """The directive that the first line announces; None after a problem that leaves nothing."""
    flags = ""
    if rest.endswith("}") and "{" in rest:
        rest, _, flags = rest[:-1].rpartition("{")
        rest = rest.rstrip()
    opening = _OPENING.fullmatch(rest)
    name, argument = (opening.group(1), opening.group(2).strip()) if opening else (rest, "")
    if name not in NAMES:
        page.findings.error(
            mark,
            "directive.unknown",
            f"there is no block “{name[:60]}”",
            did_you_mean(name, NAMES),
        )
        return None
    if page.open_blocks and name not in NESTABLE:
        page.findings.error(
            mark,
            "directive.nesting",
            f"“{name}” may not stand inside “{page.open_blocks[-1]}”",
            "end the outer block first; only check, figure and download may stand inside",
        )
    directive = Directive(name, argument, mark)
    for flag in flags.split():
        _set_flag(page, directive, flag)
    if name in FIELDS and not argument:
        page.findings.error(
            mark,
            "directive.argument",
            f"“{name}” names no {'question' if name == 'check' else 'file'}",
            "write “::: check question-id”" if name == "check" else f"write “::: {name} file.ext”",
        )
    return directive


def _set_flag(page: PageParse, directive: Directive, flag: str) -> None:
    fits = {"case": "fictional", "activity": "minutes"}.get(directive.name)
    if _FLAG.fullmatch(flag) and flag.partition("=")[0] == fits:
        if fits == "fictional":
            directive.fictional = True
        else:
            directive.minutes = int(flag.partition("=")[2])
        return
    page.findings.error(
        directive.mark,
        "directive.flag",
        f"“{directive.name}” does not know {{{flag[:40]}}}",
        "a case may be {fictional}, an activity may have {minutes=20}",
    )


def _emit(state: StateBlock, directive: Directive, start: int, last: int) -> None:
    page: PageParse = state.env["page"]
    if directive.name in FIELDS:
        token = state.push("directive", "", 0)
        token.block = True
        token.map = [start, last]
        token.meta = {"directive": directive}
        lines = [(line, _line(state, line)) for line in range(start + 1, last)]
        indents = [state.tShift[line] for line, _ in lines]
        _read_fields(page, directive, lines, indents)
        return
    token = state.push("directive_open", "section", 1)
    token.block = True
    token.map = [start, last]
    token.meta = {"directive": directive}
    if directive.argument:
        title = state.push("inline", "", 0)
        title.content = directive.argument
        title.map = [start, start + 1]
        title.children = []
        title.meta = {"title": True}
        state.push("directive_title_close", "h3", -1).meta = {"directive": directive}
    _parse_inside(state, directive, start, last)
    state.push("directive_close", "section", -1).meta = {"directive": directive}


def _parse_inside(state: StateBlock, directive: Directive, start: int, last: int) -> None:
    page: PageParse = state.env["page"]
    old_parent, old_end = state.parentType, state.lineMax
    # Only paragraphs look at parentType; a container of ours is like a quotation to them.
    state.parentType, state.lineMax = "blockquote", last
    page.open_blocks.append(directive.name)
    before = len(state.tokens)
    state.md.block.tokenize(state, start + 1, last)
    page.open_blocks.pop()
    state.parentType, state.lineMax = old_parent, old_end
    if len(state.tokens) == before:
        page.findings.error(
            directive.mark,
            "directive.empty",
            f"“{directive.name}” has nothing inside",
            "write its text between the two lines of colons",
        )


def _read_fields(
    page: PageParse,
    directive: Directive,
    lines: Sequence[tuple[int, str]],
    indents: Sequence[int],
) -> None:
    """``key: value`` lines; the value runs to the end of the line and on over indented lines."""
    known = FIELDS[directive.name]
    current = ""
    for (line, text), indent in zip(lines, indents, strict=True):
        if not text:
            continue
        mark = page.mark_of(line, indent)
        found = _FIELD.fullmatch(text)
        if indent and current:
            before = directive.fields[current]
            directive.fields[current] = Field(f"{before.text} {text}".strip(), before.mark)
        elif found is None:
            page.findings.error(
                mark,
                "directive.text",
                f"this line is not a field of “{directive.name}”",
                "write “key: value”, and go on over lines that begin with spaces"
                if known
                else "a check has nothing between its two lines: its text is in questions.yaml",
            )
        else:
            current = found.group(1)
            _check_field(page, directive, current, mark)
            directive.fields[current] = Field((found.group(2) or "").strip(), mark)
    _check_required(page, directive)
    online = directive.fields.get("online")
    if online and not _ONLINE.fullmatch(online.text):
        page.findings.error(
            online.mark,
            "link.scheme",
            f"“{online.text[:80]}” is not the address of a page with the video",
            "write the whole address, https:// and all",
        )


def _check_field(page: PageParse, directive: Directive, key: str, mark: Mark) -> None:
    if key not in FIELDS[directive.name]:
        page.findings.error(
            mark,
            "field.unknown",
            f"a {directive.name} has no field “{key[:60]}”",
            did_you_mean(key, FIELDS[directive.name]),
        )
    elif key in directive.fields:
        page.findings.error(mark, "field.duplicate", f"“{key}” stands twice", "keep one of them")


_WHY = {
    "media.no-alt": "say in words what the picture shows, for those who do not see it",
    "media.no-credit": "say who made it and under which licence",
    "media.no-captions": "give the name of a .vtt file in media/, for those who do not hear it",
    "media.no-transcript": "give “transcript: file.md” or “transcript_text: …”",
}


def _check_required(page: PageParse, directive: Directive) -> None:
    missing = [
        (key, code)
        for key, code in FIELDS[directive.name].items()
        if code is not None and not directive.text(key)
    ]
    if directive.name in ("video", "audio") and not (
        directive.text("transcript") or directive.text("transcript_text")
    ):
        missing.append(("transcript", "media.no-transcript"))
    for key, code in missing:
        page.findings.error(
            directive.mark,
            code,
            f"the {directive.name} has no “{key}”",
            _WHY.get(code, f"add a line “{key}: …”"),
        )
