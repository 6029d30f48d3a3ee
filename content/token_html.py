"""Tokens of a parsed text → HTML, not cleaned yet. Loaded only where a text is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from content.known_texts import Block
from content.markdown import OPTIONS

_ALIGNMENTS = {
    "text-align:left": "align-start",
    "text-align:center": "align-center",
    "text-align:right": "align-end",
}
_KINDS = {
    "directive_open": "open",
    "directive_title_close": "title",
    "directive_close": "close",
    "directive": "whole",
}


def html_of(tokens: Sequence[Token]) -> str:
    """The HTML of tokens without directives."""
    return _renderer(None).render(tokens, OPTIONS, {})


def parts_of(tokens: Sequence[Token], first_line: int | None) -> Iterator[str | Block]:
    """The parts of a page: docs of ``content.known_texts``."""
    renderer = _renderer(first_line)
    html: list[str] = []
    for index, token in enumerate(tokens):
        if token.type == "inline":
            html.append(renderer.renderInline(token.children or (), OPTIONS, {}))
        elif token.type in _KINDS:
            if html:
                yield "".join(html)
                html = []
            line = token.map[0] if token.map else None
            yield Block(_KINDS[token.type], line, token.meta["directive"])
        elif token.type in renderer.rules:
            html.append(renderer.rules[token.type](tokens, index, OPTIONS, {}))
        else:
            html.append(renderer.renderToken(tokens, index, OPTIONS, {}))
    if html:
        yield "".join(html)


class _Renderer(RendererHTML):
    """Markdown-it's renderer with our links and tables."""

    def __init__(self, first_line: int | None) -> None:
        super().__init__()
        self._first_line = first_line

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
        return f'<div class="table-scroll"{self._place(tokens[idx])}><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<th scope="col"{_alignment(tokens[idx])}>'

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<td{_alignment(tokens[idx])}>"

    def renderAttrs(self, token: Token) -> str:  # type: ignore[override]  # noqa: N802
        attributes = super().renderAttrs(token) if token.attrs else ""
        return attributes + self._place(token)

    def _place(self, token: Token) -> str:
        if self._first_line is None or not token.block or token.map is None:
            return ""
        return f' data-line="{self._first_line + token.map[0]}"'


@lru_cache(maxsize=64)
def _renderer(first_line: int | None) -> _Renderer:
    return _Renderer(first_line)


def _alignment(token: Token) -> str:
    name = _ALIGNMENTS.get(str(token.attrGet("style") or ""))
    return f' class="{name}"' if name else ""
