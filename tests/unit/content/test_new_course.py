"""What ``scorm-builder new`` says to the author of a course."""

import shlex
from pathlib import Path

from click.testing import CliRunner

from scorm_builder.cli import main


def test_the_command_that_new_proposes_can_be_pasted(tmp_path: Path) -> None:
    folder = tmp_path / "Été Ünï's"
    said = CliRunner().invoke(main, ["new", str(folder)]).stderr.strip().removeprefix("Next: ")
    assert shlex.split(said) == ["scorm-builder", "preview", str(folder), "--open"]
