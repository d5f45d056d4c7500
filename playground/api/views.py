"""The API reference inside the product, made from the OpenAPI document."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from playground.api.errors import ApiError, write_error
from playground.api.instance import api
from playground.api.openapi import document_of
from playground.api.reference import endpoints_of, groups_of
from playground.api.reference_examples import Server, highlighted, pretty
from playground.api.snippets import snippets_of
from playground.lib.markdown import to_html
from playground.organizations.access import MemberRequest, member_required
from playground.organizations.kinds import get_kind
from playground.organizations.models import Organization

MEBIBYTE = 1024 * 1024


@member_required()
def overview(request: MemberRequest) -> HttpResponse:
    """How to point a client here, the two error objects, and every endpoint."""
    server = _server(request, request.organization)
    error = ApiError(
        400,
        "Missing required parameter: 'model'.",
        "model",
        "missing_required_parameter",
    )
    errors = [
        (title, highlighted(pretty(write_error(path, error)[1]), "json"))
        for title, path in (("OpenAI’s calls", "/v1/x"), ("Seed dialect", "/v1/model/"))
    ]
    return _page(
        request,
        "api/overview.html",
        server=server,
        snippets=snippets_of(server),
        errors=errors,
        json_limit=settings.UPLOAD_MAX_JSON_BYTES // MEBIBYTE,
        form_limit=settings.UPLOAD_MAX_BODY_BYTES // MEBIBYTE,
        page="overview",
    )


@member_required()
def surface_detail(request: MemberRequest, slug: str) -> HttpResponse:
    """One part of the API, wholly."""
    groups = groups_of(document_of(api))
    group = next((group for group in groups if group.surface.slug == slug), None)
    if group is None:
        raise Http404("The API has no such part.")
    server = _server(request, request.organization)
    endpoints = endpoints_of(document_of(api), group.surface, server)
    return _page(
        request, "api/surface.html", current=group.surface, endpoints=endpoints
    )


@member_required()
def conformance(request: MemberRequest) -> HttpResponse:
    """What is served of each published API, as the tests have shown it."""
    text = _conformance()
    if text is None:
        raise Http404("This installation has no conformance page.")
    _, _, below = text.partition("\n")  # the page has a heading of its own
    return _page(
        request, "api/conformance.html", text=to_html(below), page="conformance"
    )


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    context["groups"] = groups_of(document_of(api))
    context["has_conformance"] = _conformance() is not None
    return render(request, template, context)


@lru_cache(maxsize=1)
def _conformance() -> str | None:
    path = Path(settings.BASE_DIR) / "docs" / "conformance.md"
    return path.read_text() if path.is_file() else None


def _server(request: HttpRequest, organization: Organization) -> Server:
    """This server as the browser calls it, with the organization's default models."""
    base_url = request.build_absolute_uri("/").rstrip("/")
    models: dict[str, str] = {}
    for connection in organization.connections.defer("api_key"):
        kind = get_kind(connection.kind)
        if connection.is_default_chat:
            models["chat_model"] = connection.chat_model or kind.chat_model
        if connection.is_default_image:
            models["image_model"] = connection.image_model or kind.image_model
    known = {name: model for name, model in models.items() if model}
    return Server(base_url, **known)
