"""What stands above the unit in play: that it is a preview, the link's dates, who accompanies."""

from __future__ import annotations

from flask import render_template

from lti_tool.models import LaunchSession
from lti_tool.services.link_options import options_of
from lti_tool.web.pages import page_words, speak
from lti_tool.web.unit import window_of


def banner(found: LaunchSession, handle: str, language: str) -> str:
    """HTML, in the document's ``language``; empty where there is nothing to say."""
    options = options_of(found.link) if found.link else None
    told = options if options is not None and options.accompanied else None
    if told is None and not found.is_instructor:
        return ""
    before = page_words().language
    speak(language)
    html = render_template(
        "play/banner.html",
        handle=handle,
        preview=found.is_instructor,
        options=told,
        window=window_of(found),
    )
    speak(before)
    return html
