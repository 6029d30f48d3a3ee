"""Files: a course's media, and the player's scripts and styles. Their addresses hold a digest, so
that browsers keep them for good; an older digest gets the present file, to be asked for again."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, abort, send_file

from content.model import Course
from content.render import player_files
from content.render.assets import Medium
from lti_tool.tool import current_tool

blueprint = Blueprint("media", __name__)

#: What a course may show; all else is offered for download, so that no browser runs it.
TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".ogv": "video/ogg",
    ".webm": "video/webm",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
    ".vtt": "text/vtt; charset=utf-8",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_SHOWN = ("image/", "audio/", "video/", "font/", "text/vtt")
#: A picture opened by itself runs nothing and asks nobody.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
_FOREVER = "public, max-age=31536000, immutable"


@blueprint.get("/media/<course_id>/<digest>/<path:path>")
def media(course_id: str, digest: str, path: str) -> Response:
    course = current_tool().shelf.course(course_id)
    if course is None:
        abort(404)
    file = _media_of(course).get(path)
    if file is None or not file.is_file():
        abort(404)
    suffix = file.suffix.lower()
    kind = TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    shown = kind.startswith(_SHOWN)
    if not shown and suffix not in TYPES:
        kind = "application/octet-stream" if kind.startswith("text/") else kind
    response = send_file(
        file, mimetype=kind, conditional=True, as_attachment=not shown, download_name=file.name
    )
    response.headers["Content-Security-Policy"] = _SANDBOX
    return _cached(response, digest == course.digest)


@blueprint.get("/player/<digest>/<path:name>")
def player(digest: str, name: str) -> Response:
    file = _player().get(name)
    if file is None:
        abort(404)
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    response = send_file(BytesIO(file), mimetype=kind, etag=_player_digest(), conditional=True)
    return _cached(response, digest == _player_digest())


def media_base(course: Course) -> str:
    """Where the media of this version of the course lie."""
    return f"/media/{quote(course.id)}/{course.digest}/"


def player_base() -> str:
    return f"/player/{_player_digest()}/"


def _cached(response: Response, present: bool) -> Response:
    response.headers["Cache-Control"] = _FOREVER if present else "no-cache"
    return response


def _media_of(course: Course) -> dict[str, Path]:
    """By the paths of the model alone: a request's path never meets the file system."""
    return {item.path: item.source for item in course.media}


@cache
def _player() -> dict[str, bytes]:
    media: tuple[Medium, ...] = ("lti", "local")  # the second for the picker's preview
    return {item.name: item.read() for medium in media for item in player_files(medium)}


@cache
def _player_digest() -> str:
    digest = hashlib.sha256()
    for name, text in sorted(_player().items()):
        digest.update(name.encode() + b"\0" + text)
    return digest.hexdigest()[:16]
