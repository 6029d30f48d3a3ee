"""What only shows across files."""

import hashlib
import unicodedata

import pytest

from content.ids import short_hash
from tests.unit.content.courses import PAGE, QUESTIONS, SVG, UNIT, CourseFolder

FRENCH = f"{UNIT}/pages/one.fr.md"


@pytest.mark.parametrize(
    ("markdown", "code", "column"),
    [
        ("A [thing](term:thing).", "link.dead", 11),
        ("A [thing](page:thing).", "link.dead", 11),
        ("A [thing](unit:thing).", "link.dead", 11),
        ("A [thing](ftp://example.org/x).", "link.scheme", 11),
        ("A [thing](other.md).", "link.scheme", 11),
        ("A [thing](//example.org).", "link.scheme", 11),
        ("A [thing](#one).", "link.scheme", 11),
        ("A [](https://example.org).", "link.empty", 6),
        ("![alt](drawing.svg)", "media.image", 1),
        ("A <div>b</div>", "html.dropped", 3),
        ("A <video src=x></video>", "html.dropped", 3),
        ("A <script>b</script>", "html.unsafe", 3),
        ("A <b onclick='x'>b</b>", "html.unsafe", 3),
        ("# Title", "heading.level", 1),
        ("### Third", "heading.level", 1),
        ("## Second\n\n#### Fourth", "heading.level", 1),
        ("::: example Title\n### Third\n:::", "heading.level", 1),
        ("::: exemple Title\nText\n:::", "directive.unknown", 1),
        ("::: example\nText", "directive.unclosed", 1),
        ("::: example\nText\n::::", "directive.unclosed", 1),
        ("Text\n\n:::", "directive.stray-end", 1),
        ("::: example\n:::", "directive.empty", 1),
        ("::: example Title {fictional}\nText\n:::", "directive.flag", 1),
        ("::: activity Title {minutes=long}\nText\n:::", "directive.flag", 1),
        (":::: case Title\n::: example\nText\n:::\n::::", "directive.nesting", 1),
        ("::: figure\nalt: a\ncredit: c\n:::", "directive.argument", 1),
        ("::: figure drawing.svg\nalt: a\ncredit: c\njust words\n:::", "directive.text", 1),
        ("::: figure drawing.svg\nalt: a\nalt: b\ncredit: c\n:::", "field.duplicate", 1),
        ("::: figure drawing.svg\nalt: a\ncredit: c\nlink: x\n:::", "field.unknown", 1),
        ("::: figure drawing.svg\ncredit: c\n:::", "media.no-alt", 1),
        ("::: figure drawing.svg\nalt:\ncredit: c\n:::", "media.no-alt", 1),
        ("::: figure drawing.svg\nalt: a\n:::", "media.no-credit", 1),
        ("::: figure drawin.svg\nalt: a\ncredit: c\n:::", "media.missing", 1),
        ("::: figure ../../media/drawing.svg\nalt: a\ncredit: c\n:::", "file.outside", 1),
        ("::: figure https://example.org/a.png\nalt: a\ncredit: c\n:::", "file.outside", 1),
        ("::: figure /etc/passwd\nalt: a\ncredit: c\n:::", "file.outside", 1),
        ("::: video drawing.svg\ntitle: t\ncaptions: c.vtt\ncredit: c\ntranscript_text: t\n:::",
         "media.wrong-kind", 1),
        ("::: download drawing.svg\n:::", "field.missing", 1),
        ("::: check k2\n:::", "check.unknown", 1),
        ("::: check q1\n:::", "check.unknown", 1),
        ("::: check k1\nText\n:::", "directive.text", 1),
        ("[member](term: member)", "markup.left-over", 8),
        ("See [it](https://example.org/a b).", "markup.left-over", 8),
        (":: figure drawing.svg\nalt: a\ncredit: c\n::", "markup.left-over", 1),
        ("Text\n::Example The market", "markup.left-over", 1),
    ],
)  # fmt: skip
def test_a_mistake_in_a_page_is_found_in_every_language(
    course: CourseFolder, markdown: str, code: str, column: int
) -> None:
    course.page(markdown)

    found = [problem for problem in course.problems() if problem.code == code]

    assert {problem.path for problem in found} >= {FRENCH}, course.problems()
    assert min((problem.line, problem.column) for problem in found) >= (11, 1)
    assert column in {problem.column for problem in found}


