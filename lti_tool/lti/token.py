"""Is this id_token the platform's, for us, now, and from this login? (LTI Security Framework 1.0
§5.1.3, OIDC Core 1.0 §3.1.3.7). Each check is one function that passes or refuses."""

from __future__ import annotations

import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NewType

from jwt.algorithms import RSAAlgorithm

from lti_tool.errors import PlatformError
from lti_tool.lti.keysets import Keysets
from lti_tool.lti.platform import Platform
from lti_tool.lti.refusals import refuse

#: Claims whose signature has been checked. Only ``check_token`` makes them.
SignedClaims = NewType("SignedClaims", dict[str, Any])

LEEWAY = timedelta(seconds=60)
MAX_AGE = timedelta(minutes=10)
MAX_LENGTH = 64 * 1024
#: NumericDate beyond the year 9999 is no date.
LATEST = 253402300799
#: base64url as base64; what only base64 has is no letter of either.
_BASE64 = bytes.maketrans(b"-_+/=", b"+/???")
_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """An id_token taken apart, once. Its claims are not to be believed before ``check_token``: they
    may say where to look, never what to do."""

    kid: str
    claims: Mapping[str, Any] = field(repr=False)
    signed_text: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def read_token(id_token: str | None) -> UnverifiedToken:
    """Three parts, RS256, a key id and an object of claims (Security Framework §5.1.3 (1), §6.3;
    RFC 7515 §7.1). Taken apart here, since PyJWT looks at each character and takes longer
    for that than for the signature, which is its to judge. Raises ``LaunchRejected``."""
    if not id_token:
        raise refuse("token.missing")
    if len(id_token) > MAX_LENGTH:
        raise refuse("token.too-long")
    signed_text, _, rest = id_token.rpartition(".")
    try:
        first, second = signed_text.split(".")
        header, claims = json.loads(_decode(first)), json.loads(_decode(second))
        signature = _decode(rest)
    except (ValueError, RecursionError):
        raise refuse("token.malformed") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise refuse("token.malformed")
    if header.get("alg") != "RS256":
        raise refuse("token.algorithm")
    kid = header.get("kid", "")
    if not isinstance(kid, str) or "crit" in header:  # an extension unknown to us (§4.1.11)
        raise refuse("token.malformed")
    if not kid:
        raise refuse("token.kid-missing")
    return UnverifiedToken(kid, claims, signed_text.encode(), signature)


def check_token(
    keysets: Keysets, platform: Platform, token: UnverifiedToken, nonce: str, now: datetime
) -> SignedClaims:
    """The claims of ``token``, or ``LaunchRejected``."""
    _check_signature(keysets, platform, token)
    claims = SignedClaims(dict(token.claims))
    _check_times(claims, now)
    _check_issuer(claims, platform)
    _check_audience(claims, platform)
    _check_nonce(claims, nonce)
    return claims


def valid_until(claims: SignedClaims) -> datetime:
    """The moment from which this token is refused in any case."""
    expires, issued = float(claims["exp"]), float(claims["iat"])
    last = min(expires, issued + MAX_AGE.total_seconds())
    return datetime.fromtimestamp(last, UTC) + LEEWAY


def issued_at(claims: SignedClaims) -> datetime:
    return datetime.fromtimestamp(float(claims["iat"]), UTC)


def _check_signature(keysets: Keysets, platform: Platform, token: UnverifiedToken) -> None:
    """Signed with a key from the registration's own keyset (§5.1.3 (1))."""
    try:
        key = keysets.find(platform.jwks_url, token.kid)
    except PlatformError as error:
        raise refuse("token.keyset-unreadable", error.message) from error
    if key is None:
        raise refuse("token.kid-unknown")
    if not _RS256.verify(token.signed_text, key, token.signature):
        raise refuse("token.signature")


def _check_times(claims: SignedClaims, now: datetime) -> None:
    """``exp`` and ``iat`` are there and make sense now, within a leeway (§5.1.3 (7), (8))."""
    clock, leeway = now.timestamp(), LEEWAY.total_seconds()
    expires, issued = _time(claims, "exp"), _time(claims, "iat")
    if expires + leeway <= clock:
        raise refuse("token.expired", f"{clock - expires:.0f} s ago")
    if issued + MAX_AGE.total_seconds() + leeway <= clock:
        raise refuse("token.too-old", f"{clock - issued:.0f} s ago")
    for begins in (issued, _time(claims, "nbf") if claims.get("nbf") is not None else issued):
        if begins - leeway > clock:
            raise refuse("token.from-the-future", f"by {begins - clock:.0f} s")


def _time(claims: SignedClaims, name: str) -> float:
    """A NumericDate (RFC 7519 §2): a number, and no boolean, infinity or year 30000."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse("token.time-missing", name)
    if not 0 <= value <= LATEST:  # NaN too
        raise refuse("token.time-missing", name)
    return float(value)


def _check_issuer(claims: SignedClaims, platform: Platform) -> None:
    """``iss`` is exactly the registration's (§5.1.3 (2))."""
    if claims.get("iss") != platform.issuer:
        raise refuse("token.issuer")


def _check_audience(claims: SignedClaims, platform: Platform) -> None:
    """``aud`` names us; beside others, ``azp`` must say that it was made for us (§5.1.3
    (3)–(5))."""
    audience, party = claims.get("aud"), claims.get("azp")
    names = [audience] if isinstance(audience, str) else audience
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise refuse("token.audience")
    if platform.client_id not in names:
        raise refuse("token.audience")
    if len(set(names)) > 1 and party is None:
        raise refuse("token.audience", "several, and no azp")
    if party is not None and party != platform.client_id:
        raise refuse("token.audience", "azp")


def _check_nonce(claims: SignedClaims, expected: str) -> None:
    """The nonce is the one that this login asked for (§5.1.3 (9))."""
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce.isascii():
        raise refuse("token.nonce")
    if not hmac.compare_digest(nonce, expected):
        raise refuse("token.nonce")


def _decode(part: str) -> bytes:
    """base64url without padding (RFC 7515 §2), and nothing else."""
    padding = b"=" * (-len(part) % 4)
    return binascii.a2b_base64(part.encode().translate(_BASE64) + padding, strict_mode=True)
