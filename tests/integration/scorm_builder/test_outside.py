"""``check`` proves that a course asks nothing of the network, whatever went wrong before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import content.render.edition
from content.load import load_course
from content.markup import RenderedPage
from scorm_builder.cli import main
from scorm_builder.formats import FORMATS
from scorm_builder.media.room import MediaRoom
from scorm_builder.order import Order
from scorm_builder.outside import inspect_requests, requests_outside
from tests.media_course import make_media_course
from tests.unit.content.courses import CourseFolder, make_course

SHIPPED = Path(__file__).parents[3] / "content/courses/sse-management"


@pytest.mark.parametrize("form", FORMATS)
def test_a_course_full_of_media_asks_for_nothing(tmp_path: Path, form: str) -> None:
    if FORMATS[form].family == "cartridge":
        pytest.skip("cartridges hold the LMS's own pages and are checked as packages")
    course = make_media_course(tmp_path / "course").load()
    order = Order(course=course, form=FORMATS[form], languages=course.languages)
    with MediaRoom(tmp_path / "cache") as media:
        assert requests_outside(media.prepared(order)) == ()


def test_the_shipped_course_asks_for_nothing() -> None:
    assert inspect_requests(load_course(SHIPPED)) == ()


HOSTILE = [
    '<img src="https://evil.example/a.png">',
    '<img src="//evil.example/a.png">',
    '<img src="\\\\evil.example\\a.png">',
    '<img src="/\\evil.example/a.png">',
    '<img src=" \thttps://evil.example/a.png">',
    '<img src="ht\ntps://evil.example/a.png">',
    '<img src="HTTPS:evil.example/a.png">',
    '<img srcset="a.png 480w, https://evil.example/a.png 960w">',
    '<img src="data:image/png;base64,AA" srcset="//evil.example/a.png 2x">',
    '<video poster="https://evil.example/a.png"></video>',
    '<video><track src="ftp://evil.example/a.vtt"></video>',
    '<audio><source src="wss://evil.example/a"></audio>',
    '<iframe src="about:blank"></iframe>',
    '<iframe srcdoc="x"></iframe>',
    '<object data="a.png"></object>',
    '<embed src="a.png">',
    '<form action="x"></form>',
    '<base href="/">',
    '<meta http-equiv="Refresh" content="0; url=https://evil.example/">',
    '<link rel="preconnect" href="//evil.example">',
    '<p style="background: url(https://evil.example/a.png)">x</p>',
    '<p style="background: u\\72l(//evil.example/a.png)">x</p>',
    '<img src="a.png" onerror="fetch(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\nscript:alert(1)">x</a>',
    '<a href="data:text/html,x">x</a>',
    '<a href="data:text/html;base64,eA" download>x</a>',
    '<a href="data:text/csv;base64,eA">x</a>',
    '<img src="data:text/html,x">',
    '<a href="#x" ping="https://evil.example/">x</a>',
    '<svg><image href="https://evil.example/a.png"/></svg>',
    '<svg><use xlink:href="//evil.example/a.svg#x"/></svg>',
    '<table background="https://evil.example/a.png"></table>',
    "<style>p { background: url(https://evil.example/a.png) }</style>",
    "<style>p { background: url( '//evil.example/a.png' ) }</style>",
    "<style>p { background: u\\72l(ht\\74ps://evil.example/a.png) }</style>",
    "<style>p { background: url(/* x */https:evil.example) }</style>",
    "<style>@import 'https://evil.example/a.css';</style>",
    "<style>@import url(a.css);</style>",
    "<style>p { background: image-set('https://evil.example/a.png' 1x) }</style>",
    "<style>p { background: url(javascript:alert(1)) }</style>",
    "<style>@font-face { font-family: x; src: url(data:text/html,x) }</style>",
    '<q cite="https://evil.example/">x</q>',
]


@pytest.mark.parametrize("evil", HOSTILE)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_came_through_is_found_with_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evil: str, language: str
) -> None:
    """As if the cleaning of pages had a hole, in the first language or a further one."""
    honest = content.render.edition.render_parts

    def holed(body: str, *, context: content.render.edition.PageContext) -> RenderedPage:
        page = honest(body, context=context)
        mine = context.language == language and context.page_id == "start-two"
        return page._replace(html=page.html + (evil if mine else ""))

    monkeypatch.setattr(content.render.edition, "render_parts", holed)
    problems = inspect_requests(make_course(tmp_path / "course").load())
    assert {problem.code for problem in problems} == {"outside.request"}, evil
    page = f"units/01-start/pages/two.{language}.md"
    assert any(problem.path == page for problem in problems)


def test_links_and_inner_pictures_are_no_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = content.render.edition.render_parts
    fine = (
        '<a href="https://example.org/" target="_blank">x</a><a href="mailto:a@example.org">x</a>'
        '<a href="#page-one">x</a><img src="data:image/png;base64,AAAA" alt="https://example.org">'
        '<p title="see //example.org">x</p>'
        "<style>p { background: url(a.png) } q { src: url('data:font/woff2;base64,AA') }</style>"
    )

    def with_more(body: str, *, context: content.render.edition.PageContext) -> RenderedPage:
        page = honest(body, context=context)
        return page._replace(html=page.html + fine)

    monkeypatch.setattr(content.render.edition, "render_parts", with_more)
    assert inspect_requests(make_course(tmp_path / "course").load()) == ()


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        (
            "media/a.svg",
            '<svg xmlns="http://www.w3.org/2000/svg"><image href="//e.org/a"/></svg>',
            "media.unsafe-svg",
        ),
        (
            "media/a.svg",
            '<svg xmlns="http://www.w3.org/2000/svg"><style>@import "//e.org/a"</style></svg>',
            "media.unsafe-svg",
        ),
        (
            "media/a.vtt",
            "WEBVTT\n\nSTYLE\n::cue { background: url(//e.org/a) }\n\n00:00.000 --> 00:01.000\nx\n",
            "media.bad-captions",
        ),
    ],
)
def test_other_files_are_refused_where_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str, code: str
) -> None:
    monkeypatch.setenv("SCORM_BUILDER_CACHE", str(tmp_path / "cache"))
    course = CourseFolder(make_course(tmp_path / "course").root).write(path, text)
    result = CliRunner().invoke(main, ["check", str(course.root), "--json"])
    assert result.exit_code == 1
    assert (path, code) in [(one["path"], one["code"]) for one in json.loads(result.stdout)]
