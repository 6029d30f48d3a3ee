"""A running ``scorm-builder preview``, spoken to as a browser does."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "scorm_builder", "preview"]
#: As if the cleaning of pages had a hole, through which ``HOLE`` becomes a request.
WITH_HOLE = """
import content.render.edition as edition
from scorm_builder.cli import main

honest = edition.render_parts

def holed(body, *, context):
    page = honest(body, context=context)
    return page._replace(html=page.html.replace("HOLE", '<img src="//evil.example/a.png" alt="">'))

edition.render_parts = holed
main()
"""
HOLED_COMMAND = [sys.executable, "-c", WITH_HOLE, "preview"]


@dataclass
class Preview:
    course: Path
    port: int
    process: subprocess.Popen[str]

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
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
        """The number of the next reading, waited for."""
        return int(self.news(after)["number"])

    def news(self, after: int) -> dict[str, Any]:
        """Wait as the page does, by server-sent events, for what it is told."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", f"/_preview/events?after={after}")
        line = connection.getresponse().readline()
        connection.close()
        found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
        return found

    def save(self, path: str | Path, text: str) -> None:
        """At one stroke, as most editors do: what is written where it lies may be read half."""
        beside = self.course.with_name("being-saved")
        beside.write_text(text, "utf-8")
        beside.replace(self.course / path)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def running_preview(course: Path, command: Sequence[str] = COMMAND) -> Iterator[Preview]:
    """The preview of the folder ``course`` on a free port, until the end of the block."""
    process = subprocess.Popen(
        [*command, str(course), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        address = process.stdout.readline()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", address)
        assert found, address
        yield Preview(course, int(found[1]), process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
