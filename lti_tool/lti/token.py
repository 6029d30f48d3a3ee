"""Is this id_token the platform's, for us, now, and from this login? (LTI Security Framework 1.0
§5.1.3, OIDC Core 1.0 §3.1.3.7). Each check is one function that passes or refuses."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any, NewType

import jwt

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


def check_token(
    keysets: Keysets, platform: Platform, id_token: str, nonce: str, now: datetime
) -> SignedClaims:
    """The claims of ``id_token``, or ``LaunchRejected``."""
    kid = _check_header(id_token)
    claims = _check_signature(keysets, platform, id_token, kid)
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


def _check_header(id_token: str) -> str:
    """Three parts, RS256, and a key id (Security Framework §5.1.3 (1), §6.3)."""
    if len(id_token) > MAX_LENGTH:
        raise refuse("token.too-long")
    try:
        header = jwt.get_unverified_header(id_token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise refuse("token.malformed") from None
    if header.get("alg") != "RS256":
        raise refuse("token.algorithm")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise refuse("token.kid-missing")
    return kid


def _check_signature(keysets: Keysets, platform: Platform, id_token: str, kid: str) -> SignedClaims:
    """Signed with a key from the registration's own keyset (§5.1.3 (1))."""
    try:
        key = keysets.find(platform.jwks_url, kid)
    except PlatformError as error:
        raise refuse("token.keyset-unreadable", error.message) from error
    if key is None:
        raise refuse("token.kid-unknown")
    off = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        claims = jwt.decode(id_token, key, algorithms=["RS256"], options=off)  # type: ignore[arg-type]
    except jwt.InvalidSignatureError:
        raise refuse("token.signature") from None
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise refuse("token.malformed") from None
    return SignedClaims(claims)


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
