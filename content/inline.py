"""HTML and links inside a paragraph: what may stay is made safe, the rest is reported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import TYPE_CHECKING

from content.directives import NAMES
from content.lint import lint_link_text
from content.pageparse import PageParse, Reference

if TYPE_CHECKING:
    from markdown_it.token import Token

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


#: Text that was meant for a link, or for the beginning of a block.
_LEFT_OVER = re.compile(
    rf"\]\((?:https?|mailto|page|unit|term):|^::[ \t]*(?:{'|'.join(NAMES)})\b", re.IGNORECASE
)


def safe_inline(page: PageParse, tokens: list[Token], block: tuple[int, int]) -> list[Token]:
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
            if token.type == "text" and (left := _LEFT_OVER.search(token.content)):
                _report_left_over(page, left.group(), block)
            kept.append(token)
    # What is still open would otherwise leak over the paragraphs that follow.
    for _, place in open_tags:
        kept[place].content = ""
    return kept


def _report_left_over(page: PageParse, sign: str, block: tuple[int, int]) -> None:
    wanted = (
        "a block begins with three colons"
        if sign.startswith("::")
        else "write [words](target) without a space in the target"
    )
    page.findings.warning(
        page.find(sign, block),
        "markup.left-over",
        f"readers see “{sign}” as it stands here",
        wanted,
    )


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
