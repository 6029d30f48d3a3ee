"""Inline Markdown of questions and definitions, as the player shows it."""

from __future__ import annotations

from collections.abc import Mapping

from content.markup import render_inline


def inline_html(text: Mapping[str, str], language: str) -> str:
    """The HTML of a localised text in ``language``."""
    return render_inline(text[language], language=language)
