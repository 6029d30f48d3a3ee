"""Dynamic registration, the tool's half (LTI Dynamic Registration 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from lti_tool.errors import PlatformError
from lti_tool.lti.ags import SCOPES as AGS_SCOPES
from lti_tool.lti.claims import DATA_PRIVACY_NAMES, SUBMISSION_REVIEW
from lti_tool.lti.configuration import PlatformConfiguration, bearer
from lti_tool.lti.groups import SCOPE as GROUPS_SCOPE
from lti_tool.lti.history import VARIABLES
from lti_tool.lti.notices import SCOPE as NOTICES_SCOPE
from lti_tool.lti.nrps import SCOPE as NRPS_SCOPE
from lti_tool.lti.platform import name_of_host
from lti_tool.lti.quirks import DEFAULT, Quirks, quirks_for
from lti_tool.lti.text import identifier, mapping, text
from lti_tool.outbound import Outbound, json_of

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "locale")
SCOPES = (*AGS_SCOPES, NRPS_SCOPE)
#: Asked for, and taken part in, only where the platform says that it has them.
FURTHER_SCOPES = (GROUPS_SCOPE, NOTICES_SCOPE)
FURTHER_MESSAGES = frozenset({SUBMISSION_REVIEW, *DATA_PRIVACY_NAMES})


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


def tool_document(
    *,
    public_url: str,
    login_url: str,
    launch_url: str,
    jwks_url: str,
    names: Mapping[str, str],
    descriptions: Mapping[str, str],
    contact: str | None = None,
    logo_url: str | None = None,
    configuration: PlatformConfiguration | None = None,
) -> dict[str, Any]:
    """The registration request (§3.1): ``names`` and ``descriptions`` by language, English needed.
    Scopes are narrowed to what ``configuration`` offers."""
    offered = configuration.scopes if configuration and configuration.scopes else SCOPES
    messages = configuration.messages if configuration else ()
    quirks = quirks_for(configuration.product, configuration.issuer) if configuration else DEFAULT
    document: dict[str, Any] = {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": login_url,
        "redirect_uris": [launch_url],
        **_localized("client_name", names),
        "client_uri": public_url,
        "jwks_uri": jwks_url,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(s for s in (*SCOPES, *FURTHER_SCOPES) if s in offered),
        TOOL: {
            # With its port: Moodle compares it with the target link's whole authority.
            "domain": urlsplit(launch_url).netloc,
            **_localized("description", descriptions),
            "target_link_uri": launch_url,
            "custom_parameters": dict(VARIABLES),
            "claims": list(CLAIMS),
            "messages": [
                {"type": "LtiResourceLinkRequest"},
                {
                    "type": "LtiDeepLinkingRequest",
                    "target_link_uri": launch_url,
                    **_localized("label", names),
                    "placements": _placements(configuration, quirks),
                },
                *(
                    {"type": kind, "target_link_uri": launch_url}
                    for kind in dict.fromkeys(messages)
                    if kind in FURTHER_MESSAGES
                ),
            ],
            **quirks.tool_extras,
        },
    }
    if contact:
        document["contacts"] = [contact]
    if logo_url:
        document["logo_uri"] = logo_url
    return document


def _placements(configuration: PlatformConfiguration | None, quirks: Quirks) -> list[str]:
    """Where the picker should appear, as far as the platform can show it there."""
    offered = configuration.placements if configuration else ()
    wished = ("ContentArea", *quirks.placements)
    return [place for place in wished if place in offered] or list(quirks.placements or wished)


def _localized(name: str, words: Mapping[str, str]) -> dict[str, str]:
    """``name`` in English and ``name#fr`` and so on (OIDC Registration §2.1)."""
    others = {f"{name}#{language}": word for language, word in words.items() if language != "en"}
    return {name: words["en"], **others}


def register(
    outbound: Outbound,
    configuration: PlatformConfiguration,
    token: str | None,
    document: Mapping[str, Any],
) -> RegistrationValues:
    """Post the document (§3.5); the platform's own words travel in the ``PlatformError`` of a
    refusal. ``token`` None: none was sent (D2L)."""
    headers = {"Accept": "application/json", **bearer(token)}
    response = outbound.post(configuration.registration_url, json=dict(document), headers=headers)
    if response.status_code not in (200, 201):
        raise PlatformError(
            "registration.refused",
            f"the platform refused the registration (status {response.status_code})"
            + _said(response),
            retryable=False,
            status=response.status_code,
        )
    answer = mapping(json_of(response))
    client_id = identifier(answer.get("client_id"))
    if client_id is None:
        raise PlatformError(
            "registration.no-client-id",
            "the platform answered without a client_id" + _said(response),
            retryable=False,
        )
    return RegistrationValues(
        name=name_of_host(configuration.issuer),
        issuer=configuration.issuer,
        client_id=client_id,
        auth_url=configuration.auth_url,
        token_url=configuration.token_url,
        jwks_url=configuration.jwks_url,
        token_audience=configuration.token_audience,
        product=configuration.product,
        deployment_ids=_deployments(answer),
    )


def _deployments(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """§3.5.1: ``deployment_id`` in the tool configuration, one where the platform made one."""
    found = mapping(answer.get(TOOL)).get("deployment_id")
    values = found if isinstance(found, list) else [found]
    kept = (identifier(str(v) if isinstance(v, int) else v) for v in values)
    return tuple(value for value in kept if value is not None)


def _said(response: requests.Response) -> str:
    """The platform's words, whatever their shape: Moodle answers in plain text, Canvas with 422
    and ``errors`` as a string, a list or an object, others with OAuth's ``error``."""
    body = json_of(response)
    if isinstance(body, dict):
        found: object = next(
            (
                body[name]
                for name in ("error_description", "message", "errors", "error", "detail")
                if body.get(name)
            ),
            "",
        )
    elif body is not None:
        found = body
    elif "html" in response.headers.get("Content-Type", ""):
        found = ""
    else:
        found = response.content[:2000].decode("utf-8", "replace")
    words = text(" ".join(str(found).split()), 300)
    return f": {words}" if words else ""
