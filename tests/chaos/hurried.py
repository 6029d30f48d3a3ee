"""``lti-tool`` in a hurry: the same commands, with waits of parts of a second where the tool has
seconds and minutes, so that a day of trouble passes within one test."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial

from lti_tool import app
from lti_tool.cli import main
from lti_tool.outbound import Outbound
from lti_tool.services.deliveries import claiming, columns, lanes, sending
from lti_tool.worker import loop

#: No call takes longer than this; a lock outlives all calls of one delivery.
CALL_SECONDS = float(os.environ.get("CHAOS_CALL_SECONDS", "1.5"))
LOCK = timedelta(seconds=6.5 + CALL_SECONDS)


def hurry() -> None:
    sending.FIRST_WAIT = timedelta(seconds=0.2)
    sending.LONGEST_WAIT = timedelta(seconds=1)
    sending.COLUMN_WAIT = timedelta(seconds=0.2)
    claiming.LOCK = columns.LOCK = LOCK
    lanes.DOWN_SECONDS = 1.0
    loop.IDLE_SECONDS = 0.1
    quick = partial(Outbound, timeout=(CALL_SECONDS,) * 2, total_seconds=CALL_SECONDS)
    setattr(app, "Outbound", quick)  # noqa: B010 - the module's own name, not to be typed as ours


if __name__ == "__main__":
    hurry()
    main()
