"""Multipart bodies: bounded before they are parsed, refused in the API's own words."""

from __future__ import annotations

from collections.abc import Collection
from io import SEEK_END, BytesIO
from typing import IO

from django.conf import settings
from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from playground.api.errors import ApiError, translates
from playground.api.validation import too_large
from playground.api.validation_errors import unknown_parameter

TAIL = 1024
"""How many bytes may follow the end of a form."""
CHUNK = 1024 * 1024

Texts = dict[str, list[str]]
Uploads = dict[str, list["UploadedFile[bytes]"]]


def read_form(request: HttpRequest) -> tuple[Texts, Uploads]:
    """The texts and the files of a form, by name; ApiError for what is none."""
    if request.content_type != "multipart/form-data":
        sent = request.content_type or "nothing"
        raise ApiError(
            400,
            f"This call takes multipart/form-data, but the Content-Type is {sent}.",
            code="invalid_content_type",
        )
    _bound(request)
    texts = {name: request.POST.getlist(name) for name in request.POST}
    _check_texts(texts)
    uploads = {name: request.FILES.getlist(name) for name in request.FILES}
    count = sum(map(len, texts.values())) + sum(map(len, uploads.values()))
    _check_parts(request, count)
    return texts, uploads


def check_uploads(uploads: Uploads, names: Collection[str]) -> None:
    """ApiError 400 for a file that nobody reads."""
    unknown = next((name for name in uploads if name not in names), None)
    if unknown is not None:
        raise unknown_parameter(unknown)


def _bound(request: HttpRequest) -> None:
    length = request.META.get("CONTENT_LENGTH", "")
    if not length:
        # Sent in chunks: the parser would take it for an empty form.
        length = request.META["CONTENT_LENGTH"] = str(len(request.body))
    if length.isdecimal() and int(length) > settings.UPLOAD_MAX_BODY_BYTES:
        raise too_large(settings.UPLOAD_MAX_BODY_BYTES)


def _check_texts(texts: Texts) -> None:
    """The parser puts U+FFFD in the place of bytes that are no UTF-8."""
    for name, values in texts.items():
        if "\ufffd" in "".join((name, *values)):
            raise ApiError(
                400,
                f"Invalid '{name}': the text is not valid UTF-8.",
                name,
                "invalid_value",
            )


def _check_parts(request: HttpRequest, count: int) -> None:
    """ApiError for a form of which the parser has read only `count` parts of more.

    It takes what there is. Bodies that cannot be read again are left to it.
    """
    body = _body(request)
    if body is None:
        return
    boundary = f"--{(request.content_params or {}).get('boundary', '')}".encode()
    found, text = _occurrences(body, boundary), ""
    tail = _tail(body, TAIL + len(boundary))
    if tail and not found:
        text = (
            "The boundary in the Content-Type header is not the one between the parts"
            " of the body."
        )
    elif boundary + b"--" not in tail:  # it was cut, perhaps in a text
        text = "The body ended before the form's closing boundary."
    elif found > count + 1:  # one opens each part, and one closes the form
        text = "A part of the form has no name."
    if text:
        raise ApiError(400, text, code="invalid_multipart")


def _occurrences(body: IO[bytes], boundary: bytes) -> int:
    """How often it stands there; the parser, too, takes it wherever it is."""
    body.seek(0)
    found, rest = 0, b""
    while chunk := body.read(CHUNK):
        window = rest + chunk
        found += window.count(boundary)
        rest = window[1 - len(boundary) :]  # too short to hold a whole one
    return found


def _body(request: HttpRequest) -> IO[bytes] | None:
    """The body once more; None where it was read and let go."""
    if hasattr(request, "_body"):
        return BytesIO(request.body)
    body: IO[bytes] | None = getattr(request, "_stream", None)  # a file, under ASGI
    return body if body is not None and body.seekable() else None


def _tail(body: IO[bytes], length: int) -> bytes:
    body.seek(0, SEEK_END)
    body.seek(max(0, body.tell() - length))
    return body.read()


@translates(MultiPartParserError)
def _malformed(exc: MultiPartParserError) -> ApiError:
    text = (
        "The body is not a valid form. Check the boundary in the Content-Type header."
    )
    if "header size" in str(exc):
        text = (
            "The headers of a part of the form are too long. Give its file a shorter"
            " name: all headers of a part together have at most 1,024 bytes."
        )
    return ApiError(400, text, code="invalid_multipart")


@translates(UnreadablePostError)
def _unreadable(exc: UnreadablePostError) -> ApiError:
    return ApiError(400, "The body ended too early.", code="invalid_multipart")


@translates(RequestDataTooBig)
def _too_big(exc: RequestDataTooBig) -> ApiError:
    return too_large(settings.UPLOAD_MAX_JSON_BYTES)


@translates(TooManyFilesSent)
def _too_many_files(exc: TooManyFilesSent) -> ApiError:
    limit = settings.DATA_UPLOAD_MAX_NUMBER_FILES
    return ApiError(
        400, f"A form takes at most {limit} files.", code="array_above_max_length"
    )


@translates(TooManyFieldsSent)
def _too_many_fields(exc: TooManyFieldsSent) -> ApiError:
    limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    return ApiError(
        400, f"A form takes at most {limit} fields.", code="array_above_max_length"
    )
