"""Secrets at rest: encrypted with a key derived from the tool's secret for one use alone."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["InvalidToken", "seal", "unseal"]


def seal(data: bytes, secret_key: str, purpose: bytes) -> bytes:
    return Fernet(_derive(secret_key, purpose)).encrypt(data)


def unseal(sealed: bytes, secret_key: str, purpose: bytes) -> bytes:
    """Raises ``InvalidToken`` for what another secret, or another use, has sealed."""
    return Fernet(_derive(secret_key, purpose)).decrypt(sealed)


@lru_cache(maxsize=8)
def _derive(secret_key: str, purpose: bytes) -> bytes:
    """RFC 5869; the secret is random and long, so no slow hash."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return base64.urlsafe_b64encode(kdf.derive(secret_key.encode()))
