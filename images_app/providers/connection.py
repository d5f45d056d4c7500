"""Whether a connection's address and key can be used at all, before anything leaves."""

from __future__ import annotations

from urllib.parse import urlsplit

from playground.lib.errors import ErrorKind, ProviderError


def check_connection(base_url: str, api_key: str) -> None:
    """Raise ProviderError for an address or a key with which no call can be made."""
    try:
        parts = urlsplit(base_url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port, (parts.hostname or "").encode("idna")
    except ValueError:
        is_address = False
    if not is_address:
        raise _misconfigured("The base URL is not a valid http or https address.")
    if not (api_key.isascii() and api_key.isprintable()):
        raise _misconfigured("The key has characters that no header may hold.")


def _misconfigured(detail: str) -> ProviderError:
    return ProviderError(
        ErrorKind.CONFIGURATION,
        "The connection's address or key cannot be used. Ask an admin to check it.",
        admin_text=detail,
    )
