"""Whatever a text says: the short ways through it come out where the long way does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.cleaning import clean
from content.findings import Findings
from content.known_texts import page_facts, text_facts, text_html
from content.markdown import parse_inline, parse_page
from content.markup import render_inline
from content.plain import is_plain
from content.token_html import html_of, parts_of
from tests.hostile.content.anything import EXAMPLES, MARK, MARKDOWN


@EXAMPLES
@given(st.text(max_size=60), st.sampled_from(["en", "fr", "ar"]))
def test_plain_texts_come_out_as_the_parser_and_the_cleaner_would_write_them(
    text: str, language: str
) -> None:
    if is_plain(text):
        findings, quick = Findings(), Findings()
        parsed = parse_inline(text, mark=MARK.at(3), findings=findings, language=language)
        assert text_html(text, language) == html_of(parsed.tokens)
        assert render_inline(text, language=language) == clean(html_of(parsed.tokens), ())
        facts = text_facts(text, mark=MARK.at(3), findings=quick, language=language)
        assert quick.sorted() == findings.sorted()
        assert (facts.references, facts.alts) == (parsed.references, parsed.alts)


@EXAMPLES
@given(MARKDOWN, st.sampled_from(["en", "fr", "ar"]), st.integers(1, 9))
def test_a_known_page_says_what_it_said_the_first_time(
    markdown: str, language: str, line: int
) -> None:
    findings = Findings()
    parsed = parse_page(markdown, mark=MARK, findings=findings, language=language, first_line=line)
    for _ in range(2):
        again = Findings()
        facts = page_facts(markdown, mark=MARK, findings=again, language=language, first_line=line)
        assert again.sorted() == findings.sorted()
        assert facts.references == parsed.references
        assert facts.structure == parsed.structure
        assert facts.alts == parsed.alts
    for _ in range(2):
        again, expected = Findings(), Findings()
        text = parse_inline(markdown, mark=MARK.at(line), findings=expected, language=language)
        facts = text_facts(markdown, mark=MARK.at(line), findings=again, language=language)
        assert again.sorted() == expected.sorted()
        assert facts.references == text.references


@EXAMPLES
@given(MARKDOWN)
def test_pages_come_out_as_if_every_text_were_parsed(markdown: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        quick = parse_page(markdown, mark=MARK).tokens
        patch.setattr("content.markdown.is_plain", lambda _: False)
        slow = parse_page(markdown, mark=MARK).tokens
    assert "".join(map(str, parts_of(quick, None))) == "".join(map(str, parts_of(slow, None)))