@pytest.mark.parametrize(
    "markdown",
    [
        "A [page](https://example.org/a?b=1&c=2) and <https://example.org/d>.",
        "Write to [us](mailto:us@example.org).",
        "A <bdi>name</bdi>, <span lang='ar' dir='rtl'>تعاونية</span>, H<sub>2</sub>O<br>and more.",
        "<abbr title='Social economy'>SSE</abbr> <!-- for translators -->",
        "## Second\n\n### Third\n\n#### Fourth\n\n## Second",
        "::: example Title\n#### Fourth\n\nText\n:::\n\n## Second",
        "::: example\nText\n:::",
        "::: case A *title* with [term](term:member) {fictional}\nText\n:::",
        ":::: activity Do {minutes=20}\n::: figure drawing.svg\nalt: a\ncredit: c\n:::\n::::",
        "::: figure drawing.svg\nalt: A: box,\n  and more # of it\ncredit: *c*\n\ncaption: x\n:::",
        "```\n::: not a block\n```",
        "::: example\n```\n:::\n```\n:::",
        "Text\n\n    ::: indented code",
        "> ::: example\n> Text\n> :::",
        "| a | b |\n|:--|--:|\n| [x](page:one) | y |",
        "See [this unit](unit:start).",
    ],
)
def test_what_pages_may_say(course: CourseFolder, markdown: str) -> None:
    assert course.page(markdown).problems() == ()


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Été.svg", "Ete.svg"), ("Market 1.svg", "Market-1.svg"), ("سوق.svg", "file.svg")],
)
@pytest.mark.parametrize("folder", [f"{UNIT}/media", "media"])
def test_a_file_whose_name_may_not_be_is_there_all_the_same(
    course: CourseFolder, folder: str, name: str, plain: str
) -> None:
    course.write(f"{folder}/{unicodedata.normalize('NFD', name)}", SVG)
    course.page(f"::: figure {name}\nalt: a\ncredit: c\n:::")
    found = course.problems()
    assert {problem.code for problem in found} == {"file.name"}
    assert {problem.path for problem in found} >= {f"{UNIT}/pages/one.en.md", FRENCH}
    assert all(f"“{plain}”" in problem.hint for problem in found)


def test_a_page_may_be_silent_about_one_thing_in_one_language(course: CourseFolder) -> None:
    course.write(FRENCH, (course.root / FRENCH).read_text("utf-8") + "\n## De plus\n\nTexte\n")
    problem = course.only("translation.structure")
    assert (problem.path, problem.severity) == (FRENCH, "warning")
    assert (problem.line, problem.column) == (11, 1)


def test_a_check_must_stand_in_every_language(course: CourseFolder) -> None:
    path = f"{UNIT}/pages/two.fr.md"
    course.replace(path, "::: check k1\n:::\n", "Texte\n")
    found = {problem.code: problem for problem in course.problems()}
    assert found.keys() == {"check.missing", "translation.structure"}
    assert (found["check.missing"].path, found["check.missing"].severity) == (path, "error")


def test_a_check_may_stand_once_in_a_unit(course: CourseFolder) -> None:
    course.page("::: check k1\n:::")
    problem = course.only("check.repeated")
    assert (problem.path, problem.line) == (f"{UNIT}/pages/two.en.md", 6)


def test_a_check_that_nothing_shows(course: CourseFolder) -> None:
    for language in ("en", "fr"):
        course.replace(f"{UNIT}/pages/two.{language}.md", "::: check k1\n:::\n", "Text\n")
    problem = course.only("check.unused")
    assert (problem.path, problem.line, problem.severity) == (QUESTIONS, 10, "warning")


def test_media_of_the_language_come_first_and_the_courses_last(course: CourseFolder) -> None:
    course.write(f"{UNIT}/media/drawing.fr.svg", SVG)
    assert course.problems() == ()
    course.write("media/drawing.svg", SVG)
    problem = course.only("media.unused")
    assert problem.path == "media/drawing.svg"


