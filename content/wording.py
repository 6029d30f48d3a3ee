"""What of a page is wording, and what other parts of a course depend on."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from content.files import MAX_TEXT_BYTES, decode
from content.findings import Findings, Mark
from content.known_texts import Block, page_facts, page_parts


def shape_of(body: str, language: str, first_line: int) -> bytes | None:
    """A digest of everything in a page's Markdown but its wording: what it refers to, its headings
    and blocks with all their fields. None where something is wrong with it, be it a warning.

    Where a page of one shape becomes another of the same, nothing changes in a course but what
    this page shows between its blocks.
    """
    heard = Findings()
    facts = page_facts(
        body, mark=Mark(""), findings=heard, language=language, first_line=first_line
    )
    if heard.count:
        return None
    about = (
        [(one.kind, one.target, one.role) for one in facts.references],
        [part for part, _ in facts.structure],
        [alt for _, alt in facts.alts],
        [_about(part) for part in parts_of(body, language) if isinstance(part, Block)],
    )
    return hashlib.blake2b(repr(about).encode("utf-8"), digest_size=16).digest()


def reread(file: Path, head: str, language: str, shape: bytes | None) -> tuple[str, bytes] | None:
    """The body of a page's file, and the file's SHA-256; None where more than wording differs from
    a page with this ``head`` and ``shape``, or it is no file that could be a page."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        raw = stream.read(MAX_TEXT_BYTES + 1)
    text = decode(raw, Mark(""), Findings()) if len(raw) <= MAX_TEXT_BYTES else None
    if text is None or not text.startswith(head):
        return None
    body = text[len(head) :]
    now = shape_of(body, language, head.count("\n") + 1) if body.strip() else None
    if now is None or now != shape:
        return None
    return body, hashlib.sha256(raw).digest()


def parts_of(body: str, language: str) -> list[str | Block]:
    return page_parts(body, language=language, directives=True, first_line=None)


def with_blocks(body: str, language: str, blocks: Iterable[str]) -> str:
    """The HTML of a page, not cleaned yet; ``blocks`` is that of its blocks, in order."""
    rest = iter(blocks)
    return "".join(
        part if isinstance(part, str) else next(rest) for part in parts_of(body, language)
    )


def _about(block: Block) -> tuple[object, ...]:
    one = block.directive
    fields = sorted((name, field.text) for name, field in one.fields.items())
    return (block.kind, one.name, one.argument, one.fictional, one.minutes, fields)
