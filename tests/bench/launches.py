"""Launches a second, delay, processor time and memory of the tool, beside a bare PyLTI1p3 tool and
a floor (tests/bench/floor.py) under the same server (waitress) in the same run. Every launch is
whole: a login, a signed token of a new user, the launch. The generator shares the machine's
processors: compare the rows, not machines."""

from __future__ import annotations

import argparse
import http.client
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.conformance.platform import LTI, Platform, running_platform
from tests.conformance.postgres import running_postgres

THREADS = 8
AT_ONCE = 16
#: Bare tools, by how many files their caches may hold before they are looked through.
BARE = {"bare": 500, "bare-unpruned": 0}
#: The least of the floor's launches a second, and the most of its processor time, that is aimed at.
GOAL_RATE, GOAL_PROCESSOR = 0.5, 2.0


@dataclass(frozen=True)
class Figures:
    name: str
    rate: float
    p50: float
    p95: float
    processor: float
    memory: float


def serve(
    kind: str, port: int, platform_url: str, client_id: str, folder: Path, database: str | None
) -> None:
    """One of the servers, in a process of its own."""
    from waitress.server import create_server

    logging.getLogger("waitress.queue").setLevel("ERROR")  # it tells of each request that waits
    app: Any
    if kind in BARE:
        from tests.bench.bare_tool import create_bare_tool

        app = create_bare_tool(platform_url, client_id, folder, BARE[kind])
    elif kind == "floor":
        app = _floor(platform_url, folder, database)
    else:
        app = _tool(port, platform_url, client_id, folder, database)
    create_server(app, host="127.0.0.1", port=port, threads=THREADS).run()


def _floor(platform_url: str, folder: Path, database: str | None) -> Any:
    import jwt
    import requests

    from tests.bench.floor import create_floor

    (key,) = requests.get(f"{platform_url}/jwks", timeout=10).json()["keys"]
    return create_floor(jwt.PyJWK(key).key, folder, database)


def _tool(port: int, platform_url: str, client_id: str, folder: Path, database: str | None) -> Any:
    from lti_tool.app import create_app
    from lti_tool.db import upgrade_database
    from lti_tool.models import Registration, db
    from lti_tool.server import prepared_app
    from lti_tool.settings import load_settings

    settings = load_settings(
        public_url=f"http://127.0.0.1:{port}",
        data_dir=folder,
        trusted_networks=(ip_network("127.0.0.0/8"),),
        threads=THREADS,
        log_level="warning",
        secret_key="a secret of more than thirty-two characters",
        **({"database_url": database} if database else {}),
    )
    upgrade_database(create_app(settings))
    app = prepared_app(settings)
    with app.app_context():
        urls = {f"{name}_url": f"{platform_url}/{name}" for name in ("auth", "token", "jwks")}
        db.session.add(
            Registration(
                public_id="bench", name="Bench", issuer=platform_url, client_id=client_id, **urls
            )
        )
        db.session.commit()
    return app


