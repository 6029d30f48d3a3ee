"""``scorm-builder preview``: served to this computer alone, anew after each save."""

from __future__ import annotations

import errno
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from scorm_builder.preview import watching
from scorm_builder.preview.site import Site
from scorm_builder.starter import make_course
from tests.previewing import COMMAND, Preview, running_preview


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    make_course(tmp_path / "small")
    with running_preview(tmp_path / "small") as preview:
        yield preview


SHOWN = "/show/local/en/first-steps/"
PAGES = "units/01-first-steps/pages"


def test_every_unit_is_there_in_every_language_and_medium(preview: Preview) -> None:
    state = json.loads(preview.page("/_preview/state.json"))
    assert [one["tag"] for one in state["languages"]] == ["en", "fr"]
    assert [one["id"] for one in state["units"]] == ["first-steps"]
    media = {one["name"]: one for one in state["media"]}
    assert {"local", "scorm12", "scorm2004"} <= media.keys()
    assert (media["scorm12"]["api"], media["scorm12"]["limit"]) == ("1.2", 4096)
    for name in media:
        unit = preview.page(f"/show/{name}/fr/first-steps/")
        assert "Qui décide" in unit
        for reference in set(re.findall(r'(?:src|href)="(/[^"#]*)"', unit)):
            assert preview.ask(reference)[0] == 200, reference
    assert "Qui décide" in preview.page("/show/local/fr/")
    for nowhere in (
        "/show/local/de/",
        "/show/local/fr/nowhere/",
        "/show/other/fr/",
        "/show/",
        "/x",
    ):
        assert preview.ask(nowhere)[0] == 404, nowhere


def test_the_page_around_asks_for_nothing_that_is_not_there(preview: Preview) -> None:
    for reference in set(re.findall(r'(?:src|href)="(/[^"#]*)"', preview.page("/"))):
        assert preview.ask(reference)[0] == 200, reference
    assert preview.ask("/_preview/shell.html")[0] == 404
    assert preview.ask("/_preview/../server.py")[0] == 404


def test_the_players_files_may_be_kept_and_the_course_may_not(preview: Preview) -> None:
    page = preview.page(SHOWN)
    script = re.search(r'src="(/player/[^"]+/local\.js)"', page)
    assert script
    assert "immutable" in preview.ask(script[1])[1]["Cache-Control"]
    assert preview.ask(SHOWN)[1]["Cache-Control"] == "no-store"


def problems_of(preview: Preview, page: str = SHOWN) -> list[dict[str, Any]]:
    return problems_in(preview.page(page))


def problems_in(html: str) -> list[dict[str, Any]]:
    data = re.search(r'id="preview-data">(.*?)</script>', html)
    assert data
    found: list[dict[str, Any]] = json.loads(data[1])["problems"]
    return found


def is_sound(preview: Preview) -> bool:
    """There is no such page while the course lacks its unit."""
    status, _, body = preview.ask(SHOWN)
    return status == 200 and not problems_in(body.decode("utf-8"))


def test_it_is_read_again_on_save(preview: Preview) -> None:
    page = preview.course / PAGES / "who-decides.en.md"
    preview.save(page, page.read_text("utf-8").replace("Who decides?", "Who has the say?"))
    preview.next_reading(1)
    assert "Who has the say?" in preview.page(SHOWN)


def first_save(preview: Preview) -> None:
    """Whatever is saved before the watch has begun is told of as a whole."""
    page = preview.course / PAGES / "an-assembly.en.md"
    preview.save(page, page.read_text("utf-8") + "\nMore.\n")
    assert preview.next_reading(1) == 2


def sections(preview: Preview, after: int) -> list[dict[str, str]]:
    """What alone has changed since, as the page is told."""
    news = preview.news(after)
    assert news["number"] == after + 1
    found: list[dict[str, str]] = news["sections"]
    return found


def test_of_new_wording_the_pages_are_told_alone(preview: Preview) -> None:
    page = preview.course / PAGES / "who-decides.en.md"
    text = page.read_text("utf-8")
    first_save(preview)
    preview.save(page, text.replace("one vote**", "a *say* of its own**\n- and a line"))
    (section,) = sections(preview, 2)
    assert (section["view"], section["language"]) == ("first-steps/who-decides", "en")
    assert "<em>say</em> of its own" in section["html"]
    # What the whole document says of the page now.
    assert section["html"] in preview.page(SHOWN)
    preview.save(page, text)
    assert "of its own" not in sections(preview, 3)[0]["html"]
    # Whoever has missed one is not told of the next alone.
    assert preview.news(2)["sections"] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Who decides?", "title: Who has the say?"),
        ("alt: Three", "alt: Several"),
        ("one vote**", "one vote**\n- [here](https://example.org/)"),
        ("term:cooperative", "page:an-assembly"),
    ],
)
def test_of_more_than_wording_no_page_is_told_alone(preview: Preview, old: str, new: str) -> None:
    page = preview.course / PAGES / "who-decides.en.md"
    text = page.read_text("utf-8")
    assert old in text
    first_save(preview)
    preview.save(page, text.replace(old, new))
    assert sections(preview, 2) == []


