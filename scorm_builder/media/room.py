"""Where media are fitted for the orders of one run: looked at once, whatever asks for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Self

from scorm_builder.cache import cache_folder
from scorm_builder.errors import BuildError
from scorm_builder.media.fitted import Fitted
from scorm_builder.media.store import Store
from scorm_builder.media.used import shown_media, uses
from scorm_builder.media.workshop import Workshop
from scorm_builder.order import Order


class MediaError(BuildError):
    """A course's picture cannot be shown."""

    code = "build.media"


class MediaRoom:
    """A context: its workers end with it, what they made stays in ``folder`` (the builder's cache
    unless given). Without ``cached`` nothing is known, and nothing stays."""

    def __init__(self, folder: Path | None = None, *, cached: bool = True) -> None:
        store = Store(folder or cache_folder() / "media") if cached else Store.passing()
        self._workshop = Workshop(store)
        self._lock = Lock()
        self._fitted: dict[tuple[bool, bool], Fitted] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._workshop.close()

    def fitted(self, *, light: bool = False, one_width: bool = False) -> Fitted:
        found = self._fitted.get((light, one_width))
        if found is None:
            found = Fitted(self._workshop, light=light, one_width=one_width)
            self._fitted[light, one_width] = found
        return found

    def prepared(self, order: Order) -> Order:
        """``order`` with all of its media made to fit. Raises ``MediaError``."""
        # An LMS that takes a cartridge apart mends the addresses in src and href alone.
        one_width = order.form.family in ("single", "cartridge")
        media = shown_media(uses(order.course, order.units, order.languages))
        # Orders may come side by side: what one has made, the next need not make again.
        with self._lock:
            fitted = self.fitted(light=order.light, one_width=one_width)
            for file, unfit in fitted.prepare(media):
                raise MediaError(f"{file.path}: {unfit.message}", unfit.hint)
        return replace(order, showing=fitted)
