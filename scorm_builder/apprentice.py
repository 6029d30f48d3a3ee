"""A second process that parses most of a course's new pages while the first reads the rest.

Forked before there is any thread, so that it costs nothing to start; what it learns comes back by a
pipe. Even for one page the parser is loaded beside other work. Where systems cannot fork, one does
everything.
"""

from __future__ import annotations

import marshal
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from content.findings import Findings, Mark
from content.known_texts import page_facts, page_key
from content.memo import KNOWN

_LONGEST_PAGE = 1 << 20


class _Page(NamedTuple):
    key: bytes
    path: str
    language: str
    first_line: int
    body: str


def employ(root: Path, hands: int) -> None:
    """Let a second process parse most of the pages in ``root`` that nothing is known of: ``KNOWN``
    waits for it when one of them is asked for."""
    if hands < 2 or sys.platform == "win32" or threading.active_count() > 1:
        return
    pages = [page for page in _pages(root) if KNOWN.get(page.key) is None]
    if not pages:
        return
    # The first process has questions and media to read, too.
    share = pages[len(pages) // 3 :]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(share, writing)
    os.close(writing)

    def fetch() -> None:
        with os.fdopen(reading, "rb") as pipe:
            data = pipe.read()
        os.waitpid(child, 0)
        try:
            KNOWN.fill(marshal.loads(data))  # noqa: S302 - our own child's
        except (ValueError, EOFError, TypeError):
            return  # It died: its pages are parsed here.

    KNOWN.expect({page.key for page in share}, fetch)


def _work(share: Sequence[_Page], writing: int) -> None:
    """In the child, which ends here whatever happens."""
    try:
        KNOWN.forget()
        for page in share:
            page_facts(
                page.body,
                mark=Mark(page.path),
                findings=Findings(),
                language=page.language,
                first_line=page.first_line,
            )
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(marshal.dumps(KNOWN.items(KNOWN.keys())))
    finally:
        os._exit(0)


def _pages(root: Path) -> list[_Page]:
    """The pages as the course will be read: what is guessed wrong is merely not used."""
    found = []
    for path in sorted(root.glob("units/*/pages/*.md")):
        language = path.name.removesuffix(".md").rpartition(".")[2]
        try:
            if path.is_symlink() or path.stat().st_size > _LONGEST_PAGE:
                continue
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
        head, fence, body = text.partition("\n---\n")
        if fence and head.startswith("---\n"):
            first_line = head.count("\n") + 3
            name = path.relative_to(root).as_posix()
            key = page_key(body, language, first_line)
            found.append(_Page(key, name, language, first_line, body))
    return found
