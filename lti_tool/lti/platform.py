"""A registration's values, detached from the database: what a call to the platform needs, usable
after the transaction that read it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_tool.lti.quirks import Quirks, quirks_for
from lti_tool.models import Registration


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
        )

    def owns(self, url: str) -> bool:
        """Whether a bearer of this platform may be sent to ``url``: one of the hosts that the
        registration names, or of the domains that its product is known to answer from."""
        target = _host(url)
        if target is None:
            return False
        own = (self.issuer, self.auth_url, self.token_url, self.jwks_url)
        if target in {_host(u) for u in own}:
            return True
        name = target.rpartition(":")[0]
        return any(name == d or name.endswith("." + d) for d in self.quirks.service_domains)


def _host(url: str) -> str | None:
    """``host:port`` in lower case, or None where ``url`` is not an http(s) URL."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None or parts.username is not None:
        return None
    return f"{parts.hostname.lower().rstrip('.')}:{port}"
