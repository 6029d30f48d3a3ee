"""``scorm-builder build``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from scorm_builder.commands.course import COURSE, failed, load_with_places, refusals, say
from scorm_builder.commands.ending import clean_end
from scorm_builder.commands.kept import KeptBuild
from scorm_builder.commands.options import outputs
from scorm_builder.request import Request, usual_jobs


@click.command()
@click.argument("course", type=COURSE)
@outputs(
    light="The edition for weak links: small pictures, no video.",
    max_size="Refuse an output that is larger (50MB), and tell what weighs what.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="Folder for what is built; made if it is not there.",
)
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
    help="Sign each output with this key (see scorm-builder keys).",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=usual_jobs,
    help="How many outputs and files are worked on at once; as many as there are processors.",
)
@click.option("--no-cache", is_flag=True, help="Build everything anew, and remember nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an output.")
def build(
    course: Path,
    request: Request,
    output: Path,
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
    request = replace(request, locked=locked, accept_changes=accept_changes, sign=sign, jobs=jobs)
    options = click.get_current_context().params
    with refusals(course, as_json=as_json), clean_end():
        request.check()
        with KeptBuild(course, options, cached=not no_cache, jobs=jobs, sign=sign) as kept:
            if not (kept.unchanged() or kept.revised(as_json=as_json)):
                _build(course, request, kept, output, cached=not no_cache, as_json=as_json)


def _build(
    course: Path, request: Request, kept: KeptBuild, output: Path, *, cached: bool, as_json: bool
) -> None:
    request.check_names()
    source = load_with_places(course, kept.ledger, to_the_end=False)
    loaded = source.course
    from scorm_builder.commands.progress import Progress
    from scorm_builder.course_build import CourseBuild

    chosen = request.choose(loaded)
    work = CourseBuild(
        loaded, request, chosen, ledger=kept.ledger, key=kept.key(), cached=cached, tell=say
    )
    with work:
        with Progress(len(chosen.orders), as_json=as_json) as progress:
            for result in work.outputs(output):
                kept.note(result)
                progress.tell(result)
        # What is told after this is told once.
        kept.leave(source)
    if progress.failures:
        raise failed(f"{progress.failures} of {len(chosen.orders)} outputs could not be built.")
