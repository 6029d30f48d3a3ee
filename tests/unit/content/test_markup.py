"""What Markdown and directives become."""

from dataclasses import replace

import pytest
from lxml import etree

from content.markup import PageContext, render_inline, render_page
from tests.unit.content.courses import CourseFolder
from tests.unit.content.parts import attributes, context_of, part, parts


@pytest.fixture
def context(course: CourseFolder) -> PageContext:
    loaded = course.load()
    return context_of(course, loaded.languages[0])


def test_plain_markdown(context: PageContext) -> None:
    assert render_page("## Two\n\nA *word* & **more**.", context=context) == (
        "<h2>Two</h2>\n<p>A <em>word</em> &amp; <strong>more</strong>.</p>\n"
    )


@pytest.mark.parametrize(
    ("markdown", "html_text"),
    [
        ("***", "<hr>"),
        ("a\\\nb", "<p>a<br>\nb</p>"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        ("3. third", '<ol start="3">\n<li>third</li>\n</ol>'),
        ("- a\n  - b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>"),
        ("    code < x", "<pre><code>code &lt; x\n</code></pre>"),
        ("```py\ncode\n```", '<pre><code class="language-py">code\n</code></pre>'),
        ("`code`", "<p><code>code</code></p>"),
        ("Title\n-----", "<h2>Title</h2>"),
        ("[a]\n\n[a]: https://example.org 'T'", None),
        ("&copy; \\* &#x3C;b>", "<p>© * &lt;b&gt;</p>"),
    ],
)
def test_the_rest_of_markdown(context: PageContext, markdown: str, html_text: str | None) -> None:
    source = render_page(markdown, context=context).strip()
    assert source == html_text or (html_text is None and part(source, "//a").text == "a")


def test_tables_scroll_and_have_scopes(context: PageContext) -> None:
    source = render_page("| a | b |\n|:-:|--:|\n| c | d |", context=context)
    assert source.startswith('<div class="table-scroll"><table>')
    assert [attributes(th) for th in parts(source, "//th")] == [
        {"scope": "col", "class": "align-center"},
        {"scope": "col", "class": "align-end"},
    ]
    assert "style" not in source


@pytest.mark.parametrize("kind", ["case", "example", "key-idea", "reflection", "activity"])
def test_blocks(context: PageContext, kind: str) -> None:
    source = render_page(f"::: {kind} The *title*\nText\n:::", context=context)
    section = part(source, "//section")
    heading = part(source, "//section/h3[@class='block-title']")
    assert attributes(section) == {
        "class": f"block block-{kind}",
        "data-block": kind,
        "aria-labelledby": heading.get("id"),
    }
    assert etree.tostring(heading, with_tail=False, encoding="unicode").endswith(
        ">The <em>title</em></h3>"
    )
    assert part(source, "//section/p[@class='block-kind']").text == f"[block.{kind}]"
    assert part(source, "//section/p[not(@class)]").text == "Text"
    assert not list(parts(source, "//p[@class='fictional']"))


def test_a_block_without_title_is_labelled_by_its_kind(context: PageContext) -> None:
    source = render_page("::: reflection\nText\n:::", context=context)
    assert part(source, "//section").get("aria-label") == "[block.reflection]"
    assert not list(parts(source, "//h3"))


def test_ids_are_apart(context: PageContext) -> None:
    source = render_page("::: case A\nx\n:::\n\n::: case A\nx\n:::", context=context)
    assert [heading.get("id") for heading in parts(source, "//h3")] == [
        "block-one-1",
        "block-one-2",
    ]


def test_a_fictional_case_says_so(context: PageContext) -> None:
    source = render_page("::: case A {fictional}\nText\n:::", context=context)
    assert part(source, "//h3/following-sibling::p[1][@class='fictional']").text == (
        "[block.fictional]"
    )


def test_an_activity_has_its_minutes(context: PageContext) -> None:
    source = render_page("::: activity A {minutes=20}\nText\n:::", context=context)
    minutes = part(source, "//p[@class='block-kind']/span[@class='block-minutes']")
    assert minutes.text == "[block.minutes] 20"


def test_blocks_may_hold_figures_and_checks(context: PageContext) -> None:
    source = render_page(
        ":::: activity A\n::: figure drawing.svg\nalt: a\ncredit: c\n:::\n\n"
        "::: check k1\n:::\n::::",
        context=context,
    )
    assert part(source, "//section//figure/img").get("alt") == "a"
    assert attributes(part(source, "//section/div")) == {"class": "check", "data-check": "k1"}


def test_figures(context: PageContext) -> None:
    source = render_page(
        '::: figure drawing.svg\nalt: A "box" & more\n'
        "caption: See *this*\ncredit: Me, <b>x</b>\n:::",
        context=context,
    )
    assert attributes(part(source, "//figure[@class='figure']/img")) == {
        "src": "media/drawing.svg",
        "alt": 'A "box" & more',
        "loading": "lazy",
        "decoding": "async",
        "width": "40",
        "height": "20",
    }
    assert "<figcaption>See <em>this</em> " in source
    credit = part(source, "//figcaption/small[@class='credit']")
    assert "".join(map(str, credit.itertext())) == "[block.credit] Me, x"


@pytest.mark.parametrize(
    ("markdown", "html_text"),
    [
        (
            "[m](term:member)",
            '<a class="term" href="#term-member" data-term="member" aria-haspopup="dialog">m</a>',
        ),
        ("[p](page:two)", '<a href="#page-two" data-page="two">p</a>'),
        ("[u](unit:start)", '<a href="#unit-start" data-unit="start">u</a>'),
        (
            "[o](https://example.org/?a=1&b=2)",
            '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer" target="_blank">'
            "o</a>",
        ),
        ("[w](mailto:us@example.org)", '<a href="mailto:us@example.org">w</a>'),
        ("[x](javascript:alert(1))", "x"),
        ("<span lang='ar' dir='rtl' onclick='x'>t</span>", "t"),
        ('<span lang="ar" dir="rtl">t</span>', '<span lang="ar" dir="rtl">t</span>'),
        ('<span lang="ar" class="term">t</span>', '<span lang="ar">t</span>'),
        ("<b>open", "open"),
        ("close</b>", "close"),
        ("<b><i>crossed</b></i>", "<i>crossed</i>"),
        ("a<br>b", "a<br>b"),
        ("![alt](https://example.org/a.png)", ""),
        ("<!-- note -->x", "x"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
    ],
)
def test_inline(markdown: str, html_text: str) -> None:
    assert render_inline(markdown, language="en") == html_text


@pytest.mark.parametrize(
    "markdown",
    [
        "::: figure missing.svg\nalt: a\ncredit: c\n:::",
        "::: figure\n:::",
        "::: nothing\nText\n:::",
        "::: check\n:::",
        "::: video drawing.svg\n:::",
        ":::",
        "::: case",
    ],
)
def test_what_is_broken_does_not_raise(context: PageContext, markdown: str) -> None:
    assert "None" not in render_page(markdown, context=context)


def test_each_block_tells_its_line_where_that_is_asked_for(context: PageContext) -> None:
    text = (
        "## Two\n\nA word.\n\n- one\n- two\n\n> said\n\n| a |\n|---|\n| b |\n\n"
        "::: case Here\nInside.\n:::\n\n::: check quiz-me\n:::\n"
    )
    places = replace(context, first_line=4)
    found = [
        (element.tag, int(attributes(element)["data-line"]))
        for element in parts(render_page(text, context=places), "//*[@data-line]")
    ]
    wanted = [("h2", 4), ("p", 6), ("ul", 8), ("li", 8), ("li", 9), ("blockquote", 11), ("p", 11)]
    assert found[:7] == wanted
    assert ("div", 13) in found, "the table"
    assert found[-3:] == [("section", 17), ("p", 18), ("div", 21)]
    assert "data-line" not in render_page(text, context=context)