def test_a_link_in_a_pages_place_is_no_page(preview: Preview, tmp_path: Path) -> None:
    page = preview.course / PAGES / "who-decides.en.md"
    (tmp_path / "secret.md").write_text(page.read_text("utf-8") + "\nSecret\n", "utf-8")
    other = page.with_name("other")
    other.symlink_to(tmp_path / "secret.md")
    first_save(preview)
    other.replace(page)
    assert sections(preview, 2) == []
    assert "file.symlink" in {one["code"] for one in problems_of(preview)}
    assert "Secret" not in preview.page(SHOWN)


def test_problems_say_what_they_concern(preview: Preview) -> None:
    unit = preview.course / "units/01-first-steps"
    page = preview.course / PAGES / "who-decides.en.md"
    preview.save(page, page.read_text("utf-8").replace("alt:", "atl:"))
    questions = unit / "questions.yaml"
    preview.save(questions, questions.read_text("utf-8").replace("value: 20", "value: many"))
    (unit / "media" / "left.csv").write_text("a,b\n")
    number, found = 1, dict[str, Any]()
    while not {"media.no-alt", "field.value", "media.unused"} <= found.keys():
        number = preview.next_reading(number)  # three saves may be one reading or more
        found = {one["code"]: one for one in problems_of(preview)}
    alt = found["media.no-alt"]
    assert alt["place"] == f"{PAGES}/who-decides.en.md:6:1"
    assert alt["at"] == {
        "unit": "first-steps",
        "view": "first-steps/who-decides",
        "language": "en",
        "line": 6,
    }
    assert found["field.value"]["at"] == {"unit": "first-steps", "question": "quorum"}
    assert found["media.unused"]["at"] == {"media": "/media/units/01-first-steps/media/left.csv"}
    # What can be shown with errors is shown; the list says that it cannot be built.
    assert "Who decides?" in preview.page(SHOWN)
    assert json.loads(preview.page("/_preview/state.json"))["hasErrors"] is True


def test_what_cannot_be_shown_stands_as_it_was(preview: Preview) -> None:
    page = preview.course / PAGES / "who-decides.en.md"
    text = page.read_text("utf-8")
    page.unlink()
    number = preview.next_reading(1)
    shown = preview.page(SHOWN)
    assert "Who decides?" in shown
    assert '"stale":true' in shown
    (preview.course / "course.yaml").rename(preview.course / "kept.txt")
    number = preview.next_reading(number)
    assert '"stale":true' in preview.page(SHOWN)
    assert "course.yaml" in {one["place"] for one in problems_of(preview)}
    (preview.course / "kept.txt").rename(preview.course / "course.yaml")
    preview.save(page, text)
    while '"stale":false' not in preview.page(SHOWN):
        number = preview.next_reading(number)


