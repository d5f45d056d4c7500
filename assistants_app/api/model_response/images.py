"""The image tool of one request: what it changes, and whether anybody can draw so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistants_app.api.model_response.schemas import ModelResponseCreate
from assistants_app.api.schemas_tools import invalid
from assistants_app.models import Assistant
from assistants_app.tools.image_options import image_ask, merged
from images_app.services.plan import PlanError, plan
from images_app.services.routing import ImageRoute, choose_image_route
from playground.organizations.models import Organization
from playground.organizations.services.connections import NoConnectionError


def check_image_tool(
    organization: Organization,
    assistant: Assistant | None,
    data: ModelResponseCreate,
) -> dict[str, Any]:
    """The run's overrides of the image tool; ApiError names an option that fails.

    A request that names the tool without a mode switches it on for its assistant, in
    the assistant's own mode if that is not "off", else in "auto".
    """
    asked = data.image_options()
    if asked is None:
        return {}
    field, said = asked
    entry = stored_entry(assistant, said) or {}
    mode = said.get("mode") or entry.get("mode") or "auto"
    if mode == "off" and not said.get("mode"):
        mode = "auto"
    overrides = {**said, "mode": mode}
    if mode != "off":
        options = merged(entry, overrides)
        route = _route(organization, options, field, said)
        if route is not None:
            _check_options(options, route, field, said)
    return overrides


def stored_entry(
    assistant: Assistant | None, said: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The assistant's own entry of the tool, as far as it counts beside a request's.

    Its model goes with its provider: another provider comes with its own model.
    """
    entry = assistant.image_tool if assistant else None
    if entry is None or not said.get("provider") or said.get("model"):
        return entry
    return {name: value for name, value in entry.items() if name != "model"}


def _route(
    organization: Organization,
    options: Mapping[str, Any],
    field: str,
    said: Mapping[str, Any],
) -> ImageRoute | None:
    """Who draws. None where "when it fits" finds nobody: the model then only talks."""
    model, provider = options.get("model", ""), options.get("provider", "")
    try:
        return choose_image_route(organization, model=model, provider=provider)
    except NoConnectionError as exc:
        named = [name for name in ("provider", "model") if said.get(name)]
        if named:
            raise invalid(f"{field}.{named[0]}", str(exc)) from None
        if options["mode"] == "auto" and not model and not provider:
            return None
        raise invalid(field, str(exc)) from None


def _check_options(
    options: Mapping[str, Any],
    route: ImageRoute,
    field: str,
    said: Mapping[str, Any],
) -> None:
    """Options that not even the nearest value would do for; nothing is paid yet."""
    try:
        plan(image_ask(options, {"prompt": "x"}, route.model), route.model)
    except PlanError as exc:
        if exc.parameter in said:
            raise invalid(f"{field}.{exc.parameter}", exc.message) from None
