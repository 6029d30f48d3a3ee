"""The configuration that Canvas reads where a key is made by hand (Canvas, "Manually configuring
LTI Advantage tools")."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lti_tool.lti.claims import DEEP_LINKING
from lti_tool.lti.history import VARIABLES
from lti_tool.lti.quirks import QUIRKS
from lti_tool.lti.registration import SCOPES


def canvas_document(
    *, title: str, description: str, login_url: str, launch_url: str, jwks_url: str
) -> dict[str, Any]:
    """The JSON of an LTI developer key."""
    placements = [
        {
            "placement": place,
            "message_type": DEEP_LINKING,
            "target_link_uri": launch_url,
            "text": title,
            "enabled": True,
        }
        for place in QUIRKS["canvas"].placements
    ]
    return {
        "title": title,
        "description": description,
        "oidc_initiation_url": login_url,
        "target_link_uri": launch_url,
        "public_jwk_url": jwks_url,
        "scopes": list(SCOPES),
        "custom_fields": dict(VARIABLES),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": urlsplit(launch_url).netloc,
                "privacy_level": "name_only",
                "settings": {"platform": "canvas.instructure.com", "placements": placements},
            }
        ],
    }