def test_where_nothing_can_be_shown_the_errors_are(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert "course.yaml" in (site.document("local", "-", None) or "")
    assert site.state()["languages"] == []
    make_course(tmp_path / "later")
    (tmp_path / "later" / "course.yaml").write_text("<b>no: [course", "utf-8")
    page = Site(tmp_path / "later").document("local", "en", None) or ""
    assert re.search(r"course\.yaml:\d+:\d+", page)
    assert "<b>no" not in page


def test_texts_of_problems_cannot_leave_their_script(preview: Preview) -> None:
    page = preview.course / PAGES / "who-decides.en.md"
    preview.save(page, page.read_text("utf-8") + "\n::: </script><b>evil</b>\n:::\n")
    preview.next_reading(1)
    for address in (SHOWN, "/"):
        assert "</script><b>evil" not in preview.page(address)
    assert any("<b>evil" in one["message"] for one in problems_of(preview))


def test_media_come_in_parts_and_nothing_else_comes(preview: Preview) -> None:
    path = "/media/units/01-first-steps/media/one-vote.svg"
    status, headers, whole = preview.ask(path)
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    status, headers, part = preview.ask(path, Range="bytes=4-9")
    assert (status, part) == (206, whole[4:10])
    assert headers["Content-Range"] == f"bytes 4-9/{len(whole)}"
    for other in ("/media/course.yaml", "/media/../course.yaml", "/player/../../pyproject.toml"):
        assert preview.ask(other)[0] == 404


def test_a_foreign_name_for_this_computer_is_refused(preview: Preview) -> None:
    for path in ("/", SHOWN, "/_preview/state.json", "/_preview/events"):
        assert preview.ask(path, Host="evil.example:8321")[0] == 421
    assert preview.ask("/", Host=f"localhost:{preview.port}")[0] == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_pages_of_other_sites_reach_nothing(preview: Preview, asked: dict[str, str]) -> None:
    for path in ("/", SHOWN, "/_preview/state.json", "/media/units/01-first-steps/media/x.svg"):
        assert preview.ask(path, **asked)[0] == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    status, headers, _ = preview.ask("/", **link)
    assert (status, headers["X-Frame-Options"]) == (200, "SAMEORIGIN")


def test_a_folder_that_is_replaced_is_watched_again(preview: Preview) -> None:
    kept = preview.course.with_name("kept")
    page = preview.course / PAGES / "who-decides.en.md"
    shutil.copytree(preview.course, kept)
    shutil.rmtree(preview.course)
    number = preview.next_reading(1)
    while is_sound(preview):  # It may have been read before it was gone.
        number = preview.next_reading(number)
    shutil.copytree(kept, preview.course)
    while not is_sound(preview):
        number = preview.next_reading(number)
    kept.rename(preview.course.with_name("other"))
    preview.save(page, page.read_text("utf-8").replace("Who decides?", "Who has the say?"))
    while b"Who has the say?" not in preview.ask(SHOWN)[2]:
        number = preview.next_reading(number)


def test_saves_of_every_editor_are_read(preview: Preview) -> None:
    page = preview.course / PAGES / "who-decides.en.md"
    text = page.read_text("utf-8")
    for name in (".who-decides.en.md.swp", "who-decides.en.md~", "4913", "#who-decides.en.md#"):
        (page.parent / name).write_bytes(b"\0left by an editor")
    (page.parent / ".#who-decides.en.md").symlink_to("someone@computer.1")
    number = 1
    for count in range(40):
        made = page.with_name(f".save-{count}")
        made.write_text(text.replace("decide together", f"decide in {count}"), "utf-8")
        made.replace(page)
    while "decide in 39" not in preview.page(SHOWN):
        number = preview.next_reading(number)
    page.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    while "decide together" not in preview.page(SHOWN):
        number = preview.next_reading(number)
    assert problems_of(preview) == []


def test_without_watches_left_it_looks_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def no_watches(folder: Path, **options: Any) -> Iterator[set[Any]]:
        asked.append(options["force_polling"])
        if not options["force_polling"]:
            raise OSError(errno.ENOSPC, "OS file watch limit reached.")
        yield from watchfiles.watch(folder, **options)

    monkeypatch.setattr(watching, "watch", no_watches)
    stop, told = threading.Event(), threading.Semaphore(0)
    thread = threading.Thread(
        target=watching.watch_folder, args=(tmp_path, lambda paths: told.release(), stop)
    )
    thread.start()
    try:
        assert told.acquire(timeout=60)
        (tmp_path / "course.yaml").write_text("format: 1\n", "utf-8")
        assert told.acquire(timeout=60)
    finally:
        stop.set()
        thread.join(timeout=60)
    # Without watches, a new file may look like a new folder: then it is watched anew.
    assert asked[:2] == [None, True]
    assert all(asked[1:])


def test_it_stops_at_ctrl_c_without_a_fuss(preview: Preview) -> None:
    preview.process.send_signal(signal.SIGINT)
    _, complaints = preview.process.communicate(timeout=60)
    assert preview.process.returncode == 0
    assert "Traceback" not in complaints


def test_a_port_in_use_says_what_to_do(tmp_path: Path) -> None:
    make_course(tmp_path / "small")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, str(tmp_path / "small"), "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"port {port} is in use" in done.stderr
    assert "--port" in done.stderr


def test_without_a_port_the_next_free_one_is_taken(tmp_path: Path) -> None:
    make_course(tmp_path / "small")
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 8321))
            taken.listen()
        except OSError:
            pass  # Taken already, which serves as well.
        process = subprocess.Popen(
            [*COMMAND, str(tmp_path / "small")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        address = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", address)
    assert found
    assert 8321 < int(found[1]) < 8341
