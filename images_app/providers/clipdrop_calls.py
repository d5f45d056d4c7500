"""One POST to ClipDrop, sent once, and its refusals as ProviderError."""

from __future__ import annotations

from collections.abc import Mapping

from images_app.providers.form_calls import Call, Part, send
from playground.lib.error_bodies import clean, read_error
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import error_from_response


def post_form(
    url: str,
    api_key: str,
    fields: Mapping[str, Part],
    *,
    timeout: tuple[float, float],
    paid: bool = True,
    accept: str = "",
) -> tuple[Mapping[str, str], bytes]:
    """Send a multipart form; the headers and body of a 200, or ProviderError.

    `accept` names the wished format of the picture. See `form_calls.Call` for the rest.
    """

    def refusal(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        return _refusal(status, headers, body, api_key, paid)

    headers = {"x-api-key": api_key, **({"Accept": accept} if accept else {})}
    return send(Call(url, headers, api_key, timeout, fields, paid), refusal)


def _refusal(
    status: int, headers: Mapping[str, str], body: bytes, api_key: str, paid: bool
) -> ProviderError:
    error = error_from_response(status, headers, body, secret=api_key, paid=paid)
    sentence = clean(read_error(body).message, api_key)
    if status != 400 or not sentence:
        return error
    # About the request and nothing else, so whoever made it may read it.
    return ProviderError(
        ErrorKind.INVALID,
        f"ClipDrop refused the request: {sentence}",
        admin_text=error.admin_text,
        status=400,
        said=sentence,
    )
