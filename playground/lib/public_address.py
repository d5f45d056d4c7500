"""Which network addresses a stranger's URL may lead to.

Only plain, public addresses. Forms that hide another address inside them (mapped,
translated, tunnelled) are refused whole, as are the many spellings of an IPv4 address
that a resolver understands and a reader does not.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

# Networks whose addresses carry an IPv4 address that some gateway would unpack.
_TUNNELS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local use
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
    )
)
# `2130706433`, `0x7f.1`, `0177.0.0.1`, `127.1`: numbers that only mean an address.
_NUMERIC_HOST = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.I)


# Names that lead to this machine or network wherever they are resolved.
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".home.arpa")


def is_public_url(url: str) -> bool:
    """Whether it is https, and its host not plainly a private one.

    No name is resolved, so that whoever fetches it has to check again.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        is_https = parts.scheme == "https" and parts.port != 0
    except ValueError:
        return False
    if not is_https or is_disguised(host):
        return False
    if ":" in host or host.replace(".", "").isdigit():
        return is_public(host)
    return "." in host and not host.endswith(_PRIVATE_NAMES)


def is_public(address: str) -> bool:
    """Whether the address, as a resolver gave it, belongs to the public internet."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        tunnelled = any(parsed in network for network in _TUNNELS)
        if tunnelled or parsed.scope_id is not None or parsed.is_site_local:
            return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def is_disguised(host: str) -> bool:
    """Whether the host is a number that means an address, but is not written as one."""
    if not _NUMERIC_HOST.fullmatch(host):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, IPv4 first; OSError if it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ordered = sorted(found, key=lambda entry: entry[0] != socket.AF_INET)
    return list(dict.fromkeys(str(entry[4][0]) for entry in ordered))
