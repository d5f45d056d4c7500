"""Fetching an address that somebody else chose, without becoming his tool.

Such an address must be https and public, which is checked on what its name resolves to,
before every hop; the connection then goes to the very address that was checked. Nothing
is taken from the environment: no proxy, no stored password.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError as TransportError

from playground.lib.public_address import is_disguised, is_public, resolve

MAX_REDIRECTS = 3
PIECE = 64 * 1024
DEFAULT_PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Resolver = Callable[[str, int], list[str]]


class FetchRefusedError(Exception):
    """The address may not be fetched, or fetching it failed; the text is a sentence."""


@dataclass(frozen=True)
class Fetched:
    """The bytes, and the type that the server claims ("" if none)."""

    data: bytes = field(repr=False)
    content_type: str


def fetch(
    url: str,
    *,
    max_bytes: int,
    timeout: tuple[float, float] = (10, 60),
    allow_origin: str | None = None,
    headers: Mapping[str, str] | None = None,
    resolver: Resolver = resolve,
) -> Fetched:
    """The bytes at `url`, or FetchRefusedError; blocks, so call it in a thread.

    `timeout` is seconds to connect and seconds in all. `allow_origin` is one
    scheme://host[:port] that may be plain http and private (an admin's own connection);
    `headers` are sent to that origin only.
    """
    deadline = time.monotonic() + timeout[1]
    own = _origin(_split(_normalized(allow_origin))) if allow_origin else None
    for _ in range(MAX_REDIRECTS + 1):
        url = _normalized(url)
        parts = _split(url)
        trusted = own is not None and _origin(parts) == own
        address = None if trusted else _checked_address(parts, resolver)
        sent = dict(headers or {}) if trusted else {}
        with requests.Session() as session:
            session.trust_env = False
            if address is not None:
                session.mount("https://", PinnedAdapter(address))
            try:
                with _get(session, url, sent, timeout[0], deadline) as answer:
                    if answer.status_code not in REDIRECTS:
                        return _read(answer, max_bytes, deadline)
                    url = urljoin(url, answer.headers.get("Location", ""))
            except (requests.RequestException, TransportError, OSError) as exc:
                raise FetchRefusedError(_failure(exc)) from exc
    raise FetchRefusedError(f"The address redirects more than {MAX_REDIRECTS} times.")


class PinnedAdapter(HTTPAdapter):
    """Connects to one address, whatever the name in the URL resolves to by now.

    The name is still what the Host header, SNI and the certificate are about.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__(max_retries=0)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        keys: Any = super().build_connection_pool_key_attributes(request, verify, cert)
        host_params, pool_kwargs = keys
        if host_params["scheme"] == "https":
            name = str(host_params["host"]).strip("[]")
            pool_kwargs |= {"server_hostname": name, "assert_hostname": name}
        host_params["host"] = self._address
        return host_params, pool_kwargs

    def add_headers(self, request: requests.PreparedRequest, **kwargs: Any) -> None:
        request.headers["Host"] = urlsplit(request.url or "").netloc


def _normalized(url: str) -> str:
    """The URL as requests will send it: what is checked must be what is called."""
    try:
        return requests.Request("GET", url).prepare().url or ""
    except (requests.RequestException, ValueError) as exc:
        raise FetchRefusedError("The address is not a valid URL.") from exc


def _split(url: str) -> SplitResult:
    """The parts of an absolute http(s) URL without a user, or a refusal."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for one that is no port number
    except ValueError as exc:
        raise FetchRefusedError("The address is not a valid URL.") from exc
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise FetchRefusedError("The address must be a full https URL.")
    if parts.username is not None or parts.password is not None:
        raise FetchRefusedError("The address must not hold a user name or password.")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", _port(parts)


def _port(parts: SplitResult) -> int:
    return parts.port or DEFAULT_PORTS[parts.scheme]


def _checked_address(parts: SplitResult, resolver: Resolver) -> str:
    """A public address of the host; one that is not public spoils them all."""
    if parts.scheme != "https":
        raise FetchRefusedError("The address must start with https://.")
    host = parts.hostname or ""
    if is_disguised(host):
        raise FetchRefusedError("The address hides its host behind a number.")
    try:
        addresses = resolver(host, _port(parts))
    except (OSError, UnicodeError) as exc:
        raise FetchRefusedError("The address's host name is not known.") from exc
    if not addresses or not all(map(is_public, addresses)):
        raise FetchRefusedError("The address does not lead to the public internet.")
    return addresses[0]


def _get(
    session: requests.Session,
    url: str,
    headers: dict[str, str],
    connect: float,
    deadline: float,
) -> requests.Response:
    left = _left(deadline)
    return session.get(
        url,
        # Unpacking could make a small answer huge, so none is asked for.
        headers={"Accept-Encoding": "identity", **headers},
        timeout=(min(connect, left), left),
        allow_redirects=False,
        stream=True,
    )


def _read(answer: requests.Response, max_bytes: int, deadline: float) -> Fetched:
    if answer.status_code != 200:
        raise FetchRefusedError(f"The address answered with {answer.status_code}.")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchRefusedError("The address answered with a packed body.")
    too_large = FetchRefusedError(f"What is there is larger than {max_bytes:,} bytes.")
    promised = answer.headers.get("Content-Length", "")
    if promised.isdecimal() and int(promised) > max_bytes:
        raise too_large
    data = bytearray()
    # `read1` returns what has come, so that a slow drip meets the deadline too.
    while piece := answer.raw.read1(PIECE):
        data += piece
        if len(data) > max_bytes:
            raise too_large
        _left(deadline)
    if promised.isdecimal() and len(data) < int(promised):
        raise FetchRefusedError("The answer broke off.")
    return Fetched(bytes(data), answer.headers.get("Content-Type", ""))


def _left(deadline: float) -> float:
    """Seconds left; a refusal when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchRefusedError("The address did not answer in time.")
    return left


def _failure(exc: Exception) -> str:
    if isinstance(exc, requests.Timeout):
        return "The address did not answer in time."
    if isinstance(exc, requests.exceptions.SSLError):
        return "The address's certificate is not valid."
    return "The address cannot be reached, or its answer broke off."
