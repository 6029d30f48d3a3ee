"""The lock file on the way of a build: looked at before, written once something is given out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from content.model import Course
from scorm_builder.identifiers import Identifiers, Sco
from scorm_builder.lock import NAME, check_lock, read_lock, write_lock
from scorm_builder.order import Order

_DIVIDED: dict[Sco, str] = {
    "course": (
        "makes the whole course one activity; before, each unit was one of its own (--sco unit)"
    ),
    "unit": (
        "makes each unit an activity of its own; before, the whole course was one (--sco course)"
    ),
}


class KeptLock:
    """What the build of ``orders`` changes in the lock file of ``course``.

    Raises ``LockError`` where the file forbids the build.
    """

    def __init__(
        self, course: Course, orders: Iterable[Order], *, accept: bool, locked: bool
    ) -> None:
        scos = frozenset(_divisions(orders))
        known = read_lock(course.root)
        self._folder = course.root
        self._found = replace(Identifiers.of(course), scos=scos)
        self._changes = check_lock(self._folder, self._found, accept=accept, locked=locked)
        before = known.scos if known else frozenset[Sco]()
        self._kept = replace(self._found, scos=before | scos)
        # How it is divided may be noted down for the first time; that changes nothing.
        self._due = bool(self._changes) or (not locked and self._kept.scos != before)
        #: What came of it, to be said at the end.
        self.told: list[str] = []

    def write(self) -> None:
        """Write the file, the first time, if anything in it changes."""
        if not self._due:
            return
        self._due = False
        self.told += [_warning(way) for way in sorted(self._changes.divided)]
        try:
            write_lock(self._folder, self._kept)
        except OSError as error:
            self.told.append(
                f"warning: {NAME} cannot be written ({error.strerror or error}): the next build "
                "will not notice when an identifier vanishes"
            )
        else:
            if self._changes:
                self.told.append(
                    f"{NAME} has changed; keep it with the course (commit it where you use Git):\n"
                    f"{self._changes.diff()}"
                )


def _warning(way: Sco) -> str:
    return (
        f"WARNING: this build {_DIVIDED[way]}. To an LMS these are other activities: where it is "
        "uploaded over the old package, attempts and scores stay behind or are deleted. Build as "
        "before, or upload it as a course of its own. This is said once."
    )


def _divisions(orders: Iterable[Order]) -> Iterator[Sco]:
    """How LMSs that get these outputs divide the course into activities."""
    for order in orders:
        if order.form.divisible and order.unit is None:
            yield "unit" if order.divided else "course"
