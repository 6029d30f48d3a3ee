"""The gradebook column of a link: the one that the platform declared, else one that is found or
made. Many workers may need it at once; one of them makes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update

from lti_tool.errors import PlatformError
from lti_tool.lti import ags
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import ResourceLink
from lti_tool.services.deliveries.claiming import Parcel, Transaction

_log = structlog.get_logger(__name__)

#: A worker that died while it made a column holds the link no longer than this. Whoever comes next
#: looks first whether it is there.
LOCK = timedelta(minutes=3)


def column_for(
    transaction: Transaction,
    tokens: ServiceTokens,
    parcel: Parcel,
    now: Callable[[], datetime],
    gone: PlatformError | None = None,
) -> str | None:
    """The URL of the link's line item; None while another worker is at it. With ``gone`` the one
    of the parcel was answered with 404 or 410: another one, found or made. Raises
    ``PlatformError``; ``gone`` itself where the column is there after all, so that it is the user
    whom the platform does not know."""
    old = parcel.target.line_item_url if gone is not None else None
    mine = ResourceLink.id == parcel.link_pk
    with transaction() as session:
        # Read first, without a lock: of fifty that ask one makes it, and none shall stand in line.
        url, locked_until = session.execute(
            select(ResourceLink.line_item_url, ResourceLink.line_item_locked_until).where(mine)
        ).one()
        if url is not None and url != old:
            return str(url)
        if gone is not None and parcel.target.line_items_url is None:
            raise gone
        moment = now()
        if locked_until is not None and locked_until > moment:
            return None
        taken = session.execute(
            update(ResourceLink)
            .where(
                mine,
                ResourceLink.line_item_url.is_not_distinct_from(url),
                ResourceLink.line_item_locked_until.is_not_distinct_from(locked_until),
            )
            .values(line_item_locked_until=moment + LOCK)
            .returning(ResourceLink.id)
        )
        if taken.one_or_none() is None:
            return None
    found = None
    try:
        found = ags.find_or_create_line_item(tokens, parcel.platform, parcel.target)
    finally:
        _let_go(transaction, parcel, old, found)
    if gone is not None and found == old:
        raise gone
    _log.info("line-item.found", link=parcel.link_pk)
    return found


def _let_go(transaction: Transaction, parcel: Parcel, old: str | None, found: str | None) -> None:
    """Free the link, and keep ``found`` unless a launch has meanwhile declared another one."""
    with transaction() as session:
        mine = ResourceLink.id == parcel.link_pk
        session.execute(update(ResourceLink).where(mine).values(line_item_locked_until=None))
        if found is not None:
            session.execute(
                update(ResourceLink)
                .where(mine, ResourceLink.line_item_url.is_not_distinct_from(old))
                .values(line_item_url=found)
            )
