"""Which addresses the tool may call."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from lti_tool.errors import PlatformError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
#: (host, port) → the addresses that the name has.
Resolver = Callable[[str, int], Sequence[str]]

#: What ``ip_address(…).is_global`` lets through or judges differently from one Python to another.
REFUSED: tuple[Network, ...] = tuple(
    ip_network(n)
    for n in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata service
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; most clouds' metadata service
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",  # Azure's wire server, a public address
        "::/96",  # unspecified, loopback, IPv4-compatible
        "100::/64",
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
#: IPv6 ranges that carry an IPv4 address, and how far it stands from the right end.
CARRIERS: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped
    (IPv6Network("::ffff:0:0:0/96"), 0),  # IPv4-translated
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("2002::/16"), 80),  # 6to4
)
#: Local-use NAT64 embeds IPv4 addresses at a place that only the operator knows.
OPAQUE = IPv6Network("64:ff9b:1::/48")


def system_resolver(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Guard:
    """Says which addresses of a name may be called. Every one of them must be allowed: a name
    with one public and one private address is somebody's trick."""

    def __init__(self, trusted: Sequence[Network], resolver: Resolver | None = None) -> None:
        self._trusted = tuple(trusted)
        self._resolver = resolver or system_resolver

    def addresses(
        self, host: str, port: int, *, plain: bool
    ) -> list[tuple[socket.AddressFamily, str]]:
        """The name's addresses, judged; ``plain`` (http) only within trusted networks."""
        found = [self._parse(text, host) for text in self._resolve(host, port)]
        for address in found:
            if self.is_trusted(address):
                continue
            if not is_public(address):
                raise PlatformError(
                    "outbound.address-refused",
                    f"{host} has an address inside a private network. Where that is your LMS, "
                    "name the network in LTI_TOOL_TRUSTED_NETWORKS",
                    retryable=False,
                )
            if plain:
                raise PlatformError(
                    "outbound.scheme-refused",
                    f"{host} is called by plain http, which is for LTI_TOOL_TRUSTED_NETWORKS "
                    "only: use https",
                    retryable=False,
                )
        return [(socket.AF_INET6 if a.version == 6 else socket.AF_INET, str(a)) for a in found]

    def is_trusted(self, address: Address) -> bool:
        """In a trusted network; an IPv4 address in IPv6 clothes counts as what it carries."""
        inner = carried(address) or address
        return any(a in n for n in self._trusted for a in (address, inner))

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        try:
            found = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise PlatformError(
                "outbound.name-unknown", f"{host}: no such name", retryable=True
            ) from error
        if not found:
            raise PlatformError("outbound.name-unknown", f"{host}: no such name", retryable=True)
        return list(dict.fromkeys(found))

    @staticmethod
    def _parse(text: str, host: str) -> Address:
        try:
            return ip_address(text.partition("%")[0])
        except ValueError as error:
            raise PlatformError(
                "outbound.address-refused", f"{host} has no usable address", retryable=False
            ) from error


def carried(address: Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one, where there is one."""
    if isinstance(address, IPv6Address):
        for network, shift in CARRIERS:
            if address in network:
                return IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return None


def is_public(address: Address) -> bool:
    """Whether the whole Internet could call it too."""
    inner = carried(address)
    if inner is not None:
        return is_public(inner)
    if address in OPAQUE or any(address in n for n in REFUSED):
        return False
    return address.is_global and not address.is_multicast
