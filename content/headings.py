"""The levels of a page's headings, once it is HTML."""

from __future__ import annotations

import re

_BLOCK_TITLE = re.compile(r'<h3( class="block-title"[^>]*>)(.*?)</h3>', re.S)


def raise_titles(html: str) -> str:
    """Titles of blocks before a page's first heading, one level up: no level may be left out."""
    before, heading, after = html.partition("<h2")
    return _BLOCK_TITLE.sub(r"<h2\1\2</h2>", before) + heading + after
