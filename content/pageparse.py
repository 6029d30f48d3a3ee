"""The state of parsing one Markdown text, and what the text was found to refer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from content.findings import Findings, Mark

if TYPE_CHECKING:
    from markdown_it.token import Token

ReferenceKind = Literal["term", "page", "unit", "media", "transcript", "check"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that the page needs. ``role`` says what for: ``figure``, ``captions`` …"""

    kind: ReferenceKind
    target: str
    mark: Mark
    role: str = ""


@dataclass(slots=True)
class PageParse:
    """The state of one parse: it is ``env["page"]``."""

    mark: Mark
    findings: Findings
    language: str
    first_line: int = 1
    directives: bool = True
    headings: bool = True
    lines: list[str] = field(default_factory=list)
    open_blocks: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    #: Blocks, headings and checks in order: what translations of a page should share.
    structure: list[tuple[str, Mark]] = field(default_factory=list)
    alts: list[tuple[Mark, str]] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)

    def line_of(self, line: int) -> int:
        return self.first_line + line

    def mark_of(self, line: int, column: int = 0) -> Mark:
        return self.mark.at(self.line_of(line), column + 1)

    def find(self, needle: str, block: tuple[int, int]) -> Mark:
        """Where ``needle`` stands in the lines of ``block``; its first line if it is not found."""
        for line in range(block[0], min(block[1], len(self.lines))):
            column = self.lines[line].find(needle)
            if column >= 0:
                return self.mark_of(line, column)
        return self.mark_of(block[0])
