"""Platforms' keysets, cached in the process (LTI Security Framework 1.0 §6.3).

A key id that the cached keyset lacks is either forged or brand new, and nobody can tell: so it
has the keyset read again, but not more often than every few seconds however many ask."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.errors import PlatformError
from lti_tool.lti.text import mapping
from lti_tool.outbound import Outbound, json_of

MIN_BITS = 2048
MAX_BITS = 16384
MAX_KEYS = 50
MAX_KEYSETS = 1000
#: How long a keyset is believed: what Cache-Control says, within these bounds.
SHORTEST, USUAL, LONGEST = 60.0, 3600.0, 86400.0
#: Between two readings of one keyset.
COOL_DOWN = 3.0
#: How long an old keyset still serves where the new one cannot be read.
STALE = 3600.0


@dataclass(slots=True)
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    fresh_until: float = float("-inf")
    tried_at: float = float("-inf")
    error: PlatformError | None = None


class Keysets:
    """Public keys by keyset URL and key id. Thread-safe; make one a process."""

    def __init__(self, outbound: Outbound, *, clock: Callable[[], float] | None = None) -> None:
        self._outbound = outbound
        self._clock = clock or time.monotonic
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, jwks_url: str, kid: str) -> RSAPublicKey | None:
        """The key, or None where the platform has none of that id. Raises ``PlatformError`` where
        the keyset cannot be read."""
        entry = self._entry(jwks_url)
        key = entry.keys.get(kid)
        if key is not None and self._clock() < entry.fresh_until:
            return key
        with entry.lock:
            now = self._clock()
            stale = now >= entry.fresh_until
            if (stale or kid not in entry.keys) and now - entry.tried_at >= COOL_DOWN:
                self._read(entry, jwks_url)
            key = entry.keys.get(kid)
            if entry.error is not None and not self._serves(entry, key):
                raise entry.error
            return key

    def _serves(self, entry: _Entry, key: RSAPublicKey | None) -> bool:
        return key is not None and self._clock() < entry.fresh_until + STALE

    def _entry(self, jwks_url: str) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(jwks_url, _Entry())
            self._entries.move_to_end(jwks_url)
            if len(self._entries) > MAX_KEYSETS:
                self._entries.popitem(last=False)
            return entry

    def _read(self, entry: _Entry, jwks_url: str) -> None:
        entry.tried_at = self._clock()
        try:
            response = self._outbound.get(jwks_url, headers={"Accept": "application/json"})
            keys = usable_keys(response)
        except PlatformError as error:
            entry.error = error
            return
        entry.keys, entry.error = keys, None
        entry.fresh_until = self._clock() + _lifetime(response)


def usable_keys(response: requests.Response) -> dict[str, RSAPublicKey]:
    """The keys of a keyset that launches may be signed with, by id. Raises ``PlatformError`` where
    the answer is no keyset."""
    if response.status_code != 200:
        raise PlatformError(
            "keyset.unreadable",
            f"the keyset URL answered with status {response.status_code}",
            retryable=True,
            status=response.status_code,
        )
    found = mapping(json_of(response)).get("keys")
    if not isinstance(found, list):
        raise PlatformError(
            "keyset.malformed", "the keyset URL does not answer with a keyset", retryable=False
        )
    keys: dict[str, RSAPublicKey] = {}
    for value in found[:MAX_KEYS]:
        kid = mapping(value).get("kid")
        key = _usable(mapping(value))
        if isinstance(kid, str) and key is not None:
            keys.setdefault(kid, key)
    return keys


def _usable(value: dict[str, Any]) -> RSAPublicKey | None:
    """A strong public RSA key meant for signatures with RS256 (RFC 7517 §4, Security Framework
    §6.1); None for all else."""
    if value.get("kty") != "RSA" or value.get("alg", "RS256") != "RS256":
        return None
    operations = value.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    if value.get("use", "sig") != "sig":
        return None
    public = {name: value[name] for name in ("kty", "n", "e") if isinstance(value.get(name), str)}
    if any(len(part) > MAX_BITS for part in public.values()):
        return None
    try:
        key = jwt.PyJWK(public, algorithm="RS256").key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if not isinstance(key, RSAPublicKey) or not MIN_BITS <= key.key_size <= MAX_BITS:
        return None
    return key


def _lifetime(response: requests.Response) -> float:
    control = response.headers.get("Cache-Control", "").lower()
    if re.search(r"\bno-(store|cache)\b", control):
        return SHORTEST
    found = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", control)
    return min(max(float(found[1]), SHORTEST), LONGEST) if found else USUAL
