"""The LTI 1.1 migration claim (LTI 1.3 Migration Guide §6): what a platform called its people and
courses in LTI 1.1, and its proof that it is the same platform."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from lti_tool.lti.claims import LegacyClaim
from lti_tool.lti.text import identifier, mapping

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/lti1p1"
DEPLOYMENT = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"


def legacy_claim(claims: Mapping[str, Any], client_id: str) -> LegacyClaim | None:
    """The claim of a launch whose own signature, times and audience have been checked. None where
    there is none, or where it carries no proof: then it is nothing to act upon."""
    found = mapping(claims.get(CLAIM))
    key = identifier(found.get("oauth_consumer_key"))
    signature = found.get("oauth_consumer_key_sign")
    if key is None or not isinstance(signature, str) or not signature:
        return None
    return LegacyClaim(
        key=key,
        signature=signature,
        signed_text=_signed_text(claims, key, client_id),
        user_id=identifier(found.get("user_id")),
        context_id=identifier(found.get("context_id")),
        resource_link_id=identifier(found.get("resource_link_id")),
    )


def is_signed(claim: LegacyClaim, secret: str) -> bool:
    """Whether the claim was signed with the consumer's ``secret`` (§6.2.2)."""
    made = hmac.new(secret.encode(), claim.signed_text.encode(), hashlib.sha256).digest()
    given = claim.signature.encode("utf-8", "replace")
    return hmac.compare_digest(base64.b64encode(made), given)


def _signed_text(claims: Mapping[str, Any], key: str, client_id: str) -> str:
    """What is signed, joined with ``&`` (§6.2.2): the values as the token has them."""
    expires = claims.get("exp")
    if isinstance(expires, float) and expires.is_integer():
        expires = int(expires)
    values = (key, claims.get(DEPLOYMENT), claims.get("iss"), client_id, expires)
    return "&".join(str(value) for value in (*values, claims.get("nonce")))
