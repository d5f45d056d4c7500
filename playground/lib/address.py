"""Where this server is reached: the URL that links are made of, and its host names."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import sys
from pathlib import Path

from playground.lib import env

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
# In the data folder; written by the running server for the commands beside it.
ADDRESS_FILE = "address"
# Linux's number for "get the address of an interface".
SIOCGIFADDR = 0x8915


def server_url(host: str, port: int) -> str:
    """The URL of a server that listens there, as a browser on this machine calls it."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def public_url(data_dir: Path) -> str:
    """The URL that people use, with a slash at its end.

    EASEL_URL says it; else HOST and PORT; else the server that runs on this data
    folder, or did last; else the default address.
    """
    if url := env.text("EASEL_URL"):
        return url.rstrip("/") + "/"
    host = env.text("HOST", DEFAULT_HOST)
    if os.environ.get("PORT"):
        return server_url(host, env.number("PORT", DEFAULT_PORT))
    try:
        return (data_dir / ADDRESS_FILE).read_text().strip() or server_url(
            host, DEFAULT_PORT
        )
    except FileNotFoundError:
        return server_url(host, DEFAULT_PORT)


def is_wildcard(host: str) -> bool:
    """Whether listening there means listening on every address of the machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a Host header's name (port allowed) can only mean this machine."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    name = name.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def own_names() -> list[str]:
    """This machine's host name and addresses, as they appear in a Host header."""
    hostname = socket.gethostname().lower()
    names = {hostname}
    try:
        found = socket.getaddrinfo(hostname, None, type=socket.SOCK_STREAM)
    except OSError:
        found = []
    for *_, address in found:
        text = str(address[0]).partition("%")[0]
        names.add(f"[{text}]" if ":" in text else text)
    return sorted(names | interface_addresses())


def interface_addresses() -> set[str]:
    """The IPv4 address of each network interface; empty where Linux is not.

    The host name alone does not lead to them: Debian gives it a loopback address.
    """
    if sys.platform != "linux":
        return set()
    import fcntl

    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(asking.fileno(), SIOCGIFADDR, request)
            except OSError:  # an interface without an address
                continue
            found.add(socket.inet_ntoa(answer[20:24]))
    return found
