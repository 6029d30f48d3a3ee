"""Our side of a trial: the tool, started as its operators start it, and its commands."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import requests

BIN = Path(sys.executable).parent
Found = TypeVar("Found")


@contextmanager
def running(
    folder: Path, *, public_url: str, port: int, **settings: str
) -> Iterator[Mapping[str, str]]:
    """The tool on SQLite in ``folder``, reached at ``public_url``; yields its environment.

    ``settings`` are further ones by their lower-case names, such as ``courses="…"``.
    """
    environment = {
        **os.environ,
        "LTI_TOOL_PUBLIC_URL": public_url,
        "LTI_TOOL_DATA_DIR": str(folder),
        "LTI_TOOL_TRUSTED_NETWORKS": "127.0.0.0/8,::1/128",
        **{f"LTI_TOOL_{name.upper()}": value for name, value in settings.items()},
    }
    log = folder / "serve.log"
    command = [str(BIN / "lti-tool"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield environment
    finally:
        process.terminate()
        process.wait(30)


def lti_tool(*arguments: str, env: Mapping[str, str]) -> str:
    """What ``lti-tool`` prints on standard output."""
    command = [str(BIN / "lti-tool"), *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{arguments}: {done.stderr or done.stdout}"
    return done.stdout


def invite(settings: Mapping[str, str], *options: str) -> str:
    """A URL that registers the tool once."""
    printed = lti_tool("registrations", "invite", *options, "--json", env=settings)
    return str(json.loads(printed)["url"])


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], Found | None], seconds: float = 30) -> Found:
    """The first value other than None that ``look`` gives."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"did not come within {seconds:.0f} s")


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"the tool does not start: {log.read_text()[-3000:]}")
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
