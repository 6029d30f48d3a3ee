"""What can go wrong between a sound course and a package. Codes are stable.

A course with problems is ``content.problems.ContentError``; these are about the building itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from content.problems import Problem


class BuildError(Exception):
    """A package could not be made. ``code`` is stable; ``hint`` says what to do. ``details`` are
    further facts for a script, ``lines`` the same for people."""

    code = "build.failed"
    details: Mapping[str, object] = MappingProxyType({})
    lines: Sequence[str] = ()

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} ({hint})" if hint else message)

    def as_dict(self) -> dict[str, object]:
        """What ``build --json`` says of it."""
        return {"error": self.code, "message": self.message, "hint": self.hint, **self.details}


def unreadable(source: Path, error: OSError) -> BuildError:
    """For a file that was there when the course was read."""
    return BuildError(
        f"{source} cannot be read: {error.strerror or error}",
        "the file may have been moved while the package was being built; build again",
    )


def unwritable(target: Path, error: OSError) -> BuildError:
    """For an output that the disk, a quota or a limit has no room for."""
    return BuildError(
        f"{target} cannot be written: {error.strerror or error}",
        "make room there, or choose another folder with --output",
    )


def interrupted(error: OSError) -> BuildError:
    """For whatever the system refuses while an output is planned."""
    return BuildError(
        f"{error.filename or 'the system'}: {error.strerror or error}",
        "check that the file is there and can be read, and that the disk has room; build again",
    )


class NoRoomError(BuildError):
    """What is made on the way to an output can be put nowhere."""

    code = "build.no-room"

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"nothing can be written to {folder}: {error.strerror or error}",
            "make room there, or set TMPDIR to a folder that has some",
        )


class TooLargeError(BuildError):
    """An output is larger than it may be."""

    code = "build.too-large"


class CourseError(BuildError):
    """A course has errors. Carries all its ``problems``, warnings too."""

    code = "build.course"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("the course has errors", "mend them: scorm-builder check lists them")


class ProfileError(BuildError):
    """The LMS of a profile does not take what was asked for."""


class VerificationError(BuildError):
    """The package was made, reopened, and found wanting: it was not put in place."""

    code = "build.verification"

    def __init__(self, package: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            f"{package} does not pass its own verification:\n{listed}",
            "if the problems name files of yours, mend those; otherwise please report this",
        )
