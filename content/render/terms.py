"""Glossary terms in running text: from markup's buttons to links that break across lines.

A browser never breaks the line inside a ``<button>``, and terms are often several words. A link to
the glossary does, and it leads somewhere even where no script runs; the player opens a dialog.
"""

from __future__ import annotations

import re

_BUTTON = re.compile(r'<button(?=[^>]*\sdata-term="([^"]+)")[^>]*>(.*?)</button>', re.S)
_TERM = re.compile(r'data-term="([^"]+)"')


def link_terms(html: str) -> str:
    """``html`` with each ``button.term`` as ``a.term``, keeping ``data-term`` and the text."""
    return _BUTTON.sub(
        r'<a class="term" href="#term-\1" data-term="\1" aria-haspopup="dialog">\2</a>', html
    )


def terms_in(html: str) -> set[str]:
    """The ids of the terms that ``html`` refers to."""
    return set(_TERM.findall(html))
