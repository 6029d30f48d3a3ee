"""The document: complete, in its language, and safe whatever the course says."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from content.model import Course, Theme
from content.render import player_files, render_document
from content.render.assets import PLAYER, Medium
from content.render.document import script_json
from content.render.offline import APP_MANIFEST, KeptFile, app_manifest, service_worker
from content.render.strings import player_strings, words_in
from tests.player_pages.courses import kitchen_course

MEDIA: tuple[Medium, ...] = ("lti", "scorm12", "scorm2004", "cmi5", "web", "local")
EVIL = "</script><script>alert(1)</script> & <!-- \u2028"


def document(course: Course, medium: Medium = "local", nonce: str | None = None) -> str:
    return render_document(
        course,
        language="en",
        units=course.units,
        medium=medium,
        player_base="player/",
        media_url=lambda path: f"media/{path}",
        keys=medium != "lti",
        config={"handle": "h"},
        nonce=nonce,
    ).html


@pytest.mark.parametrize("medium", MEDIA)
def test_a_document_asks_for_the_player_files_and_no_others(medium: Medium, tmp_path: Path) -> None:
    tree = lxml_html.fromstring(document(kitchen_course(tmp_path), medium))
    asked = {*tree.xpath("//script/@src"), *tree.xpath("//link/@href")}
    # An app's manifest names the icons that the document does not.
    named = {APP_MANIFEST, "player/icons/icon-512.png"} if medium == "web" else set()
    assert asked | named == {f"player/{file.name}" for file in player_files(medium)} | named
    assert all(file.read() and file.name.isascii() for file in player_files(medium))


def test_only_where_the_document_grades_does_it_have_the_keys(tmp_path: Path) -> None:
    course = kitchen_course(tmp_path)
    server, package = document(course, "lti"), document(course, "scorm12")
    assert '"key":' in package
    for secret in ('"key":', '"correct":', "solidarity", "About b", "You forgot", "model\\u003c"):
        assert secret not in server, secret


def test_titles_and_configuration_cannot_leave_their_place(tmp_path: Path) -> None:
    course = kitchen_course(tmp_path)
    evil = {"en": EVIL}
    unit = replace(course.units[0], title=evil)
    html = document(replace(course, title=evil, units=(unit,)), nonce='"><b>')
    tree = lxml_html.fromstring(html)
    assert "alert(1)</script>" not in html
    assert not tree.xpath("//b")
    assert len(tree.xpath("//script[not(@src)]")) == 1
    data = json.loads(tree.xpath("//script[@id='course-data']")[0].text)
    assert data["course"]["title"] == EVIL


def test_script_json_is_json_that_ends_no_script() -> None:
    text = script_json({"x": EVIL})
    assert json.loads(text) == {"x": EVIL}
    assert not set("<>&\u2028") & set(text)


def test_no_style_or_handler_stands_in_the_document(tmp_path: Path) -> None:
    tree = lxml_html.fromstring(document(kitchen_course(tmp_path)))
    attributes = {name for node in tree.iter() for name in node.attrib}
    assert not {name for name in attributes if name == "style" or name.startswith("on")}
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_the_shuffled_never_stand_in_the_authors_order(tmp_path: Path) -> None:
    tree = lxml_html.fromstring(document(kitchen_course(tmp_path)))
    data = json.loads(tree.xpath("//script[@id='course-data']")[0].text)
    [ordering] = [q for q in data["units"][0]["quiz"] if q["type"] == "ordering"]
    shown = [item["id"] for item in ordering["items"]]
    assert sorted(shown) == sorted(ordering["key"]["order"])
    assert shown != ordering["key"]["order"]


def test_every_language_says_everything() -> None:
    languages = sorted(path.stem for path in (PLAYER / "locale").glob("*.json"))
    assert languages == ["ar", "en", "fr"]
    english = player_strings("en")
    for language in languages:
        path = PLAYER / "locale" / f"{language}.json"
        own = json.loads(path.read_text(encoding="utf-8"))
        assert own.keys() == english.keys(), language
        for key, found in own.items():
            texts = [found] if isinstance(found, str) else list(found.values())
            wanted = english[key]
            known = set(re.findall(r"{\w+}", json.dumps(wanted))) | {"{n}"}
            assert all(texts), (language, key)
            assert set(re.findall(r"{\w+}", " ".join(texts))) <= known, (language, key)
            if language == "ar" and not isinstance(found, str):
                assert found.keys() == {"zero", "one", "two", "few", "many", "other"}, key


def test_the_player_says_only_words_that_exist() -> None:
    known = set(player_strings("en"))
    source = "".join(path.read_text(encoding="utf-8") for path in PLAYER.rglob("*.js"))
    templates = (PLAYER.parent / "render" / "templates").glob("*.html")
    template = "".join(path.read_text(encoding="utf-8") for path in templates)
    said = set(re.findall(r"\bt\('([a-z.-]+)'[,)]", source))
    said |= set(re.findall(r"""word\(["']([a-z.-]+)["']""", template))
    said |= set(re.findall(r"'(notice\.[a-z-]+)'", source))
    assert said <= known, said - known
    # Families are put together: t('verdict.' + state).
    built = ("block.", "mark.", "notice.", "result.unexplained.", "save.", "toc.", "verdict.")
    quoted = set(re.findall(r"'([a-z.-]+)'", source)) | said
    unused = {key for key in known - quoted if not key.startswith(built)}
    assert not unused


def test_french_keeps_its_spaces() -> None:
    text = json.dumps(dict(player_strings("fr")), ensure_ascii=False)
    assert not re.search(r" [:;!?»%]|« ", text)


@pytest.mark.parametrize(
    ("language", "n", "words"),
    [("en", 1, "1 minute"), ("fr", 0, "0 minute"), ("ar", 2, "دقيقتان"), ("ar", 11, "11 دقيقة")],
)
def test_plurals(language: str, n: int, words: str) -> None:
    assert words_in(language)("block.minutes", n=n) == words


def test_the_player_is_small() -> None:

    for medium in MEDIA:
        size = sum(len(gzip.compress(file.read())) for file in player_files(medium))
        assert size < 64_000, (medium, size)


def test_a_worker_keeps_what_it_is_told_and_its_text_follows_from_that() -> None:
    shell = [KeptFile("index.html", "a" * 64, 10), KeptFile("</script>.js", "b" * 64, 5)]
    media = [KeptFile("media/film.mp4", "c" * 64, 9_000_000)]
    text = service_worker("course", shell, media)
    assert text == service_worker("course", shell[::-1], media), "whatever the order"
    kept = json.loads(text.partition("\n")[0].removeprefix("const KEPT = ").removesuffix(";"))
    assert kept["files"]["media/film.mp4"] == ["c" * 64, 9_000_000, 0]
    assert kept["files"]["index.html"] == ["a" * 64, 10, 1]
    assert "</script>" not in text


def test_an_app_has_a_name_in_its_language_and_icons_that_exist() -> None:
    manifest = json.loads(app_manifest("الاقتصاد الاجتماعي والتضامني", "ar", player_base="player/"))
    assert (manifest["lang"], manifest["dir"]) == ("ar", "rtl")
    assert len(manifest["short_name"]) <= 24
    names = {f"player/{file.name}" for file in player_files("web")}
    assert {icon["src"] for icon in manifest["icons"]} <= names
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}


def test_an_app_opens_in_the_colours_of_its_course() -> None:
    theme = Theme(light={"accent": "#123456", "paper": "#fefefe"})
    manifest = json.loads(app_manifest("A course", "en", player_base="player/", theme=theme))
    assert (manifest["theme_color"], manifest["background_color"]) == ("#123456", "#fefefe")
    plain = json.loads(app_manifest("A course", "en", player_base="player/"))
    assert (plain["theme_color"], plain["background_color"]) == ("#0f6455", "#fbf8f3")
