"""The preview's small web server: this computer alone, one thread a connection."""

from __future__ import annotations

import errno
import json
import mimetypes
import re
import threading
import webbrowser
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from content.memo import KNOWN
from scorm_builder.preview import lrs, pages
from scorm_builder.preview.site import Site
from scorm_builder.preview.watching import watch_folder

ADDRESS = "127.0.0.1"
#: For what is known of texts, in characters.
_ROOM = 64 << 20
_HEARTBEAT = 15.0
_CHUNK = 1 << 18
_MAX_BODY = 1 << 20
#: How many ports after the one asked for are tried.
_NEXT_PORTS = 20
_FRESH, _KEPT = "no-store", "max-age=31536000, immutable"
_HTML = "text/html; charset=utf-8"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt; charset=utf-8",
    ".woff2": "font/woff2",
}


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class PortInUseError(Exception):
    """Another program listens there."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, site: Site) -> None:
        self.site = site
        self.lrs = lrs.PreviewLrs()
        super().__init__((ADDRESS, port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away in the middle is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # An answer goes out whole: its head would else wait for the browser's acknowledgement.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def _is_ours(self) -> bool:
        """Whether it was asked for by our name, and not by another site's page."""
        host = self.headers.get("Host") or ""
        if host.rpartition(":")[0] not in (ADDRESS, "localhost"):
            # A foreign name that was pointed at this computer.
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return False
        if self.headers.get("Origin", f"http://{host}") != f"http://{host}":
            self.send_error(HTTPStatus.FORBIDDEN)
            return False
        # Pictures and scripts are asked for without an Origin (Fetch Metadata, 2). A link may come
        # from anywhere.
        site = self.headers.get("Sec-Fetch-Site", "none")
        if site not in ("none", "same-origin") and self.headers["Sec-Fetch-Mode"] != "navigate":
            self.send_error(HTTPStatus.FORBIDDEN)
            return False
        return True

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "SAMEORIGIN")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def do_GET(self) -> None:
        if not self._is_ours():
            return
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        site = self.server.site
        if path == "/":
            self._send(site.shell().encode(), _HTML)
        elif path == "/_preview/events":
            self._events(parse_qs(parts.query).get("after", ["0"])[0])
        elif path == "/_preview/state.json":
            self._send(json.dumps(site.state()).encode(), "application/json")
        elif path == lrs.ROOT + "view.json":
            self._send(json.dumps(self.server.lrs.view()).encode(), "application/json")
        elif path.startswith(lrs.ROOT):
            self._lrs(b"")
        elif path.startswith("/_preview/"):
            name, keep = path.removeprefix("/_preview/"), _KEPT if parts.query else _FRESH
            self._file(pages.static_file(name), keep)
        elif path.startswith("/player/"):
            self._player(path.removeprefix("/player/").partition("/")[2])
        elif path.startswith("/media/"):
            self._file(site.media_file(path.removeprefix("/media/")))
        else:
            self._document(path)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        """Only the LMS of a cmi5 preview takes anything."""
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > _MAX_BODY:
            self.close_connection = True
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length))
        if not self._is_ours():
            return
        if self.path == lrs.ROOT + "launch":
            wish = _object(body)
            query = self.server.lrs.launch(
                f"http://{self.headers['Host']}/",
                str(wish.get("activity", "course")),
                fresh=wish.get("fresh") is True,
                mode="Review" if wish.get("review") is True else "Normal",
            )
            self._send(json.dumps({"query": query}).encode(), "application/json")
        elif self.path == lrs.ROOT + "failing":
            self.server.lrs.fail(_object(body).get("failing") is True)
            self._send(b"{}", "application/json")
        elif self.path.startswith(lrs.ROOT):
            self._lrs(body)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _lrs(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.title(): value for name, value in self.headers.items()}
        headers["X-Experience-API-Version"] = self.headers.get("X-Experience-API-Version", "")
        answer = self.server.lrs.answer(self.command, parts.path, query, headers, body)
        self.send_response(answer.status)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.body)))
        if answer.etag:
            self.send_header("ETag", answer.etag)
        self.send_header("Cache-Control", _FRESH)
        self.end_headers()
        self.wfile.write(answer.body)

    def _document(self, path: str) -> None:
        """``/show/<medium>/<language>/`` and ``/show/<medium>/<language>/<unit>/``."""
        asked = re.fullmatch(r"/show/([^/]+)/([^/]+)/(?:([^/]+)/)?", path)
        html = self.server.site.document(asked[1], asked[2], asked[3]) if asked else None
        if html is None:
            body = pages.not_found(path).encode("utf-8", "replace")
            self._send(body, _HTML, HTTPStatus.NOT_FOUND)
            return
        self._send(html.encode("utf-8"), _HTML)

    def _send(
        self, data: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK, keep: str = _FRESH
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", keep)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _player(self, name: str) -> None:
        file = self.server.site.player_file(name)
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind = _TYPES.get(PurePosixPath(name).suffix) or mimetypes.guess_type(name)[0]
        self._send(file.read(), kind or "application/octet-stream", keep=_KEPT)

    def _file(self, path: Path | None, keep: str = _FRESH) -> None:
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
        self.send_header("Cache-Control", keep)
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
        # A file that became shorter meanwhile: the browser must not wait for the rest.
        self.close_connection = self.close_connection or bool(left)

    def _events(self, after: str) -> None:
        """Server-sent events: the number of each new reading of the course, and the pages that
        alone are different in it; none where more is, or may be."""
        number = int(after) if after.isascii() and after.isdigit() else 0
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", _FRESH)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        try:
            while (latest := self.server.site.wait_beyond(number, _HEARTBEAT)) is not None:
                beat = ": still here"
                if latest.number > number:
                    sections = latest.sections if latest.number == number + 1 else ()
                    beat = "data: " + json.dumps({"number": latest.number, "sections": sections})
                self.wfile.write(f"{beat}\n\n".encode("ascii"))
                self.wfile.flush()
                number = latest.number
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the terminal is for the author, not for each image."""


def serve(
    folder: Path,
    *,
    port: int | None,
    open_browser: bool,
    announce: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C. ``announce`` gets the address once it answers.

    ``port`` 0 is any free one; None is the usual one or, where that is taken, one of the next.
    Raises ``PortInUseError``.
    """
    # Every page of a large course is known between two saves.
    KNOWN.room = _ROOM
    site = Site(folder)
    server = _listen(site, port)
    stop = threading.Event()
    watcher = threading.Thread(
        target=watch_folder, args=(folder, site.read_again, stop), daemon=True
    )
    watcher.start()
    threading.Thread(target=site.prove, daemon=True).start()
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


USUAL_PORT = 8321


def _listen(site: Site, port: int | None) -> _Server:
    tried = [port] if port is not None else range(USUAL_PORT, USUAL_PORT + _NEXT_PORTS)
    for number in tried:
        try:
            return _Server(number, site)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    if port is None:
        last = USUAL_PORT + _NEXT_PORTS - 1
        raise PortInUseError(
            f"all ports from {USUAL_PORT} to {last} are in use: stop other previews, or write "
            "--port 0, which takes any free one."
        )
    raise PortInUseError(
        f"port {port} is in use or not allowed: stop the other program, choose another number, or "
        "leave --port out, which takes the next free one."
    )
