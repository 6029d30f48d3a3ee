"""The preview's small web server: this computer alone, one thread a request."""

from __future__ import annotations

import errno
import mimetypes
import re
import threading
import webbrowser
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from watchfiles import watch

from scorm_builder.preview import pages
from scorm_builder.preview.site import Site

ADDRESS = "127.0.0.1"
_HEARTBEAT = 15.0
_CHUNK = 1 << 18
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt; charset=utf-8",
}


class PortInUseError(Exception):
    """Another program listens there."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, site: Site) -> None:
        self.site = site
        super().__init__((ADDRESS, port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away in the middle is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        if host not in (ADDRESS, "localhost"):  # a foreign name that was pointed at this computer
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        if path == "/_preview/events":
            self._events(parse_qs(parts.query).get("after", ["0"])[0])
        elif path == "/_preview/reload.js":
            self._send(pages.SCRIPT.encode(), _TYPES[".js"])
        elif path == "/_preview/style.css":
            self._send(pages.STYLE.encode(), _TYPES[".css"])
        elif path.startswith("/player/"):
            self._file(self.server.site.player_file(path.removeprefix("/player/")))
        elif path.startswith("/media/"):
            self._file(self.server.site.media_file(path.removeprefix("/media/")))
        else:
            self._page(path)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _page(self, path: str) -> None:
        html = self.server.site.page(path)
        if html is None:
            self.send_error(HTTPStatus.NOT_FOUND, explain="See the contents at the root: /")
            return
        self._send(html.encode("utf-8"), "text/html; charset=utf-8")

    def _send(self, data: bytes, content_type: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _file(self, path: Path | None) -> None:
        """A file, or the part of it that a media player asks for."""
        if path is None or not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        size = path.stat().st_size
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2]), size - 1) if asked and asked[2] else size - 1
        if asked and first > last:
            self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
        kind = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        if self.command == "HEAD":
            return
        with path.open("rb") as file:
            file.seek(first)
            left = last - first + 1
            while left and (chunk := file.read(min(_CHUNK, left))):
                self.wfile.write(chunk)
                left -= len(chunk)

    def _events(self, after: str) -> None:
        """Server-sent events: the number of each new reading of the course."""
        number = int(after) if after.isascii() and after.isdigit() else 0
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.close_connection = True
        try:
            while (latest := self.server.site.wait_beyond(number, _HEARTBEAT)) is not None:
                beat = f"data: {latest}\n\n" if latest > number else ": still here\n\n"
                self.wfile.write(beat.encode("ascii"))
                self.wfile.flush()
                number = latest
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the terminal is for the author, not for each image."""


def serve(folder: Path, *, port: int, open_browser: bool, announce: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. ``announce`` gets the address once it answers; port 0 is any free one."""
    site = Site(folder)
    try:
        server = _Server(port, site)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise PortInUseError(
            f"port {port} is in use or not allowed: stop the other program, or choose another port "
            f"with --port {port + 1 if port < 65535 else 8321}."
        ) from error
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(folder, site, stop), daemon=True)
    watcher.start()
    address = f"http://{ADDRESS}:{server.server_address[1]}/"
    try:
        announce(address)
        if open_browser:
            webbrowser.open(address)
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        site.close()
        server.server_close()
        watcher.join(timeout=5)


def _watch(folder: Path, site: Site, stop: threading.Event) -> None:
    """Read again after each save; and once when the watch has begun, for what was saved before."""
    begun = False
    for changes in watch(
        folder, stop_event=stop, debounce=200, step=30, rust_timeout=500, yield_on_timeout=True
    ):
        if changes or not begun:
            begun = True
            site.read_again()
