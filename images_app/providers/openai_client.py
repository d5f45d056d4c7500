"""The `openai` client as Easel uses it: no retries, no redirects, no environment."""

from __future__ import annotations

from functools import lru_cache
from ssl import SSLContext

import httpx2
from openai import AsyncOpenAI, Timeout

from images_app.providers.connection import check_connection
from images_app.providers.dialects import Auth

CONNECT_SECONDS = 10.0
READ_SECONDS = 300.0  # the finest pictures take well over two minutes

# What may leave. The SDK also reads organization, project, an admin key and arbitrary
# headers from the environment; those would go to any server that somebody connected.
_HEADERS = frozenset(
    {
        "accept",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
    }
)


def make_client(
    base_url: str,
    api_key: str,
    *,
    auth: Auth = "bearer",
    connect_seconds: float = CONNECT_SECONDS,
    read_seconds: float = READ_SECONDS,
) -> AsyncOpenAI:
    """A client for one connection; close it after use.

    ProviderError if the address or the key is none that a call could be made with.
    """
    check_connection(base_url, api_key)
    timeout = Timeout(
        connect=connect_seconds,
        read=read_seconds,
        write=read_seconds,
        pool=connect_seconds,
    )
    return AsyncOpenAI(
        api_key="replaced-when-sent",
        base_url=base_url.rstrip("/"),
        max_retries=0,
        timeout=timeout,
        http_client=httpx2.AsyncClient(
            transport=_CleanTransport(auth_headers(api_key, auth)),
            timeout=timeout,
            # A redirect would send the request, and perhaps the key, twice.
            follow_redirects=False,
            trust_env=False,
        ),
    )


def auth_headers(api_key: str, auth: Auth = "bearer") -> dict[str, str]:
    """The header that carries the key; none without a key."""
    if not api_key:
        return {}
    if auth == "api-key":
        return {"api-key": api_key}
    return {"Authorization": f"Bearer {api_key}"}


class _CleanTransport(httpx2.AsyncHTTPTransport):
    """Sends only headers that belong to the call, and the connection's own key.

    It works at the last step, because the SDK reads headers of its own from the
    request again when the answer is there.
    """

    def __init__(self, auth: dict[str, str]) -> None:
        super().__init__(verify=_ssl_context(), trust_env=False)
        self._own = {"User-Agent": "Easel", "Accept-Encoding": "identity", **auth}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        kept = {name: request.headers[name] for name in _HEADERS & {*request.headers}}
        clean = httpx2.Request(
            request.method,
            request.url,
            headers={**kept, **self._own},
            stream=request.stream,
            extensions=request.extensions,
        )
        return await super().handle_async_request(clean)


@lru_cache(maxsize=1)
def _ssl_context() -> SSLContext:
    """Made once: reading the certificates takes longer than many a call."""
    return httpx2.create_ssl_context()
