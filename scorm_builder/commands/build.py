"""``scorm-builder build``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from scorm_builder.commands.course import (
    COURSE,
    failed,
    known,
    load_with_places,
    look_into_media,
    once,
)
from scorm_builder.commands.ending import clean_end
from scorm_builder.commands.kept import KeptBuild
from scorm_builder.commands.sizes import SIZE
from scorm_builder.tool_address import wrong_with

#: As in ``scorm_builder.formats``, which is not imported for a mere --help; a test compares them.
FORMAT_NAMES = (
    "scorm12",
    "scorm2004",
    "scorm2004-3rd",
    "scorm2004-2nd",
    "cmi5",
    "cc11",
    "cc13",
    "thincc",
    "folder",
    "single",
    "web",
)
ALL = "all"
#: As in ``scorm_builder.profiles``, likewise.
PROFILE_NAMES = (
    "moodle",
    "moodle-app",
    "chamilo",
    "ilias",
    "canvas",
    "brightspace",
    "openedx",
)


@click.command()
@click.argument("course", type=COURSE)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice((*FORMAT_NAMES, ALL)),
    metavar="NAME",
    help="One of the formats above, or all; scorm12 unless given. May be repeated.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="XX",
    help="A language of the course; every language unless given. May be repeated.",
)
@click.option(
    "--together",
    is_flag=True,
    help="All these languages in one output, in which learners switch; the first is shown first.",
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="ID",
    help="Package this unit alone; the whole course unless given. May be repeated.",
)
@click.option(
    "--sco",
    type=click.Choice(("course", "unit")),
    default="course",
    show_default=True,
    help="What the LMS tracks: the course as one activity, or each unit as one of its own.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="Folder for what is built; made if it is not there.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILE_NAMES),
    help="Build for this LMS: the formats and sizes that it takes, and none of its known traps.",
)
@click.option(
    "--max-size",
    "most",
    type=SIZE,
    help="Refuse an output that is larger (50MB), and tell what weighs what.",
)
@click.option(
    "--tool",
    metavar="ADDRESS",
    help="The LTI tool that thincc links to, such as https://campus.example.org.",
)
@click.option("--light", is_flag=True, help="The edition for weak links: small pictures, no video.")
@click.option(
    "--locked",
    is_flag=True,
    help="Refuse to build if scorm-builder.lock would change: for continuous integration.",
)
@click.option(
    "--accept-changes",
    is_flag=True,
    help="Let identifiers vanish that were given out, and what learners did there with them.",
)
@click.option(
    "--sign",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="KEY",
    help="Sign each output's checksums with this key (see scorm-builder keys).",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=lambda: min(4, os.cpu_count() or 1),
    help="How many outputs and files are worked on at once; as many as there are processors.",
)
@click.option("--no-cache", is_flag=True, help="Build everything anew, and remember nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an output.")
def build(
    course: Path,
    formats: Sequence[str],
    languages: Sequence[str],
    together: bool,
    units: Sequence[str],
    sco: str,
    output: Path,
    profile: str | None,
    most: int | None,
    tool: str | None,
    light: bool,
    locked: bool,
    accept_changes: bool,
    sign: Path | None,
    jobs: int,
    no_cache: bool,
    as_json: bool,
) -> None:
    """Build packages of the course folder COURSE.

    One output for each format and language, named <course>[-<unit>]-<language>-<format>. Each is
    verified before it takes its place; the same course always gives the same bytes.

    \b
    Formats, and what they are for:
        scorm12         every LMS, and Moodle's phone app offline; begin here
        scorm2004       LMSs that keep completion and success apart (4th edition)
        scorm2004-3rd   the same for LMSs that stopped at the 3rd edition
        scorm2004-2nd   the same for LMSs that stopped at the 2nd edition
        cmi5            LMSs with a learning record store (xAPI)
        cc11            Common Cartridge: pages and quizzes of the LMS's own, as Moodle takes it
        cc13            the same for LMSs that take version 1.3
        thincc          links to the tool at --tool ADDRESS, for an LMS that knows it by LTI
        folder          to open from a disk or a USB stick, without a server
        single          one HTML file with everything inside, to send around
        web             a site for any web server; installs as an app, works without a connection
    \b
    Updating: upload the new package over the old one, and learners keep their attempts. Titles,
    texts and the order of pages may change; ids, and with them the names of page files, may not.
    scorm-builder.lock in the course folder remembers them: keep it with the course, and a build
    tells you before one vanishes.
    \b
    Examples:
        scorm-builder build my-course
        scorm-builder build my-course --format scorm12 --format scorm2004 --language fr
        scorm-builder build my-course --together --language ar --language fr
        scorm-builder build my-course --sco unit --format all
        scorm-builder build my-course --unit first-steps --output packages --json
    """
    if locked and accept_changes:
        raise click.UsageError(
            "--locked refuses every change and --accept-changes allows them: give one of the two."
        )
    if tool is not None and (wrong := wrong_with(tool)):
        raise click.UsageError(f"--tool {tool!r}: {wrong}.")
    context = click.get_current_context()
    context.with_resource(clean_end())
    kept = context.with_resource(
        KeptBuild(course, context.params, cached=not no_cache, jobs=jobs, sign=sign)
    )
    if kept.unchanged() or kept.revised(as_json=as_json):
        return
    from scorm_builder.build import build_orders
    from scorm_builder.commands.lock import KeptLock
    from scorm_builder.commands.progress import Progress
    from scorm_builder.formats import FORMATS
    from scorm_builder.media.room import MediaRoom
    from scorm_builder.order import orders

    source = load_with_places(course, kept.ledger)
    loaded = source.course
    known("--language", languages, loaded.languages)
    known("--unit", units, [unit.id for unit in loaded.units])
    names, most = chosen(formats, most, tool=tool, profile=profile, sco=sco)
    if sign is not None:
        _tell_unsigned(names, formats)
    wanted = orders(
        loaded,
        formats=[FORMATS[name] for name in names],
        languages=once(languages),
        units=[unit for unit in loaded.units if unit.id in units],
        together=together,
        sco_per_unit=sco == "unit",
        signed=sign is not None,
        light=light,
        max_bytes=most,
        profile=profile,
        tool=tool,
    )
    key = kept.key()
    lock = KeptLock(loaded, accept=accept_changes, locked=locked)
    with MediaRoom(cached=not no_cache) as media:
        fitted = media.fitted(light=light)
        look_into_media(loaded, wanted[0].units, once(languages), fitted)
        with Progress(len(wanted), as_json=as_json) as progress:
            for result in build_orders(
                wanted, output, media, ledger=kept.ledger, key=key, jobs=jobs
            ):
                kept.note(result)
                if progress.tell(result):
                    lock.write()
    kept.leave(source)
    lock.tell()
    if progress.failures:
        raise failed(f"{progress.failures} of {len(wanted)} outputs could not be built.")


def chosen(
    formats: Sequence[str], most: int | None, *, tool: str | None, profile: str | None, sco: str
) -> tuple[Sequence[str], int | None]:
    """The formats meant and the most that an output may have, after all options that bear upon
    them. Ends the command with 2 where they contradict each other."""
    from scorm_builder.formats import DEFAULT_FORMAT, FORMATS

    names: Sequence[str] = every(tool) if ALL in formats else once(formats or [DEFAULT_FORMAT])
    if profile:
        names, most = _fit_for(profile, once(formats), most)
        names = [name for name in names if name in every(tool) or name in formats]
    if sco == "unit" and not any(FORMATS[name].divisible for name in names):
        raise click.UsageError(
            f"--sco unit: nothing to divide into activities in {', '.join(names)}; "
            "it is for SCORM and cmi5 packages."
        )
    if sco == "unit" and (whole := [name for name in names if not FORMATS[name].divisible]):
        click.echo(f"note: --sco unit leaves undivided: {', '.join(whole)}", err=True)
    return names, most


def _tell_unsigned(names: Sequence[str], formats: Sequence[str]) -> None:
    """Say which of ``names`` go without a signature; those named in ``formats`` may not."""
    from scorm_builder.formats import FORMATS

    unsigned = [name for name in names if not FORMATS[name].signable]
    if asked := [name for name in unsigned if name in formats]:
        raise click.UsageError(
            f"--sign: there is no place for a signature in {', '.join(asked)}; "
            "build without --sign, by itself."
        )
    if unsigned:
        click.echo(f"note: built without a signature: {', '.join(unsigned)}", err=True)


def every(tool: str | None) -> list[str]:
    """What ``all`` stands for: a cartridge of links needs to know where they lead."""
    return [name for name in FORMAT_NAMES if tool or name != "thincc"]


def _fit_for(
    profile: str, formats: list[str], most: int | None
) -> tuple[Sequence[str], int | None]:
    """Formats and size for an LMS; what was asked for goes before its defaults."""
    from scorm_builder.errors import BuildError
    from scorm_builder.profiles import LIMITS, formats_for

    wanted = [] if ALL in formats else formats
    try:
        names = formats_for(profile, wanted, every=ALL in formats)
    except BuildError as error:
        raise click.UsageError(f"--profile {profile}: {error}") from error
    limit = LIMITS[profile]
    if most is None:
        click.echo(f"size limit: {limit.where}", err=True)
    return names, most or limit.most
