"""What a worker says of media that cannot be used: data, for it goes through a pipe."""

from __future__ import annotations

import errno

#: What systems say of a file that is written, never of one that is read.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


class UnfitError(Exception):
    """``code`` is stable and documented in docs/course-format.md; ``hint`` says what to do."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "hint": self.hint}


def is_full(error: Exception) -> bool:
    """Whether ``error`` is about the disk that is written to, and not about the media."""
    return getattr(error, "errno", None) in _NO_ROOM


def damaged(what: str) -> UnfitError:
    return UnfitError(
        "media.damaged",
        f"this {what} cannot be read to its end",
        "copy it again from where it came from, or export it again",
    )


def too_costly(what: str) -> UnfitError:
    return UnfitError(
        "media.too-costly",
        f"this {what} needs more memory or time than a build may take",
        "export it smaller: no page shows a picture wider than 1440 pixels",
    )
