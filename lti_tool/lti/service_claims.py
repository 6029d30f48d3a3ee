"""The services that a launch offers, read from its claims. None is required, so what is malformed
is left out; and whether a bearer may go to an address is judged when one is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.lti import claims as c
from lti_tool.lti.text import mapping, texts, web_url

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
NOTICES = "https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice"


def ags(claims: Mapping[str, Any]) -> c.AgsClaim | None:
    """AGS 2.0 §3.1."""
    found = mapping(claims.get(AGS))
    item, items = web_url(found.get("lineitem")), web_url(found.get("lineitems"))
    if item is None and items is None:
        return None
    return c.AgsClaim(texts(found.get("scope")), item, items)


def nrps(claims: Mapping[str, Any]) -> c.NrpsClaim | None:
    """NRPS 2.0 §3.6."""
    url = web_url(mapping(claims.get(NRPS)).get("context_memberships_url"))
    return None if url is None else c.NrpsClaim(url)


def groups(claims: Mapping[str, Any]) -> c.GroupsClaim | None:
    """Course Groups 1.0 §3."""
    found = mapping(claims.get(GROUPS))
    url = web_url(found.get("context_groups_url"))
    if url is None:
        return None
    return c.GroupsClaim(url, web_url(found.get("context_group_sets_url")))


def notices(claims: Mapping[str, Any]) -> c.NoticesClaim | None:
    """PNS 1.0 §3."""
    found = mapping(claims.get(NOTICES))
    url = web_url(found.get("platform_notification_service_url"))
    types = texts(found.get("notice_types_supported"))
    return None if url is None or not types else c.NoticesClaim(url, types)
