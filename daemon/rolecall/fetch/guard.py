"""Which addresses a feed may not make us talk to, decided at the socket: it sees the address really dialled.

A guard on names alone is bypassed by numbers, redirects and names that resolve differently the second time.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import socket
from typing import Any

_KINDS = {
    "the local network": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10"),
    "this machine": ("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128"),
    "the link": ("169.254.0.0/16", "fe80::/10"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "reserved": (
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "240.0.0.0/4", "100::/64", "2001:db8::/32", "2001:2::/48", "3fff::/20", "5f00::/16",
    ),
    # Addresses that carry another address inside them, and so lead anywhere.
    "a translated address": ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"),
}  # fmt: skip
_FORBIDDEN = tuple((ip_network(net), kind) for kind, nets in _KINDS.items() for net in nets)


class Forbidden(OSError):
    """Raised before the connection is made. Always the same text, so that several of them stay one error."""

    def __init__(self) -> None:
        super().__init__("not a public address")


def forbidden(address: str) -> str | None:
    """Return what is wrong with a numeric address ("the local network"), None when it is a public one."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return forbidden(str(ip.ipv4_mapped)) or "a translated address"
    for net, kind in _FORBIDDEN:
        if ip.version == net.version and ip in net:
            return kind
    return None if ip.is_global else "reserved"


def guarded_socket(addr_info: tuple[Any, ...]) -> socket:
    """Return a socket for an address that may be dialled; raises `Forbidden` otherwise (an aiohttp socket factory)."""
    family, kind, protocol, _name, address = addr_info
    if forbidden(str(address[0])):
        raise Forbidden
    return socket(family, kind, protocol)
