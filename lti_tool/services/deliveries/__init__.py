"""Scores on their way to the LMS. A score is a row before it is a message
(docs/decisions/0006-scores-are-rows.md): ``writing`` writes it down, ``claiming`` gives it to one
worker, ``sending`` sends it and notes what came of it, ``lanes`` keeps the platforms apart,
``late`` writes down what a link did not send before."""

from lti_tool.services.deliveries.claiming import Transaction, due_platforms
from lti_tool.services.deliveries.lanes import Lanes, Round, deliver_due, deliver_platform
from lti_tool.services.deliveries.writing import (
    can_be_graded,
    list_open,
    send_again,
    send_all_again,
    write_completion,
    write_delivery,
    write_start,
)

__all__ = [
    "Lanes",
    "Round",
    "Transaction",
    "can_be_graded",
    "deliver_due",
    "deliver_platform",
    "due_platforms",
    "list_open",
    "send_again",
    "send_all_again",
    "write_completion",
    "write_delivery",
    "write_start",
]
