"""What a page needs to know of its surroundings to become HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from content.model import Course, Unit
from content.showing import ORIGINALS, Showing


class Words(Protocol):
    """The interface's words: ``words("block.minutes", n=20)`` → “20 minutes”.

    Asked for: ``block.<kind>`` for case, example, key-idea, reflection and activity,
    ``block.fictional``, ``block.minutes`` (n), ``block.credit`` (credit), ``block.transcript``,
    ``block.video``, ``block.audio``, ``block.seconds`` (n), ``block.light-sound`` (size),
    ``block.light-text`` (size), ``block.light-online``.
    """

    def __call__(self, key: str, /, **values: str | int) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What a page needs to know of its surroundings.

    ``media_url`` gives the address under which the document finds a media path of the course.
    ``page_id`` keeps the ids inside a page apart from those of other pages of the document. With
    ``first_line``, the line of its file on which the Markdown begins, each block tells in
    ``data-line`` where it was written: previews show problems there. ``showing`` chooses
    the files of each picture and recording.
    """

    course: Course
    unit: Unit
    language: str
    page_id: str
    words: Words
    media_url: Callable[[str], str]
    first_line: int | None = None
    showing: Showing = ORIGINALS
