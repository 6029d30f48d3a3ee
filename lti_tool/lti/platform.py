"""A registration's values, detached from the database: what a call to the platform needs, usable
after the transaction that read it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_tool.lti.quirks import Quirks, quirks_for
from lti_tool.lti.text import origin_of
from lti_tool.models import Registration


def name_of_host(issuer: str) -> str:
    """What a registration is called as long as nobody has named it: the host of its issuer."""
    return urlsplit(issuer).hostname or issuer


@dataclass(frozen=True, slots=True)
class KnownDeployment:
    """One deployment of a registration as plain values."""

    id: int
    deployment_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Platform:
    """One registration (issuer and client id) as plain values."""

    id: int
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None
    quirks: Quirks
    status: str
    hold_deployments: bool
    allow_anonymous: bool

    @classmethod
    def of(cls, registration: Registration) -> Platform:
        return cls(
            id=registration.id,
            issuer=registration.issuer,
            client_id=registration.client_id,
            auth_url=registration.auth_url,
            token_url=registration.token_url,
            jwks_url=registration.jwks_url,
            token_audience=registration.token_audience,
            quirks=quirks_for(registration.product, registration.issuer),
            status=registration.status,
            hold_deployments=registration.hold_deployments,
            allow_anonymous=registration.allow_anonymous,
        )

    def owns(self, url: str) -> bool:
        """Whether a bearer of this platform may be sent to ``url``: one of the origins that the
        registration names, or the domains that its product is known to answer from."""
        target = origin_of(url)
        if target is None:
            return False
        if target in {origin_of(u) for u in self._addresses}:
            return True
        scheme, name, _ = target
        domains = self.quirks.service_domains
        return scheme == "https" and any(name == d or name.endswith("." + d) for d in domains)

    @property
    def _addresses(self) -> tuple[str, ...]:
        return self.issuer, self.auth_url, self.token_url, self.jwks_url
