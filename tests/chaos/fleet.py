"""A server and two workers in processes of their own, to be killed with -9."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

from tests.tool import free_port

ROOT = Path(__file__).parents[2]


class Fleet:
    """``kills`` counts those that were killed and started anew. ``settings`` are further ones by
    their lower-case names."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        courses: Path,
        worker: Sequence[str] = ("worker",),
        **settings: str,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.kills = 0
        self._folder = folder
        self.environment: Mapping[str, str] = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LTI_TOOL_PUBLIC_URL": self.url,
            "LTI_TOOL_DATA_DIR": str(folder),
            "LTI_TOOL_DATABASE_URL": database_url,
            "LTI_TOOL_COURSES": str(courses),
            "LTI_TOOL_SECRET_KEY": "a secret of more than thirty-two characters",
            "LTI_TOOL_TRUSTED_NETWORKS": "127.0.0.0/8",
            "LTI_TOOL_LOG_LEVEL": "warning",
            **{f"LTI_TOOL_{name.upper()}": value for name, value in settings.items()},
        }
        serve = ["serve", "--no-worker", "--port", str(self.port)]
        self._commands: list[Sequence[str]] = [serve, worker, worker]
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._over = False

    def __enter__(self) -> Fleet:
        for number in range(len(self._commands)):
            self._processes.append(self._start(number))
        self.wait_for_server()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._over = True
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(120)

    def wait_for_server(self) -> None:
        until = time.monotonic() + 240
        while time.monotonic() < until and self._processes[0].poll() is None:
            try:
                if requests.get(f"{self.url}/lti/jwks", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError((self._folder / "process-0.log").read_text(errors="replace")[-1500:])

    def command(self, *arguments: str, fails: bool = False) -> str:
        """What it prints; ``fails``: it may end with another exit code than 0."""
        done = subprocess.run(
            self._whole(arguments),
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert fails or done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def kill(self, number: int) -> None:
        """Kill process ``number`` (0: the server) with -9, and start it anew."""
        with self._lock:
            if self._over:
                return
            self._processes[number].kill()
            self._processes[number].wait(120)
            self._processes[number] = self._start(number)
            self.kills += 1

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        with (self._folder / f"process-{number}.log").open("ab") as log:
            return subprocess.Popen(
                self._whole(self._commands[number]),
                env=dict(self.environment),
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )

    def _whole(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "tests.chaos.hurried", *arguments]
