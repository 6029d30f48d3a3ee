"""``make bench``: every table of docs/benchmarks.md, measured side by side in this run."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

from tests.bench import build, growth, launches, preview, roster, scores

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"

TEXT = """# Benchmarks

Written by `make bench ARGS=--write`, which measures everything side by side in one run. The ratios
are what counts: machines differ, and this one shares its processors. {machine}.

## Launches
Login and launch of a new user each, 16 at once, with every check, on both databases; beside a bare
PyLTI1p3 tool with its default file cache, and beside a floor: one signature check and one upsert
for each launch. All under the same server. Memory is the server's peak.

{launches}

## Growth
What one browser waits for, one request after the other, in a small database and in a large one
(SQLite). A launch is a login and a launch of a new user. It should not grow.

{growth}

## Scores
One worker, one platform: rows claimed, each score posted, the outcome noted; beside plain
`requests.post` of the same bodies, as many at a time. The platform is a server of the tests in a
process of its own.

{scores}

## Rosters
A roster read over HTTP and entered, page by page, on SQLite; the learning platform is a server of
the tests in the same process, whose time is included. Memory is by how much the peak grew.

{rosters}

## Building
`scorm-builder build` from Markdown to a verified package: *clean* begins with an empty cache and no
earlier output, and leaves both to the others; beside Python's `zipfile` packing the same source
files (media stored, text deflated), and beside copying them. Time is the best of three runs, memory
the peak of the whole process tree (its proportional share), measured in a run of its own.

{builds}

## Preview
From the save of a page to its new text in the preview's page, in Chromium: noticed, read, rendered,
loaded.

{previews}
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--large", action="store_true", help="also a course with 1.5 GB of video")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}"
    report = TEXT.format(
        machine=machine,
        launches=launches.table(),
        growth=growth.table(),
        scores=scores.table(),
        rosters=roster.table(),
        builds=build.table(large=options.large),
        previews=preview.table(),
    )
    print(report)
    if options.write:
        REPORT.write_text(report, "utf-8")


if __name__ == "__main__":
    main()
