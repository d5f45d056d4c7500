"""Everything that this app adds under /v1: routers, and POSTs that can stream."""

from __future__ import annotations

from ninja import Router

from assistants_app.api.assistants_v2 import (
    assistants,
    messages,
    refusals,
    run_operations,
    run_steps,
    runs,
    threads,
)
from assistants_app.api.chat_completions import chat_completions, models
from assistants_app.api.model_response import choices, model_response, toolbox
from assistants_app.api.responses import conversations, operations, responses
from playground.api import organization_providers
from playground.api.front import StreamRoute, stream_route

__all__ = ["refusals", "routers", "stream_routes"]

# Runs come before threads: /threads/runs is no thread's address. So do the choices of
# a response before responses.
routers: list[Router] = [
    assistants.router,
    runs.router,
    threads.router,
    messages.router,
    run_steps.router,
    choices.router,
    model_response.router,
    toolbox.router,
    organization_providers.router,
    chat_completions.router,
    responses.router,
    conversations.router,
    models.router,
]
stream_routes: list[StreamRoute] = [
    stream_route(run_operations.CREATE_THREAD_AND_RUN),
    stream_route(run_operations.CREATE_RUN),
    stream_route(run_operations.SUBMIT_TOOL_OUTPUTS),
    stream_route(model_response.OPERATION),
    stream_route(chat_completions.CREATE),
    stream_route(operations.CREATE_RESPONSE),
]
