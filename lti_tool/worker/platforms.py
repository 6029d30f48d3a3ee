"""What the worker reads from platforms, asks them for, and has to tell them."""

from __future__ import annotations

from flask import Flask

from lti_tool.db import writing
from lti_tool.models import now
from lti_tool.services import notices, results, rosters
from lti_tool.services.deliveries import late
from lti_tool.services.jobs import Task
from lti_tool.tool import tool_of


def read_roster(app: Flask, task: Task) -> None:
    """Read the roster of the context whose number is the key."""
    rosters.read_roster(writing, tool_of(app).tokens, int(task.key), now)


def ask_for_old_rosters(_task: Task) -> None:
    with writing() as session:
        rosters.ask_for_old(session, now())


def read_results(app: Flask, task: Task) -> None:
    """Read the gradebook of the link whose number is the key."""
    results.read_results(writing, tool_of(app).tokens, int(task.key), now)


def write_late_scores(app: Flask, task: Task) -> None:
    """Write down the scores that the link whose number is the key did not send before."""
    late.write_late(writing, tool_of(app).shelf.unit, int(task.key), now)


def subscribe(app: Flask, task: Task) -> None:
    """Subscribe to the notices of the deployment whose number is the key."""
    tool = tool_of(app)
    notices.subscribe(writing, tool.tokens, int(task.key), tool.notices_url)
