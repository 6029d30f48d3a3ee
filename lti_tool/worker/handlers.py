"""Which function does which kind of job (``lti_tool.services.jobs``)."""

from __future__ import annotations

from flask import Flask

from lti_tool.services.jobs import Handler


def handlers(app: Flask) -> dict[str, Handler]:
    """By kind. Each is called outside any transaction, in the application's context."""
    return {}
