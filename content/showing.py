"""How an edition of a course shows its media: as they are, or fitted to pages and weak links.

Pages ask a ``Showing`` for every picture and recording. ``ORIGINALS`` answers with the author's
own files; ``scorm_builder.media`` has one that answers with smaller ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from content.model import MediaFile


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in one or more widths, the narrowest first. Browsers load what they need."""

    files: tuple[MediaFile, ...]

    @property
    def widest(self) -> MediaFile:
        return self.files[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A video or a sound. ``seconds`` is None where nobody has looked.

    ``file`` is None in an edition that leaves the recording out: ``sound`` may stand for a video
    then. ``poster`` is for a video whose author chose none.
    """

    original: MediaFile
    file: MediaFile | None
    seconds: int | None = None
    width: int | None = None
    height: int | None = None
    poster: Picture | None = None
    sound: MediaFile | None = None


class Showing(Protocol):
    def picture(self, media: MediaFile) -> Picture: ...

    def recording(self, media: MediaFile) -> Recording: ...

    def made(self) -> Iterable[MediaFile]:
        """The files that it gave out and that are not the author's."""
        ...


class Originals:
    """Everything as the author made it."""

    def picture(self, media: MediaFile) -> Picture:
        return Picture((media,))

    def recording(self, media: MediaFile) -> Recording:
        return Recording(original=media, file=media)

    def made(self) -> Iterable[MediaFile]:
        return ()


ORIGINALS = Originals()