def test_a_long_alt_text(course: CourseFolder) -> None:
    course.replace(PAGE, "alt: A box", f"alt: {'x' * 125}")
    assert course.problems() == ()
    course.replace(PAGE, "alt: x", "alt: xx")
    problem = course.only("media.long-alt")
    assert (problem.path, problem.line, problem.severity) == (PAGE, 7, "warning")


def test_a_film_with_everything(course: CourseFolder) -> None:
    course.write(f"{UNIT}/media/visit.mp4", b"\0\0\0\x18ftypmp42")
    captions = "WEBVTT\n\n00:01.000 --> 00:03.000\nHello\n"
    for language in ("en", "fr"):
        course.write(f"{UNIT}/media/visit.{language}.vtt", captions)
    course.write("media/visit.md", "We **see** a press.")
    film = (
        "::: video visit.mp4\ntitle: A visit\ncaptions: visit.vtt\ncredit: c\n"
        "poster: drawing.svg\ntranscript: visit.md\n:::"
    )
    course.page(film)
    assert course.problems() == ()
    assert course.load().transcripts == {"media/visit.md": "We **see** a press."}
    course.write("media/visit.md", "See [dead](page:dead) <script>")
    assert sorted(course.codes()) == ["html.unsafe", "link.dead"]
    course.remove(f"{UNIT}/media/visit.fr.vtt").write("media/visit.md", "Text")
    assert course.only("media.missing").path == FRENCH


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("captions: visit.vtt\n", "media.no-captions"),
        ("transcript_text: Text\n", "media.no-transcript"),
        ("credit: c\n", "media.no-credit"),
        ("title: A visit\n", "field.missing"),
    ],
)
def test_a_film_without_something(course: CourseFolder, line: str, code: str) -> None:
    course.write("media/visit.mp4", b"x").write("media/visit.vtt", "WEBVTT\n")
    film = (
        "::: video visit.mp4\ntitle: A visit\ncaptions: visit.vtt\ncredit: c\n"
        "transcript_text: Text\n:::"
    )
    course.page(film.replace(line, ""))
    assert code in course.codes()


def test_sound_needs_no_captions_but_a_transcript(course: CourseFolder) -> None:
    course.write("media/talk.mp3", b"x")
    sound = "::: audio talk.mp3\ntitle: A talk\ncredit: c\ntranscript_text: Text\n:::"
    assert course.page(sound).problems() == ()
    course.page(sound.replace("transcript_text: Text\n", ""))
    course.only("media.no-transcript")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("media/spare.pdf", "media.unused"),
        (f"{UNIT}/pages/three.en.md", "page.unlisted"),
        (f"{UNIT}/pages/one.de.md", "page.unlisted"),
        (f"{UNIT}/question.yaml", "file.unused"),
        (f"{UNIT}/notes.md", "file.unused"),
        ("glosary.yml", "file.unused"),
        ("units/02-draft/unit.yaml", "unit.unlisted"),
    ],
)
def test_files_that_nothing_uses_are_warnings(course: CourseFolder, path: str, code: str) -> None:
    problem = course.write(path, "x").only(code)
    assert problem.severity == "warning"
    assert path.startswith(problem.path)


@pytest.mark.parametrize("path", ["README.md", "LICENSE", "notes.txt", ".git/config", "docs/a.md"])
def test_other_files_may_lie_beside(course: CourseFolder, path: str) -> None:
    assert course.write(path, "x").problems() == ()


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Vraiment ?", "?"),
        ("Vraiment?", "?"),
        ("Oui ! Non.", "!"),
        ("Deux choses: une et deux", ":"),
        ("Il dit «oui\u00a0»", "«"),
        ("Il dit «\u00a0oui »", "»"),
        ("Un ; deux", ";"),
    ],
)
def test_french_spacing(course: CourseFolder, text: str, sign: str) -> None:
    course.write(FRENCH, (course.root / FRENCH).read_text("utf-8") + f"\n{text}\n")
    problem = course.only("style.french-spacing")
    assert (problem.path, problem.line, problem.severity) == (FRENCH, 11, "warning")
    assert f"“{sign}”" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "Vraiment\u202f? Oui\u00a0! «\u00a0oui\u00a0» et deux\u00a0: voilà…",
        "À 12:30, sur https://example.org/a?b et `a ? b`",
        "[Loi](https://example.org/x?y=1;z)",
        "« oui »".replace(" ", "\u202f"),
        "Quoi\u202f?!",
    ],
)
def test_good_french_spacing(course: CourseFolder, text: str) -> None:
    course.write(FRENCH, (course.root / FRENCH).read_text("utf-8") + f"\n{text}\n")
    assert course.problems() == ()


