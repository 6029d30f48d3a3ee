"""Transactions of several requests committed as one. SQLite lets one write at a time and waits for
the disk at each commit: whoever comes while one is waiting has it write for them too."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from lti_tool.direct import Direct, Writing

Made = TypeVar("Made")


@dataclass(slots=True)
class _Piece:
    """What one request has to write, and what came of it once ``done``: committed, or failed."""

    work: Callable[[Writing], Any]
    done: bool = False
    made: Any = None
    error: Exception | None = None


class Together:
    """The pieces of work that wait to be written; one for each database file and process."""

    def __init__(self) -> None:
        self._waiting: deque[_Piece] = deque()
        self._leading = threading.Lock()

    def write(self, connection: Direct, work: Callable[[Writing], Made]) -> Made:
        """What ``work`` makes of a transaction, once that is committed. It may be run by another
        thread, and once more where the work of another one fails."""
        piece = _Piece(work)
        self._waiting.append(piece)
        with self._leading:  # once it is had, the piece is done, or nobody has begun it
            while not piece.done and self._waiting:
                self._write_waiting(connection)
        if not piece.done:
            raise RuntimeError("the process was told to end while it wrote")
        if piece.error is not None:
            raise piece.error
        made: Made = piece.made
        return made

    def _write_waiting(self, connection: Direct) -> None:
        """What waits, in one transaction, up to the first that fails; then each of those in one of
        its own, so that a launch that is refused undoes nobody else's."""
        taken: list[_Piece] = []
        try:
            with connection.writing() as transaction:
                while self._waiting:
                    taken.append(self._waiting.popleft())
                    taken[-1].made = taken[-1].work(transaction)
        except connection.out_of_order as error:  # it would not be otherwise for each alone
            for piece in taken:
                piece.error = error
        except Exception as error:
            if len(taken) == 1:
                taken[0].error = error
            else:
                for piece in taken:
                    _write_alone(connection, piece)
        for piece in taken:
            piece.done = True


def _write_alone(connection: Direct, piece: _Piece) -> None:
    try:
        with connection.writing() as transaction:
            piece.made = piece.work(transaction)
    except Exception as error:
        piece.error = error
