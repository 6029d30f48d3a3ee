"""The one way out: every HTTP call of the tool to a platform goes through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import requests

Network = IPv4Network | IPv6Network
#: (host, port) → the addresses that the name has.
Resolver = Callable[[str, int], Sequence[str]]


class Outbound:
    """A guarded HTTP client. Raises ``PlatformError`` (codes ``outbound.*``) and nothing else; an
    answer with any status below 300 or from 400 is returned for the caller to judge."""

    def __init__(
        self,
        trusted_networks: Sequence[Network] = (),
        ca_bundle: str | None = None,
        timeout: tuple[float, float] = (5.0, 15.0),
        max_bytes: int = 1024 * 1024,
        total_seconds: float = 30.0,
        resolver: Resolver | None = None,
    ) -> None:
        raise NotImplementedError

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> requests.Response:
        raise NotImplementedError

    def post(
        self,
        url: str,
        *,
        data: Mapping[str, str] | bytes | str | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        raise NotImplementedError

    def session(self) -> requests.Session:
        """A ``requests.Session`` under the same guard, for PyLTI1p3's classes."""
        raise NotImplementedError
