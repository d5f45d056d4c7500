"""The rules of bodies that need the organization: models, image tools, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistants_app.api.assistants_v2.schemas_threads import (
    ImageFilePart,
    ImageUrlPart,
    MessageCreate,
    TextPart,
)
from assistants_app.api.lookups import check_file, check_picture
from assistants_app.api.schemas_tools import invalid
from assistants_app.engine.progress import picture_part, text_part
from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.services.chat_models import find_chat_route
from assistants_app.tools.image_options import image_ask
from images_app.api.asking import planned
from images_app.api.targets import Target
from images_app.services.plan import ImageAsk, PlanError, plan
from images_app.services.routing import ImageRoute, choose_image_route
from images_app.services.wording import count
from playground.api.errors import ApiError
from playground.organizations.models import Organization
from playground.organizations.services.connections import NoConnectionError, Route


def check_model(organization: Organization, name: str) -> Route:
    """Where this chat model is asked for; ApiError 400 when nowhere."""
    return find_chat_route(organization, name)


def check_image_tools(
    organization: Organization,
    tools: Sequence[Mapping[str, Any]],
    *,
    adapts: bool = False,
) -> None:
    """ApiError 400 names the first option of an image tool that cannot be sent.

    With `adapts`, the options of a tool that names no model are wishes, which may be
    met by what is near; what no model understands is refused all the same.
    """
    for index, tool in enumerate(tools):
        if tool["type"] != IMAGE_TOOL or tool.get("mode") == "off":
            continue
        place = f"tools[{index}]"
        route = _image_route(organization, tool, place)
        if route is None:
            continue
        ask = image_ask(tool, {"prompt": "x"}, route.model)
        try:
            if adapts and not tool.get("model"):
                _check_wishes(ask, route)
            else:
                _check_options(ask, route)
        except PlanError as exc:
            raise invalid(f"{place}.{exc.parameter}", exc.message) from exc


def _check_options(ask: ImageAsk, route: ImageRoute) -> None:
    model = route.model
    plan(ask, model, strict=True)
    if (ask.partial_images or 0) > model.partial_images:
        raise PlanError(
            "partial_images",
            f"{model.label} makes at most {count(model.partial_images, 'preview')}.",
        )


def _check_wishes(ask: ImageAsk, route: ImageRoute) -> None:
    for change in planned(Target(route), ask, strict=False).adjustments:
        # Whoever names a type of file can read no other.
        if change.parameter == "output_format" and change.sent:
            raise PlanError("output_format", f"{change.reason}.")


def _image_route(
    organization: Organization, tool: Mapping[str, Any], place: str
) -> ImageRoute | None:
    """Where this tool's pictures come from; None where nobody is named or set up."""
    model, provider = tool.get("model") or "", tool.get("provider") or ""
    try:
        return choose_image_route(organization, model=model, provider=provider)
    except NoConnectionError as exc:
        if not model and not provider:
            return None
        param = f"{place}.{'provider' if provider else 'model'}"
        code = "invalid_value" if provider else "model_not_found"
        raise ApiError(400, str(exc), param, code) from exc


def stored_content(
    organization: Organization, message: MessageCreate, place: str = ""
) -> list[dict[str, Any]]:
    """The parts of a message as they are stored; `place` begins names in errors."""
    if isinstance(message.content, str):
        return [text_part(message.content)]
    return [
        _stored_part(organization, part, f"{place}content[{index}]")
        for index, part in enumerate(message.content)
    ]


def _stored_part(
    organization: Organization,
    part: TextPart | ImageFilePart | ImageUrlPart,
    place: str,
) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return text_part(part.text)
    if isinstance(part, ImageFilePart):
        file_id = part.image_file.file_id
        check_picture(organization, file_id, f"{place}.image_file.file_id")
        return picture_part(file_id, part.image_file.detail or "auto")
    detail = part.image_url.detail or "auto"
    return {
        "type": "image_url",
        "image_url": {"url": part.image_url.url, "detail": detail},
    }


def stored_attachments(
    organization: Organization, message: MessageCreate, place: str = ""
) -> list[dict[str, Any]]:
    """The attachments of a message, each a file of this organization."""
    stored = []
    for index, attachment in enumerate(message.attachments or ()):
        param = f"{place}attachments[{index}].file_id"
        check_file(organization, attachment.file_id, param)
        stored.append({"file_id": attachment.file_id, "tools": []})
    return stored
