"""``/teach/<handle>``: what an instructor sees and sets for one link."""

from lti_tool.web.teach import (
    choosing,
    deliveries,
    download,
    gradebook,
    guide,
    learner,
    options,
    overview,
    preview,
    questions,
    roster,
)
from lti_tool.web.teach.access import blueprint
from lti_tool.web.teach.deliveries import REMEDIES

__all__ = [
    "REMEDIES",
    "blueprint",
    "choosing",
    "deliveries",
    "download",
    "gradebook",
    "guide",
    "learner",
    "options",
    "overview",
    "preview",
    "questions",
    "roster",
]
