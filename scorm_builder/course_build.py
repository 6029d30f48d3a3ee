"""One build of a course, whoever asks for it: identifiers guarded, media looked into, outputs made.

The command ``scorm-builder build`` and ``scorm_builder.build_course`` are two ways to call this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from content.layout import COURSE_FOLDERS
from content.model import Course
from content.problems import Problem
from scorm_builder.build import BuiltPackage, FailedOutput, build_orders
from scorm_builder.ledger import Ledger
from scorm_builder.lock_keeping import KeptLock
from scorm_builder.media.inspecting import inspect_media
from scorm_builder.media.room import MediaError, MediaRoom
from scorm_builder.minisign import SecretKey
from scorm_builder.order import Order
from scorm_builder.request import Chosen, Request, RequestError

Tell = Callable[[str], None]


class UnfitMediaError(MediaError):
    """Media that pages show cannot be used. Carries all ``problems``, warnings too."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"media of the course cannot be used:\n{listed}", "mend or replace them")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: ``done`` of ``total`` outputs; ``output`` is the last of them."""

    done: int
    total: int
    output: BuiltPackage | FailedOutput


class CourseBuild:
    """The build of what ``request`` has ``chosen`` of ``course``. As a context it looks at the lock
    file and the media first, and tells at the end what came of the lock.

    Entering raises ``LockError``, and ``UnfitMediaError`` where media cannot be shown. ``tell``
    gets a line for each thing that its author should know. Without ``cached``, media are made to
    fit anew, and nothing of that is kept.
    """

    def __init__(
        self,
        course: Course,
        request: Request,
        chosen: Chosen,
        *,
        ledger: Ledger,
        key: SecretKey | None = None,
        cached: bool = True,
        tell: Tell,
    ) -> None:
        self._orders = chosen.orders
        self._notes = chosen.notes
        self._course = course
        self._request = request
        self._ledger = ledger
        self._key = key
        self._cached = cached
        self._tell = tell
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        asked = self._request
        for note in self._notes:
            self._tell(note)
        self._lock = KeptLock(
            self._course, self._orders, accept=asked.accept_changes, locked=asked.locked
        )
        with ExitStack() as undone:
            self._media = undone.enter_context(MediaRoom(cached=self._cached))
            look_into_media(self._course, self._orders, self._media, self._tell)
            self._exit = undone.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.__exit__(kind, error, trace)
        for line in self._lock.told:
            self._tell(line)

    def outputs(self, folder: Path) -> Iterator[BuiltPackage | FailedOutput]:
        """Every output in turn, made into ``folder`` or failed; what fails holds up no other. The
        lock file is written with the first. Raises ``RequestError`` for a folder of the course's
        own, where its next build would find them."""
        check_outside(self._course.root, folder)
        for result in build_orders(
            self._orders,
            folder,
            self._media,
            ledger=self._ledger,
            key=self._key,
            jobs=self._request.hands,
        ):
            if isinstance(result, BuiltPackage):
                self._lock.write()
            yield result


def check_outside(course: Path, folder: Path) -> None:
    """Raises ``RequestError`` where ``folder`` is a part of the course."""
    for name in sorted(COURSE_FOLDERS):
        if folder.resolve().is_relative_to(course.resolve() / name):
            raise RequestError(
                f"{folder} is part of the course; choose a folder outside its {name}", "output"
            )


def look_into_media(course: Course, orders: Iterable[Order], media: MediaRoom, tell: Tell) -> None:
    """Tell the problems of the media that ``orders`` show. Raises ``UnfitMediaError``."""
    asked = list(orders)
    units = [unit for unit in course.units if any(unit in order.units for order in asked)]
    shown = {language for order in asked for language in order.languages}
    languages = [language for language in course.languages if language in shown]
    fitted = media.fitted(light=any(order.light for order in asked))
    problems = inspect_media(course, units, languages, fitted)
    if any(problem.severity == "error" for problem in problems):
        raise UnfitMediaError(problems)
    for problem in problems:
        tell(str(problem))
