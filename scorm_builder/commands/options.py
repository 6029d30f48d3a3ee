"""The options by which commands are told which outputs of a course are meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scorm_builder.commands.sizes import SIZE
from scorm_builder.request import ALL, Request

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., None])


class OneOf(click.ParamType[str]):
    """One of the names that ``names`` gives. They are loaded for help on this very option: whether
    there is such a name is judged by whoever uses it."""

    name = "name"

    def __init__(self, names: Callable[[], Sequence[str]], *, listed: bool = True) -> None:
        self._names = names
        self._listed = listed

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return f"[{'|'.join(self._names())}]" if self._listed else "NAME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self._names() if name.startswith(incomplete)]


def formats() -> tuple[str, ...]:
    from scorm_builder.formats import FORMATS

    return (*FORMATS, ALL)


def profiles() -> tuple[str, ...]:
    from scorm_builder.profiles import LIMITS

    return tuple(LIMITS)


def judged_profiles() -> tuple[str, ...]:
    from scorm_builder.verify.profiles import PROFILE_NAMES

    return tuple(PROFILE_NAMES)


def templates() -> tuple[str, ...]:
    from scorm_builder.starter import TEMPLATES

    return tuple(TEMPLATES)


def outputs(*, light: str, max_size: str) -> Callable[[Command], Callable[..., None]]:
    """Gives a command the options that say which outputs are meant; it gets them as ``request``.
    ``light`` and ``max_size`` are the help of two that mean something else to each command."""
    options = (
        click.option(
            "--format",
            "formats",
            multiple=True,
            type=OneOf(formats, listed=False),
            help="A format's name (see build --help), or all; scorm12 unless given. "
            "May be repeated.",
        ),
        click.option(
            "--language",
            "languages",
            multiple=True,
            metavar="XX",
            help="A language of the course; every language unless given. May be repeated.",
        ),
        click.option(
            "--together",
            is_flag=True,
            help="All these languages in one output, in which learners switch; the first is shown "
            "first.",
        ),
        click.option(
            "--unit",
            "units",
            multiple=True,
            metavar="ID",
            help="This unit alone; the whole course unless given. May be repeated.",
        ),
        click.option(
            "--sco",
            type=click.Choice(("course", "unit")),
            default="course",
            show_default=True,
            help="What the LMS tracks: the course as one activity, or each unit as one of its own.",
        ),
        click.option(
            "--profile",
            type=OneOf(profiles),
            help="For this LMS: the formats and sizes that it takes, and none of its known traps.",
        ),
        click.option("--max-size", "max_bytes", type=SIZE, help=max_size),
        click.option(
            "--tool",
            metavar="ADDRESS",
            help="The LTI tool that thincc links to, such as https://campus.example.org.",
        ),
        click.option("--light", is_flag=True, help=light),
    )

    def decorate(command: Command) -> Callable[..., None]:
        @wraps(command)
        def asked(
            *,
            formats: tuple[str, ...],
            languages: tuple[str, ...],
            together: bool,
            units: tuple[str, ...],
            sco: str,
            profile: str | None,
            max_bytes: int | None,
            tool: str | None,
            light: bool,
            **others: Any,
        ) -> None:
            request = Request(
                formats=formats,
                languages=languages,
                units=units,
                together=together,
                sco_per_unit=sco == "unit",
                light=light,
                max_bytes=max_bytes,
                profile=profile,
                tool=tool,
            )
            command(request=request, **others)

        found: Callable[..., None] = asked
        for option in reversed(options):
            found = option(found)
        return found

    return decorate
