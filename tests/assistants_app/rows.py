"""What the tests of services and pages start from."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from assistants_app.engine.events import (
    FunctionCallStarted,
    ImageCallEnded,
    ImageCallStarted,
    MessageEnded,
    MessageStarted,
    OutputGiven,
    RunCompleted,
    RunEvent,
    RunPaused,
    RunStarted,
    ToolStepEnded,
    ToolStepStarted,
)
from assistants_app.engine.progress import picture_part, text_part
from assistants_app.models import Assistant, Run, Thread
from assistants_app.services.assistants import create_assistant
from assistants_app.services.runs import create_run
from assistants_app.services.stored import append
from assistants_app.services.threads import add_user_message, create_thread
from images_app.models import File
from images_app.services.files import store_picture
from playground.lib.ids import new_id
from playground.organizations.models import Connection, Organization
from playground.organizations.services.connections import add_connection


def offline(organization: Organization) -> Connection:
    """The connection that needs nothing, as the default for everything."""
    return add_connection(
        organization=organization,
        kind="offline",
        name="offline",
        default_chat=True,
        default_image=True,
    )


def assistant_of(organization: Organization, **fields: Any) -> Assistant:
    return create_assistant(
        organization=organization, **{"name": "Illustrator", **fields}
    )


def thread_with(assistant: Assistant, text: str = "A bay", **fields: Any) -> Thread:
    """A thread with one message of the user."""
    thread = create_thread(organization=assistant.organization, assistant=assistant)
    add_user_message(thread=thread, text=text, **fields)
    return Thread.objects.get(pk=thread.pk)


def say(thread: Thread, text: str, **fields: Any) -> Thread:
    """The user's next message in it."""
    add_user_message(thread=thread, text=text, **fields)
    return Thread.objects.get(pk=thread.pk)


def run_with(thread: Thread, assistant: Assistant, *events: RunEvent) -> Run:
    """A run in which this has happened."""
    run = create_run(thread=thread, assistant=assistant)
    append(run, [RunStarted(), *events])
    return run


def picture_of(organization: Organization, width: int = 8, height: int = 6) -> File:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return store_picture(
        organization=organization,
        data=buffer.getvalue(),
        name="bay.png",
        purpose=File.Purpose.VISION,
    )


def wrote(text: str, *file_ids: str) -> list[RunEvent]:
    """The events of one whole message."""
    step, message = new_id("step_"), new_id("msg_")
    content = [*map(picture_part, file_ids), text_part(text)]
    return [MessageStarted(step, message), MessageEnded(step, message, content)]


def drew(file_id: str, call_id: str = "call_ig") -> list[RunEvent]:
    """The events of one finished picture."""
    step = new_id("step_")
    started = ImageCallStarted(
        step,
        0,
        call_id,
        "generate_image",
        '{"prompt": "A bay"}',
        "ig_1",
        "A bay",
        "A bay",
    )
    told = f'{{"image_id": "{file_id}"}}'
    ended = ImageCallEnded(step, 0, "ig_1", "completed", told, [file_id])
    return [ToolStepStarted(step), started, ended, ToolStepEnded(step)]


def called(*calls: tuple[str, str]) -> list[RunEvent]:
    """The events of function calls (id, name) that wait for their outputs."""
    step = new_id("step_")
    started = [
        FunctionCallStarted(step, index, call_id, name)
        for index, (call_id, name) in enumerate(calls)
    ]
    return [ToolStepStarted(step), *started, RunPaused()]


def answered(call_id: str, name: str, output: str) -> list[RunEvent]:
    """The events of one function call with its output."""
    step = new_id("step_")
    return [
        ToolStepStarted(step),
        FunctionCallStarted(step, 0, call_id, name),
        OutputGiven(step, 0, call_id, output),
        ToolStepEnded(step),
    ]


COMPLETED = RunCompleted()
