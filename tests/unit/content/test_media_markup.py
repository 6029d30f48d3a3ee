"""What pictures, films, sounds and downloads become in a page."""

from dataclasses import replace

import pytest

from content.cleaning import clean
from content.markup import render_page
from content.media_markup import format_size
from content.model import MediaFile
from content.showing import Originals, Picture, Recording
from tests.unit.content.courses import SVG, UNIT, CourseFolder
from tests.unit.content.parts import attributes, context_of, part, parts


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


def test_a_transcript_has_no_lines_of_the_page(course: CourseFolder) -> None:
    video = "::: audio talk.mp3\ntranscript_text: Words.\ntitle: A talk\ncredit: Nobody\n:::\n"
    course.write("media/talk.mp3", b"x")
    context = replace(context_of(course, course.load().languages[0]), first_line=1)
    lined = list(parts(render_page(video, context=context), "//*[@data-line]"))
    assert [element.tag for element in lined] == ["figure"]
