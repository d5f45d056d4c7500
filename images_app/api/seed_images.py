"""The seed platform's calls for pictures, and what its models offer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponseBase
from ninja import Query, Router

from images_app.api import wire_images
from images_app.api.asking import check_near, create, planned
from images_app.api.images import launch, still_fits
from images_app.api.schemas_seed_images import (
    CAPABILITIES,
    SeedGenerateBody,
    SeedImageModels,
    SeedImages,
    SeedModelsQuery,
)
from images_app.api.targets import find_target
from images_app.catalog.descriptors import EnumParameter
from images_app.catalog.load import ImageModel
from images_app.models import Generation, Picture
from images_app.services.files import read_bytes
from images_app.services.plan import ImageAsk
from images_app.services.routing import ImageRoute, offered_models
from images_app.services.signed_urls import signed_url
from images_app.services.sizes import nearest_to_ratio, parse_ratio, same_shape
from images_app.services.tool_schema import COMMON_RATIOS
from images_app.services.watching import wait_until_finished
from playground.api.answers import Answer, json_answer, respond
from playground.api.callers import Allow, ApiRequest, Caller
from playground.api.errors import ApiError
from playground.api.operations import Operation, view
from playground.api.seed import in_organization
from playground.lib.database import in_database

router = Router(tags=["Seed platform"])

EDGES = {"1K": 1024, "2K": 2048, "4K": 4096}


def begin(caller: Caller, data: SeedGenerateBody) -> str:
    """Plan it as near as its model goes, as that platform did, and write it down.

    A size that is nowhere near any of the model's is refused.
    """
    member = in_organization(caller, data.organization_id)
    member.need("images")
    target = find_target(member, data.model, data.provider or "")
    ask = _ask(data, target.route.model)
    made = planned(target, ask, strict=False)
    if data.size is not None:
        check_near(made)
    return create(member, target, ask, made, (), None)


def _begin_raw(caller: Caller, data: SeedGenerateBody) -> str:
    if (data.n or 1) > 1:
        raise ApiError(
            400,
            "Raw bytes are one picture. For several, send “Accept: application/json”.",
            "n",
            "invalid_value",
        )
    return begin(caller, data)


def _ask(data: SeedGenerateBody, model: ImageModel) -> ImageAsk:
    ask = ImageAsk(
        prompt=data.prompt,
        model=model.id,
        n=data.n or 1,
        size=data.size,
        aspect_ratio=data.aspect_ratio,
        quality=data.quality,
        style=data.style,
        partial_images=0,
    )
    if data.size is None and data.image_size is not None:
        return replace(ask, size=_size_of(data), aspect_ratio=None)
    return ask


def _size_of(data: SeedGenerateBody) -> str:
    """The size whose longer edge is as long as was asked, in the shape that was."""
    edge = EDGES[data.image_size or "1K"]
    ratio = parse_ratio(data.aspect_ratio or "1:1")
    if ratio is None or not 0.02 <= ratio <= 50:
        raise ApiError(
            400, "Write WIDTH:HEIGHT, such as 16:9.", "aspect_ratio", "invalid_value"
        )
    width, height = (edge, edge / ratio) if ratio >= 1 else (edge * ratio, edge)
    return f"{round(width)}x{round(height)}"


async def _answer_json(
    caller: Caller, data: SeedGenerateBody, public_id: str
) -> Answer:
    await wait_until_finished(public_id)
    return await in_database(_told, caller, data, public_id)


def _told(caller: Caller, data: SeedGenerateBody, public_id: str) -> Answer:
    generation = wire_images.finished(public_id)
    body = {
        "data": [_item(generation, p, caller) for p in generation.pictures.all()],
        "created": wire_images.created(generation),
        "model": generation.model,
        "provider": _provider(generation, data),
    }
    return json_answer(body, headers=_headers(generation, data))


def _item(generation: Generation, picture: Picture, caller: Caller) -> dict[str, Any]:
    return {
        "url": signed_url(caller.base_url, picture.file),
        # What was really sent is the nearest to a revision where nobody revised.
        "revised_prompt": picture.revised_prompt or generation.sent_prompt,
        "seed": picture.seed,
    }


async def _answer_raw(caller: Caller, data: SeedGenerateBody, public_id: str) -> Answer:
    await wait_until_finished(public_id)
    return await in_database(_raw, data, public_id)


def _raw(data: SeedGenerateBody, public_id: str) -> Answer:
    generation = wire_images.finished(public_id)
    file = generation.pictures.all()[0].file
    return Answer(read_bytes(file), file.mime, headers=_headers(generation, data))


def _provider(generation: Generation, data: SeedGenerateBody) -> str:
    """As the client called it: a connection's name or its kind."""
    return data.provider or generation.connection_name