@contextmanager
def served(
    kind: str, platform: Platform, folder: Path, database: str | None
) -> Iterator[tuple[int, int]]:
    """Yields port and process id."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.launches", "--serve", kind]
    command += ["--port", str(port), "--platform", platform.url, "--folder", str(folder)]
    command += ["--client-id", platform.client_id]
    command += ["--database", database] if database else []
    process = subprocess.Popen(command)
    try:
        until = time.monotonic() + 300
        while time.monotonic() < until:
            if process.poll() is not None:
                raise RuntimeError(f"the {kind} server ended with {process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


class Client:
    """One connection, kept open, that launches again and again."""

    def __init__(self, kind: str, port: int, platform: Platform) -> None:
        prefix = "/lti/bench" if kind == "tool" else ""
        self._login = f"{prefix}/login"
        self._launch = "/lti/launch" if kind == "tool" else "/launch"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._target = f"http://127.0.0.1:{port}{self._launch}"
        self._platform = platform

    def launch(self, user: str) -> float:
        """Seconds that the tool took for login and launch; signing is not counted."""
        fields = {
            "iss": self._platform.issuer,
            "login_hint": user,
            "target_link_uri": self._target,
            "client_id": self._platform.client_id,
        }
        took, answer = self._request("GET", f"{self._login}?{urlencode(fields)}")
        assert answer.status in (302, 303), answer.status
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        cookies = "; ".join(
            line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie") or ()
        )
        claims = self._platform.claims(sub=user, nonce=query["nonce"][0])
        claims[LTI + "target_link_uri"] = self._target
        body = urlencode({"state": query["state"][0], "id_token": self._platform.sign(claims)})
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        more, answer = self._request("POST", self._launch, body, headers)
        assert answer.status in (200, 303), answer.status
        return took + more

    def _request(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[float, http.client.HTTPResponse]:
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers or {})
        answer = self._connection.getresponse()
        answer.read()
        return time.perf_counter() - begun, answer


def measure(kind: str, name: str, launches: int, database: str | None = None) -> Figures:
    with (
        running_platform() as platform,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        served(kind, platform, Path(folder), database) as (port, process),
    ):
        own = threading.local()

        def launch(number: int) -> float:
            if not hasattr(own, "client"):
                own.client = Client(kind, port, platform)
            took: float = own.client.launch(f"user-{number}")
            return took

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(launch, range(AT_ONCE * 2)))  # warm
            before, begun = _processor(process), time.perf_counter()
            times = sorted(pool.map(launch, range(1000, 1000 + launches)))
            wall, spent = time.perf_counter() - begun, _processor(process) - before
            memory = _peak_memory(process)
    return Figures(
        name=name,
        rate=launches / wall,
        p50=times[len(times) // 2] * 1000,
        p95=times[int(len(times) * 0.95)] * 1000,
        processor=spent / launches * 1000,
        memory=memory,
    )


def _processor(process: int) -> float:
    """Seconds of processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_memory(process: int) -> float:
    """Megabytes that a process has held at most."""
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def table(launches: int = 1000) -> str:
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        bare = measure("bare", "bare PyLTI1p3 + Flask, its file cache as it comes", launches)
        unpruned = measure(
            "bare-unpruned", "the same, its cache never pruned (threshold=0)", launches
        )
        floors = measure("floor", "floor, SQLite", launches)
        tools = measure("tool", "the tool, SQLite", launches)
        floorp = measure("floor", "floor, PostgreSQL", launches, postgres)
        toolp = measure("tool", "the tool, PostgreSQL", launches, postgres)
    lines = [
        "| launches | a second | p50 ms | p95 ms | processor ms each | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for row in (bare, unpruned, floors, tools, floorp, toolp):
        lines.append(
            f"| {row.name} | {row.rate:.0f} | {row.p50:.0f} | {row.p95:.0f} "
            f"| {row.processor:.2f} | {row.memory:.0f} |"
        )
    lines += ["", "| ratio | launches a second | processor time |", "|---|---|---|"]
    for name, one, other in (
        ("the tool ÷ bare, SQLite", tools, bare),
        ("the tool ÷ bare, PostgreSQL", toolp, bare),
        ("the tool ÷ bare never pruned, SQLite", tools, unpruned),
        ("the tool ÷ bare never pruned, PostgreSQL", toolp, unpruned),
        ("the tool ÷ floor, SQLite", tools, floors),
        ("the tool ÷ floor, PostgreSQL", toolp, floorp),
    ):
        lines.append(
            f"| {name} | {one.rate / other.rate:.2f} | {one.processor / other.processor:.2f} |"
        )
    lines += [
        "",
        f"Goal: at least {GOAL_RATE} of the floor's launches a second, and at most "
        f"{GOAL_PROCESSOR:.0f} times its processor time.",
        "",
    ]
    for name, one, other in (("SQLite", tools, floors), ("PostgreSQL", toolp, floorp)):
        lines.append(_goal(name, one, other))
    return "\n".join(lines)


def _goal(name: str, tool: Figures, floor: Figures) -> str:
    rate, processor = tool.rate / floor.rate, tool.processor / floor.processor
    met = {True: "met", False: "missed"}
    return (
        f"- {name}: {rate:.2f} of the launches ({met[rate >= GOAL_RATE]}), "
        f"{processor:.2f} times the processor time ({met[processor <= GOAL_PROCESSOR]})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--launches", type=int, default=1000)
    parser.add_argument("--serve", choices=("tool", *BARE, "floor"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--platform", help=argparse.SUPPRESS)
    parser.add_argument("--client-id", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--database", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(
            options.serve,
            options.port,
            options.platform,
            options.client_id,
            options.folder,
            options.database,
        )
    else:
        print(table(options.launches))


if __name__ == "__main__":
    main()
