"""Stored bytes, for people of the organization; and the sample of the welcome page."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_safe

from images_app.access import get_file
from images_app.services.files import read_bytes
from images_app.services.sample import sample_picture
from playground.organizations.access import MemberRequest, member_required

# A stored file never changes; only its own organization's browsers may keep it.
KEPT = "private, max-age=31536000, immutable"
KEPT_A_DAY = "private, max-age=86400"
# Whatever the bytes are, opened by themselves they can run and load nothing.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
@member_required()
def file(request: MemberRequest, public_id: str) -> HttpResponseBase:
    """A stored file as it came; `?download=1` offers it under its own name."""
    found = get_file(request.organization, public_id)
    etag = quote_etag(found.sha256)
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        try:
            answer = HttpResponse(read_bytes(found), content_type=found.mime)
        except FileNotFoundError as exc:
            raise Http404("The stored bytes are gone.") from exc
        # What is no picture is only ever saved: shown, it would be a page of ours.
        as_attachment = request.GET.get("download") == "1" or not found.is_picture
        disposition = content_disposition_header(as_attachment, found.name)
        answer["Content-Disposition"] = disposition or "inline"
    return _guarded(answer, etag, KEPT)


@require_safe
@member_required()
async def sample(request: HttpRequest) -> HttpResponseBase:
    """A mountain at sunset, drawn here once and kept."""
    data, etag = await sync_to_async(sample_picture, thread_sensitive=False)()
    answer = get_conditional_response(request, etag=etag)
    answer = answer or HttpResponse(data, content_type="image/webp")
    return _guarded(answer, etag, KEPT_A_DAY)


def _guarded(answer: HttpResponseBase, etag: str, kept: str) -> HttpResponseBase:
    answer["ETag"] = etag
    answer["Cache-Control"] = kept
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
