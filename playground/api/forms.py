"""Multipart bodies: bounded before they are parsed, refused in the API's own words."""

from __future__ import annotations

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
    uploads = {name: request.FILES.getlist(name) for name in request.FILES}
    return texts, uploads


def _bound(request: HttpRequest) -> None:
    length = request.META.get("CONTENT_LENGTH", "")
    if not length:
        # Sent in chunks: the parser would take it for an empty form.
        length = request.META["CONTENT_LENGTH"] = str(len(request.body))
    if length.isdecimal() and int(length) > settings.UPLOAD_MAX_BODY_BYTES:
        raise too_large(settings.UPLOAD_MAX_BODY_BYTES)


def _broken() -> ApiError:
    return ApiError(
        400,
        "The body is not a valid form. Check the boundary in the Content-Type header.",
        code="invalid_multipart",
    )


@translates(MultiPartParserError)
def _malformed(exc: MultiPartParserError) -> ApiError:
    return _broken()


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
