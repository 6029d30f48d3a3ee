"""Dynamic registration, the tool's half (LTI Dynamic Registration 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.outbound import Outbound


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """What the platform says of itself (§2.1). JSON-ready by ``dataclasses.asdict``; rebuild with
    ``PlatformConfiguration(**value)``."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    token_audience: str | None
    product: str
    version: str
    scopes: tuple[str, ...]
    claims: tuple[str, ...]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistrationValues:
    """What goes into a ``Registration`` row, and the deployments that the platform named."""

    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None
    product: str
    deployment_ids: tuple[str, ...]


def fetch_configuration(outbound: Outbound, url: str) -> PlatformConfiguration:
    """Read the platform's configuration; its issuer must live on the host that it was read from
    (§3.4). Raises ``PlatformError``."""
    raise NotImplementedError


def tool_document(
    *,
    public_url: str,
    login_url: str,
    launch_url: str,
    jwks_url: str,
    names: Mapping[str, str],
    descriptions: Mapping[str, str],
    contact: str | None = None,
    configuration: PlatformConfiguration | None = None,
) -> dict[str, Any]:
    """The registration request (§3.1): ``names`` and ``descriptions`` by language, English needed.
    Scopes are narrowed to what ``configuration`` offers."""
    raise NotImplementedError


def register(
    outbound: Outbound,
    configuration: PlatformConfiguration,
    token: str | None,
    document: Mapping[str, Any],
) -> RegistrationValues:
    """Post the document (§3.5); the platform's own words travel in the ``PlatformError`` of a
    refusal. ``token`` None: none was sent (D2L)."""
    raise NotImplementedError
