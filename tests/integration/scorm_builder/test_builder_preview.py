"""``scorm-builder preview``: served to this computer alone, anew after each save."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scorm_builder.starter import make_course

COMMAND = [sys.executable, "-m", "scorm_builder", "preview"]


@dataclass
class Preview:
    course: Path
    port: int
    process: subprocess.Popen[str]

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def page(self, path: str) -> str:
        status, _, body = self.ask(path)
        assert status == 200
        return body.decode("utf-8")

    def next_reading(self, after: int) -> int:
        """Wait as the page does, by server-sent events."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", f"/_preview/events?after={after}")
        line = connection.getresponse().readline()
        connection.close()
        return int(line.removeprefix(b"data: "))


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    make_course(tmp_path / "small")
    process = subprocess.Popen(
        [*COMMAND, str(tmp_path / "small"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    address = process.stdout.readline()
    found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", address)
    assert found, address
    yield Preview(tmp_path / "small", int(found[1]), process)
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_contents_link_every_language_and_unit(preview: Preview) -> None:
    page = preview.page("/")
    for address in ("/en/", "/fr/", "/en/first-steps/", "/fr/first-steps/"):
        assert f'href="{address}"' in page
    unit = preview.page("/fr/first-steps/")
    assert "Qui décide" in unit
    assert 'href="/en/first-steps/"' in unit
    for reference in set(re.findall(r'(?:src|href)="(/[^"#]*)"', unit)):
        assert preview.ask(reference)[0] == 200, reference
    assert preview.ask("/de/")[0] == 404
    assert preview.ask("/fr/nowhere/")[0] == 404


def test_it_is_read_again_on_save_and_shows_problems_in_the_page(preview: Preview) -> None:
    page = preview.course / "units/01-first-steps/pages/who-decides.en.md"
    sound = page.read_text("utf-8")
    page.write_text(sound.replace("Who decides?", "Who has the say?"), "utf-8")
    number = preview.next_reading(1)
    assert "Who has the say?" in preview.page("/en/first-steps/")

    page.write_text(sound.replace("page:", "page:").replace("check try-one-vote", "check no-such"))
    number = preview.next_reading(number)
    broken = preview.page("/en/first-steps/")
    assert re.search(r"pages/who-decides\.en\.md:\d+:\d+", broken)
    assert "no-such" in broken
    assert f'data-reading="{number}"' in broken, "the page comes back by itself"

    page.write_text(sound, "utf-8")
    preview.next_reading(number)
    assert "Who decides?" in preview.page("/en/first-steps/")


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
    assert preview.ask("/", Host="evil.example:8321")[0] == 421


def test_it_stops_at_ctrl_c_without_a_fuss(preview: Preview) -> None:
    preview.process.send_signal(signal.SIGINT)
    _, complaints = preview.process.communicate(timeout=20)
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
    assert done.returncode == 2
    assert f"port {port} is in use" in done.stderr
    assert "--port" in done.stderr
