"""The ``Showing`` of packages: pictures in the widths that pages need, recordings with length and
poster, and, in the light edition, small pictures and the sound of videos alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from content.media import SOUNDS, VIDEOS, extension
from content.model import MediaFile
from content.showing import Picture, Recording
from scorm_builder.media.recipes import (
    FULL,
    LIGHT,
    POSTER_WIDTH,
    SINGLE,
    SOUND,
    PictureRecipe,
)
from scorm_builder.media.sniff import Container, PictureHead, container, look_at_picture
from scorm_builder.media.store import Kept
from scorm_builder.media.unfit import UnfitError
from scorm_builder.media.workshop import Workshop

_RASTER = frozenset({".jpeg", ".jpg", ".png", ".webp"})
_RECORDED = VIDEOS | SOUNDS


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a recording: its container by the head, and what the worker found, or why
    it found nothing."""

    container: Container | None
    kept: Kept | None
    unfit: UnfitError | None


class Fitted:
    """Answers for one edition. ``one_width`` is for outputs that carry everything in one file.

    Raises ``UnfitMediaError`` for a file that cannot be shown; a recording that nothing is known
    of is given as it is.
    """

    def __init__(self, workshop: Workshop, *, light: bool = False, one_width: bool = False) -> None:
        self._workshop = workshop
        self._light = light
        self._recipe: PictureRecipe = LIGHT if light else SINGLE if one_width else FULL
        self._pictures: dict[Path, Picture] = {}
        self._recordings: dict[Path, Recording] = {}
        self._looks: dict[Path, Look] = {}
        self._heads: dict[Path, PictureHead] = {}
        self._made: dict[str, MediaFile] = {}

    def made(self) -> Iterable[MediaFile]:
        return tuple(self._made.values())

    def picture(self, media: MediaFile) -> Picture:
        found = self._pictures.get(media.source)
        if found is None:
            found = self._pictures[media.source] = self._fit(media)
        return found

    def recording(self, media: MediaFile) -> Recording:
        found = self._recordings.get(media.source)
        if found is None:
            found = self._recordings[media.source] = self._fit_recording(media)
        return found

    def prepare(self, media: Iterable[MediaFile]) -> list[tuple[MediaFile, UnfitError]]:
        """Do the work for all of ``media``, side by side; what cannot be shown, in order."""
        unfit: dict[str, tuple[MediaFile, UnfitError]] = {}

        def attempt(file: MediaFile) -> None:
            try:
                if extension(file.path) in _RECORDED:
                    self.recording(file)
                else:
                    self.picture(file)
            except UnfitMediaError as error:
                unfit[file.path] = (file, error.unfit)

        wanted = [one for one in media if extension(one.path) in _RASTER | _RECORDED]
        self._workshop.all([partial(attempt, one) for one in wanted if not self._is_easy(one)])
        return [unfit[path] for path in sorted(unfit)]

    def _is_easy(self, media: MediaFile) -> bool:
        """Whether ``media`` is a picture that is known already, or is seen to fit."""
        if media.source in self._pictures or media.source in self._recordings:
            return True
        try:
            if extension(media.path) in _RECORDED or not self._fits(media):
                return False
        except OSError:
            return False
        self._pictures[media.source] = Picture((media,))
        return True

    def _fits(self, media: MediaFile) -> bool:
        """Whether ``media`` is shown as it is; its head tells."""
        if extension(media.path) not in _RASTER:
            return True
        head = self._heads[media.source] = look_at_picture(media.source)
        if head.moving:
            return True
        small = media.size <= self._recipe.light_enough
        narrow = (media.width or 0) <= self._recipe.widths[-1]
        return small and narrow and not head.private and not head.unusual

    def _fit(self, media: MediaFile) -> Picture:
        try:
            if self._fits(media):
                return Picture((media,))
            kept = self._workshop.make("picture", media.source, self._recipe.as_dict())
        except (UnfitError, OSError) as error:
            raise UnfitMediaError(media, error) from error
        files = [
            self._file(media, kept, one) if one["name"] else media for one in kept.facts["files"]
        ]
        return Picture(tuple(files) or (media,))

    def _file(self, media: MediaFile, kept: Kept, one: dict[str, Any]) -> MediaFile:
        """A file that was made of ``media``: it lies beside it under a name that no author's file
        has, and that changes with what is in it."""
        name = str(one["name"])
        stem = media.path.rpartition(".")[0]
        path = f"{stem}-{kept.folder.name[:8]}-{name}"
        source: Path = kept.folder / name
        size = source.stat().st_size
        file = MediaFile(path, source, size, one.get("width"), one.get("height"))
        self._made[path] = file
        return file

    def head(self, media: MediaFile) -> PictureHead:
        """What the head of a picture tells; nothing of one that was not prepared."""
        return self._heads.get(media.source, PictureHead())

    def look(self, media: MediaFile) -> Look:
        """What a recording is, looked at once."""
        found = self._looks.get(media.source)
        if found is None:
            found = self._looks[media.source] = self._look(media)
        return found

    def _look(self, media: MediaFile) -> Look:
        kind: Container | None = None
        try:
            kind = container(media.source)
            if kind is None:
                return Look(None, None, None)
            how = {"width": POSTER_WIDTH, "quality": self._recipe.quality}
            return Look(kind, self._workshop.make("recording", media.source, how, kind), None)
        except (UnfitError, OSError) as error:
            return Look(kind, None, UnfitMediaError(media, error).unfit)

    def _fit_recording(self, media: MediaFile) -> Recording:
        look = self.look(media)
        if look.container is None or look.kept is None:
            return Recording(original=media, file=media)
        facts = look.kept.facts
        poster = sound = None
        file: MediaFile | None = media
        if facts["picture"]:
            poster = Picture((self._file(media, look.kept, facts["poster"]),))
        if self._light and facts["sound"]:
            sound = self._sound(media, look.container)
        if self._light and facts["picture"]:
            file = None
        elif sound and sound.size < 0.9 * media.size:
            file, sound = sound, None
        return Recording(
            original=media,
            file=file,
            seconds=facts["seconds"],
            width=facts.get("width"),
            height=facts.get("height"),
            poster=poster,
            sound=sound,
        )

    def _sound(self, media: MediaFile, kind: Container) -> MediaFile | None:
        try:
            made = self._workshop.make("sound", media.source, SOUND.as_dict(), kind)
        except (UnfitError, OSError):
            return None
        return self._file(media, made, dict(made.facts))


class UnfitMediaError(Exception):
    """A picture that cannot be shown."""

    def __init__(self, media: MediaFile, error: UnfitError | OSError) -> None:
        super().__init__(f"{media.path}: {error}")
        self.media = media
        self.unfit = (
            error
            if isinstance(error, UnfitError)
            else UnfitError("file.unreadable", f"this cannot be read: {error}", "check the file")
        )
