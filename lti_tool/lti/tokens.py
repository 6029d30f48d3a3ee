"""Access tokens for the platform's services (LTI Security Framework 1.0 §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import requests

from lti_tool.lti.keys import Signer
from lti_tool.lti.platform import Platform
from lti_tool.outbound import Outbound


class ServiceTokens:
    """Tokens by registration and scopes, cached until they expire. Thread-safe; one a process.
    ``signer`` gives the key that signs now (``lambda: keys.current_key(session, secret)`` with
    a session of its own)."""

    def __init__(
        self,
        outbound: Outbound,
        signer: Callable[[], Signer],
        *,
        clock: Callable[[], float] | None = None,
    ) -> None:
        raise NotImplementedError

    def call(
        self,
        platform: Platform,
        scopes: Sequence[str],
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One service request with a bearer, once more with a fresh one after a 401. Refuses URLs
        on hosts that are not the registration's. Failures are ``PlatformError``."""
        raise NotImplementedError
