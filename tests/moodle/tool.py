"""Our side of the trial: the tool, started for it, and the packages, built for it."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

_BIN = Path(sys.executable).parent
Settings = Mapping[str, str]


@contextmanager
def running(
    folder: Path, log: Path, *, public_url: str, port: int, moodle: str
) -> Iterator[Settings]:
    """The tool on SQLite in ``folder``, reached at ``public_url``. Its settings, as environment."""
    settings = {
        **os.environ,
        "LTI_TOOL_PUBLIC_URL": public_url,
        "LTI_TOOL_DATA_DIR": str(folder),
    }
    settings.setdefault("LTI_TOOL_TRUSTED_NETWORKS", ",".join(private_networks(moodle)))
    address = f"http://127.0.0.1:{port}/"
    if _answers(address):
        raise RuntimeError(f"port {port} is taken: choose another by --port, or use --tool-url")
    command = [str(_BIN / "lti-tool"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=settings, stdout=stream, stderr=stream)
    try:
        until = time.monotonic() + 180
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                tail = log.read_text(errors="replace")[-600:]
                raise RuntimeError(f"the tool does not start: {tail}")
            time.sleep(0.2)
        yield settings
    finally:
        process.terminate()
        process.wait(30)


def invite(settings: Settings) -> str:
    """A URL that registers the tool once."""
    told = _run("lti-tool", "registrations", "invite", "--json", env=settings)
    return str(json.loads(told)["url"])


def build(course: Path, unit: str, language: str, folder: Path) -> dict[str, Path]:
    """Both packages of one unit, by format."""
    formats = [part for name in ("scorm12", "scorm2004") for part in ("--format", name)]
    choice = ["--unit", unit, "--language", language, "--output", str(folder), "--json"]
    lines = _run("scorm-builder", "build", str(course), *formats, *choice).splitlines()
    built = [json.loads(line) for line in lines if line.strip()]
    return {package["format"]: Path(package["path"]) for package in built}


def private_networks(url: str) -> list[str]:
    """The addresses of the host of ``url`` that are private: the tool is to trust these alone."""
    parts = urlsplit(url)
    found = {info[4][0] for info in socket.getaddrinfo(parts.hostname, parts.port or 443)}
    addresses = [ipaddress.ip_address(address) for address in found]
    return [f"{one}/{one.max_prefixlen}" for one in addresses if one.is_private]


def _run(command: str, *arguments: str, env: Settings | None = None) -> str:
    done = subprocess.run(
        [str(_BIN / command), *arguments], env=env, capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        said = (done.stderr or done.stdout)[-600:]
        raise RuntimeError(f"{command} {arguments[0]} failed: {said}")
    return done.stdout


def _answers(address: str) -> bool:
    try:
        urlopen(address, timeout=5).close()
    except HTTPError:
        return True
    except (URLError, OSError):
        return False
    return True
