"""``make run``: builds the shipped course's packages, starts the tool and the practice LMS.

The two are different sites to a browser, as a tool and an LMS are in life: the tool is 127.0.0.1,
the LMS localhost. What they remember is in ``var/``; deleting that folder starts afresh.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import requests

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
COURSE = ROOT / "content" / "courses" / "sse-management"
VAR = ROOT / "var"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool-port", type=int, default=8000)
    parser.add_argument("--lms-port", type=int, default=8001)
    options = parser.parse_args()
    for name, port in (("TOOL_PORT", options.tool_port), ("LMS_PORT", options.lms_port)):
        if in_use(port):
            print(
                f"Port {port} is in use. Stop what listens there, or choose another: "
                f"make run {name}={port + 10}",
                file=sys.stderr,
            )
            return 1
    VAR.mkdir(exist_ok=True)
    if (code := build_packages()) != 0:
        return code

    tool_url = f"http://127.0.0.1:{options.tool_port}"
    lms_url = f"http://localhost:{options.lms_port}"
    environment = {
        **os.environ,
        "LTI_TOOL_PUBLIC_URL": tool_url,
        "LTI_TOOL_DATA_DIR": str(VAR),
        "LTI_TOOL_DATABASE_URL": f"sqlite:///{VAR}/lti-tool-{options.tool_port}.sqlite",
        "LTI_TOOL_TRUSTED_NETWORKS": "127.0.0.0/8,::1/128",
    }
    store = VAR / f"practice-lms-{options.lms_port}.sqlite"
    servers: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, interrupt)
    try:
        serve = [BIN / "lti-tool", "serve", "--host", "127.0.0.1"]
        servers.append(start([*serve, "--port", str(options.tool_port)], environment))
        lms = [sys.executable, "-m", "tests.practice_lms", "--store", store]
        servers.append(start([*lms, "--port", str(options.lms_port)], environment))
        wait_for(f"{tool_url}/health", servers[0])
        wait_for(lms_url, servers[1])
        introduce(environment, lms_url)
        print(WELCOME.format(lms=lms_url, tool=tool_url, dist=ROOT / "dist"), flush=True)
        while all(server.poll() is None for server in servers):
            time.sleep(0.5)
        print("A server has stopped: see above.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 0
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(timeout=15)


WELCOME = """
SSE Campus is running.

  Practice LMS   {lms}          take the unit as a learner, or look on as the trainer
    as Marc, in French          {lms}/course?who=marc
    as Amina, in Arabic         {lms}/course?who=amina
    as Leïla, the trainer       {lms}/course?who=leila
    the gradebook               {lms}/gradebook?who=leila
  The LTI tool   {tool}
  SCORM packages {dist}

Stop with Ctrl-C.
"""


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def in_use(port: int) -> bool:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            try:
                if probe.connect_ex((host, port)) == 0:
                    return True
            except OSError:
                continue
    return False


def build_packages() -> int:
    """Checks the course and builds its packages into ``dist/``; returns the exit code."""
    print("Checking the course and building its SCORM packages …", file=sys.stderr)
    check = subprocess.run([BIN / "scorm-builder", "check", COURSE], check=False)
    if check.returncode != 0:
        return check.returncode
    formats = ["--format", "scorm12", "--format", "scorm2004"]
    build = [BIN / "scorm-builder", "build", COURSE, *formats, "--output", ROOT / "dist"]
    # It lists the packages on standard output for scripts; people read its log.
    return subprocess.run(build, check=False, stdout=subprocess.DEVNULL).returncode


def start(command: Sequence[str | Path], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C reaches this script alone, which then stops its servers in order.
    return subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)


def wait_for(url: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(f"{url} did not start: see above.")
        try:
            requests.get(url, timeout=2)
            return
        except requests.RequestException:
            time.sleep(0.1)
    raise SystemExit(f"{url} did not answer within {seconds:.0f} s.")


def introduce(environment: dict[str, str], lms_url: str) -> None:
    """Registers the tool with the practice LMS and puts the first unit into its course, once."""
    registered = subprocess.run(
        [BIN / "lti-tool", "registrations", "list", "--json"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if lms_url in registered:
        return
    invite = subprocess.run(
        [BIN / "lti-tool", "registrations", "invite", "--auto-approve", "--json"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    url = json.loads(invite)["url"]
    answer = requests.get(f"{lms_url}/tools/register", params={"url": url}, timeout=30)
    answer.raise_for_status()
    client_id = requests.get(f"{lms_url}/tools", timeout=5).json()[-1]["client_id"]
    link = {
        "client_id": client_id,
        "title": "What makes it SSE?",
        "custom": "course=sse-management\nunit=a1",
    }
    requests.post(f"{lms_url}/links?who=leila", data=link, timeout=5).raise_for_status()


if __name__ == "__main__":
    raise SystemExit(main())
