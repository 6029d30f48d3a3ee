"""Platforms' keysets, cached in the process (LTI Security Framework 1.0 §6)."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.outbound import Outbound


class Keysets:
    """Public keys by keyset URL and key id. Thread-safe; make one a process."""

    def __init__(self, outbound: Outbound, *, clock: Callable[[], float] | None = None) -> None:
        raise NotImplementedError

    def find(self, jwks_url: str, kid: str) -> RSAPublicKey | None:
        """The key, or None where the platform has none of that id. Raises ``PlatformError`` where
        the keyset cannot be read."""
        raise NotImplementedError
