"""Course Groups Service 1.0: the groups of a context, and the sets that they belong to. Who is in
which group comes with the members (NRPS, ``groups=true``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lti_tool.errors import PlatformError
from lti_tool.lti.nrps import group_id
from lti_tool.lti.paging import pages
from lti_tool.lti.platform import Platform
from lti_tool.lti.text import mapping, text
from lti_tool.lti.tokens import ServiceTokens

SCOPE = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
GROUPS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
SETS_TYPE = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"
#: A course with more is a mistake, and each is kept in memory for a moment.
MAX_GROUPS = 5000


@dataclass(frozen=True, slots=True)
class CourseGroup:
    """A group (§3.1); ``set_name`` is the name of its set, where it has one (§3.2)."""

    id: str
    name: str
    set_name: str | None


def read_groups(
    tokens: ServiceTokens, platform: Platform, groups_url: str, sets_url: str | None
) -> tuple[CourseGroup, ...]:
    """All groups of the context. Raises ``PlatformError``, also where they are not known to be
    all."""
    sets: dict[str, str | None] = {}
    if sets_url is not None:
        for value in _entries(tokens, platform, sets_url, SETS_TYPE, "sets"):
            number = group_id(value.get("id"))
            if number is not None:
                sets[number] = text(value.get("name"), 255)
    found: dict[str, CourseGroup] = {}
    for value in _entries(tokens, platform, groups_url, GROUPS_TYPE, "groups"):
        number = group_id(value.get("id"))
        if number is not None:
            name = text(value.get("name"), 255) or number
            found[number] = CourseGroup(number, name, sets.get(group_id(value.get("set_id")) or ""))
    return tuple(found.values())


def _entries(
    tokens: ServiceTokens, platform: Platform, url: str, accept: str, name: str
) -> Iterator[dict[str, Any]]:
    count = 0
    for page in pages(tokens, platform, [SCOPE], url, accept, whole=True):
        listed = mapping(page).get(name)
        if not isinstance(listed, list):
            raise PlatformError(
                "service.malformed", f"the platform's answer has no {name}", retryable=True
            )
        count += len(listed)
        if count > MAX_GROUPS:
            raise PlatformError(
                "service.endless",
                f"the platform lists more than {MAX_GROUPS} {name}",
                retryable=False,
            )
        yield from map(mapping, listed)
