"""What the tables hold of a login or a launch, in one read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Engine, Select, String, and_, bindparam, cast, select

from lti_tool.direct import Direct, directly
from lti_tool.lti.platform import KnownDeployment, Platform
from lti_tool.lti.quirks import quirks_for
from lti_tool.lti.refusals import refuse
from lti_tool.lti.states import LoginState
from lti_tool.lti.token import UnverifiedToken
from lti_tool.models import Context, Deployment, Job, JobState, Registration, ResourceLink
from lti_tool.models.base import Base
from lti_tool.models.chain import Condition
from lti_tool.models.prepared import Prepared
from lti_tool.models.upsert import table_of
from lti_tool.services import launch_rows
from lti_tool.services.rosters import ROSTER


class Place(NamedTuple):
    """Where the rows of a launch are to be looked for. Nobody has checked the claims that say so:
    ids, or None."""

    registration_id: int
    deployment_id: str | None
    context_id: str | None
    resource_link_id: str | None


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


def place_of(login: LoginState, token: UnverifiedToken) -> Place:
    """The token is not believed yet: what it says only tells where to look, and must be found under
    the registration of the state."""
    return Place(registration_id=login.registration_id, **launch_rows.place(token.claims))


def look_up(connection: Direct, place: Place) -> Known:
    """What is known of a launch, in one read."""
    row = _BY_LAUNCH.row(connection, place._asdict())
    if row is None:
        raise refuse("launch.state-unknown")
    return _known(row)


def still(place: Place, known: Known) -> Condition | None:
    """That all which a launch is judged by, and the rows that it names, are as they were read. None
    where there is no such course or link yet."""
    platform, deployment = known.platform, known.deployment
    if deployment is None or known.context is None or known.link is None:
        return None
    values = {
        "known_registration": platform.id,
        "known_issuer": platform.issuer,
        "known_client": platform.client_id,
        "known_keyset": platform.jwks_url,
        "known_anonymous": platform.allow_anonymous,
        "known_status": platform.status,
        "known_deployment": deployment.id,
        "known_deployment_id": place.deployment_id,
        "known_deployment_status": deployment.status,
        "known_context": known.context["id"],
        "known_context_id": place.context_id,
        "known_link": known.link["id"],
        "known_link_id": place.resource_link_id,
    }
    return Condition(_STILL, values)


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


def _still(_dialect: str) -> Select[Any]:
    return select(Registration.id).where(
        Registration.id == bindparam("known_registration"),
        Registration.issuer == bindparam("known_issuer"),
        Registration.client_id == bindparam("known_client"),
        Registration.jwks_url == bindparam("known_keyset"),
        Registration.allow_anonymous == bindparam("known_anonymous"),
        Registration.status == bindparam("known_status"),
        Deployment.id == bindparam("known_deployment"),
        Deployment.registration_id == Registration.id,
        Deployment.deployment_id == bindparam("known_deployment_id"),
        Deployment.status == bindparam("known_deployment_status"),
        Context.id == bindparam("known_context"),
        Context.deployment_pk == Deployment.id,
        Context.context_id == bindparam("known_context_id"),
        ResourceLink.id == bindparam("known_link"),
        ResourceLink.context_pk == Context.id,
        ResourceLink.resource_link_id == bindparam("known_link_id"),
    )


_STILL = Prepared(_still)
_BY_ADDRESS = Prepared(_by_address)
_BY_LAUNCH = Prepared(_by_launch)
