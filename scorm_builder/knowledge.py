"""What builds of a course have learned: parsed texts, checksums of media, deflated texts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from content.memo import KNOWN, Memo
from scorm_builder.cache import Cache
from scorm_builder.code_version import code_version
from scorm_builder.identity import Identity
from scorm_builder.ledger import Ledger

#: Of what earlier runs knew and this one did not ask for, so much is kept beside the rest.
_ROOM = 48 << 20


class Knowledge:
    """Of the course in ``root``. Without a ``cache`` nothing is known, and nothing kept."""

    def __init__(self, root: Path, cache: Cache | None, hands: int = 2) -> None:
        self.ledger = Ledger(hands)
        self._cache = cache
        self._name = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogateescape"))
        self._before: dict[Identity, tuple[int, bytes]] = {}
        KNOWN.room = max(KNOWN.room, 2 * _ROOM)
        kept = cache.read("known", self._name.hexdigest()) if cache else None
        if kept is not None and kept["code"] == code_version():
            KNOWN.fill(kept["texts"])
            self.ledger.deflated.fill(kept["deflated"])
            self._before = {Identity(*key): value for key, value in kept["files"].items()}
            self.ledger.known.update(self._before)

    def keep(self) -> None:
        """Remember it for the next build, where there is anything new."""
        KNOWN.gather()
        ledger = self.ledger
        if self._cache is None:
            return
        files = {key: ledger.known[key] for key in ledger.used}
        if not (KNOWN.learned or ledger.deflated.learned or files != self._before):
            return
        others = {key: value for key, value in self._before.items() if key not in files}
        several = [*files.items(), *others.items()][:20_000]
        self._cache.write(
            "known",
            self._name.hexdigest(),
            {
                "code": code_version(),
                "texts": _latest(KNOWN),
                "deflated": _latest(ledger.deflated),
                "files": {tuple(key): value for key, value in several},
            },
        )


def _latest(memo: Memo) -> dict[bytes, tuple[int, Any]]:
    """What was used, and of the rest what there is room for, the latest first."""
    found = memo.items(reversed(memo.used))
    room = _ROOM
    for key, (size, value) in memo.items(memo.keys()).items():
        if key not in found and room > size:
            room -= size
            found[key] = (size, value)
    return found
