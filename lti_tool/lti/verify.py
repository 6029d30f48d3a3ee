"""The strict check of a launch: a chain of small named checks, each refusing in plain words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.lti.claims import Launch
from lti_tool.lti.keysets import Keysets


def verify_launch(
    session: Session,
    keysets: Keysets,
    *,
    id_token: str | None,
    state: str | None,
    browser_secret: str | None,
    tool_origin: str,
    now: datetime,
) -> Launch:
    """Verify a launch or raise ``LaunchRejected``.

    Commits once on the way, when the state is used up: whatever comes of the launch the state is
    gone, and no transaction is open while a keyset is fetched. The nonce and a new deployment are
    left in the open transaction: commit them together with the user, context and link.

    ``browser_secret`` None: ``launch.cookie-missing``, with the state still usable, so that the
    page can bring the secret another way.
    """
    raise NotImplementedError
