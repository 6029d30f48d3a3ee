"""Markdown and directives → the HTML that every medium shows.

The player, its style sheet and its tests rely on the elements, classes and ``data-`` attributes
below; docs/course-format.md, “What pages become”, lists them. Whatever the author wrote, the result
has no script, no event handler and no address but the course's own media and outgoing links.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from content.cleaning import clean
from content.directives import Directive
from content.markdown import OPTIONS, parse_inline, parse_page
from content.media_markup import ENDONYMS as ENDONYMS
from content.media_markup import MediaMarkup
from content.page_context import PageContext as PageContext
from content.page_context import Words as Words

_ALIGNMENTS = {
    "text-align:left": "align-start",
    "text-align:center": "align-center",
    "text-align:right": "align-end",
}


def render_page(body: str, *, context: PageContext) -> str:
    """The safe HTML of a page's (or trainer guide's) Markdown. What is broken is left out."""
    renderer = _PageRenderer(context)
    html = renderer.markdown(body)
    return clean(html, renderer.urls)


def render_inline(text: str, *, language: str = "") -> str:
    """The safe HTML of inline Markdown (prompts, choices, feedback), without a block around it."""
    page = parse_inline(text, language=language)
    return clean(_Renderer().render(page.tokens, OPTIONS, {}), ())


class _Renderer(RendererHTML):
    """Markdown-it's renderer with our links, tables and, in ``_PageRenderer``, directives."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        kind, target = tokens[idx].meta.get("kind"), escape(tokens[idx].meta.get("target", ""))
        if kind == "term":
            # Not a button: browsers never break the line inside one, and terms are often long.
            marks = f'data-term="{target}" aria-haspopup="dialog"'
            return f'<a class="term" href="#term-{target}" {marks}>'
        if kind in ("page", "unit"):
            return f'<a href="#{kind}-{target}" data-{kind}="{target}">'
        if kind == "external" and target.lower().startswith("mailto:"):
            return f'<a href="{target}">'
        if kind == "external":
            return f'<a href="{target}" rel="noopener noreferrer" target="_blank">'
        return ""

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        kind = tokens[idx].meta.get("kind")
        return "</a>" if kind else ""

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return '<div class="table-scroll"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<th scope="col"{_alignment(tokens[idx])}>'

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<td{_alignment(tokens[idx])}>"


def _alignment(token: Token) -> str:
    name = _ALIGNMENTS.get(str(token.attrGet("style") or ""))
    return f' class="{name}"' if name else ""


class _PageRenderer(_Renderer):
    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.urls: set[str] = set()
        self._blocks = 0
        self._first_line = context.first_line
        self._media = MediaMarkup(
            context, inline=self.inline, transcript=self._transcript, urls=self.urls
        )

    def markdown(self, body: str, *, directives: bool = True) -> str:
        page = parse_page(body, language=self.context.language, directives=directives)
        return self.render(page.tokens, OPTIONS, {})

    def inline(self, text: str) -> str:
        return self.render(parse_inline(text, language=self.context.language).tokens, OPTIONS, {})

    def renderAttrs(self, token: Token) -> str:  # type: ignore[override]  # noqa: N802
        return super().renderAttrs(token) + self._place(token)

    def _place(self, token: Token) -> str:
        if self._first_line is None or not token.block or token.map is None:
            return ""
        return f' data-line="{self._first_line + token.map[0]}"'

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<div class="table-scroll"{self._place(tokens[idx])}><table>\n'

    def directive_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        directive: Directive = tokens[idx].meta["directive"]
        words, name = self.context.words, directive.name
        self._blocks += 1
        word = escape(words(f"block.{name}"))
        title_id = f"block-{self.context.page_id}-{self._blocks}"
        label = f'aria-labelledby="{title_id}"' if directive.argument else f'aria-label="{word}"'
        kind = word
        if directive.minutes:
            minutes = escape(words("block.minutes", n=directive.minutes))
            kind += f' <span class="block-minutes">{minutes}</span>'
        place = self._place(tokens[idx])
        html = f'<section class="block block-{name}" data-block="{name}" {label}{place}>\n'
        html += f'<p class="block-kind">{kind}</p>\n'
        if directive.argument:
            return html + f'<h3 class="block-title" id="{title_id}">'
        return html + self._fictional(directive)

    def directive_title_close(
        self, tokens: Sequence[Token], idx: int, options: Any, env: Any
    ) -> str:
        return "</h3>\n" + self._fictional(tokens[idx].meta["directive"])

    def directive_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</section>\n"

    def _fictional(self, directive: Directive) -> str:
        if not directive.fictional:
            return ""
        return f'<p class="fictional">{escape(self.context.words("block.fictional"))}</p>\n'

    def directive(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        directive: Directive = tokens[idx].meta["directive"]
        if directive.name == "check":
            html = f'<div class="check" data-check="{escape(directive.argument)}"></div>\n'
        else:
            html = self._media.render(directive)
        tag, space, rest = html.partition(" ")
        return tag + (self._place(tokens[idx]) if space else "") + space + rest

    def _transcript(self, text: str) -> str:
        # Its lines are those of another file.
        first_line, self._first_line = self._first_line, None
        inside = self.markdown(text, directives=False)
        self._first_line = first_line
        return inside
