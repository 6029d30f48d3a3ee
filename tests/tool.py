"""Our side of a trial: the tool, started as its operators start it, and its commands."""

from __future__ import annotations

import ipaddress
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import requests

BIN = Path(sys.executable).parent
Found = TypeVar("Found")


@contextmanager
def running(
    folder: Path, *, public_url: str, port: int, log: Path | None = None, **settings: str
) -> Iterator[Mapping[str, str]]:
    """The tool on SQLite in ``folder``, reached at ``public_url``; yields its environment.

    ``settings`` are further ones by their lower-case names, such as ``courses="…"``; unless they
    say otherwise the tool may call this machine. Raises RuntimeError where it does not start.
    """
    environment = {
        **os.environ,
        "LTI_TOOL_PUBLIC_URL": public_url,
        "LTI_TOOL_DATA_DIR": str(folder),
        "LTI_TOOL_TRUSTED_NETWORKS": "127.0.0.0/8,::1/128",
        **{f"LTI_TOOL_{name.upper()}": value for name, value in settings.items()},
    }
    log = log or folder / "serve.log"
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise RuntimeError(f"port {port} is taken: choose another")
    command = [str(BIN / "lti-tool"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=environment, stdout=stream, stderr=stream)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield environment
    finally:
        process.terminate()
        process.wait(120)


def lti_tool(*arguments: str, env: Mapping[str, str]) -> str:
    """What ``lti-tool`` prints on standard output."""
    return _printed("lti-tool", *arguments, env=env)


def build(course: Path, unit: str, language: str, folder: Path) -> dict[str, Path]:
    """Both packages of one unit, by format."""
    formats = [part for name in ("scorm12", "scorm2004") for part in ("--format", name)]
    choice = ["--unit", unit, "--language", language, "--output", str(folder), "--json"]
    lines = _printed("scorm-builder", "build", str(course), *formats, *choice).splitlines()
    built = [json.loads(line) for line in lines if line.strip()]
    return {package["format"]: Path(package["path"]) for package in built}


def build_one(
    course: Path, form: str, language: str, unit: str | None, folder: Path, extra: list[str]
) -> Path:
    """One package of a course, or of its ``unit`` alone."""
    chosen = ["--unit", unit] if unit else []
    choice = ["--format", form, "--language", language, *chosen, *extra]
    line = _printed(
        "scorm-builder", "build", str(course), *choice, "--output", str(folder), "--json"
    )
    return Path(json.loads(line)["path"])


def invite(settings: Mapping[str, str], *options: str) -> str:
    """A URL that registers the tool once."""
    printed = lti_tool("registrations", "invite", *options, "--json", env=settings)
    return str(json.loads(printed)["url"])


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now. Not one of those that systems give out by
    themselves: any connection might get it before it is used."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def eventually(look: Callable[[], Found | None], seconds: float = 60) -> Found:
    """The first value other than None that ``look`` gives."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"did not come within {seconds:.0f} s")


def private_networks(url: str) -> list[str]:
    """The addresses of the host of ``url`` that are private: the tool is to trust these alone."""
    parts = urlsplit(url)
    found = {info[4][0] for info in socket.getaddrinfo(parts.hostname, parts.port or 443)}
    addresses = [ipaddress.ip_address(address) for address in found]
    return [f"{one}/{one.max_prefixlen}" for one in addresses if one.is_private]


def _printed(command: str, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    whole = [str(BIN / command), *arguments]
    done = subprocess.run(whole, env=env, capture_output=True, text=True, timeout=300)
    if done.returncode:
        said = (done.stderr or done.stdout)[-600:]
        raise RuntimeError(f"{command} {arguments[0]} failed: {said}")
    return done.stdout


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 180
    while True:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the tool does not start: {log.read_text(errors='replace')[-600:]}")
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
