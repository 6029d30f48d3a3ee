"""What a platform says of itself when it asks the tool to register (LTI Dynamic Registration 1.0
§2.1, §3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import PlatformError
from lti_tool.lti.claims import DEEP_LINKING
from lti_tool.lti.quirks import quirks_for
from lti_tool.lti.text import mapping, origin_of, text, texts, web_url
from lti_tool.outbound import Outbound, json_of

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """What the platform says of itself (§2.1). JSON-ready by ``dataclasses.asdict``; ``of``
    rebuilds it."""

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
    #: Where it can show the picker (deep linking), if it says so.
    placements: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> PlatformConfiguration:
        """Back from JSON, where tuples became lists."""
        given: dict[str, Any] = {f.name: value[f.name] for f in fields(cls) if f.name in value}
        for name, found in given.items():
            given[name] = tuple(found) if isinstance(found, list) else found
        return cls(**given)


def fetch_configuration(
    outbound: Outbound, url: str, token: str | None = None
) -> PlatformConfiguration:
    """Read the platform's configuration; its issuer must live on the host that it was read from
    (§3.4). ``token`` is the registration token: Canvas shows it to nobody else. Raises
    ``PlatformError``."""
    if web_url(url) is None:
        raise PlatformError(
            "registration.url-invalid",
            "openid_configuration is no web address: start the registration from your LMS",
            retryable=False,
        )
    response = outbound.get(url, headers={"Accept": "application/json", **bearer(token)})
    document = mapping(json_of(response))
    if response.status_code != 200 or not document:
        raise PlatformError(
            "registration.configuration-unreadable",
            f"the platform's configuration cannot be read (status {response.status_code})",
            retryable=response.status_code >= 500,
            status=response.status_code,
        )
    issuer = _endpoint(document, "issuer")
    check_same_host(issuer, url)
    about = mapping(document.get(PLATFORM))
    product = text(about.get("product_family_code"), 64) or ""
    messages = about.get("messages_supported")
    kinds = [mapping(item) for item in (messages if isinstance(messages, list) else ())]
    audience = text(document.get("authorization_server"), 2000)
    return PlatformConfiguration(
        issuer=issuer,
        auth_url=_endpoint(document, "authorization_endpoint"),
        token_url=_endpoint(document, "token_endpoint"),
        jwks_url=_endpoint(document, "jwks_uri"),
        registration_url=_endpoint(document, "registration_endpoint"),
        token_audience=None if quirks_for(product, issuer).audience_is_token_url else audience,
        product=product,
        version=text(about.get("version"), 64) or "",
        scopes=texts(document.get("scopes_supported")),
        claims=texts(document.get("claims_supported")),
        messages=tuple(kind for item in kinds if (kind := text(item.get("type"), 100)) is not None),
        placements=tuple(
            place
            for item in kinds
            if item.get("type") == DEEP_LINKING
            for place in texts(item.get("placements"))
        ),
    )


def _endpoint(document: Mapping[str, Any], name: str) -> str:
    """A required address, not less protected than the issuer's."""
    found = web_url(document.get(name))
    issuer = document.get("issuer")
    if found is None:
        raise PlatformError(
            "registration.configuration-incomplete",
            f"the platform's configuration lacks {name}, or it is no web address",
            retryable=False,
        )
    if isinstance(issuer, str) and issuer.startswith("https:") and not found.startswith("https:"):
        raise PlatformError(
            "registration.configuration-insecure",
            f"the platform's {name} is not an https address",
            retryable=False,
        )
    return found


def check_same_host(issuer: str, url: str) -> None:
    """Nobody may register a platform in another's name (§3.4). A cloud's shared issuer may be
    read from the cloud's own domains."""
    of, at = ((urlsplit(item).hostname or "").lower().rstrip(".") for item in (issuer, url))
    domains = quirks_for("", issuer).service_domains if url.startswith("https:") else ()
    known = any(at == domain or at.endswith("." + domain) for domain in domains)
    if not (of == at or known) or origin_of(issuer) is None:
        raise PlatformError(
            "registration.issuer-foreign",
            "the platform's configuration was read from another host than its issuer's: a "
            "platform can only register itself",
            retryable=False,
        )


def bearer(token: str | None) -> dict[str, str]:
    """The header for a registration token, where there is one. Raises ``PlatformError``."""
    if not token:
        return {}
    if not token.isascii() or not token.isprintable():
        raise PlatformError(
            "registration.token-invalid", "the registration token is malformed", retryable=False
        )
    return {"Authorization": f"Bearer {token}"}
