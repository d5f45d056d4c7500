"""Assistants: the list, and the editor whose parts htmx also asks for alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assistants_app.access import check_assistant_change, get_assistant
from assistants_app.assistant_cards import Shown, cards_of, counted
from assistants_app.forms import (
    EMPTY_FUNCTION,
    AssistantForm,
    FunctionBoxes,
    function_box,
    function_boxes_of,
    joined_tools,
)
from assistants_app.image_form import ImageToolForm, entry_of
from assistants_app.models import Assistant, AssistantVersion
from assistants_app.samples import CREATE_IMAGE
from assistants_app.services.assistants import (
    create_assistant,
    delete_assistant,
    duplicate_assistant,
    restore_version,
    update_assistant,
)
from assistants_app.services.chat_models import chat_model_state
from playground.organizations.access import MemberRequest, member_required
from playground.organizations.models import Membership, Organization

TEMPLATES = {"empty": EMPTY_FUNCTION, "create_image": CREATE_IMAGE["function"]}
MAX_VERSIONS_SHOWN = 20

to_members = member_required(Membership.Role.MEMBER)


@member_required()
def assistant_list(request: MemberRequest) -> HttpResponse:
    """All assistants that are in use; `show` and `q` narrow the list."""
    cards = cards_of(request.organization)
    show = request.GET.get("show", "")
    query = request.GET.get("q", "").strip()[:200]
    shown = Shown(show=show, query=query, user=request.user)
    context = {
        "cards": [card for card in cards if shown.has(card)],
        "counts": counted(cards, request.user),
        "show": shown.show,
        "query": query,
        "is_empty": not cards,
    }
    return render(request, "assistants_app/assistant_list.html", context)


@dataclass
class Editor:
    """The three forms of the editor, filled from a request or from an assistant."""

    form: AssistantForm
    image: ImageToolForm
    functions: FunctionBoxes

    def is_valid(self) -> bool:
        """All three are asked, so that everything wrong is shown at once."""
        answers = [
            self.form.is_valid(),
            self.image.is_valid(),
            self.functions.is_valid(),
        ]
        return all(answers)

    def values(self, assistant: Assistant | None) -> dict[str, Any]:
        """The fields of the assistant, as its services take them."""
        stored = assistant.tools if assistant else []
        tools = joined_tools(stored, self.image.tool(), self.functions.tools)
        return {**self.form.cleaned_data, "tools": tools}

    def disable(self) -> None:
        """Nothing can be changed: for those who only read."""
        for form in (self.form, self.image):
            for field in form.fields.values():
                field.disabled = True


def editor_of(
    organization: Organization,
    assistant: Assistant | None = None,
    data: QueryDict | None = None,
) -> Editor:
    # A new assistant may draw: that is what it is made for here.
    entry = assistant.image_tool if assistant else {"mode": "auto"}
    functions = (
        FunctionBoxes(data.getlist("function"))
        if data is not None
        else function_boxes_of(assistant)
    )
    return Editor(
        AssistantForm(data, organization=organization, assistant=assistant),
        ImageToolForm(data, organization=organization, entry=entry),
        functions,
    )


@to_members
def assistant_create(request: MemberRequest) -> HttpResponse:
    """A new assistant; with `part` only that part of an editor, for htmx."""
    if part := request.GET.get("part"):
        return _part(request, part)
    if request.method != "POST":
        return _show(request, editor_of(request.organization))
    editor = editor_of(request.organization, data=request.POST)
    if _adds_function(request, editor):
        return _show(request, editor)
    if not editor.is_valid():
        return _show(request, editor, status=422)
    assistant = create_assistant(
        organization=request.organization, user=request.user, **editor.values(None)
    )
    messages.success(request, f"{assistant} is saved as version 1.")
    return redirect("assistants:assistant_edit", assistant.public_id)


@member_required()
def assistant_edit(request: MemberRequest, assistant_id: str) -> HttpResponse:
    """The editor; who may not change this assistant reads it."""
    assistant = get_assistant(request.organization, assistant_id)
    if request.method != "POST":
        editor = editor_of(request.organization, assistant)
        return _show(request, editor, assistant)
    check_assistant_change(request.membership, assistant)
    editor = editor_of(request.organization, assistant, request.POST)
    if _adds_function(request, editor):
        return _show(request, editor, assistant)
    if not editor.is_valid():
        return _show(request, editor, assistant, status=422)
    before = assistant.version
    assistant = update_assistant(
        assistant=assistant, user=request.user, **editor.values(assistant)
    )
    _tell_saved(request, assistant, before)
    return redirect("assistants:assistant_edit", assistant.public_id)


def _tell_saved(request: MemberRequest, assistant: Assistant, before: int) -> None:
    if assistant.version == before:
        messages.info(request, f"Nothing has changed; it is still version {before}.")
    else:
        messages.success(request, f"Saved as version {assistant.version}.")


def _adds_function(request: MemberRequest, editor: Editor) -> bool:
    """Without scripts, "Add" sends the whole form; nothing of it is saved then."""
    wanted = request.POST.get("add", "")
    if wanted not in TEMPLATES:
        return False
    editor.functions.add(TEMPLATES[wanted])
    return True


def _part(request: MemberRequest, part: str) -> HttpResponse:
    if part == "image":
        entry = entry_of(request.GET.dict())
        form = ImageToolForm(organization=request.organization, entry=entry)
        context: dict[str, Any] = {"image": form, "can_change": True}
        return render(request, "assistants_app/_assistant_image.html", context)
    if part == "function" and request.GET.get("add") in TEMPLATES:
        box = function_box(TEMPLATES[request.GET["add"]])
        context = {"box": box, "can_change": True, "is_new": True}
        return render(request, "assistants_app/_assistant_function.html", context)
    raise Http404


def _show(
    request: MemberRequest,
    editor: Editor,
    assistant: Assistant | None = None,
    status: int = 200,
) -> HttpResponse:
    can_change = assistant is None or _may_change(request, assistant)
    if not can_change:
        editor.disable()
    context = {
        "form": editor.form,
        "image": editor.image,
        "functions": editor.functions,
        "assistant": assistant,
        "can_change": can_change,
        "is_refused": status != 200,
        "next_version": assistant.version + 1 if assistant else 1,
        "versions": _versions(assistant),
        "chat": chat_model_state(
            request.organization, assistant.model if assistant else ""
        ),
        "run_count": assistant.run_set.count() if assistant else 0,
        "thread_count": assistant.thread_set.count() if assistant else 0,
    }
    template = "assistants_app/assistant_edit.html"
    return render(request, template, context, status=status)


def _may_change(request: MemberRequest, assistant: Assistant) -> bool:
    try:
        check_assistant_change(request.membership, assistant)
    except PermissionDenied:
        return False
    return True


def _versions(assistant: Assistant | None) -> list[AssistantVersion]:
    if assistant is None:
        return []
    versions = assistant.versions.select_related("created_by")
    return list(versions.defer("snapshot")[:MAX_VERSIONS_SHOWN])


@require_POST
@member_required()
def assistant_delete(request: MemberRequest, assistant_id: str) -> HttpResponse:
    assistant = get_assistant(request.organization, assistant_id)
    check_assistant_change(request.membership, assistant)
    delete_assistant(assistant)
    messages.success(request, f"{assistant} is deleted. Its threads and runs stay.")
    return redirect("assistants:assistant_list")


@require_POST
@to_members
def assistant_duplicate(request: MemberRequest, assistant_id: str) -> HttpResponse:
    assistant = get_assistant(request.organization, assistant_id)
    copy = duplicate_assistant(assistant=assistant, user=request.user)
    messages.success(request, f"This is the copy of {assistant}.")
    return redirect("assistants:assistant_edit", copy.public_id)


@require_POST
@member_required()
def assistant_restore(
    request: MemberRequest, assistant_id: str, number: int
) -> HttpResponse:
    assistant = get_assistant(request.organization, assistant_id)
    check_assistant_change(request.membership, assistant)
    before = assistant.version
    try:
        assistant = restore_version(
            assistant=assistant, number=number, user=request.user
        )
    except AssistantVersion.DoesNotExist as exc:
        raise Http404 from exc
    _tell_saved(request, assistant, before)
    return redirect("assistants:assistant_edit", assistant.public_id)
