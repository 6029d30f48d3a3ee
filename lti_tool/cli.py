"""The command ``lti-tool``. Results on standard output, logs and advice on standard error; exits 0
where all is well, 1 where it is not, 2 where the command was called wrongly. Nothing heavy is
imported before a command needs it."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec

import click

from lti_tool.commands import legacy, registering  # noqa: F401 - they add to registrations
from lti_tool.commands.backup import backup, restore
from lti_tool.commands.command import Failure, as_json_option, make_app, says_why
from lti_tool.commands.invites import invites
from lti_tool.commands.keys import keys
from lti_tool.commands.operators import operators
from lti_tool.commands.people import people
from lti_tool.commands.registrations import registrations
from lti_tool.commands.scores import scores


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sse-campus", prog_name="lti-tool")
def main() -> None:
    """The LTI 1.3 tool of SSE Campus. Settings come from the environment (LTI_TOOL_…) and from
    the file that LTI_TOOL_CONFIG names; "lti-tool doctor" says what is wrong with them."""
    if find_spec("flask") is None:
        raise Failure(
            "Only the builder is installed here; the tool needs more: pip install 'sse-campus[lti]'"
        )


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port."
)
@click.option("--no-worker", is_flag=True, help="Do not deliver scores: a worker does.")
@says_why
def serve(host: str, port: int, no_worker: bool) -> None:
    """Serve the tool by its embedded server. On SQLite it brings the tables up to date and
    delivers scores by itself."""
    from lti_tool.server import serve as run
    from lti_tool.settings import load_settings

    run(load_settings(), host, port, no_worker)


@main.command()
@click.option("--celery", is_flag=True, help="By Celery, through the broker of the settings.")
@says_why
def worker(celery: bool) -> None:
    """Deliver scores until stopped. For servers that do not do so themselves."""
    from lti_tool.server import work, work_for_celery

    if celery:
        sys.exit(work_for_celery(make_app()))
    work(make_app())


@main.command()
@as_json_option
@says_why
def upgrade(as_json: bool) -> None:
    """Bring the database's tables to this version of the tool."""
    from lti_tool.db import revisions, upgrade_database

    app = make_app()
    before, now = revisions(app)
    upgrade_database(app)
    if as_json:
        click.echo(json.dumps({"before": before, "now": now}))
        return
    click.echo("The database is up to date.", err=True)


@main.command()
@as_json_option
@says_why
def doctor(as_json: bool) -> None:
    """Say what is wrong with settings, database, courses and platforms, and how to mend it."""
    from lti_tool.doctor import examine

    findings = examine()
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
    if any(finding.level == "problem" for finding in findings):
        sys.exit(1)


main.add_command(registrations)
main.add_command(invites)
main.add_command(keys)
main.add_command(operators)
main.add_command(people)
main.add_command(scores)
main.add_command(backup)
main.add_command(restore)
