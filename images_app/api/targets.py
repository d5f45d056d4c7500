"""Who makes a picture: the route of a model's name, or a retired name."""

from __future__ import annotations

from dataclasses import dataclass

from images_app.catalog.load import ImageModel
from images_app.services.retired import NAMES, retired_model
from images_app.services.routing import (
    ImageRoute,
    choose_image_route,
    lists_itself,
)
from playground.api.callers import Caller
from playground.api.errors import ApiError
from playground.organizations.services.connections import (
    NoConnectionError,
    choose_provider,
)


@dataclass(frozen=True)
class Target:
    """Who makes the picture; `old` is the retired model under whose rules it is."""

    route: ImageRoute
    old: ImageModel | None = None


def find_target(caller: Caller, model: str | None, provider: str = "") -> Target:
    """The target of a model name; ApiError for one that is switched off."""
    _check_provider(caller, provider)
    old = retired_model(model)
    if old is None or lists_itself(caller.organization, old.id):
        route = choose_image_route(
            caller.organization, model=model or "", provider=provider
        )
        return Target(route)
    if not caller.organization.serves_retired_models:
        raise ApiError(
            404,
            f"The model '{old.id}' was shut down on {old.shutdown_date}. Use"
            f" '{old.successor}' instead.",
            "model",
            "model_not_found",
        )
    return Target(choose_image_route(caller.organization, provider=provider), old)


def older_targets(caller: Caller, target: Target) -> list[Target]:
    """The same under the rules of each model that was a default once."""
    if not caller.organization.serves_retired_models:
        return []
    return [Target(target.route, old) for old in map(retired_model, NAMES) if old]


def _check_provider(caller: Caller, provider: str) -> None:
    if not provider:
        return
    try:
        choose_provider(caller.organization, provider, "image")
    except NoConnectionError as exc:
        raise ApiError(400, str(exc), "provider", "invalid_value") from exc
