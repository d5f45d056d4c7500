"""Multipart bodies: bounded before they are parsed, refused in the API's own words."""

from __future__ import annotations

from io import SEEK_END

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

TAIL = 1024
"""How many bytes may follow the end of a form."""

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
    _check_end(request)
    uploads = {name: request.FILES.getlist(name) for name in request.FILES}
    return texts, uploads


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


def _check_end(request: HttpRequest) -> None:
    """ApiError for a form without its closing line: it was cut, perhaps in a text.

    The parser takes what there is. Bodies that cannot be read again are left to it.
    """
    last = f"--{(request.content_params or {}).get('boundary', '')}--".encode()
    tail = _tail(request, TAIL + len(last))
    if tail is not None and last not in tail:
        raise ApiError(
            400,
            "The body ended before the form's closing boundary.",
            code="invalid_multipart",
        )


def _tail(request: HttpRequest, length: int) -> bytes | None:
    """The end of the body; None where that was read and let go."""
    if hasattr(request, "_body"):
        return request.body[-length:]
    body = getattr(request, "_stream", None)  # a file, where ASGI serves
    if body is None or not body.seekable():
        return None
    body.seek(0, SEEK_END)
    body.seek(max(0, body.tell() - length))
    tail: bytes = body.read()
    return tail


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
