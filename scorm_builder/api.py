"""The functions behind the commands, for other programs: docs/python-api.md.

``scorm_builder`` hands out what stands in ``__all__`` here, and keeps it: a name, a parameter or a
field goes only with a new major version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from content.ids import is_language_tag
from content.load import inspect_course, load_course
from content.model import Course
from content.problems import ContentError, Problem
from scorm_builder.build import BuiltPackage, FailedOutput, build_orders
from scorm_builder.errors import BuildError, VerificationError
from scorm_builder.formats import DEFAULT_FORMAT, FORMATS
from scorm_builder.lock import LockError
from scorm_builder.order import Order, orders
from scorm_builder.starter import DEFAULT_LANGUAGES, FolderInUseError, make_course
from scorm_builder.verify import Report, verify_package

__all__ = [
    "BuildError",
    "BuiltPackage",
    "CheckReport",
    "ContentError",
    "Course",
    "FolderInUseError",
    "LockError",
    "PackageReport",
    "Problem",
    "UnknownNameError",
    "VerificationError",
    "build_course",
    "check_course",
    "format_names",
    "load_course",
    "new_course",
    "preview_course",
    "validate_package",
]

PackageReport = Report


class UnknownNameError(ValueError):
    """A format, language, unit, template or profile that there is not; the message lists those
    there are. Of ``new_course`` also what is no language tag."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What ``check_course`` found. ``course`` is None where it has errors; ``problems`` are sorted
    by place, those of the text before those of the media."""

    course: Course | None
    problems: tuple[Problem, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing at all was found, not even a warning."""
        return not self.problems


def new_course(
    folder: Path, *, template: str = "unit", languages: Sequence[str] = DEFAULT_LANGUAGES
) -> tuple[Path, ...]:
    """Make a course in ``folder``, new or empty; returns the files made.

    ``template`` is ``unit``, ``quiz``, ``case-study`` or ``trainers-guide``. There are texts in en,
    fr and ar; other languages begin with the English ones. Raises ``FolderInUseError`` and
    ``UnknownNameError``, both before anything is written, and ``OSError`` where the folder cannot
    be written.
    """
    from scorm_builder.starter import TEMPLATES

    _known("template", [template], tuple(TEMPLATES))
    for language in languages:
        if not is_language_tag(language):
            raise UnknownNameError(
                f"“{language}” is no language tag; write one such as en, fr, ar or pt-BR"
            )
    chosen = tuple(dict.fromkeys(languages)) or DEFAULT_LANGUAGES
    return tuple(make_course(Path(folder), template=template, languages=chosen))


def check_course(folder: Path) -> CheckReport:
    """Every problem of the course in ``folder``: its texts, its media, whether any page would ask
    something of the network, and which identifiers would vanish. Raises nothing for what is wrong
    with the course."""
    from scorm_builder.identifiers import Identifiers
    from scorm_builder.lock import inspect_lock
    from scorm_builder.media.inspecting import inspect_media
    from scorm_builder.media.room import MediaRoom
    from scorm_builder.outside import inspect_requests

    course, problems = inspect_course(Path(folder))
    if course is not None:
        with MediaRoom() as media:
            problems += inspect_media(course, course.units, course.languages, media.fitted())
        problems += inspect_requests(course)
        problems += inspect_lock(course.root, Identifiers.of(course))
    sound = not any(problem.severity == "error" for problem in problems)
    return CheckReport(course if sound else None, problems)


def build_course(
    course: Course,
    output: Path,
    *,
    formats: Sequence[str] = (DEFAULT_FORMAT,),
    languages: Sequence[str] = (),
    units: Sequence[str] = (),
    together: bool = False,
    sco_per_unit: bool = False,
    light: bool = False,
    max_bytes: int | None = None,
    profile: str | None = None,
    tool: str | None = None,
    locked: bool = False,
    accept_changes: bool = False,
) -> Iterator[BuiltPackage]:
    """Build into the folder ``output``: yields each output once it stands there, verified.

    An output for each of ``formats`` (see ``format_names``), of each of ``units`` or of the whole
    course, in each of ``languages`` (all unless given) or with all of them ``together``. The other
    parameters are the options of ``scorm-builder build``; a ``profile`` brings its LMS's size,
    where that is known and no other is given. The course's lock file is looked at before anything
    is built and written with the first output, if its folder can be written to.

    Raises ``UnknownNameError``; ``LockError`` where identifiers would vanish (or, ``locked``,
    change); ``BuildError`` for a format that the ``profile`` does not take, and for the first
    output that cannot be made.
    """
    from scorm_builder.identifiers import Identifiers
    from scorm_builder.lock import check_lock, write_lock
    from scorm_builder.media.room import MediaRoom
    from scorm_builder.profiles import LIMITS, formats_for

    _known("format", formats, format_names())
    _known("language", languages, course.languages)
    _known("unit", units, [unit.id for unit in course.units])
    names = list(dict.fromkeys(formats))
    if profile is not None:
        _known("profile", [profile], tuple(LIMITS))
        names = formats_for(profile, names)
        max_bytes = max_bytes or LIMITS[profile].most
    wanted: list[Order] = orders(
        course,
        formats=[FORMATS[name] for name in names],
        languages=list(dict.fromkeys(languages)),
        units=[unit for unit in course.units if unit.id in units],
        together=together,
        sco_per_unit=sco_per_unit,
        light=light,
        max_bytes=max_bytes,
        profile=profile,
        tool=tool,
    )
    identifiers = Identifiers.of(course)
    due = bool(check_lock(course.root, identifiers, accept=accept_changes, locked=locked))
    with MediaRoom() as media:
        for result in build_orders(wanted, Path(output), media):
            if isinstance(result, FailedOutput):
                raise result.error
            if due:
                due = False
                with suppress(OSError):
                    write_lock(course.root, identifiers)
            yield result


def format_names() -> tuple[str, ...]:
    """The formats that ``build_course`` takes, the default first."""
    return tuple(FORMATS)


def validate_package(
    path: Path, *, profiles: Sequence[str] = (), public_key: Path | None = None
) -> PackageReport:
    """Judge a package of any tool: a zip, a folder, or one manifest.

    ``profiles`` are LMSs whose traps count as well (or ``all``); with ``public_key``, a minisign
    key's file, the package must be signed by it. Raises ``UnknownNameError`` for another profile,
    ``OSError`` where ``path`` or the key cannot be read, and ``BuildError`` where it is no key;
    nothing for what is in a package.
    """
    from scorm_builder.verify.profiles import PROFILE_NAMES

    _known("profile", profiles, PROFILE_NAMES)
    return verify_package(Path(path), profiles=tuple(profiles), public_key=public_key)


def preview_course(
    folder: Path,
    *,
    port: int | None = None,
    open_browser: bool = False,
    announce: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve the preview to this computer until KeyboardInterrupt, which it takes for the end.

    ``announce`` gets the address once it answers. ``port`` 0 is any free one; None is 8321 or the
    next free one. Raises ``scorm_builder.preview.server.PortInUseError``.
    """
    from scorm_builder.preview.server import serve

    serve(Path(folder), port=port, open_browser=open_browser, announce=announce)


def _known(
    kind: Literal["format", "language", "unit", "template", "profile"],
    given: Sequence[str],
    choices: Sequence[str],
) -> None:
    for name in given:
        if name not in choices:
            raise UnknownNameError(
                f"there is no {kind} “{name}” here; choose from {', '.join(choices)}"
            )
