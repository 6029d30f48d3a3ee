"""What makes a site an app that works without a connection: its service worker and manifest.

Both lie beside ``index.html``: a worker serves the folder that it lies in (Service Workers,
"scope"), and the player registers it there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from content.model import Theme, direction
from content.render.assets import PLAYER
from content.render.document import script_json
from content.theming.palette import light_colour

#: Their names below the site's folder, which the document of medium ``web`` asks for.
WORKER = "sw.js"
APP_MANIFEST = "manifest.webmanifest"
#: Larger files are fetched and kept in pieces of this size, each by a request of its own.
PIECE = 4 << 20


class KeptFile(NamedTuple):
    """A file of the site: its name below the site's folder, its SHA-256 in hexadecimal."""

    name: str
    sha256: str
    bytes: int


def service_worker(course_id: str, shell: Iterable[KeptFile], media: Iterable[KeptFile]) -> str:
    """The text of ``sw.js``.

    ``shell`` is kept on the device from the first visit on: the document, its languages, the
    player, the app's manifest. ``media`` are kept as they are seen, and all of them when the
    learner asks for it. Neither may name the worker itself.
    """
    kept = {
        "course": course_id,
        "piece": PIECE,
        "files": {
            file.name: [file.sha256, file.bytes, needed]
            for needed, files in ((1, shell), (0, media))
            for file in sorted(files)
        },
    }
    source = (PLAYER / "worker" / WORKER).read_text(encoding="utf-8")
    return f"const KEPT = {script_json(kept)};\n{source}"


def app_manifest(title: str, language: str, *, player_base: str, theme: Theme | None = None) -> str:
    """The text of ``manifest.webmanifest`` (W3C Web Application Manifest), in the colours of
    ``theme``."""
    icons = [
        {"src": f"{player_base}icons/icon.svg", "sizes": "any", "type": "image/svg+xml"},
        *(
            {
                "src": f"{player_base}icons/icon-{size}.png",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size in (192, 512)
            for purpose in ("any", "maskable")
        ),
    ]
    manifest = {
        "id": "./",
        "name": title,
        "short_name": title if len(title) <= 24 else f"{title[:23].rstrip()}…",
        "lang": language,
        "dir": direction(language),
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "theme_color": light_colour(theme, "accent"),
        "background_color": light_colour(theme, "paper"),
        "icons": icons,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
