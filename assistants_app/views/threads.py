"""The playground: threads, and what a person says in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from assistants_app.access import get_thread
from assistants_app.assistant_choices import assistants_to_choose
from assistants_app.catalog.load import catalog_kind
from assistants_app.composer_form import ComposerForm
from assistants_app.entries import thread_entries
from assistants_app.models import Assistant, Run, Thread
from assistants_app.services import dispatch
from assistants_app.services.endings import expire_overdue
from assistants_app.services.runs import RunInProgressError, RunOptions, create_run
from assistants_app.services.stored import unfinished_run
from assistants_app.services.threads import (
    add_user_message,
    assistant_of,
    create_thread,
)
from assistants_app.thread_list import thread_groups
from images_app.models import File
from images_app.services.files import store_picture
from playground.organizations.access import MemberRequest, member_required
from playground.organizations.models import Membership
from playground.organizations.retiring import retiring_soon
from playground.organizations.services.connections import (
    NoConnectionError,
    choose_connection,
)

Role = Membership.Role


@require_GET
@member_required()
def home(request: MemberRequest) -> HttpResponse:
    """A new thread's page; the welcome page as long as there is no thread at all."""
    chosen = request.GET.get("assistant", "")
    if not chosen and not request.organization.threads.exists():
        return redirect("shell:welcome")
    assistants = _assistants(request)
    assistant = next(
        (entry for entry in assistants if entry.public_id == chosen), None
    ) or next(iter(assistants), None)
    context = {
        "form": ComposerForm(),
        "assistants": assistants,
        "assistant": assistant,
        "is_demonstration": _is_demonstration(request, assistants),
        "retiring": retiring_soon(request.organization),
        **_frame(request),
    }
    return render(request, "assistants_app/thread_new.html", context)


@require_GET
@member_required()
def thread_detail(request: MemberRequest, thread_id: str) -> HttpResponse:
    """A thread: its path, its run in work, the composer."""
    thread = get_thread(request.organization, thread_id)
    expire_overdue(thread)
    context = _thread_context(request, thread, ComposerForm())
    return render(request, "assistants_app/thread_detail.html", context)


@require_GET
@member_required()
def thread_rail(request: MemberRequest) -> HttpResponse:
    """The thread list: a fragment for the rail, or a page of its own."""
    name = "_thread_list" if request.headers.get("HX-Request") else "thread_list"
    return render(request, f"assistants_app/{name}.html", _frame(request))


@require_POST
@member_required(Role.MEMBER)
async def thread_create(request: MemberRequest) -> HttpResponse:
    """Begin a thread with a first message, and answer it."""
    form = ComposerForm(request.POST, request.FILES)
    valid = await sync_to_async(form.is_valid)()
    assistant = await sync_to_async(_wanted_assistant)(request)
    if assistant is None:
        form.add_error(None, "This assistant does not exist any more. Choose another.")
    if assistant is None or not valid:
        return await sync_to_async(_new_thread_again)(request, form, assistant)
    run = await dispatch.start(_begin, request, form, assistant)
    url = run.thread.get_absolute_url()
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


@require_POST
@member_required(Role.MEMBER)
async def message_create(request: MemberRequest, thread_id: str) -> HttpResponse:
    """Say something in a thread; the answer comes over the socket."""
    thread = await sync_to_async(get_thread)(request.organization, thread_id)
    form = ComposerForm(request.POST, request.FILES)
    status = 422
    if await sync_to_async(form.is_valid)():
        try:
            await dispatch.start(_say, request, thread, form)
        except RunInProgressError:
            form.add_error(
                None,
                "A run is still going on. Stop it, or send this when it has ended.",
            )
            status = 409
        except NoAssistantError as exc:
            form.add_error(None, str(exc))
        else:
            if not request.headers.get("HX-Request"):
                return redirect(thread)
            form, status = ComposerForm(), 200
    return await sync_to_async(_composer)(request, thread, form, status)


class NoAssistantError(Exception):
    """The thread has nobody who could answer; the text says what to do."""


@transaction.atomic
def _say(request: MemberRequest, thread: Thread, form: ComposerForm) -> Run:
    assistant = _answering(request, thread)
    if assistant != thread.assistant:
        thread.assistant = assistant
        thread.save(update_fields=["assistant"])
    add_user_message(
        thread=thread,
        text=form.cleaned_data["text"],
        files=_store_pictures(request, form),
        user=request.user,
    )
    thread.refresh_from_db(fields=["head"])
    return _run(request, thread, assistant, form)


