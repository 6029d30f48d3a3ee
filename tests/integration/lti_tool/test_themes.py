"""A course's own look reaches learners through the tool, within its policy."""

from __future__ import annotations

import re
from pathlib import Path

from tests.fonts import small_font
from tests.integration.lti_tool.conftest import Campus

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
THEME = """
accent: "#7a1fa2"
fonts: {text: {file: small.woff2, licence: OFL-1.1}}
logo: {file: logo.svg, alt: {en: The mill, fr: Le moulin}}
"""


def test_the_tool_serves_style_font_and_logo(campus: Campus, course: Path) -> None:
    (course / "media").mkdir()
    (course / "media" / "small.woff2").write_bytes(small_font("woff2"))
    (course / "media" / "logo.svg").write_text(LOGO, "utf-8")
    (course / "theme.yaml").write_text(THEME, "utf-8")
    learner = campus.learner()
    answer = learner.get(f"/play/{learner.handle}")
    style = re.search(r'<style nonce="([^"]+)">\n(.*?)</style>', answer.text, re.S)
    assert style
    policy = answer.headers["Content-Security-Policy"]
    assert f"'nonce-{style[1]}'" in policy
    assert "font-src 'self'" in policy
    assert "--sse-accent:#7a1fa2" in style[2]
    font = re.search(r'url\("(/media/[^"]+/small\.woff2)"\)', style[2])
    logo = re.search(r'<img class="logo" src="([^"]+)" alt="The mill"', answer.text)
    assert font
    assert logo
    served = learner.get(font[1])
    assert (served.status_code, served.headers["Content-Type"]) == (200, "font/woff2")
    assert served.content == small_font("woff2")
    assert learner.get(logo[1]).headers["Content-Type"].startswith("image/svg+xml")
