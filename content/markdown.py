"""Markdown with our directives → tokens that are safe to render, with everything they refer to.

One pass serves two uses: the checks want the problems and references, the renderer the tokens. What
is refused here (HTML, links, pictures) is reported and taken out of the tokens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from content.directives import Directive, directive_rule
from content.findings import Findings, Mark
from content.lint import lint_link_text, lint_text

#: Longest Markdown text that is parsed: some inputs cost the parser the square of their length.
MAX_MARKDOWN = 64 * 1024
INLINE_TAGS: Mapping[str, frozenset[str]] = {
    "abbr": frozenset({"title"}),
    "b": frozenset(),
    "bdi": frozenset({"dir", "lang"}),
    "br": frozenset(),
    "cite": frozenset(),
    "del": frozenset(),
    "dfn": frozenset(),
    "em": frozenset(),
    "i": frozenset(),
    "ins": frozenset(),
    "kbd": frozenset(),
    "mark": frozenset(),
    "q": frozenset({"dir", "lang"}),
    "s": frozenset(),
    "small": frozenset(),
    "span": frozenset({"dir", "lang"}),
    "strong": frozenset(),
    "sub": frozenset(),
    "sup": frozenset(),
    "u": frozenset(),
    "wbr": frozenset(),
}
_VOID = frozenset({"br", "wbr"})
_UNSAFE = re.compile(
    r"<\s*/?\s*(script|style|iframe|object|embed|form|input|button|link|meta|base|svg|math|template)"
    r"|\son\w+\s*=|javascript:|data:|vbscript:|\ssrcdoc",
    re.I,
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s[^<>]*?)?)\s*/?>", re.S)
_ATTRIBUTE = re.compile(r"""([A-Za-z_:][\w:.-]*)\s*(?:=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
_EXTERNAL = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)", re.I)
_INTERNAL = re.compile(r"(term|page|unit):(.*)", re.S)
_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)

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


def parse_page(
    body: str,
    *,
    mark: Mark | None = None,
    findings: Findings | None = None,
    language: str = "",
    first_line: int = 1,
    directives: bool = True,
    headings: bool = True,
) -> PageParse:
    """Parse the Markdown of a page (or, without ``directives``, of a transcript)."""
    page = PageParse(
        mark or Mark(""), findings or Findings(), language, first_line, directives, headings
    )
    if len(body) > MAX_MARKDOWN:
        page.findings.error(
            page.mark,
            "page.too-long",
            f"the text has {len(body):,} characters; {MAX_MARKDOWN:,} are allowed",
            "split it into pages of 200 to 450 words",
        )
        return page
    page.lines = body.split("\n")
    page.tokens = _MARKDOWN.parse(body, {"page": page})
    return page


def parse_inline(
    text: str,
    *,
    mark: Mark | None = None,
    findings: Findings | None = None,
    language: str = "",
) -> PageParse:
    """Parse inline Markdown: a prompt, a choice, a caption."""
    page = PageParse(mark or Mark(""), findings or Findings(), language, mark.line if mark else 1)
    if len(text) <= MAX_MARKDOWN:
        page.lines = text.split("\n")
        page.tokens = _MARKDOWN.parseInline(text, {"page": page})
    return page


def _make_safe(state: StateCore) -> None:
    """The core rule that runs last: nothing after it is the author's HTML or an unchecked link."""
    page: PageParse = state.env["page"]
    block = (0, 1)
    level, least = 1, 2
    outside: list[tuple[int, int]] = []
    for token in state.tokens:
        if token.map:
            block = (token.map[0], token.map[1])
        if token.type == "inline":
            lint_text(token.content, page.language, page.mark_of(block[0]), page.findings)
            token.children = _safe_inline(page, token.children or [], block)
        elif token.type == "heading_open":
            level = _check_heading(page, token, (least, max(least, level + 1)), block)
        elif token.type in ("directive", "directive_open"):
            directive: Directive = token.meta["directive"]
            _note_directive(page, directive)
            if token.nesting:
                outside.append((level, least))
                level, least = (3, 4) if directive.argument else (level, least)
        elif token.type == "directive_close":
            level, least = outside.pop()


def _check_heading(
    page: PageParse, token: Token, allowed: tuple[int, int], block: tuple[int, int]
) -> int:
    found, mark = int(token.tag[1]), page.mark_of(block[0])
    page.structure.append((f"heading {found}", mark))
    best = min(max(found, allowed[0]), allowed[1])
    if page.headings and best != found:
        page.findings.error(
            mark,
            "heading.level",
            f"a heading of level {found} ({'#' * found}) cannot stand here",
            f"use {'#' * best}: pages begin with ##, the inside of a block with a title begins "
            "with ####, and no level is left out",
        )
    return best


def _note_directive(page: PageParse, directive: Directive) -> None:
    name, mark = directive.name, directive.mark
    page.structure.append((f"{name} {directive.argument}" if name == "check" else name, mark))
    if directive.text("alt"):
        page.alts.append((directive.fields["alt"].mark, directive.text("alt")))
    if not directive.argument:
        return
    if name == "check":
        page.references.append(Reference("check", directive.argument, mark))
    elif name in ("figure", "video", "audio", "download"):
        page.references.append(Reference("media", directive.argument, mark, name))
        for key in ("captions", "poster"):
            if directive.text(key):
                page.references.append(
                    Reference("media", directive.text(key), directive.fields[key].mark, key)
                )
        if directive.text("transcript"):
            place = directive.fields["transcript"].mark
            page.references.append(Reference("transcript", directive.text("transcript"), place))
    for field_name in ("caption", "credit", "title"):
        text = directive.text(field_name)
        if text:
            lint_text(text, page.language, directive.fields[field_name].mark, page.findings)