def _answering(request: MemberRequest, thread: Thread) -> Assistant:
    """Who answers in the thread; where nobody can, whom the person has chosen."""
    present = assistant_of(thread)
    if present is not None and present.deleted_at is None:
        return present
    chosen = request.POST.get("assistant", "")
    for assistant in _assistants(request):
        if assistant.public_id == chosen:
            return assistant
    was_deleted = present is not None or chosen
    reason = "The assistant was deleted." if was_deleted else "Nobody answers here yet."
    raise NoAssistantError(f"{reason} Choose an assistant, then send this again.")


@transaction.atomic
def _begin(request: MemberRequest, form: ComposerForm, assistant: Assistant) -> Run:
    thread = create_thread(
        organization=request.organization, user=request.user, assistant=assistant
    )
    return _say(request, thread, form)


def _run(
    request: MemberRequest, thread: Thread, assistant: Assistant, form: ComposerForm
) -> Run:
    options = RunOptions(image_options=form.image_options)
    return create_run(
        thread=thread, assistant=assistant, options=options, user=request.user
    )


def _store_pictures(request: MemberRequest, form: ComposerForm) -> list[File]:
    return [
        store_picture(
            organization=request.organization,
            data=data,
            name=name,
            purpose=File.Purpose.VISION,
            user=request.user,
        )
        for name, data in form.cleaned_data["pictures"]
    ]


def _assistants(request: MemberRequest) -> list[Assistant]:
    return assistants_to_choose(request.organization, request.user)


def _wanted_assistant(request: MemberRequest) -> Assistant | None:
    """The assistant by id, or by name as the welcome page asks; else one that draws.

    An id that is gone is None; a sample's name may be gone without harm.
    """
    assistants = _assistants(request)
    public_id = request.POST.get("assistant", "")
    if public_id:
        return next((a for a in assistants if a.public_id == public_id), None)
    name = request.POST.get("assistant_name", "")
    named = [a for a in assistants if a.name == name]
    drawing = [a for a in assistants if a.image_mode != "off"]
    return next(iter([*named, *drawing, *assistants]), None)


def _new_thread_again(
    request: MemberRequest, form: ComposerForm, assistant: Assistant | None
) -> HttpResponse:
    assistants = _assistants(request)
    context = {
        "form": form,
        "assistants": assistants,
        "assistant": assistant,
        "is_demonstration": _is_demonstration(request, assistants),
        **_frame(request),
    }
    is_fragment = request.headers.get("HX-Request") and (
        request.headers.get("HX-Target") == "composer-box"
    )
    name = "_composer" if is_fragment else "thread_new"
    return render(request, f"assistants_app/{name}.html", context, status=422)


def _composer(
    request: MemberRequest, thread: Thread, form: ComposerForm, status: int
) -> HttpResponse:
    context = _thread_context(request, thread, form)
    is_fragment = bool(request.headers.get("HX-Request"))
    name = "_composer" if is_fragment else "thread_detail"
    return render(request, f"assistants_app/{name}.html", context, status=status)


def _thread_context(
    request: MemberRequest, thread: Thread, form: ComposerForm
) -> dict[str, Any]:
    assistant = assistant_of(thread)
    can_answer = assistant is not None and assistant.deleted_at is None
    return {
        "thread": thread,
        "assistant": assistant,
        "choices": [] if can_answer else _assistants(request),
        "chosen": request.POST.get("assistant", ""),
        "entries": thread_entries(thread),
        "run": unfinished_run(thread),
        "form": form,
        "is_demonstration": _is_demonstration(request, [assistant]),
        **_frame(request),
    }


def _frame(request: MemberRequest) -> dict[str, Any]:
    return {"thread_groups": thread_groups(request.organization)}


def _is_demonstration(
    request: MemberRequest, assistants: Sequence[Assistant | None]
) -> bool:
    """Whether the built-in chat answers for any of these, which must be said."""
    for assistant in assistants:
        try:
            route = choose_connection(
                request.organization,
                assistant.model if assistant else "",
                "chat",
                catalog_kind,
            )
        except NoConnectionError:
            continue
        if route.connection.kind == "offline":
            return True
    return False
