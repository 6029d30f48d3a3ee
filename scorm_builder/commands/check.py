"""``scorm-builder check``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from scorm_builder.commands.course import COURSE, exit_for, summary


@click.command()
@click.argument("course", type=COURSE)
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of all problems.")
def check(course: Path, strict: bool, as_json: bool) -> None:
    """List every problem in the course folder COURSE.

    Each problem is one line: file:line:column, severity, code, what is wrong and what to do. Media
    are looked into, and what came of the pages is proven to ask nothing of the network.

    \b
    Examples:
        scorm-builder check my-course
        scorm-builder check my-course --strict --json
    """
    from scorm_builder.api import check_course

    problems = check_course(course).problems
    if strict:
        problems = tuple(replace(problem, severity="error") for problem in problems)
    if as_json:
        click.echo(json.dumps([problem.as_dict() for problem in problems], indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
    click.echo(summary(problems), err=True)
    exit_for(problems)
