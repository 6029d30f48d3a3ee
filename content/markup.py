"""Markdown and directives → the HTML that every medium shows.

The player, its style sheet and its tests rely on the elements, classes and ``data-`` attributes
below; docs/course-format.md, “What pages become”, lists them. Whatever the author wrote, the result
has no script, no event handler and no address but the course's own media and outgoing links.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from content.cleaning import clean
from content.directives import Directive
from content.markdown import OPTIONS, parse_inline, parse_page
from content.media import extension, find_media, find_transcript
from content.model import Course, MediaFile, Unit

#: What browsers show beside the captions' button; the language's own name for itself.
ENDONYMS = {
    "ar": "العربية",
    "bg": "Български",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hr": "Hrvatski",
    "it": "Italiano",
    "pt": "Português",
    "ro": "Română",
    "sl": "Slovenščina",
    "tr": "Türkçe",
}
_BYTE_UNITS = {"fr": ("ko", "Mo"), "ar": ("ك.ب", "م.ب")}
_ALIGNMENTS = {
    "text-align:left": "align-start",
    "text-align:center": "align-center",
    "text-align:right": "align-end",
}


class Words(Protocol):
    """The interface's words: ``words("block.minutes", n=20)`` → “20 minutes”.

    Asked for: ``block.<kind>`` for case, example, key-idea, reflection and activity,
    ``block.fictional``, ``block.minutes`` (n), ``block.credit`` (credit), ``block.transcript``.
    """

    def __call__(self, key: str, /, **values: str | int) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What a page needs to know of its surroundings.

    ``media_url`` gives the address under which the document finds a media path of the course.
    ``page_id`` keeps the ids inside a page apart from those of other pages of the document. With
    ``first_line``, the line of its file on which the Markdown begins, each block tells in
    ``data-line`` where it was written: previews show problems there.
    """

    course: Course
    unit: Unit
    language: str
    page_id: str
    words: Words
    media_url: Callable[[str], str]
    first_line: int | None = None


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
        tag, space, rest = self._media(tokens[idx].meta["directive"]).partition(" ")
        return tag + (self._place(tokens[idx]) if space else "") + space + rest

    def _media(self, directive: Directive) -> str:
        if directive.name == "check":
            question = escape(directive.argument)
            return f'<div class="check" data-check="{question}"></div>\n'
        media = self._find(directive.argument)
        if media is None:
            return ""
        if directive.name == "figure":
            return self._figure(directive, media)
        if directive.name == "download":
            return self._download(directive, media)
        return self._player(directive, media)

    def _find(self, name: str) -> MediaFile | None:
        if not name:
            return None
        context = self.context
        return find_media(context.course, context.unit, name, context.language)

    def _url(self, media: MediaFile) -> str:
        url = self.context.media_url(media.path)
        self.urls.add(url)
        return escape(url)

    def _credit(self, directive: Directive) -> str:
        if not directive.text("credit"):
            return ""
        # The words are plain text, the credit is Markdown: they meet after both are safe.
        words = escape(self.context.words("block.credit", credit="\0"))
        credit = words.replace("\0", self.inline(directive.text("credit")))
        return f'<small class="credit">{credit}</small>'

    def _figure(self, directive: Directive, media: MediaFile) -> str:
        size = f' width="{media.width}" height="{media.height}"' if media.width else ""
        caption = " ".join(
            part
            for part in (self.inline(directive.text("caption")), self._credit(directive))
            if part
        )
        return (
            f'<figure class="figure"><img src="{self._url(media)}" '
            f'alt="{escape(directive.text("alt"))}" loading="lazy"{size}>'
            f"<figcaption>{caption}</figcaption></figure>\n"
        )

    def _download(self, directive: Directive, media: MediaFile) -> str:
        title = self.inline(directive.text("title")) or escape(directive.argument)
        kind = extension(media.path)[1:].upper()
        size = escape(format_size(media.size, self.context.language))
        return (
            f'<p class="download"><a href="{self._url(media)}" download>{title}</a> '
            f'<span class="file-size"><bdi>{kind}</bdi> · <bdi>{size}</bdi></span> '
            f"{self._credit(directive)}</p>\n"
        )

    def _player(self, directive: Directive, media: MediaFile) -> str:
        name, title = directive.name, directive.text("title")
        poster = self._find(directive.text("poster"))
        extra = f' poster="{self._url(poster)}"' if poster else ""
        extra += " playsinline" if name == "video" else ""
        return (
            f'<figure class="media media-{name}">'
            f'<{name} controls preload="metadata" src="{self._url(media)}" '
            f'aria-label="{escape(title)}"{extra}>{self._captions(directive)}</{name}>'
            f"<figcaption>{self.inline(title)} {self._credit(directive)}</figcaption>"
            f"{self._transcript(directive)}</figure>\n"
        )

    def _captions(self, directive: Directive) -> str:
        captions = self._find(directive.text("captions"))
        if captions is None:
            return ""
        language = self.context.language
        label = ENDONYMS.get(language.split("-")[0], language)
        return (
            f'<track kind="captions" src="{self._url(captions)}" srclang="{escape(language)}" '
            f'label="{escape(label)}" default>'
        )

    def _transcript(self, directive: Directive) -> str:
        context, name = self.context, directive.text("transcript")
        text = directive.text("transcript_text")
        path = (
            find_transcript(context.course, context.unit, name, context.language) if name else None
        )
        if path:
            text = context.course.transcripts[path]
        if not text:
            return ""
        summary = escape(context.words("block.transcript"))
        # Its lines are those of another file.
        first_line, self._first_line = self._first_line, None
        inside = self.markdown(text, directives=False)
        self._first_line = first_line
        return f'<details class="transcript"><summary>{summary}</summary>{inside}</details>'


def format_size(size: int, language: str) -> str:
    """“120 KB”, “1.2 MB”, as ``language`` writes it."""
    primary = language.split("-")[0]
    kilo, mega = _BYTE_UNITS.get(primary, ("KB", "MB"))
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}\u00a0{kilo}"
    number = f"{size / 1_000_000:.1f}"
    return f"{number if primary == 'en' else number.replace('.', ',')}\u00a0{mega}"
