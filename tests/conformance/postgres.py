"""A PostgreSQL server of the test's own, where this machine has the program."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def binaries() -> Path | None:
    """Where initdb and postgres are; None where they are not, or where root may not become the
    user that PostgreSQL asks for."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yields the database's URL."""
    folder = binaries()
    assert folder is not None
    options: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory(prefix="sse-pg-", ignore_cleanup_errors=True) as place:
        if os.getuid() == 0:  # PostgreSQL does not run as root
            options["user"] = "postgres"
            shutil.chown(place, "postgres")
        data = Path(place) / "data"
        command = [folder / "initdb", "-D", data, "-U", "tool", "-A", "trust", "--no-sync"]
        subprocess.run([*command, "-E", "UTF8", "--locale=C"], check=True, cwd=place, **options)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [
                folder / "postgres",
                "-D",
                data,
                "-p",
                str(port),
                "-k",
                place,
                "-F",
                "-h",
                "127.0.0.1",
            ],
            cwd=place,
            **options,
        )
        try:
            url = f"postgresql+psycopg://tool@127.0.0.1:{port}/postgres"
            _wait_for(url, server)
            yield url
        finally:
            server.send_signal(2)  # fast shutdown
            server.wait(20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    until = time.monotonic() + 30
    while True:
        assert server.poll() is None, "PostgreSQL ended"
        try:
            psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < until, "PostgreSQL does not start"
            time.sleep(0.1)
