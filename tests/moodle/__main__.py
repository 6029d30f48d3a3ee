"""``python -m tests.moodle --url URL --user USER --password PASSWORD`` drives a Moodle through the
whole trial. The tool that it starts takes LTI_TOOL_* settings from the environment, such as
LTI_TOOL_CA_BUNDLE for a Moodle with a certificate of its own."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from content.load import load_course
from tests import tool
from tests.chromium import find_chromium
from tests.moodle.advantage import Advantage
from tests.moodle.browser import People
from tests.moodle.journey import LANGUAGE, Journey
from tests.moodle.marking import Marking
from tests.moodle.operation import Operation
from tests.moodle.packages import Packages
from tests.moodle.programme import make_programme
from tests.moodle.report import Report, StepFailedError

_REPORTS = Path("tests/reports/moodle")
_COURSE = Path("content/courses/sse-management")
_PROGRAMME = "founding"
_BY_UNIT = "by-unit"
_PATIENCE = 20_000  # for what pages are to show; Moodle takes its time
_NEEDED = "say which Moodle: make moodle URL=https://… USER=… PASSWORD=…"


def main() -> int:
    options = _options()
    course = load_course(options.course)
    unit = course.unit(options.unit)
    if unit is None:
        raise SystemExit(f"{options.course} has no unit {options.unit}")
    expect.set_options(timeout=_PATIENCE)
    failures: list[str] = []
    folder = options.reports / time.strftime("%Y-%m-%d-%H%M%S")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sse-moodle-")))
        people = People(stack.enter_context(sync_playwright()), scratch, insecure=options.insecure)
        stack.callback(people.close)
        report = Report(folder, f"SSE Campus in {options.url}", people.pages)
        journey = Journey(people, report, options.url, unit)

        def attempt(part: Callable[[], None]) -> bool:
            """Whether the part went well; the others go on without it."""
            try:
                part()
            except StepFailedError as failure:
                failures.append(str(failure))
                return False
            return True

        def through_lti() -> None:
            with report.step("Start the tool and invite Moodle"):
                invite = options.invite
                if not invite:
                    settings.update(_start_tool(stack, scratch, folder / "tool.log", options))
                    invite = tool.invite(settings)
            journey.through_lti(invite)

        def through_advantage() -> None:
            """All that the tool offers beside, where it is ours to start and to command."""
            if not settings:
                report.facts["Not tried"] = "all but units and packages: the tool is not ours"
                return
            advantage = Advantage(journey, load_course(scratch / _PROGRAMME))
            marking, operation = Marking(advantage), Operation(advantage, settings)
            for part in (
                advantage.pick_several,
                advantage.reload_and_go_back,
                advantage.look_at_my_page,
                advantage.read_the_roster,
                marking.try_again,
                marking.look_at_figures,
                marking.override,
                marking.set_back,
                marking.close,
                advantage.take_as_package,
                advantage.copy_the_course,
                operation.suspend,
                operation.sign_in,
                operation.erase,
                operation.bring_up_to_date,
            ):
                attempt(part)

        def build() -> None:
            with report.step("Build both packages") as step:
                built = tool.build(options.course, options.unit, LANGUAGE, scratch / "dist")
                assert built.keys() == {"scorm12", "scorm2004"}, f"built {sorted(built)}"
                packages.update(built)
                step.note(", ".join(package.name for package in built.values()))

        packages: dict[str, Path] = {}
        settings: dict[str, str] = {}
        if attempt(lambda: journey.prepare(options.user, options.password)):
            if not options.packages and attempt(through_lti):
                through_advantage()
            if attempt(build):
                attempt(lambda: journey.through_scorm("SCORM 1.2", packages["scorm12"]))
                attempt(lambda: journey.through_scorm("SCORM 2004", packages["scorm2004"]))
            if not failures and not options.packages:
                attempt(journey.compare)
            packages_tried = Packages(journey, options.course, scratch)
            make_programme(scratch / _BY_UNIT)
            for part in (
                lambda: packages_tried.update("scorm12"),
                lambda: packages_tried.update("scorm2004"),
                packages_tried.editions,
                packages_tried.in_arabic,
                lambda: packages_tried.several_activities(scratch / _BY_UNIT, "scorm12"),
                lambda: packages_tried.several_activities(scratch / _BY_UNIT, "scorm2004"),
                packages_tried.cartridges,
                packages_tried.phone_app,
            ):
                attempt(part)
            attempt(journey.listen)
        if not options.keep:
            attempt(journey.clean_up)
    print(f"\nReport: {folder / 'report.md'}")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _start_tool(
    stack: ExitStack, scratch: Path, log: Path, options: argparse.Namespace
) -> Mapping[str, str]:
    """The tool with the course and a second programme; the environment of its commands."""
    data = scratch / "tool"
    data.mkdir()
    make_programme(scratch / _PROGRAMME)
    trusted = os.environ.get("LTI_TOOL_TRUSTED_NETWORKS")
    running = tool.running(
        data,
        public_url=options.public_url,
        port=options.port,
        log=log,
        courses=f"{options.course}{os.pathsep}{scratch / _PROGRAMME}",
        trusted_networks=trusted or ",".join(tool.private_networks(options.url)),
    )
    return stack.enter_context(running)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make moodle", description=__doc__)
    add = parser.add_argument
    add("--url", required=True, help="the Moodle, such as https://moodle.example.org")
    add("--user", required=True, help="somebody who may administer it")
    add("--password", required=True)
    add("--tool-url", help="a tool that runs already; needs --invite")
    add("--invite", help="an invitation of that tool: lti-tool registrations invite")
    add(
        "--public-url",
        default=os.environ.get("LTI_TOOL_PUBLIC_URL", "http://127.0.0.1:8000"),
        help="where Moodle and the browser reach the tool started here (LTI_TOOL_PUBLIC_URL)",
    )
    add("--port", type=int, default=8000, help="where that tool listens on this machine")
    add("--course", type=Path, default=_COURSE)
    add("--unit", default="a1")
    add("--reports", type=Path, default=_REPORTS)
    add("--insecure", action="store_true", help="take any certificate (as for private addresses)")
    add("--packages", action="store_true", help="packages and cartridges alone, not the LTI tool")
    add("--keep", action="store_true", help="leave course, people and tool in Moodle")
    options = parser.parse_args()
    if not (options.url and options.user and options.password):
        parser.error(_NEEDED)
    if bool(options.tool_url) != bool(options.invite):
        parser.error("--tool-url and --invite belong together")
    try:
        find_chromium()
        options.insecure |= bool(tool.private_networks(options.url))
    except (RuntimeError, OSError) as error:
        parser.error(f"{options.url}: {error}" if isinstance(error, OSError) else str(error))
    return options


if __name__ == "__main__":
    sys.exit(main())
