"""The seed dialect's list of the tools that the server executes itself.

GET /v1/toolbox/system-tools
"""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponseBase
from ninja import Query, Router
from pydantic import Field

from assistants_app.api.model_response.objects import SystemToolList
from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.tools.image_options import MODES
from images_app.catalog.descriptors import (
    BooleanParameter,
    EnumParameter,
    Parameter,
    RangeParameter,
    SizeParameter,
    TextParameter,
)
from images_app.catalog.load import ImageModel
from images_app.services.routing import choose_image_route
from playground.api.answers import json_answer, respond
from playground.api.callers import Allow, ApiRequest
from playground.api.seed import OrganizationId, in_organization
from playground.api.validation import Schema
from playground.organizations.models import Organization
from playground.organizations.services.connections import NoConnectionError

router = Router(tags=["Seed dialect"])

CATEGORY = "generation"
# The model that calls the tool reads and writes text; one that sees also edits better.
COMPATIBLE = {"text": True, "vision": True, "voice": False, "multimodal": True}


class ToolQuery(Schema):
    """The filters of the list."""

    model_config = {"strict": False, "extra": "forbid"}

    organization_id: OrganizationId | None = None
    include_capabilities: bool = Field(
        True, description="Whether each tool tells what it can do."
    )
    category: (
        Literal["search", "computation", "generation", "automation", "analysis"] | None
    ) = Field(None, description="Only tools of this kind. Default: all.")
    model_compatibility: Literal["text", "vision", "voice", "multimodal"] | None = (
        Field(None, description="Only tools that such a model can call. Default: all.")
    )
    visible_in_ui: bool | None = Field(
        None,
        description="Only tools that people see, or only the others. Default: all.",
    )


@router.get(
    "/toolbox/system-tools",
    auth=Allow("read"),
    response=SystemToolList,
    summary="List system tools",
)
def system_tools(request: ApiRequest, query: Query[ToolQuery]) -> HttpResponseBase:
    """The tools that the server executes itself, with what they take here."""
    caller = request.auth
    organization = in_organization(caller, query.organization_id).organization
    tools = [_image_tool(organization)] if _matches(query) else []
    if not query.include_capabilities:
        for tool in tools:
            del tool["capabilities"]
    return respond(json_answer({"tools": tools, "total_count": len(tools)}))


def _matches(query: ToolQuery) -> bool:
    wanted = query.model_compatibility
    return (
        query.category in (None, CATEGORY)
        and (wanted is None or COMPATIBLE[wanted])
        and query.visible_in_ui is not False
    )


def _image_tool(organization: Organization) -> dict[str, Any]:
    """The image tool, with the options of the organization's default image model."""
    since = int(organization.created_at.timestamp())
    try:
        route = choose_image_route(organization)
    except NoConnectionError:
        provider, parameters = "auto", []
    else:
        provider, parameters = route.connection.name, _parameters(route.model)
    return {
        "id": f"stool_{IMAGE_TOOL}",
        "name": "Image generation",
        "description": "Draws pictures from words and changes pictures of the thread.",
        "category": CATEGORY,
        "toolKey": IMAGE_TOOL,
        "defaultProvider": provider,
        "isPreview": False,
        "createdAt": since,
        "updatedAt": since,
        "capabilities": {
            "modes": list(MODES),
            "parameters": parameters,
            "modelCompatibility": dict(COMPATIBLE),
        },
    }


def _parameters(model: ImageModel) -> list[dict[str, Any]]:
    described = [
        _described("mode", "string", "auto", f"One of {', '.join(MODES)}."),
        _described("provider", "string", None, "A connection's name, or its kind."),
        _described("model", "string", model.id, "The image model."),
    ]
    if model.size is not None:
        text = "Width to height, such as 16:9, instead of a size."
        described.append(_described("aspect_ratio", "string", None, text))
    for name, parameter in model.parameters.items():
        kind, rule = _rule(parameter)
        described.append(_described(name, kind, parameter.default, rule))
    return described


def _described(name: str, kind: str, default: Any, text: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "default": default, "description": text}


def _rule(parameter: Parameter) -> tuple[str, str]:
    match parameter:
        case SizeParameter():
            return "string", f"{parameter.rule()}."
        case EnumParameter(values=values):
            return "string", f"One of {', '.join(values)}."
        case RangeParameter(minimum=minimum, maximum=maximum):
            kind = "integer" if parameter.integer else "number"
            return kind, f"From {minimum} to {maximum}."
        case BooleanParameter():
            return "boolean", "true or false."
        case TextParameter(max_length=limit):
            return "string", f"At most {limit:,} characters."
