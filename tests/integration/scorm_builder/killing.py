"""Builds that are killed at every step of an edit in place, each in a process of its own.

    python -m tests.integration.scorm_builder.killing FOLDER wording|title

Prints how many steps there were, and ends with 1 where anything was lost.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from scorm_builder import in_place, placing
from scorm_builder.cli import main
from scorm_builder.starter import make_course

PAGE = "units/01-first-steps/pages/an-assembly.en.md"
#: Calls that change something on the disk.
STEPS = ("write", "rename", "replace", "unlink", "link", "ftruncate", "utime", "chmod")


def killed_at(step: int, module: Any, begins: str) -> None:
    """From the first call of the function ``begins`` on, die at the next call but ``step``; of what
    is written then, half is."""
    begin, left = getattr(module, begins), [step]

    def dying(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                if name == "write":
                    call(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)

        return counted

    def begun(*arguments: Any) -> Any:
        for name in STEPS:
            setattr(os, name, dying(name, getattr(os, name)))
        setattr(module, begins, begin)
        return begin(*arguments)

    setattr(module, begins, begun)


def run(course: Path, output: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """The exit code of a build in a process of its own; below 0 where it was killed."""
    child = os.fork()
    if child == 0:
        in_place._LEAST = 1
        prepare()
        arguments = ["build", str(course), "--language", "en", "--output", str(output)]
        result = CliRunner().invoke(main, arguments)
        os._exit(result.exit_code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Killing:
    def __init__(self, folder: Path, kind: str) -> None:
        self.course, self.output = folder / "course", folder / "out"
        make_course(self.course)
        media = self.course / "units/01-first-steps/media"
        (media / "sheet.pdf").write_bytes(b"%PDF-1.4" + bytes(200_000))
        self.page, self.settings = self.course / PAGE, self.course / "course.yaml"
        text = self.page.read_text("utf-8")
        text += "\n::: download sheet.pdf\ntitle: A sheet\ncredit: Nobody\n:::\n"
        other = text.replace("title: ", "title: New ") if kind == "title" else f"{text}\nMore.\n"
        self.texts = (text, other)
        self.bytes = [self.clean(folder / f"clean-{number}", number) for number in (0, 1)]
        assert self.bytes[0] != self.bytes[1]

    def clean(self, output: Path, number: int) -> bytes:
        self.page.write_text(self.texts[number], "utf-8")
        assert run(self.course, output) == 0
        (package,) = output.iterdir()
        return package.read_bytes()

    def package(self) -> bytes:
        return (self.output / "course-en-scorm12.zip").read_bytes()

    def whole_build(self, number: int) -> None:
        """Nothing is left of those that were killed, but half a journal for a day."""
        assert run(self.course, self.output) == 0
        assert self.package() == self.bytes[number]
        left = {path.suffix for path in self.output.iterdir()}
        assert left <= {".zip", ".part"}, left

    def broken_builds(self) -> None:
        """The next build cannot be made, and is itself killed at each step that it takes."""
        settings = self.settings.read_text("utf-8")
        self.settings.write_text("format: none", "utf-8")
        step, ended = 0, -1
        while ended < 0:
            step += 1
            ended = run(self.course, self.output, partial(killed_at, step, placing, "put_back"))
        assert ended == 1
        self.settings.write_text(settings, "utf-8")

    def all_steps(self) -> int:
        step, now = 0, 1
        while True:
            self.whole_build(now)
            then, step = 1 - now, step + 1
            self.page.write_text(self.texts[then], "utf-8")
            ended = run(self.course, self.output, partial(killed_at, step, in_place, "_begun"))
            if ended >= 0:
                break
            self.broken_builds()
            found = self.package()
            assert found in (self.bytes[now], self.bytes[then]), f"lost at step {step}"
            now = then
        assert ended == 0
        assert self.package() == self.bytes[then]
        return step


if __name__ == "__main__":
    print(Killing(Path(sys.argv[1]), sys.argv[2]).all_steps())
