"""Rights from roles (LTI Core 1.3 §A.2): only a role in the context itself gives rights there.
Whoever holds none that is known is a learner. The one exception is a data-privacy launch, which
takes place in no context."""

from __future__ import annotations

from collections.abc import Iterable

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
#: Principal roles, and ``TeachingAssistant``, which some platforms send as if it were one.
INSTRUCTORS = frozenset({"Instructor", "TeachingAssistant", "Administrator"})
PLACERS = INSTRUCTORS | {"ContentDeveloper"}
ADMINISTRATORS = frozenset(
    {
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#AccountAdmin",
    }
)


def context_role(role: str) -> str | None:
    """The principal context role that ``role`` is or is a sub-role of; None for all others.

    ``…/membership#Instructor`` (§A.2.3), ``…/membership/Instructor#TeachingAssistant`` (§A.2.3.1)
    and the short ``Instructor`` (§A.2.4: simple names are context roles). The institution's and
    the system's roles stand in other vocabularies and give nothing."""
    if "/" not in role and ":" not in role and "#" not in role:
        return role or None
    if not role.startswith(CONTEXT):
        return None
    rest = role[len(CONTEXT) :]
    if rest.startswith("#"):
        return rest[1:] or None
    if rest.startswith("/") and "#" in rest:
        return rest[1:].partition("#")[0] or None
    return None


def is_instructor(roles: Iterable[str]) -> bool:
    """May see who has done what: instructors, their sub-roles, administrators of the context."""
    return any(context_role(role) in INSTRUCTORS for role in roles)


def may_place(roles: Iterable[str]) -> bool:
    """May put units into the course: instructors and content developers."""
    return any(context_role(role) in PLACERS for role in roles)


def administers(roles: Iterable[str]) -> bool:
    """May have a person's data given out or erased (data-privacy launches): the administrators of
    the institution or the system (§A.2.1, §A.2.2)."""
    return any(role in ADMINISTRATORS for role in roles)
