"""A few operations on the shell of the API, for tests of what all operations share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path
from ninja import File, Query, Router, UploadedFile

from playground.api import forms  # noqa: F401  (tells what is wrong with a form)
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow
from playground.api.cursors import Page, list_body, slice_of
from playground.api.instance import EaselAPI, JsonParser
from playground.api.validation import Schema
from playground.shell.views.errors import bad_request

THINGS = ["a", "b", "c", "d", "e"]
api = EaselAPI(
    urls_namespace="little", parser=JsonParser(), docs_url=None, openapi_url=None
)
router = Router()


class Thing(Schema):
    name: str


class Box(Schema):
    things: list[Thing]


@router.get("/things", auth=Allow("read"))
def thing_list(request: HttpRequest, page: Query[Page]) -> HttpResponseBase:
    found, has_more = slice_of(THINGS, page, str)
    return respond(json_answer(list_body([{"id": x} for x in found], has_more)))


@router.post("/things", auth=Allow("run"))
def thing_create(request: HttpRequest, data: Box) -> HttpResponseBase:
    return respond(json_answer({"name": data.things[0].name}))


@router.post("/things/form", auth=Allow("images"))
def thing_upload(
    request: HttpRequest,
    file: UploadedFile = File(...),  # type: ignore[type-arg]  # noqa: B008
) -> HttpResponseBase:
    return respond(json_answer({"bytes": file.size}))


@router.get("/caller", auth=Allow("read"))
def caller(request: Any) -> HttpResponseBase:
    who = request.auth
    return respond(
        json_answer(
            {
                "organization": who.organization.name,
                "scopes": sorted(who.scopes),
                "user": who.user and who.user.email,
                "key": who.api_key and who.api_key.name,
            }
        )
    )


@router.get("/organizations/settings", auth=Allow("admin"))
def settings(request: HttpRequest) -> HttpResponseBase:
    return respond(json_answer({}))


@router.get("/crash", auth=Allow("read"))
@router.get("/model/crash", auth=Allow("read"), include_in_schema=False)
def crash(request: HttpRequest) -> HttpResponseBase:
    raise RuntimeError("a secret detail")


api.add_router("", router)
urlpatterns = [
    path("v1/", api.urls),
    path("", include("playground.shell.urls")),
]
handler400 = bad_request
