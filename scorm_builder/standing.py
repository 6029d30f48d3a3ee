"""Which media stand in the archives that the last builds have left: where the next versions have
the same, they need not be written again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scorm_builder.cache import Cache
from scorm_builder.code_version import code_version
from scorm_builder.identity import Identity
from scorm_builder.in_place import Edited, edited
from scorm_builder.placing import sweep
from scorm_builder.zip_writing import Block, Stored


class Standing:
    """Kept in ``cache``."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    @contextmanager
    def edited(
        self, target: Path, media: Callable[[], tuple[Stored, ...]]
    ) -> Iterator[Edited | None]:
        """``target`` as the draft of its next version, with the same ``media``, where it is just as
        a build has left it; otherwise None."""
        kept = self._cache.read("media", _name(target))
        if kept is None or kept["code"] != code_version() or kept["parts"] != media():
            yield None
            return
        sweep(target)
        with edited(target, Identity(*kept["identity"]), kept["length"]) as edit:
            yield edit

    def note(self, target: Path, draft: Identity, media: Block) -> None:
        """``target``, which ``draft`` has become, begins with ``media``. If somebody else has put
        something there since, nothing is known of that."""
        with suppress(OSError):
            identity = Identity.of(target.stat())
            if identity == draft._replace(changed=identity.changed):
                about = {"code": code_version(), "identity": tuple(identity)}
                self._cache.write("media", _name(target), {**about, **media._asdict()})


def _name(target: Path) -> str:
    return hashlib.sha256(str(target).encode("utf-8", "surrogateescape")).hexdigest()
