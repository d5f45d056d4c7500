"""Files: kept as they came, listed, read, deleted; and addresses that need no key."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from ninja import Query, Router

from images_app import access
from images_app.api.documents import UPLOAD
from images_app.api.given import bad_picture
from images_app.api.objects_files import (
    FileDeleted,
    FileList,
    FileObject,
    file_object,
)
from images_app.api.schemas_files import (
    PURPOSES,
    FilesPage,
    UploadForm,
    read_upload_form,
)
from images_app.models import File
from images_app.services.files import (
    Measured,
    NotAPictureError,
    delete_file,
    measure,
    read_bytes,
    store_file,
    sweep_expired,
)
from images_app.services.signed_urls import BadLinkError, ExpiredLinkError, check
from playground.api import idempotency
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.cursors import list_body, page_of
from playground.api.errors import ApiError, not_found
from playground.api.forms import Uploads, check_uploads, read_form
from playground.api.repeats import find_to_delete
from playground.lib.clock import now
from playground.organizations.models import Organization

router = Router(tags=["Files"])

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
BATCH_LIFETIME = timedelta(days=30)


@router.post(
    "/files",
    auth=Allow("run", "images"),
    response=FileObject,
    operation_id="createFile",
    summary="Upload a file",
    openapi_extra=UPLOAD,
)
def upload(request: ApiRequest) -> HttpResponseBase:
    """Keep a file byte for byte; a picture is measured."""
    caller = request.auth
    texts, uploads = read_form(request)
    form = read_upload_form(texts)
    given = _the_file(uploads)
    data = given.read()
    measured = _measured(data, form)
    sweep_expired()
    attempt = idempotency.read_attempt(
        request, idempotency.fingerprint_of_form(request)
    )
    make = partial(_store, caller, given.name or "file", data, form, measured)
    public_id = idempotency.once_by_key(caller, attempt, make)
    return respond(json_answer(file_object(_get(caller.organization, public_id))))


def _the_file(uploads: Uploads) -> UploadedFile[bytes]:
    check_uploads(uploads, ["file"])
    files = uploads.get("file", [])
    if not files:
        raise ApiError(
            400,
            "Missing required parameter: 'file'. Send it as a file.",
            "file",
            "missing_required_parameter",
        )
    if len(files) > 1:
        raise ApiError(
            400, "Invalid 'file': send one file at a time.", "file", "invalid_value"
        )
    if not files[0].size:
        raise ApiError(
            400, "Invalid 'file': the file is empty.", "file", "invalid_value"
        )
    return files[0]


def _measured(data: bytes, form: UploadForm) -> Measured | None:
    """What the bytes show; None for what is no picture, where it need not be one."""
    try:
        return measure(data)
    except NotAPictureError as exc:
        if form.purpose != "vision":
            return None
        raise bad_picture("file", exc) from exc


def _store(
    caller: Caller,
    name: str,
    data: bytes,
    form: UploadForm,
    measured: Measured | None,
) -> str:
    return store_file(
        organization=caller.organization,
        data=data,
        name=name,
        purpose=PURPOSES[form.purpose],
        measured=measured,
        user=caller.user,
        expires_at=_expires_at(form),
    ).public_id


def _expires_at(form: UploadForm) -> datetime | None:
    if form.expires_after is not None:
        return now() + timedelta(seconds=form.expires_after.seconds)
    return now() + BATCH_LIFETIME if form.purpose == "batch" else None


@router.get("/files", response=FileList, operation_id="listFiles", summary="List files")
def index(request: ApiRequest, page: Query[FilesPage]) -> HttpResponseBase:
    """The organization's files, the newest first."""
    caller = request.auth
    rows = _visible(caller.organization)
    if page.purpose:
        rows = rows.filter(purpose=page.purpose)
    found, has_more = page_of(rows, page)
    body = list_body([file_object(file) for file in found], has_more)
    return respond(json_answer(body))


@router.get(
    "/files/{file_id}",
    auth=Allow("read", "images"),
    response=FileObject,
    operation_id="retrieveFile",
    summary="Get a file",
)
def detail(request: ApiRequest, file_id: str) -> HttpResponseBase:
    """What is known of a file."""
    caller = request.auth
    return respond(json_answer(file_object(_get(caller.organization, file_id))))


@router.delete(
    "/files/{file_id}",
    auth=Allow("run", "images"),
    response=FileDeleted,
    operation_id="deleteFile",
    summary="Delete a file",
)
def delete(request: ApiRequest, file_id: str) -> HttpResponseBase:
    """Remove a file for good, a made picture included."""
    caller = request.auth
    find = partial(_find_deletable, caller, file_id)
    file = find_to_delete(request, caller, find)
    if file is not None:
        delete_file(file)
    return respond(json_answer({"id": file_id, "object": "file", "deleted": True}))


def _find_deletable(caller: Caller, file_id: str) -> File:
    """Members remove what is theirs; admins and keys whatever the organization has."""
    file, membership = _get(caller.organization, file_id), caller.membership
    if membership is None or membership.can_administer:
        return file
    if file.created_by_id != membership.user_id:
        raise ApiError(403, "Only an admin may delete a file that somebody else made.")
    return file


@router.api_operation(
    ["GET", "HEAD"],
    "/files/{file_id}/content",
    auth=Allow("read", "images"),
    operation_id="downloadFile",
    summary="Get a file's bytes",
)
def content(request: ApiRequest, file_id: str) -> HttpResponseBase:
    """The bytes as they came; 304 where `If-None-Match` has their `ETag`."""
    caller = request.auth
    file = _get(caller.organization, file_id)
    return _bytes(request, file, as_attachment=True)


@router.api_operation(
    ["GET", "HEAD"],
    "/files/{file_id}/signed/{token}",
    auth=None,
    operation_id="downloadSignedFile",
    summary="Get a signed picture",
)
def signed(request: ApiRequest, file_id: str, token: str) -> HttpResponseBase:
    """The bytes for whoever has the address, until its hour is over."""
    try:
        check(file_id, token)
    except ExpiredLinkError:
        raise ApiError(
            403, "This address has expired.", code="signed_url_expired"
        ) from None
    except BadLinkError:
        raise ApiError(
            403, "This address is not valid.", code="signed_url_invalid"
        ) from None
    file = access.living(File.objects.filter(public_id=file_id)).first()
    if file is None:
        raise not_found("file", file_id)
    response = _bytes(request, file, as_attachment=not file.is_picture)
    # The address is made to be shown by other programs' pages.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _visible(organization: Organization) -> QuerySet[File]:
    """Its files without previews, which are gone in a moment."""
    return access.files(organization).exclude(purpose=File.Purpose.PARTIAL)


def _get(organization: Organization, file_id: str) -> File:
    file = _visible(organization).filter(public_id=file_id).first()
    if file is None:
        raise not_found("file", file_id)
    return file


def _bytes(request: ApiRequest, file: File, *, as_attachment: bool) -> HttpResponseBase:
    """The stored bytes, unable to do anything where a browser opens them."""
    etag = quote_etag(file.sha256)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _whole(file, as_attachment)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=300"
    response["ETag"] = etag
    return response


def _whole(file: File, as_attachment: bool) -> HttpResponse:
    try:
        response = HttpResponse(read_bytes(file), content_type=file.mime)
    except FileNotFoundError:
        raise not_found("file", file.public_id) from None
    disposition = content_disposition_header(as_attachment, file.name)
    response["Content-Disposition"] = disposition or "inline"
    return response
