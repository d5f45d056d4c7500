"""How refusals of responses and conversations are told to API clients."""

from __future__ import annotations

from assistants_app.services.item_bytes import ItemError
from assistants_app.services.item_ids import conversation_id
from assistants_app.services.responses import PreviousResponseError
from assistants_app.services.runs import RunInProgressError
from playground.api.errors import ApiError, translates


@translates(ItemError)
def _item(exc: ItemError) -> ApiError:
    return ApiError(400, exc.message, exc.param, exc.code)


@translates(PreviousResponseError)
def _previous(exc: PreviousResponseError) -> ApiError:
    return ApiError(400, str(exc), "previous_response_id", exc.code)


def locked(exc: RunInProgressError) -> ApiError:
    """The conversation is busy; another response is being made there."""
    name = conversation_id(exc.thread.public_id)
    return ApiError(
        400,
        f"Conversation {name} is busy: a response is being made there. Wait for its"
        " end.",
        "conversation",
        "conversation_locked",
    )
