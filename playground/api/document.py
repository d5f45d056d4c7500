"""GET /v1/openapi.json."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from ninja import Router

from playground.api.answers import json_answer, respond
from playground.api.callers import Allow
from playground.api.instance import api
from playground.api.openapi import document_of

router = Router()


@router.get("/openapi.json", auth=Allow("read"))
def openapi_document(request: HttpRequest) -> HttpResponseBase:
    """Read this document.

    OpenAPI 3.1, with the address of this server.
    """
    servers = [{"url": request.build_absolute_uri("/").rstrip("/")}]
    return respond(json_answer({**document_of(api), "servers": servers}))
