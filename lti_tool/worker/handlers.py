"""Which function does which kind of job (``lti_tool.services.jobs``)."""

from __future__ import annotations

from functools import partial

from flask import Flask

from lti_tool.services import notices, packages, results, rosters
from lti_tool.services.deliveries import late
from lti_tool.services.jobs import Handler
from lti_tool.services.personal_data import EMPTY_LOG
from lti_tool.worker.packages import build
from lti_tool.worker.platforms import (
    ask_for_old_rosters,
    read_results,
    read_roster,
    subscribe,
    write_late_scores,
)
from lti_tool.worker.tidying import empty_log


def handlers(app: Flask) -> dict[str, Handler]:
    """By kind. Each is called outside any transaction, in the application's context."""
    return {
        EMPTY_LOG: empty_log,
        late.KIND: partial(write_late_scores, app),
        packages.KIND: partial(build, app),
        results.KIND: partial(read_results, app),
        rosters.ROSTER: partial(read_roster, app),
        rosters.ROSTERS: ask_for_old_rosters,
        notices.SUBSCRIBE: partial(subscribe, app),
    }
