"""A database of each kind, a platform and the guarded client: no application around them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from sqlalchemy.orm import Session

from lti_tool.lti.keys import Signer
from lti_tool.lti.keysets import Keysets
from lti_tool.lti.platform import Platform as Values
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import Registration
from lti_tool.outbound import Outbound
from tests.conformance.platform import Platform, rsa_key, running_platform
from tests.databases import KINDS, Databases, engine_of
from tests.unit.lti.launching import Launcher

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = "a secret of more than thirty-two characters"


@pytest.fixture(params=KINDS)
def session(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Session]:
    with (
        databases.new(request.param) as url,
        engine_of(url) as engine,
        Session(engine) as session,
    ):
        yield session


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running_platform() as platform:
        yield platform


@pytest.fixture
def outbound() -> Outbound:
    return Outbound(LOOPBACK)


@pytest.fixture
def registration(session: Session, platform: Platform) -> Registration:
    row = Registration(
        public_id="campus",
        name="Campus",
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_url=f"{platform.url}/auth?tenant=a",
        token_url=f"{platform.url}/token",
        jwks_url=f"{platform.url}/jwks",
    )
    session.add(row)
    session.commit()
    return row


@pytest.fixture
def launcher(
    session: Session, platform: Platform, registration: Registration, outbound: Outbound
) -> Launcher:
    return Launcher(session, platform, registration, Keysets(outbound))


@pytest.fixture
def moment() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def tokens(outbound: Outbound) -> ServiceTokens:
    return ServiceTokens(outbound, lambda: Signer("tool-key", rsa_key("tool")))


@pytest.fixture
def values(registration: Registration) -> Values:
    return Values.of(registration)
