"""Everything that one segment of a run needs, read from the rows in one go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from assistants_app.catalog.load import catalog_kind, get_chat_model
from assistants_app.engine.state import ImageMode, RunSetup
from assistants_app.models import Run
from assistants_app.models.assistant import IMAGE_TOOL
from assistants_app.providers.base import ChatProvider, ToolSpec
from assistants_app.providers.patient import PatientProvider
from assistants_app.providers.registry import make_chat_provider
from assistants_app.services import hub
from assistants_app.services.history import History
from assistants_app.services.stored import RunStateError
from assistants_app.services.turn_account import TurnAccount
from assistants_app.tools.image_generation import ImageGeneration
from assistants_app.tools.image_generation import Payer as ImagePayer
from assistants_app.tools.image_options import merged
from images_app.services.routing import choose_image_route
from playground.lib.written_query import WrittenQuery
from playground.organizations.services.connections import (
    NoConnectionError,
    Route,
    choose_connection,
)
from playground.organizations.services.ledger import Payer, has_budgets


@dataclass(frozen=True)
class Prepared:
    """A segment, ready to be run; `run` has its thread and its connection."""

    run: Run
    setup: RunSetup
    provider: ChatProvider
    images: ImageGeneration | None
    has_reserved: bool
    last_sequence: int
    organization_id: str
    thread_id: str


_states = WrittenQuery(lambda: Run.objects.filter(pk=0).only("status").order_by())


def prepare(run_id: str, created: Run | None = None) -> Prepared:
    """Read the run; NoConnectionError when nothing can serve it any more.

    `created` is the run as whoever created it has it, with its thread and organization;
    it saves reading them again, and becomes the segment's own.
    RunStateError when it is not queued: it was stopped, or deleted with its thread.
    """
    run = _read(run_id) if created is None else _still(created)
    if run is None or run.status != Run.Status.QUEUED:
        raise RunStateError(f"it is {run.status if run else 'deleted'}, not queued.")
    organization = run.thread.organization
    route = choose_connection(
        organization, run.model, "chat", catalog_kind, with_key=True
    )
    model = get_chat_model(route.model, route.connection.kind)
    options = image_options(run)
    mode: ImageMode = options.get("mode", "off") if options else "off"
    history = History(run, sees=model.vision, names_files=mode != "off")
    messages = history.messages()
    images = None
    if mode != "off":
        images = _images(run, options, history)
    payer = Payer(organization.pk, run.created_by_id, run.api_key_id)
    account = TurnAccount(run, payer, has_budgets(payer), run.turns)
    # Only now: what is missing before is Easel's to say, not this connection's fault.
    run.connection, run.sent_model = route.connection, route.model
    setup = RunSetup(
        model=route.model,
        history=messages,
        functions=[_function(tool) for tool in _functions(run)],
        image_mode=mode,
        tool_choice=_tool_choice(run.tool_choice),
        parallel_tool_calls=None if run.parallel_tool_calls else False,
        temperature=run.temperature,
        top_p=run.top_p,
        max_tokens=run.max_completion_tokens,
        max_prompt_tokens=run.max_prompt_tokens,
        response_format=_response_format(run.response_format),
        reasoning_effort=run.reasoning_effort or None,
        calls_tools=model.tools,
        turns=run.turns,
        tokens_used=(run.usage or {}).get("completion_tokens", 0),
        prompt_tokens_used=(run.usage or {}).get("prompt_tokens", 0),
        pictures=history.waiting_pictures(),
        pauses=run.pauses,
        run_id=run.public_id,
        connection=route.connection.name,
    )
    return Prepared(
        run,
        setup,
        _provider(route, account),
        images,
        account.has_budgets,
        run.last_sequence,
        organization.public_id,
        run.thread.public_id,
    )


def _read(run_id: str) -> Run | None:
    related = Run.objects.select_related(
        "thread__organization", "created_by", "assistant"
    )
    return related.filter(public_id=run_id).first()


def _still(created: Run) -> Run | None:
    """The same run, with its present status; None when it was deleted."""
    found = _states.rows(created.pk)
    if not found:
        return None
    created.status = found[0].status
    return created


def image_options(run: Run) -> dict[str, Any]:
    """The image tool's options for this run; {} when it is not among its tools and
    the run does not ask for it either."""
    entry = next((tool for tool in run.tools if tool["type"] == IMAGE_TOOL), None)
    if entry is None and not run.image_options.get("mode"):
        return {}
    options = merged(entry or {}, run.image_options)
    options.setdefault("mode", "auto")
    return options


def _images(
    run: Run, options: dict[str, Any], history: History
) -> ImageGeneration | None:
    """The picture tools; None where "when it fits" finds nobody who could draw.

    A provider or model that is named is never replaced: NoConnectionError.
    """
    organization = run.thread.organization
    model, provider = options.get("model", ""), options.get("provider", "")
    try:
        route = choose_image_route(organization, model=model, provider=provider)
    except NoConnectionError:
        if options["mode"] == "auto" and not model and not provider:
            return None
        raise
    return ImageGeneration(
        run_id=run.public_id,
        payer=ImagePayer(organization, run.created_by, run.api_key, run.assistant_name),
        route=route,
        options=options,
        file_ids=history.file_ids(),
        asked=history.asked,
        on_late=partial(hub.ring, run.thread.public_id),
    )


def _provider(route: Route, account: TurnAccount) -> ChatProvider:
    connection = route.connection
    provider = make_chat_provider(
        connection.kind,
        base_url=connection.base_url,
        api_key=connection.api_key,
        options=connection.options,
    )
    return PatientProvider(provider, account=account)


def _functions(run: Run) -> list[dict[str, Any]]:
    return [tool["function"] for tool in run.tools if tool["type"] == "function"]


def _function(function: dict[str, Any]) -> ToolSpec:
    return ToolSpec(
        name=function["name"],
        description=function.get("description") or "",
        parameters=function.get("parameters") or None,
        strict=function.get("strict"),
    )


def _response_format(stored: Any) -> dict[str, Any] | None:
    """ "auto", over an assistant with a format of its own, is sent as nothing."""
    return stored if isinstance(stored, dict) else None


def _tool_choice(stored: Any) -> str | None:
    """From the API's form, a word or an object, to the engine's."""
    if isinstance(stored, dict):
        name = stored.get("function", {}).get("name")
        return f"function:{name}" if name else "required"
    return str(stored) if stored else None
