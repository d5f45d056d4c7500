"""Addresses of stored files that need no key and die by themselves.

An address names the file and the moment it was made, signed with the server's secret;
nothing is written down, so making one reads no database.
"""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from images_app.models import File

_SALT = "images_app.signed_urls"


class BadLinkError(Exception):
    """The address was not signed by this server, or names another file."""


class ExpiredLinkError(BadLinkError):
    """The address was right once; its time is over."""


def signed_url(base_url: str, file: File) -> str:
    """Where this file can be fetched for `SIGNED_URL_SECONDS` from now on.

    `base_url` is the server's own address as the client sees it, such as
    `http://localhost:8000`: `Caller.base_url`.
    """
    return sign(base_url, file.public_id)


def sign(base_url: str, file_id: str) -> str:
    """The same by the file's public id."""
    _, _, token = _signer().sign(file_id).partition(_signer().sep)
    return f"{base_url}/v1/files/{file_id}/signed/{token}"


def check(file_id: str, token: str) -> None:
    """Return if this token opens this file now, else raise BadLinkError."""
    signer = _signer()
    try:
        signer.unsign(
            f"{file_id}{signer.sep}{token}", max_age=settings.SIGNED_URL_SECONDS
        )
    except SignatureExpired as exc:
        raise ExpiredLinkError from exc
    except BadSignature as exc:
        raise BadLinkError from exc


def own_file_id(base_url: str, url: str) -> str:
    """The id of the file that an address of this server opens now.

    "" for any other address; BadLinkError for one that does not open its file.
    """
    path = url.removeprefix(f"{base_url}/v1/files/")
    file_id, _, token = path.partition("?")[0].partition("/signed/")
    if path == url or not token:
        return ""
    check(file_id, token)
    return file_id


def _signer() -> TimestampSigner:
    # A separator that every client leaves as it is in a path.
    return TimestampSigner(salt=_SALT, sep=".")