def _safe_inline(page: PageParse, tokens: list[Token], block: tuple[int, int]) -> list[Token]:
    kept: list[Token] = []
    open_tags: list[tuple[str, int]] = []
    links: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type == "html_inline":
            _keep_html(page, token, block, kept, open_tags)
        elif token.type == "image":
            page.findings.error(
                page.find("![", block),
                "media.image",
                "a picture stands here in plain Markdown",
                "use ::: figure, which has room for its alt text and credit",
            )
        elif token.type == "link_open":
            _check_link(page, token, block, _text_until_close(tokens, index))
            links.append(token)
            kept.append(token)
        elif token.type == "link_close":
            token.meta = links.pop().meta if links else {}
            kept.append(token)
        else:
            kept.append(token)
    # What is still open would otherwise leak over the paragraphs that follow.
    for _, place in open_tags:
        kept[place].content = ""
    return kept


def _keep_html(
    page: PageParse,
    token: Token,
    block: tuple[int, int],
    kept: list[Token],
    open_tags: list[tuple[str, int]],
) -> None:
    source = token.content
    if source.startswith("<!--"):
        return
    found = _TAG.fullmatch(source)
    name = found.group(2).lower() if found else ""
    if found is None or name not in INLINE_TAGS or _UNSAFE.search(source):
        _refuse_html(page, source, block)
        return
    if found.group(1):
        if open_tags and open_tags[-1][0] == name:
            open_tags.pop()
            token.content = f"</{name}>"
            kept.append(token)
        return
    attributes = "".join(
        f' {key}="{escape(value)}"'
        for key, value in _attributes(found.group(3))
        if key in INLINE_TAGS[name] and _fits(key, value)
    )
    token.content = f"<{name}{attributes}>"
    if name not in _VOID:
        open_tags.append((name, len(kept)))
    kept.append(token)


def _refuse_html(page: PageParse, source: str, block: tuple[int, int]) -> None:
    mark = page.find(source.split("\n")[0][:40], block)
    shown = " ".join(source.split())[:60]
    if _UNSAFE.search(source):
        page.findings.error(
            mark,
            "html.unsafe",
            f"the HTML “{shown}” is not allowed: it could run script or load something",
            "remove it; for pictures, sound, film and files there are blocks",
        )
    else:
        page.findings.warning(
            mark,
            "html.dropped",
            f"the HTML “{shown}” is left out of the page",
            "use Markdown; allowed are " + " ".join(f"<{name}>" for name in INLINE_TAGS),
        )


def _attributes(source: str) -> list[tuple[str, str]]:
    return [
        (key.lower(), unescape(value.strip("\"'"))) for key, value in _ATTRIBUTE.findall(source)
    ]


def _fits(key: str, value: str) -> bool:
    if key == "dir":
        return value in ("ltr", "rtl", "auto")
    return bool(_LANG.fullmatch(value)) if key == "lang" else len(value) <= 200


def _text_until_close(tokens: list[Token], index: int) -> str:
    text = ""
    for token in tokens[index + 1 :]:
        if token.type == "link_close":
            break
        text += token.content if token.type in ("text", "code_inline") else " "
    return " ".join(text.split())


def _check_link(page: PageParse, token: Token, block: tuple[int, int], text: str) -> None:
    href = str(token.attrGet("href") or "")
    mark = page.find(unescape(href) or "](", block)
    token.attrs.clear()
    token.meta = {}
    internal = _INTERNAL.fullmatch(href)
    if internal:
        kind, target = internal.group(1), internal.group(2)
        token.meta = {"kind": kind, "target": target}
        if kind == "term":
            page.references.append(Reference("term", target, mark))
        elif kind == "page":
            page.references.append(Reference("page", target, mark))
        else:
            page.references.append(Reference("unit", target, mark))
    elif _EXTERNAL.match(href):
        token.meta = {"kind": "external", "target": href}
    else:
        page.findings.error(
            mark,
            "link.scheme",
            f"a link to “{href[:80]}” is not allowed",
            "link to https://…, mailto:…, page:id, unit:id or term:id; for files use ::: download",
        )
    if not text:
        page.findings.error(
            mark, "link.empty", "this link has no text", "write [words](target) that say where to"
        )
    lint_link_text(text, page.language, mark, page.findings)


def _make_markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark").enable("table")
    # Every HTML tag is then an inline token of its own, with a line, and can be judged by itself.
    markdown.disable("html_block")
    # Links are judged by ``_check_link``, which can say what is wrong with one.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.block.ruler.before(
        "fence",
        "directive",
        directive_rule,
        {"alt": ["paragraph", "reference", "blockquote", "list", "table"]},
    )
    markdown.core.ruler.push("make_safe", _make_safe)
    return markdown


_MARKDOWN = _make_markdown()
#: What the renderer wants to know of the parser.
OPTIONS = _MARKDOWN.options
