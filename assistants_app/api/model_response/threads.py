"""Where a request of the seed dialect goes on: its thread, its assistant, its place."""

from __future__ import annotations

from assistants_app.api.lookups import find_assistant, find_thread
from assistants_app.api.model_response.schemas import ModelResponseCreate
from assistants_app.api.model_response.wire_events import run_id_of
from assistants_app.api.schemas_tools import invalid
from assistants_app.models import Assistant, Message, Run, Thread
from assistants_app.services.endings import expire_overdue
from assistants_app.services.runs import RunInProgressError, waiting_step
from assistants_app.services.stored import unfinished_run
from playground.api.callers import Caller
from playground.api.errors import ApiError, not_found


def find_response(caller: Caller, response_id: str) -> Run:
    """The run behind a response of this organization, or 404."""
    run = (
        Run.objects.filter(
            thread__organization=caller.organization,
            public_id=run_id_of(response_id),
            is_stored=True,
        )
        .select_related("thread__organization", "thread__head", "assistant")
        .first()
    )
    if run is None:
        raise not_found("response", response_id)
    return run


def unfinished_of(caller: Caller, thread_id: str) -> Run:
    """The run that keeps a thread busy; ApiError 404 where none does."""
    thread = find_thread(caller.organization, thread_id, or_hidden=True)
    expire_overdue(thread)
    run = unfinished_run(thread)
    if run is None:
        raise ApiError(404, f"No response is being made in the thread '{thread_id}'.")
    return run


def named_thread(caller: Caller, data: ModelResponseCreate) -> Thread | None:
    """The thread that the request goes on with; None for a new one."""
    thread = None
    if data.thread_id is not None:
        thread = find_thread(caller.organization, data.thread_id, or_hidden=True)
    if data.previous_response_id is None:
        return thread
    previous = find_response(caller, data.previous_response_id)
    if thread is not None and previous.thread_id != thread.pk:
        raise invalid(
            "previous_response_id", f"it is not in the thread {thread.public_id}."
        )
    return previous.thread


def check_idle(thread: Thread) -> None:
    """RunInProgressError, or for a waiting run the calls that have to be answered."""
    expire_overdue(thread)
    run = unfinished_run(thread)
    if run is None:
        return
    if not run.waits:
        raise RunInProgressError(thread, run)
    waiting = [call["id"] for call in waiting_step(run).open_calls]
    raise invalid(
        "inputs",
        f"the thread {thread.public_id} waits for the outputs of {waiting}. Send one"
        " message of the role “tool” for each.",
    )


def assistant_of(
    caller: Caller, thread: Thread | None, data: ModelResponseCreate
) -> Assistant | None:
    """The assistant that answers: the thread's own, once it has one."""
    named = None
    if data.assistant_id is not None:
        named = find_assistant(caller.organization, data.assistant_id)
    if thread is None or not thread.messages.exists():
        return named or (_living(thread.assistant) if thread else None)
    last = thread.runs.select_related("assistant").order_by("pk").last()
    bound = thread.assistant or (last.assistant if last else None)
    if named is not None and named != bound and (bound or last):
        whose = f"that of {bound.public_id}" if bound else "one without an assistant"
        raise invalid(
            "assistant_id",
            f"the thread {thread.public_id} is {whose}, and that cannot be changed.",
        )
    return named or _living(bound)


def _living(assistant: Assistant | None) -> Assistant | None:
    if assistant is not None and assistant.deleted_at is not None:
        raise not_found("assistant", assistant.public_id)
    return assistant


def branch_of(
    caller: Caller, thread: Thread, data: ModelResponseCreate
) -> Message | None:
    """The message that the inputs follow; later ones leave the shown path."""
    if data.previous_response_id is not None:
        run = find_response(caller, data.previous_response_id)
        return run.messages.order_by("pk").last() or run.input_message
    if data.previous_message_id is not None:
        return _message(thread, data.previous_message_id)
    if data.edit_message_id is not None:
        edited = _message(thread, data.edit_message_id)
        if edited.role != Message.Role.USER:
            raise invalid(
                "edit_message_id", "only a message of the role “user” can be edited."
            )
        return edited.parent
    return thread.head


def _message(thread: Thread, public_id: str) -> Message:
    message = thread.messages.filter(public_id=public_id).first()
    if message is None:
        raise not_found("message", public_id)
    return message


def go_to(thread: Thread, message: Message | None, assistant: Assistant | None) -> None:
    """Let the thread's shown path end here, with this assistant from now on."""
    thread.head = message
    thread.assistant = thread.assistant or assistant
    thread.save(update_fields=["head", "assistant"])
