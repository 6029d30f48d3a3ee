"""How far a build is: a bar on a terminal, a line of JSON an output elsewhere."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from scorm_builder.results import BuiltPackage, FailedOutput


class Progress:
    """Use as a context manager. Results go to standard output: paths, or objects with ``as_json``;
    all else to standard error. ``failures`` counts outputs that could not be made."""

    def __init__(self, total: int, *, as_json: bool) -> None:
        self.failures = 0
        self._total = total
        self._done = 0
        self._as_json = as_json
        self._exit = ExitStack()
        self._bar: Any = None
        #: What would tear a bar apart waits until it is done.
        self._results: list[str] = []
        self._told: list[str] = []

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            bar = click.progressbar(
                length=self._total,
                label="Building",
                file=sys.stderr,
                item_show_func=lambda name: name or "",
            )
            self._bar = self._exit.enter_context(bar)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.__exit__(kind, error, trace)
        self._bar = None
        self._say()

    def tell(self, result: BuiltPackage | FailedOutput) -> bool:
        """An output is made, or has failed; whether it is made."""
        from scorm_builder.results import FailedOutput

        self._done += 1
        facts = result.as_dict()
        made = "error" not in facts
        if self._as_json:
            self._results.append(json.dumps(facts))
        elif made:
            self._results.append(str(facts["path"]))
        if self._bar is not None:
            self._bar.update(1, f"{facts['format']} {facts['language']}")
            if not isinstance(result, FailedOutput):
                self._told += [f"{result.format}: {note}" for note in result.notes]
        else:
            self._told.append(json.dumps({"done": self._done, "of": self._total} | facts))
        if not made:
            self.failures += 1
            self._told.append(_failure(facts))
            if isinstance(result, FailedOutput) and not self._as_json:
                self._told += result.error.lines
        if self._bar is None:
            self._say()
        return made

    def _say(self) -> None:
        for line in self._results:
            click.echo(line)
        for line in self._told:
            click.echo(line, err=True)
        self._results, self._told = [], []


def _failure(facts: dict[str, Any]) -> str:
    name = "-".join(filter(None, (facts["unit"], facts["language"], facts["format"])))
    hint = f" ({facts['hint']})" if facts["hint"] else ""
    return f"{name}: {facts['error']}: {facts['message']}{hint}"
