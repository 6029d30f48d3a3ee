"""Everything in one HTML file: scripts and styles inside, media as ``data:`` addresses."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from content.render import player_files
from content.render.document import RenderedDocument
from scorm_builder.entries import Entry
from scorm_builder.errors import TooLargeError
from scorm_builder.order import Order
from scorm_builder.plan.documents import rendered
from scorm_builder.plan.inlining import Inlining
from scorm_builder.sizes import readable, room_for

#: Beyond this, browsers on small machines open the file slowly or not at all.
LIMIT = 30_000_000


def entry(order: Order, name: str) -> Entry:
    """The one file. Raises ``TooLargeError``, with the heaviest, where it outgrows the limit."""
    inside = Inlining()
    document = rendered(order, order.units, media_url=inside.place, config={})
    html = with_languages(_with_player(document.html, order), document)
    size = len(html.encode("utf-8")) + inside.added_size(html, document.media)
    _check_size(size, document, order.max_bytes or LIMIT)
    return Entry(name, data=inside.fill(html, document.media).encode("utf-8"))


def _with_player(html: str, order: Order) -> str:
    """Scripts and styles where the document would have loaded them, in their order."""
    for file in player_files(order.form.medium):
        text = file.read().decode("utf-8")
        if file.name.endswith(".css"):
            html = _replaced(
                html,
                f'<link rel="stylesheet" href="player/{file.name}">',
                f"<style>\n{text}</style>",
            )
        else:
            html = _replaced(html, f'<script src="player/{file.name}"></script>', _script(text))
    return html


def with_languages(html: str, document: RenderedDocument) -> str:
    """The scripts of further languages, inert until the player runs the one that is wanted."""
    data = '<script type="application/json" id="course-data">'
    inert = "".join(
        f'<script type="text/plain" data-language="{PurePosixPath(name).stem}">{text}</script>\n'
        for name, text in document.scripts
    )
    return _replaced(html, data, inert + data)


def _script(text: str) -> str:
    """``text`` as an inline script, which nothing inside it may end (HTML 4.12.1.3)."""
    safe = re.sub(r"<(?=/script|!--|script)", r"\\x3C", text, flags=re.IGNORECASE)
    return f"<script>\n{safe}</script>"


def _replaced(html: str, old: str, new: str) -> str:
    before, found, after = html.partition(old)
    if not found:
        raise ValueError(f"the document has no {old}")
    return before + new + after


def _check_size(size: int, document: RenderedDocument, limit: int) -> None:
    if size <= limit:
        return
    largest = sorted(document.media, key=lambda file: file.size, reverse=True)[:5]
    listed = ", ".join(f"{file.path} ({readable(file.size)})" for file in largest)
    error = TooLargeError(
        f"with its media inside, the file would have {readable(size)}, and "
        f"{readable(limit)} is the most; the heaviest are {listed}",
        "build the folder format, or the units one by one (--unit); or allow more: "
        f"--max-size {room_for(size)}",
    )
    error.details = {"max_bytes": limit}
    raise error
