"""The functions behind the commands, for other programs: docs/python-api.md.

``scorm_builder`` hands out what stands in ``__all__`` here, and keeps it: a name, a parameter or a
field goes only with a new major version.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.ids import is_language_tag
from content.load import inspect_course, load_course
from content.model import Course
from content.problems import ContentError, Problem
from scorm_builder.build import BuiltPackage, FailedOutput
from scorm_builder.cache import Cache
from scorm_builder.course_build import CourseBuild, Progress
from scorm_builder.course_weight import OutputWeight, weigh_orders
from scorm_builder.errors import BuildError, VerificationError
from scorm_builder.formats import DEFAULT_FORMAT, FORMATS
from scorm_builder.knowledge import Knowledge
from scorm_builder.lock import LockError
from scorm_builder.minisign import SecretKey, SigningError
from scorm_builder.request import Request, RequestError, UnknownNameError, check_known
from scorm_builder.signing import PASSWORD, read_key
from scorm_builder.starter import DEFAULT_LANGUAGES, TEMPLATES, FolderInUseError, make_course
from scorm_builder.verify import Report, verify_package

__all__ = [
    "BuildError",
    "BuiltPackage",
    "CheckReport",
    "ContentError",
    "Course",
    "FailedOutput",
    "FolderInUseError",
    "LockError",
    "OutputWeight",
    "PackageReport",
    "Problem",
    "Progress",
    "RequestError",
    "UnknownNameError",
    "VerificationError",
    "build_course",
    "check_course",
    "format_names",
    "load_course",
    "new_course",
    "preview_course",
    "validate_package",
    "weigh_course",
]

PackageReport = Report


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
    check_known("template", [template], tuple(TEMPLATES))
    for language in languages:
        if not is_language_tag(language):
            raise UnknownNameError(
                f"“{language}” is no language tag; write one such as en, fr, ar or pt-BR",
                "language",
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
    sign: Path | None = None,
    password: str | None = None,
    jobs: int | None = None,
    cached: bool = True,
    keep_going: bool = False,
    progress: Callable[[Progress], None] = lambda progress: None,
    tell: Callable[[str], None] = lambda line: None,
) -> Iterator[BuiltPackage]:
    """Build into the folder ``output``: yields each output once it stands there, verified.

    An output for each of ``formats`` (see ``format_names``; ``all`` is every one), of each of
    ``units`` or of the whole course, in each of ``languages`` (all unless given) or with all of
    them ``together``. The other parameters are the options of ``scorm-builder build``, and do what
    they do there; ``password`` is that of the key ``sign``, where ``SCORM_BUILDER_KEY_PASSWORD``
    does not say it, and ``cached=False`` is ``--no-cache``. ``progress`` hears of each output, made
    or failed; ``tell`` gets what the command writes to standard error, a line each. With
    ``keep_going`` one output that cannot be made holds up no other.

    Raises ``UnknownNameError``; ``RequestError`` where parameters contradict each other;
    ``LockError`` where identifiers would vanish (or, ``locked``, change); ``BuildError`` for a
    format that the ``profile`` does not take, for media that cannot be shown, for a key that cannot
    be used, and for the first output that cannot be made.
    """
    request = Request(
        formats=tuple(formats),
        languages=tuple(languages),
        units=tuple(units),
        together=together,
        sco_per_unit=sco_per_unit,
        light=light,
        max_bytes=max_bytes,
        profile=profile,
        tool=tool,
        locked=locked,
        accept_changes=accept_changes,
        sign=sign,
        jobs=jobs,
    )
    chosen = request.choose(course)
    known = Knowledge(course.root, Cache() if cached else None, request.hands)
    key = _key(sign, password) if sign is not None else None
    work = CourseBuild(
        course, request, chosen, ledger=known.ledger, key=key, cached=cached, tell=tell
    )
    failed: BuildError | None = None
    try:
        with work:
            for done, result in enumerate(work.outputs(Path(output)), 1):
                progress(Progress(done, len(chosen.orders), result))
                if isinstance(result, BuiltPackage):
                    yield result
                    continue
                failed = failed or result.error
                if not keep_going:
                    break
    finally:
        known.keep()
    if failed is not None:
        raise failed


def _key(path: Path, password: str | None) -> SecretKey:
    def given() -> str:
        known = os.environ.get(PASSWORD) if password is None else password
        if known is None:
            raise SigningError("the key has a password", f"give it, or set {PASSWORD}")
        return known

    return read_key(Path(path), given)


def weigh_course(
    course: Course,
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
    tell: Callable[[str], None] = lambda line: None,
) -> Iterator[OutputWeight]:
    """What of each output weighs what, without building it. The parameters are those of
    ``build_course``; what is larger than ``max_bytes`` says so.

    Raises as ``build_course``, without ``LockError``.
    """
    request = Request(
        formats=tuple(formats),
        languages=tuple(languages),
        units=tuple(units),
        together=together,
        sco_per_unit=sco_per_unit,
        light=light,
        max_bytes=max_bytes,
        profile=profile,
        tool=tool,
    )
    yield from weigh_orders(course, request.choose(course), tell=tell)


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

    check_known("profile", profiles, PROFILE_NAMES)
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
