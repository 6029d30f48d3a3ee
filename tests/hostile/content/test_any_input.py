"""Properties that hold for whatever arrives: parsers do not raise, pages cannot run script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from content.answers import fold_text, parse_number
from content.cleaning import TAGS, clean
from content.files import CONTROLS
from content.findings import Findings, Mark
from content.grading import grade
from content.images import picture_size
from content.known_texts import page_facts, text_facts, text_html
from content.load import load_course
from content.markdown import parse_inline, parse_page
from content.markup import PageContext, render_inline, render_page
from content.model import Course, Question
from content.plain import is_plain
from content.snapshot import from_json
from content.source import Mapping, Node, Scalar, Sequence, parse_yaml, split_front_matter
from content.svg import read_svg
from content.token_html import html_of, parts_of
from tests.unit.content.courses import make_course

EXAMPLES = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

MARK = Mark("file")
PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        " ",
        "    ",
        "- ",
        "> ",
        "1. ",
        "# ",
        "## ",
        "| a | b |\n|---|---|\n",
        "`",
        "```\n",
        "\\",
        "*",
        "**",
        "_",
        "[",
        "](",
        ")",
        "]: ",
        "<",
        ">",
        "![",
        "&",
        "&#x3C;",
        "&lt;",
        '"',
        "'",
        "=",
        "::: case Title {fictional}\n",
        "::: figure drawing.svg\nalt: ",
        "\ncredit: ",
        ":::\n",
        "::::\n",
        "::: video drawing.svg\ntitle: ",
        "::: check ",
        "::: download drawing.svg\ntitle: ",
        "<script>",
        "</script>",
        "alert(1)",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>",
        "javascript:alert(1)",
        "JaVaScRiPt\t:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "<iframe srcdoc='<script>'>",
        "<style>*{}</style>",
        "<math><mtext>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?php",
        "?>",
        "<span lang='",
        "' onclick='alert(1)'>",
        "</span>",
        "<b ",
        "<br>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<template>",
        "<form action=x>",
        "<base href='//evil.example'>",
        "<meta http-equiv=refresh>",
        "<object data=x>",
        "<link rel=x href=y>",
        "term:member",
        "page:two",
        "unit:start",
        "https://example.org/",
        "//evil.example/x",
        "mailto:a@b",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\x00",
        "\x0b",
        "تعاونية",
        "é",
        "😀",
        "a",
    ]
)
MARKDOWN = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join)


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


YAML_PIECES = st.sampled_from(
    [
        "a: ",
        "b: ",
        "- ",
        "\n",
        "  ",
        "\t",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "#",
        "'",
        '"',
        "|\n",
        ">\n",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "null",
        "~",
        "yes",
        "é",
        "\x07",
    ]
)
YAML = st.lists(YAML_PIECES | st.text(max_size=6), max_size=30).map("".join)


@EXAMPLES
@given(YAML, st.integers(1, 50))
def test_yaml_is_read_or_refused_with_a_place(text: str, first_line: int) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    findings = Findings()
    node = parse_yaml(text, MARK, findings, first_line=first_line)
    assert node is None or isinstance(node, Scalar | Sequence | Mapping)
    for problem in findings.sorted():
        assert problem.line == 0 or problem.line >= first_line
    if node is not None:
        places(node, first_line)


def places(node: Node, least: int) -> None:
    assert node.mark.line >= least
    assert node.mark.column >= 1
    if isinstance(node, Sequence):
        for item in node.items:
            places(item, node.mark.line)
    if isinstance(node, Mapping):
        assert node.items.keys() == node.keys.keys()
        for key, value in node.items.items():
            assert value.mark.line >= node.keys[key].line or value.mark.line >= node.mark.line
            places(value, least)


PLAIN = st.text(
    st.characters(
        min_codepoint=0x20, max_codepoint=0x24FF, exclude_categories=["Cc", "Cs", "Zl", "Zp"]
    )
)
TREES: st.SearchStrategy[Any] = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN, inner, max_size=4),
    max_leaves=12,
)


@EXAMPLES
@given(TREES)
def test_what_json_writes_yaml_reads_back_as_text(tree: Any) -> None:
    findings = Findings()
    node = parse_yaml(json.dumps(tree, ensure_ascii=False), MARK, findings)
    if not findings.has_errors:
        assert plain(node) == tree


def plain(node: Node | None) -> Any:
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if isinstance(node, Mapping):
        return {key: plain(item) for key, item in node.items.items()}
    return node.text if node else None


@EXAMPLES
@given(
    st.lists(st.sampled_from(["---", "--- ", "...", "title: x", "a", "", "title: ["]), max_size=8)
)
def test_front_matter_keeps_every_line_of_the_body_in_place(lines: list[str]) -> None:
    text = "\n".join(lines)
    front = split_front_matter(text, MARK, Findings())
    assert text.split("\n")[front.body_line - 1 :] == front.body.split("\n") or not front.body


@EXAMPLES
@given(st.text(alphabet="0123456789.,٫٬ -+−١٢٣\u00a0\u202fe", max_size=14))
def test_numbers_are_numbers_or_nothing(text: str) -> None:
    number = parse_number(text)
    if number is not None:
        assert re.search(r"\d", text)
        assert (number < 0) <= bool(re.search("[-−]", text))


@EXAMPLES
@given(st.integers(-(10**15), 10**15), st.integers(0, 6), st.sampled_from([".", ",", "٫"]))
def test_numbers_come_back_however_they_are_written(value: int, places_: int, sign: str) -> None:
    wanted = Fraction(value, 10**places_)
    digits = f"{abs(value):0{places_ + 1}d}"
    whole, decimals = (digits[:-places_], digits[-places_:]) if places_ else (digits, "")
    minus = "−" if value < 0 else ""
    tail = f"{sign}{decimals}" if decimals else ""
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    arabic = whole.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for written in (whole, grouped, arabic):
        assert parse_number(f"{minus}{written}{tail}") == wanted


@EXAMPLES
@given(st.text())
def test_folding_is_done_once(text: str) -> None:
    folded = fold_text(text)
    assert fold_text(folded) == folded
    assert fold_text(f"  {text}!? ") == folded or not folded


GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "grading.json").read_text("utf-8"))
QUESTIONS = {name: from_json(Question, data) for name, data in GOLDEN["questions"].items()}
IDS = st.sampled_from(
    sorted(
        {
            word
            for data in GOLDEN["questions"].values()
            for word in re.findall(r'"id": "([^"]+)"', json.dumps(data))
        }
    )
)
ANSWERS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | IDS,
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(
            IDS | st.text(max_size=5) | st.sampled_from(["value", "unit", "reason"]), inner
        )
    ),
    max_leaves=10,
)


@EXAMPLES
@given(st.sampled_from(sorted(QUESTIONS)), ANSWERS, st.sampled_from(["en", "ar", "xx"]))
def test_grading_never_raises_and_stays_between_nothing_and_all(
    name: str, answer: Any, language: str
) -> None:
    question = QUESTIONS[name]
    result = grade(question, answer, language)
    if question.scored:
        assert result.credit is not None
        assert 0 <= result.credit <= 1
    else:
        assert result.credit is None
    assert all(isinstance(right, bool) for right in result.parts.values())


@pytest.mark.parametrize("name", sorted(QUESTIONS))
@pytest.mark.parametrize(
    "answer",
    [
        "x" * 5_000_000,
        ["a"] * 1_000_000,
        {str(n): "a" for n in range(200_000)},
        {"value": "9" * 5_000_000},
    ],
    ids=["text", "list", "mapping", "number"],
)
def test_huge_answers_earn_nothing_quickly(name: str, answer: Any) -> None:
    assert not grade(QUESTIONS[name], answer, "en").credit


def test_deep_answers_do_not_overflow() -> None:
    deep: Any = "a"
    for _ in range(100_000):
        deep = [deep]
    for question in QUESTIONS.values():
        assert not grade(question, deep, "en").credit


@EXAMPLES
@given(
    st.binary(max_size=64),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "]),
)
def test_picture_heads(raw: bytes, head: bytes) -> None:
    size = picture_size(head + raw)
    assert size is None or min(size) > 0


@EXAMPLES
@given(
    st.lists(
        st.sampled_from(
            [
                "<svg xmlns='http://www.w3.org/2000/svg'",
                " viewBox='0 0 1 1'",
                ">",
                "<g",
                "/>",
                "</svg>",
                "<script>",
                "&a;",
                "<!DOCTYPE svg [",
                "]>",
                "<!ENTITY a 'b'>",
                " onload='x'",
                "<?x?>",
                "<!--",
                "-->",
                "\x00",
                "é",
            ]
        ),
        max_size=14,
    )
)
def test_any_svg_is_read_or_refused(pieces: list[str]) -> None:
    findings = Findings()
    read_svg("".join(pieces), MARK, findings)
    if any("onload" in piece or "script" in piece for piece in pieces) and not findings.has_errors:
        assert "<!--" in "".join(pieces)


@settings(EXAMPLES, max_examples=25)
@given(
    st.sampled_from(
        [
            "course.yaml",
            "glossary.yaml",
            "units/01-start/unit.yaml",
            "units/01-start/questions.yaml",
            "units/01-start/pages/one.en.md",
        ]
    ),
    st.data(),
)
def test_a_course_with_a_hole_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, path: str, data: st.DataObject
) -> None:
    course = make_course(tmp_path_factory.mktemp("hole") / "course")
    raw = (course.root / path).read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    course.write(path, raw[:start] + data.draw(st.binary(max_size=4)) + raw[end:])
    problems = course.problems()
    assert all(problem.message and problem.hint for problem in problems)
    if not any(problem.severity == "error" for problem in problems):
        assert load_course(course.root).digest


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
