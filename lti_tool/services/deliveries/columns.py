"""The gradebook column of a link: the one that the platform declared, else one that is found or
made. Many workers may need it at once; one of them makes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update

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
    with transaction() as session:
        link = session.get_one(
            ResourceLink, parcel.link_pk, with_for_update=True, populate_existing=True
        )
        if link.line_item_url is not None and link.line_item_url != old:
            return link.line_item_url
        if gone is not None and link.line_items_url is None:
            raise gone
        if link.line_item_locked_until is not None and link.line_item_locked_until > now():
            return None
        link.line_item_locked_until = now() + LOCK
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
