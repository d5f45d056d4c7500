"""The same wish once more: always a new generation, because a call is paid once."""

from __future__ import annotations

from dataclasses import fields

from images_app.models import Generation
from images_app.services.generate import create_generation, ordered_sources
from images_app.services.plan import ImageAsk, PlanError, plan
from images_app.services.routing import choose_image_route
from playground.organizations.models import User
from playground.organizations.services.connections import NoConnectionError
from playground.organizations.services.ledger import BudgetExceededError


class RetryError(Exception):
    """It cannot be asked for again as it was; the text says why and what to do."""


def retry_generation(earlier: Generation, *, user: User) -> Generation:
    """A new queued generation with the wish of an earlier one, planned anew."""
    name = f"{earlier.connection_name}/{earlier.model}"
    try:
        route = choose_image_route(earlier.organization, model=name)
    except NoConnectionError as exc:
        raise RetryError(str(exc)) from exc
    if route.connection.name != earlier.connection_name:
        raise RetryError(
            f"The connection “{earlier.connection_name}” is not available any more."
            " Choose another model."
        )
    sources = ordered_sources(earlier)
    ask = asked_again(earlier)
    if len(sources) < ask.n_images or (ask.has_mask and earlier.mask is None):
        raise RetryError("A picture that it started from was deleted.")
    try:
        planned = plan(ask, route.model)
    except PlanError as exc:
        raise RetryError(exc.message) from exc
    try:
        return create_generation(
            organization=earlier.organization,
            route=route,
            ask=ask,
            plan=planned,
            user=user,
            sources=sources,
            mask=earlier.mask,
        )
    except BudgetExceededError as exc:
        raise RetryError(str(exc)) from exc


def asked_again(earlier: Generation) -> ImageAsk:
    """The wish of an earlier generation, as it was before planning."""
    known = {field.name for field in fields(ImageAsk)}
    kept = {name: value for name, value in earlier.asked.items() if name in known}
    return ImageAsk(**{**kept, "prompt": earlier.asked_prompt, "model": earlier.model})
