"""Markdown with our directives → tokens that are safe to render, with everything they refer to.

One pass serves two uses: the checks want the problems and references, the renderer the tokens. What
is refused here (HTML, links, pictures) is reported and taken out of the tokens.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from content.directives import Directive, directive_rule
from content.findings import Findings, Mark
from content.inline import safe_inline
from content.lint import lint_text
from content.pageparse import PageParse, Reference
from content.plain import is_plain

#: Longest Markdown text that is parsed: some inputs cost the parser the square of their length.
MAX_MARKDOWN = 64 * 1024


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


def _parse_inlines(state: StateCore) -> None:
    """Markdown-it's rule of that name, but for texts in which there is nothing to parse."""
    for token in state.tokens:
        if token.type == "inline":
            if is_plain(token.content):
                token.children = [Token("text", "", 0, content=token.content)]
            else:
                token.children = []
                state.md.inline.parse(token.content, state.md, state.env, token.children)


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
            token.children = safe_inline(page, token.children or [], block)
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
    markdown.core.ruler.at("inline", _parse_inlines)
    markdown.core.ruler.push("make_safe", _make_safe)
    return markdown


_MARKDOWN = _make_markdown()
#: What the renderer wants to know of the parser.
OPTIONS = _MARKDOWN.options
