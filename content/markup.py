"""Markdown and directives → the HTML that every medium shows.

The player, its style sheet and its tests rely on the elements, classes and ``data-`` attributes
below; docs/course-format.md, “What pages become”, lists them. Whatever the author wrote, the result
has no script, no event handler and no address but the course's own media and outgoing links.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from content.cleaning import clean
from content.directives import Directive
from content.known_texts import Block, page_parts, text_html
from content.media_markup import ENDONYMS as ENDONYMS
from content.media_markup import MediaMarkup
from content.page_context import PageContext as PageContext
from content.page_context import Words as Words
from content.plain import is_plain


class RenderedPage(NamedTuple):
    """``html`` is safe. ``blocks`` are its directives' HTML before it was cleaned, in the order of
    ``content.known_texts.page_parts``; ``urls`` the addresses that it may load."""

    html: str
    blocks: tuple[str, ...]
    urls: tuple[str, ...]


def render_page(body: str, *, context: PageContext) -> str:
    """The safe HTML of a page's (or trainer guide's) Markdown. What is broken is left out."""
    return render_parts(body, context=context).html


def render_parts(body: str, *, context: PageContext) -> RenderedPage:
    """As ``render_page``, with what it takes to render the page again when its text changes."""
    renderer = _PageRenderer(context)
    parts = renderer.parts(body)
    html = clean("".join(part for _, part in parts), renderer.urls)
    blocks = tuple(part for is_block, part in parts if is_block)
    return RenderedPage(html, blocks, tuple(sorted(renderer.urls)))


def render_inline(text: str, *, language: str = "") -> str:
    """The safe HTML of inline Markdown (prompts, choices, feedback), without a block around it."""
    return text if is_plain(text) else clean(text_html(text, language), ())


class _PageRenderer:
    def __init__(self, context: PageContext) -> None:
        self.context = context
        self.urls: set[str] = set()
        self._blocks = 0
        self._first_line = context.first_line
        self._media = MediaMarkup(
            context, inline=self.inline, transcript=self._transcript, urls=self.urls
        )

    def parts(self, body: str, *, directives: bool = True) -> list[tuple[bool, str]]:
        """The HTML of each part, and whether it is a block's."""
        parts = page_parts(
            body,
            language=self.context.language,
            directives=directives,
            first_line=self._first_line,
        )
        return [
            (False, part) if isinstance(part, str) else (True, self._block(part)) for part in parts
        ]

    def inline(self, text: str) -> str:
        return text_html(text, self.context.language)

    def _block(self, block: Block) -> str:
        if block.kind == "open":
            return self._open(block)
        if block.kind == "title":
            return "</h3>\n" + self._fictional(block.directive)
        if block.kind == "close":
            return "</section>\n"
        return self._whole(block)

    def _place(self, block: Block) -> str:
        if self._first_line is None or block.line is None:
            return ""
        return f' data-line="{self._first_line + block.line}"'

    def _open(self, block: Block) -> str:
        directive = block.directive
        words, name = self.context.words, directive.name
        self._blocks += 1
        word = escape(words(f"block.{name}"))
        title_id = f"block-{self.context.page_id}-{self._blocks}"
        label = f'aria-labelledby="{title_id}"' if directive.argument else f'aria-label="{word}"'
        kind = word
        if directive.minutes:
            minutes = escape(words("block.minutes", n=directive.minutes))
            kind += f' <span class="block-minutes">{minutes}</span>'
        place = self._place(block)
        html = f'<section class="block block-{name}" data-block="{name}" {label}{place}>\n'
        html += f'<p class="block-kind">{kind}</p>\n'
        if directive.argument:
            return html + f'<h3 class="block-title" id="{title_id}">'
        return html + self._fictional(directive)

    def _fictional(self, directive: Directive) -> str:
        if not directive.fictional:
            return ""
        return f'<p class="fictional">{escape(self.context.words("block.fictional"))}</p>\n'

    def _whole(self, block: Block) -> str:
        directive = block.directive
        if directive.name == "check":
            html = f'<div class="check" data-check="{escape(directive.argument)}"></div>\n'
        else:
            html = self._media.render(directive)
        tag, space, rest = html.partition(" ")
        return tag + (self._place(block) if space else "") + space + rest

    def _transcript(self, text: str) -> str:
        # Its lines are those of another file.
        first_line, self._first_line = self._first_line, None
        inside = "".join(part for _, part in self.parts(text, directives=False))
        self._first_line = first_line
        return inside