def _headers(generation: Generation, data: SeedGenerateBody) -> dict[str, str]:
    told = {
        **wire_images.headers(generation),
        "x-provider": wire_images.plain(_provider(generation, data)),
    }
    request_id = generation.received.get("request_id")
    if request_id:
        told["x-provider-request-id"] = wire_images.plain(str(request_id))
    credits = (generation.usage or {}).get("credits_consumed")
    if credits is not None:
        told["x-provider-credits-consumed"] = str(credits)
    return told


PATH = "/v1/images/generate"
AS_JSON = Operation(
    PATH,
    "images",
    SeedGenerateBody,
    begin,
    launch,
    _answer_json,
    still_fits=still_fits,
)
AS_BYTES = Operation(
    PATH,
    "images",
    SeedGenerateBody,
    _begin_raw,
    launch,
    _answer_raw,
    still_fits=still_fits,
)


@router.post(
    "/images/generate",
    # A person's role may be another one in the organization that is named.
    auth=Allow("read", "images"),
    response=SeedImages,
    operation_id="seedGenerateImage",
    summary="Generate an image",
    openapi_extra={"x-scope": "images"},
)
async def generate(request: ApiRequest, data: SeedGenerateBody) -> HttpResponseBase:
    """The picture's raw bytes, or JSON where `Accept` names `application/json`."""
    wants_json = "application/json" in request.headers.get("Accept", "").lower()
    return await view(AS_JSON if wants_json else AS_BYTES, request, data)


@router.get(
    "/images/models",
    auth=Allow("read", "images"),
    response=SeedImageModels,
    operation_id="seedImageModels",
    summary="List image models",
)
def models(request: ApiRequest, query: Query[SeedModelsQuery]) -> HttpResponseBase:
    """What the organization's providers offer for pictures."""
    caller = in_organization(
        request.auth,
        query.organization_id,
    )
    routes = [
        route
        for route in offered_models(caller.organization)
        if query.provider in (None, route.connection.name, route.connection.kind)
    ]
    default = next((r for r in routes if r.connection.is_default_image), None)
    found = [_model(route, is_default=route is default) for route in routes]
    if query.capability is not None:
        found = [m for m in found if query.capability in m["capabilities"]]
    return respond(json_answer({"models": found, "total_count": len(found)}))


def _model(route: ImageRoute, *, is_default: bool) -> dict[str, Any]:
    model = route.model
    return {
        "id": model.id,
        "name": model.label,
        "provider": route.connection.name,
        "is_default": is_default,
        "capabilities": [
            name for key, name in CAPABILITIES.items() if key in model.operations
        ],
        "sizes": list(model.size.values) if model.size else [],
        "aspect_ratios": _ratios(model),
        "qualities": _words(model, "quality"),
        "styles": _words(model, "style"),
        "formats": _words(model, "output_format") or ["png"],
        "max_prompt_length": model.prompt_limit,
        "max_images": model.max_n,
    }


def _words(model: ImageModel, name: str) -> list[str]:
    parameter = model.parameters.get(name)
    return list(parameter.values) if isinstance(parameter, EnumParameter) else []


def _ratios(model: ImageModel) -> list[str]:
    """The common ratios that this model has a size for."""
    if model.size is None:
        return []
    return [text for text in COMMON_RATIOS if _has_ratio(model, text)]


def _has_ratio(model: ImageModel, text: str) -> bool:
    ratio = parse_ratio(text)
    if model.size is None or ratio is None:
        return False
    return same_shape(nearest_to_ratio(model.size, ratio), ratio)
