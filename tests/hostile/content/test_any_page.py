"""Whatever a page says: parsers do not raise, and pages cannot run script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from content.cleaning import TAGS, clean
from content.files import CONTROLS
from content.findings import Findings
from content.markdown import parse_inline, parse_page
from content.markup import PageContext, render_inline, render_page
from content.model import Course
from tests.hostile.content.anything import EXAMPLES, MARK, MARKDOWN
from tests.unit.content.courses import make_course


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> PageContext:
    course: Course = make_course(tmp_path_factory.mktemp("any") / "course").load()
    return PageContext(
        course=course,
        unit=course.units[0],
        language="en",
        page_id="one",
        words=lambda key, /, **values: f"<{key} onclick='x'> {values}",
        media_url=lambda path: f"media/{Path(path).name}",
    )


def elements_of(source: str) -> Iterator[etree._Element]:
    """What a browser would find. Control characters, which lxml refuses, browsers pass over."""
    text = CONTROLS.sub("", source)
    yield from html.fragment_fromstring(text, create_parent="main").iter()


def assert_harmless(source: str) -> None:
    """Parse as browsers do, in both namespaces' sense, and look at every element."""
    for element in elements_of(source):
        assert isinstance(element.tag, str), etree.tostring(element)
        if element.tag == "main":
            continue
        assert element.tag in TAGS, source
        for name, value in ((str(key), str(text)) for key, text in element.attrib.items()):
            assert not name.startswith("on"), source
            assert name not in ("style", "srcdoc", "formaction", "action", "srcset"), source
            if name in ("src", "poster"):
                assert value == "media/drawing.svg", source
            if name == "href":
                assert re.match(
                    r"(#(page|unit)-|https?://|mailto:|media/drawing\.svg$)", value, re.I
                )
                if value.lower().startswith("http"):
                    assert element.get("rel") == "noopener noreferrer"
    assert "<script" not in source.lower()


@EXAMPLES
@given(MARKDOWN)
def test_pages_cannot_run_script(context: PageContext, markdown: str) -> None:
    assert_harmless(render_page(markdown, context=context))


@EXAMPLES
@given(MARKDOWN)
def test_inline_texts_cannot_run_script(markdown: str) -> None:
    source = render_inline(markdown, language="en")
    assert_harmless(source)
    assert not re.search(r"<(p|div|section|img|video|h\d)\b", source)


@EXAMPLES
@given(MARKDOWN)
def test_the_last_gate_holds_alone(markdown: str) -> None:
    assert_harmless_tags(clean(markdown, {"media/drawing.svg"}))


def assert_harmless_tags(source: str) -> None:
    for element in elements_of(source):
        assert element.tag == "main" or element.tag in TAGS
        assert not any(str(name).startswith("on") for name in element.attrib)
        for name in ("src", "poster"):
            assert element.get(name) in (None, "media/drawing.svg")
        target = element.get("href")
        assert target is None or re.match(r"#|https?://|mailto:|media/", target, re.I)


@EXAMPLES
@given(MARKDOWN, st.sampled_from(["en", "fr", "ar", "zz"]))
def test_every_problem_of_a_page_has_a_place_in_it(markdown: str, language: str) -> None:
    findings = Findings()
    page = parse_page(markdown, mark=MARK, findings=findings, language=language, first_line=5)
    last = 5 + markdown.count("\n") + 1
    for problem in findings.sorted():
        assert problem.path == "file"
        assert 5 <= problem.line <= last
        assert problem.column >= 1
    for reference in page.references:
        assert 5 <= reference.mark.line <= last


@EXAMPLES
@given(MARKDOWN)
def test_refused_pages_and_clean_pages_are_told_apart(markdown: str) -> None:
    """What the cleaner takes out of our own HTML was reported before: nothing vanishes unsaid."""
    findings = Findings()
    parse_inline(markdown, mark=MARK.at(1), findings=findings)
    if not findings.has_errors:
        assert "javascript:" not in re.sub(r">[^<]*<", "><", f">{render_inline(markdown)}<").lower()
