"""What Markdown and directives become."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree, html

from content.cleaning import clean
from content.markup import PageContext, render_inline, render_page
from content.media_markup import format_size
from content.model import MediaFile
from content.showing import Originals, Picture, Recording
from tests.unit.content.courses import SVG, UNIT, CourseFolder


def words(key: str, /, **values: str | int) -> str:
    return " ".join([f"[{key}]", *(str(value) for value in values.values())])


@pytest.fixture
def context(course: CourseFolder) -> PageContext:
    loaded = course.load()
    return context_of(course, loaded.languages[0])


def context_of(course: CourseFolder, language: str) -> PageContext:
    loaded = course.load()
    return PageContext(
        course=loaded,
        unit=loaded.units[0],
        language=language,
        page_id="one",
        words=words,
        media_url=lambda path: f"media/{path.rpartition('/')[2]}",
    )


def parts(source: str, path: str) -> Iterator[etree._Element]:
    found = html.fromstring(f"<main>{source}</main>").xpath(path)
    assert isinstance(found, list)
    for element in found:
        assert isinstance(element, etree._Element)
        yield element


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(key): str(value) for key, value in element.attrib.items()}


def part(source: str, path: str) -> etree._Element:
    (found,) = parts(source, path)
    return found


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


def test_media_of_the_pages_language(course: CourseFolder) -> None:
    course.write(f"{UNIT}/media/drawing.fr.svg", SVG)
    figure = "::: figure drawing.svg\nalt: a\ncredit: c\n:::"
    assert "media/drawing.fr.svg" in render_page(figure, context=context_of(course, "fr"))
    assert "media/drawing.svg" in render_page(figure, context=context_of(course, "en"))


def test_films(course: CourseFolder) -> None:
    course.write("media/visit.mp4", b"x").write("media/visit.vtt", "WEBVTT\n")
    course.write("media/visit.md", "We **see** a press.\n\n::: check k1\n:::")
    source = render_page(
        "::: video visit.mp4\ntitle: A visit\ncaptions: visit.vtt\ncredit: c\n"
        "poster: drawing.svg\ntranscript: visit.md\n:::",
        context=context_of(course, "fr"),
    )
    video = part(source, "//figure[@class='media media-video']/video")
    assert (video.get("src"), video.get("poster")) == ("media/visit.mp4", "media/drawing.svg")
    assert video.get("controls") is not None
    assert video.get("aria-label") == "A visit"
    assert video.get("autoplay") is None
    assert attributes(part(source, "//video/track")) == {
        "kind": "captions",
        "src": "media/visit.vtt",
        "srclang": "fr",
        "label": "Français",
        "default": "",
    }
    assert part(source, "//details[@class='transcript']/summary").text == "[block.transcript]"
    assert part(source, "//details//strong").text == "see"
    assert not list(parts(source, "//div[@data-check]"))


def test_sounds(course: CourseFolder) -> None:
    course.write("media/talk.mp3", b"x")
    source = render_page(
        "::: audio talk.mp3\ntitle: A talk\ncredit: c\ntranscript_text: *Hello*\n:::",
        context=context_of(course, "en"),
    )
    assert part(source, "//audio").get("src") == "media/talk.mp3"
    assert part(source, "//details//em").text == "Hello"


class Fitted(Originals):
    """Pictures in three widths, videos of four minutes with a poster."""

    def __init__(self, *, light: bool = False, silent: bool = False) -> None:
        self.light, self.silent = light, silent

    def picture(self, media: MediaFile) -> Picture:
        stem = media.path.rpartition(".")[0]
        sides = ((480, 320), (960, 640), (1440, 960))
        return Picture(
            tuple(MediaFile(f"{stem}-{w}.webp", media.source, w, w, h) for w, h in sides)
        )

    def recording(self, media: MediaFile) -> Recording:
        return Recording(
            original=media,
            file=None if self.light else media,
            seconds=239,
            width=1280,
            height=720,
            poster=self.picture(media),
            sound=None
            if self.silent
            else MediaFile("media/visit-sound.m4a", media.source, 900_000),
        )


def fitted(course: CourseFolder, markdown: str, **how: bool) -> str:
    return render_page(markdown, context=replace(context_of(course, "en"), showing=Fitted(**how)))


def test_pictures_in_several_widths(course: CourseFolder) -> None:
    source = fitted(course, "::: figure drawing.svg\nalt: a\ncredit: c\n:::")
    assert attributes(part(source, "//figure/img")) == {
        "src": "media/drawing-960.webp",
        "srcset": "media/drawing-480.webp 480w, media/drawing-960.webp 960w, "
        "media/drawing-1440.webp 1440w",
        "sizes": "(min-width: 44rem) 41rem, 92vw",
        "alt": "a",
        "loading": "lazy",
        "decoding": "async",
        "width": "1440",
        "height": "960",
    }


VIDEO = (
    "::: video visit.mp4\ntitle: A visit\ncaptions: visit.vtt\ncredit: c\n"
    "transcript_text: *Hello*\nonline: https://example.org/visit\n:::"
)


def with_video(course: CourseFolder) -> CourseFolder:
    return course.write("media/visit.mp4", b"x" * 12_000_000).write("media/visit.vtt", "WEBVTT\n")


def test_a_known_video_says_what_it_costs_and_loads_nothing_before(course: CourseFolder) -> None:
    source = fitted(with_video(course), VIDEO)
    video = attributes(part(source, "//video"))
    assert (video["preload"], video["width"], video["height"]) == ("none", "1280", "720")
    assert video["poster"] == "media/visit-960.webp"
    facts = part(source, "//figcaption/span[@class='file-size']").text_content()
    assert facts == "[block.video] · [block.minutes] 4 · 12.0\u00a0MB"
    assert "example.org" not in source


def test_an_unknown_video_says_its_size_alone(course: CourseFolder) -> None:
    source = render_page(VIDEO, context=context_of(with_video(course), "en"))
    assert part(source, "//video").get("preload") == "metadata"
    facts = part(source, "//figcaption/span[@class='file-size']").text_content()
    assert facts == "[block.video] · 12.0\u00a0MB"


def test_the_light_edition_has_the_sound_of_a_video_and_says_so(course: CourseFolder) -> None:
    source = fitted(with_video(course), VIDEO, light=True)
    assert not list(parts(source, "//video"))
    note = part(source, "//p[@class='media-light-note']").text
    assert note == "[block.light-sound] 12.0\u00a0MB"
    assert part(source, "//audio").get("src") == "media/visit-sound.m4a"
    assert part(source, "//figure/img").get("alt") == ""
    assert part(source, "//figure//a").get("href") == "https://example.org/visit"
    assert part(source, "//details").get("open") is not None
    assert part(source, "//span[@class='file-size']").text_content().endswith("900\u00a0KB")


def test_a_silent_video_leaves_its_transcript(course: CourseFolder) -> None:
    source = fitted(with_video(course), VIDEO, light=True, silent=True)
    assert "[block.light-text]" in source
    assert not list(parts(source, "//audio"))
    assert part(source, "//details//em").text == "Hello"


def test_a_srcset_may_only_name_what_was_given_out() -> None:
    urls = ("a 1.png", "b.png")
    assert "srcset" in clean('<img srcset="b.png 480w, b.png 960w">', urls)
    assert "srcset" not in clean('<img srcset="b.png 480w, https://e.org/c.png 960w">', urls)
    assert "srcset" not in clean('<img srcset="b.png 480w,//e.org/c.png 960w">', urls)


def test_downloads(course: CourseFolder) -> None:
    course.write("media/grid.pdf", b"x" * 123_456)
    source = render_page(
        "::: download grid.pdf\ntitle: The grid\n:::", context=context_of(course, "en")
    )
    link = part(source, "//p[@class='download']/a")
    assert (link.get("href"), link.text) == ("media/grid.pdf", "The grid")
    assert link.get("download") == "grid.pdf", "addresses may be a hash, or hold the file itself"
    size = part(source, "//span[@class='file-size']").text_content()
    assert size == "PDF · 123\u00a0KB"


@pytest.mark.parametrize(
    ("size", "language", "text"),
    [
        (0, "en", "1 KB"),
        (999_999, "en", "1000 KB"),
        (1_234_567, "en", "1.2 MB"),
        (1_234_567, "fr", "1,2 Mo"),
        (5_000, "fr-CA", "5 ko"),
        (5_000, "ar", "5 ك.ب"),
    ],
)
def test_sizes(size: int, language: str, text: str) -> None:
    assert format_size(size, language) == text.replace(" ", "\u00a0")


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


def test_a_transcript_has_no_lines_of_the_page(course: CourseFolder) -> None:
    video = "::: audio talk.mp3\ntranscript_text: Words.\ntitle: A talk\ncredit: Nobody\n:::\n"
    course.write("media/talk.mp3", b"x")
    context = replace(context_of(course, course.load().languages[0]), first_line=1)
    lined = list(parts(render_page(video, context=context), "//*[@data-line]"))
    assert [element.tag for element in lined] == ["figure"]