def test_french_spacing_in_questions(course: CourseFolder) -> None:
    course.replace(QUESTIONS, "Vrai\u202f?", "Vrai ?")
    problem = course.only("style.french-spacing")
    assert (problem.path, problem.line) == (QUESTIONS, 12)


def test_arabic_punctuation(course: CourseFolder) -> None:
    for path in course.root.rglob("*.fr.md"):
        path.rename(path.with_name(path.name.replace(".fr.", ".ar.")))
    for name in ("course.yaml", "glossary.yaml", QUESTIONS, f"{UNIT}/unit.yaml"):
        text = (course.root / name).read_text("utf-8")
        course.write(name, text.replace("fr:", "ar:").replace("fr]", "ar]"))
    assert course.problems() == ()
    arabic = FRENCH.replace(".fr.", ".ar.")
    text = (course.root / arabic).read_text("utf-8")
    course.write(arabic, f"{text}\nهل هذا صحيح؟ نعم، صحيح؛ حقا\n")
    assert course.problems() == ()
    course.write(arabic, f"{text}\nنعم, صحيح\n")
    problem = course.only("style.arabic-punctuation")
    assert (problem.line, problem.column, problem.hint) == (11, 4, "write “،”")


@pytest.mark.parametrize("text", ["here", "Click here", "read more…", "HERE."])
def test_link_texts_that_say_nothing(course: CourseFolder, text: str) -> None:
    path = course.root / PAGE
    course.write(PAGE, path.read_text("utf-8") + f"\nSee [{text}](https://example.org).\n")
    assert course.only("link.text").severity == "warning"


def test_inline_markdown_in_questions_and_glossary_is_checked(course: CourseFolder) -> None:
    course.replace("glossary.yaml", "en: Somebody who votes", "en: '[dead](term:dead)'")
    course.replace(QUESTIONS, "{en: Yes, fr: Oui}}\n", "{en: 'Y <script>', fr: Oui}}\n")
    assert [(p.path, p.line, p.code) for p in course.problems()] == [
        ("glossary.yaml", 3, "link.dead"),
        (QUESTIONS, 7, "html.unsafe"),
    ]


def test_short_hash_is_the_head_of_a_sha256() -> None:
    for name in ("a", "people-first", "x" * 64):
        bits = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big") >> (256 - 18)
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        wanted = alphabet[bits >> 12] + alphabet[bits >> 6 & 63] + alphabet[bits & 63]
        assert short_hash(name) == wanted


def test_ids_with_one_short_form_are_an_error(course: CourseFolder) -> None:
    seen: dict[str, str] = {}
    first = second = ""
    for number in range(5000):
        second = f"q-{number}"
        first = seen.setdefault(short_hash(second), second)
        if first != second:
            break
    course.replace(QUESTIONS, "id: q1", f"id: {first}").replace(
        QUESTIONS, "id: k1", f"id: {second}"
    )
    for language in ("en", "fr"):
        course.replace(f"{UNIT}/pages/two.{language}.md", "k1", second)

    problem = course.only("id.short-hash-collision")

    assert (problem.path, problem.line, problem.severity) == (QUESTIONS, 10, "error")
    assert first in problem.message
    assert second in problem.message


def test_a_page_and_a_question_of_one_name(course: CourseFolder) -> None:
    course.replace(QUESTIONS, "id: q1", "id: one")
    assert course.codes() == ["id.short-hash-collision"]


@pytest.mark.parametrize(
    "markdown", ["`[a](term: b)`", "f(x](y)", "a :: b", ":: quoted", "Use `:: figure x`."]
)
def test_signs_that_mean_nothing_are_left_alone(course: CourseFolder, markdown: str) -> None:
    course.page(markdown)
    assert "markup.left-over" not in course.codes()
