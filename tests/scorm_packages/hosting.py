"""A web server on the loopback for the packages that an LMS has imported."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from zipfile import ZipFile


class PackageHost:
    """Use as a context manager. ``url`` is its address; ``other_site`` the same by another name,
    which to a browser is another site."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        """``handler`` answers; it finds this host in its attribute ``lms``."""
        self._packages: dict[str, dict[str, bytes]] = {}
        bound = type("Handler", (handler,), {"lms": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
        self._server.daemon_threads = True
        port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{port}"
        self.other_site = f"http://localhost:{port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def upload(self, name: str, package: Path) -> None:
        """Import a package, zipped or not; again under the same name is an update."""
        if package.is_dir():
            files = (path for path in package.rglob("*") if path.is_file())
            self._packages[name] = {
                path.relative_to(package).as_posix(): path.read_bytes() for path in files
            }
            return
        with ZipFile(package) as archive:
            self._packages[name] = {entry: archive.read(entry) for entry in archive.namelist()}

    def file(self, name: str, entry: str) -> bytes | None:
        return self._packages.get(name, {}).get(entry)
