"""Markdown that is parsed once, whoever asks: the checks for what it refers to, pages for its HTML.

Pages become *parts*: HTML that depends on nothing but the text, and between it the blocks that
need to know their surroundings (the interface's words, the media that a name means).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from content.directives import Directive, Field
from content.findings import Findings, Mark
from content.lint import lint_text
from content.memo import KNOWN, key_of
from content.pageparse import PageParse, Reference
from content.plain import is_plain

#: Problems, references, structure and alts of a ``PageParse``, as plain values.
_Facts = tuple[list[Any], list[Any], list[Any], list[Any]]


@dataclass(frozen=True, slots=True)
class Block:
    """A directive in the flow of a page. ``kind`` is ``open``, ``title``, ``close``, or ``whole``
    for one without Markdown inside; ``line`` is where it stands in the text, from 0."""

    kind: str
    line: int | None
    directive: Directive


def page_facts(
    body: str,
    *,
    mark: Mark,
    findings: Findings,
    language: str,
    first_line: int = 1,
    directives: bool = True,
    headings: bool = True,
) -> PageParse:
    """What ``content.markdown.parse_page`` finds in a page, without its tokens."""
    facts = PageParse(mark, findings, language, first_line, directives, headings)
    key = page_key(body, language, first_line, directives, headings)
    known = KNOWN.get(key)
    if known is None:
        from content.markdown import parse_page

        heard = Findings()
        parsed = parse_page(
            body,
            mark=mark,
            findings=heard,
            language=language,
            first_line=first_line,
            directives=directives,
            headings=headings,
        )
        known = _facts(parsed, heard)
        KNOWN.put(key, known, len(body) // 4 + 100)
        _keep_parts(_parts_key(body, language, directives, None), parsed, None)
    _recall(facts, known, 0)
    return facts


def page_key(
    body: str, language: str, first_line: int, directives: bool = True, headings: bool = True
) -> bytes:
    """By which ``page_facts`` are known."""
    return key_of("page", language, first_line, directives, headings, body)


def text_facts(text: str, *, mark: Mark, findings: Findings, language: str) -> PageParse:
    """What ``content.markdown.parse_inline`` finds in a text of a question or a title."""
    facts = PageParse(mark, findings, language, mark.line)
    if is_plain(text):
        lint_text(text, language, mark.at(mark.line), findings)
    else:
        _recall(facts, _known_text(text, language)[1], mark.line - 1)
    return facts


def text_html(text: str, language: str) -> str:
    """The HTML of inline Markdown, not cleaned yet."""
    if is_plain(text):
        return text.replace('"', "&quot;")
    return _known_text(text, language)[0]


def page_parts(
    body: str, *, language: str, directives: bool, first_line: int | None
) -> list[str | Block]:
    """The parts of a page (or, without ``directives``, of a transcript), in order. With
    ``first_line``, elements tell the line on which they were written."""
    key = _parts_key(body, language, directives, first_line)
    known = KNOWN.get(key)
    if known is None:
        from content.markdown import parse_page

        parsed = parse_page(body, language=language, directives=directives)
        known = _keep_parts(key, parsed, first_line)
    return [part if isinstance(part, str) else _block(*part) for part in known]


def _parts_key(body: str, language: str, directives: bool, first_line: int | None) -> bytes:
    return key_of("parts", language, directives, str(first_line), body)


def _keep_parts(key: bytes, parsed: PageParse, first_line: int | None) -> tuple[Any, ...]:
    from content.token_html import parts_of

    parts: list[Any] = []
    for part in parts_of(parsed.tokens, first_line):
        if isinstance(part, str):
            parts.append(part)
            continue
        one = part.directive
        fields = tuple((name, field.text) for name, field in one.fields.items())
        about = (one.name, one.argument, one.fictional, one.minutes, fields)
        parts.append((part.kind, part.line, *about))
    known = tuple(parts)
    KNOWN.put(key, known, sum(len(line) for line in parsed.lines) * 2 + 100)
    return known


def _block(
    kind: str,
    line: int | None,
    name: str,
    argument: str,
    fictional: bool,
    minutes: int | None,
    fields: tuple[tuple[str, str], ...],
) -> Block:
    nowhere = Mark("")
    texts = {key: Field(text, nowhere) for key, text in fields}
    return Block(kind, line, Directive(name, argument, nowhere, fictional, minutes, texts))


def _known_text(text: str, language: str) -> tuple[str, _Facts]:
    key = key_of("text", language, text)
    known = KNOWN.get(key)
    if known is None:
        from content.markdown import parse_inline
        from content.token_html import html_of

        heard = Findings()
        parsed = parse_inline(text, mark=Mark("", 1), findings=heard, language=language)
        known = (html_of(parsed.tokens), _facts(parsed, heard))
        KNOWN.put(key, known, len(text) * 2 + 100)
    html, facts = known
    return html, facts


def _facts(parsed: PageParse, heard: Findings) -> _Facts:
    return (
        [
            (one.line, one.column, one.severity, one.code, one.message, one.hint)
            for one in heard.sorted()
        ],
        [
            (one.kind, one.target, one.mark.line, one.mark.column, one.role)
            for one in parsed.references
        ],
        [(part, mark.line, mark.column) for part, mark in parsed.structure],
        [(mark.line, mark.column, text) for mark, text in parsed.alts],
    )


def _recall(facts: PageParse, known: _Facts, further: int) -> None:
    """Put what is known into ``facts``, ``further`` lines down."""
    problems, references, structure, alts = known
    mark, findings = facts.mark, facts.findings
    for line, column, severity, code, message, hint in problems:
        # Line 0 means the whole file.
        report = findings.error if severity == "error" else findings.warning
        report(mark.at(line + further if line else 0, column), code, message, hint)
    for kind, target, line, column, role in references:
        facts.references.append(Reference(kind, target, mark.at(line + further, column), role))
    facts.structure = [(part, mark.at(line + further, column)) for part, line, column in structure]
    facts.alts = [(mark.at(line + further, column), text) for line, column, text in alts]
