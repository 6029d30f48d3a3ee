"""docs/launch-codes.md says what lti.refusals and web.next_steps say."""

from __future__ import annotations

from pathlib import Path

from lti_tool.lti.refusals import REFUSALS
from lti_tool.web.next_steps import STEPS

PAGE = Path(__file__).parents[3] / "docs" / "launch-codes.md"


def test_every_code_is_documented() -> None:
    pages, _, _ = PAGE.read_text("utf-8").partition("## Scores and registrations")
    rows = [line for line in pages.splitlines() if line.startswith("| `")]
    launch = [
        f"| `{code}` | {item.message} | {item.remedy} | {item.status} |"
        for code, item in REFUSALS.items()
    ]
    later = [f"| `{code or '(any other)'}` | {step} |" for code, step in STEPS.items()]
    assert rows == launch + later
