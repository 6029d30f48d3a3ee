"""The lock file on the way of a build: looked at before, written once something is given out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scorm_builder.commands.course import failed

if TYPE_CHECKING:
    from content.model import Course


class KeptLock:
    """What a build changes in the lock file of ``course``. Ends the command with 1 where the file
    forbids the build."""

    def __init__(self, course: Course, *, accept: bool, locked: bool) -> None:
        from scorm_builder.identifiers import Identifiers
        from scorm_builder.lock import LockError, check_lock

        self._course = course
        self._identifiers = Identifiers.of(course)
        try:
            changes = check_lock(course.root, self._identifiers, accept=accept, locked=locked)
        except LockError as error:
            raise failed(f"{error.code}: {error}") from error
        self._changes = changes
        self._due = bool(changes)
        self._told = ""

    def write(self) -> None:
        """Write the file, the first time, if anything in it changes."""
        from scorm_builder.lock import NAME, write_lock

        if not self._due:
            return
        self._due = False
        try:
            write_lock(self._course.root, self._identifiers)
        except OSError as error:
            self._told = (
                f"warning: {NAME} cannot be written ({error.strerror or error}): the next build "
                "will not notice when an identifier vanishes"
            )
        else:
            self._told = (
                f"{NAME} has changed; keep it with the course (commit it where you use Git):\n"
                f"{self._changes.diff()}"
            )

    def tell(self) -> None:
        """Say what came of it."""
        if self._told:
            click.echo(self._told, err=True)
