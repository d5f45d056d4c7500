"""Whether a run was refused by the server that it is for, before a client is told 200.

A model that a catalog or the connection lists is taken to be there. Any other name is
only known to the connection's server: its answer is waited for.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from assistants_app.catalog.load import catalog_kind, get_chat_model
from assistants_app.engine.events import (
    ENDINGS,
    MessageStarted,
    RunFailed,
    ToolStepStarted,
    TurnFinished,
)
from assistants_app.models import Run
from assistants_app.services import feed, hub
from assistants_app.services.withdrawal import withdraw_run
from playground.api.errors import ApiError, not_found
from playground.api.models import IdempotentRequest
from playground.lib.database import in_database
from playground.organizations.kinds import get_kind
from playground.organizations.services.connections import (
    NoConnectionError,
    Route,
    choose_connection,
)

MODEL_NOT_FOUND = "model_not_found"
# What only a server does that knows the model.
TAKEN = (MessageStarted, ToolStepStarted, TurnFinished, *ENDINGS)


async def refused_at_start(run_id: str) -> ApiError | None:
    """The error for a run whose model its server does not know; None for all others.

    Returns at once for a listed model, else with the run's first sign of life.
    """
    if await in_database(_is_listed, run_id):
        return None
    return await first_refusal(run_id)


async def first_refusal(run_id: str) -> ApiError | None:
    """The same for a run whose model is known to be listed nowhere."""
    async for batch in feed.follow(run_id):
        for numbered in batch:
            event = numbered.event
            if isinstance(event, RunFailed) and event.cause == MODEL_NOT_FOUND:
                await withdraw(run_id)
                return ApiError(404, event.text, "model", MODEL_NOT_FOUND, retry=False)
            if isinstance(event, TAKEN):
                return None
    return None


async def withdraw(run_id: str) -> None:
    """Take a refused run back, so that its request has changed nothing."""
    subjects = await in_database(_withdraw, run_id)
    for subject in subjects:
        hub.ring(subject)


@transaction.atomic
def _withdraw(run_id: str) -> tuple[str, ...]:
    # Whoever asks once more asks anew: nothing was made.
    IdempotentRequest.objects.filter(reference__in=[run_id, f"{run_id}:0"]).delete()
    return withdraw_run(run_id)


def read_run(rows: QuerySet[Run], run_id: str) -> Run:
    """The run that a request made; ApiError 404 for a repeated one whose run is gone."""
    run = rows.filter(public_id=run_id).first()
    if run is None:
        raise not_found("run", run_id)
    return run


def _is_listed(run_id: str) -> bool:
    rows = Run.objects.select_related("thread__organization")
    return has_listed_model(read_run(rows, run_id))


def has_listed_model(run: Run) -> bool:
    """Whether nothing has to be waited for; `run` with its thread and organization."""
    try:
        route = choose_connection(
            run.thread.organization, run.model, "chat", catalog_kind
        )
    except NoConnectionError:
        return True  # a failure of its own, which the run tells
    return is_listed(route)


def is_listed(route: Route) -> bool:
    """Whether a catalog or the connection itself names the model."""
    connection = route.connection
    if get_chat_model(route.model, connection.kind).known:
        return True
    own = {connection.chat_model, get_kind(connection.kind).chat_model}
    return route.model in own or route.model in connection.allowed_models
