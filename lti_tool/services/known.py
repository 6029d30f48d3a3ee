"""What the tables hold of a login or a launch, in one read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Engine, Select, String, and_, bindparam, cast, select

from lti_tool.direct import Direct, directly
from lti_tool.lti.platform import KnownDeployment, Platform
from lti_tool.lti.quirks import quirks_for
from lti_tool.lti.refusals import refuse
from lti_tool.lti.states import LoginState
from lti_tool.lti.token import UnverifiedToken
from lti_tool.models import Context, Deployment, Job, JobState, Registration, ResourceLink
from lti_tool.models.base import Base
from lti_tool.models.prepared import Prepared
from lti_tool.models.upsert import table_of
from lti_tool.services import launch_rows
from lti_tool.services.rosters import ROSTER


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables hold of a login or launch. ``context`` and ``link`` are the columns that a
    launch may set, None where it is the first from there. ``roster_asked_at`` is when the
    context's roster is to be read, or was last tried; ``roster_due`` that it is still to be;
    ``name`` is what the registration is called."""

    platform: Platform
    public_id: str
    skew_seconds: float | None
    skew_at: datetime | None
    deployment: KnownDeployment | None = None
    context: Mapping[str, object] | None = None
    link: Mapping[str, object] | None = None
    roster_asked_at: datetime | None = None
    roster_due: bool = False
    name: str = ""


def find_platform(engine: Engine, public_id: str, deployment_id: str | None) -> Known | None:
    """The registration of a login address, and the deployment where the login names one."""
    values = {"public_id": public_id, "deployment_id": _usable(deployment_id)}
    row = directly(engine, lambda connection: _BY_ADDRESS.row(connection, values))
    return None if row is None else _known(row)


def look_up(connection: Direct, login: LoginState, token: UnverifiedToken) -> Known:
    """What is known of a launch, in one read. The token is not believed yet: what it says only
    tells where to look, and must be found under the registration of the state."""
    place = launch_rows.place(token.claims)
    values = {"registration_id": login.registration_id, **place}
    row = _BY_LAUNCH.row(connection, values)
    if row is None:
        raise refuse("launch.state-unknown")
    return _known(row)


def _usable(deployment_id: str | None) -> str | None:
    return deployment_id if deployment_id and deployment_id.isprintable() else None


def _known(row: Sequence[Any]) -> Known:
    registration = dict(zip(_REGISTRATION, row, strict=False))
    deployment = dict(zip(_DEPLOYMENT, row[len(_REGISTRATION) :], strict=False))
    rest = row[len(_REGISTRATION) + len(_DEPLOYMENT) :]
    context = dict(zip(launch_rows.CONTEXT, rest, strict=False))
    link = dict(zip(launch_rows.LINK, rest[len(launch_rows.CONTEXT) :], strict=False))
    state, due_at = rest[-2:] if rest else (None, None)
    product, public_id, skew_seconds, skew_at, name = (registration.pop(one) for one in _BESIDES)
    return Known(
        platform=Platform(**registration, quirks=quirks_for(product, registration["issuer"])),
        public_id=public_id,
        skew_seconds=skew_seconds,
        skew_at=skew_at,
        deployment=KnownDeployment(**deployment) if deployment["id"] is not None else None,
        context=context if context.get("id") is not None else None,
        link=link if link.get("id") is not None else None,
        roster_asked_at=due_at,
        roster_due=state == JobState.DUE,
        name=name,
    )


_BESIDES = ("product", "public_id", "skew_seconds", "skew_at", "name")
_REGISTRATION = (
    "id",
    "issuer",
    "client_id",
    "auth_url",
    "token_url",
    "jwks_url",
    "token_audience",
    "status",
    "hold_deployments",
    "allow_anonymous",
    *_BESIDES,
)
_DEPLOYMENT = ("id", "deployment_id", "status")


def _columns(model: type[Base], names: Sequence[str]) -> list[Column[Any]]:
    return [table_of(model).c[name] for name in names]


def _beginning(*more: Column[Any]) -> Select[Any]:
    """Registrations, each with the deployment of an id where there is one."""
    columns = (*_columns(Registration, _REGISTRATION), *_columns(Deployment, _DEPLOYMENT), *more)
    return (
        select(*columns)
        .select_from(Registration)
        .outerjoin(
            Deployment,
            and_(
                Deployment.registration_id == Registration.id,
                Deployment.deployment_id == bindparam("deployment_id"),
            ),
        )
    )


def _by_address(_dialect: str) -> Select[Any]:
    return _beginning().where(Registration.public_id == bindparam("public_id"))


def _by_launch(_dialect: str) -> Select[Any]:
    here = and_(
        Context.deployment_pk == Deployment.id,
        Context.context_id == bindparam("context_id"),
    )
    its_link = and_(
        ResourceLink.context_pk == Context.id,
        ResourceLink.resource_link_id == bindparam("resource_link_id"),
    )
    return (
        _beginning(
            *_columns(Context, launch_rows.CONTEXT),
            *_columns(ResourceLink, launch_rows.LINK),
            *_columns(Job, ("state", "due_at")),
        )
        .outerjoin(Context, here)
        .outerjoin(ResourceLink, its_link)
        .outerjoin(Job, and_(Job.kind == ROSTER, Job.key == cast(Context.id, String)))
        .where(Registration.id == bindparam("registration_id"))
    )


_BY_ADDRESS = Prepared(_by_address)
_BY_LAUNCH = Prepared(_by_launch)
