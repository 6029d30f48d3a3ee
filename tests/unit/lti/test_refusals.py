"""docs/launch-codes.md says what lti.refusals says."""

from __future__ import annotations

from pathlib import Path

from lti_tool.lti.refusals import REFUSALS

PAGE = Path(__file__).parents[3] / "docs" / "launch-codes.md"


def test_every_code_is_documented() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{code}` | {item.message} | {item.remedy} | {item.status} |"
        for code, item in REFUSALS.items()
    ]
