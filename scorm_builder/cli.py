"""The ``scorm-builder`` command. Results go to standard output, all else to standard error.

Every command exits 0 when all is well, 1 when it found problems, 2 when it was called wrongly.
"""

from __future__ import annotations

import errno
from typing import Any

import click

from scorm_builder.commands.build import build
from scorm_builder.commands.check import check
from scorm_builder.commands.keys import keys
from scorm_builder.commands.new import new
from scorm_builder.commands.preview import preview
from scorm_builder.commands.validate import validate
from scorm_builder.commands.weigh import weigh


class _Builder(click.Group):
    """What the system refuses ends a command with 1, as all else that goes wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            what = error.filename or "what is written to standard output or error"
            raise click.ClickException(
                f"{what}: {error.strerror or error} (check that it can be read or written, and "
                "that the disk has room)"
            ) from error


@click.group(
    cls=_Builder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every command exits 0 when all is well, 1 with problems, 2 when it was called wrongly.",
)
@click.version_option(package_name="sse-campus")
def main() -> None:
    """Make SCORM packages from courses written as plain files.

    \b
    A first course, checked, looked at and built:
        scorm-builder new my-course
        scorm-builder preview my-course --open
        scorm-builder check my-course
        scorm-builder build my-course
    """


for _command in (new, check, build, weigh, validate, preview, keys):
    main.add_command(_command)
