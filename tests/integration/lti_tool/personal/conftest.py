"""A marked person, and what the tool writes into its log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.integration.lti_tool.conftest import Campus
from tests.integration.lti_tool.personal.marked import Marked


@pytest.fixture
def log(campus: Campus, caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """All that the tool logs meanwhile, at its most talkative, as it would be written."""
    lines: list[str] = []
    root = logging.getLogger()
    formatter = next(h.formatter for h in root.handlers if h.get_name() == "lti_tool.log_stream")
    assert formatter

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(logging.makeLogRecord(record.__dict__)))

    keeping = Keeping()
    root.addHandler(keeping)
    caplog.set_level("DEBUG")
    yield lines
    root.removeHandler(keeping)


@pytest.fixture
def marked(campus: Campus) -> Marked:
    return Marked(campus)
