"""The first guide that a trainer reads: its commands work, its pictures are there and are small."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from content.load import inspect_course
from scorm_builder.cli import main

DOCS = Path(__file__).parents[3] / "docs"
GUIDES = sorted(DOCS.glob("authoring*.md"))

guides = pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)


def boxes(guide: Path) -> list[str]:
    return re.findall(r"^```\n(.*?)^```", guide.read_text("utf-8"), re.S | re.M)


@guides
def test_its_commands_work_one_after_the_other(
    guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = [line for box in boxes(guide) for line in box.splitlines()]
    ran = [line for line in said if line.startswith("scorm-builder ")]
    assert len(ran) == 5
    for line in ran:
        if " preview " in line:
            assert CliRunner().invoke(main, ["preview", "--help"]).exit_code == 0
            continue
        done = CliRunner().invoke(main, shlex.split(line)[1:])
        assert done.exit_code == 0, f"{line}\n{done.output}"
    assert len(list((tmp_path / "dist").glob("*.zip"))) == 1


@guides
def test_what_it_tells_to_write_is_right(
    guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture, the box and the theme, written into the course that it makes."""
    monkeypatch.chdir(tmp_path)
    language = "fr" if guide.stem.endswith(".fr") else "en"
    assert CliRunner().invoke(main, ["new", "my", "--language", language]).exit_code == 0
    unit = Path("my/units/01-first-steps")
    page = unit / "pages" / f"an-assembly.{language}.md"
    blocks = [box for box in boxes(guide) if box.startswith(":::")]
    assert len(blocks) == 2
    page.write_text(page.read_text("utf-8") + "\n" + "\n".join(blocks), "utf-8")
    drawing = (unit / "media" / "one-vote.svg").read_bytes()
    Path("my/media").mkdir()
    Path("my/media/logo.svg").write_bytes(drawing)
    (unit / "media" / "market.svg").write_bytes(drawing)
    page.write_text(page.read_text("utf-8").replace("market.jpg", "market.svg"), "utf-8")
    (theme,) = [box for box in boxes(guide) if box.startswith("accent:")]
    Path("my/theme.yaml").write_text(theme, "utf-8")
    assert inspect_course(Path("my"))[1] == ()


@guides
def test_its_pictures_are_there_described_and_small(guide: Path) -> None:
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", guide.read_text("utf-8"))
    assert len(pictures) == 8
    for text, path in pictures:
        assert len(text) > 40, path
        assert (DOCS / path).stat().st_size < 100_000, path


@guides
def test_its_links_lead_somewhere(guide: Path) -> None:
    text = guide.read_text("utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.M)
    }
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("term:"):
            assert (DOCS / target.partition("#")[0]).exists(), target
